package when

import "testing"

func TestYearsEndOnTheCorrespondingDay(t *testing.T) {
	for from, want := range map[string]string{"2023-12-01": "2026-12-01", "2024-02-29": "2027-02-28", "2025-02-28": "2028-02-28"} {
		if got := MustDay(from).AddYears(3).String(); got != want {
			t.Errorf("three years after %s: %s, want %s", from, got, want)
		}
	}
	if got := MustDay("2024-02-29").AddYears(-4).String(); got != "2020-02-29" {
		t.Error(got)
	}
	if got := MustDay("2026-01-01").EndOfYear().String(); got != "2026-12-31" {
		t.Error(got)
	}
}
