package search

import "slices"

// topList keeps the best of what it is given.
type topList struct {
	limit int
	order Order
	list  []candidate
	full  bool
	worst candidate // of a full list
}

// beyond reports whether a candidate surely comes after those that are kept. It
// does not look at its document.
func (t *topList) beyond(c *candidate) bool {
	switch {
	case !t.full:
		return false
	case t.order.Key == "":
		return c.score < t.worst.score
	}
	return c.key != t.worst.key && t.order.compare(*c, t.worst) > 0
}

// add gathers up to twice the limit before it sorts and cuts, so that each
// candidate costs a constant number of comparisons on average.
func (t *topList) add(c candidate) {
	t.list = append(t.list, c)
	if len(t.list) >= 2*t.limit {
		t.cut()
	}
}

func (t *topList) cut() {
	slices.SortFunc(t.list, t.order.compare)
	if t.limit > 0 && len(t.list) >= t.limit {
		t.list = t.list[:t.limit]
		t.worst, t.full = t.list[t.limit-1], true
	}
}

func (t *topList) sorted() []candidate {
	t.cut()
	return t.list
}
