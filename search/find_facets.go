package search

import (
	"cmp"
	"encoding/binary"
	"slices"
	"sync"
)

// FacetKind is the facet that Document.Kind is counted and filtered by. A
// document's own Facets cannot have it.
const FacetKind = "kind"

// facetTable numbers the values of facets, and the sets of values that documents
// have, so that a document carries one integer and a query decides about each set
// once. It only grows; what no document has any more costs its bytes.
type facetTable struct {
	mu     sync.RWMutex
	number map[facetValue]uint32
	values []facetValue
	setOf  map[string]uint32 // by the numbers of its values
	sets   [][]uint32        // ascending
}

type facetValue struct{ name, value string }

func newFacetTable() *facetTable {
	return &facetTable{number: map[facetValue]uint32{}, setOf: map[string]uint32{}}
}

// set numbers the set of a document's facet values, and gives the set: the
// numbers of its values, ascending and without repetition, not to be changed.
func (t *facetTable) set(d *Document) (uint32, []uint32) {
	var list []uint32
	t.mu.Lock()
	defer t.mu.Unlock()
	add := func(v facetValue) {
		n, ok := t.number[v]
		if !ok {
			n = uint32(len(t.values))
			t.number[v] = n
			t.values = append(t.values, v)
		}
		list = append(list, n)
	}
	add(facetValue{FacetKind, d.Kind})
	for name, values := range d.Facets {
		for _, value := range values {
			add(facetValue{name, value})
		}
	}
	slices.Sort(list)
	list = slices.Compact(list)
	key := make([]byte, 0, 4*len(list))
	for _, n := range list {
		key = binary.LittleEndian.AppendUint32(key, n)
	}
	n, ok := t.setOf[string(key)]
	if !ok {
		n = uint32(len(t.sets))
		t.setOf[string(key)] = n
		t.sets = append(t.sets, slices.Clip(list))
	}
	return n, t.sets[n]
}

// verdict is what a filter says of a set of facet values.
type verdict int32

const (
	unjudged verdict = iota
	passes
	refused
	refusedByGroup // and above: only the group of this number refuses
)

// filter decides which documents may take part. Names are joined by and, the
// values of one name by or.
type filter struct {
	groups  []filterGroup // a document needs one of each
	floors  []Floor
	exclude map[string]bool
	sets    [][]uint32
	// verdicts are made when a document with the set comes up: most sets belong to
	// few documents.
	verdicts []verdict
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
	f.sets, f.verdicts = t.sets, make([]verdict, len(t.sets))
	return f
}

// judge decides about the documents that have a set of facet values.
func (f *filter) judge(set uint32) verdict {
	if v := f.verdicts[set]; v != unjudged {
		return v
	}
	v := passes
	for i, g := range f.groups {
		if !intersects(g.numbers, f.sets[set]) {
			if v != passes {
				v = refused
				break
			}
			v = refusedByGroup + verdict(i)
		}
	}
	f.verdicts[set] = v
	return v
}

// accepts reports whether a document may take part, by its facets, its sort keys
// and its ID. A search has the sort keys in columns and looks there itself.
func (f *filter) accepts(d *forward) bool {
	if f.judge(d.set) != passes {
		return false
	}
	for i := range f.floors {
		if !f.floors[i].passes(keyOf(d, f.floors[i].Key)) {
			return false
		}
	}
	return len(f.exclude) == 0 || !f.exclude[d.id]
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

// facetCounter counts documents by their set of facet values.
type facetCounter struct {
	table *facetTable
	hits  []int32 // nil if no facet was asked for
	// beside counts the documents that only one group of the filter keeps out; nil
	// for a group whose facet was not asked for.
	beside [][]int32
	groups []filterGroup
}

func newFacetCounter(t *facetTable, f *filter, names []string) *facetCounter {
	c := &facetCounter{table: t, beside: make([][]int32, len(f.groups)), groups: f.groups}
	if len(names) > 0 {
		c.hits = make([]int32, len(f.sets))
	}
	for i, g := range f.groups {
		if slices.Contains(names, g.name) {
			c.beside[i] = make([]int32, len(f.sets))
		}
	}
	return c
}

func (c *facetCounter) reset() {
	clear(c.hits)
	for _, list := range c.beside {
		clear(list)
	}
}

// counts lists the values of facets, the most frequent first. A facet that is
// itself filtered by is counted as if it were not.
func (c *facetCounter) counts(names []string) map[string][]FacetCount {
	out := make(map[string][]FacetCount, len(names))
	for _, name := range names {
		out[name] = nil
	}
	if len(names) == 0 {
		return out
	}
	c.table.mu.RLock()
	defer c.table.mu.RUnlock()
	sums := make([]int32, len(c.table.values))
	for set, n := range c.hits {
		if n > 0 {
			for _, v := range c.table.sets[set] {
				sums[v] += n
			}
		}
	}
	for i, g := range c.groups {
		for set, n := range c.beside[i] {
			if n == 0 {
				continue
			}
			for _, v := range c.table.sets[set] {
				if c.table.values[v].name == g.name {
					sums[v] += n
				}
			}
		}
	}
	for v, n := range sums {
		if value := c.table.values[v]; n > 0 && slices.Contains(names, value.name) {
			out[value.name] = append(out[value.name], FacetCount{value.value, int(n)})
		}
	}
	for _, list := range out {
		slices.SortFunc(list, func(a, b FacetCount) int {
			return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Value, b.Value))
		})
	}
	return out
}
