// Package keeper holds the index that serves and replaces it by another one
// while it goes on serving.
//
// It decides which index of a folder serves, what of an earlier process is
// discarded, and when an index that was replaced is closed and removed. It leaves
// to its caller when to replace an index, what to fill the new one with and when
// that has caught up; and to package search all that an index does.
package keeper

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"

	"jiebang/search"
)

// Keeper holds the index that serves and, while that is being replaced, its
// successor, each in a numbered folder of its own. All methods may be called at
// the same time from several goroutines.
//
// To replace a stale index, fill the one that Successor returns, have both follow
// the same changes, and Swap when it has caught up. Queries that began before the
// swap end on the old index, which is removed after the last of them. Which one
// serves is written in one file that is replaced whole: whenever the process
// dies, the next one finds either the old index or the finished new one, and
// discards what was not finished.
//
// Two indexes take twice the memory and disk of one, until the swap.
type Keeper struct {
	dir     string
	options search.Options
	unlock  func() error

	mu      sync.Mutex
	serving *keptIndex // nil once the Keeper is closed
	next    *keptIndex // nil while there is no successor
	retired []*keptIndex
	last    int // number of the last successor
	removal sync.WaitGroup
}

// keptIndex is one index of a Keeper.
type keptIndex struct {
	*search.Index
	number  int
	dir     string
	queries int // that use it now
}

// currentFile names the folder of the index that serves.
const currentFile = "current"

// Open opens the index in dir that serves, and discards what a process left
// unfinished there: a successor that was not swapped in, and an index that has
// documents but never got a Batch.Place. It fails with search.ErrLocked if someone
// else has the folder.
func Open(dir string, o search.Options) (*Keeper, error) {
	unlock, err := search.Lock(dir)
	if err != nil {
		return nil, err
	}
	k := &Keeper{dir: dir, options: o, unlock: unlock}
	if err := k.open(); err != nil {
		return nil, errors.Join(err, unlock())
	}
	return k, nil
}

func (k *Keeper) open() error {
	number, err := k.current()
	if err != nil {
		return err
	}
	if err := k.discardOthers(number); err != nil {
		return err
	}
	if k.serving, err = k.openNumber(number); err != nil {
		return err
	}
	if k.serving.Place() == 0 && k.serving.Count() > 0 {
		err := errors.Join(k.serving.Close(), os.RemoveAll(k.serving.dir))
		if err == nil {
			k.serving, err = k.openNumber(number)
		}
		return err
	}
	return nil
}

// current reads which index serves. If nothing says so it is a new one of number
// 1, and that is written down before it is made.
func (k *Keeper) current() (int, error) {
	b, err := os.ReadFile(filepath.Join(k.dir, currentFile))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return 0, fmt.Errorf("search: %w", err)
	}
	if n, err := strconv.Atoi(strings.TrimSpace(string(b))); err == nil && n > 0 {
		return n, nil
	}
	if err := k.discardOthers(0); err != nil {
		return 0, err
	}
	return 1, k.writeCurrent(1)
}

// writeCurrent replaces the file whole and makes that durable.
func (k *Keeper) writeCurrent(number int) error {
	name := filepath.Join(k.dir, currentFile)
	err := os.WriteFile(name+".new", []byte(strconv.Itoa(number)+"\n"), 0o600)
	if err == nil {
		err = syncPath(name + ".new")
	}
	if err == nil {
		err = os.Rename(name+".new", name)
	}
	if err == nil {
		err = syncPath(k.dir)
	}
	if err != nil {
		return fmt.Errorf("search: %w", err)
	}
	return nil
}

func syncPath(name string) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// discardOthers removes the folders of all indexes but one, and an index that
// lies in the folder itself.
func (k *Keeper) discardOthers(number int) error {
	entries, err := os.ReadDir(k.dir)
	for _, e := range entries {
		n, notNumber := strconv.Atoi(e.Name())
		if notNumber == nil && n > 0 && n != number {
			err = errors.Join(err, os.RemoveAll(filepath.Join(k.dir, e.Name())))
		}
	}
	if err != nil {
		return fmt.Errorf("search: discard of an index: %w", err)
	}
	return search.Discard(k.dir)
}

func (k *Keeper) openNumber(number int) (*keptIndex, error) {
	dir := filepath.Join(k.dir, strconv.Itoa(number))
	x, err := search.Open(dir, k.options)
	if err != nil {
		return nil, err
	}
	return &keptIndex{Index: x, number: number, dir: dir}, nil
}

// Use returns the index that serves, for as long as the caller does not call
// done. It fails with search.ErrClosed after Close.
func (k *Keeper) Use() (x *search.Index, done func(), err error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	used := k.serving
	if used == nil {
		return nil, nil, search.ErrClosed
	}
	used.queries++
	return used.Index, func() {
		k.mu.Lock()
		defer k.mu.Unlock()
		used.queries--
		k.remove(used)
	}, nil
}

// remove closes a retired index that nobody uses, and removes its folder. The
// caller holds mu.
func (k *Keeper) remove(old *keptIndex) {
	at := slices.Index(k.retired, old)
	if at < 0 || old.queries > 0 {
		return
	}
	k.retired = slices.Delete(k.retired, at, at+1)
	k.removal.Go(func() {
		// What is left behind is discarded by the next process.
		_ = old.Close()
		_ = os.RemoveAll(old.dir)
	})
}

// Successor returns the index that is to replace the serving one; at first an
// empty one.
func (k *Keeper) Successor() (*search.Index, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.serving == nil {
		return nil, search.ErrClosed
	}
	if k.next != nil {
		return k.next.Index, nil
	}
	k.last = max(k.last, k.serving.number) + 1
	number := k.last
	if err := os.RemoveAll(filepath.Join(k.dir, strconv.Itoa(number))); err != nil {
		return nil, fmt.Errorf("search: %w", err)
	}
	next, err := k.openNumber(number)
	if err != nil {
		return nil, err
	}
	k.next = next
	return next.Index, nil
}

// Discard gives up the successor, if there is one; the next is an empty one.
func (k *Keeper) Discard() {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.next == nil {
		return
	}
	old := k.next
	k.next = nil
	k.retired = append(k.retired, old)
	k.remove(old)
}

var errNoSuccessor = errors.New("search: there is no successor to swap in")

// Swap lets the successor serve. It is for the caller to see that no document
// which has left the serving index is in it, and that nobody applies changes
// meanwhile. After an error the old one still serves.
func (k *Keeper) Swap() error {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.serving == nil {
		return search.ErrClosed
	}
	if k.next == nil {
		return errNoSuccessor
	}
	if err := k.writeCurrent(k.next.number); err != nil {
		return err
	}
	old := k.serving
	k.serving, k.next = k.next, nil
	k.retired = append(k.retired, old)
	k.remove(old)
	return nil
}

// Close closes all indexes. Queries that run finish first where they can.
func (k *Keeper) Close() error {
	k.mu.Lock()
	if k.serving == nil {
		k.mu.Unlock()
		return nil
	}
	open := append([]*keptIndex{k.serving}, k.retired...)
	if k.next != nil {
		open = append(open, k.next)
	}
	k.serving, k.next, k.retired = nil, nil, nil
	k.mu.Unlock()
	k.removal.Wait()
	var err error
	for _, x := range open {
		err = errors.Join(err, x.Close())
	}
	return errors.Join(err, k.unlock())
}

// ask runs one call on the index that serves.
func ask[A any](k *Keeper, call func(*search.Index) (A, error)) (A, error) {
	x, done, err := k.Use()
	if err != nil {
		var none A
		return none, err
	}
	defer done()
	a, err := call(x)
	if errors.Is(err, search.ErrDamaged) {
		x.Spoil(err)
	}
	return a, err
}

// The methods below are those of the index that serves.

// Search is Index.Search.
func (k *Keeper) Search(ctx context.Context, q search.Query) (search.Page, error) {
	return ask(k, func(x *search.Index) (search.Page, error) { return x.Search(ctx, q) })
}

// Suggest is Index.Suggest.
func (k *Keeper) Suggest(ctx context.Context, q search.Query) ([]string, error) {
	return ask(k, func(x *search.Index) ([]string, error) { return x.Suggest(ctx, q) })
}

// Match is Index.Match.
func (k *Keeper) Match(ctx context.Context, q search.Probe) ([]search.Match, error) {
	return ask(k, func(x *search.Index) ([]search.Match, error) { return x.Match(ctx, q) })
}

// MatchOutcome is Index.MatchOutcome.
func (k *Keeper) MatchOutcome(ctx context.Context, q search.Probe) (search.Outcome, error) {
	return ask(k, func(x *search.Index) (search.Outcome, error) { return x.MatchOutcome(ctx, q) })
}

// Similar is Index.Similar.
func (k *Keeper) Similar(ctx context.Context, q search.Probe, threshold float64) ([]search.Similar, error) {
	return ask(k, func(x *search.Index) ([]search.Similar, error) { return x.Similar(ctx, q, threshold) })
}

// Apply is Index.Apply. A successor is given its batches by itself.
func (k *Keeper) Apply(ctx context.Context, b search.Batch) error {
	_, err := ask(k, func(x *search.Index) (struct{}, error) { return struct{}{}, x.Apply(ctx, b) })
	return err
}

// Place is Index.Place, 0 after Close.
func (k *Keeper) Place() int64 {
	place, _ := ask(k, func(x *search.Index) (int64, error) { return x.Place(), nil })
	return place
}

// At is Index.At, nothing after Close.
func (k *Keeper) At() (place int64, mark string) {
	_, _ = ask(k, func(x *search.Index) (struct{}, error) { place, mark = x.At(); return struct{}{}, nil })
	return place, mark
}

// Check is Index.Check.
func (k *Keeper) Check() error {
	_, err := ask(k, func(x *search.Index) (struct{}, error) { return struct{}{}, x.Check() })
	return err
}

// Count is Index.Count, 0 after Close.
func (k *Keeper) Count() int {
	n, _ := ask(k, func(x *search.Index) (int, error) { return x.Count(), nil })
	return n
}

// Stale is Index.Stale, false after Close.
func (k *Keeper) Stale() bool {
	stale, _ := ask(k, func(x *search.Index) (bool, error) { return x.Stale(), nil })
	return stale
}

// Outdate is Index.Outdate.
func (k *Keeper) Outdate() error {
	_, err := ask(k, func(x *search.Index) (struct{}, error) { return struct{}{}, x.Outdate() })
	return err
}

// VectorState is Index.VectorState.
func (k *Keeper) VectorState() search.VectorState {
	s, _ := ask(k, func(x *search.Index) (search.VectorState, error) { return x.VectorState(), nil })
	return s
}

// Clear is Index.Clear.
func (k *Keeper) Clear(ctx context.Context) error {
	_, err := ask(k, func(x *search.Index) (struct{}, error) { return struct{}{}, x.Clear(ctx) })
	return err
}
