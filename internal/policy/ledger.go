package policy

// Figures are public; single entries are the registrars' and the bureau's.
var (
	TurnoverRead = open("turnover.read", Anyone)
	LedgerHead   = open("ledger.read_head", Anyone)
	LedgerChain  = open("ledger.read_chain", Anyone)
	LedgerRead   = open("ledger.read_entries", AnyRegistrar, Operator)
)
