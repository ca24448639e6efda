package search

import (
	"math"
	"runtime/debug"
	"testing"
)

// Lists may take more as documents come, up to a share of what the process may use, and
// never less than they always did.
func TestTheCacheGrowsWithDocumentsAndMemory(t *testing.T) {
	before := debug.SetMemoryLimit(-1)
	defer debug.SetMemoryLimit(before)
	debug.SetMemoryLimit(math.MaxInt64)
	if got, want := mostCache(), int(machineMemory()/cacheShare); got != max(want, leastCache) {
		t.Errorf("%d, want %d", got, want)
	}
	debug.SetMemoryLimit(8 << 30)
	c := newPostingCache(0)
	for documents, want := range map[int]int{0: 64 << 20, 400_000: 64 << 20, 700_000: 112_000_000, 1_600_000: 128 << 20} {
		c.keep(nil, documents)
		if c.most != 128<<20 {
			t.Skipf("this machine has less than 8 GiB: %d", c.most)
		}
		if c.limit != want {
			t.Errorf("%d bytes for %d documents, want %d", c.limit, documents, want)
		}
	}
	debug.SetMemoryLimit(1 << 30)
	if got := mostCache(); got != leastCache {
		t.Errorf("%d with a limit of 1 GiB", got)
	}
	fixed := newPostingCache(1000)
	if fixed.keep(nil, 1_600_000); fixed.limit != 1000 {
		t.Errorf("a bound that was given became %d", fixed.limit)
	}
}
