package orgs

// Records are shown to the tests of all kinds of record.
var (
	Records           = records
	InvitationRecords = invitations
	GradeRecords      = grades
)
