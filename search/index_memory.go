package search

import (
	"math"
	"runtime/debug"
)

// cacheShare is the part of the memory that posting lists may take where Options do
// not say: with eight times leastCache there are 16 GiB.
const (
	cacheShare = 256
	leastCache = 64 << 20
)

// defaultCacheBytes goes by what this process may use: of the machine, of its control
// group, and of the limit that the Go runtime was given. Lists are half of what the
// documents themselves take, so a bound for a small machine is one that a large
// collection runs into; there the lists are read from the disk's cache again.
func defaultCacheBytes() int {
	memory := min(machineMemory(), uint64(debug.SetMemoryLimit(-1)))
	return max(leastCache, int(min(memory/cacheShare, math.MaxInt)))
}
