package codes

// ContractKind is one of the five kinds of technology contract (Civil Code, book 3, chapter 20). Licence became a kind of
// its own with the Civil Code in 2021; before, licences are found under assignment.
type ContractKind string

// The kinds of technology contract.
const (
	Development ContractKind = "development"
	Assignment  ContractKind = "assignment"
	License     ContractKind = "license"
	Consulting  ContractKind = "consulting"
	Service     ContractKind = "service"
)

// ContractKinds lists the kinds of technology contract in the order of the registration form.
var ContractKinds = table(
	Term[ContractKind]{Development, "技术开发", "Technology development"},
	Term[ContractKind]{Assignment, "技术转让", "Technology assignment"},
	Term[ContractKind]{License, "技术许可", "Technology license"},
	Term[ContractKind]{Consulting, "技术咨询", "Technology consulting"},
	Term[ContractKind]{Service, "技术服务", "Technology service"},
)

// ContractSubkind divides a kind of contract further. Assignment, license and consulting have none.
type ContractSubkind string

// The subkinds: two of development, three of service.
const (
	CommissionedDevelopment ContractSubkind = "commissioned_development"
	CooperativeDevelopment  ContractSubkind = "cooperative_development"
	GeneralService          ContractSubkind = "general_service"
	IntermediaryService     ContractSubkind = "intermediary_service"
	TrainingService         ContractSubkind = "training_service"
)

// ContractSubkinds lists the subkinds. Intermediary and training contracts were registered by reference to service
// contracts under the regime of 2000, and are counted as service.
var ContractSubkinds = table(
	Term[ContractSubkind]{CommissionedDevelopment, "委托开发", "Commissioned development"},
	Term[ContractSubkind]{CooperativeDevelopment, "合作开发", "Cooperative development"},
	Term[ContractSubkind]{GeneralService, "一般技术服务", "General technology service"},
	Term[ContractSubkind]{IntermediaryService, "技术中介", "Technology intermediary"},
	Term[ContractSubkind]{TrainingService, "技术培训", "Technology training"},
)

// Kind returns the kind that the subkind belongs to, and "" for one that is not listed.
func (s ContractSubkind) Kind() ContractKind {
	switch s {
	case CommissionedDevelopment, CooperativeDevelopment:
		return Development
	case GeneralService, IntermediaryService, TrainingService:
		return Service
	}
	return ""
}

// IPKind is the kind of intellectual property that a contract or result involves.
type IPKind string

// IPKinds lists the kinds of intellectual property of the registration form, last the contract that involves none.
var IPKinds = table(
	Term[IPKind]{"technical_secret", "技术秘密", "Technical secret"},
	Term[IPKind]{"invention_patent", "发明专利", "Invention patent"},
	Term[IPKind]{"utility_model", "实用新型", "Utility model"},
	Term[IPKind]{"design_patent", "外观设计", "Design patent"},
	Term[IPKind]{"software_copyright", "计算机软件著作权", "Software copyright"},
	Term[IPKind]{"ic_layout", "集成电路布图设计", "Integrated circuit layout design"},
	Term[IPKind]{"plant_variety", "植物新品种", "New plant variety"},
	Term[IPKind]{"biomedical_variety", "生物/医药新品种", "New biological or pharmaceutical variety"},
	Term[IPKind]{"design_copyright", "设计著作权", "Copyright in a design"},
	Term[IPKind]{NoIP, "未涉及知识产权", "No intellectual property involved"},
)

// NoIP is the kind of a contract that involves no intellectual property. The share of contracts "involving IP" is that
// of all others.
const NoIP IPKind = "none"
