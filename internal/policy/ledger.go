package policy

// Figures are public by the rule of disclosure (docs/disclosure.md), and so is the chain, by months. Figures as they are, single entries
// and the head of today are an office's for its registrars, and all of them the bureau's.
var (
	TurnoverRead     = open("turnover.read", Anyone)
	TurnoverReadFull = open("turnover.read_full", AtOffice, Operator)
	LedgerHead       = open("ledger.read_head", Anyone)
	LedgerHeadNow    = open("ledger.read_head_now", AnyRegistrar, Operator)
	OpenDataRead     = open("open_data.read", Anyone)
	LedgerChain      = open("ledger.read_chain", Anyone)
	LedgerRead       = open("ledger.read_entries", AnyRegistrar, Operator)
	LedgerExport     = open("ledger.export_entries", Operator)
	// Closing a month is not taken back: two operators do it. Which months are closed is told to everybody.
	ClosingRead      = read("ledger_closing.read", Anyone)
	ClosingPropose   = open("ledger_closing.propose", Operator)
	ClosingConfirm   = act("ledger_closing.confirm", ClosingRead, Operator.But(Submitter))
	LedgerReadOffice = open("ledger.read_entries_of_office", AtOffice, Operator)
)
