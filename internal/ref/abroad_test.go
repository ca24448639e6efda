package ref

import (
	"strings"
	"testing"

	"jiebang/internal/fault"
)

func TestAPlaceAbroadIsItsCountry(t *testing.T) {
	for code, want := range map[string][2]string{
		"DEU": {"德国", "Germany"}, "USA": {"美国", "United States"}, Abroad: {"境外", "Abroad"}, "210112": {"辽宁省沈阳市浑南区", ""}, "810000": {"香港特别行政区", ""},
	} {
		chinese, english, known := PlaceName(code)
		if !known || chinese != want[0] || english != want[1] {
			t.Errorf("%s is called %q, %q", code, chinese, english)
		}
	}
	for _, c := range []struct {
		place, of string
		in        bool
	}{{"DEU", Abroad, true}, {"DEU", "DEU", true}, {"DEU", "USA", false}, {"210112", Abroad, false}, {"210112", "210100", true}, {"", Abroad, false}, {"810000", Abroad, false}} {
		if InPlace(c.place, c.of) != c.in {
			t.Errorf("%q in %q: %v", c.place, c.of, !c.in)
		}
	}
	if local, known := Local("DEU", "210100"); local || !known {
		t.Errorf("Germany is local to Shenyang: %v, known: %v", local, known)
	}
	for country, place := range map[string]string{"DEU": "DEU", "HKG": "810000", "MAC": "820000", "TWN": "710000", "CHN": ""} {
		if got := PlaceIn(country); got != place {
			t.Errorf("%s is at %q, want %q", country, got, place)
		}
	}
	for code, wrong := range map[string]bool{"DEU": false, Abroad: false, "210112": false, "XXX": true, "deu": true, "HKG": true, "CHN": true, "219999": true, "2101": true} {
		var bad fault.Fields
		if CheckPlace(&bad, code, "query:buyer_region"); (len(bad) > 0) != wrong {
			t.Errorf("%s: %v", code, bad)
		}
	}
}

// Codes of countries that are no more are not read, and lead to those of today; no list of countries offers them.
func TestWithdrawnCountriesLeadToThoseOfToday(t *testing.T) {
	for code, want := range map[string]string{"DDR": "DEU", "dd": "DEU", "BUR": "MMR", "ZAR": "COD", "TMP": "TLS", "CSK": "CZE SVK", "SCG": "MNE SRB", "YUG": "BIH HRV MKD MNE SRB SVN"} {
		after, gone := Withdrawn(code)
		if _, known := Country(code); known || !gone || strings.Join(after, " ") != want {
			t.Errorf("%s: known %v, withdrawn %v, after it %v", code, known, gone, after)
		}
		for _, c := range after {
			if _, known := Country(c); !known {
				t.Errorf("after %s comes %s, which is no country", code, c)
			}
		}
	}
	for _, code := range []string{"DEU", "de", "HKG", "SSD", "XYZ", ""} {
		if after, gone := Withdrawn(code); gone {
			t.Errorf("%s was withdrawn, after it %v", code, after)
		}
	}
}
