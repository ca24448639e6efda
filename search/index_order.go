package search

import (
	"cmp"
	"math"
	"unique"
)

// Order says how the hits of a search are sorted. The zero Order is by
// relevance; hits of equal standing go by ID.
type Order struct {
	// Key is KeyConfirmed or one of the documents' SortKeys. Documents without it
	// come last, whichever way the others go.
	Key string
	// Ascending puts the smallest first, which for times is the oldest. Otherwise
	// the largest and newest is first.
	Ascending bool
}

// KeyConfirmed sorts by Terms.Confirmed, so that Order{Key: KeyConfirmed} is the
// newest first.
const KeyConfirmed = "confirmed"

// noKey stands for a key that a document does not have.
const noKey = math.MinInt64

// sortKeys are a document's keys with their values, in no order; two or three.
type sortKeys []sortKey

type sortKey struct {
	name  unique.Handle[string]
	value int64
}

func newSortKeys(m map[string]int64) *sortKeys {
	if len(m) == 0 {
		return nil
	}
	keys := make(sortKeys, 0, len(m))
	for name, value := range m {
		// The least number is taken; a key as low as that sorts as the next.
		keys = append(keys, sortKey{unique.Make(name), max(value, noKey+1)})
	}
	return &keys
}

// column is the value of a key for every document of the segment, by local
// number. It is made at the first search that sorts by the key.
func (s *segmentData) column(key string) []int64 {
	if c, ok := s.columns.Load(key); ok {
		return c.([]int64)
	}
	column := make([]int64, len(s.docs))
	for i, d := range s.docs {
		if column[i] = noKey; d != nil {
			column[i] = keyOf(d, key)
		}
	}
	c, _ := s.columns.LoadOrStore(key, column)
	return c.([]int64)
}

// keyOf is the value of a document's key.
func keyOf(d *forward, key string) int64 {
	switch {
	case key == KeyConfirmed:
		if d.terms != nil && !d.terms.Confirmed.IsZero() {
			return d.terms.Confirmed.Unix()
		}
	case d.keys != nil:
		for _, k := range *d.keys {
			if k.name.Value() == key {
				return k.value
			}
		}
	}
	return noKey
}

// compare orders candidates, the first of a page before the others.
func (o Order) compare(a, b candidate) int {
	if o.Key == "" {
		return better(a, b)
	}
	if c := cmp.Compare(b.key, a.key); c != 0 {
		if o.Ascending && a.key != noKey && b.key != noKey {
			return -c
		}
		return c
	}
	return cmp.Compare(a.forward.id, b.forward.id)
}
