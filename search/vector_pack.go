package search

import (
	"encoding/binary"
	"math"
)

// packed is a vector of unit length in a byte for each component.
//
// A component is scaled so that the largest is ±63, rounded, and kept with 64
// added: 1 to 127, and 0 in the padding that makes whole groups of sixteen. The
// cosine of two vectors is off by about 0.001 then, far less than two
// models differ by, at a quarter of the memory of 32-bit floats. Seven bits and
// not eight, because four products of two such numbers fit into 16 bits, which
// is what dot lives from.
type packed struct {
	bytes []byte
	sum   int32   // of the components without the 64
	scale float32 // 1 / length of the rounded vector
}

const (
	packBias  = 64
	packLimit = 63
	packGroup = 16
)

// packedSize is the number of bytes for vectors of a dimension.
func packedSize(dimension int) int { return (dimension + packGroup - 1) / packGroup * packGroup }

// pack rounds a vector. ok is false if it has no direction or a component that
// is not finite.
func pack(v []float32) (p packed, ok bool) {
	largest := 0.0
	for _, x := range v {
		largest = max(largest, math.Abs(float64(x)))
	}
	if !(largest > 0) || math.IsInf(largest, 0) {
		return packed{}, false
	}
	p.bytes = make([]byte, packedSize(len(v)))
	squares := 0
	for i, x := range v {
		n := int(math.Round(float64(x) / largest * packLimit))
		p.bytes[i] = byte(n + packBias)
		p.sum += int32(n)
		squares += n * n
	}
	p.scale = float32(1 / math.Sqrt(float64(squares)))
	return p, true
}

// packedProbe is a vector arranged for being compared with many.
type packedProbe struct {
	dimension int
	lanes     []uint64
	// base is what all sums of products have too much because of the 64 added to
	// each component, as far as the probe alone decides.
	base  int64
	scale float64
}

const laneMask = 0x00FF00FF00FF00FF

// prepare puts each four components of the probe into the 16-bit lanes of a
// word, in reverse order: those of even number and those of odd number of each
// eight, as dot takes them out of a row.
func (p packed) prepare(dimension int) packedProbe {
	q := packedProbe{dimension: dimension, lanes: make([]uint64, 0, len(p.bytes)/4), scale: float64(p.scale)}
	for i := 0; i < len(p.bytes); i += 8 {
		var even, odd uint64
		for k := range 4 {
			even |= uint64(p.bytes[i+2*k]) << (16 * (3 - k))
			odd |= uint64(p.bytes[i+2*k+1]) << (16 * (3 - k))
		}
		q.lanes = append(q.lanes, even, odd)
	}
	q.base = packBias*int64(p.sum) + packBias*packBias*int64(dimension)
	return q
}

// dot is the sum of products of a row's bytes with the probe's.
//
// The product of two words is a sum over pairs of their lanes, and what lands in
// its highest lane is the pairs whose numbers add up to three. With one side in
// reverse order these are the four products wanted; no lane below ever reaches
// 2^16, so nothing is carried into it. That is four multiplications in one:
// measured twice as fast as a loop over float32 with eight partial sums, and 3.6
// times as fast as one over int8 with four.
func dot(row []byte, lanes []uint64) uint64 {
	var a, b uint64
	for len(row) >= packGroup && len(lanes) >= packGroup/4 {
		x, y := binary.LittleEndian.Uint64(row), binary.LittleEndian.Uint64(row[8:])
		a += ((x & laneMask) * lanes[0]) >> 48
		b += ((x >> 8 & laneMask) * lanes[1]) >> 48
		a += ((y & laneMask) * lanes[2]) >> 48
		b += ((y >> 8 & laneMask) * lanes[3]) >> 48
		row, lanes = row[packGroup:], lanes[packGroup/4:]
	}
	return a + b
}

// cosine compares a row, of the same dimension, with the probe: -1 to 1 up to
// rounding.
func (q *packedProbe) cosine(row []byte, sum int32, scale float32) float64 {
	n := int64(dot(row, q.lanes)) - q.base - packBias*int64(sum)
	return float64(n) * q.scale * float64(scale)
}
