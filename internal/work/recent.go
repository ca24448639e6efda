package work

import (
	"sync"
	"time"
)

// remember is how long Recent goes by what it has read.
const remember = time.Second

// Recent remembers what was read a moment ago, so that what many ask for is not read for each of them. It is good while this process
// has written nothing since it began to be read, and for a second at most, because another process may have written. So what
// policy takes from somebody is gone where it was taken at once, and everywhere within that second.
//
// It may hold only what is the same for everybody who asks by the same key; what a reader may see of it is decided each time.
type Recent[K comparable, V any] struct {
	// Elapsed is how long this process has been running; tests set it.
	Elapsed func() time.Duration

	commits func() int64
	most    int // in all, as size counts; then everything is forgotten
	size    func(K, V) int
	mu      sync.RWMutex
	known   map[K]remembered[V]
	total   int
}

type remembered[V any] struct {
	value   V
	commits int64
	since   time.Duration
}

// NewRecent makes a Recent. commits tells how often this process has written (Unit.Commits).
func NewRecent[K comparable, V any](commits func() int64, most int, size func(K, V) int) *Recent[K, V] {
	start := time.Now()
	return &Recent[K, V]{
		Elapsed: func() time.Duration { return time.Since(start) },
		commits: commits, most: most, size: size, known: map[K]remembered[V]{},
	}
}

// Get gives what is remembered under a key, where that is good, and otherwise reads it. An error is not remembered.
func (r *Recent[K, V]) Get(key K, read func() (V, error)) (V, error) {
	// Both are looked at before the reading begins: what is written meanwhile makes it old.
	now := remembered[V]{commits: r.commits(), since: r.Elapsed()}
	r.mu.RLock()
	known, found := r.known[key]
	r.mu.RUnlock()
	if found && known.commits == now.commits && now.since-known.since < remember {
		return known.value, nil
	}
	var err error
	if now.value, err = read(); err != nil {
		return now.value, err
	}
	r.keep(key, now)
	return now.value, nil
}

// Some is Get for several keys at once: read is asked for those that are not remembered, all together, and leaves out what is not there.
func (r *Recent[K, V]) Some(keys []K, read func(missing []K) (map[K]V, error)) (map[K]V, error) {
	now := remembered[V]{commits: r.commits(), since: r.Elapsed()}
	out := make(map[K]V, len(keys))
	var missing []K
	r.mu.RLock()
	for _, key := range keys {
		if known, found := r.known[key]; found && known.commits == now.commits && now.since-known.since < remember {
			out[key] = known.value
		} else {
			missing = append(missing, key)
		}
	}
	r.mu.RUnlock()
	if len(missing) == 0 {
		return out, nil
	}
	found, err := read(missing)
	if err != nil {
		return nil, err
	}
	for key, value := range found {
		out[key], now.value = value, value
		r.keep(key, now)
	}
	return out, nil
}

func (r *Recent[K, V]) keep(key K, now remembered[V]) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.total > r.most {
		clear(r.known)
		r.total = 0
	}
	if old, there := r.known[key]; there {
		r.total -= r.size(key, old.value)
	}
	r.known[key] = now
	r.total += r.size(key, now.value)
}

// Held tells how many values are remembered, and their size in all.
func (r *Recent[K, V]) Held() (values, total int) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return len(r.known), r.total
}

// One counts values instead of bytes.
func One[K, V any](K, V) int { return 1 }
