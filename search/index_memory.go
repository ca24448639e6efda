package search

import "runtime/debug"

// Where Options do not say how much posting lists may take, that grows with the
// documents, a fourth of what these take themselves, up to a share of the memory. In
// the lists of 300 texts that nobody asked before are some 150 bytes for each of
// 400,000 or 1.6 million documents.
const (
	leastCache       = 64 << 20
	cachePerDocument = 160
	cacheShare       = 64
)

// mostCache goes by what this process may use: of the machine, of its control group,
// and of the limit that the Go runtime was given.
func mostCache() int {
	memory := min(machineMemory(), uint64(debug.SetMemoryLimit(-1)))
	return max(leastCache, int(memory/cacheShare))
}
