package policy

// Introductions and deals. The lists are one organization's own: what there is in them is told to nobody else.
var (
	IntroPropose  = act("introduction.propose", OrgRead, Member, Agent)
	IntroList     = open("introduction.list", Member, Operator)
	IntroRead     = read("introduction.read", Member, Counterpart, Agent, Operator)
	IntroContact  = act("introduction.read_contact", IntroRead, Member, Counterpart)
	IntroAnswer   = act("introduction.answer", IntroRead, Counterpart.But(Author, Agent))
	IntroWithdraw = act("introduction.withdraw", IntroRead, Member, Agent)
	DealList      = open("deal.list", Member, Operator)
	DealRead      = read("deal.read", Member, Counterpart, Agent, Operator)
	DealRevert    = act("deal.revert", DealRead, Member, Counterpart)
	DealContact   = act("deal.read_contact", DealRead, Member, Counterpart)
	DealNote      = act("deal.note", DealRead, Member, Counterpart, Agent)
	DealAdvance   = act("deal.advance", DealRead, Member, Counterpart)
)
