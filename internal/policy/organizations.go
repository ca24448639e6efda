package policy

// Organizations and registration offices.
var (
	OrgCreate    = open("organization.create", SignedIn)
	OrgRead      = read("organization.read", Public, Author, Member, Operator)
	OrgContact   = act("organization.read_contact", OrgRead, Member, Operator)
	OrgVerify    = act("organization.verify", OrgRead, Operator.But(Author))
	OrgRefuse    = act("organization.refuse", OrgRead, Operator.But(Author))
	OrgEdit      = act("organization.edit", OrgRead, Admin)
	OrgAskAgain  = act("organization.request_verification", OrgRead, Admin)
	OrgAccept    = act("organization.accept_change", OrgRead, Operator.But(Submitter))
	OrgReject    = act("organization.refuse_change", OrgRead, Operator.But(Submitter))
	OrgTakeBack  = act("organization.withdraw_change", OrgRead, Admin)
	OrgAddMember = act("organization.add_member", OrgRead, Admin, Operator)
	OrgJoin      = read("organization.join", Self)
	OrgLeave     = read("organization.leave", Self)

	OrgMembers      = act("organization.list_members", OrgRead, Member, Operator)
	OrgMemberRole   = act("organization.change_role", OrgRead, Admin, Operator)
	OrgRemoveMember = act("organization.remove_member", OrgRead, Admin, Operator)

	OrgChanging  = open("organization.list_changes", Operator)
	OfficeCreate = open("office.create", Operator)
	OfficeRead   = open("office.read", Anyone)
	OfficeEdit   = open("office.edit", Operator)
	OfficeEnd    = open("office.end", Operator)

	InvitationRead     = read("invitation.read", Admin, Operator)
	InvitationCreate   = act("invitation.create", OrgRead, Admin, Operator)
	InvitationWithdraw = act("invitation.withdraw", InvitationRead, Admin, Operator)
	InvitationLookUp   = open("invitation.look_up", Anyone)
	InvitationAccept   = open("invitation.accept", SignedIn)
)
