package search

import (
	"encoding/binary"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"

	segment "github.com/blevesearch/scorch_segment_api/v2"
	"pgregory.net/rapid"
)

// plainList is a posting list as it is written down.
type plainList struct {
	docs  []uint32
	freqs []uint8
}

func plainLists() *rapid.Generator[plainList] {
	return rapid.Custom(func(t *rapid.T) plainList {
		var l plainList
		n := rapid.IntRange(0, 700).Draw(t, "n")
		widest := rapid.SampledFrom([]uint32{1, 2, 3, 60, 127, 128, 9000, 1 << 14, 1 << 15, 5_000_000}).Draw(t, "widest")
		odd := rapid.SampledFrom([]int{0, 1, 5, 100}).Draw(t, "odd")
		random := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0))
		next := uint64(random.Uint32N(widest))
		if rapid.Bool().Draw(t, "high") {
			next += 1<<32 - 1_000_000
		}
		for range n {
			if next >= 1<<32 {
				break
			}
			f := uint8(1)
			if random.IntN(100) < odd {
				f = uint8(random.UintN(256))
			}
			l.docs, l.freqs = append(l.docs, uint32(next)), append(l.freqs, f)
			next += 1 + uint64(random.Uint32N(widest))
		}
		return l
	})
}

func (l plainList) pack(t interface{ Fatal(...any) }) *postings {
	p := packers.Get().(*packer)
	defer packers.Put(p)
	p.reset()
	for i, d := range l.docs {
		if !p.add(d, l.freqs[i]) {
			t.Fatal("an ascending document is refused")
		}
	}
	return p.list()
}

// agree compares a packed list with the plain one by all ways to read it.
func (l plainList) agree(t interface{ Fatalf(string, ...any) }, p *postings) {
	if got := p.documents(); int(p.count) != len(l.docs) || !slices.Equal(got, l.docs) {
		t.Fatalf("%d: %v, want %v", p.count, got, l.docs)
	}
	var room blockDocs
	var freqs blockFreqs
	at := 0
	for b := range p.blocks() {
		docs, odd := p.unpack(b, &room)
		freqs.fill(odd)
		for i, d := range docs {
			if d != l.docs[at] || freqs[i] != l.freqs[at] || p.frequency(b, i) != l.freqs[at] {
				t.Fatalf("posting %d: document %d, frequency %d and %d, want %d, %d", at, d, freqs[i], p.frequency(b, i), l.docs[at], l.freqs[at])
			}
			at++
		}
	}
}

// A packed list is the plain one, whatever the gaps and frequencies.
func TestAPackedListIsThePlainOne(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := plainLists().Draw(t, "list")
		l.agree(t, l.pack(t))
	})
}

// A cursor finds in a packed list what it finds in a plain one, by any ascending steps.
func TestACursorFindsTheSameInAPackedList(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := plainLists().Draw(t, "list")
		var packed, plain cursorDocs
		packed.begin(docList{packed: l.pack(t)})
		plain.begin(docList{plain: l.docs})
		random := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0))
		most, d := 1+random.IntN(200), uint32(0)
		for at := 0; at < len(l.docs); at += 1 + random.IntN(most) {
			d = max(d, l.docs[at]+random.Uint32N(3))
			want := uint8(0)
			if i, ok := slices.BinarySearch(l.docs, d); ok {
				want = l.freqs[i]
			}
			if packed.has(d) != plain.has(d) || packed.frequency(d) != want {
				t.Fatalf("document %d: %v and %v, frequency %d, want %d", d, packed.has(d), plain.has(d), packed.frequency(d), want)
			}
		}
	})
}

func TestPackedListsAreCountedWithoutTheDeleted(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := plainLists().Filter(func(l plainList) bool { return len(l.docs) == 0 || l.docs[len(l.docs)-1] < 1<<20 }).Draw(t, "list")
		p := l.pack(t)
		s := &segmentView{deleted: newBitset(1 << 20)}
		want := len(l.docs)
		for i, d := range l.docs {
			if i%3 == 0 {
				s.deleted.set(d)
				s.gone++
				want--
			}
		}
		for range 2 {
			if got := p.liveCount(s); got != want {
				t.Fatalf("%d, want %d", got, want)
			}
		}
	})
}

// Stage one gives each document the sum of what its terms give, in the order of the
// terms, to the last bit: strips and blocks part no sum.
func TestSumsAreThoseOfThePlainLists(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.SampledFrom([]int{1, 300, strip - 1, strip, strip + 1, 2*strip + 77}).Draw(t, "documents")
		random := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0))
		lengths := make([]uint16, n)
		for i := range lengths {
			lengths[i] = uint16(random.UintN(400))
		}
		parts := make([]float64, 400)
		for i := range parts {
			parts[i] = lengthPart(uint16(i), 171.3)
		}
		p := &probe{}
		want := make([]float64, n)
		for range rapid.IntRange(0, 12).Draw(t, "terms") {
			var l plainList
			share := []float64{.00002, .001, .03, .4, 1}[random.IntN(5)]
			weight := random.Float64() * 9
			for d := range n {
				if random.Float64() >= share {
					continue
				}
				f := uint8(1)
				if random.IntN(5) == 0 {
					f = uint8(random.UintN(256))
				}
				l.docs, l.freqs = append(l.docs, uint32(d)), append(l.freqs, f)
				w, x := weight*(bm25K1+1), float64(f&maxFrequency)
				want[d] += w * x / (x + parts[lengths[d]])
			}
			p.terms = append(p.terms, probeTerm{weight: weight, lists: []*postings{l.pack(t)}})
		}
		sum := addings.Get().(*adding)
		defer sum.end()
		sum.begin(p, 0)
		for first := 0; first < n; first += strip {
			end := min(first+strip, n)
			got := sum.add(uint32(first), uint32(end), lengths, parts)
			if !slices.Equal(got, want[first:end]) {
				t.Fatalf("documents from %d to %d of %d differ", first, end, n)
			}
			clear(got)
		}
	})
}

// foreignList is a list as a damaged file may give it: in any order, with any numbers.
type foreignList struct {
	segment.PostingsList
	docs, freqs []uint64
}

func (l *foreignList) Count() uint64 { return uint64(len(l.docs)) }

func (l *foreignList) Iterator(bool, bool, bool, segment.PostingsIterator) segment.PostingsIterator {
	return &foreignIterator{l: l}
}

type foreignIterator struct {
	segment.PostingsIterator
	l  *foreignList
	at int
}

type foreignPosting struct {
	segment.Posting
	doc, freq uint64
}

func (p foreignPosting) Number() uint64    { return p.doc }
func (p foreignPosting) Frequency() uint64 { return p.freq }

func (i *foreignIterator) Next() (segment.Posting, error) {
	if i.at == len(i.l.docs) {
		return nil, nil //nolint:nilnil // as Bleve ends a list
	}
	i.at++
	return foreignPosting{doc: i.l.docs[i.at-1], freq: i.l.freqs[i.at-1]}, nil
}

// Whatever a file gives for a list, it is packed as it is, without what lies outside
// the segment, or refused as one in disorder.
func FuzzPackedList(f *testing.F) {
	f.Add([]byte{0, 0, 0, 1, 1, 0, 0, 1, 200, 1, 0, 3}, uint16(300))
	f.Add([]byte{5, 0, 0, 1, 4, 0, 0, 1}, uint16(300))
	f.Add([]byte{255, 255, 255, 255, 0, 0, 0, 0}, uint16(1))
	many := make([]byte, 0, 4*300)
	for i := range 300 {
		many = append(many, byte(i), byte(i>>8), byte(i%7/6), byte(i%5))
	}
	f.Add(many, uint16(65535))
	f.Fuzz(func(t *testing.T, data []byte, documents uint16) {
		list := &foreignList{}
		var want plainList
		ordered := true
		for ; len(data) >= 4; data = data[4:] {
			doc, freq := uint64(binary.LittleEndian.Uint16(data)), uint64(data[3])
			if data[2] > 127 {
				doc |= uint64(data[2]) << 40
			}
			list.docs, list.freqs = append(list.docs, doc), append(list.freqs, freq)
			if doc >= uint64(documents) || !ordered {
				continue
			}
			if n := len(want.docs); n > 0 && uint32(doc) <= want.docs[n-1] {
				ordered = false
				continue
			}
			want.docs, want.freqs = append(want.docs, uint32(doc)), append(want.freqs, uint8(freq))
		}
		p := packers.Get().(*packer)
		defer packers.Put(p)
		p.reset()
		if err := p.read(int(documents))(list); (err == nil) != ordered {
			t.Fatalf("ordered: %v, %v", ordered, err)
		}
		if ordered {
			want.agree(t, p.list())
		}
	})
}

// Many ask the cache at once, for more than it holds: each gets the list that it
// asked for, the bound holds, and what is counted is what is there.
func TestTheCacheIsSharedAndBounded(t *testing.T) {
	const limit = 20_000
	c := newPostingCache(limit)
	segments := []*segmentView{{segmentData: &segmentData{id: 1}}, {segmentData: &segmentData{id: 2}}}
	var wait sync.WaitGroup
	for client := range 8 {
		wait.Go(func() {
			random := rand.New(rand.NewPCG(uint64(client), 1))
			for range 3000 {
				n := random.IntN(300)
				k := postingKey{uint64(1 + n%3), string(rune('一' + n))}
				p := c.get(k)
				if p == nil {
					l := plainList{docs: make([]uint32, n), freqs: make([]uint8, n)}
					for i := range n {
						l.docs[i], l.freqs[i] = uint32(i*n), uint8(n)
					}
					p = l.pack(t)
					c.put(k, p)
				}
				if int(p.count) != n || n > 0 && p.documents()[n-1] != uint32((n-1)*n) {
					t.Errorf("%d postings, want %d", p.count, n)
					return
				}
				if random.IntN(100) == 0 {
					c.keep(segments, 1000)
				}
			}
		})
	}
	wait.Wait()
	c.keep(segments, 1000)
	sum := 0
	for k, p := range c.byKey {
		if k.segment > 2 {
			t.Errorf("a list of segment %d", k.segment)
		}
		sum += k.size(p)
	}
	if sum != c.used || c.used > limit || sum == 0 {
		t.Errorf("%d bytes of %d lists, counted %d", sum, len(c.byKey), c.used)
	}
}

// An index that may keep no lists at all answers as one that keeps them.
func TestTheBoundOfTheCacheChangesNoAnswer(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		docs := collection().Draw(t, "docs")
		roomy, tight := openTemp(t), openTemp(t)
		tight.cache = newPostingCache(1)
		for _, x := range []*Index{roomy, tight} {
			for part := range slices.Chunk(docs, 9) {
				if err := x.Apply(t.Context(), Batch{Put: part}); err != nil {
					t.Fatal(err)
				}
			}
		}
		text := chinese(1, 30).Draw(t, "text")
		for range 2 {
			want, err := roomy.Match(t.Context(), Probe{Text: text, Brief: true})
			if err != nil {
				t.Fatal(err)
			}
			got, err := tight.Match(t.Context(), Probe{Text: text, Brief: true})
			if err != nil {
				t.Fatal(err)
			}
			if !slices.EqualFunc(got, want, func(a, b Match) bool { return a.ID == b.ID && a.Score == b.Score }) {
				t.Fatalf("%v, want %v", got, want)
			}
		}
		if len(tight.cache.byKey) > 0 {
			t.Fatal("lists are kept beyond the bound")
		}
	})
}

// What is asked for again and again stays, whatever else comes by.
func TestTheCacheKeepsWhatIsAskedFor(t *testing.T) {
	c := newPostingCache(100_000)
	l := plainList{docs: []uint32{7}, freqs: []uint8{1}}
	wanted := postingKey{1, "wanted"}
	c.put(wanted, l.pack(t))
	for i := range 10_000 {
		c.put(postingKey{2, string(rune('一' + i))}, l.pack(t))
		if c.get(wanted) == nil {
			t.Fatalf("gone after %d others", i)
		}
	}
	if n := len(c.byKey); n < 300 || n > 2000 {
		t.Errorf("%d lists are left", n)
	}
}
