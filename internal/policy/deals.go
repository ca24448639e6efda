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
	// What a public institution shows of a price it shows to its own people; the other side is told how that stands.
	DealPriceRead     = act("deal.read_price", DealRead, Member, Operator)
	DealPriceOpen     = act("deal.open_price_notice", DealRead, Member)
	DealPriceWithdraw = act("deal.withdraw_price_notice", DealRead, Member)
	DealPriceRecord   = act("deal.record_price", DealRead, Member)
	DealAdvance       = act("deal.advance", DealRead, Member, Counterpart)
)
