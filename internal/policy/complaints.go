package policy

// arbiter is who answers a report: the bureau, but nobody who belongs to, or is invited to, the organization that it is about, who belongs to one
// of whoever reported, or who reported themselves.
var arbiter = Operator.But(Author, Named, Tied)

// Reports of listings. The owner knows of one that was upheld, and of none before; who reported is known to themselves and to the bureau.
var (
	ComplaintFile     = open("complaint.file", SignedIn.But(Member)) // an owner changes it, or takes it off
	ComplaintList     = open("complaint.list", SignedIn)             // among what one may read
	ComplaintRead     = read("complaint.read", Author, Operator.But(Named), Member.And(Upheld))
	ComplaintInner    = act("complaint.read_report", ComplaintRead, Author, Operator.But(Named))
	ComplaintDefence  = act("complaint.read_appeal", ComplaintRead, Operator.But(Named), Member.And(Upheld))
	ComplaintAnswer   = act("complaint.answer", ComplaintRead, arbiter)
	ComplaintWithdraw = act("complaint.withdraw", ComplaintRead, Author)
	ComplaintAppeal   = act("complaint.appeal", ComplaintRead, Member.And(Upheld).But(Author))
	ComplaintSettle   = act("complaint.settle", ComplaintRead, arbiter.But(Decider))
)
