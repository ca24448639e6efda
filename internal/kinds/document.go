package kinds

import (
	"fmt"
	"time"

	"github.com/google/uuid"

	"jiebang/internal/fault"
	"jiebang/internal/money"
	"jiebang/internal/when"
	"jiebang/internal/work"
)

// Document is what search may know of a record. It is what everybody may read of it, so that nothing confidential can leak from the
// index; the confidential parts have no place here.
type Document struct {
	Noun  string
	ID    uuid.UUID
	Title string
	// Paragraphs are its public texts, each by the name of its field in the API.
	Paragraphs  []Paragraph
	Keywords    []string
	Owner       uuid.UUID
	Masked      bool // the owner's name is not told
	Field       string
	OtherFields []string  // beside the one that it is foremost of
	Names       []string  // of people behind it, where everybody may know them: it is found by them
	Chains      []string  // codes of industry chains
	Modes       []string  // how the two sides may work together, in the words of needs
	TRL         Range     // technology readiness; nothing where it is unknown
	Price       Range     // fen that are asked
	Budget      Range     // fen that would be spent
	Confirmed   time.Time // when it was last known to be so; rank falls with its age
	// Facets are further exact values of the kind's own, by which records are narrowed and counted.
	Facets map[string][]string
	Placed bool // it is found by where its owner is: of a masked one, the city

	Terms Terms // as they are shown beside a hit

	// Open is whether everybody may read it, found or not. It is no part of what is told of it.
	Open    bool     `json:"-"`
	Public  bool     // it may be found
	Matched bool     // and takes part in matches
	Until   when.Day `json:",omitzero"` // the last day for both; none: they have no end
	// Closes is the first moment from which it takes part in matches no more, found as it is; none: it has no such end.
	Closes time.Time
}

// Facets of a kind's own.
const (
	FacetBottleneck = "bottleneck"   // true, false
	FacetLevel      = "wanted_level" // the level that a solution should reach

	FacetAvailability = "availability"     // whether a result is to be had
	FacetSolved       = "bottleneck_level" // how far a result goes that solves one

	// FacetNumber are the numbers of intellectual property in it, in the form in which two are compared: by them alone a record is found.
	FacetNumber = "ip_number"
)

// Terms are what somebody who looks for a counterpart asks first of a hit. What a record does not say is absent.
type Terms struct {
	TRL       *int
	PriceKind string // empty: no price is told
	PriceMin  *money.Fen
	PriceMax  *money.Fen
	BudgetMin *money.Fen
	BudgetMax *money.Fen
	Deadline  when.Day `json:",omitzero"`
	Urgent    *bool    // nil of kinds that know no hurry

	// Of a challenge.
	Number     string
	State      string
	StateName  fault.Text
	Reward     *money.Fen
	Bottleneck *bool
	Level      string
	Closes     time.Time
}

// Paragraph is one text of a record.
type Paragraph struct{ Field, Text string }

// Items are the paragraphs of a list of texts: name/0 is the first.
func Items(name string, texts []string) []Paragraph {
	out := make([]Paragraph, len(texts))
	for i, t := range texts {
		out[i] = Paragraph{Field: fmt.Sprintf("%s/%d", name, i), Text: t}
	}
	return out
}

// Range is from one number to another; an end that is 0 is open.
type Range struct{ Min, Max int64 }

// Fen is the range of two amounts, either of which may be missing. An upper end of 0 (free, no money) is told as one fen, since 0 is open.
func Fen(low, high *money.Fen) Range {
	var r Range
	if low != nil {
		r.Min = int64(*low)
	}
	if high != nil {
		r.Max = max(1, int64(*high))
	}
	return r
}

// Known tells what a visitor knows of a record beside its texts.
func (d Document) Known(r work.Record) Document {
	f := r.Facts()
	d.Noun, d.ID, d.Owner, d.Open, d.Public = r.Noun(), r.Base().ID, f.Owner, f.Public, f.Public
	return d
}
