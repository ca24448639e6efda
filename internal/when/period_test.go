package when

import (
	"errors"
	"testing"
)

func TestPeriodsAreReadAsPeopleMeanThem(t *testing.T) {
	for typed, want := range map[string]string{
		"2023-05-06": "2023-05-06 2023-05-06", "2023.5.6": "2023-05-06 2023-05-06", "２０２３年５月６日": "2023-05-06 2023-05-06", "20230506": "2023-05-06 2023-05-06",
		"2023/5/6 14:30": "2023-05-06 2023-05-06", "2023-05-06T08:00:00Z": "2023-05-06 2023-05-06", "2023年5月6日 上午9:05": "2023-05-06 2023-05-06",
		"2023.5": "2023-05-01 2023-05-31", "2023年5月": "2023-05-01 2023-05-31", "2023-02": "2023-02-01 2023-02-28", "2024年2月份": "2024-02-01 2024-02-29", "202312": "2023-12-01 2023-12-31",
		"2026年": "2026-01-01 2026-12-31", "2026年度": "2026-01-01 2026-12-31", "2026": "2026-01-01 2026-12-31",
		"二〇二六年": "2026-01-01 2026-12-31", "二○二六年三月": "2026-03-01 2026-03-31", "二零二六年十二月三十一日": "2026-12-31 2026-12-31", "二〇二六年十月廿一日": "2026-10-21 2026-10-21",
		"二〇二六年一〇月一日": "2026-10-01 2026-10-01", "2026年5月前": "2026-05-01 2026-05-31",
	} {
		got, err := ReadPeriod(typed)
		if err != nil || got.From.String()+" "+got.To.String() != want {
			t.Errorf("%q: %v %v %v, want %s", typed, got.From, got.To, err, want)
		}
	}
}

func TestWhatIsNoTimeIsRefused(t *testing.T) {
	for _, typed := range []string{"", "2026-2-30", "2026.13", "3/1/2026", "26年", "2026年13月", "长期", "45413", "二〇二六", "二〇二六年十三月", "二〇二六年二月三十日", "2023.5-2024.5", "1.5", "2026年5", "99999"} {
		if got, err := ReadPeriod(typed); !errors.Is(err, ErrDay) {
			t.Errorf("%q is read as %v to %v, %v", typed, got.From, got.To, err)
		}
	}
}

func FuzzReadPeriod(f *testing.F) {
	for _, s := range []string{"2023.5", "二〇二六年三月一日", "2026-2-30", "2023年5月6日 上午9:05", "二〇二六年十二月"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, err := ReadPeriod(s)
		if err != nil {
			return
		}
		if got.From.IsZero() || got.To.Before(got.From) || got.To.Since(got.From) > 366 {
			t.Errorf("%q is read as %v to %v", s, got.From, got.To)
		}
		if again, err := ReadPeriod(got.From.String()); err != nil || again != (Period{got.From, got.From}) {
			t.Errorf("%v is read again as %v, %v", got.From, again, err)
		}
	})
}
