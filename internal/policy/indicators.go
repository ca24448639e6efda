package policy

// Indicators: definitions, targets in force and reported actuals are everybody's to read, and figures by the rule of disclosure. What the bureau
// is to reach is said by one operator and confirmed by another; what was reported and what was frozen stays.
var (
	IndicatorRead     = open("indicator.read", Anyone)
	IndicatorReadFull = open("indicator.read_full", Operator)

	// What came of results and needs is told by the same rule; as it is, to operators, and of what a broker introduced to that broker.
	FunnelRead     = open("funnel.read", Anyone)
	FunnelReadFull = open("funnel.read_full", Self, Operator)

	DefinitionRead   = read("indicator_definition.read", Public)
	DefinitionCreate = open("indicator_definition.create", Operator)

	TargetRead     = read("indicator_target.read", Public, Operator)
	TargetPropose  = open("indicator_target.propose", Operator)
	TargetConfirm  = act("indicator_target.confirm", TargetRead, Operator.But(Submitter))
	TargetRefuse   = act("indicator_target.refuse", TargetRead, Operator.But(Submitter))
	TargetWithdraw = act("indicator_target.withdraw", TargetRead, Submitter)

	ActualRead   = read("indicator_actual.read", Public)
	ActualReport = open("indicator_actual.report", Operator)

	ReportRead     = read("report.read", Public)
	ReportReadFull = act("report.read_full", ReportRead, Operator)
	ReportFreeze   = open("report.freeze", Operator)
)
