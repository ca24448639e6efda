package search

import (
	"errors"
	"fmt"
	"hash/crc32"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"time"

	"github.com/blevesearch/bleve/v2/index/scorch"
	index "github.com/blevesearch/bleve_index_api"
	"github.com/gofrs/flock"

	"jiebang/search/han"
)

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
	data := filepath.Join(dir, dataDir)
	workers := runtime.GOMAXPROCS(0)
	if o.Synonyms == nil {
		o.Synonyms = DefaultSynonyms()
	}
	began := time.Now()
	x := &Index{began: began, unlock: unlock, queue: index.NewAnalysisQueue(workers), slots: make(chan struct{}, workers), data: data, options: o, faulted: make(chan struct{})}
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
	stores.Store(data, x)
	store, err := scorch.NewScorch(scorch.Name, map[string]any{
		"path":         data,
		"bolt_timeout": "1s",

		"asyncErrorCallbackName": callbacksName,
		"eventCallbackName":      callbacksName,
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
		for _, pair := range [][2]string{{keyVersion, o.version()}, {keyFormat, formatVersion}} {
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
	stats, err := x.readAll(snapshot, o.version())
	if err != nil {
		return errors.Join(err, snapshot.Close())
	}
	return x.publish(snapshot, stats)
}

// readAll fills byID from the stored records and counts the statistics.
func (x *Index) readAll(snapshot *scorch.IndexSnapshot, today string) (*statistics, error) {
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
	x.stale.Store(string(version) != today)
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
