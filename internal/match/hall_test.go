package match

import (
	"slices"
	"testing"
	"time"

	"jiebang/search"
)

// A masked owner is found by its city and province, and by nothing narrower.
func TestByWhichRegionsAnOwnerIsFound(t *testing.T) {
	for _, c := range []struct {
		region string
		masked bool
		want   []string
	}{
		{"210106", false, []string{"210000", "210100", "210106"}},
		{"210106", true, []string{"210000", "210100"}},
		{"210100", true, []string{"210000", "210100"}},
		{"110105", false, []string{"110000", "110105"}},
		{"110105", true, []string{"110000"}},
		{"210000", false, []string{"210000"}},
		{"210000", true, nil}, // shown as no city either
		{"", false, nil}, {"", true, nil},
	} {
		if got := within(c.region, c.masked); !slices.Equal(got, c.want) {
			t.Errorf("%s, masked %v: %v, want %v", c.region, c.masked, got, c.want)
		}
	}
}

// The bands of the hall follow one another without a gap, and a moment on a bound is where the description says.
func TestTheBandsOfTheHall(t *testing.T) {
	now := time.Date(2026, 3, 10, 2, 0, 0, 0, time.UTC)
	band := func(of []Band, b search.Bands, value int64) string {
		n := 0
		for n < len(b.Bounds) && value >= b.Bounds[n] {
			n++
		}
		return of[n].Value
	}
	left := divided(BandLeft, keyCloses, LeftBands, closing(now)+1, "")
	for d, want := range map[time.Duration]string{
		time.Second: "within_1_day", 24 * time.Hour: "within_1_day", 24*time.Hour + time.Microsecond: "within_3_days", 72 * time.Hour: "within_3_days",
		7 * 24 * time.Hour: "within_7_days", 30 * 24 * time.Hour: "within_30_days", 30*24*time.Hour + time.Microsecond: "over_30_days",
	} {
		if got := band(LeftBands, left, closing(now.Add(d))); got != want {
			t.Errorf("%v left: %s, want %s", d, got, want)
		}
	}
	reward := divided(BandReward, keyReward, RewardBands, 0, "from_1m")
	for fen, want := range map[int64]string{1: "below_500k", 49_999_999: "below_500k", 50_000_000: "from_500k", 99_999_999: "from_500k", 100_000_000: "from_1m", 500_000_000: "from_5m", 1_000_000_000: "from_10m"} {
		if got := band(RewardBands, reward, fen); got != want {
			t.Errorf("%d fen: %s, want %s", fen, got, want)
		}
	}
	if !slices.Equal(reward.Only, []int{2}) || !slices.IsSorted(reward.Bounds) || !slices.IsSorted(left.Bounds) {
		t.Errorf("%+v, %+v", reward, left)
	}
}
