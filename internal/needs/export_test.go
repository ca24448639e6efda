package needs

// Records are shown to the tests of all kinds of record.
var Records = listings.Records

// Cleaned is shown to the tests of the rules.
func (in Input) Cleaned() (Input, error) { return in.cleaned() }
