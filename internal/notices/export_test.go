package notices

// Notices and Objections are shown to the tests of all kinds of record.
var (
	Notices    = notices
	Objections = objections
)
