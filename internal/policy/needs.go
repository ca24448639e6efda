package policy

// Needs.
var (
	NeedCreate   = act("need.create", OrgRead, Member)
	NeedRead     = read("need.read", Public, Member, Operator)
	NeedInner    = act("need.read_confidential", NeedRead, Member, Operator)
	NeedEdit     = act("need.edit", NeedRead, Member)
	NeedOffer    = act("need.offer", NeedRead, Member)
	NeedDelete   = act("need.delete", NeedRead, Member)
	NeedSubmit   = act("need.submit", NeedRead, Member)
	NeedPublish  = act("need.publish", NeedRead, secondPair)
	NeedReturn   = act("need.return", NeedRead, secondPair)
	NeedTakeBack = act("need.take_back", NeedRead, Submitter.And(Member))
	NeedClose    = act("need.close", NeedRead, Member, Operator)
)
