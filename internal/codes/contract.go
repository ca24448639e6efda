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

// ContractSubkind divides a kind of contract further. Assignment, license and consulting have none.
type ContractSubkind string

// The subkinds: two of development, three of service. Intermediary and training contracts were registered by reference to
// service contracts under the regime of 2000, and are counted as service.
const (
	CommissionedDevelopment ContractSubkind = "commissioned_development" // 委托开发
	CooperativeDevelopment  ContractSubkind = "cooperative_development"  // 合作开发
	GeneralService          ContractSubkind = "general_service"          // 一般技术服务
	IntermediaryService     ContractSubkind = "intermediary_service"     // 技术中介
	TrainingService         ContractSubkind = "training_service"         // 技术培训
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
	Term[ContractSubkind]{GeneralService, "一般技术服务", "General service"},
	Term[ContractSubkind]{IntermediaryService, "技术中介", "Intermediary service"},
	Term[ContractSubkind]{TrainingService, "技术培训", "Training service"},
)
