package search

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime/debug"
	"sync"
	"time"

	"github.com/blevesearch/bleve/v2/index/scorch"
)

// Files of an index that others cut, delete or overwrite while it is open. Bleve maps
// them into memory, so that to read what was cut off is a fault of the process. A
// query reads under guard. The goroutines of Bleve that write and merge recover from
// panics, and a fault becomes one where they have asked for it: they are made to by
// the events that they fire. What has faulted does not go on, which is told to
// whoever waits for it, and the index is for its caller to replace (package keeper).

// Damage tells what is wrong with the files of the index; nil is nothing that was
// noticed.
func (x *Index) Damage() error {
	if found := x.damage.Load(); found != nil {
		return *found
	}
	return nil
}

// Spoil notes that the index is damaged, as an error of a call has told.
func (x *Index) Spoil(err error) { x.damage.CompareAndSwap(nil, &err) }

// Check looks whether the files are still there, as long as they were, and returns
// what Damage does. It reads none of them, so it may be asked every second.
func (x *Index) Check() error {
	if err := x.Damage(); err != nil {
		return err
	}
	v, err := x.acquire()
	if err != nil {
		return err
	}
	defer v.release()
	if _, err := os.Stat(filepath.Join(x.data, rootFile)); err != nil {
		x.Spoil(fmt.Errorf("%w: %w", ErrDamaged, err))
		return x.Damage()
	}
	for _, s := range v.segments {
		file, ok := s.store.Segment().(interface {
			Path() string
			Data() []byte
		})
		if !ok {
			continue // not on disk yet
		}
		info, err := os.Stat(file.Path())
		switch {
		case errors.Is(err, fs.ErrNotExist) && x.merged(file.Path()): // the view is older than a merge
		case err != nil:
			x.Spoil(fmt.Errorf("%w: %w", ErrDamaged, err))
		case info.Size() < int64(len(file.Data())):
			x.Spoil(fmt.Errorf("%w: %s was cut", ErrDamaged, filepath.Base(file.Path())))
		}
	}
	return x.Damage()
}

// merged tells whether a file is of a segment that the store has merged into
// another since.
func (x *Index) merged(path string) bool {
	if !x.writing.TryLock() {
		return true // it is being written: the next look will tell
	}
	defer x.writing.Unlock()
	if x.gone {
		return true
	}
	snapshot, err := x.snapshot()
	if err != nil {
		return true
	}
	defer func() { _ = snapshot.Close() }()
	for _, ss := range snapshot.Segments() {
		if file, ok := ss.Segment().(interface{ Path() string }); ok && file.Path() == path {
			return false
		}
	}
	return true
}

// rootFile is where Bleve keeps which segments there are.
const rootFile = "root.bolt"

// stores are the open indexes by the folders of their stores, for what Bleve tells.
var stores sync.Map // string → *Index

// When the store cannot write it tries again at once, and for ever. So it waits a
// little with each error that it tells of. What ended one of its goroutines is told
// to whoever waits for that.
const (
	callbacksName = "jiebang/search"
	writePause    = 100 * time.Millisecond
)

func init() {
	scorch.RegistryAsyncErrorCallbacks[callbacksName] = func(err error, path string) {
		if x, ok := stores.Load(path); ok && errors.Is(err, scorch.ErrAsyncPanic) {
			x.(*Index).fault(err)
			return
		}
		time.Sleep(writePause)
	}
	scorch.RegistryEventCallbacks[callbacksName] = func(e scorch.Event) bool {
		switch e.Kind {
		case scorch.EventKindPreMergeCheck, scorch.EventKindPurgerCheck: // in the goroutines that merge and that write
			debug.SetPanicOnFault(true)
		}
		return true
	}
}

// fault ends what waits for a goroutine of the store that is no more.
func (x *Index) fault(err error) {
	x.Spoil(fmt.Errorf("%w: %w", ErrDamaged, err))
	x.faultOnce.Do(func() { close(x.faulted) })
}

// closeWithin is how long a store may take to close that has faulted: what it held when
// it did may be held for ever.
const closeWithin = 2 * time.Second

// within runs fn, and leaves it behind when the store faults, or has faulted, and
// does not end within a moment.
func (x *Index) within(fn func() error) error {
	done := make(chan error, 1)
	go func() {
		var err error
		defer func() { done <- err }()
		defer guard(&err)()
		err = fn()
	}()
	select {
	case err := <-done:
		return err
	case <-x.faulted:
	}
	timer := time.NewTimer(closeWithin)
	defer timer.Stop()
	select {
	case err := <-done:
		return err
	case <-timer.C:
		return x.Damage()
	}
}

// unreadable is the error of a file that cannot be read, which was read when it was
// opened: somebody has been at it. That a query's time is up is no damage.
func unreadable(err error, format string, args ...any) error {
	what := fmt.Sprintf(format, args...)
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) || errors.Is(err, ErrDamaged) {
		return fmt.Errorf("search: %s: %w", what, err)
	}
	return fmt.Errorf("%w: %s: %w", ErrDamaged, what, err)
}
