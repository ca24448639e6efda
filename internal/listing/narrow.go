package listing

import (
	"cmp"
	"database/sql/driver"
	"math"
	"strings"

	"gorm.io/gorm"

	"jiebang/internal/fault"
	"jiebang/internal/money"
	"jiebang/internal/publication"
	"jiebang/internal/ref"
	"jiebang/internal/when"
)

// ChainPart is the code of an industry chain, looked for among those of a listing.
type ChainPart string

// Value is the code as it stands in a pattern; codes have low lines.
func (c ChainPart) Value() (driver.Value, error) {
	return strings.NewReplacer("!", "!!", "%", "!%", "_", "!_").Replace(string(c)), nil
}

// Yuan is an amount as a query names it: validation has checked its form.
type Yuan string

// fen is the amount; none is the other end.
func (y Yuan) fen(bad *fault.Fields, pointer string, none money.Fen) money.Fen {
	if y == "" {
		return none
	}
	f, err := money.Parse(string(y))
	bad.Check(err == nil, pointer, fault.BadAmount, "金额应为以元为单位的十进制数", "An amount is a decimal number of yuan")
	return f
}

// Amounts asks for listings by their amounts of money: those that meet a range, and those without an amount, which is in none.
type Amounts struct {
	Least, Most money.Fen
	Range       bool // narrow by the range
	None        bool // what has no amount comes along, or is all where there is no range
}

// AmountsOf reads a range of a query's parameters, name_min and name_max.
func AmountsOf(bad *fault.Fields, name string, least, most Yuan, none bool) Amounts {
	a := Amounts{Range: least != "" || most != "", None: none}
	a.Least, a.Most = least.fen(bad, "query:"+name+"_min", 0), most.fen(bad, "query:"+name+"_max", math.MaxInt64)
	bad.Check(a.Least <= a.Most, "query:"+name+"_max", fault.Reversed, "下限高于上限", "The lower end is above the upper")
	return a
}

// Asked tells whether it narrows.
func (a Amounts) Asked() bool { return a.Range || a.None }

// Columns say how amounts stand in a table: both ends, and what is true of those that have any. The SQL is that of both databases.
type Columns struct{ Low, High, There string }

// KeyOf is an amount as an order of a list has it, or what stands there for none.
func KeyOf(f *money.Fen, none int64) int64 {
	if f == nil {
		return none
	}
	return int64(*f)
}

// within narrows a query.
func (a Amounts) within(q *gorm.DB, c Columns) *gorm.DB {
	met := "(COALESCE((" + c.There + ") AND " + c.Low + " <= ? AND " + c.High + " >= ?, FALSE))"
	switch {
	case a.Range && a.None:
		return q.Where("("+met+" OR NOT ("+c.There+"))", a.Most, a.Least)
	case a.Range:
		return q.Where(met, a.Most, a.Least)
	case a.None:
		return q.Where("NOT (" + c.There + ")")
	}
	return q
}

// Spent narrows the list by amounts that stand in these columns.
func (f *Narrowing) Spent(a Amounts, c Columns) { f.amounts, f.columns = a, c }

// further narrows by what no tag of a field can say.
func (f *Narrowing) further(q *gorm.DB) *gorm.DB { return f.amounts.within(q, f.columns) }

// Readiness holds a range of readiness levels to its order; 0 is an open end.
func Readiness(bad *fault.Fields, least, most int) {
	bad.Check(least == 0 || most == 0 || least <= most, "query:trl_max", fault.Reversed, "下限高于上限", "The lower end is above the upper")
}

// Days are the days in Shanghai on which something was published, both included; a zero end is open.
type Days struct {
	From when.Day `query:"published_from"`
	To   when.Day `query:"published_to"`
}

// Check holds them to their order.
func (d Days) Check(bad *fault.Fields) {
	bad.Check(d.From.IsZero() || d.To.IsZero() || !d.To.Before(d.From), "query:published_to", fault.Reversed, "止日早于起日", "The last day is before the first")
}

// check holds codes and ranges against what there is, and reads the days.
func (f *Narrowing) check(q *gorm.DB, bad fault.Fields) error {
	if f.Region != "" {
		ref.CheckRegion(&bad, string(f.Region), "query:region")
	}
	f.Days.Check(&bad)
	if !f.From.IsZero() {
		f.Begun = f.From.Start()
	}
	if !f.To.IsZero() {
		f.Ended = f.To.End()
	}
	err := ref.CheckChain(q, &bad, string(f.Chain), "query:chain")
	return cmp.Or(err, bad.Err())
}

// Counted asks for the facets of a list. They are counted by search, of what it finds; so the list is narrowed to the public state, and what
// search cannot be narrowed by is refused. others names what else of the filter is such.
func (f *Narrowing) Counted(bad *fault.Fields, state *publication.State, public publication.State, others ...bool) {
	if !f.Facets {
		return
	}
	bad.Check(*state == "" || *state == public, "query:facets", fault.NotOffered, "分面条数只统计公开的记录，state 只能是 %[1]s", "Facets are counted of what is public; the state can only be %[1]s", public)
	alone := f.Text == "" && f.UpdatedSince.IsZero() && f.ExternalScheme == "" && f.ExternalID == ""
	for _, other := range others {
		alone = alone && !other
	}
	bad.Check(alone, "query:facets", fault.NotOffered, "分面条数不能与 q、updated_since、外部编号、held、programme 同用", "Facets are not counted beside q, updated_since, external ids, held or programme")
	*state = public
}
