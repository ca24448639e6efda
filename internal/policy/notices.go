package policy

// handler and unitHandler are who deals with objections: the bureau, and, of a notice that an organization holds for its own members, its
// administrators; but nobody with a tie to an organization that the notice names or conceals, nobody who objects themselves, and not who
// opened it for their organization.
var (
	handler     = Operator.But(Author, Named, Submitter)
	unitHandler = Admin.But(Author, Named, Submitter)
)

// Notices are public, and anybody may object, with an account or without one; of an organization's own notice its members do. Who objected is known to themselves and to the handlers.
var (
	NoticeRead     = read("notice.read", Public, Member, Operator)
	ObjectionFile  = act("objection.file", NoticeRead, Public, Member)
	ObjectionList  = open("objection.list", SignedIn) // among what one may read
	ObjectionRead  = read("objection.read", Author, handler, unitHandler)
	ObjectionFill  = act("objection.complete", ObjectionRead, Author, handler, unitHandler)
	ObjectionBack  = act("objection.withdraw", ObjectionRead, Author)
	ObjectionTake  = act("objection.accept", ObjectionRead, handler, unitHandler)
	ObjectionWant  = act("objection.request_completion", ObjectionRead, handler, unitHandler)
	ObjectionEnd   = act("objection.answer", ObjectionRead, handler, unitHandler)
	ObjectionErase = act("objection.erase", ObjectionRead, handler, unitHandler)
)
