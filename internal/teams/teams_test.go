package teams_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"jiebang/internal/casttest"
	"jiebang/internal/db"
	"jiebang/internal/external"
	"jiebang/internal/fault"
	"jiebang/internal/listing"
	"jiebang/internal/orgs"
	"jiebang/internal/policy"
	"jiebang/internal/results"
	"jiebang/internal/teams"
	"jiebang/internal/when"
	"jiebang/internal/work"
	"jiebang/internal/work/worktest"
)

// house is a university with its people, and those who look at its teams.
type house struct {
	*casttest.Cast
	teams            *teams.Service
	results          *results.Service
	uni              casttest.Organization
	editor, second   work.Call
	stranger, member work.Call // member: of another organization
	visitor          policy.Actor
}

func setUp(c *casttest.Cast) *house {
	h := &house{Cast: c, teams: teams.New(c.Unit), results: results.New(c.Unit), uni: c.Organization("盛北理工大学", "university", "210112"), stranger: c.Person("stranger")}
	h.editor, h.second = h.uni.Editor, h.uni.Second
	h.member = c.Single("辽穹先进材料研究所", "institute", "210102").Editor
	return h
}

func yes(b bool) *bool { return &b }

// content is a team of four, of whom two go by name.
func content(title string) teams.Content {
	return teams.Content{
		Title: title, Introduction: "长期从事工业废气低温净化研究，有校内中试平台。", Keywords: []string{"有机废气"}, Field: "environment", OtherFields: []string{"new_materials"},
		Leader: teams.Person{Name: "林砚舟", Title: "教授", Role: "总体设计"},
		People: []teams.Person{
			{Name: "沈以宁", Title: "副教授", Role: "催化剂", Named: yes(true)}, {Name: "密不宣", Title: "研究员", Role: "电源"}, {Name: "静默生", Role: "数值模拟", Named: yes(false)},
		},
		Capabilities: "可承接喷涂、印刷车间的废气治理工艺包设计。", Seeks: "寻求愿意提供现场的企业。", Equipment: "介质阻挡放电试验台一套。", PastResults: "国家重点研发计划课题两项。",
		Claimed:      []teams.Programme{{Name: "兴辽英才", From: when.MustDay("2024-05-01"), Evidence: "辽才办〔2024〕密字9号"}},
		Confidential: "尚未公开的放电参数。",
	}
}

func (h *house) input(c teams.Content) teams.Input { return teams.Input{Owner: h.uni.ID, Content: c} }

func (h *house) published(c teams.Content) uuid.UUID {
	h.Helper()
	id := casttest.Create(h.Cast, h.editor, h.teams.Create, h.input(c))
	casttest.Change(h.Cast, h.editor, h.teams.Submit, id, 1)
	casttest.Change(h.Cast, h.second, h.teams.Publish, id, 2)
	return id
}

func (h *house) read(reader policy.Actor, id uuid.UUID) teams.View {
	h.Helper()
	v, err := h.teams.Get(h.Context(), reader, id)
	h.Must(err)
	return v
}

func namesOf(v teams.View) []string {
	out := []string{v.Leader.Name}
	for _, p := range v.Team.People {
		out = append(out, p.Name)
	}
	return out
}

func TestATeamIsPublishedByFourEyesAndRevisedBesideIt(t *testing.T) {
	casttest.Each(t, func(c *casttest.Cast) {
		h, ctx := setUp(c), c.Context()
		id := casttest.Create(c, h.editor, h.teams.Create, h.input(content("工业废气低温净化团队")))
		_, err := h.teams.Get(ctx, h.visitor, id)
		h.Refused(err, fault.NotVisible)
		casttest.Change(c, h.editor, h.teams.Submit, id, 1)
		_, err = h.teams.Publish(ctx, h.editor, id, 2)
		h.Refused(err, fault.OwnDecision)
		casttest.Change(c, h.second, h.teams.Publish, id, 2)
		if v := h.read(h.visitor, id); v.State != teams.Published || v.Title != "工业废气低温净化团队" || v.Owner.Name != "盛北理工大学" || v.Field != "environment" || v.OtherFields[0] != "new_materials" {
			t.Errorf("published: %+v", v)
		}
		rev := casttest.Decide(c, h.editor, h.teams.Replace, id, 3, h.input(content("工业废气与异味净化团队")))
		if v := h.read(h.visitor, id); v.Title != "工业废气低温净化团队" || v.Revision != nil {
			t.Errorf("beside an open revision a visitor reads %+v", v)
		}
		casttest.Change(c, h.editor, h.teams.Submit, id, rev.Version)
		casttest.Change(c, h.second, h.teams.Publish, id, rev.Version+1)
		v := h.read(h.visitor, id)
		if v.Title != "工业废气与异味净化团队" {
			t.Errorf("after the revision: %+v", v)
		}
		_, err = h.teams.Withdraw(ctx, h.stranger, id, v.Version)
		h.Refused(err, fault.NotAllowed)
		casttest.Change(c, h.second, h.teams.Withdraw, id, v.Version)
		_, err = h.teams.Get(ctx, h.visitor, id)
		h.Refused(err, fault.NotVisible)
	})
}

// What is confidential, and the name of whoever has not agreed, is read by the owner's members and operators, and by nobody else.
func TestNamesAreToldByConsent(t *testing.T) {
	casttest.Each(t, func(c *casttest.Cast) {
		h := setUp(c)
		id := h.published(content("工业废气低温净化团队"))
		for who, reader := range map[string]policy.Actor{"visitor": h.visitor, "stranger": h.stranger.Actor, "member of another": h.member.Actor} {
			v := h.read(reader, id)
			if got := namesOf(v); !slices.Equal(got, []string{"林砚舟", "沈以宁", "", ""}) || v.Team.People[1].Title != "研究员" || v.Leader.Named != nil {
				t.Errorf("%s reads %v: %+v", who, got, v.Team.People)
			}
			page, err := h.teams.List(c.Context(), reader, teams.Filter{}, db.Paging{Limit: 20})
			h.Must(err)
			for _, told := range []string{fmt.Sprintf("%+v", v), fmt.Sprintf("%+v", page.Items)} {
				for _, canary := range []string{"密不宣", "静默生", "密字9号", "放电参数"} {
					if strings.Contains(told, canary) {
						t.Errorf("%s is told of %s", who, canary)
					}
				}
			}
		}
		for who, reader := range map[string]policy.Actor{"another member": h.second.Actor, "operator": c.Operator.Actor} {
			v := h.read(reader, id)
			if got := namesOf(v); !slices.Equal(got, []string{"林砚舟", "沈以宁", "密不宣", "静默生"}) || !*v.Leader.Named || *v.Team.People[1].Named || v.Parts[0].Evidence == "" || v.Confidential == "" {
				t.Errorf("%s reads %v: %+v", who, got, v)
			}
		}
		silent := content("不具名的团队")
		silent.Leader.Named = yes(false)
		if got := namesOf(h.read(h.visitor, h.published(silent))); got[0] != "" {
			t.Errorf("a leader who does not agree is named: %v", got)
		}
	})
}

// Who takes their consent back is named no more from that moment on, however the name was written, whatever a second person has still to look at.
func TestConsentIsTakenBackAtOnce(t *testing.T) {
	casttest.Each(t, func(c *casttest.Cast) {
		h := setUp(c)
		id := h.published(content("工业废气低温净化团队"))
		offer := teams.OfferInput{Offer: teams.Offer{Contact: &orgs.Contact{Name: "林老师"}, Withheld: []string{"沈 以宁"}}}
		v := casttest.Decide(c, h.second, h.teams.SetOffer, id, 3, offer)
		if v.Contact == nil || len(v.Withheld) != 1 {
			t.Errorf("a member reads %+v", v.Offer)
		}
		seen := h.read(h.visitor, id)
		if got := namesOf(seen); !slices.Equal(got, []string{"林砚舟", "", "", ""}) || seen.Withheld != nil || seen.Contact != nil {
			t.Errorf("a visitor reads %v, %+v", got, seen.Offer)
		}
		document := fmt.Sprintf("%+v", teams.Kind.Document(&v.Team))
		for _, canary := range []string{"沈以宁", "密不宣", "静默生", "密字9号", "放电参数", "林老师"} {
			if strings.Contains(document, canary) {
				t.Errorf("search is told of %s: %s", canary, document)
			}
		}
		if !strings.Contains(document, "林砚舟") || !strings.Contains(document, "new_materials") || !strings.Contains(document, "兴辽英才") {
			t.Errorf("search is told %s", document)
		}
	})
}

func TestATeamThatTakesNothingOnIsFoundAndNotMatched(t *testing.T) {
	casttest.Each(t, func(c *casttest.Cast) {
		h := setUp(c)
		id := h.published(content("工业废气低温净化团队"))
		v := h.read(h.editor.Actor, id)
		if d := teams.Kind.Document(&v.Team); !d.Public || !d.Matched || d.Confirmed.IsZero() {
			t.Errorf("public: %+v", d)
		}
		v = casttest.Decide(c, h.editor, h.teams.SetOffer, id, 3, teams.OfferInput{Offer: teams.Offer{Paused: true}})
		if d := teams.Kind.Document(&v.Team); !d.Public || d.Matched || !h.read(h.visitor, id).Paused {
			t.Errorf("paused: %+v", d)
		}
	})
}

func TestProgrammesAreKeptByAnOperatorOrClaimedWithEvidence(t *testing.T) {
	casttest.Each(t, func(c *casttest.Cast) {
		h, ctx := setUp(c), c.Context()
		id, other := h.published(content("工业废气低温净化团队")), h.published(content("另一个团队"))
		moved := []teams.Programme{{Name: "带土移植", From: when.MustDay("2025-03-01"), To: when.MustDay("2028-02-29"), Evidence: "沈科发〔2025〕内字7号"}, {Name: "兴辽英才", From: when.MustDay("2024-05-01")}}
		_, err := h.teams.KeepProgrammes(ctx, h.editor, id, 3, moved)
		h.Refused(err, fault.NotAllowed)
		_, err = h.teams.KeepProgrammes(ctx, c.Operator, id, 3, append(moved, moved[0]))
		h.Refused(err, fault.InvalidInput)
		_, err = h.teams.KeepProgrammes(ctx, c.Operator, id, 2, moved)
		h.Refused(err, fault.VersionStale)
		casttest.Decide(c, c.Operator, h.teams.KeepProgrammes, id, 3, moved)
		parts := h.read(h.visitor, id).Parts // a claim of what is kept adds nothing
		if len(parts) != 2 || !parts[0].Kept || parts[0].Name != "带土移植" || parts[0].To != moved[0].To || parts[0].Evidence != "" || !parts[1].Kept {
			t.Errorf("a visitor reads %+v", parts)
		}
		if parts := h.read(h.visitor, other).Parts; len(parts) != 1 || parts[0].Kept {
			t.Errorf("claimed: %+v", parts)
		}
		for name, want := range map[string]int{"带土移植": 1, "兴辽英才": 2, "带土": 0, "%": 0, "内字7号": 0} {
			page, err := h.teams.List(ctx, h.visitor, teams.Filter{Programme: name}, db.Paging{Limit: 20})
			if h.Must(err); len(page.Items) != want {
				t.Errorf("in %s: %d teams, want %d", name, len(page.Items), want)
			}
		}
		casttest.Decide(c, c.Operator, h.teams.KeepProgrammes, id, 4, nil)
		if parts := h.read(h.visitor, id).Parts; len(parts) != 1 || parts[0].Kept {
			t.Errorf("kept no more: %+v", parts)
		}
	})
}

// Results are named as far as the writer may know of them, and told as far as the reader may.
func TestATeamNamesResultsThatItsReadersMayKnowOf(t *testing.T) {
	casttest.Each(t, func(c *casttest.Cast) {
		h, ctx := setUp(c), c.Context()
		result := func(title string) uuid.UUID {
			return casttest.Create(c, h.editor, h.results.Create, results.Input{Owner: h.uni.ID, Content: results.Content{Title: title, Abstract: "用于喷涂车间的废气净化，去除率百分之九十五。", Field: "environment"}})
		}
		open, draft := result("低温等离子体废气净化装置"), result("第二代净化装置")
		casttest.Change(c, h.editor, h.results.Submit, open, 1)
		casttest.Change(c, h.second, h.results.Publish, open, 2)
		in := content("工业废气低温净化团队")
		in.ResultIDs = []uuid.UUID{draft, open}
		id := h.published(in)
		if got := h.read(h.visitor, id).Results; len(got) != 1 || got[0] != (teams.Linked{ID: open, Title: "低温等离子体废气净化装置"}) {
			t.Errorf("a visitor reads %+v", got)
		}
		if got := h.read(h.second.Actor, id).Results; len(got) != 2 || got[0].ID != draft {
			t.Errorf("a member reads %+v", got)
		}
		for _, unknown := range []uuid.UUID{uuid.New(), draft} {
			in.ResultIDs = []uuid.UUID{unknown}
			_, err := h.teams.Create(ctx, h.member, teams.Input{Owner: h.member.Actor.Member[0], Content: in})
			h.Refused(err, fault.InvalidInput)
		}
		casttest.Change(c, h.editor, h.results.Withdraw, open, 3)
		if got := h.read(h.visitor, id).Results; len(got) != 0 {
			t.Errorf("a withdrawn result is told: %+v", got)
		}
	})
}

func TestTeamsAreListed(t *testing.T) {
	casttest.Each(t, func(c *casttest.Cast) {
		h, ctx := setUp(c), c.Context()
		in := h.input(content("草稿团队"))
		in.External = []external.ID{{Scheme: "erp", ID: "T-1"}}
		casttest.Create(c, h.editor, h.teams.Create, in)
		_, err := h.teams.Create(ctx, h.editor, in)
		h.Refused(err, fault.ExternalIDTaken)
		h.published(content("工业废气低温净化团队"))
		submitted := casttest.Create(c, h.editor, h.teams.Create, h.input(content("待审团队")))
		casttest.Change(c, h.editor, h.teams.Submit, submitted, 1)
		gone := h.published(content("撤下的团队"))
		casttest.Change(c, h.second, h.teams.Withdraw, gone, 3)
		ours := listing.Narrowing{Owner: h.uni.ID}
		for _, row := range []struct {
			name  string
			actor policy.Actor
			f     teams.Filter
			want  int
		}{
			{"a visitor", h.visitor, teams.Filter{}, 1},
			{"a visitor by the first field", h.visitor, teams.Filter{Field: "environment"}, 1},
			{"a visitor by another field of it", h.visitor, teams.Filter{Field: "new_materials"}, 1},
			{"a visitor by a field of none", h.visitor, teams.Filter{Field: "nuclear"}, 0},
			{"a visitor asks for drafts", h.visitor, teams.Filter{Narrowing: ours, State: teams.Draft}, 0},
			{"a member of another", h.member.Actor, teams.Filter{Narrowing: ours}, 1},
			{"a member", h.second.Actor, teams.Filter{Narrowing: ours}, 4},
			{"a member by title", h.second.Actor, teams.Filter{Narrowing: listing.Narrowing{Owner: h.uni.ID, Text: "草稿"}}, 1},
			{"a member by what it is called elsewhere", h.second.Actor, teams.Filter{Narrowing: listing.Narrowing{Filter: external.Filter{ExternalScheme: "erp", ExternalID: "T-1"}}}, 1},
			{"an operator", c.Operator.Actor, teams.Filter{}, 4},
		} {
			page, err := h.teams.List(ctx, row.actor, row.f, db.Paging{Limit: 20})
			if h.Must(err); len(page.Items) != row.want {
				t.Errorf("%s: %d teams, want %d", row.name, len(page.Items), row.want)
			}
		}
		worktest.ListsWhatCheckAllows(c, c.DB.Reader, teams.Records)
	})
}

func TestWhatATeamTakes(t *testing.T) {
	day := when.MustDay("2026-01-01")
	for name, change := range map[string]func(*teams.Content){
		"no name":                   func(c *teams.Content) { c.Title = "" },
		"no introduction":           func(c *teams.Content) { c.Introduction = "短" },
		"no leader":                 func(c *teams.Content) { c.Leader = teams.Person{} },
		"somebody without a name":   func(c *teams.Content) { c.People = []teams.Person{{Title: "教授"}} },
		"more people than it takes": func(c *teams.Content) { c.People = slices.Repeat([]teams.Person{{Name: "林"}}, 51) },
		"a field that is none":      func(c *teams.Content) { c.Field = "alchemy" },
		"another that is none":      func(c *teams.Content) { c.OtherFields = []string{"alchemy"} },
		"a field twice":             func(c *teams.Content) { c.OtherFields = []string{c.Field} },
		"a result twice":            func(c *teams.Content) { id := uuid.New(); c.ResultIDs = []uuid.UUID{id, id} },
		"a claim without evidence":  func(c *teams.Content) { c.Claimed = []teams.Programme{{Name: "带土移植", From: day}} },
		"a claim without a day": func(c *teams.Content) {
			c.Claimed = []teams.Programme{{Name: "带土移植", Evidence: "批复文件一份"}}
		},
		"a claim that ends before it begins": func(c *teams.Content) {
			c.Claimed = []teams.Programme{{Name: "带土移植", From: day, To: day.AddDays(-1), Evidence: "批复文件一份"}}
		},
		"keywords without an end": func(c *teams.Content) { c.Keywords = slices.Repeat([]string{"词"}, 21) },
	} {
		c := content("工业废气低温净化团队")
		if err := c.Check(); err != nil {
			t.Fatal(err)
		}
		change(&c)
		if err := c.Check(); !fault.InvalidInput.Of(err) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := (teams.Offer{Withheld: []string{""}}).Cleaned(); !fault.InvalidInput.Of(err) {
		t.Errorf("nobody is withheld: %v", err)
	}
}
