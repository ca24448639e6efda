package when

import "testing"

func TestDaysAreReadAsPeopleWriteThem(t *testing.T) {
	for in, want := range map[string]string{
		"2026-03-01": "2026-03-01", "2026/3/1": "2026-03-01", "2026.3.1": "2026-03-01", "2026年3月1日": "2026-03-01", "20260301": "2026-03-01",
		"２０２６－３－１": "2026-03-01", "2026 年 03 月 01 日": "2026-03-01", " 2026-3-1 ": "2026-03-01", "2026-03-01 00:00:00": "2026-03-01", "2024/2/29": "2024-02-29",
		"": "", "3/1/2026": "", "26-3-1": "", "2026-02-29": "", "2026-13-1": "", "2026年3月": "", "2026-03": "", "2026-3-1-1": "", "1899-12-31": "", "2026-03-01T08:00:00Z": "",
		"2026/3-1": "", "46082": "", "2026-+3-1": "", "今天": "", "2026-003-01": "",
	} {
		got, err := ReadDay(in)
		if (err == nil) != (want != "") || got.String() != want {
			t.Errorf("%q is read as %s (%v), want %q", in, got, err, want)
		}
	}
}

// What is read is a day, and is read the same again.
func FuzzReadDay(f *testing.F) {
	for _, s := range []string{"2026年3月1日", "2026/3/1", "２０２６.3.1", "20260301", "2026-03-01 0:00"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		d, err := ReadDay(s)
		if err != nil {
			return
		}
		if again, err := ParseDay(d.String()); err != nil || again != d {
			t.Errorf("%q is read as %s, and again as %s (%v)", s, d, again, err)
		}
	})
}
