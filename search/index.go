package search

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"github.com/blevesearch/bleve/v2/index/scorch"
	index "github.com/blevesearch/bleve_index_api"
	"github.com/gofrs/flock"

	"jiebang/search/han"
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
	// CacheBytes bounds the memory for decoded posting lists; 0 means 64 MiB.
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

const defaultCacheBytes = 64 << 20

// Names in the folder and keys in Bleve's internal store.
const (
	lockFile = "lock"
	dataDir  = "scorch"

	keyFormat  = "jiebang/format"
	keyVersion = "jiebang/version"
	keyPlace   = "jiebang/place"
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

	data    string // the folder of the store
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

// Open opens the index in dir, which is created if it is missing. An index of
// another format, or that is damaged, is thrown away and begun anew: Place is 0
// then, and the caller gives all documents again. One that another version of the
// analysis made is opened as it is, and Stale says so. A folder that someone else
// has open fails with ErrLocked at once.
func Open(dir string, o Options) (*Index, error) {
	unlock, err := Lock(dir)
	if err != nil {
		return nil, err
	}
	if o.CacheBytes <= 0 {
		o.CacheBytes = defaultCacheBytes
	}
	data := filepath.Join(dir, dataDir)
	workers := runtime.GOMAXPROCS(0)
	if o.Synonyms == nil {
		o.Synonyms = DefaultSynonyms()
	}
	began := time.Now()
	x := &Index{began: began, unlock: unlock, queue: index.NewAnalysisQueue(workers), slots: make(chan struct{}, workers), data: data, options: o}
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
		return nil, errors.Join(err, unlock())
	}
	if o.Embed != nil {
		x.vectors = startVectors(x, o)
	}
	return x, nil
}

// Lock takes the folder dir, which is created if it is missing, until unlock is
// called. It fails with ErrLocked at once if someone else has it. Open does that by
// itself; Lock is for whoever keeps several indexes below dir.
func Lock(dir string) (unlock func() error, err error) {
	if err := os.MkdirAll(dir, 0o750); err != nil {
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
	return lock.Unlock, nil
}

// Discard removes an index that lies in dir itself, if there is one. The caller
// has the Lock of dir.
func Discard(dir string) error {
	if err := os.RemoveAll(filepath.Join(dir, dataDir)); err != nil {
		return fmt.Errorf("search: discard of an index: %w", err)
	}
	return nil
}

var errFormat = errors.New("search: index of another format")

// load opens the store and reads every live document's forward form from it.
// Damage that makes the store panic is an error like any other.
func (x *Index) load(data string, o Options) (err error) {
	store, err := scorch.NewScorch(scorch.Name, map[string]any{
		"path":         data,
		"bolt_timeout": "1s",

		"asyncErrorCallbackName": pauseName,
	}, x.queue)
	if err != nil {
		return fmt.Errorf("search: %w", err)
	}
	opened := false
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("%w: %v", ErrDamaged, p)
		}
		if err != nil && opened {
			err = errors.Join(err, store.Close())
		}
	}()
	_, statErr := os.Stat(data)
	fresh := errors.Is(statErr, os.ErrNotExist)
	if err := store.Open(); err != nil {
		return fmt.Errorf("search: %w", err)
	}
	opened = true
	if fresh {
		for _, pair := range [][2]string{{keyVersion, han.Version}, {keyFormat, formatVersion}} {
			if err := store.SetInternal([]byte(pair[0]), []byte(pair[1])); err != nil {
				return fmt.Errorf("search: %w", err)
			}
		}
	}
	x.store, x.facets, x.names, x.cache = store, newFacetTable(), newNameTable(), newPostingCache(o.CacheBytes)
	x.byID = map[string]*forward{}
	snapshot, err := x.snapshot()
	if err != nil {
		return err
	}
	if x.last, err = snapshot.GetInternal([]byte(keyBatch)); err != nil {
		return fmt.Errorf("search: %w", errors.Join(err, snapshot.Close()))
	}
	stats, err := x.readAll(snapshot)
	if err != nil {
		return errors.Join(err, snapshot.Close())
	}
	return x.publish(snapshot, stats)
}

// number enters a document's facets and names in the tables that documents share.
func (x *Index) number(e *entry) {
	e.forward.set, e.forward.facets = x.facets.set(&e.doc)
	x.names.add(e.doc.Names)
}

// guard turns a panic over files that changed under the index into ErrDamaged.
// They are mapped into memory: what was cut off a file is a fault to read, and
// what was overwritten leads anywhere. Use it as defer guard(&err)().
func guard(err *error) func() {
	before := debug.SetPanicOnFault(true)
	return func() {
		debug.SetPanicOnFault(before)
		if p := recover(); p != nil {
			*err = fmt.Errorf("%w: %v", ErrDamaged, p)
		}
	}
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
	format, err := snapshot.GetInternal([]byte(keyFormat))
	if err != nil {
		return nil, fmt.Errorf("search: %w", err)
	}
	if string(format) != formatVersion {
		return nil, errFormat
	}
	version, err := snapshot.GetInternal([]byte(keyVersion))
	if err != nil {
		return nil, fmt.Errorf("search: %w", err)
	}
	x.stale.Store(string(version) != han.Version)
	stats := newStatistics()
	var buf []han.Token
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
			x.number(&e)
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
func readRecord(ss *scorch.SegmentSnapshot, n uint64) (d Document, err error) {
	defer guard(&err)()
	var id string
	var record []byte
	err = ss.VisitDocument(n, func(field string, _ byte, value []byte, _ []uint64) bool {
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
		return fmt.Errorf("search: %w", errors.Join(err, snapshot.Close()))
	}
	v.place, v.facets, v.names, v.cache, v.slots = place, x.facets, x.names, x.cache, x.slots
	x.mu.Lock()
	old := x.current
	x.current, x.checked = v, time.Since(x.began)
	x.mu.Unlock()
	if old != nil {
		old.release()
	}
	x.cache.keep(v.segments)
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
	x.queue.Close()
	if unlockErr := x.unlock(); err == nil {
		err = unlockErr
	}
	if err != nil {
		return fmt.Errorf("search: close: %w", err)
	}
	return nil
}
