package search

import (
	"encoding/binary"
	"math/bits"
	"sync"
	"sync/atomic"
)

// postings is a term's list in one segment: documents ascending by local number,
// and the frequency byte of each (see maxFrequency). Deleted documents are in it,
// since a segment never changes and deletions do.
//
// It is kept packed, about 1.2 bytes a posting instead of 5, in blocks of blockLen:
//
//   - a byte with the width of the gaps, and in its lowest bit whether any frequency
//     is not 1,
//   - the gaps between the documents, less 1, each in as many bits as the widest needs,
//   - if any frequency is not 1, a bit for each posting that says whether its is, and
//     those bytes in order.
//
// Before them stands for each block its first document and where it begins, four bytes
// each, so that a document that is looked for is found without unpacking what comes
// before it. All is in one piece, since most lists are short: what a list costs beside
// its postings is most of what they cost together.
type postings struct {
	data  []byte
	count int32
	// asked says that somebody wanted it since the cache last looked for what to drop.
	asked atomic.Bool
	// counted remembers liveCount for one number of deletions in the segment:
	// that number in the upper half, the count in the lower, plus 1 so that 0
	// means nothing is known.
	counted atomic.Uint64
}

const (
	blockLen = 128          // postings; fewer only in the last block
	headLen  = 8            // a block's first document and place
	oddBytes = blockLen / 8 // the bits for frequencies that are not 1
	// packedTail is what unpack may read behind the last gap.
	packedTail = 8
)

type (
	blockDocs  [blockLen]uint32
	blockFreqs [blockLen]uint8
)

var noPostings = &postings{}

// onceEach is a block of frequencies as nearly all are.
var onceEach = func() (f blockFreqs) {
	for i := range f {
		f[i] = 1
	}
	return f
}()

func (p *postings) blocks() int { return (int(p.count) + blockLen - 1) / blockLen }

// len is the number of postings in a block.
func (p *postings) len(b int) int { return min(blockLen, int(p.count)-b*blockLen) }

// first is the first document of a block.
func (p *postings) first(b int) uint32 { return binary.LittleEndian.Uint32(p.data[headLen*b:]) }

// block is what is in data from a block on.
func (p *postings) block(b int) []byte {
	return p.data[binary.LittleEndian.Uint32(p.data[headLen*b+4:]):]
}

// unpack writes the documents of a block to docs, which it returns as far as they
// reach, and what odd gives.
func (p *postings) unpack(b int, docs *blockDocs) (_ []uint32, odd []byte) {
	n, data := p.len(b), p.block(b)
	width, anyOdd := uint(data[0]>>1), data[0]&1 != 0
	data = data[1:]
	mask := uint64(1)<<width - 1
	d := p.first(b)
	docs[0] = d
	bit, i := uint(0), 1
	// A load at a whole byte holds at least 57 bits that are wanted: eight gaps of 7
	// bits, or four of 14.
	switch {
	case width <= 7:
		for ; i+8 <= n; i += 8 {
			v := binary.LittleEndian.Uint64(data[bit>>3:]) >> (bit & 7)
			out := docs[i : i+8 : i+8]
			d += uint32(v&mask) + 1
			out[0] = d
			v >>= width
			d += uint32(v&mask) + 1
			out[1] = d
			v >>= width
			d += uint32(v&mask) + 1
			out[2] = d
			v >>= width
			d += uint32(v&mask) + 1
			out[3] = d
			v >>= width
			d += uint32(v&mask) + 1
			out[4] = d
			v >>= width
			d += uint32(v&mask) + 1
			out[5] = d
			v >>= width
			d += uint32(v&mask) + 1
			out[6] = d
			d += uint32(v>>width&mask) + 1
			out[7] = d
			bit += 8 * width
		}
	case width <= 14:
		for ; i+4 <= n; i += 4 {
			v := binary.LittleEndian.Uint64(data[bit>>3:]) >> (bit & 7)
			out := docs[i : i+4 : i+4]
			d += uint32(v&mask) + 1
			out[0] = d
			v >>= width
			d += uint32(v&mask) + 1
			out[1] = d
			v >>= width
			d += uint32(v&mask) + 1
			out[2] = d
			d += uint32(v>>width&mask) + 1
			out[3] = d
			bit += 4 * width
		}
	}
	for ; i < n; i++ {
		v := binary.LittleEndian.Uint64(data[bit>>3:]) >> (bit & 7)
		d += uint32(v&mask) + 1
		docs[i] = d
		bit += width
	}
	if anyOdd {
		odd = data[(bit+7)>>3:]
	}
	return docs[:n], odd
}

// odd is where the frequencies of a block that are not 1 are: bits for all of its
// postings, and behind them the bytes. Nil if there is none.
func (p *postings) odd(b int) []byte {
	data := p.block(b)
	if data[0]&1 == 0 {
		return nil
	}
	return data[1+(uint(p.len(b)-1)*uint(data[0]>>1)+7)>>3:]
}

// fill writes the frequencies of a block, of which odd is given.
func (freqs *blockFreqs) fill(odd []byte) {
	*freqs = onceEach
	if odd == nil {
		return
	}
	rest := odd[oddBytes:]
	k := 0
	for half := range 2 {
		for m := binary.LittleEndian.Uint64(odd[8*half:]); m != 0; m &= m - 1 {
			freqs[(64*half+bits.TrailingZeros64(m))%blockLen] = rest[k]
			k++
		}
	}
}

// frequency is that of the posting at place i of a block.
func (p *postings) frequency(b, i int) uint8 {
	odd := p.odd(b)
	if odd == nil || odd[i/8]&(1<<(i%8)) == 0 {
		return 1
	}
	low, high := binary.LittleEndian.Uint64(odd), binary.LittleEndian.Uint64(odd[8:])
	rank := 0
	if i < 64 {
		rank = bits.OnesCount64(low & (1<<i - 1))
	} else {
		rank = bits.OnesCount64(low) + bits.OnesCount64(high&(1<<(i-64)-1))
	}
	return odd[oddBytes+rank]
}

// documents are all of the list, unpacked.
func (p *postings) documents() []uint32 {
	out := make([]uint32, 0, p.count)
	var buf blockDocs
	for b := range p.blocks() {
		docs, _ := p.unpack(b, &buf)
		out = append(out, docs...)
	}
	return out
}

// liveCount is the number of documents of the list that are not deleted.
func (p *postings) liveCount(s *segmentView) int {
	if s.gone == 0 {
		return int(p.count)
	}
	if c := p.counted.Load(); c>>32 == uint64(s.gone) && c != 0 {
		return int(uint32(c)) - 1
	}
	n := 0
	var buf blockDocs
	for b := range p.blocks() {
		docs, _ := p.unpack(b, &buf)
		for _, d := range docs {
			if !s.deleted.has(d) {
				n++
			}
		}
	}
	if p != noPostings {
		p.counted.Store(uint64(s.gone)<<32 | uint64(n+1))
	}
	return n
}

// packer makes a list of postings that come one after another.
type packer struct {
	docs  blockDocs
	freqs blockFreqs
	n     int // in the block at hand
	count int32
	heads []byte
	data  []byte
}

var packers = sync.Pool{New: func() any { return new(packer) }}

// add takes a posting in. It refuses a document that does not come after the one
// before.
func (p *packer) add(d uint32, frequency uint8) bool {
	if p.n == blockLen {
		p.close()
	}
	if p.count > 0 && d <= p.docs[(p.n+blockLen-1)%blockLen] {
		return false
	}
	p.docs[p.n], p.freqs[p.n] = d, frequency
	p.n++
	p.count++
	return true
}

// close writes the block at hand.
func (p *packer) close() {
	docs, freqs := p.docs[:p.n], p.freqs[:p.n]
	p.heads = binary.LittleEndian.AppendUint32(p.heads, docs[0])
	p.heads = binary.LittleEndian.AppendUint32(p.heads, uint32(len(p.data)))
	all := uint32(0)
	for i, d := range docs[1:] {
		all |= d - docs[i] - 1
	}
	width := bits.Len32(all)
	var set [oddBytes]byte
	anyOdd := byte(0)
	for i, f := range freqs {
		if f != 1 {
			anyOdd = 1
			set[i/8] |= 1 << (i % 8)
		}
	}
	p.data = append(p.data, byte(width)<<1|anyOdd)
	waiting, n := uint64(0), 0 // bits that fill no byte yet
	for i, d := range docs[1:] {
		waiting |= uint64(d-docs[i]-1) << n
		for n += width; n >= 8; n -= 8 {
			p.data = append(p.data, byte(waiting))
			waiting >>= 8
		}
	}
	if n > 0 {
		p.data = append(p.data, byte(waiting))
	}
	if anyOdd != 0 {
		p.data = append(p.data, set[:]...)
		for _, f := range freqs {
			if f != 1 {
				p.data = append(p.data, f)
			}
		}
	}
	p.n = 0
}

// list is what was added; the packer is empty then.
func (p *packer) list() *postings {
	if p.count == 0 {
		return noPostings
	}
	if p.n > 0 {
		p.close()
	}
	n := len(p.heads)
	list := &postings{count: p.count, data: make([]byte, n+len(p.data)+packedTail)}
	copy(list.data, p.heads)
	copy(list.data[n:], p.data)
	for at := 4; at < n; at += headLen { // what was counted from the first block on
		binary.LittleEndian.PutUint32(list.data[at:], binary.LittleEndian.Uint32(p.heads[at:])+uint32(n))
	}
	p.reset()
	return list
}

func (p *packer) reset() { p.n, p.count, p.heads, p.data = 0, 0, p.heads[:0], p.data[:0] }
