package results

import (
	"cmp"
	"math"

	"jiebang/internal/db"
	"jiebang/internal/listing"
	"jiebang/internal/money"
)

// How a price stands in its column; numeric is the one type of number that both databases write alike. The orders have an index each, in these very words; what tells no amount comes last in both.
const (
	lowest  = "CASE WHEN price ->> 'Kind' <> 'negotiable' THEN CAST(price ->> 'Min' AS numeric) END"
	highest = "CASE WHEN price ->> 'Kind' = 'range' THEN CAST(price ->> 'Max' AS numeric) WHEN price ->> 'Kind' <> 'negotiable' THEN CAST(price ->> 'Min' AS numeric) END"
)

var prices = listing.Columns{Low: lowest, High: highest, There: "(" + lowest + ") IS NOT NULL"}

// Span is from the lowest to the highest price; both nil where there is no amount.
func (p *Price) Span() (low, high *money.Fen) {
	if p == nil {
		return nil, nil
	}
	return p.Min, cmp.Or(p.Max, p.Min) // a fixed price is both ends
}

var cheapest = db.Order[Result]{
	Name: "price", Columns: []string{"COALESCE(" + lowest + ", 9223372036854775807)", "id"},
	Key: func(r *Result) []any { low, _ := r.Price.Span(); return []any{listing.KeyOf(low, math.MaxInt64), r.ID} },
}

var dearest = db.Order[Result]{
	Name: "price_desc", Columns: []string{"COALESCE(" + highest + ", -1)", "id"}, Desc: true,
	Key: func(r *Result) []any { _, high := r.Price.Span(); return []any{listing.KeyOf(high, -1), r.ID} },
}
