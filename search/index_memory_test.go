package search

import (
	"math"
	"runtime/debug"
	"testing"
)

// Lists may take a share of what the process may use, and never less than they always did.
func TestTheCacheGrowsWithTheMemory(t *testing.T) {
	before := debug.SetMemoryLimit(-1)
	defer debug.SetMemoryLimit(before)
	debug.SetMemoryLimit(math.MaxInt64)
	all := defaultCacheBytes()
	if want := int(machineMemory() / cacheShare); all != max(want, leastCache) {
		t.Errorf("%d, want %d", all, want)
	}
	debug.SetMemoryLimit(1 << 30)
	if got := defaultCacheBytes(); got != leastCache {
		t.Errorf("%d with a limit of 1 GiB", got)
	}
}
