package policy

// Organizations and registration offices.
var (
	OrgCreate = open("organization.create", SignedIn)
	// Who is invited looks at it before they answer.
	OrgRead     = read("organization.read", Public, Author, Member, Named, Operator)
	OrgContact  = act("organization.read_contact", OrgRead, Member, Operator)
	OrgVerify   = act("organization.verify", OrgRead, Operator.But(Author, Member, Named))
	OrgRefuse   = act("organization.refuse", OrgRead, Operator.But(Author, Member, Named))
	OrgEdit     = act("organization.edit", OrgRead, Admin)
	OrgAskAgain = act("organization.request_verification", OrgRead, Admin)
	OrgAccept   = act("organization.accept_change", OrgRead, Operator.But(Submitter, Member, Named))
	OrgReject   = act("organization.refuse_change", OrgRead, Operator.But(Submitter, Member, Named))
	OrgTakeBack = act("organization.withdraw_change", OrgRead, Admin)
	// An operator names an administrator where there is none, and no other member; another operator confirms it.
	OrgAddMember = act("organization.add_member", OrgRead, Admin, Operator.And(NoAdmin))
	OrgConfirm   = act("organization.confirm_administrator", OrgRead, Operator.And(NoAdmin))
	OrgJoin      = read("organization.join", Self)
	OrgLeave     = read("organization.leave", Self)

	OrgMembers      = act("organization.list_members", OrgRead, Member, Operator)
	OrgMemberRole   = act("organization.change_role", OrgRead, Admin, Operator.And(NoAdmin))
	OrgRemoveMember = act("organization.remove_member", OrgRead, Admin, Operator)

	OrgChanging  = open("organization.list_changes", Operator)
	OfficeCreate = open("office.create", Operator)
	OfficeRead   = open("office.read", Anyone)
	OfficeEdit   = open("office.edit", Operator)
	OfficeEnd    = open("office.end", Operator)
	// What one operator changes of an office another confirms.
	OfficeConfirm = open("office.confirm", Operator.But(Submitter))

	InvitationRead     = read("invitation.read", Admin, Operator)
	InvitationCreate   = act("invitation.create", OrgRead, Admin)
	InvitationWithdraw = act("invitation.withdraw", InvitationRead, Admin, Operator)
	InvitationLookUp   = open("invitation.look_up", Anyone)
	InvitationAccept   = open("invitation.accept", SignedIn)
	InvitationDecline  = open("invitation.decline", Anyone)
	InvitationReceived = open("invitation.list_received", SignedIn)

	// A suspension holds everything of an organization that is open; what takes power away needs one.
	OrgSuspend = act("organization.suspend", OrgRead, Operator.But(Member, Named))
	OrgLift    = act("organization.lift_suspension", OrgRead, Operator.But(Member, Named))
	// Grades: an organization's administrator or an operator proposes one, an operator who is neither confirms it. The list of key
	// institutions is the operators' own.
	GradeRead     = read("grade.read", Public, Member, Operator)
	GradePropose  = act("grade.propose", OrgRead, Admin, Operator)
	GradeList     = act("grade.propose_key_institution", OrgRead, Operator)
	GradeConfirm  = act("grade.confirm", GradeRead, Operator.But(Submitter, Member, Named))
	GradeRefuse   = act("grade.refuse", GradeRead, Operator.But(Submitter, Member, Named))
	GradeWithdraw = act("grade.withdraw", GradeRead, Submitter)
	GradeEnd      = act("grade.end", GradeRead, Operator.But(Member, Named))
	GradeCount    = open("grade.count", Anyone)
)
