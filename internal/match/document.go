// Package match brings results, teams and needs together: it feeds the search index from the change log, answers searches, and finds
// counterparts. What the index holds is what everybody may read, so nothing confidential can leak from it; how texts are
// compared is the business of package search.
package match

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"

	"jiebang/internal/kinds"
	"jiebang/internal/orgs"
	"jiebang/internal/when"
	"jiebang/search"
)

// Facets of a document. Mode is how the two sides may work together, in the words of needs.
const (
	FacetKind  = search.FacetKind
	FacetField = "field"
	FacetChain = "chain"
	FacetOwner = "owner"
	facetMode  = "mode"
	facetMatch = "match" // matched, on a document that takes part in matches

	FacetRegion     = "region" // where the owner is: province, city and, unless it is masked, what is below
	FacetLevel      = kinds.FacetLevel
	FacetBottleneck = kinds.FacetBottleneck

	FacetTRL          = "trl"
	FacetAvailability = kinds.FacetAvailability
	FacetUrgent       = "urgent"
	facetSolved       = kinds.FacetSolved
)

const matched = "matched"

// Sort keys of a document.
const (
	keyCloses = "closes" // microseconds since 1970
	keyReward = "reward" // fen

	keyDeadline   = "deadline"  // when it closes or a need is over, as keyCloses has it
	keyPriceLow   = "price_low" // fen, as all below
	keyPriceHigh  = "price_high"
	keyBudgetLow  = "budget_low" // nothing where a budget has no lower end
	keyBudgetHigh = "budget_high"
	keyBudget     = "budget" // what it may come to
)

// contents names what the index holds. Whoever puts something new into documents, or a new kind, names it anew: an index of before is made
// anew beside the one that serves.
const contents = "5: where owners are, readiness, prices and budgets, what is urgent and what is to be had, numbers of patents"

// closing is a moment as keyCloses has it.
func closing(t time.Time) int64 { return t.UnixMicro() }

// stillOpen keeps to what has not closed by a moment; what never closes stays.
func stillOpen(now time.Time) search.Floor {
	return search.Floor{Key: keyCloses, Least: closing(now) + 1, OrNone: true, Moves: true}
}

// paper is what is indexed of a record, with where each of its fields stands in it.
type paper struct {
	search.Document
	listing    Listing
	paragraphs []kinds.Paragraph
}

// paperOf makes a paper of a record as it is at a moment.
func paperOf(d kinds.Document, now time.Time) paper {
	if !d.Until.IsZero() && d.Until.Before(when.DayOf(now)) {
		d.Public, d.Matched = false, false
	}
	takes := d.Matched && (d.Closes.IsZero() || now.Before(d.Closes))
	p := paper{
		listing:    Listing{Kind: d.Noun, ID: d.ID, Title: d.Title, Owner: orgs.Ref{ID: d.Owner}, Field: d.Field, Terms: d.Terms, Published: d.Confirmed, Takes: takes, public: d.Public},
		paragraphs: d.Paragraphs,
	}
	texts := make([]string, 0, len(d.Paragraphs))
	for _, g := range d.Paragraphs {
		if g.Text != "" {
			texts = append(texts, g.Text)
		}
	}
	p.Document = search.Document{
		ID: documentID(d.Noun, d.ID), Kind: d.Noun, Title: d.Title, Abstract: strings.Join(texts, "\n"), Keywords: d.Keywords, Names: d.Names,
		Facets: map[string][]string{FacetField: append([]string{d.Field}, d.OtherFields...), FacetOwner: {d.Owner.String()}},
		Terms:  search.Terms{TRL: search.Range(d.TRL), Price: search.Range(d.Price), Budget: search.Range(d.Budget), Confirmed: d.Confirmed},
	}
	for name, values := range d.Facets {
		p.Facets[name] = values
	}
	if len(d.Chains) > 0 {
		p.Facets[FacetChain] = d.Chains
	}
	if len(d.Modes) > 0 {
		p.Facets[facetMode] = d.Modes
	}
	if d.Terms.TRL != nil {
		p.Facets[FacetTRL] = []string{strconv.Itoa(*d.Terms.TRL)}
	}
	if d.Terms.Urgent != nil {
		p.Facets[FacetUrgent] = []string{strconv.FormatBool(*d.Terms.Urgent)}
	}
	p.SortKeys = p.keys()
	if !d.Closes.IsZero() {
		p.SortKeys[keyCloses] = closing(d.Closes)
	}
	if d.Matched {
		p.Facets[facetMatch] = []string{matched}
	}
	return p
}

// textPaper is a paper of what nobody has entered: it has no owner and no field.
func textPaper(title, text string) paper {
	return paper{Document: search.Document{ID: documentID("", uuid.Nil), Title: title, Abstract: text}, paragraphs: []kinds.Paragraph{{Field: "text", Text: text}}}
}

// probe asks for counterparts of the other kind. The same field and mode are wishes, not conditions: a good answer may come
// from another field.
func (p paper) probe(kind string) search.Probe {
	q := search.Probe{
		Title: p.Title, Text: p.Abstract, Keywords: p.Keywords, Kind: kind, Terms: p.Terms, Exclude: []string{p.ID},
		Public: p.listing.public, // the same text that is indexed, so it may be given to an embedding endpoint as well
		Prefer: []search.Preference{{Facet: FacetField, Values: p.Facets[FacetField]}},
	}
	if modes := p.Facets[facetMode]; len(modes) > 0 {
		q.Prefer = append(q.Prefer, search.Preference{Facet: facetMode, Values: modes})
	}
	return q
}

// Place is a stretch of a record's field, in characters.
type Place struct {
	Field    string // keywords/0 is the first keyword
	From, To int
}

// among keeps the probe to some kinds of document.
func among(q *search.Probe, wanted []string) {
	if len(wanted) == 1 {
		q.Kind = wanted[0]
		return
	}
	q.Filters[FacetKind] = wanted
}

// places turns stretches of the indexed document into places of the record's fields.
func (p paper) places(spans []search.Span) []Place {
	out := make([]Place, 0, len(spans))
	for _, s := range spans {
		switch s.Field {
		case search.FieldTitle:
			out = append(out, place("title", p.Title, s.Start, s.End))
		case search.FieldKeywords:
			out = append(out, place(fmt.Sprintf("keywords/%d", s.Item), p.Keywords[s.Item], s.Start, s.End))
		default: // the text: as a probe's or as a document's
			start := 0
			for _, g := range p.paragraphs {
				if g.Text == "" {
					continue
				}
				if s.Start < start+len(g.Text) {
					out = append(out, place(g.Field, g.Text, s.Start-start, s.End-start))
					break
				}
				start += len(g.Text) + 1
			}
		}
	}
	return out
}

func place(field, text string, start, end int) Place {
	end = min(end, len(text))
	return Place{field, utf8.RuneCountInString(text[:start]), utf8.RuneCountInString(text[:end])}
}

// documentID starts with the kind, so that a hit tells what it is and which table to read.
func documentID(kind string, id uuid.UUID) string { return kind + ":" + id.String() }
