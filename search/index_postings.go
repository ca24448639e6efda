package search

import (
	"container/list"
	"math"
	"sync"
	"sync/atomic"
	"unicode/utf8"

	segment "github.com/blevesearch/scorch_segment_api/v2"

	"jiebang/search/han"
)

// postings is a term's list in one segment, decoded: documents ascending by
// local number, and the frequency byte of each (see maxFrequency). Deleted
// documents are in it, since a segment never changes and deletions do.
type postings struct {
	docs  []uint32
	freqs []uint8
	// counted remembers liveCount for one number of deletions in the segment:
	// that number in the upper half, the count in the lower, plus 1 so that 0
	// means nothing is known.
	counted atomic.Uint64
}

var noPostings = &postings{}

func (p *postings) bytes() int { return 5*cap(p.docs) + 160 }

// liveCount is the number of documents of the list that are not deleted.
func (p *postings) liveCount(s *segmentView) int {
	if s.gone == 0 {
		return len(p.docs)
	}
	if c := p.counted.Load(); c>>32 == uint64(s.gone) && c != 0 {
		return int(uint32(c)) - 1
	}
	n := 0
	for _, d := range p.docs {
		if !s.deleted.has(d) {
			n++
		}
	}
	if p != noPostings {
		p.counted.Store(uint64(s.gone)<<32 | uint64(n+1))
	}
	return n
}

// postings returns a term's list in the segment, from the cache if it is there.
func (v *view) postings(s *segmentView, term string) (*postings, error) {
	key := postingKey{s.id, term}
	if p := v.cache.get(key); p != nil {
		return p, nil
	}
	p := noPostings
	if c, ok := loneChar(term); ok {
		p = s.withChar(c)
		v.cache.put(key, p)
		return p, nil
	}
	err := s.list([]byte(term), true, func(list segment.PostingsList) error {
		n := int(list.Count())
		if n == 0 {
			return nil
		}
		p = &postings{docs: make([]uint32, 0, n), freqs: make([]uint8, 0, n)}
		for it := list.Iterator(true, false, false, nil); ; {
			posting, err := it.Next()
			if err != nil || posting == nil {
				return err
			}
			// A damaged list must not lead outside the segment.
			if d := posting.Number(); d < uint64(len(s.docs)) {
				p.docs = append(p.docs, uint32(d))
				p.freqs = append(p.freqs, uint8(posting.Frequency()))
			}
		}
	})
	if err != nil {
		return nil, err
	}
	v.cache.put(key, p)
	return p, nil
}

// charPrefix begins the name of a list that is not in the index: the documents
// with a Han character, wherever it stands.
const charPrefix = "\x02"

func charTerm(c han.Symbol) string { return charPrefix + string(rune(c)) }

func loneChar(term string) (han.Symbol, bool) {
	if len(term) < 2 || term[0] != charPrefix[0] {
		return han.Gap, false
	}
	r, _ := utf8.DecodeRuneInString(term[1:])
	return han.Symbol(r), true
}

// withChar reads the list of a character off the documents: 25 ms for 100,000 of
// them, and once for each segment while the list stays in the cache. In the index
// such lists would be half as many postings again.
func (s *segmentView) withChar(c han.Symbol) *postings {
	p := &postings{}
	for i, d := range s.docs {
		if d == nil {
			continue
		}
		n := 0
		if c <= math.MaxUint16 {
			for _, u := range d.units {
				if u == uint16(c) {
					n++
				}
			}
		} else {
			for j := 0; j < len(d.units); {
				var y han.Symbol
				if y, j = symbolAt(d.units, j); y == c {
					n++
				}
			}
		}
		if n > 0 {
			p.docs = append(p.docs, uint32(i))
			p.freqs = append(p.freqs, uint8(min(n, maxFrequency)))
		}
	}
	return p
}

// documentsWith is the number of documents that have a term.
func (v *view) documentsWith(term []byte) (int, error) {
	n := 0
	for _, s := range v.segments {
		err := s.list(term, false, func(list segment.PostingsList) error {
			n += int(list.Count())
			return nil
		})
		if err != nil {
			return 0, err
		}
	}
	return n, nil
}

// postingCache keeps decoded lists, the least recently used go first. Finding and
// decoding a list costs several times what scoring it does, and the pairs that
// are in many documents are also in many queries.
type postingCache struct {
	mu     sync.Mutex
	limit  int // bytes
	used   int
	byKey  map[postingKey]*list.Element
	recent list.List // of *cached, most recently used first
}

type postingKey struct {
	segment uint64
	term    string
}

type cached struct {
	key  postingKey
	list *postings
	size int
}

func newPostingCache(limit int) *postingCache {
	return &postingCache{limit: limit, byKey: map[postingKey]*list.Element{}}
}

func (c *postingCache) get(k postingKey) *postings {
	c.mu.Lock()
	defer c.mu.Unlock()
	e := c.byKey[k]
	if e == nil {
		return nil
	}
	c.recent.MoveToFront(e)
	return e.Value.(*cached).list
}

func (c *postingCache) put(k postingKey, p *postings) {
	size := p.bytes() + len(k.term)
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.byKey[k] != nil || size > c.limit {
		return
	}
	c.byKey[k] = c.recent.PushFront(&cached{k, p, size})
	c.used += size
	for c.used > c.limit {
		c.drop(c.recent.Back())
	}
}

// keep drops the lists of all segments but these.
func (c *postingCache) keep(segments []*segmentView) {
	alive := make(map[uint64]bool, len(segments))
	for _, s := range segments {
		alive[s.id] = true
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for e := c.recent.Front(); e != nil; {
		next := e.Next()
		if !alive[e.Value.(*cached).key.segment] {
			c.drop(e)
		}
		e = next
	}
}

func (c *postingCache) drop(e *list.Element) {
	x := c.recent.Remove(e).(*cached)
	delete(c.byKey, x.key)
	c.used -= x.size
}
