package exchange

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/google/uuid"

	"jiebang/internal/db"
	"jiebang/internal/fault"
	"jiebang/internal/listing"
	"jiebang/internal/policy"
	"jiebang/internal/teams"
	"jiebang/internal/text"
	"jiebang/internal/when"
)

func newTeams(s *teams.Service) kind {
	type (
		content = teams.Content
		offer   = teams.Offer
		view    = teams.View
	)
	long := func(f Field, in func(*content) *string, out func(*view) string) column[content, offer, view] {
		return textColumn[content, offer, view](f, text.Long, in, out)
	}
	line := func(f Field, in func(*content) *string, out func(*view) string) column[content, offer, view] {
		return textColumn[content, offer, view](f, text.Line, in, out)
	}
	return &shape[teams.Team, *teams.Team, content, offer, view]{
		name: "team", chinese: "科研团队", service: s.Service,
		columns: []column[content, offer, view]{
			line(Field{Name: "title", Heading: "团队名称", Also: []string{"名称", "科研团队名称", "团队"}, Required: true, Hint: "2 至 200 字", Example: "工业废气低温净化团队"},
				func(c *content) *string { return &c.Title }, func(v *view) string { return v.Title }),
			long(Field{Name: "introduction", Heading: "团队简介", Also: []string{"简介", "团队介绍", "研究方向"}, Required: true, Hint: "公开的简介，10 至 5000 字", Example: "长期从事工业废气低温净化研究，有校内中试平台。"},
				func(c *content) *string { return &c.Introduction }, func(v *view) string { return v.Introduction }),
			listColumn[content, offer, view](Field{Name: "keywords", Heading: "关键词", Also: []string{"关键字", "主题词"}, Hint: "至多 20 个，以分号隔开", Example: "有机废气；低温等离子体"},
				func(c *content) *[]string { return &c.Keywords }, func(v *view) []string { return v.Keywords }),
			termColumn[content, offer, view](Field{Name: "field", Heading: "技术领域", Also: []string{"领域", "所属领域", "所属技术领域"}, Required: true, Example: "环境保护与资源综合利用"},
				technologyFields(), func(c *content, _ *offer) *string { return &c.Field }, func(v *view) string { return v.Field }),
			termsColumn[content, offer, view](Field{Name: "other_fields", Heading: "其他技术领域", Also: []string{"其他领域", "相关领域"}, Hint: "至多 4 个，以分号隔开"},
				technologyFields(), func(c *content) *[]string { return &c.OtherFields }, func(v *view) []string { return v.OtherFields }),
			chainsColumn[content, offer, view](func(c *content) *[]string { return &c.Chains }, func(v *view) []string { return v.Content.Chains }),
			line(Field{Name: "leader", Heading: "负责人", Also: []string{"团队负责人", "带头人", "团队带头人", "学术带头人", "负责人姓名"}, Required: true, Example: "林砚舟"},
				func(c *content) *string { return &c.Leader.Name }, func(v *view) string { return v.Leader.Name }),
			line(Field{Name: "leader_title", Heading: "负责人职称", Also: []string{"职称"}, Example: "教授"},
				func(c *content) *string { return &c.Leader.Title }, func(v *view) string { return v.Leader.Title }),
			line(Field{Name: "leader_role", Heading: "负责人分工", Example: "总体设计"},
				func(c *content) *string { return &c.Leader.Role }, func(v *view) string { return v.Leader.Role }),
			{Field{Name: "leader_public", Heading: "负责人姓名公开", Options: []string{"是", "否"}, Hint: "不填为公开", Example: "是"},
				func(r *reading) func(*content, *offer) {
					var named *bool
					if r.cell.Text != "" {
						yes := r.yes()
						named = &yes
					}
					return func(c *content, _ *offer) { c.Leader.Named = named }
				}, func(v *view, _ naming) string {
					if v.Leader.Named == nil {
						return ""
					}
					return yesText(*v.Leader.Named)
				}},
			{Field{Name: "people", List: true, Heading: "其他成员", Also: []string{"成员", "团队成员", "主要成员", "骨干成员"}, Hint: "姓名|职称|分工|本人是否同意公开姓名，多人以分号隔开；未写同意的姓名不公开", Example: "沈以宁|副教授|催化剂|是；江月白|实验师|试验台"},
				func(r *reading) func(*content, *offer) {
					people := r.people()
					return func(c *content, _ *offer) { c.People = slices.Clone(people) }
				}, func(v *view, _ naming) string { return peopleText(v.Team.People) }},
			long(Field{Name: "capabilities", Heading: "可承接内容", Also: []string{"能承接什么", "服务内容", "可提供的服务"}, Example: "喷涂车间废气治理工艺包设计与现场中试。"},
				func(c *content) *string { return &c.Capabilities }, func(v *view) string { return v.Capabilities }),
			long(Field{Name: "seeks", Heading: "合作需求", Also: []string{"寻求什么", "合作意向"}, Example: "寻求提供喷漆线现场的企业。"},
				func(c *content) *string { return &c.Seeks }, func(v *view) string { return v.Seeks }),
			long(Field{Name: "equipment", Heading: "仪器设备", Also: []string{"设备", "试验条件", "科研条件", "平台条件"}, Example: "介质阻挡放电试验台两套。"},
				func(c *content) *string { return &c.Equipment }, func(v *view) string { return v.Equipment }),
			long(Field{Name: "past_results", Heading: "代表性成果", Also: []string{"主要成果", "科研成果", "承担项目"}, Example: "国家重点研发计划课题两项。"},
				func(c *content) *string { return &c.PastResults }, func(v *view) string { return v.PastResults }),
			{Field{Name: "result_ids", List: true, Heading: "已列出的成果", Hint: "本系统中成果的标识，多个以分号隔开"},
				func(r *reading) func(*content, *offer) {
					ids := r.identifiers()
					return func(c *content, _ *offer) { c.ResultIDs = slices.Clone(ids) }
				}, func(v *view, _ naming) string {
					var ids []string
					for _, linked := range v.Results {
						ids = append(ids, linked.ID.String())
					}
					return strings.Join(ids, "；")
				}},
			{Field{Name: "programmes", List: true, Heading: "参加的计划", Also: []string{"人才计划", "入选计划"}, Hint: "计划名称|入选日期|结束日期|凭据，多项以分号隔开；须有凭据", Example: "带土移植|2026-04-01||入选通知〔2026〕1号"},
				func(r *reading) func(*content, *offer) {
					claimed := r.programmes()
					return func(c *content, _ *offer) { c.Claimed = slices.Clone(claimed) }
				}, func(v *view, _ naming) string { return programmesText(v.Claimed) }},
			yesColumn[content, offer, view](Field{Name: "paused", Heading: "暂停承接", Example: "否"},
				func(_ *content, o *offer) *bool { return &o.Paused }, func(v *view) bool { return v.Paused }),
			long(Field{Name: "confidential", Heading: "保密内容", Also: []string{"保密信息"}, Hint: "不公开、不检索，至多 20000 字"},
				func(c *content) *string { return &c.Confidential }, func(v *view) string { return v.Confidential }),
		},
		list: func(ctx context.Context, reader policy.Actor, f Filter, p db.Paging) (db.Page[view], error) {
			return s.List(ctx, reader, teams.Filter{State: teams.State(f.State), Field: f.Field, Narrowing: listing.Narrowing{Owner: f.Owner, UpdatedSince: f.UpdatedSince}}, p)
		},
		beside: func(v *view) *listing.Beside { return &v.Beside },
		state:  func(v *view) (uuid.UUID, string) { return v.ID, v.State.Text().ZH },
	}
}

// parts reads entries of a cell, each of so many parts at most, with semicolons or line ends between the entries and bars between the parts. Of a
// table with JSON the cell may be an array.
func (r *reading) parts(most int) [][]string {
	s := r.text(text.Long)
	var entries []string
	if !strings.HasPrefix(s, "[") || json.Unmarshal([]byte(s), &entries) != nil {
		entries = strings.FieldsFunc(s, func(c rune) bool { return strings.ContainsRune(";；\n\r", c) })
	}
	var out [][]string
	for _, e := range entries {
		if strings.TrimSpace(e) == "" {
			continue
		}
		parts := strings.Split(strings.ReplaceAll(e, "｜", "|"), "|")
		r.bad.Check(len(parts) <= most, fmt.Sprintf("%s/%d", r.pointer, len(out)), fault.TooManyItems, "“%[1]s”：竖线隔开的至多 %[2]d 段", "“%[1]s”: at most %[2]d parts with bars between them", e, most)
		for len(parts) < most {
			parts = append(parts, "")
		}
		for i := range parts {
			parts[i] = strings.TrimSpace(parts[i])
		}
		out = append(out, parts[:most])
	}
	return out
}

// entriesText writes entries so that parts reads them again as the same.
func entriesText(entries [][]string) string {
	texts := make([]string, len(entries))
	marked := false
	for i, e := range entries {
		texts[i] = strings.TrimRight(strings.Join(e, "|"), "|")
		marked = marked || strings.ContainsAny(texts[i], ";；\n\r") || strings.HasPrefix(texts[i], "[")
	}
	if !marked {
		return strings.Join(texts, "；")
	}
	b, err := json.Marshal(texts)
	if err != nil {
		return ""
	}
	return string(b)
}

// people reads those of a team beside its leader. Whose consent is not written has not given it.
func (r *reading) people() []teams.Person {
	var out []teams.Person
	for i, p := range r.parts(4) {
		named := false
		switch p[3] {
		case "是", "公开", "同意", "同意公开", "yes", "true", "√":
			named = true
		case "", "否", "不公开", "不同意", "no", "false", "×":
		default:
			r.bad.Check(false, fmt.Sprintf("%s/%d", r.pointer, i), fault.NotOffered, "是否同意公开姓名应为“是”或“否”，不能为“%[1]s”", "Whether the name is public is yes or no, not “%[1]s”", p[3])
		}
		out = append(out, teams.Person{Name: p[0], Title: p[1], Role: p[2], Named: &named})
	}
	return out
}

func peopleText(people []teams.Person) string {
	entries := make([][]string, len(people))
	for i, p := range people {
		named := ""
		if p.Named != nil && *p.Named {
			named = "是"
		}
		entries[i] = []string{p.Name, p.Title, p.Role, named}
	}
	return entriesText(entries)
}

// programmes reads what an owner claims.
func (r *reading) programmes() []teams.Programme {
	var out []teams.Programme
	for i, p := range r.parts(4) {
		claim := teams.Programme{Name: p[0], Evidence: p[3]}
		for k, typed := range p[1:3] {
			if typed == "" {
				continue
			}
			period, err := when.ReadPeriod(typed)
			if err != nil {
				r.bad.Check(false, fmt.Sprintf("%s/%d", r.pointer, i), fault.BadFormat, "读不出日期“%[1]s”：可写 2026-03-01、2026年3月", "“%[1]s” is no day: write 2026-03-01", typed)
				continue
			}
			if k == 0 {
				claim.From = period.From
			} else {
				claim.To = period.To
			}
		}
		out = append(out, claim)
	}
	return out
}

func programmesText(programmes []teams.Programme) string {
	entries := make([][]string, len(programmes))
	for i, p := range programmes {
		entries[i] = []string{p.Name, p.From.String(), p.To.String(), p.Evidence}
	}
	return entriesText(entries)
}

// identifiers reads identifiers of records here.
func (r *reading) identifiers() []uuid.UUID {
	var out []uuid.UUID
	for i, p := range r.parts(1) {
		id, err := uuid.Parse(p[0])
		r.bad.Check(err == nil, fmt.Sprintf("%s/%d", r.pointer, i), fault.BadFormat, "“%[1]s”不是成果的标识", "“%[1]s” is no identifier", p[0])
		out = append(out, id)
	}
	return out
}
