package search

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/blevesearch/bleve/v2/index/scorch"
	segment "github.com/blevesearch/scorch_segment_api/v2"

	"jiebang/search/han"
)

// view is one state of the index: a Bleve snapshot, the forward forms of its
// documents by number, and the statistics of exactly these documents. It does
// not change, so that one query sees one collection; it lives until the last
// query that took it lets it go.
type view struct {
	snapshot *scorch.IndexSnapshot
	segments []*segmentView
	stats    *statistics
	place    int64
	mark     string
	facets   *facetTable
	names    *nameTable
	cache    *postingCache
	// slots bounds how many queries are in stage one at a time: more than there
	// are processors only drive each other's arrays out of the caches.
	slots chan struct{}
	// pairParts is lengthPart for every length that a document of the view has.
	pairParts  []float64
	matchParts []float64 // the same for matches, by the mean length with what a small collection lacks (priorMean)
	refs       atomic.Int64
}

func (v *view) release() {
	if v.refs.Add(-1) == 0 {
		_ = v.snapshot.Close() // only counts down
	}
}

// segmentView is one immutable segment of the snapshot.
type segmentView struct {
	*segmentData
	store   *scorch.SegmentSnapshot
	dicts   sync.Pool // of segment.TermDictionary, which one goroutine may use at a time
	deleted bitset    // by local number; nil when none is
	gone    int       // how many are
}

// segmentData is what stays true of a segment while documents in it are
// deleted, so views share it. Local document numbers count from 0.
type segmentData struct {
	id   uint64
	docs []*forward // a deleted document may be nil
	// lengths and sets are forward.pairs and forward.set again, close together for
	// the inner loops.
	lengths []uint16
	sets    []uint32
	columns sync.Map // of []int64, by sort key; see column
}

type bitset []uint64

func newBitset(n int) bitset       { return make(bitset, (n+63)/64) }
func (b bitset) set(i uint32)      { b[i/64] |= 1 << (i % 64) }
func (b bitset) has(i uint32) bool { return b != nil && b[i/64]&(1<<(i%64)) != 0 }

// newView reads the snapshot's segments. byID gives the forward form of every
// live document; segments that before already knew are taken from there.
func newView(snapshot *scorch.IndexSnapshot, before *view, byID map[string]*forward, stats *statistics) (_ *view, err error) {
	defer guard(&err)()
	v := &view{snapshot: snapshot, stats: stats}
	v.refs.Store(1)
	known := map[uint64]*segmentData{}
	if before != nil {
		for _, s := range before.segments {
			known[s.id] = s.segmentData
		}
	}
	for _, ss := range snapshot.Segments() {
		n := int(ss.FullSize())
		if n == 0 {
			continue
		}
		data := known[ss.Id()]
		if data == nil || len(data.docs) != n {
			data = &segmentData{id: ss.Id(), docs: make([]*forward, n), lengths: make([]uint16, n), sets: make([]uint32, n)}
			for i := range n {
				id, err := ss.DocID(uint64(i))
				if err != nil {
					return nil, fmt.Errorf("document %d of segment %d: %w", i, ss.Id(), err)
				}
				if f := byID[string(id)]; f != nil {
					data.docs[i], data.lengths[i], data.sets[i] = f, f.pairs, f.set
				}
			}
		}
		sv := &segmentView{segmentData: data, store: ss}
		if d := ss.Deleted(); d != nil && !d.IsEmpty() {
			sv.deleted, sv.gone = newBitset(n), int(d.GetCardinality())
			for it := d.Iterator(); it.HasNext(); {
				sv.deleted.set(it.Next())
			}
		}
		v.segments = append(v.segments, sv)
	}
	longest := uint16(0)
	for _, s := range v.segments {
		longest = max(longest, slices.Max(s.lengths))
	}
	v.pairParts = make([]float64, int(longest)+1)
	v.matchParts = make([]float64, int(longest)+1)
	for n := range v.pairParts {
		v.pairParts[n] = lengthPart(uint16(n), mean(stats.pairs, stats.documents))
		v.matchParts[n] = lengthPart(uint16(n), stats.meanPairs())
	}
	return v, nil
}

// dictionary is one that nobody else uses; it goes back to dicts.
func (s *segmentView) dictionary() (segment.TermDictionary, error) {
	if dict, ok := s.dicts.Get().(segment.TermDictionary); ok {
		return dict, nil
	}
	dict, err := s.store.Segment().Dictionary(fieldTerms)
	if err != nil {
		return nil, unreadable(err, "terms of segment %d", s.id)
	}
	return dict, nil
}

// list calls f with the Bleve list of a term, deleted documents included or not.
func (s *segmentView) list(term []byte, withDeleted bool, f func(segment.PostingsList) error) (err error) {
	defer guard(&err)()
	dict, err := s.dictionary()
	if err != nil {
		return err
	}
	defer s.dicts.Put(dict)
	except := s.store.Deleted()
	if withDeleted {
		except = nil
	}
	list, err := dict.PostingsList(term, except, nil)
	if err == nil {
		err = f(list)
	}
	if err != nil {
		return unreadable(err, "postings of %q in segment %d", term, s.id)
	}
	return nil
}

// statistics are sums over the live documents. Integers, so that they do not
// depend on the order in which documents came and went.
type statistics struct {
	documents    int
	pairs, chars int64 // sums of the lengths
	// withHan counts the documents that contain a Han character of the basic
	// plane, withRare those of characters beyond it.
	withHan  [math.MaxUint16 + 1]uint32
	withRare map[han.Symbol]uint32
}

func newStatistics() *statistics { return &statistics{withRare: map[han.Symbol]uint32{}} }

func (s *statistics) clone() *statistics {
	c := *s
	c.withRare = maps.Clone(s.withRare)
	return &c
}

// count adds a document (by = 1) or takes it away (by = -1). seen is scratch
// space that is empty before and after.
func (s *statistics) count(f *forward, by int, seen *[math.MaxUint16 + 1]bool) {
	s.documents += by
	s.pairs += int64(by) * int64(f.pairs)
	s.chars += int64(by) * int64(f.chars)
	var rare map[han.Symbol]bool
	for i := 0; i < len(f.units); {
		var c han.Symbol
		c, i = symbolAt(f.units, i)
		switch {
		case c == han.Gap, c >= han.WordBase:
		case c <= math.MaxUint16:
			if !seen[c] {
				seen[c] = true
				s.withHan[c] += uint32(by)
			}
		case !rare[c]:
			if rare == nil {
				rare = map[han.Symbol]bool{}
			}
			rare[c] = true
			if s.withRare[c] += uint32(by); s.withRare[c] == 0 {
				delete(s.withRare, c)
			}
		}
	}
	for _, u := range f.units {
		seen[u] = false
	}
}

// documentsWith is the number of documents that contain a Han character.
func (s *statistics) documentsWith(c han.Symbol) int {
	if c <= math.MaxUint16 {
		return int(s.withHan[c])
	}
	return int(s.withRare[c])
}

func (s *statistics) meanPairs() float64 { return priorMean(s.pairs, s.documents, priorPairs) }
func (s *statistics) meanChars() float64 { return priorMean(s.chars, s.documents, priorChars) }

// mean is at least 1, so that it can divide in an empty collection too.
func mean(sum int64, n int) float64 {
	if n == 0 || sum < int64(n) {
		return 1
	}
	return float64(sum) / float64(n)
}
