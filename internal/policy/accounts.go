package policy

// Accounts, sessions and the dated registers.
var (
	AccountCreate = open("account.create", Anyone)
	AccountRead   = read("account.read", Self)
	AccountEmail  = read("account.set_email", Self)
	AccountEdit   = read("account.edit", Self)
	PasswordSet   = read("password.change", Self)
	SessionList   = read("session.list", Self)
	// An account ends by itself or by an operator; nobody ends themself in the bureau's name.
	AccountLeave   = read("account.leave", Self)
	AccountManage  = open("account.manage", Operator)
	AccountEnd     = open("account.deactivate", Operator.But(Self))
	AccountRestore = open("account.reactivate", Operator.But(Self))
	SessionsEnd    = open("account.end_sessions", Operator.But(Self))
	// Who works for the bureau is said by two of it; one takes it away.
	OperatorPropose = open("operator.propose", Operator)
	OperatorConfirm = open("operator.confirm", Operator.But(Submitter, Self))
	OperatorDismiss = open("operator.dismiss", Operator.But(Self))

	EmailConfirm  = open("account.confirm_email", Anyone)
	ResetRequest  = open("password.request_reset", Anyone)
	PasswordReset = open("password.reset", Anyone)
	SessionEnd    = open("session.end", SignedIn)
	RegisterEnter = open("register.enter", Operator)
	RegisterRead  = open("register.read", Operator)
	// Who is a broker is everybody's to know; what contracts came to, that broker's and the bureau's.
	BrokerRead       = open("broker.read", Anyone)
	BrokerRecordFull = open("broker.read_record", Self, Operator)
	RegisterEdit     = open("register.edit", Operator)
	// What ties a person to an organization is theirs and the bureau's to say, and to know.
	TieDeclare    = open("expert_tie.declare", Self, Operator)
	TieDeclareFor = open("expert_tie.declare_for", Operator)
	TieList       = open("expert_tie.list", SignedIn)
	TieRead       = read("expert_tie.read", Self, Operator)
	TieEdit       = act("expert_tie.edit", TieRead, Self, Operator)
	RegisterEnd   = open("register.end", Operator)
	// Power is given by two: who proposed it, and another who does not get it.
	RegisterConfirm = open("register.confirm", Operator.But(Submitter, Self))
)
