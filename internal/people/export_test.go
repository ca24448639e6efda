package people

// Ties is shown to the tests of all kinds of record.
var Ties = ties
