package policy

// Accounts, sessions and the dated registers.
var (
	AccountCreate = open("account.create", Anyone)
	AccountRead   = read("account.read", Self)
	SessionEnd    = open("session.end", SignedIn)
	RegisterEnter = open("register.enter", Operator)
	RegisterRead  = open("register.read", Operator)
)
