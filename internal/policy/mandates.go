package policy

// Mandates of brokers, what they claim of contracts, and the commissions that follow.
var (
	MandatePropose  = open("mandate.propose", AnyBroker)
	MandateRead     = read("mandate.read", Member, Agent, Operator)
	MandateAnswer   = act("mandate.answer", MandateRead, Member.But(Author, Agent))
	MandateWithdraw = act("mandate.withdraw", MandateRead, Author)
	MandateEnd      = act("mandate.end", MandateRead, Member, Author)

	ClaimRead       = read("claim.read", Member, Agent, Operator)
	ClaimAnswer     = act("claim.answer", ClaimRead, Member.But(Agent))
	CommissionRead  = read("commission.read", Member, Agent, Operator)
	CommissionWork  = act("commission.answer", CommissionRead, Member.But(Agent))
	CommissionSheet = open("commission.statement", AnyBroker, Operator)
)
