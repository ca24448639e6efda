//go:build unix

package search

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os/signal"
	"syscall"
	"time"
)

// fillDisk lets every write to a file fail for a while, as a full disk does.
func fillDisk(dir string) error {
	signal.Ignore(syscall.SIGXFSZ)
	ctx := context.Background()
	x, err := Open(dir, Options{})
	if err != nil {
		return err
	}
	if err := x.Apply(ctx, Batch{Put: []Document{doc("a", "锂电池回收", "")}, Place: 1}); err != nil {
		return err
	}
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
		return err
	}
	room := func(n uint64) error {
		return syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: n, Max: limit.Max})
	}
	if err := room(1); err != nil {
		return err
	}
	b := Batch{Put: []Document{doc("b", "锂电池梯次利用", "")}, Delete: []string{"a"}, Place: 2}
	if x.Apply(ctx, b) == nil {
		return errors.New("a batch was taken although nothing can be written")
	}
	holds := func(when string, place int64, want string) error {
		page, err := x.Search(ctx, Query{Text: "电池"})
		if err != nil {
			return fmt.Errorf("%s: %w", when, err)
		}
		if ids(page) != want || page.Total != len(page.Hits) || x.Place() != place {
			return fmt.Errorf("%s: found %q at %d", when, ids(page), x.Place())
		}
		return nil
	}
	x.mu.Lock()
	x.checked = -math.MaxInt32 * time.Second // long ago
	x.mu.Unlock()
	if err := holds("while the disk is full", 1, "a"); err != nil {
		return err
	}
	if err := room(limit.Cur); err != nil {
		return err
	}
	if err := x.Apply(ctx, Batch{Put: []Document{doc("c", "电池", "")}, Place: 3}); err != nil {
		return fmt.Errorf("with room again: %w", err)
	}
	// The batch that failed is not on the disk, or stands before this one there.
	want := "c a"
	if x.byID["b"] != nil {
		want = "c b"
	}
	if err := holds("with room again", 3, want); err != nil {
		return err
	}
	if err := x.Close(); err != nil {
		return err
	}
	if x, err = Open(dir, Options{}); err != nil {
		return err
	}
	return holds("opened again", 3, want)
}
