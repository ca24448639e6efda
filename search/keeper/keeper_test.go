package keeper

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"jiebang/search"
)

func openKeeper(t testing.TB, dir string) *Keeper {
	t.Helper()
	k, err := Open(dir, search.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { k.Close() })
	return k
}

// age makes a closed Keeper's index one of an older analysis.
func age(t testing.TB, dir string) {
	t.Helper()
	k := openKeeper(t, dir)
	if err := k.Outdate(); err != nil {
		t.Fatal(err)
	}
	if err := k.Close(); err != nil {
		t.Fatal(err)
	}
}

func apply(t testing.TB, x interface {
	Apply(context.Context, search.Batch) error
}, b search.Batch) {
	t.Helper()
	if err := x.Apply(context.Background(), b); err != nil {
		t.Fatal(err)
	}
}

func found(t testing.TB, x interface {
	Match(context.Context, search.Probe) ([]search.Match, error)
}, text string) []string {
	t.Helper()
	m, err := x.Match(context.Background(), search.Probe{Text: text, Limit: search.MaxMatches, Brief: true})
	if err != nil {
		t.Fatal(err)
	}
	ids := []string{}
	for _, d := range m {
		ids = append(ids, d.ID)
	}
	slices.Sort(ids)
	return ids
}

func doc(id, title, abstract string) search.Document {
	return search.Document{ID: id, Kind: "result", Title: title, Abstract: abstract}
}

func waitFor(t *testing.T, f func() bool) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); !f(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("it did not come")
		}
	}
}

// folders lists the indexes on disk.
func folders(t testing.TB, dir string) []string {
	t.Helper()
	list, err := filepath.Glob(filepath.Join(dir, "[0-9]*"))
	if err != nil {
		t.Fatal(err)
	}
	for i := range list {
		list[i] = filepath.Base(list[i])
	}
	return list
}

func TestAStaleIndexServesUntilItIsReplaced(t *testing.T) {
	dir := t.TempDir()
	k := openKeeper(t, dir)
	if k.Stale() {
		t.Error("a new index is stale")
	}
	apply(t, k, search.Batch{Put: []search.Document{doc("a", "锂电池", ""), doc("b", "锂电池", "")}, Place: 7})
	if err := k.Swap(); err == nil {
		t.Error("swapped without a successor")
	}
	k.Close()
	age(t, dir)

	k = openKeeper(t, dir)
	if !k.Stale() || k.Place() != 7 || len(found(t, k, "锂电池")) != 2 {
		t.Fatalf("stale %v, at %d", k.Stale(), k.Place())
	}
	next, err := k.Successor()
	if err != nil {
		t.Fatal(err)
	}
	if again, _ := k.Successor(); again != next || next.Count() != 0 || next.Stale() {
		t.Error("the successor is not one, empty and up to date")
	}
	apply(t, next, search.Batch{Put: []search.Document{doc("a", "锂电池", ""), doc("c", "锂电池", "")}, Place: 9})
	// Both go on by themselves.
	apply(t, k, search.Batch{Delete: []string{"b"}, Place: 8})
	if got := found(t, k, "锂电池"); !slices.Equal(got, []string{"a"}) {
		t.Errorf("before the swap %v", got)
	}
	old, done, err := k.Use()
	if err != nil {
		t.Fatal(err)
	}
	if err := k.Swap(); err != nil {
		t.Fatal(err)
	}
	if got := found(t, k, "锂电池"); !slices.Equal(got, []string{"a", "c"}) || k.Stale() || k.Place() != 9 {
		t.Errorf("after the swap %v, stale %v, at %d", got, k.Stale(), k.Place())
	}
	if got := found(t, old, "锂电池"); !slices.Equal(got, []string{"a"}) {
		t.Errorf("a query that began before the swap finds %v", got)
	}
	done()
	waitFor(t, func() bool { return slices.Equal(folders(t, dir), []string{"2"}) })
	k.Close()
	if k = openKeeper(t, dir); k.Stale() || k.Place() != 9 {
		t.Errorf("opened again: stale %v, at %d", k.Stale(), k.Place())
	}
}

// Wherever a process dies, the next one finds an index that is whole.
func TestAProcessDiesWhileItReplacesAnIndex(t *testing.T) {
	write := func(dir string) {
		k := openKeeper(t, dir)
		apply(t, k, search.Batch{Put: []search.Document{doc("old", "锂电池", "")}, Place: 7})
		k.Close()
		age(t, dir)
	}
	fill := func(k *Keeper) {
		next, err := k.Successor()
		if err != nil {
			t.Fatal(err)
		}
		apply(t, next, search.Batch{Put: []search.Document{doc("new", "锂电池", "")}, Place: 8})
	}
	for _, tt := range []struct {
		when string
		do   func(dir string)
		want []string
	}{
		{"nothing was done", func(string) {}, []string{"old"}},
		{"the successor was empty", func(dir string) {
			k := openKeeper(t, dir)
			if _, err := k.Successor(); err != nil {
				t.Fatal(err)
			}
			k.Close()
		}, []string{"old"}},
		{"it was full and not swapped", func(dir string) {
			k := openKeeper(t, dir)
			fill(k)
			k.Close()
		}, []string{"old"}},
		{"the swap was half written", func(dir string) {
			k := openKeeper(t, dir)
			fill(k)
			k.Close()
			if err := os.WriteFile(filepath.Join(dir, currentFile+".new"), []byte("2"), 0o600); err != nil {
				t.Fatal(err)
			}
		}, []string{"old"}},
		{"it was swapped and the old one not removed", func(dir string) {
			k := openKeeper(t, dir)
			fill(k)
			k.Close()
			if err := k.writeCurrent(2); err != nil {
				t.Fatal(err)
			}
		}, []string{"new"}},
		{"the file that names the index is damaged", func(dir string) {
			if err := os.WriteFile(filepath.Join(dir, currentFile), []byte("\x00\x00"), 0o600); err != nil {
				t.Fatal(err)
			}
		}, []string{}},
		{"the index was deleted", func(dir string) { os.RemoveAll(filepath.Join(dir, "1")) }, []string{}},
	} {
		t.Run(tt.when, func(t *testing.T) {
			dir := t.TempDir()
			write(dir)
			tt.do(dir)
			k := openKeeper(t, dir)
			if got := found(t, k, "锂电池"); !slices.Equal(got, tt.want) || len(folders(t, dir)) != 1 {
				t.Errorf("found %v in %v, want %v", got, folders(t, dir), tt.want)
			}
			if len(tt.want) == 0 && k.Place() != 0 {
				t.Errorf("at %d without documents", k.Place())
			}
		})
	}
}

func TestAnIndexThatWasNeverWholeIsDiscarded(t *testing.T) {
	dir := t.TempDir()
	k := openKeeper(t, dir)
	apply(t, k, search.Batch{Put: []search.Document{doc("a", "锂电池", "")}})
	k.Close()
	if k = openKeeper(t, dir); k.Count() != 0 {
		t.Errorf("%d documents of a filling that was not finished", k.Count())
	}
}

func TestKeeperIsOnesOwn(t *testing.T) {
	dir := t.TempDir()
	k := openKeeper(t, dir)
	if _, err := Open(dir, search.Options{}); !errors.Is(err, search.ErrLocked) {
		t.Errorf("opened twice: %v", err)
	}
	k.Close()
	if err := k.Close(); err != nil {
		t.Errorf("closed twice: %v", err)
	}
	_, err := k.Match(t.Context(), search.Probe{Text: "电池"})
	_, err2 := k.Successor()
	for _, err := range []error{err, err2, k.Swap(), k.Apply(t.Context(), search.Batch{})} {
		if !errors.Is(err, search.ErrClosed) {
			t.Errorf("after Close: %v", err)
		}
	}
}

// Queries run while the index is replaced again and again, and each sees one that
// is whole.
func TestQueriesRunDuringSwaps(t *testing.T) {
	dir := t.TempDir()
	k := openKeeper(t, dir)
	batch := search.Batch{Place: 1}
	for i := range 20 {
		batch.Put = append(batch.Put, doc(fmt.Sprint(i), "锂电池回收", ""))
	}
	apply(t, k, batch)
	ctx, stop := context.WithCancel(t.Context())
	var workers sync.WaitGroup
	for range 3 {
		workers.Go(func() {
			for ctx.Err() == nil {
				m, err := k.Match(context.Background(), search.Probe{Text: "锂电池", Limit: 50})
				if err != nil || len(m) != 20 {
					t.Errorf("%d matches, %v", len(m), err)
					return
				}
				page, err := k.Search(context.Background(), search.Query{Text: "电池"})
				if err != nil || page.Total != 20 {
					t.Errorf("%d hits, %v", page.Total, err)
					return
				}
			}
		})
	}
	for range 10 {
		next, err := k.Successor()
		if err != nil {
			t.Fatal(err)
		}
		apply(t, next, batch)
		if err := k.Swap(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(5 * time.Millisecond)
	}
	stop()
	workers.Wait()
	waitFor(t, func() bool { return len(folders(t, dir)) == 1 })
}
