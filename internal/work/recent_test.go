package work_test

import (
	"errors"
	"slices"
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

func TestOfSeveralOnlyWhatIsNotRememberedIsRead(t *testing.T) {
	var commits atomic.Int64
	r := work.NewRecent(commits.Load, 100, work.One[string, int])
	var asked []string
	some := func(keys ...string) map[string]int {
		t.Helper()
		asked = nil
		got, err := r.Some(keys, func(missing []string) (map[string]int, error) {
			asked = missing
			out := map[string]int{}
			for _, k := range missing {
				if k != "gone" {
					out[k] = len(k)
				}
			}
			return out, nil
		})
		if err != nil {
			t.Error(err)
		}
		return got
	}
	if got := some("a", "bb"); got["a"] != 1 || got["bb"] != 2 || len(asked) != 2 {
		t.Errorf("%v, asked for %v", got, asked)
	}
	if got := some("bb", "ccc", "gone"); len(got) != 2 || got["bb"] != 2 || !slices.Equal(asked, []string{"ccc", "gone"}) {
		t.Errorf("%v, asked for %v", got, asked)
	}
	if got := some("a", "ccc"); len(got) != 2 || asked != nil {
		t.Errorf("%v, asked for %v", got, asked)
	}
	commits.Add(1)
	if some("a", "ccc"); len(asked) != 2 {
		t.Errorf("after a write %v was asked for", asked)
	}
	if _, err := r.Some([]string{"zz"}, func([]string) (map[string]int, error) { return nil, errors.New("away") }); err == nil {
		t.Error("an error was swallowed")
	}
}
