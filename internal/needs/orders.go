package needs

import (
	"cmp"

	"jiebang/internal/db"
	"jiebang/internal/listing"
	"jiebang/internal/money"
	"jiebang/internal/when"
)

// How a budget stands in its column. The orders have an index each, in these very words; what has no deadline or budget comes last.
const (
	least = "CAST(budget ->> 'Min' AS numeric)"
	most  = "CAST(budget ->> 'Max' AS numeric)"
)

// A budget with an upper end alone begins at nothing, one with a lower end alone has no top.
var budgets = listing.Columns{Low: "COALESCE(" + least + ", 0)", High: "COALESCE(" + most + ", 9223372036854775807)", There: "COALESCE(" + most + ", " + least + ") IS NOT NULL"}

// Most is what a budget may come to: its upper end, or the lower where it has no other; nil where there is none.
func (b *Budget) Most() *money.Fen {
	if b == nil {
		return nil
	}
	return cmp.Or(b.Max, b.Min)
}

// never is the deadline, in the order, of a need that has none: the last day that there is.
var never = when.MustDay("2200-12-31")

var soonest = db.Order[Need]{
	Name: "deadline", Columns: []string{"COALESCE(deadline, '2200-12-31')", "id"},
	Key: func(n *Need) []any {
		day := n.Deadline
		if day.IsZero() {
			day = never
		}
		return []any{day, n.ID}
	},
}

var richest = db.Order[Need]{
	Name: "budget", Columns: []string{"COALESCE(" + most + ", " + least + ", -1)", "id"}, Desc: true,
	Key: func(n *Need) []any { return []any{listing.KeyOf(n.Budget.Most(), -1), n.ID} },
}
