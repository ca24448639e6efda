package policy

// Who stands how towards a contract: the seller's side files, and which side a member is on is the contract's own fact (the owner
// is the registering party). A clerk of the office enters for a seller who came with paper. A registrar decides on no contract
// that they entered, filed or wrote in, or of a party that they belong or are invited to, by whatever it is known.
var (
	clerk     = AtOffice.And(Author)
	registrar = AtOffice.And(Filed)
	reviewer  = registrar.But(Author, Writer, Submitter, Member, Counterpart, Tied, Named)
)

// Contracts and the applications about them.
var (
	ContractCreate = open("contract.create", Member, clerk)
	ContractList   = open("contract.list", Member, registrar, Operator)
	ContractSearch = open("contract.search", SignedIn) // among what one may read
	ContractRead   = read("contract.read", Member, clerk, Counterpart, Former, registrar, Operator)
	// ContractNow is to read it as it stands, and not only as it was while one took part.
	ContractNow  = act("contract.read_now", ContractRead, Member, clerk, Counterpart, registrar, Operator)
	ContractEdit = act("contract.edit", ContractRead, Member, clerk)
	ContractFile = act("contract.file", ContractRead, Member, clerk, AtOffice.And(Imported))
	// An office takes its own registration back, and the same ties keep a registrar out of that.
	ContractRevoke = act("contract.revoke", ContractRead, reviewer)
	ContractDelete = act("contract.delete", ContractRead, Member, clerk)
	// Payments are recorded by the sides, each of which sees what the other has recorded; who was a party once does not.
	ContractPay    = act("contract.record_payment", ContractRead, Member, Counterpart)
	PaymentRead    = read("payment.read", Member, clerk, Counterpart, registrar, Operator)
	PaymentReverse = act("payment.reverse", PaymentRead, Member, Counterpart)
	ContractReveal = act("contract.reveal", ContractRead, registrar.But(Member, Counterpart))
	// ContractTwins is asked of a contract: who deals with it is told the number of a twin that they may not read.
	ContractTwins   = open("contract.twins", clerk, registrar, Operator)
	ApplicationList = open("application.list", registrar, Operator)
	ApplicationRead = read("application.read", Member, Counterpart, registrar, Operator)
	ApplicationBack = act("application.withdraw", ApplicationRead, Member, clerk)
	ApplicationTake = act("application.start_review", ApplicationRead, reviewer)
	ApplicationHand = act("application.hand_over", ApplicationRead, reviewer)
	ApplicationFree = act("application.release", ApplicationRead, reviewer)
	ApplicationWant = act("application.request_supplement", ApplicationRead, reviewer)
	ApplicationFill = act("application.answer_supplement", ApplicationRead, Member, clerk)
	ApplicationHear = act("application.record_experts", ApplicationRead, reviewer)
	ApplicationPass = act("application.pass", ApplicationRead, reviewer)
	ApplicationEnd  = act("application.decide", ApplicationRead, reviewer.But(Decider))
	ApplicationDeny = act("application.refuse", ApplicationRead, reviewer)
	// Of a proposal to revoke a registration: another registrar refuses it, or who made it takes it back.
	RevocationDeny     = act("revocation.deny", ApplicationRead, reviewer.But(Decider))
	RevocationWithdraw = act("revocation.withdraw", ApplicationRead, registrar.And(Submitter))
	// What shows it is read by those who could decide, whoever proposed it, and the bureau.
	RevocationEvidence = act("revocation.read_evidence", ApplicationRead, reviewer, registrar.And(Submitter), Operator)
	// What the office notes for itself is read by those who could decide, and by the bureau; not by a registrar who belongs to a party.
	ApplicationNote  = act("application.note", ApplicationRead, reviewer)
	ApplicationNotes = act("application.read_notes", ApplicationRead, reviewer, Operator)
	// What authorities ought to be told of a registration that changed is its office's affair; who belongs to a party writes no letter about it.
	LetterRead = read("authority_letter.read", registrar, Operator)
	LetterSend = act("authority_letter.send", LetterRead, registrar.But(Member, Counterpart))
	// Who entered and filed it is the office's and the applicant's affair, who decides about it the office's.
	ApplicationFilers    = act("application.see_filers", ApplicationRead, Member, registrar, Operator)
	ApplicationReviewers = act("application.see_reviewers", ApplicationRead, registrar, Operator)
)
