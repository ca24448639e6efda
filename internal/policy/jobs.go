package policy

// Jobs are the operators' to look after.
var (
	JobRead  = open("job.read", Operator)
	JobRetry = open("job.retry", Operator)
)
