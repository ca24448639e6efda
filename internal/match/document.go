// Package match brings results and needs together: it feeds the search index from the change log, answers searches, and finds
// counterparts. What the index holds is what everybody may read, so nothing confidential can leak from it; how texts are
// compared is the business of package search.
package match

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/google/uuid"

	"jiebang/internal/money"
	"jiebang/internal/needs"
	"jiebang/internal/orgs"
	"jiebang/internal/results"
	"jiebang/search"
)

// The kinds of document, which are also the kinds of the records behind them.
const (
	KindResult = "result"
	KindNeed   = "need"
)

// Facets of a document. Mode is how the two sides may work together, in the words of needs.
const (
	FacetKind  = search.FacetKind
	FacetField = "field"
	FacetOwner = "owner"
	facetMode  = "mode"
)

// paragraph is one field of a record within the text that is indexed for it.
type paragraph struct {
	field string // as the API names it
	text  string
}

// paper is what is indexed of a record, with where each of its fields stands in it.
type paper struct {
	search.Document
	listing    Listing
	paragraphs []paragraph
}

func newPaper(l Listing, keywords []string, paragraphs ...paragraph) paper {
	p := paper{listing: l, paragraphs: paragraphs}
	texts := make([]string, 0, len(paragraphs))
	for _, g := range paragraphs {
		if g.text != "" {
			texts = append(texts, g.text)
		}
	}
	p.Document = search.Document{
		ID: documentID(l.Kind, l.ID), Kind: l.Kind, Title: l.Title, Abstract: strings.Join(texts, "\n"), Keywords: keywords,
		Facets: map[string][]string{FacetField: {l.Field}, FacetOwner: {l.Owner.ID.String()}},
	}
	return p
}

// textPaper is a paper of what nobody has entered: it has no owner and no field.
func textPaper(title, text string) paper {
	return paper{Document: search.Document{ID: documentID("", uuid.Nil), Title: title, Abstract: text}, paragraphs: []paragraph{{"text", text}}}
}

func resultPaper(r *results.Result) paper {
	l := Listing{Kind: KindResult, ID: r.ID, Title: r.Title, Owner: orgs.Ref{ID: r.OwnerID}, Field: r.Field, public: r.Facts().Public}
	p := newPaper(l, r.Keywords, paragraph{"abstract", r.Abstract}, paragraph{"application", r.Application}, paragraph{"advantage", r.Advantage})
	p.Facets[facetMode] = modesOf(r.TransferModes)
	if r.TRL != nil {
		p.Terms.TRL = search.Range{Min: int64(*r.TRL), Max: int64(*r.TRL)}
	}
	if r.Price != nil {
		p.Terms.Price = search.Range{Min: int64(r.Price.Min), Max: int64(max(r.Price.Min, r.Price.Max))}
	}
	if r.PublishedAt != nil {
		p.Terms.Confirmed = *r.PublishedAt
	}
	return p
}

func needPaper(n *needs.Need) paper {
	l := Listing{Kind: KindNeed, ID: n.ID, Title: n.Title, Owner: orgs.Ref{ID: n.OwnerID}, Field: n.Field, public: n.Facts().Public}
	p := newPaper(l, n.Keywords, paragraph{"problem", n.Problem}, paragraph{"requirements", n.Requirements}, paragraph{"constraints", n.Constraints})
	if n.CooperationMode != needs.AnyMode {
		p.Facets[facetMode] = []string{n.CooperationMode}
	}
	if n.Budget != nil {
		p.Terms.Budget = search.Range{Min: int64(fenOr0(n.Budget.Min)), Max: int64(fenOr0(n.Budget.Max))}
	}
	if n.PublishedAt != nil {
		p.Terms.Confirmed = *n.PublishedAt
	}
	return p
}

func fenOr0(f *money.Fen) money.Fen {
	if f == nil {
		return 0
	}
	return *f
}

// modesOf puts ways of transfer into the words that needs use: every licence is a licence.
func modesOf(transfer []string) []string {
	var out []string
	for _, m := range transfer {
		if strings.HasPrefix(m, "license_") {
			m = "license"
		}
		out = append(out, m)
	}
	return out
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
				if g.text == "" {
					continue
				}
				if s.Start < start+len(g.text) {
					out = append(out, place(g.field, g.text, s.Start-start, s.End-start))
					break
				}
				start += len(g.text) + 1
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
