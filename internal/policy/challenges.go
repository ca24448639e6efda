package policy

// Rounds and templates of criteria.
var (
	RoundEnter    = open("round.create", Operator)
	RoundRead     = read("round.read", Public, Operator)
	RoundEdit     = act("round.edit", RoundRead, Operator)
	RoundDelete   = act("round.delete", RoundRead, Operator)
	RoundOpen     = act("round.open", RoundRead, Operator.But(Author))
	RoundClose    = act("round.close", RoundRead, Operator)
	TemplateRead  = open("criteria_template.read", Operator)
	TemplateEdit  = open("criteria_template.edit", Operator)
	TemplateEnter = open("criteria_template.create", Operator)
)

// Challenges. Whoever belongs to the poster decides nothing that the bureau decides.
var (
	ChallengeCreate = act("challenge.create", OrgRead, Member)
	ChallengeRead   = read("challenge.read", Public, Member, Operator, Adviser)
	// ChallengeInner is who posted it where that is kept from others, and what is confidential.
	ChallengeInner    = act("challenge.read_confidential", ChallengeRead, Member, Operator)
	ChallengeEdit     = act("challenge.edit", ChallengeRead, Member)
	ChallengeDelete   = act("challenge.delete", ChallengeRead, Member)
	ChallengeSubmit   = act("challenge.submit", ChallengeRead, Member)
	ChallengeTakeBack = act("challenge.take_back", ChallengeRead, Member)
	ChallengeScreen   = act("challenge.screen", ChallengeRead, Operator.But(Member, Submitter))
	ChallengePublish  = act("challenge.publish", ChallengeRead, Operator.But(Member, Submitter))
	ChallengeAmend    = act("challenge.amend", ChallengeRead, Operator.But(Member))
	ChallengeCancel   = act("challenge.cancel", ChallengeRead, Operator.But(Member))
	ChallengeConfirm  = act("challenge.confirm", ChallengeRead, Member)
	ChallengeReview   = act("challenge.review", ChallengeRead, Operator.But(Member))
	ChallengeAnswers  = act("challenge.answer_bids", ChallengeRead, Operator.But(Member))
	ChallengeAward    = act("challenge.award", ChallengeRead, Operator.But(Member))
	ChallengeDiscuss  = act("challenge.discuss", ChallengeRead, Member, Operator, Adviser)
	ChallengeComment  = act("challenge.comment", ChallengeRead, Operator.But(Member), Adviser.But(Member))
	ChallengeSettle   = act("challenge.settle_comment", ChallengeRead, Member)
	ChallengeAsk      = act("challenge.ask", ChallengeRead, SignedIn)
	ChallengeAnswer   = act("challenge.answer", ChallengeRead, Member)
)
