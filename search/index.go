package search

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"time"

	"github.com/blevesearch/bleve/v2/index/scorch"
	index "github.com/blevesearch/bleve_index_api"
	"github.com/gofrs/flock"
)

var (
	// ErrLocked says that another process, or another Index, has the folder.
	ErrLocked = errors.New("search: the index folder is in use")
	// ErrClosed says that the index was closed before the call.
	ErrClosed = errors.New("search: the index is closed")
)

// Options are settings of an index; the zero value serves.
type Options struct {
	// CacheBytes bounds the memory for decoded posting lists; 0 means 64 MiB.
	CacheBytes int
}

const defaultCacheBytes = 64 << 20

// Names in the folder and keys in Bleve's internal store.
const (
	lockFile = "lock"
	dataDir  = "scorch"

	keyVersion = "jiebang/version"
	keyPlace   = "jiebang/place"
)

// Index is a collection of documents in one folder. All methods may be called
// at the same time from several goroutines.
type Index struct {
	lock   *flock.Flock
	queue  *index.AnalysisQueue
	store  index.Index
	facets *facetTable
	cache  *postingCache
	slots  chan struct{} // see view

	// writing is held by Apply, refresh and Close. It guards byID and seen.
	writing sync.Mutex
	byID    map[string]*forward
	seen    [math.MaxUint16 + 1]bool

	// mu guards current, which is nil once the index is closed.
	mu      sync.RWMutex
	current *view
	checked time.Time
}

// Open opens the index in dir, which is created if it is missing. An index that
// another version of the analysis wrote, or that is damaged, is thrown away and
// begun anew: Place is 0 then, and the caller gives all documents again. A
// folder that someone else has open fails with ErrLocked at once.
func Open(dir string, o Options) (*Index, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, fmt.Errorf("search: %w", err)
	}
	lock := flock.New(filepath.Join(dir, lockFile))
	got, err := lock.TryLock()
	if err != nil {
		return nil, fmt.Errorf("search: lock: %w", err)
	}
	if !got {
		return nil, ErrLocked
	}
	if o.CacheBytes <= 0 {
		o.CacheBytes = defaultCacheBytes
	}
	data := filepath.Join(dir, dataDir)
	workers := runtime.GOMAXPROCS(0)
	x := &Index{lock: lock, queue: index.NewAnalysisQueue(workers), slots: make(chan struct{}, workers)}
	err = x.load(data, o)
	if err != nil {
		if rmErr := os.RemoveAll(data); rmErr != nil {
			err = fmt.Errorf("search: discard of a damaged index: %w", rmErr)
		} else {
			err = x.load(data, o)
		}
	}
	if err != nil {
		x.queue.Close()
		lock.Unlock()
		return nil, err
	}
	return x, nil
}

var errVersion = errors.New("search: index of another analysis version")

// load opens the store and reads every live document's forward form from it.
// Damage that makes the store panic is an error like any other.
func (x *Index) load(data string, o Options) (err error) {
	store, err := scorch.NewScorch(scorch.Name, map[string]any{
		"path":         data,
		"bolt_timeout": "1s",
	}, x.queue)
	if err != nil {
		return fmt.Errorf("search: %w", err)
	}
	opened := false
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("search: damaged index: %v", p)
		}
		if err != nil && opened {
			store.Close()
		}
	}()
	_, statErr := os.Stat(data)
	fresh := errors.Is(statErr, os.ErrNotExist)
	if err := store.Open(); err != nil {
		return fmt.Errorf("search: %w", err)
	}
	opened = true
	if fresh {
		if err := store.SetInternal([]byte(keyVersion), []byte(analysisVersion)); err != nil {
			return fmt.Errorf("search: %w", err)
		}
	}
	x.store, x.facets, x.cache = store, newFacetTable(), newPostingCache(o.CacheBytes)
	x.byID = map[string]*forward{}
	snapshot, err := x.snapshot()
	if err != nil {
		return err
	}
	stats, err := x.readAll(snapshot)
	if err == nil {
		err = x.publish(snapshot, stats)
	} else {
		snapshot.Close()
	}
	return err
}

func (x *Index) snapshot() (*scorch.IndexSnapshot, error) {
	r, err := x.store.Reader()
	if err != nil {
		return nil, fmt.Errorf("search: %w", err)
	}
	return r.(*scorch.IndexSnapshot), nil
}

// readAll fills byID from the stored records and counts the statistics.
func (x *Index) readAll(snapshot *scorch.IndexSnapshot) (*statistics, error) {
	version, err := snapshot.GetInternal([]byte(keyVersion))
	if err != nil {
		return nil, fmt.Errorf("search: %w", err)
	}
	if string(version) != analysisVersion {
		return nil, errVersion
	}
	stats := newStatistics()
	var buf []token
	for _, ss := range snapshot.Segments() {
		if err := verify(ss); err != nil {
			return nil, err
		}
		for it := ss.DocNumbersLive().Iterator(); it.HasNext(); {
			doc, err := readRecord(ss, uint64(it.Next()))
			if err != nil {
				return nil, err
			}
			e := entry{doc: doc}
			buf = e.read(buf)
			e.forward.facets = x.facets.ordinals(&doc)
			x.byID[doc.ID] = e.forward
			stats.count(e.forward, 1, &x.seen)
		}
	}
	return stats, nil
}

// verify compares a segment's file with the checksum that it ends with. Damage
// in a posting list would otherwise show only when a query comes to it.
func verify(ss *scorch.SegmentSnapshot) error {
	file, ok := ss.Segment().(interface {
		Data() []byte
		CRC() uint32
	})
	if !ok {
		return nil // not on disk yet
	}
	if data := file.Data(); len(data) < crc32.Size || crc32.ChecksumIEEE(data[:len(data)-crc32.Size]) != file.CRC() {
		return fmt.Errorf("search: segment %d does not agree with its checksum", ss.Id())
	}
	return nil
}

// readRecord reads a stored document by its number in a segment.
func readRecord(ss *scorch.SegmentSnapshot, n uint64) (Document, error) {
	var id string
	var record []byte
	err := ss.VisitDocument(n, func(field string, _ byte, value []byte, _ []uint64) bool {
		switch field {
		case "_id":
			id = string(value)
		case fieldRecord:
			record = append(record, value...) // value is only valid in here
		}
		return true
	})
	if err != nil {
		return Document{}, fmt.Errorf("search: record %d: %w", n, err)
	}
	if id == "" {
		return Document{}, errRecord
	}
	return decodeRecord(id, record)
}

// publish makes a new view of the snapshot the current one.
func (x *Index) publish(snapshot *scorch.IndexSnapshot, stats *statistics) error {
	place := int64(0)
	if b, err := snapshot.GetInternal([]byte(keyPlace)); err == nil && len(b) == 8 {
		place = int64(binary.BigEndian.Uint64(b))
	}
	v, err := newView(snapshot, x.current, x.byID, stats)
	if err != nil {
		snapshot.Close()
		return fmt.Errorf("search: %w", err)
	}
	v.place, v.facets, v.cache, v.slots = place, x.facets, x.cache, x.slots
	x.mu.Lock()
	old := x.current
	x.current, x.checked = v, time.Now()
	x.mu.Unlock()
	if old != nil {
		old.release()
	}
	x.cache.keep(v.segments)
	return nil
}

// Batch is a set of changes that become visible, and durable, together.
type Batch struct {
	// Put adds documents, or replaces those of the same ID. Of two with one ID
	// the later counts.
	Put []Document
	// Delete removes documents by ID; one that is not there is no error. An ID
	// in both lists is put.
	Delete []string
	// Place is the position in the caller's log of changes up to which the index
	// is complete after this batch. It is written in the same commit.
	Place int64
}

// Apply carries out a batch. When it returns without error the batch is on disk
// and every later query sees it. An error leaves the index as it was, or, when
// the disk failed after the commit, as it will be; applying the batch again is
// right in both cases.
func (x *Index) Apply(ctx context.Context, b Batch) error {
	x.writing.Lock()
	defer x.writing.Unlock()
	if x.current == nil {
		return ErrClosed
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	batch := index.NewBatch()
	entries := make(map[string]*entry, len(b.Put))
	for _, id := range b.Delete {
		if id != "" {
			batch.Delete(id)
		}
	}
	for i, doc := range b.Put {
		if doc.ID == "" {
			return fmt.Errorf("search: document %d of the batch has no ID", i)
		}
		if _, ok := doc.Facets[FacetKind]; ok {
			return fmt.Errorf("search: document %q has a facet %q of its own", doc.ID, FacetKind)
		}
		e := newEntry(doc)
		entries[doc.ID] = e
		batch.Update(e)
	}
	var place [8]byte
	binary.BigEndian.PutUint64(place[:], uint64(b.Place))
	batch.SetInternal([]byte(keyPlace), place[:])
	if err := x.store.Batch(batch); err != nil {
		return fmt.Errorf("search: %w", err)
	}

	stats := x.current.stats.clone()
	for _, id := range b.Delete {
		if old := x.byID[id]; old != nil && entries[id] == nil {
			stats.count(old, -1, &x.seen)
			delete(x.byID, id)
		}
	}
	for id, e := range entries {
		if old := x.byID[id]; old != nil {
			stats.count(old, -1, &x.seen)
		}
		e.forward.facets = x.facets.ordinals(&e.doc)
		stats.count(e.forward, 1, &x.seen)
		x.byID[id] = e.forward
	}
	snapshot, err := x.snapshot()
	if err != nil {
		return err
	}
	return x.publish(snapshot, stats)
}

// refreshAfter is how old a view gets before a query looks for merges that
// happened behind it. A stale view answers rightly, from more segments.
const refreshAfter = 2 * time.Second

// acquire returns the current view, which the caller releases.
func (x *Index) acquire() (*view, error) {
	x.mu.RLock()
	stale := x.current != nil && time.Since(x.checked) > refreshAfter
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
	if x.current == nil {
		return
	}
	snapshot, err := x.snapshot()
	if err != nil {
		return
	}
	if sameSegments(snapshot, x.current.snapshot) {
		snapshot.Close()
		x.mu.Lock()
		x.checked = time.Now()
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
	x.mu.RLock()
	defer x.mu.RUnlock()
	if x.current == nil {
		return 0
	}
	return x.current.place
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
	err := x.store.Close()
	x.queue.Close()
	if unlockErr := x.lock.Unlock(); err == nil {
		err = unlockErr
	}
	if err != nil {
		return fmt.Errorf("search: close: %w", err)
	}
	return nil
}
