package policy

// Organizations and registration offices.
var (
	OrgCreate    = open("organization.create", SignedIn)
	OrgRead      = read("organization.read", Public, Author, Member, Operator)
	OrgContact   = act("organization.read_contact", OrgRead, Member, Operator)
	OrgVerify    = act("organization.verify", OrgRead, Operator.But(Author))
	OrgAddMember = act("organization.add_member", OrgRead, Admin, Operator)
	OrgJoin      = read("organization.join", Self)
	OfficeCreate = open("office.create", Operator)
	OfficeRead   = open("office.read", Anyone)

	InvitationRead     = read("invitation.read", Admin, Operator)
	InvitationCreate   = act("invitation.create", OrgRead, Admin, Operator)
	InvitationWithdraw = act("invitation.withdraw", InvitationRead, Admin, Operator)
	InvitationLookUp   = open("invitation.look_up", Anyone)
	InvitationAccept   = open("invitation.accept", SignedIn)
)
