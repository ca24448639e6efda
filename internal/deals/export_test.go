package deals

// Introductions and Deals are shown to the tests of all kinds of record.
var (
	Introductions = introductions
	Deals         = deals
)

// Pause is how many days follow so many refusals in a row.
var Pause = pause
