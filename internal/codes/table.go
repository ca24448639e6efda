// Package codes holds the codes that the trade has fixed: the unified social credit code with its check digits, the form
// of region codes and contract numbers, and the short lists that the registration form and its statistics are cut by.
//
// It decides whether a code is well formed and what a listed one is called. It leaves to its callers whether the thing
// that a code names exists (package ref knows regions, package orgs organizations), and reading lists that came with
// full-width letters or other dress: they are folded before they come here.
package codes

import (
	"iter"
	"slices"
	"strings"
)

// Term is one line of a list: the code that is stored and sent, and its names.
type Term[C comparable] struct {
	Code    C
	Chinese string
	English string
}

// Table is a fixed list of terms in the order of its source.
type Table[C comparable] struct {
	terms     []Term[C]
	byCode    map[C]int
	byChinese map[string]int
}

// Get returns the term with this code.
func (t *Table[C]) Get(code C) (Term[C], bool) { return at(t, t.byCode, code) }

// Named returns the term with this Chinese name, surrounding white space aside, as spreadsheets and forms give it.
func (t *Table[C]) Named(chinese string) (Term[C], bool) {
	return at(t, t.byChinese, strings.TrimSpace(chinese))
}

// Has reports whether the table has this code.
func (t *Table[C]) Has(code C) bool {
	_, ok := t.byCode[code]
	return ok
}

// All yields the terms in order.
func (t *Table[C]) All() iter.Seq[Term[C]] { return slices.Values(t.terms) }

func at[C, K comparable](t *Table[C], index map[K]int, key K) (Term[C], bool) {
	i, ok := index[key]
	if !ok {
		return Term[C]{}, false
	}
	return t.terms[i], true
}

func table[C comparable](terms ...Term[C]) *Table[C] {
	t := &Table[C]{terms: terms, byCode: make(map[C]int, len(terms)), byChinese: make(map[string]int, len(terms))}
	for i, term := range terms {
		t.byCode[term.Code] = i
		t.byChinese[term.Chinese] = i
	}
	return t
}
