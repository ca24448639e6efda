package search

// Floor keeps out documents by a sort key: those below Least, those above Most,
// and those that do not have the key unless OrNone.
type Floor struct {
	Key    string
	Least  int64
	Most   int64 // where Topped
	Topped bool
	OrNone bool
	// Moves says that the floor lies elsewhere from one moment to the next, such as
	// what has not closed by now: a page is continued wherever it lies by then.
	Moves bool
}

// passes reports whether a floor lets the value of its key through.
func (f *Floor) passes(value int64) bool {
	if value == noKey {
		return f.OrNone
	}
	return value >= f.Least && (!f.Topped || value <= f.Most)
}

// Bands divide documents by a sort key into len(Bounds)+1 bands: the first is
// below Bounds[0], each other begins with a bound, which belongs to it. Documents
// without the key are in none.
type Bands struct {
	Name   string
	Key    string
	Bounds []int64 // ascending
	// Only are the bands that hits are in; none means any, and those without the
	// key, too.
	Only []int
}

// of is the band of a value, or -1.
func (b *Bands) of(value int64) int {
	if value == noKey {
		return -1
	}
	n := 0
	for n < len(b.Bounds) && value >= b.Bounds[n] {
		n++
	}
	return n
}

// bandCounter counts hits by their bands. Bands that are themselves narrowed by
// are counted as if they were not.
type bandCounter struct {
	bands  []Bands
	wanted [][]bool // by band; nil: any
	hits   [][]int
	now    []int // the bands of the document that is being looked at
}

func newBandCounter(bands []Bands) *bandCounter {
	c := &bandCounter{bands: bands, wanted: make([][]bool, len(bands)), now: make([]int, len(bands))}
	for i, b := range bands {
		c.hits = append(c.hits, make([]int, len(b.Bounds)+1))
		for _, n := range b.Only {
			if c.wanted[i] == nil {
				c.wanted[i] = make([]bool, len(b.Bounds)+1)
			}
			if n >= 0 && n < len(c.wanted[i]) {
				c.wanted[i][n] = true
			}
		}
	}
	return c
}

func (c *bandCounter) reset() {
	for _, h := range c.hits {
		clear(h)
	}
}

// nowhere and several stand for the bands that keep a document out.
const (
	nowhere = -1 // none does
	several = -2
)

// place finds the bands of a document by its keys, and tells which of them keeps
// it out.
func (c *bandCounter) place(keys [][]int64, d uint32) (refusing int) {
	refusing = nowhere
	for i := range c.bands {
		n := c.bands[i].of(keys[i][d])
		c.now[i] = n
		if w := c.wanted[i]; w != nil && (n < 0 || !w[n]) {
			if refusing != nowhere {
				return several
			}
			refusing = i
		}
	}
	return refusing
}

// count takes in the document that was placed last: for all bands, or for the one
// alone that refuses it.
func (c *bandCounter) count(refusing int) {
	for i, n := range c.now {
		if n >= 0 && (refusing == nowhere || refusing == i) {
			c.hits[i][n]++
		}
	}
}

func (c *bandCounter) counts() map[string][]int {
	out := make(map[string][]int, len(c.bands))
	for i, b := range c.bands {
		out[b.Name] = c.hits[i]
	}
	return out
}
