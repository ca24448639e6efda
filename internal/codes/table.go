// Package codes holds the codes that the trade has fixed: the unified social credit code with its check digits, the form
// of region codes and contract numbers, and the short lists that the registration form and its statistics are cut by.
//
// It decides whether a code is well formed and what a listed one is called. It leaves to its callers whether the thing
// that a code names exists (package ref knows regions, package orgs organizations), and reading lists that came with
// full-width letters or other dress: they are folded before they come here.
package codes

import (
	"fmt"
	"slices"
	"strings"

	"jiebang/internal/fault"
)

// Term is one line of a list: the code that is stored and sent, and its names.
type Term[C comparable] struct {
	Code    C
	Chinese string
	English string
}

// Table is a fixed list of terms in the order of its source.
type Table[C comparable] struct {
	terms  []Term[C]
	byCode map[C]int
}

// Get returns the term with this code.
func (t *Table[C]) Get(code C) (Term[C], bool) {
	i, ok := t.byCode[code]
	if !ok {
		return Term[C]{}, false
	}
	return t.terms[i], true
}

// Terms lists the terms in the order of their source.
func (t *Table[C]) Terms() []Term[C] { return slices.Clone(t.terms) }

// Has reports whether the table has this code.
func (t *Table[C]) Has(code C) bool {
	_, ok := t.byCode[code]
	return ok
}

// Check adds a place whose value is missing or no code of the table, and names those that are.
func (t *Table[C]) Check(bad *fault.Fields, code C, pointer string) {
	if t.Has(code) {
		return
	}
	zh, en := make([]string, len(t.terms)), make([]string, len(t.terms))
	for i, term := range t.terms {
		zh[i], en[i] = fmt.Sprintf("%v（%s）", term.Code, term.Chinese), fmt.Sprint(term.Code)
	}
	place := fault.NotOffered
	if code == *new(C) {
		place = fault.Required
	}
	bad.Check(false, pointer, place, "取值应为：%[1]s", "One of: %[2]s", strings.Join(zh, "、"), strings.Join(en, ", "))
}

func table[C comparable](terms ...Term[C]) *Table[C] {
	t := &Table[C]{terms: terms, byCode: make(map[C]int, len(terms))}
	for i, term := range terms {
		t.byCode[term.Code] = i
	}
	return t
}

// All lists the terms in the order of their source.
func (t *Table[C]) All() []Term[C] { return slices.Clone(t.terms) }
