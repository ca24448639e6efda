package search

import (
	"context"
	"math"
	"slices"
	"sync"
	"sync/atomic"
)

// vectorTable holds the vectors of documents, close together so that all of them
// are read as fast as memory gives them. Nobody who reads waits: a row is never
// written again once its owner is set, and a chunk that lost most of its owners
// is replaced by copies of the others, while those who still read it go on.
type vectorTable struct {
	facets *facetTable // that the documents' sets are numbered in

	mu        sync.RWMutex // guards places and dimension, and orders writers
	places    map[*forward]vectorPlace
	dimension int // 0 while there is no vector

	chunks atomic.Pointer[[]*vectorChunk] // the list is not changed, only replaced
}

type vectorPlace struct {
	chunk *vectorChunk
	row   int
}

// chunkRows is how many vectors lie together.
const chunkRows = 1024

type vectorChunk struct {
	size   int // bytes of a row
	bytes  []byte
	sums   [chunkRows]int32
	scales [chunkRows]float32
	owners [chunkRows]atomic.Pointer[forward] // nil: not there yet, or not any more
	used   atomic.Int32                       // rows that have been given away
	live   int                                // of these, how many have an owner; for writers
}

func newVectorTable(facets *facetTable) *vectorTable {
	t := &vectorTable{facets: facets, places: map[*forward]vectorPlace{}}
	t.chunks.Store(new([]*vectorChunk))
	return t
}

// add gives a document its vector. It refuses one of another dimension than the
// first.
func (t *vectorTable) add(f *forward, p packed, dimension int) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.dimension == 0 {
		t.dimension = dimension
	}
	if t.dimension != dimension {
		return false
	}
	t.remove(f)
	t.put(f, p.bytes, p.sum, p.scale)
	return true
}

func (t *vectorTable) put(f *forward, bytes []byte, sum int32, scale float32) {
	list := *t.chunks.Load()
	if n := len(list); n == 0 || list[n-1].used.Load() == chunkRows {
		list = append(slices.Clone(list), &vectorChunk{size: len(bytes), bytes: make([]byte, chunkRows*len(bytes))})
		t.chunks.Store(&list)
	}
	c := list[len(list)-1]
	row := int(c.used.Load())
	copy(c.row(row), bytes)
	c.sums[row], c.scales[row] = sum, scale
	c.owners[row].Store(f)
	c.used.Add(1)
	c.live++
	t.places[f] = vectorPlace{c, row}
}

func (c *vectorChunk) row(i int) []byte { return c.bytes[i*c.size : (i+1)*c.size] }

// forget takes a document's vector away, if it has one.
func (t *vectorTable) forget(f *forward) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.remove(f)
}

func (t *vectorTable) remove(f *forward) {
	p, ok := t.places[f]
	if !ok {
		return
	}
	delete(t.places, f)
	c := p.chunk
	c.owners[p.row].Store(nil)
	c.live--
	if c.used.Load() < chunkRows || c.live >= chunkRows/2 {
		return
	}
	list := slices.Clone(*t.chunks.Load())
	list = slices.DeleteFunc(list, func(other *vectorChunk) bool { return other == c })
	t.chunks.Store(&list)
	for i := range chunkRows {
		if owner := c.owners[i].Load(); owner != nil {
			t.put(owner, c.row(i), c.sums[i], c.scales[i])
		}
	}
}

// count is how many documents have a vector.
func (t *vectorTable) count() int {
	t.mu.RLock()
	defer t.mu.RUnlock()
	return len(t.places)
}

// vectorRows is the table at one time.
type vectorRows struct {
	dimension int
	chunks    []*vectorChunk
	used      []int
}

func (t *vectorTable) rows() vectorRows {
	t.mu.RLock()
	defer t.mu.RUnlock()
	r := vectorRows{dimension: t.dimension, chunks: *t.chunks.Load()}
	for _, c := range r.chunks {
		r.used = append(r.used, int(c.used.Load()))
	}
	return r
}

// spread says how similar the documents are to a probe on the whole. Similarities
// are counted in steps of 1/spreadSteps, so that the sums are integers and do not
// depend on the order of the rows.
type spread struct{ n, sum, squares int64 }

const spreadSteps = 1 << 14

func (s *spread) add(cosine float64) {
	x := int64(math.Round(cosine * spreadSteps))
	s.n++
	s.sum += x
	s.squares += x * x
}

// above is by how many standard deviations a similarity is above the mean, 0 as
// long as all are the same.
func (s *spread) above(cosine float64) float64 {
	if s.n == 0 {
		return 0
	}
	mean := float64(s.sum) / float64(s.n)
	deviation := math.Sqrt(float64(s.squares)/float64(s.n) - mean*mean)
	if !(deviation >= 1) {
		return 0
	}
	return (cosine*spreadSteps - mean) / deviation
}

// nearest compares the probe with every row and returns the documents that it is
// most similar to among those that accepts lets through, at most limit, the most
// similar first; their segment and number are not set. The spread is over all.
func (r vectorRows) nearest(ctx context.Context, q *packedProbe, limit int, accepts func(*forward) bool) ([]candidate, *spread, error) {
	best, all := nearList{limit: limit, least: math.Inf(-1)}, &spread{}
	for i, c := range r.chunks {
		if err := ctx.Err(); err != nil {
			return nil, nil, err
		}
		for row := range r.used[i] {
			owner := c.owners[row].Load()
			if owner == nil {
				continue
			}
			x := q.cosine(c.row(row), c.sums[row], c.scales[row])
			all.add(x)
			if x >= best.least && accepts(owner) {
				best.add(candidate{forward: owner, score: x})
			}
		}
	}
	best.cut()
	return best.list, all, nil
}

// nearList keeps the most similar documents that it is given. It gathers up to
// twice the limit before it sorts and cuts.
type nearList struct {
	limit int
	least float64 // what a newcomer has to reach
	list  []candidate
}

func (l *nearList) add(c candidate) {
	if l.list = append(l.list, c); len(l.list) >= 2*l.limit {
		l.cut()
	}
}

func (l *nearList) cut() {
	slices.SortFunc(l.list, better)
	// A row that is being moved is there twice.
	l.list = slices.CompactFunc(l.list, func(a, b candidate) bool { return a.forward == b.forward })
	if len(l.list) >= l.limit {
		l.list = l.list[:l.limit]
		l.least = l.list[l.limit-1].score
	}
}

// cosine compares the probe with one document; ok is false if it has no vector.
func (t *vectorTable) cosine(q *packedProbe, f *forward) (x float64, ok bool) {
	t.mu.RLock()
	p, ok := t.places[f]
	ok = ok && t.dimension == q.dimension
	t.mu.RUnlock()
	if !ok {
		return 0, false
	}
	return q.cosine(p.chunk.row(p.row), p.chunk.sums[p.row], p.chunk.scales[p.row]), true
}
