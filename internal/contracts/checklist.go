package contracts

import (
	"cmp"
	"context"
	"regexp"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/codes"
	"jiebang/internal/fault"
	"jiebang/internal/files"
	"jiebang/internal/policy"
	"jiebang/internal/ref"
	"jiebang/internal/when"
	"jiebang/internal/work"
)

// Check is one thing that is looked at when a contract is registered: what came of it, where in the input it stands, and by which rule.
type Check struct {
	Code    codes.ContractCheck
	Outcome codes.CheckOutcome
	Pointer string // into the input; empty: it stands beside it
	Rule    fault.Text
	Message fault.Text
}

// Checklist is what whoever files a contract, and whoever registers it, looks at first. It stops nothing: what does is refused where it is written.
type Checklist struct {
	Regime ref.Regime // whose rules are asked
	Checks []Check
}

// Ready tells that nothing is missing. What a person has to judge may be left.
func (l *Checklist) Ready() bool {
	for _, c := range l.Checks {
		if c.Outcome == codes.CheckOpen {
			return false
		}
	}
	return true
}

// Checklist looks at a contract as the reader sees it, or at what an amendment that is under way makes of it; for who may read it. The measures
// are those that the contract was first filed under, the day that of filing; of what is not filed yet it is today.
func (s *Service) Checklist(ctx context.Context, reader policy.Actor, id uuid.UUID) (out Checklist, err error) {
	err = s.unit.View(ctx, func(q *gorm.DB) error {
		c, err := contracts.Load(q, reader, id)
		if err != nil {
			return err
		}
		views, err := contracts.Show(q, reader, []Contract{*c})
		if err != nil {
			return err
		}
		v := &views[0]
		seen, on := v.Contract, when.DayOf(s.unit.Now())
		first, err := firstRegime(q, id)
		if err != nil {
			return err
		}
		if v.ApplicationID != nil && v.State != Draft && v.State != Refused {
			a, err := work.Load[Application](q, *v.ApplicationID)
			if err != nil {
				return err
			}
			if on = a.FiledOn; a.Kind == Amendment && !a.State.final() {
				first = a.Regime
				if err := seen.write(a.Terms); err != nil {
					return err
				}
			}
		}
		regime, known := ref.RegimeOf(first)
		if first == "" {
			regime, known = ref.RegimeOn(on)
		}
		if !known {
			return fault.NotInTerm.Because("%[1]s 没有适用的登记办法。", "No rules of registration are in force on %[1]s.", on)
		}
		_, until, err := papers(q, reader, c)
		if err != nil {
			return err
		}
		scanned, err := files.HasUntil(q, c.Noun(), id, until)
		out = Checklist{Regime: regime, Checks: checks(&seen, cmp.Or(v.OfficeName, v.Office), regime, on, scanned)}
		return err
	})
	return out, err
}

// Rules that more than one check goes by.
var (
	usualClauses = fault.Say("民法典第八百四十五条：技术合同的内容一般包括标的的内容、范围和要求，以及验收标准和方法。", "Civil Code, Art. 845: contents, scope and requirements, and standard and method of acceptance are usual clauses.")
	bothAmounts  = fault.Say("《技术合同认定规则》国科发政字〔2001〕253号第五十一条：申请时写明合同交易总额与技术交易额，履行中有变化的，在享受优惠之前更正。",
		"Rules of 2001, No. 253, Art. 51: both amounts are stated, and corrected before a relief is claimed.")
	reasonable = fault.Say("《技术合同认定规则》国科发政字〔2001〕253号：合理数量的标的物的直接成本不计入非技术性费用。", "Rules of 2001, No. 253: the direct cost of a reasonable quantity of what is delivered is no non-technical part.")
	works      = fault.Say("民法典第八百七十八条第二款：技术服务合同不包括承揽合同和建设工程合同。", "Civil Code, Art. 878, second paragraph: service leaves out work to order and construction.")
)

// checks looks at each thing in the order of the list.
func checks(c *Contract, office string, regime ref.Regime, on when.Day, scanned bool) (out []Check) {
	t := c.Terms
	add := func(code codes.ContractCheck, outcome codes.CheckOutcome, pointer string, rule, message fault.Text) {
		out = append(out, Check{code, outcome, pointer, rule, message})
	}
	met := func(yes bool, otherwise codes.CheckOutcome) codes.CheckOutcome {
		if yes {
			return codes.CheckMet
		}
		return otherwise
	}
	developed, moves := c.Kind == codes.Development, c.Kind == codes.Assignment || c.Kind == codes.License

	writing := fault.Say("登记的是书面（含电子）合同，口头合同不予受理；技术开发、转让、许可合同依民法典第八百五十一条、第八百六十三条应当采用书面形式。",
		"What is registered is in writing, or electronic; the Civil Code asks for that of development (Art. 851), assignment and licence (Art. 863).")
	if scanned {
		add(codes.CheckText, codes.CheckMet, "", writing, fault.Say("已附合同的文件。", "A file is attached."))
	} else {
		add(codes.CheckText, codes.CheckOpen, "", writing, fault.Say("尚未附合同文本，请上传扫描件或电子合同。", "The contract itself is not attached yet; upload it."))
	}
	out = append(out, whereFiled(c, office))
	if c.Elsewhere == nil {
		out = append(out, inWindow(t, regime, on))
	}
	if !moves {
		measured := figures.MatchString(years.ReplaceAllString(t.Targets, ""))
		add(codes.CheckTargets, met(measured, codes.CheckLook), "/terms/targets", usualClauses, pick(measured,
			fault.Say("指标中有数量。", "The targets have figures."), fault.Say("指标中没有数量；请核对能否考核，能量化的写明数值。", "The targets have no figure; see whether they can be measured, and write figures where there are any.")))
		add(codes.CheckAccepted, met(t.Acceptance != "", codes.CheckOpen), "/terms/acceptance", usualClauses, pick(t.Acceptance != "",
			fault.Say("已写明。", "It is stated."), fault.Say("尚未写明按什么标准、怎样、由谁验收。", "It does not say by which standard, how and by whom it is accepted.")))
	}
	if developed {
		add(codes.CheckNovelty, codes.CheckLook, "/terms/targets", fault.Say("民法典第八百五十一条：技术开发合同是就新技术、新产品、新工艺、新品种或者新材料及其系统的研究开发所订立的合同。",
			"Civil Code, Art. 851: development is of new technology, products, processes, varieties, materials or their systems."),
			fault.Say("请核对所开发的是当事人订立合同时尚未掌握的技术。", "See that it is what the parties did not master when they made the contract."))
	}
	if moves {
		out = append(out, property(c.Kind, t, on)...)
	} else if !developed {
		add(codes.CheckNoTitle, met(t.IPKind == "" || t.IPKind == codes.NoIP, codes.CheckLook), "/terms/ip_kind", fault.Say("民法典第八百七十八条：咨询是就特定技术项目提供报告，服务是以技术知识解决特定技术问题，均不转让或许可知识产权。",
			"Civil Code, Art. 878: consulting reports on a project and service solves a problem; neither assigns nor licenses intellectual property."),
			pick(t.IPKind == "" || t.IPKind == codes.NoIP, fault.Say("未涉及知识产权。", "It is about no intellectual property."), fault.Say("填有知识产权；若随之转让或许可，应按技术转让或技术许可登记。", "It names some; if that is assigned or licensed, it is registered as such.")))
		if c.Kind == codes.Service {
			add(codes.CheckExcluded, codes.CheckLook, "", works, fault.Say("请核对不是加工、修理、检测化验等承揽，也不是工程的勘察、设计、施工；混合合同只登记其中的技术部分。",
				"See that it is no processing, repair or routine testing, and no survey, design or building; of a mixed contract the technical part is registered."))
		}
	}
	payment := fault.Say("民法典第八百四十六条：价款的支付方式由当事人约定，可以一次总付、分期支付，或者提成支付、提成支付附加预付入门费。", "Civil Code, Art. 846: once, by instalments, by a royalty, or by a royalty with an entry fee.")
	if t.Payment != nil {
		add(codes.CheckPayment, codes.CheckMet, "/terms/payment", payment, fault.Say("已写明。", "It is stated."))
	} else {
		add(codes.CheckPayment, codes.CheckOpen, "/terms/payment", payment, fault.Say("请写明价款怎样支付。", "State how the price is paid."))
	}
	technology, _ := t.Technology() // terms that were checked have one
	add(codes.CheckAmounts, codes.CheckMet, "/terms/turnover", bothAmounts, fault.Say("成交额 %[1]s 元，技术交易额 %[2]s 元。", "Turnover amount %[1]s yuan, technology amount %[2]s yuan.", t.Turnover, technology))
	add(codes.CheckDeduction, codes.CheckLook, "/terms/deductions", reasonable, pick(len(t.Deductions) > 0,
		fault.Say("请核对所列各项；资料、样机等合理数量的载体（成套设备、样机一般为一至二台套）不应扣除。", "See each part; a reasonable quantity of what carries the result, as papers or one or two prototypes, is not taken off."),
		fault.Say("没有列出非技术性费用；价款含设备、仪器、零部件、原材料购置的，应列出扣除。", "None is listed; where the price has equipment, instruments, parts or materials in it, list them.")))
	if regime.NeedsExperts(technology) {
		add(codes.CheckExperts, codes.CheckLook, "", fault.Say("《技术合同认定登记管理办法》（征求意见稿）第十四条：技术交易额五百万元及以上的，经专家评审，三十个工作日内办结。", "Measures of 2026, Art. 14 of the draft: from 5,000,000 yuan of technology amount on experts review it, within 30 working days."),
			fault.Say("须经专家评审，请备齐研究开发方案等材料。", "Experts will review it; have the plan of the research and the like at hand."))
	}
	return out
}

func pick(yes bool, then, otherwise fault.Text) fault.Text {
	if yes {
		return then
	}
	return otherwise
}

// whereFiled says where the contract is registered, and who files it.
func whereFiled(c *Contract, office string) Check {
	rule := fault.Say("卖方所在地登记，一份合同登记一次；引进技术由境内买方申请（《技术合同认定登记管理办法》征求意见稿第十一条）。", "It is registered once, where the seller is; for imported technology the domestic buyer files (draft of the measures of 2026, Art. 11).")
	message := fault.Say("由第一卖方申请，登记机构 %[1]s。", "The first seller files, at %[1]s.", office)
	switch {
	case c.Elsewhere != nil:
		message = fault.Say("已在 %[1]s 登记，由买方在此备案，不计入成交额。", "It is registered by %[1]s; the buyer has it recorded here, and it is no turnover.", c.Elsewhere.Office)
	case c.Terms.imported():
		message = fault.Say("引进技术，由第一买方申请，登记机构 %[1]s。", "Imported technology: the first buyer files, at %[1]s.", office)
	}
	place := "/terms/sellers/0/region"
	if c.Elsewhere != nil || c.Terms.imported() {
		place = "/terms/buyers/0/region"
	}
	return Check{codes.CheckPlace, codes.CheckMet, place, rule, message}
}

// inWindow says whether a day lies in the time in which the contract may be filed.
func inWindow(t Terms, regime ref.Regime, on when.Day) Check {
	x := Check{
		Code: codes.CheckWindow, Outcome: codes.CheckMet, Pointer: "/terms/effective_on", Message: fault.Say("%[1]s 提交，在期限之内。", "Filed on %[1]s it is in time.", on),
		Rule: fault.Say("《技术合同认定登记管理办法》国科发政字〔2000〕063号：合同成立后申请。", "Measures of 2000, No. 063: once the contract is made."),
	}
	if regime.Filing == ref.FileWhileValid {
		x.Rule = fault.Say("《技术合同认定登记管理办法》（征求意见稿）第十二条：合同生效之后、有效期之内申请。", "Measures of 2026, Art. 12 of the draft: after it takes effect and while it is valid.")
	}
	err := t.ratesBy(on)
	if err != nil {
		x.Outcome, x.Pointer, x.Message = codes.CheckOpen, "/terms/conversions", fault.Say("汇率的日期晚于 %[1]s，不能提交。", "The day of a rate is after %[1]s, so that it cannot be filed.", on)
	} else if err = t.mayBeFiled(regime, on); err != nil {
		x.Outcome = codes.CheckOpen
		if f, ok := fault.As(err); ok {
			x.Message = f.Told()
		}
	}
	return x
}

// figures are numbers in a text, in digits or as they are read; years are no figures of a target.
var (
	figures = regexp.MustCompile(`[0-9０-９]|[一二三四五六七八九十百千万两]+(?:个|次|项|台|套|天|小时|倍|度|种|点|分)|百分之|千分之`)
	years   = regexp.MustCompile(`[0-9]{4}\s*年`)
)

// property is what is looked at of intellectual property that is assigned or licensed, on a day.
func property(kind codes.ContractKind, t Terms, on when.Day) []Check {
	title := Check{
		Code: codes.CheckTitle, Outcome: codes.CheckLook, Pointer: "/terms/ip_kind",
		Rule:    fault.Say("民法典第八百四十五条、第八百六十二条：转让、许可的是现有特定的专利、专利申请、技术秘密；涉及专利的，写明名称、申请人与专利权人、申请日、号码与有效期。", "Civil Code, Arts. 845 and 862: what is assigned or licensed exists and is named, a patent with title, applicant, owner, days and numbers."),
		Message: fault.Say("请核对权属证明与合同所写一致。", "See that the proof of title says what the contract says."),
	}
	if name, known := codes.IPKinds.Get(t.IPKind); known && t.IPNumber != "" {
		title.Message = fault.Say("%[1]s %[3]s；请核对权属证明与合同所写一致。", "%[2]s %[3]s; see that the proof of title says what the contract says.", name.Chinese, name.English, t.IPNumber)
	}
	out := []Check{title}
	if t.IPKind.Patent() {
		life := Check{
			Code: codes.CheckLife, Outcome: codes.CheckMet, Pointer: "/terms/ip_expires_on",
			Rule:    fault.Say("民法典第八百六十五条：专利实施许可合同仅在专利权的存续期限内有效。", "Civil Code, Art. 865: a patent licence is valid within the life of the patent only."),
			Message: fault.Say("专利权 %[1]s 届满；请核对年费与登记簿的法律状态。", "The patent ends on %[1]s; see the register for fees and legal state.", t.IPExpiresOn),
		}
		if kind == codes.Assignment {
			life.Rule = fault.Say("民法典第八百六十二条：转让的是现有特定的专利，须在存续期内。", "Civil Code, Art. 862: what is assigned is a patent that exists.")
		}
		switch {
		case t.IPExpiresOn.IsZero():
			life.Outcome, life.Message = codes.CheckOpen, fault.Say("尚未填写专利权的届满日。", "The last day of the patent is not given.")
		case t.IPExpiresOn.Before(on):
			life.Outcome, life.Message = codes.CheckLook, fault.Say("专利权已于 %[1]s 届满，请核对。", "The patent ended on %[1]s; look at it.", t.IPExpiresOn)
		}
		out = append(out, life)
	}
	if kind == codes.Assignment && len(t.Sellers) > 0 && t.Sellers[0].Nature != codes.NaturalPerson {
		out = append(out, Check{
			codes.CheckInventor, codes.CheckLook, "",
			fault.Say("民法典第八百四十七条：转让职务技术成果的，完成人享有以同等条件优先受让的权利。", "Civil Code, Art. 847: whoever made a service result may take it first on equal terms."),
			fault.Say("是职务成果的，请核对完成人已放弃优先受让。", "If it is a service result, see that those who made it have waived that."),
		})
	}
	return out
}
