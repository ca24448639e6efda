package policy

// secondPair is the second pair of eyes: another member of the owner than the one who submitted, or, where the owner has no other
// member, an operator who did not submit.
var secondPair = anyOf{Member.But(Submitter), Operator.And(SoleOwner).But(Submitter)}

// Results.
var (
	ResultCreate   = act("result.create", OrgRead, Member)
	ResultRead     = read("result.read", Public, Member, Operator)
	ResultInner    = act("result.read_confidential", ResultRead, Member, Operator)
	ResultEdit     = act("result.edit", ResultRead, Member)
	ResultOffer    = act("result.offer", ResultRead, Member)
	ResultGrant    = act("result.grant_rights", ResultRead, Member)
	ResultGrantEnd = act("result.end_rights_grant", ResultRead, Member)
	ResultDelete   = act("result.delete", ResultRead, Member)
	ResultSubmit   = act("result.submit", ResultRead, Member)
	ResultPublish  = act("result.publish", ResultRead, secondPair)
	ResultReturn   = act("result.return", ResultRead, secondPair)
	ResultTakeBack = act("result.take_back", ResultRead, Submitter.And(Member))
	ResultWithdraw = act("result.withdraw", ResultRead, Member, Operator)
)
