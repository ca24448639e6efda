package policy

// Panels and reviews. A panel is known to the bureau and to its reviewers; once it is finished everybody reads how its reviewers were drawn. Scores
// are read by both once scoring is over, and before that by a reviewer whose own are final; that is the panel's own rule. Nobody reviews for
// another.
var (
	PanelList   = open("review_panel.list", Anyone) // among what one may read
	PanelRead   = read("review_panel.read", Public, Reviewer, Operator)
	PanelClose  = act("review_panel.close_scoring", PanelRead, Operator.But(Reviewer))
	PanelFinish = act("review_panel.finish", PanelRead, Operator.But(Reviewer))
	PanelScores = act("review_panel.read_scores", PanelRead, Reviewer, Operator)

	ReviewList   = open("review.list", SignedIn) // among what one may read
	ReviewRead   = read("review.read", Self, Operator)
	ReviewAnswer = act("review.answer", ReviewRead, Self)
	ReviewScore  = act("review.score", ReviewRead, Self)
	ReviewAgree  = act("review.record_consensus", ReviewRead, Self)
)
