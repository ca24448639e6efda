package teams

// Records are shown to the tests of all kinds of record.
var Records = listings.Records
