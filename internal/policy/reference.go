package policy

// Reference data is everybody's to read and the operators' to load.
var (
	CalendarRead = read("calendar.read", Public)
	CalendarLoad = act("calendar.load", CalendarRead, Operator)
)
