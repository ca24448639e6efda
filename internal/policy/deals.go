package policy

// Introductions and deals. The lists are one organization's own: what there is in them is told to nobody else.
var (
	IntroPropose  = act("introduction.propose", OrgRead, Member)
	IntroList     = open("introduction.list", Member, Operator)
	IntroRead     = read("introduction.read", Member, Counterpart, Operator)
	IntroContact  = act("introduction.read_contact", IntroRead, Member, Counterpart)
	IntroAnswer   = act("introduction.answer", IntroRead, Counterpart.But(Author))
	IntroWithdraw = act("introduction.withdraw", IntroRead, Member)
	DealList      = open("deal.list", Member, Operator)
	DealRead      = read("deal.read", Member, Counterpart, Operator)
	DealRevert    = act("deal.revert", DealRead, Member, Counterpart)
	DealContact   = act("deal.read_contact", DealRead, Member, Counterpart)
	DealNote      = act("deal.note", DealRead, Member, Counterpart)
	DealAdvance   = act("deal.advance", DealRead, Member, Counterpart)
)
