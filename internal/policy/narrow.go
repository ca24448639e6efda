package policy

// Condition is an expression that was asked of an actor before the records are read: what is left depends on their columns
// alone. It is a small tree: one of its fields is set; the zero Condition is never given.
type Condition struct {
	Always *bool  // the same for every record
	Column string // a fact of the record, by the text of its Stand or Truth
	Among  any    // a list that the fact must be in; nil for a truth, which must hold
	Any    []Condition
	All    []Condition
	Not    *Condition
}

var (
	yes, no    = true, false
	everything = Condition{Always: &yes}
	nothing    = Condition{Always: &no}
)

// Narrow tells which records an actor may act on, so that a list asks the database for these alone. A record passes the
// condition exactly if Check would pass its facts; each package has a test that compares.
func Narrow(a Actor, action Action) Condition { return ruleOf(action).Who.narrow(&a) }

func among[T any](column string, values []T) Condition {
	if len(values) == 0 {
		return nothing
	}
	return Condition{Column: column, Among: values}
}

// either joins conditions by or, without what changes nothing.
func either(parts ...Condition) Condition {
	var left []Condition
	for _, c := range parts {
		switch {
		case c.Always == nil:
			left = append(left, c)
		case *c.Always:
			return everything
		}
	}
	switch len(left) {
	case 0:
		return nothing
	case 1:
		return left[0]
	}
	return Condition{Any: left}
}

// both joins conditions by and, without what changes nothing.
func both(parts ...Condition) Condition {
	var left []Condition
	for _, c := range parts {
		switch {
		case c.Always == nil:
			left = append(left, c)
		case !*c.Always:
			return nothing
		}
	}
	switch len(left) {
	case 0:
		return everything
	case 1:
		return left[0]
	}
	return Condition{All: left}
}

func not(c Condition) Condition {
	switch {
	case c.Always == nil:
		return Condition{Not: &c}
	case *c.Always:
		return nothing
	}
	return everything
}
