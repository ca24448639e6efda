package work_test

import (
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"jiebang/internal/work"
)

func TestWhatWasReadAMomentAgoIsGoodForASecondAndUntilTheNextWrite(t *testing.T) {
	var commits atomic.Int64
	var elapsed time.Duration
	r := work.NewRecent(commits.Load, 100, work.One[string, int])
	r.Elapsed = func() time.Duration { return elapsed }
	reads := 0
	get := func(want int) {
		t.Helper()
		got, err := r.Get("k", func() (int, error) { reads++; return reads, nil })
		if err != nil || got != want {
			t.Errorf("got %d, %v, want %d", got, err, want)
		}
	}
	get(1)
	elapsed = time.Second - 1
	get(1)
	elapsed = time.Second
	get(2)
	commits.Add(1)
	get(3)
	get(3)
	if _, err := r.Get("other", func() (int, error) { return 0, errors.New("away") }); err == nil {
		t.Error("an error was swallowed")
	}
	if n, total := r.Held(); n != 1 || total != 1 {
		t.Errorf("%d values of %d are remembered", n, total)
	}
	for i := range 1000 {
		_, _ = r.Get(string(rune('a'+i)), func() (int, error) { return 0, nil })
	}
	if n, _ := r.Held(); n > 101 {
		t.Errorf("%d values are remembered", n)
	}
}

// Whoever knows of a write reads nothing from before it.
func TestNobodyReadsWhatWasBeforeAWriteTheyKnowOf(t *testing.T) {
	var commits, stored atomic.Int64
	r := work.NewRecent(commits.Load, 100, work.One[string, int64])
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			for range 5000 {
				known := commits.Load()
				if got, _ := r.Get("k", func() (int64, error) { return stored.Load(), nil }); got < known {
					t.Errorf("read %d after write %d", got, known)
					return
				}
			}
		})
	}
	all.Go(func() {
		for range 2000 {
			stored.Add(1)
			commits.Add(1)
		}
	})
	all.Wait()
}
