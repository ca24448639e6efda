package search

import (
	"errors"
	"math"
	"sync"
	"unicode/utf8"

	segment "github.com/blevesearch/scorch_segment_api/v2"

	"jiebang/search/han"
)

// postings returns a term's list in the segment, from the cache if it is there.
func (v *view) postings(s *segmentView, term string) (*postings, error) {
	key := postingKey{s.id, term}
	if p := v.cache.get(key); p != nil {
		return p, nil
	}
	pack := packers.Get().(*packer)
	defer packers.Put(pack)
	pack.reset()
	if c, ok := loneChar(term); ok {
		s.withChar(c, pack)
	} else if err := s.list([]byte(term), true, pack.read(len(s.docs))); err != nil {
		return nil, err
	}
	p := pack.list()
	v.cache.put(key, p)
	return p, nil
}

// read packs a list of Bleve's. Documents of a damaged one must not lead outside the
// segment.
func (p *packer) read(documents int) func(segment.PostingsList) error {
	return func(list segment.PostingsList) error {
		if list.Count() == 0 {
			return nil
		}
		for it := list.Iterator(true, false, false, nil); ; {
			posting, err := it.Next()
			if err != nil || posting == nil {
				return err
			}
			if d := posting.Number(); d < uint64(documents) && !p.add(uint32(d), uint8(posting.Frequency())) {
				return errDisorder
			}
		}
	}
}

var errDisorder = errors.New("documents are not in order")

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
func (s *segmentView) withChar(c han.Symbol, pack *packer) {
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
			pack.add(uint32(i), uint8(min(n, maxFrequency)))
		}
	}
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

// postingCache keeps packed lists. Finding a list and reading it through Bleve costs
// ten times what scoring it does, and the pairs that are in many documents are also in
// many queries. When it is full, lists are looked at in no order, and those go that
// nobody has asked for again since they came or were last looked at.
type postingCache struct {
	mu    sync.RWMutex
	limit int // bytes
	most  int // that limit grows to; 0 if it does not
	used  int
	byKey map[postingKey]*postings
}

type postingKey struct {
	segment uint64
	term    string
}

// keptOverhead is about what a list takes beside its postings: itself, and its place in
// the map. One that is empty takes the place alone.
const (
	keptOverhead  = emptyOverhead + 48
	emptyOverhead = 84
)

func (k postingKey) size(p *postings) int {
	if p == noPostings {
		return emptyOverhead
	}
	return keptOverhead + cap(p.data)
}

// newPostingCache makes one for so many bytes, or with 0 for what the machine allows.
func newPostingCache(limit int) *postingCache {
	c := &postingCache{limit: limit, byKey: map[postingKey]*postings{}}
	if limit <= 0 {
		c.limit, c.most = leastCache, mostCache()
	}
	return c
}

func (c *postingCache) get(k postingKey) *postings {
	c.mu.RLock()
	p := c.byKey[k]
	c.mu.RUnlock()
	if p != nil && !p.asked.Load() { // who only reads disturbs no other processor
		p.asked.Store(true)
	}
	return p
}

func (c *postingCache) put(k postingKey, p *postings) {
	size := k.size(p)
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.byKey[k] != nil || size > c.limit {
		return
	}
	c.byKey[k] = p
	c.used += size
	c.fit()
}

func (c *postingCache) fit() {
	for c.used > c.limit {
		c.dropSome()
	}
}

// dropSome goes over the lists, from anywhere, until they fit. A round may find all of
// them asked for; the next does not.
func (c *postingCache) dropSome() {
	for k, p := range c.byKey {
		if p != noPostings && p.asked.Swap(false) {
			continue
		}
		c.drop(k, p)
		if c.used <= c.limit {
			return
		}
	}
}

// keep drops the lists of all segments but these, which have so many documents.
func (c *postingCache) keep(segments []*segmentView, documents int) {
	alive := make(map[uint64]bool, len(segments))
	for _, s := range segments {
		alive[s.id] = true
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for k, p := range c.byKey {
		if !alive[k.segment] {
			c.drop(k, p)
		}
	}
	if c.most > 0 {
		c.limit = max(leastCache, min(documents*cachePerDocument, c.most))
		c.fit()
	}
}

func (c *postingCache) drop(k postingKey, p *postings) {
	delete(c.byKey, k)
	c.used -= k.size(p)
}
