package policy

// Reconciliations are of a registration office: its registrars hold a table of another system against what they registered. What only the table has is
// taken over when a second of them confirms it.
var (
	ReconciliationCreate  = open("reconciliation.create", AtOffice)
	ReconciliationRead    = read("reconciliation.read", AtOffice, Operator)
	ReconciliationList    = open("reconciliation.list", AtOffice, Operator)
	ReconciliationEdit    = act("reconciliation.edit", ReconciliationRead, AtOffice)
	ReconciliationConfirm = act("reconciliation.confirm", ReconciliationRead, AtOffice.But(Submitter))
)
