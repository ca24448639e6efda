package exchange

import (
	"cmp"
	"slices"
	"strings"

	"jiebang/internal/codes"
	"jiebang/internal/contracts"
	"jiebang/internal/fault"
	"jiebang/internal/money"
	"jiebang/internal/ref"
	"jiebang/internal/tables"
	"jiebang/internal/text"
	"jiebang/internal/when"
)

// registered is a row of a table as it is read.
type registered struct {
	contracts.Former
	technology *money.Fen
	office     string // that registered it, as the table calls it
}

// registrationColumn is one column of a table of registered contracts.
type registrationColumn struct {
	Field
	read func(r *reading, f *registered)
}

func (f *registered) seller() *contracts.Party { return &f.Terms.Sellers[0] }
func (f *registered) buyer() *contracts.Party  { return &f.Terms.Buyers[0] }

// subkindTerms are kinds and subkinds of contracts as tables name them: a kind that is divided stands for its most usual part.
func subkindTerms() []term {
	also := map[codes.ContractSubkind][]string{
		codes.CommissionedDevelopment: {"技术开发", "委托开发合同", "技术开发（委托）", "技术开发合同", "技术开发（委托开发）"},
		codes.CooperativeDevelopment:  {"合作开发合同", "技术开发（合作）", "技术开发（合作开发）"},
		codes.AssignmentWhole:         {"转让", "技术转让合同", "专利权转让", "专利申请权转让", "技术秘密转让", "计算机软件著作权转让", "软件著作权转让", "集成电路布图设计专有权转让", "植物新品种权转让", "生物、医药新品种权转让"},
		codes.LicenseWhole:            {"许可", "技术许可合同", "专利实施许可", "专利实施许可转让", "技术秘密使用许可", "计算机软件著作权许可", "软件著作权许可", "植物新品种实施许可"},
		codes.ConsultingWhole:         {"咨询", "技术咨询合同"},
		codes.GeneralService:          {"技术服务", "服务", "技术服务合同", "技术服务（一般）"},
		codes.IntermediaryService:     {"技术服务（中介）", "技术中介合同"},
		codes.TrainingService:         {"技术服务（培训）", "技术培训合同"},
	}
	var out []term
	for _, t := range codes.ContractSubkinds.All() {
		out = append(out, term{string(t.Code), t.Chinese, also[t.Code]})
	}
	return out
}

func termsOf[C ~string](all []codes.Term[C], also map[C][]string) []term {
	var out []term
	for _, t := range all {
		out = append(out, term{string(t.Code), t.Chinese, also[t.Code]})
	}
	return out
}

// nationalFields are the technology fields with the names of the national form besides.
func nationalFields() []term {
	out := technologyFields()
	also := map[string][]string{
		"electronics": {"电子信息技术"}, "aerospace": {"航空航天技术"}, "advanced_manufacturing": {"先进制造技术"}, "biomedicine": {"生物、医药和医疗器械技术", "生物、医药和医疗器械"},
		"new_materials": {"新材料及其应用技术", "新材料及应用技术"}, "new_energy": {"新能源与高效节能技术"}, "environment": {"环境保护与资源综合利用技术"}, "nuclear": {"核应用技术"},
		"agriculture": {"农业技术"}, "transport": {"现代交通技术", "现代交通"}, "urban_social": {"城市建设与社会发展技术"},
	}
	for i := range out {
		out[i].also = append(out[i].also, also[out[i].code]...)
	}
	return out
}

// registrationColumns are what is read of a table of registered contracts, in the order of the national form.
var registrationColumns = func() []registrationColumn {
	kinds := newChoice(subkindTerms())
	fields := newChoice(nationalFields())
	property := newChoice(termsOf(codes.IPKinds.All(), map[codes.IPKind][]string{
		codes.NoIP: {"未涉及", "无", "不涉及知识产权"}, codes.InventionPatent: {"发明"}, codes.UtilityModel: {"实用新型"}, codes.DesignPatent: {"外观设计"},
		codes.SoftwareCopyright: {"软件著作权", "计算机软件"}, codes.TechnicalSecret: {"技术秘密（专有技术）", "专有技术"},
	}))
	natures := newChoice(termsOf(codes.PartyNatures.All(), nil))
	chosen := func(c choice, set func(f *registered, code string)) func(*reading, *registered) {
		return func(r *reading, f *registered) {
			if s := r.text(text.Line); s != "" {
				if s = r.pick(c, s, r.pointer); c.has(s) {
					set(f, s)
				}
			}
		}
	}
	line := func(in func(f *registered) *string) func(*reading, *registered) {
		return func(r *reading, f *registered) { *in(f) = r.text(text.Line) }
	}
	exact := func(in func(f *registered) *string) func(*reading, *registered) {
		return func(r *reading, f *registered) { *in(f) = r.exactText(text.Code) }
	}
	day := func(in func(f *registered) *when.Day) func(*reading, *registered) {
		return func(r *reading, f *registered) { *in(f) = r.dayExactly() }
	}
	out := []registrationColumn{
		{Field{Name: "official_number", Heading: "合同登记编号", Also: []string{"登记编号", "合同登记号", "认定登记编号", "认定登记号", "登记号", "技术合同登记编号", "合同编号（国家）"}, Required: true, Numeric: true, Hint: "国家系统的登记编号；请设为文本格式", Example: "2025210102000123"},
			exact(func(f *registered) *string { return &f.OfficialNumber })},
		{Field{Name: "title", Heading: "合同名称", Also: []string{"项目名称", "技术合同名称", "合同项目名称", "合同标题"}, Required: true, Hint: "2 至 200 字", Example: "高温合金叶片涂层工艺委托开发"},
			line(func(f *registered) *string { return &f.Terms.Title })},
		{Field{Name: "kind", Heading: "合同类别", Also: []string{"合同类型", "类别", "合同种类", "技术合同类别", "技术合同类型"}, Required: true, Example: "委托开发", Options: namesOf(kinds.terms)},
			chosen(kinds, func(f *registered, code string) {
				f.Terms.Subkind = codes.ContractSubkind(code)
				f.Kind = f.Terms.Subkind.Kind()
			})},
		{Field{Name: "paper_number", Heading: "合同文本编号", Also: []string{"合同编号", "文本编号", "合同文本号"}, Numeric: true},
			exact(func(f *registered) *string { return &f.Terms.PaperNumber })},
		{Field{Name: "registered_on", Heading: "登记日期", Also: []string{"认定登记日期", "认定日期", "登记时间", "认定登记时间"}, Required: true, Example: "2025-11-20"}, day(func(f *registered) *when.Day { return &f.RegisteredOn })},
		{Field{Name: "signed_on", Heading: "签订日期", Also: []string{"合同签订日期", "签订时间", "签约日期", "合同签订时间"}, Required: true, Example: "2025-11-03"}, day(func(f *registered) *when.Day { return &f.Terms.SignedOn })},
		{Field{Name: "effective_on", Heading: "有效期起", Also: []string{"生效日期", "合同有效期起", "合同起始日期", "开始日期", "合同开始日期"}}, day(func(f *registered) *when.Day { return &f.Terms.EffectiveOn })},
		{Field{Name: "expires_on", Heading: "有效期止", Also: []string{"届满日期", "合同有效期止", "合同终止日期", "结束日期", "合同结束日期", "有效期至"}}, day(func(f *registered) *when.Day { return &f.Terms.ExpiresOn })},
		{Field{Name: "turnover", Heading: "合同成交额（万元）", Also: []string{"成交额", "合同成交额", "合同成交总额", "成交金额", "合同交易总额", "合同总金额", "合同金额", "成交总额"}, Required: true, Amount: true, Numeric: true, Hint: "列名写明单位；未写明的按元", Example: "125"},
			func(r *reading, f *registered) {
				if amount, slack, given := r.amount(); given {
					f.Terms.Turnover, f.Slack = amount, max(f.Slack, slack)
				}
			}},
		{Field{Name: "technology_amount", Heading: "技术交易额（万元）", Also: []string{"技术交易额", "技术交易金额", "技术性收入", "其中技术交易额", "其中：技术交易额"}, Amount: true, Numeric: true, Hint: "不填即与成交额相同", Example: "120"},
			func(r *reading, f *registered) {
				if amount, slack, given := r.amount(); given {
					f.technology, f.Slack = &amount, max(f.Slack, slack)
				}
			}},
	}
	for _, side := range []struct {
		name, heading string
		also          []string
		party         func(f *registered) *contracts.Party
	}{
		{"seller", "卖方", []string{"输出方", "出让方", "受托方", "技术卖方", "乙方"}, (*registered).seller},
		{"buyer", "买方", []string{"吸纳方", "受让方", "委托方", "技术买方", "甲方"}, (*registered).buyer},
	} {
		called := func(parts ...string) (out []string) {
			for _, who := range append([]string{side.heading}, side.also...) {
				for _, part := range parts {
					out = append(out, who+part)
				}
			}
			return out
		}
		out = append(out,
			registrationColumn{Field{Name: side.name + "_name", Heading: side.heading + "名称", Also: called("", "名称", "单位名称", "单位", "全称"), Required: true}, line(func(f *registered) *string { return &side.party(f).Name })},
			registrationColumn{Field{Name: side.name + "_credit_code", Heading: side.heading + "统一社会信用代码", Also: called("信用代码", "统一社会信用代码", "代码", "社会信用代码"), Numeric: true, Hint: "18 位；请设为文本格式"},
				func(r *reading, f *registered) {
					code := r.exactText(text.Code)
					if number, err := codes.PersonalNumber(codes.ResidentID, code); err == nil && number != "" { // it is not kept: nobody asked for it
						side.party(f).Nature = codes.NaturalPerson
						return
					}
					side.party(f).CreditCode = code
				}},
			registrationColumn{Field{Name: side.name + "_region", Heading: side.heading + "所在地", Also: called("区划代码", "行政区划代码", "行政区划", "地区", "所在地区", "区域", "地区代码"), Numeric: true, Hint: "六位区划代码或省市区名称，如 210112、辽宁省沈阳市浑南区", Example: "210112"},
				func(r *reading, f *registered) {
					p := side.party(f)
					if p.Country = ref.CountryNamed(r.cell.Text); p.Country == "CHN" {
						p.Country = ""
					} else if p.Country != "" {
						if place := ref.PlaceIn(p.Country); len(place) == 6 {
							p.Region = place
						}
						p.Nature = cmp.Or(p.Nature, codes.Foreign)
						return
					}
					p.Region = r.region()
				}},
			registrationColumn{Field{Name: side.name + "_nature", Heading: side.heading + "性质", Also: called("性质", "单位性质", "类型", "类别", "性质代码"), Numeric: true, Hint: "当事人性质的名称或代码；不填时由信用代码推断", Example: "有限责任公司"},
				chosen(natures, func(f *registered, code string) { side.party(f).Nature = codes.PartyNature(code) })},
		)
	}
	return append(out,
		registrationColumn{Field{Name: "field", Heading: "技术领域", Also: []string{"领域", "所属技术领域", "所属领域"}, Required: true, Example: "先进制造", Options: namesOf(fields.terms)},
			chosen(fields, func(f *registered, code string) { f.Terms.Field = codes.Field(code) })},
		registrationColumn{Field{Name: "ip_kind", Heading: "知识产权类型", Also: []string{"知识产权", "知识产权类别", "涉及知识产权"}, Example: "发明专利", Options: namesOf(property.terms)},
			chosen(property, func(f *registered, code string) { f.Terms.IPKind = codes.IPKind(code) })},
		registrationColumn{Field{Name: "registered_by", Heading: "登记机构", Also: []string{"认定登记机构", "登记机构名称", "登记点", "登记点名称", "登记处"}, Hint: "不填或为本机构的，是本机构登记的合同；其他机构登记的，只计入吸纳"},
			line(func(f *registered) *string { return &f.office })})
}()

func registrationFields() []Field {
	out := make([]Field, len(registrationColumns))
	for i, c := range registrationColumns {
		out[i] = c.Field
	}
	return out
}

// has tells whether a code is of the list.
func (c choice) has(code string) bool {
	return slices.ContainsFunc(c.terms, func(t term) bool { return t.code == code })
}

// readRegistered reads a row. Office and its name tell which contracts are the office's own.
func readRegistered(cells map[string]reading, office string, names map[string]string, today when.Day) (contracts.Former, fault.Fields) {
	f := &registered{}
	f.Terms.Sellers, f.Terms.Buyers = make([]contracts.Party, 1), make([]contracts.Party, 1)
	var bad fault.Fields
	for _, c := range registrationColumns {
		cell, given := cells[c.Name]
		if !given || cell.cell.Kind == tables.Absent || cell.cell.Text == "" {
			continue
		}
		cell.bad, cell.pointer = &bad, "/"+c.Name
		c.read(&cell, f)
	}
	if t := f.technology; t != nil && *t != f.Terms.Turnover {
		f.Terms.Deductions = []contracts.Deduction{{Kind: contracts.Other, Reason: "来源数据未分项 The source does not itemise it", Amount: f.Terms.Turnover - *t}}
	}
	if by := officeNamed(f.office, names); f.office != "" && by == "" {
		f.Elsewhere = f.office
	} else if by != "" && by != office {
		bad.Check(false, "/registered_by", fault.RegisteredHere, "由本系统的 %[1]s 登记，请由该机构核对与接收", "It was registered by %[1]s, an office of this system, which compares it and takes it over", by)
	}
	if err, is := fault.As(f.Check(today)); is {
		bad = besides(bad, err.Fields)
	}
	return f.Former, bad
}

// officeNamed is the office of this system that a table names by its code or its name; empty: it is none.
func officeNamed(named string, names map[string]string) string {
	form := codes.NameForm(named)
	for code, name := range names {
		if named != "" && (strings.EqualFold(named, code) || form == codes.NameForm(name)) {
			return code
		}
	}
	return ""
}

// amount reads one amount, and by how much it may be rounded: half of its last printed place, where the heading has a larger unit than yuan.
func (r *reading) amount() (amount, slack money.Fen, given bool) {
	s := r.span()
	if s.Kind != money.Exact || s.Min == nil {
		if s.Kind == money.Ranged || s.Kind == money.Open {
			r.refuse(fault.BadAmount, "成交额须为一个金额，不能是区间或面议。", "One amount is wanted here, no range.")
		}
		return 0, 0, false
	}
	typed := text.Narrow(r.cell.Text)
	if unit, err := money.Read("1" + r.unit); err == nil && unit > 100 && strings.Trim(typed, "0123456789.,") == "" {
		slack = unit
		if _, decimals, some := strings.Cut(typed, "."); some {
			for range decimals {
				slack /= 10
			}
		}
		slack /= 2
	}
	return *s.Min, slack, true
}

// dayExactly reads a day that is one: a month alone is none.
func (r *reading) dayExactly() when.Day {
	typed := r.cell.Text
	d := r.day()
	if r.cell.Kind != tables.Number && !d.IsZero() {
		if p, err := when.ReadPeriod(typed); err == nil && p.From != p.To {
			r.refuse(fault.BadFormat, "须写到日，如 2026-03-01。", "It is a day: 2026-03-01.")
			return when.Day{}
		}
	}
	return d
}

// region reads a region by its code or its name.
func (r *reading) region() string {
	typed := r.text(text.Line)
	if typed == "" || slices.Contains([]string{"-", "/", "未知", "不详"}, typed) {
		return ""
	}
	code := text.Narrow(typed)
	if strings.Trim(code, "0123456789") == "" {
		switch {
		case len(code) == 4: // the older form of the table knows cities alone
			return code + "00"
		case len(code) == 2:
			return code + "0000"
		case len(code) == 6:
			return code
		}
		r.refuse(fault.RegionCode, "区划代码须为六位数字，如 210112，不能是“%[1]s”", "A region code has six digits, such as 210112; %[1]q is none", typed)
		return ""
	}
	found := ref.RegionsNamed(typed)
	if len(found) == 1 {
		return found[0]
	}
	if len(found) > 1 {
		r.refuse(fault.UnknownRegion, "“%[1]s”有 %[2]d 处，请写上省市，或填六位区划代码。", "There are %[2]d places called “%[1]s”: write province and city, or its code.", typed, len(found))
		return ""
	}
	r.refuse(fault.UnknownRegion, "没有“%[1]s”这个地区，请填六位区划代码。", "There is no place called “%[1]s”: write its code of six digits.", typed)
	return ""
}
