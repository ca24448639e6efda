// Package search finds documents of a technology market for people and for
// other documents, in Chinese first.
//
// It decides which documents fit, in which order, with which score, and how that
// is explained. It holds one Index in one folder: posting lists and stored texts
// in Bleve's segment format, and beside them, in memory, every live document in a
// packed form that exact comparison reads.
//
// There are two ways to ask. Index.Search is for what a person types, and
// answers with documents that have all of it, counts and fragments;
// Index.Suggest helps while they type. A table of synonyms and the names of
// organizations, by pinyin too, widen what a search finds. Index.Match is for a
// whole text, such as a need that looks for results, and answers with a score
// from 0 to 100 and the phrases that made it; Index.Similar finds those that say
// the same.
//
// It leaves to package han how a text is read, to package keeper which of several
// indexes serves, and to its caller what may be seen (give only public text, and
// say by facets and filters who may find what), where documents come from
// (Batch.Place keeps the position in the caller's log of changes), where vectors
// come from, and what a page looks like. It knows neither HTTP nor a database.
//
// Its files are named by subject: index is what is kept and how it changes, query
// what the words of a person mean, find which documents have them, match which
// documents answer a text, vector what similarity of meaning adds to that.
package search

import "context"

// Query is what a person asks for.
type Query struct {
	// Text is what they typed: words in any order, "phrases" in quotes, -exclusion.
	// Empty means everything that the filters let through.
	Text string
	// Kinds of document wanted; none means all.
	Kinds []string
	// Filters are names of facets and the values allowed: every name has to hold,
	// with any one of its values.
	Filters map[string][]string
	// Floors keep out documents whose sort keys lie too low or too high.
	Floors []Floor
	// Facets names the facets to count over all hits.
	Facets []string
	// Bands divide the hits by their sort keys, count them so, and narrow by it.
	Bands []Bands
	// Order sorts the hits; zero is by relevance.
	Order Order
	// Brief leaves out the fragments of hits, each of which is read from the disk for
	// them.
	Brief bool
	// Limit is how many hits a page has, at most MaxPage; 0 means 20.
	Limit int
	// After is Page.After of the page before; empty for the first.
	After string
}

// MaxPage bounds Query.Limit.
const MaxPage = 200

// Reading says how much of a query the hits have.
type Reading string

const (
	// ReadAll: every hit satisfies the whole query.
	ReadAll Reading = "all"
	// ReadMost: no document does; these have at least half of it, where a rare
	// word counts for more than a common one.
	ReadMost Reading = "most"
	// ReadAny: no document has half of it; these have something of it.
	ReadAny Reading = "any"
)

// Page is one page of hits, the best first.
type Page struct {
	Hits  []Hit
	Total int // documents that match, over all pages
	// Reading applies to all hits alike. Phrases in quotes and exclusions hold in
	// every reading.
	Reading Reading
	Notes   []Note
	// Corrections are slips of typing that were put right.
	Corrections []Correction
	// Synonyms are the other words that were looked for too.
	Synonyms []Expansion
	// Facets counts values over all hits, the most frequent first. A facet that is
	// itself filtered by is counted as if it were not, so that its other values
	// show what choosing them would add.
	Facets map[string][]FacetCount
	// Bands counts the hits of each of Query.Bands, by its name and in the order of
	// its bands, in the same way.
	Bands map[string][]int
	// After asks for the next page; empty on the last one. Pages that follow it
	// keep the weights of the first, so that a document neither moves to another
	// page nor is left out while others are added or removed.
	After string
}

// Hit is a document that matches a query.
type Hit struct {
	ID        string
	Score     float64 // the relevance that orders hits of one query; 0 in another Order
	Fragments []Fragment
}

// FacetCount is how many hits have a value.
type FacetCount struct {
	Value string
	Count int
}

// Expansion is a word of a query and the words that say the same.
type Expansion struct {
	Word string // width, case and traditional forms folded
	Also []string
}

// Search finds the documents that satisfy a query.
func (x *Index) Search(ctx context.Context, q Query) (Page, error) {
	v, err := x.acquire()
	if err != nil {
		return Page{}, err
	}
	defer v.release()
	s, err := v.newSearcher(q, x.options.Synonyms)
	if err != nil {
		return Page{}, err
	}
	defer s.release()
	if err := s.run(ctx); err != nil {
		return Page{}, err
	}
	page := Page{
		Notes: s.parsed.notes, Corrections: s.corrections, Synonyms: s.parsed.expansions(),
		Reading: s.reading, Total: s.total, Facets: s.facets.counts(q.Facets), Bands: s.bands.counts(),
	}
	if len(page.Synonyms) > 0 {
		page.Notes = append(page.Notes, NoteSynonyms)
	}
	hits := s.top.sorted()
	if len(hits) > s.limit {
		hits = hits[:s.limit]
		page.After = s.cursor(hits[s.limit-1])
	}
	page.Hits = make([]Hit, 0, len(hits))
	for _, c := range hits {
		if q.Brief {
			page.Hits = append(page.Hits, Hit{ID: c.forward.id, Score: c.score})
			continue
		}
		h, err := v.hit(&s.parsed, c)
		if err != nil {
			return Page{}, err
		}
		page.Hits = append(page.Hits, h)
	}
	return page, nil
}
