package exchange

import (
	"context"
	"slices"

	"jiebang/internal/db"
	"jiebang/internal/fault"
	"jiebang/internal/listing"
	"jiebang/internal/money"
	"jiebang/internal/needs"
	"jiebang/internal/policy"
	"jiebang/internal/results"
	"jiebang/internal/text"
	"jiebang/internal/when"

	"github.com/google/uuid"
)

var transferModes = []term{
	{"assignment", "转让", []string{"技术转让", "专利转让", "专利权转让"}},
	{"license_exclusive", "独占许可", []string{"许可（独占）", "独占实施许可"}},
	{"license_sole", "排他许可", []string{"许可（排他）", "排他实施许可"}},
	{"license_ordinary", "普通许可", []string{"许可（普通）", "普通实施许可"}},
	{"joint_development", "合作开发", []string{"联合开发", "联合研发", "合作研发"}},
	{"equity", "作价入股", []string{"技术入股", "作价投资", "入股"}},
	{"free_trial", "先用后转", []string{"免费试用", "先使用后付费", "先试用后付费"}},
}

var availabilities = []term{
	{string(results.Available), "可转化", []string{"可交易", "可转让", "可用"}},
	{string(results.InNegotiation), "洽谈中", []string{"在谈", "谈判中"}},
	{string(results.ExclusivelyLicensed), "已独占许可", nil},
	{string(results.Assigned), "已转让", nil},
}

func newResults(s *results.Service) kind {
	type (
		content = results.Content
		offer   = results.Offer
		view    = results.View
	)
	return &shape[results.Result, *results.Result, content, offer, view]{
		name: "result", chinese: "科技成果", service: s.Service,
		columns: []column[content, offer, view]{
			textColumn[content, offer, view](Field{Name: "title", Heading: "成果名称", Also: []string{"名称", "标题", "项目名称", "科技成果名称", "成果标题", "题目", "专利名称"}, Required: true, Hint: "2 至 200 字", Example: "低温等离子体废气净化装置"},
				text.Line, func(c *content) *string { return &c.Title }, func(v *view) string { return v.Title }),
			textColumn[content, offer, view](Field{Name: "abstract", Heading: "成果简介", Also: []string{"简介", "摘要", "成果摘要", "成果介绍", "技术简介", "内容简介", "成果概述", "项目简介", "公开摘要"}, Required: true, Hint: "公开的摘要，10 至 5000 字", Example: "采用介质阻挡放电产生低温等离子体，对低浓度有机废气去除率不低于 95%。"},
				text.Long, func(c *content) *string { return &c.Abstract }, func(v *view) string { return v.Abstract }),
			listColumn[content, offer, view](Field{Name: "keywords", Heading: "关键词", Also: []string{"关键字", "主题词"}, Hint: "至多 20 个，以分号隔开", Example: "有机废气；低温等离子体"},
				func(c *content) *[]string { return &c.Keywords }, func(v *view) []string { return v.Keywords }),
			termColumn[content, offer, view](Field{Name: "field", Heading: "技术领域", Also: []string{"领域", "所属领域", "所属技术领域", "行业领域"}, Required: true, Example: "环境保护与资源综合利用"},
				technologyFields(), func(c *content, _ *offer) *string { return &c.Field }, func(v *view) string { return v.Field }),
			chainsColumn[content, offer, view](func(c *content) *[]string { return &c.Chains }, func(v *view) []string { return v.Content.Chains }),
			{Field{Name: "trl", Heading: "技术成熟度", Also: []string{"成熟度", "TRL", "TRL等级", "技术成熟度等级", "成熟度等级"}, Numeric: true, Hint: "1 至 9（GB/T 22900）", Example: "6"},
				func(r *reading) func(*content, *offer) {
					n := r.level()
					return func(c *content, _ *offer) { c.TRL = n }
				}, func(v *view, _ naming) string { return levelText(v.TRL) }},
			termsColumn[content, offer, view](Field{Name: "transfer_modes", Heading: "转化方式", Also: []string{"合作方式", "转让方式", "拟转化方式", "转移方式", "交易方式"}, Hint: "转让、独占许可、排他许可、普通许可、合作开发、作价入股、先用后转，多个以分号隔开", Example: "普通许可；合作开发"},
				transferModes, func(c *content) *[]string { return &c.TransferModes }, func(v *view) []string { return v.TransferModes }),
			textColumn[content, offer, view](Field{Name: "application", Heading: "应用场景", Also: []string{"应用领域", "应用范围", "应用前景", "应用情况", "市场前景"}, Hint: "至多 2000 字", Example: "喷涂、印刷等行业的有机废气治理"},
				text.Long, func(c *content) *string { return &c.Application }, func(v *view) string { return v.Application }),
			textColumn[content, offer, view](Field{Name: "advantage", Heading: "技术优势", Also: []string{"优势", "创新点", "技术创新点", "先进性", "技术特点", "主要优势"}, Hint: "至多 2000 字", Example: "能耗比活性炭再生低约三成"},
				text.Long, func(c *content) *string { return &c.Advantage }, func(v *view) string { return v.Advantage }),
			sentencesColumn[content, offer, view](Field{Name: "solves", Heading: "解决谁的什么问题", Also: []string{"解决的问题", "解决什么问题", "应用痛点"}, Hint: "一至五句，以分号或换行隔开，用企业自己的话", Example: "喷漆车间味道大，活性炭换得太勤"},
				func(c *content) *[]string { return &c.Solves }, func(v *view) []string { return v.Solves }),
			{Field{Name: "intellectual_property", List: true, Heading: "知识产权", Also: []string{"专利号", "专利", "专利情况", "知识产权情况", "知识产权状况", "知识产权编号", "专利（申请）号", "授权专利"}, Hint: "类型 号码（状态，权利人 名称），多件以分号隔开；状态为申请中、已授权、未获授权、已失效，ZL 开头的视为已授权", Example: "发明专利 ZL202319000123.1（已授权）；软件著作权 2023SR0123456（已授权）"},
				func(r *reading) func(*content, *offer) {
					rights := r.rights()
					return func(c *content, _ *offer) { c.Rights = slices.Clone(rights) }
				}, func(v *view, _ naming) string { return rightsText(v.Rights) }},
			{Field{Name: "price", Heading: "意向价格（元）", Also: []string{"价格", "意向价格", "转让价格", "报价", "拟转让价格", "转化价格", "资金", "金额", "意向金额", "预期价格"}, Amount: true, Numeric: true, Hint: "100万元、10-20万元、面议或免费；不填为未定", Example: "面议"},
				func(r *reading) func(*content, *offer) {
					p := r.price()
					return func(_ *content, o *offer) { o.Price = p }
				}, func(v *view, _ naming) string { return priceText(v.Price) }},
			termColumn[content, offer, view](Field{Name: "availability", Heading: "可转化状态", Also: []string{"转化状态", "交易状态"}, Example: "可转化"},
				availabilities, func(_ *content, o *offer) *string { return (*string)(&o.Availability) }, func(v *view) string { return string(v.Availability) }),
			dayColumn[content, offer, view](Field{Name: "confirmed_until", Heading: "信息有效期至", Also: []string{"有效期至", "有效期", "确认有效至"}, Hint: "2027-12-31；只写年月的按当月最后一天；不填为长期", Example: ""},
				func(_ *content, o *offer) *when.Day { return &o.ConfirmedUntil }, func(v *view) when.Day { return v.ConfirmedUntil }),
			textColumn[content, offer, view](Field{Name: "confidential", Heading: "保密内容", Also: []string{"保密信息", "技术秘密"}, Hint: "不公开、不检索，至多 20000 字", Example: ""},
				text.Long, func(c *content) *string { return &c.Confidential }, func(v *view) string { return v.Confidential }),
		},
		list: func(ctx context.Context, reader policy.Actor, f Filter, p db.Paging) (db.Page[view], error) {
			return s.List(ctx, reader, results.Filter{State: results.State(f.State), Field: f.Field, Narrowing: listing.Narrowing{Owner: f.Owner, UpdatedSince: f.UpdatedSince}}, p)
		},
		beside: func(v *view) *listing.Beside { return &v.Beside },
		state:  func(v *view) (uuid.UUID, string) { return v.ID, v.State.Text().ZH },
		confirm: func(step Step) func(r *results.Result) error {
			return func(r *results.Result) error {
				r.ConfirmedUntil = step.Until
				return nil
			}
		},
	}
}

var cooperationModes = []term{
	{needs.AnyMode, "不限", []string{"均可", "任意", "无要求"}},
	{"joint_development", "合作开发", []string{"联合开发", "联合研发", "联合攻关"}},
	{"commissioned_development", "委托开发", []string{"委托研发", "技术委托"}},
	{"license", "许可", []string{"技术许可", "专利许可"}},
	{"assignment", "转让", []string{"技术转让", "受让"}},
	{"consulting", "咨询", []string{"技术咨询", "咨询服务"}},
}

func newNeeds(s *needs.Service) kind {
	type (
		content = needs.Content
		offer   = needs.Offer
		view    = needs.View
	)
	return &shape[needs.Need, *needs.Need, content, offer, view]{
		name: "need", chinese: "技术需求", service: s.Service,
		columns: []column[content, offer, view]{
			textColumn[content, offer, view](Field{Name: "title", Heading: "需求名称", Also: []string{"名称", "标题", "技术需求名称", "需求标题", "难题名称", "项目名称"}, Required: true, Hint: "2 至 200 字", Example: "喷涂车间低浓度有机废气治理"},
				text.Line, func(c *content) *string { return &c.Title }, func(v *view) string { return v.Title }),
			textColumn[content, offer, view](Field{Name: "problem", Heading: "问题描述", Also: []string{"需求描述", "需求内容", "需求简介", "技术难题", "问题", "需求概述", "技术需求描述"}, Required: true, Hint: "10 至 5000 字", Example: "喷涂车间排气有异味，现有活性炭每月更换，成本高。"},
				text.Long, func(c *content) *string { return &c.Problem }, func(v *view) string { return v.Problem }),
			textColumn[content, offer, view](Field{Name: "requirements", Heading: "指标要求", Also: []string{"技术指标", "预期指标", "主要技术指标", "预期目标", "技术要求"}, Hint: "解决后可以衡量的指标", Example: "非甲烷总烃排放不高于 30 mg/m³"},
				text.Long, func(c *content) *string { return &c.Requirements }, func(v *view) string { return v.Requirements }),
			textColumn[content, offer, view](Field{Name: "constraints", Heading: "约束条件", Also: []string{"现有条件", "限制条件", "现有基础"}, Example: "占地不超过 20 平方米"},
				text.Long, func(c *content) *string { return &c.Constraints }, func(v *view) string { return v.Constraints }),
			listColumn[content, offer, view](Field{Name: "keywords", Heading: "关键词", Also: []string{"关键字", "主题词"}, Hint: "至多 20 个，以分号隔开", Example: "有机废气；喷涂"},
				func(c *content) *[]string { return &c.Keywords }, func(v *view) []string { return v.Keywords }),
			listColumn[content, offer, view](Field{Name: "technical_terms", Heading: "可能的专业说法", Also: []string{"专业说法", "专业术语"}, Hint: "至多 20 个，以分号隔开；不知道可不填", Example: "低温等离子体"},
				func(c *content) *[]string { return &c.TechnicalTerms }, func(v *view) []string { return v.TechnicalTerms }),
			termColumn[content, offer, view](Field{Name: "field", Heading: "技术领域", Also: []string{"领域", "所属领域", "所属技术领域", "行业领域"}, Required: true, Example: "环境保护与资源综合利用"},
				technologyFields(), func(c *content, _ *offer) *string { return &c.Field }, func(v *view) string { return v.Field }),
			chainsColumn[content, offer, view](func(c *content) *[]string { return &c.Chains }, func(v *view) []string { return v.Content.Chains }),
			dayColumn[content, offer, view](Field{Name: "deadline", Heading: "截止日期", Also: []string{"期望完成时间", "解决期限", "截止时间", "期限", "完成时限", "需求时限"}, Hint: "2027-12-31；只写年月的按当月最后一天", Example: ""},
				func(c *content, _ *offer) *when.Day { return &c.Deadline }, func(v *view) when.Day { return v.Deadline }),
			termColumn[content, offer, view](Field{Name: "cooperation_mode", Heading: "合作方式", Also: []string{"拟合作方式", "意向合作方式", "合作模式"}, Example: "合作开发"},
				cooperationModes, func(c *content, _ *offer) *string { return &c.CooperationMode }, func(v *view) string { return v.CooperationMode }),
			yesColumn[content, offer, view](Field{Name: "urgent", Heading: "是否紧急", Also: []string{"紧急", "紧急程度"}, Example: "否"},
				func(c *content, _ *offer) *bool { return &c.Urgent }, func(v *view) bool { return v.Urgent }),
			{Field{Name: "budget", Heading: "投入预算（元）", Also: []string{"预算", "拟投入资金", "投入资金", "计划投入", "资金", "金额", "拟投入金额", "资金预算", "经费预算", "意向投入"}, Amount: true, Numeric: true, Hint: "50-100万元、50万元以下、面议", Example: "50-100万元"},
				func(r *reading) func(*content, *offer) {
					s := r.span()
					return func(_ *content, o *offer) {
						o.Budget = nil
						if s.Kind == money.Exact || s.Kind == money.Ranged {
							o.Budget = &needs.Budget{Min: s.Min, Max: s.Max}
						}
					}
				}, func(v *view, _ naming) string {
					if v.Budget == nil {
						return ""
					}
					return spanText(v.Budget.Min, v.Budget.Max)
				}},
			yesColumn[content, offer, view](Field{Name: "masked", Heading: "是否隐名", Also: []string{"隐名", "隐去单位名称", "是否匿名", "匿名"}, Hint: "是：公开时不告知单位名称", Example: "否"},
				func(c *content, _ *offer) *bool { return &c.Masked }, func(v *view) bool { return v.Masked }),
			textColumn[content, offer, view](Field{Name: "confidential", Heading: "保密内容", Also: []string{"保密信息"}, Hint: "不公开、不检索，至多 20000 字", Example: ""},
				text.Long, func(c *content) *string { return &c.Confidential }, func(v *view) string { return v.Confidential }),
		},
		list: func(ctx context.Context, reader policy.Actor, f Filter, p db.Paging) (db.Page[view], error) {
			return s.List(ctx, reader, needs.Filter{State: needs.State(f.State), Field: f.Field, Narrowing: listing.Narrowing{Owner: f.Owner, UpdatedSince: f.UpdatedSince}}, p)
		},
		beside: func(v *view) *listing.Beside { return &v.Beside },
		state:  func(v *view) (uuid.UUID, string) { return v.ID, v.State.Text().ZH },
	}
}

// price reads what is asked for a result: an amount, two ends, or none.
func (r *reading) price() *results.Price {
	s := r.span()
	switch s.Kind {
	case money.Open:
		return &results.Price{Kind: results.Negotiable}
	case money.Exact:
		return &results.Price{Kind: results.Fixed, Min: s.Min}
	case money.Ranged:
		if s.Min == nil || s.Max == nil {
			r.refuse(fault.Amounts, "价格的区间须写出两端，如 50-100万元；只有一端时请写面议。", "A range of prices has both ends (500000-1000000); where there is one, write negotiable.")
			return nil
		}
		return &results.Price{Kind: results.Between, Min: s.Min, Max: s.Max}
	}
	return nil
}

func priceText(p *results.Price) string {
	switch {
	case p == nil:
		return ""
	case p.Kind == results.Negotiable:
		return "面议"
	case p.Kind == results.Fixed:
		return spanText(p.Min, p.Min)
	}
	return spanText(p.Min, p.Max)
}

func levelText(n *int) string {
	if n == nil {
		return ""
	}
	return string(rune('0' + *n))
}
