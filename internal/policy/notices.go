package policy

// handler is who deals with objections: the bureau, but nobody with a tie to an organization that the notice names or conceals, and nobody
// who objects themselves.
var handler = Operator.But(Author, Named)

// Notices are public, and anybody may object, with an account or without one. Who objected is known to themselves and to the handlers.
var (
	NoticeRead     = read("notice.read", Anyone)
	ObjectionFile  = open("objection.file", Anyone)
	ObjectionList  = open("objection.list", SignedIn) // among what one may read
	ObjectionRead  = read("objection.read", Author, handler)
	ObjectionFill  = act("objection.complete", ObjectionRead, Author, handler)
	ObjectionBack  = act("objection.withdraw", ObjectionRead, Author)
	ObjectionTake  = act("objection.accept", ObjectionRead, handler)
	ObjectionWant  = act("objection.request_completion", ObjectionRead, handler)
	ObjectionEnd   = act("objection.answer", ObjectionRead, handler)
	ObjectionErase = act("objection.erase", ObjectionRead, handler)
)
