package policy

// Teams.
var (
	TeamCreate     = act("team.create", OrgRead, Member)
	TeamRead       = read("team.read", Public, Member, Operator)
	TeamInner      = act("team.read_confidential", TeamRead, Member, Operator)
	TeamEdit       = act("team.edit", TeamRead, Member)
	TeamOffer      = act("team.offer", TeamRead, Member)
	TeamDelete     = act("team.delete", TeamRead, Member)
	TeamSubmit     = act("team.submit", TeamRead, Member)
	TeamPublish    = act("team.publish", TeamRead, secondPair)
	TeamReturn     = act("team.return", TeamRead, secondPair)
	TeamTakeBack   = act("team.take_back", TeamRead, Submitter.And(Member))
	TeamWithdraw   = act("team.withdraw", TeamRead, Member, Operator)
	TeamProgrammes = act("team.keep_programmes", TeamRead, Operator)
)
