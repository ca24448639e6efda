package policy

// Rules of benefits are reference data, everybody's to read and the operators' to keep. What they come to for a contract is told to who reads it as it
// stands; how its parties stand to each other to the office, the bureau, and to the parties themselves, which is no question of a role.
var (
	BenefitRuleRead = read("benefit_rule.read", Public)
	BenefitRuleEdit = act("benefit_rule.edit", BenefitRuleRead, Operator)
	ContractTies    = open("contract.ties", registrar, Operator)
	// A broker reads their own reward; the bureau anybody's.
	RewardSheet = open("broker_reward.read", AnyBroker, Operator)
)
