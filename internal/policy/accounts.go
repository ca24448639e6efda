package policy

// Accounts, sessions and the dated registers.
var (
	AccountCreate = open("account.create", Anyone)
	AccountRead   = read("account.read", Self)
	AccountEmail  = read("account.set_email", Self)
	EmailConfirm  = open("account.confirm_email", Anyone)
	ResetRequest  = open("password.request_reset", Anyone)
	PasswordReset = open("password.reset", Anyone)
	SessionEnd    = open("session.end", SignedIn)
	RegisterEnter = open("register.enter", Operator)
	RegisterRead  = open("register.read", Operator)
)
