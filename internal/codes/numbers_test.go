package codes

import (
	"errors"
	"testing"
)

func TestRegionCode(t *testing.T) {
	for in, want := range map[string]string{
		"210112": "210112", " 210112\n": "210112", "210000": "210000", "210100": "210100", "419001": "419001", "710000": "710000",
	} {
		if got, err := RegionCode(in); err != nil || got != want {
			t.Errorf("RegionCode(%q) = %q, %v", in, got, err)
		}
	}
	for _, bad := range []string{
		"", "2101", "21011", "2101120", "210112000000", "21011A", "２１０１１２", "-10112", "000000", "000100", "210012", "辽宁",
	} {
		if got, err := RegionCode(bad); !errors.Is(err, ErrRegionCode) || got != "" {
			t.Errorf("RegionCode(%q) = %q, %v", bad, got, err)
		}
	}
}

func TestUsualOfficialNumber(t *testing.T) {
	for number, want := range map[string]bool{
		"2026210100000001":  true,
		"26210101000001":    true,
		"":                  false,
		"262101010000012":   false, // 15
		"2621010100001":     false, // 13
		"20262101000000011": false, // 17
		"2026-210100-00001": false,
		"２６210101000001":    false,
		"26210101000001 ":   false,
		"2026LN0100000001":  false,
	} {
		if got := UsualOfficialNumber(number); got != want {
			t.Errorf("UsualOfficialNumber(%q) = %v", number, got)
		}
	}
}
