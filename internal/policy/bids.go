package policy

// Bids and the blacklist. Until a challenge is opened a bid is its own side's alone: nobody else learns that there is one.
var (
	BidCreate   = act("bid.create", OrgRead, Member)
	BidList     = open("bid.list", SignedIn)
	BidRead     = read("bid.read", Member, Counterpart.And(Opened), Operator.And(Opened))
	BidEdit     = act("bid.edit", BidRead, Member)
	BidSubmit   = act("bid.submit", BidRead, Member)
	BidWithdraw = act("bid.withdraw", BidRead, Member)
	BidOwn      = act("bid.read_draft", BidRead, Member)
	BidAnswer   = act("bid.answer", BidRead, Operator.And(Opened).But(Member, Counterpart))
	// BidEvidence is what a decision about eligibility rests on.
	BidEvidence    = act("bid.read_evidence", BidRead, Operator.And(Opened).But(Member))
	BlacklistEnter = open("blacklist_entry.create", Operator)
	BlacklistRead  = read("blacklist_entry.read", Operator)
	BlacklistEdit  = act("blacklist_entry.edit", BlacklistRead, Operator)
)
