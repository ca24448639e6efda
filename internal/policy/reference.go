package policy

// Reference data is everybody's to read and the operators' to load.
var (
	CalendarRead = read("calendar.read", Public, Operator)
	// Lists of codes and names that forms are made of.
	ReferenceRead = open("reference.read", Anyone)
	CalendarLoad  = act("calendar.load", CalendarRead, Operator)
	// By it days are due: what one operator loads another confirms.
	CalendarConfirm = act("calendar.confirm", CalendarRead, Operator.But(Submitter))

	ChainRead = read("industry_chain.read", Public)
	// Control links name persons and are looked at for the bureau's own decisions.
	ControlList = open("control_link.list", Operator)
	ControlRead = read("control_link.read", Operator)
	ControlEdit = act("control_link.edit", ControlRead, Operator)

	ZoneRead = read("zone.read", Public)
	ZoneEdit = act("zone.edit", ZoneRead, Operator)

	ChainEdit = act("industry_chain.edit", ChainRead, Operator)
)
