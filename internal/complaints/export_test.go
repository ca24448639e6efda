package complaints

// Records lets a test hold lists against the rule.
var Records = records
