package harvest

import (
	"errors"
	"slices"
	"testing"
)

// What takes too long at once is done by halves, each thing once and in its order; what fails otherwise, or alone, fails.
func TestWhatTakesTooLongIsDoneByHalves(t *testing.T) {
	all, done := make([]int, 500), []int(nil)
	for i := range all {
		all[i] = i
	}
	late := errors.New("too late")
	err := halving(all, func(some []int) (bool, error) {
		if len(some) > 70 {
			return true, late
		}
		done = append(done, some...)
		return false, nil
	})
	if err != nil || !slices.Equal(done, all) {
		t.Errorf("%v, %d of %d done", err, len(done), len(all))
	}
	tried := 0
	for _, always := range []bool{true, false} {
		if err := halving(all[:4], func([]int) (bool, error) { tried++; return always, late }); !errors.Is(err, late) {
			t.Errorf("it fails with %v", err)
		}
	}
	if tried != 3+1 {
		t.Errorf("tried %d times", tried)
	}
}
