package search

import (
	"slices"
	"sync"
)

// FacetKind is the facet that Document.Kind is counted and filtered by. A
// document's own Facets cannot have it.
const FacetKind = "kind"

// facetTable numbers the values of facets, so that a document carries integers.
// It only grows; a value that no document has any more costs its bytes.
type facetTable struct {
	mu     sync.RWMutex
	number map[facetValue]uint32
	values []facetValue
}

type facetValue struct{ name, value string }

func newFacetTable() *facetTable { return &facetTable{number: map[facetValue]uint32{}} }

// ordinals numbers a document's facets, ascending and without repetition.
func (t *facetTable) ordinals(d *Document) []uint32 {
	var out []uint32
	t.mu.Lock()
	defer t.mu.Unlock()
	add := func(v facetValue) {
		n, ok := t.number[v]
		if !ok {
			n = uint32(len(t.values))
			t.number[v] = n
			t.values = append(t.values, v)
		}
		out = append(out, n)
	}
	add(facetValue{FacetKind, d.Kind})
	for name, values := range d.Facets {
		for _, value := range values {
			add(facetValue{name, value})
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func (t *facetTable) value(n uint32) facetValue {
	t.mu.RLock()
	defer t.mu.RUnlock()
	return t.values[n]
}

// filter decides which documents may take part. Names are joined by and, the
// values of one name by or.
type filter struct {
	groups  []filterGroup // a document needs one of each
	exclude map[string]bool
}

type filterGroup struct {
	name    string
	numbers []uint32 // ascending
}

func (t *facetTable) filter(kinds []string, filters map[string][]string, exclude []string) filter {
	t.mu.RLock()
	defer t.mu.RUnlock()
	var f filter
	group := func(name string, values []string) {
		g := make([]uint32, 0, len(values))
		for _, value := range values {
			if n, ok := t.number[facetValue{name, value}]; ok {
				g = append(g, n)
			}
		}
		slices.Sort(g)
		f.groups = append(f.groups, filterGroup{name, g})
	}
	if len(kinds) > 0 {
		group(FacetKind, kinds)
	}
	for name, values := range filters {
		group(name, values)
	}
	if len(exclude) > 0 {
		f.exclude = make(map[string]bool, len(exclude))
		for _, id := range exclude {
			f.exclude[id] = true
		}
	}
	return f
}

func (f *filter) accepts(d *forward) bool {
	for _, g := range f.groups {
		if !intersects(g.numbers, d.facets) {
			return false
		}
	}
	return len(f.exclude) == 0 || !f.exclude[d.id]
}

// refusedBy names the facet that alone keeps a document out; ok is false if
// several do, or if it is excluded by ID. A document that is let through is
// refused by "".
func (f *filter) refusedBy(d *forward) (name string, ok bool) {
	if len(f.exclude) > 0 && f.exclude[d.id] {
		return "", false
	}
	for _, g := range f.groups {
		if !intersects(g.numbers, d.facets) {
			if name != "" {
				return "", false
			}
			name = g.name
		}
	}
	return name, true
}

// intersects reports whether two ascending lists share a number.
func intersects(a, b []uint32) bool {
	for len(a) > 0 && len(b) > 0 {
		switch {
		case a[0] < b[0]:
			a = a[1:]
		case a[0] > b[0]:
			b = b[1:]
		default:
			return true
		}
	}
	return false
}
