package search

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"sync"
	"sync/atomic"
	"time"

	"github.com/blevesearch/bleve/v2/index/scorch"
	index "github.com/blevesearch/bleve_index_api"
)

var (
	// ErrLocked says that another process, or another Index, has the folder.
	ErrLocked = errors.New("search: the index folder is in use")
	// ErrClosed says that the index was closed before the call.
	ErrClosed = errors.New("search: the index is closed")
	// ErrDamaged says that the files of the index changed under it. Opening it
	// again finds out which of it can be kept.
	ErrDamaged = errors.New("search: the index is damaged")
)

// Options are settings of an index; the zero value serves.
type Options struct {
	// Content names what the caller puts in, so that an index that was filled with
	// something else is a stale one.
	Content string
	// CacheBytes bounds the memory for posting lists; 0 means 64 MiB, or 160 bytes a
	// document if that is more and no more than a 64th of the machine's memory.
	CacheBytes int
	// Synonyms are words that a search may find by each other; nil means
	// DefaultSynonyms, new(Synonyms) none.
	Synonyms *Synonyms

	// Embed, when not nil, gives texts their vectors, and similarity takes part in
	// matching. It is called with the texts of documents, while the index is used
	// and in no hurry, and with those of probes that are marked Public. Without it,
	// and whenever it fails, matching goes by the text alone.
	Embed EmbedFunc
	// EmbedWait bounds how long a match waits for the vector of its probe; 0 means
	// 500 ms.
	EmbedWait time.Duration
}

// Names in the folder and keys in Bleve's internal store.
const (
	lockFile = "lock"
	dataDir  = "scorch"

	keyFormat  = "jiebang/format"
	keyVersion = "jiebang/version"
	keyPlace   = "jiebang/place"
	keyMark    = "jiebang/mark"
	keyBatch   = "jiebang/batch"
)

// Index is a collection of documents in one folder. All methods may be called
// at the same time from several goroutines.
type Index struct {
	unlock func() error
	queue  *index.AnalysisQueue
	store  index.Index
	facets *facetTable
	names  *nameTable
	cache  *postingCache
	slots  chan struct{} // see view
	stale  atomic.Bool   // made by another analysis
	// vectors is nil without Options.Embed.
	vectors *vectors

	data string // the folder of the store
	// damage is what was found wrong with its files; faulted is closed when a
	// goroutine of the store ended by it.
	damage    atomic.Pointer[error]
	faulted   chan struct{}
	faultOnce sync.Once

	options Options

	// writing is held by Apply, refresh and Close. It guards what follows.
	writing sync.Mutex
	byID    map[string]*forward
	seen    [math.MaxUint16 + 1]bool
	last    []byte // the mark of the last batch that was applied
	failed  []byte // the mark of a batch that failed, which left the store unusable
	gone    bool   // the store is closed

	// mu guards current, which is nil once the index is closed.
	mu      sync.RWMutex
	current *view
	checked time.Duration // after began, when current was last seen to be the newest
	began   time.Time
}

func (x *Index) snapshot() (*scorch.IndexSnapshot, error) {
	r, err := x.store.Reader()
	if err != nil {
		return nil, fmt.Errorf("search: %w", err)
	}
	return r.(*scorch.IndexSnapshot), nil
}

// publish makes a new view of the snapshot the current one.
func (x *Index) publish(snapshot *scorch.IndexSnapshot, stats *statistics) error {
	place := int64(0)
	if b, err := snapshot.GetInternal([]byte(keyPlace)); err == nil && len(b) == 8 {
		place = int64(binary.BigEndian.Uint64(b))
	}
	mark, err := snapshot.GetInternal([]byte(keyMark))
	if err != nil {
		return fmt.Errorf("search: %w", errors.Join(err, snapshot.Close()))
	}
	v, err := newView(snapshot, x.current, x.byID, stats)
	if err != nil {
		return fmt.Errorf("search: %w", errors.Join(err, snapshot.Close()))
	}
	v.place, v.mark, v.facets, v.names, v.cache, v.slots = place, string(mark), x.facets, x.names, x.cache, x.slots
	x.mu.Lock()
	old := x.current
	x.current, x.checked = v, time.Since(x.began)
	x.mu.Unlock()
	if old != nil {
		old.release()
	}
	x.cache.keep(v.segments, stats.documents)
	return nil
}

// refreshAfter is how old a view gets before a query looks for merges that
// happened behind it. A stale view answers rightly, from more segments.
const refreshAfter = 2 * time.Second

// acquire returns the current view, which the caller releases.
func (x *Index) acquire() (*view, error) {
	x.mu.RLock()
	stale := x.current != nil && time.Since(x.began)-x.checked > refreshAfter
	x.mu.RUnlock()
	if stale && x.writing.TryLock() {
		x.refresh()
		x.writing.Unlock()
	}
	x.mu.RLock()
	defer x.mu.RUnlock()
	if x.current == nil {
		return nil, ErrClosed
	}
	x.current.refs.Add(1)
	return x.current, nil
}

// refresh takes over merged segments. The documents are the same, so a failure
// leaves the old view in place. The caller holds writing.
func (x *Index) refresh() {
	if x.current == nil || x.failed != nil {
		return
	}
	snapshot, err := x.snapshot()
	if err != nil {
		return
	}
	if sameSegments(snapshot, x.current.snapshot) {
		_ = snapshot.Close() // only counts down
		x.mu.Lock()
		x.checked = time.Since(x.began)
		x.mu.Unlock()
		return
	}
	_ = x.publish(snapshot, x.current.stats)
}

func sameSegments(a, b *scorch.IndexSnapshot) bool {
	as, bs := a.Segments(), b.Segments()
	if len(as) != len(bs) {
		return false
	}
	for i := range as {
		if as[i].Segment() != bs[i].Segment() {
			return false
		}
	}
	return true
}

// Place is the position that the last applied batch gave, 0 for a new index.
func (x *Index) Place() int64 {
	place, _ := x.At()
	return place
}

// At is Place together with the Mark that came with it.
func (x *Index) At() (place int64, mark string) {
	x.mu.RLock()
	defer x.mu.RUnlock()
	if x.current == nil {
		return 0, ""
	}
	return x.current.place, x.current.mark
}

// Count is the number of documents.
func (x *Index) Count() int {
	x.mu.RLock()
	defer x.mu.RUnlock()
	if x.current == nil {
		return 0
	}
	return x.current.stats.documents
}

// Close ends the use of the folder. Queries that run finish first where they
// can; later calls get ErrClosed.
func (x *Index) Close() error {
	x.vectors.close()
	x.writing.Lock()
	defer x.writing.Unlock()
	x.mu.Lock()
	v := x.current
	x.current = nil
	x.mu.Unlock()
	if v == nil {
		return nil
	}
	v.release()
	err := x.closeStore()
	stores.CompareAndDelete(x.data, x)
	x.queue.Close()
	if unlockErr := x.unlock(); err == nil {
		err = unlockErr
	}
	if err != nil {
		return fmt.Errorf("search: close: %w", err)
	}
	return nil
}
