// Package match brings results and needs together: it feeds the search index from the change log, answers searches, and finds
// counterparts. What the index holds is what everybody may read, so nothing confidential can leak from it; how texts are
// compared is the business of package search.
package match

import (
	"github.com/google/uuid"

	"jiebang/internal/needs"
	"jiebang/internal/results"
	"jiebang/search"
)

// The kinds of document, which are also the kinds of the records behind them.
const (
	KindResult = "result"
	KindNeed   = "need"
)

// Facets of a document.
const (
	facetField = "field"
	facetOwner = "owner"
)

func resultDocument(r *results.Result) search.Document {
	return search.Document{
		ID: documentID(KindResult, r.ID), Kind: KindResult, Title: r.Title, Keywords: r.Keywords,
		Abstract: join(r.Abstract, r.Application, r.Advantage),
		Facets:   map[string][]string{facetField: {r.Field}, facetOwner: {r.OwnerID.String()}},
	}
}

func needDocument(n *needs.Need) search.Document {
	return search.Document{
		ID: documentID(KindNeed, n.ID), Kind: KindNeed, Title: n.Title, Keywords: n.Keywords,
		Abstract: join(n.Problem, n.Requirements, n.Constraints),
		Facets:   map[string][]string{facetField: {n.Field}, facetOwner: {n.OwnerID.String()}},
	}
}

// documentID starts with the kind, so that a hit tells what it is and which table to read.
func documentID(kind string, id uuid.UUID) string { return kind + ":" + id.String() }

func join(parts ...string) string {
	out := ""
	for _, p := range parts {
		if p == "" {
			continue
		}
		if out != "" {
			out += "\n"
		}
		out += p
	}
	return out
}
