package codes

// ContractKind is one of the five kinds of technology contract (Civil Code, book 3, chapter 20). Licence became a kind of
// its own with the Civil Code in 2021; before, licences are found under assignment.
type ContractKind string

// The kinds of technology contract, in the order of the registration form.
const (
	Development ContractKind = "development" // 技术开发
	Assignment  ContractKind = "assignment"  // 技术转让
	License     ContractKind = "license"     // 技术许可
	Consulting  ContractKind = "consulting"  // 技术咨询
	Service     ContractKind = "service"     // 技术服务
)

// ContractSubkind divides a kind of contract further. Assignment, license and consulting are not divided: each is its own one subkind.
type ContractSubkind string

// The subkinds: two of development, three of service. Intermediary and training contracts were registered by reference to
// service contracts under the regime of 2000, and are counted as service.
const (
	CommissionedDevelopment ContractSubkind = "commissioned_development" // 委托开发
	CooperativeDevelopment  ContractSubkind = "cooperative_development"  // 合作开发
	GeneralService          ContractSubkind = "general_service"          // 一般技术服务
	IntermediaryService     ContractSubkind = "intermediary_service"     // 技术中介
	TrainingService         ContractSubkind = "training_service"         // 技术培训
	AssignmentWhole         ContractSubkind = "assignment"
	LicenseWhole            ContractSubkind = "license"
	ConsultingWhole         ContractSubkind = "consulting"
)

// Kind returns the kind that the subkind belongs to, and "" for one that is not listed.
func (s ContractSubkind) Kind() ContractKind {
	switch s {
	case CommissionedDevelopment, CooperativeDevelopment:
		return Development
	case GeneralService, IntermediaryService, TrainingService:
		return Service
	case AssignmentWhole, LicenseWhole, ConsultingWhole:
		return ContractKind(s)
	}
	return ""
}

// ContractKinds lists the kinds in the order of the registration form.
var ContractKinds = table(
	Term[ContractKind]{Development, "技术开发", "Development"},
	Term[ContractKind]{Assignment, "技术转让", "Assignment"},
	Term[ContractKind]{License, "技术许可", "License"},
	Term[ContractKind]{Consulting, "技术咨询", "Consulting"},
	Term[ContractKind]{Service, "技术服务", "Service"},
)

// ContractSubkinds lists the subkinds in the order of the registration form.
var ContractSubkinds = table(
	Term[ContractSubkind]{CommissionedDevelopment, "委托开发", "Commissioned development"},
	Term[ContractSubkind]{CooperativeDevelopment, "合作开发", "Cooperative development"},
	Term[ContractSubkind]{AssignmentWhole, "技术转让", "Assignment"},
	Term[ContractSubkind]{LicenseWhole, "技术许可", "License"},
	Term[ContractSubkind]{ConsultingWhole, "技术咨询", "Consulting"},
	Term[ContractSubkind]{GeneralService, "一般技术服务", "General service"},
	Term[ContractSubkind]{IntermediaryService, "技术中介", "Intermediary service"},
	Term[ContractSubkind]{TrainingService, "技术培训", "Training service"},
)

// IPKind is what intellectual property a contract is about, as the registration form asks (知识产权类型).
type IPKind string

// The kinds of intellectual property.
const (
	TechnicalSecret   IPKind = "technical_secret"   // 技术秘密
	InventionPatent   IPKind = "invention_patent"   // 发明专利
	UtilityModel      IPKind = "utility_model"      // 实用新型专利
	DesignPatent      IPKind = "design_patent"      // 外观设计专利
	SoftwareCopyright IPKind = "software_copyright" // 计算机软件著作权
	LayoutDesign      IPKind = "layout_design"      // 集成电路布图设计
	PlantVariety      IPKind = "plant_variety"      // 植物新品种
	NewMedicine       IPKind = "new_medicine"       // 生物、医药新品种
	DesignCopyright   IPKind = "design_copyright"   // 设计著作权
	NoIP              IPKind = "none"               // 未涉及知识产权
)

// Patent tells whether it is a patent, which has a number and a life.
func (k IPKind) Patent() bool { return k == InventionPatent || k == UtilityModel || k == DesignPatent }

// IPKinds lists the kinds in the order of the registration form.
var IPKinds = table(
	Term[IPKind]{TechnicalSecret, "技术秘密", "Technical secret"},
	Term[IPKind]{InventionPatent, "发明专利", "Invention patent"},
	Term[IPKind]{UtilityModel, "实用新型专利", "Utility model"},
	Term[IPKind]{DesignPatent, "外观设计专利", "Design patent"},
	Term[IPKind]{SoftwareCopyright, "计算机软件著作权", "Software copyright"},
	Term[IPKind]{LayoutDesign, "集成电路布图设计", "Layout design of integrated circuits"},
	Term[IPKind]{PlantVariety, "植物新品种", "New plant variety"},
	Term[IPKind]{NewMedicine, "生物、医药新品种", "New biological or medical variety"},
	Term[IPKind]{DesignCopyright, "设计著作权", "Copyright of a design"},
	Term[IPKind]{NoIP, "未涉及知识产权", "None"},
)

// IPStatus is where a piece of intellectual property stands.
type IPStatus string

// The states of intellectual property.
const (
	IPApplied  IPStatus = "applied"
	IPGranted  IPStatus = "granted"  // a patent granted, a right registered
	IPRejected IPStatus = "rejected" // refused, or the application withdrawn
	IPLapsed   IPStatus = "lapsed"   // ended, given up or void
)

// IPStatuses lists the states of intellectual property.
var IPStatuses = table(
	Term[IPStatus]{IPApplied, "申请中", "Applied for"},
	Term[IPStatus]{IPGranted, "已授权", "Granted"},
	Term[IPStatus]{IPRejected, "未获授权", "Not granted"},
	Term[IPStatus]{IPLapsed, "已失效", "Lapsed"},
)

// PaymentMode says how the price of a contract is paid (民法典第八百四十六条; Civil Code, Art. 846).
type PaymentMode string

// The modes of payment.
const (
	PaidOnce       PaymentMode = "once"
	Instalments    PaymentMode = "instalments"
	ByRoyalty      PaymentMode = "royalty"
	RoyaltyWithFee PaymentMode = "royalty_with_fee"
)

// PaymentModes lists the modes of payment.
var PaymentModes = table(
	Term[PaymentMode]{PaidOnce, "一次总付", "Once"},
	Term[PaymentMode]{Instalments, "分期支付", "Instalments"},
	Term[PaymentMode]{ByRoyalty, "提成支付", "Royalty"},
	Term[PaymentMode]{RoyaltyWithFee, "提成支付附加预付入门费", "Royalty with an entry fee"},
)

// ContractCheck is one thing that whoever registers a contract looks at.
type ContractCheck string

// What is looked at, in the order in which it is.
const (
	CheckText      ContractCheck = "text"
	CheckPlace     ContractCheck = "place"
	CheckWindow    ContractCheck = "window"
	CheckTargets   ContractCheck = "targets"
	CheckAccepted  ContractCheck = "acceptance"
	CheckNovelty   ContractCheck = "novelty"
	CheckTitle     ContractCheck = "title"
	CheckLife      ContractCheck = "life"
	CheckInventor  ContractCheck = "inventor"
	CheckNoTitle   ContractCheck = "no_title"
	CheckExcluded  ContractCheck = "excluded"
	CheckPayment   ContractCheck = "payment"
	CheckAmounts   ContractCheck = "amounts"
	CheckDeduction ContractCheck = "deductions"
	CheckExperts   ContractCheck = "experts"
)

// ContractChecks lists what is looked at.
var ContractChecks = table(
	Term[ContractCheck]{CheckText, "书面合同", "The contract in writing"},
	Term[ContractCheck]{CheckPlace, "登记地与申请方", "Where it is registered, and who files"},
	Term[ContractCheck]{CheckWindow, "提交的时间", "When it may be filed"},
	Term[ContractCheck]{CheckTargets, "可考核的技术指标", "Measurable targets"},
	Term[ContractCheck]{CheckAccepted, "验收标准和方法", "Standard and method of acceptance"},
	Term[ContractCheck]{CheckNovelty, "技术上的创新", "Something new"},
	Term[ContractCheck]{CheckTitle, "知识产权的权属", "Title to the intellectual property"},
	Term[ContractCheck]{CheckLife, "专利权的存续期", "Life of the patent"},
	Term[ContractCheck]{CheckInventor, "完成人的优先受让权", "The inventors' priority"},
	Term[ContractCheck]{CheckNoTitle, "不转移知识产权", "No title passes"},
	Term[ContractCheck]{CheckExcluded, "不属于承揽与建设工程", "Neither work to order nor construction"},
	Term[ContractCheck]{CheckPayment, "价款的支付方式", "How the price is paid"},
	Term[ContractCheck]{CheckAmounts, "成交额与技术交易额", "Turnover and technology amount"},
	Term[ContractCheck]{CheckDeduction, "非技术性费用", "Non-technical parts"},
	Term[ContractCheck]{CheckExperts, "专家评审", "Expert review"},
)

// CheckOutcome is what came of looking.
type CheckOutcome string

// The outcomes of a check.
const (
	CheckMet  CheckOutcome = "met"
	CheckOpen CheckOutcome = "open" // something is missing
	CheckLook CheckOutcome = "look" // a person has to judge it
)

// CheckOutcomes lists the outcomes.
var CheckOutcomes = table(
	Term[CheckOutcome]{CheckMet, "符合", "Met"},
	Term[CheckOutcome]{CheckOpen, "待补", "Open"},
	Term[CheckOutcome]{CheckLook, "须核对", "To be looked at"},
)
