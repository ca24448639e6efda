package ref

import (
	"testing"

	"pgregory.net/rapid"
)

func TestCity(t *testing.T) {
	for code, want := range map[string]string{
		"210112": "210100",
		"210100": "210100",
		"210000": "", "210001": "",
		"212100": "212100", // a prefecture of 1983
		"410173": "410100", // a zone of statistics
		"110105": "110000", "110100": "110000", "110000": "110000",
		"120225": "120000", "310115": "310000", "500229": "500000", "500200": "500000",
		"419001": "419001", "429004": "429004", // 济源 and 仙桃 are their own city level
		"419000": "",
		"810000": "", "710000": "",
		"": "", "2101": "", "21011x": "", "沈阳": "", "210112000000": "",
	} {
		if got := City(code); got != want {
			t.Errorf("City(%q) = %q, want %q", code, got, want)
		}
	}
}

func TestLocal(t *testing.T) {
	const shenyang = "210100"
	for _, c := range []struct {
		code, city   string
		local, known bool
	}{
		{"210100", shenyang, true, true},
		{"210112", shenyang, true, true},
		{"210122", shenyang, true, true}, // a county that is gone
		{"210199", shenyang, true, true}, // a code of no table, whose digits still say the city
		{"210200", shenyang, false, true},
		{"210211", shenyang, false, true},
		{"210000", shenyang, false, false}, // somewhere in the province
		{"220000", shenyang, false, true},  // surely not here
		{"220101", shenyang, false, true},
		{"110000", shenyang, false, true},
		{"810000", shenyang, false, true},
		{"990000", shenyang, false, false}, // no such province: not a place at all
		{"", shenyang, false, false},
		{"2101", shenyang, false, false},
		{"CHN", shenyang, false, false},

		{"310115", "310000", true, true}, // for a municipality the province is the city
		{"310000", "310000", true, true},
		{"310100", "310000", true, true},
		{"310115", "310100", true, true},
		{"500229", "500000", true, true},
		{"429004", "429005", false, true}, // 仙桃 and 潜江 share four digits and are two cities
		{"429004", "429004", true, true},
		{"429000", "429004", false, false},
		{"419000", "410100", false, false},
		{"210112", "210000", false, false}, // a province is not asked about
		{"210112", "", false, false},
		{"210112", "210113", true, true}, // any code of the city stands for it
	} {
		if local, known := Local(c.code, c.city); local != c.local || known != c.known {
			t.Errorf("Local(%q, %q) = %v, %v; want %v, %v", c.code, c.city, local, known, c.local, c.known)
		}
	}
}

func TestWithin(t *testing.T) {
	for _, c := range []struct {
		code, ancestor string
		want           bool
	}{
		{"210112", "210112", true},
		{"210112", "210100", true},
		{"210112", "210000", true},
		{"210100", "210000", true},
		{"210100", "210112", false},
		{"210000", "210100", false},
		{"210112", "210200", false},
		{"210112", "220000", false},
		{"310115", "310000", true},
		{"419001", "410000", true},
		{"429004", "429005", false},
		{"", "", false},
		{"2101", "2101", false},
		{"210112", "", false},
		{"210112", "21", false},
		{"沈阳市", "沈阳市", false},
	} {
		if got := Within(c.code, c.ancestor); got != c.want {
			t.Errorf("Within(%q, %q) = %v", c.code, c.ancestor, got)
		}
	}
}

// For real codes of any day: a code lies in its parent, its city and its province, and those answer alike.
func TestWithinFollowsTheTables(t *testing.T) {
	for code, spans := range divisions().spans {
		province, city := code[:2]+"0000", City(code)
		if !Within(code, province) || city != "" && !Within(code, city) || !Within(code, code) {
			t.Errorf("%s (%v) lies neither in %s nor %s", code, spans, province, city)
		}
		if p := parentOf(code); p != "" && (!Within(code, p) || Within(p, code)) {
			t.Errorf("%s and its parent %s", code, p)
		}
		if local, known := Local(code, "210100"); local != Within(code, "210100") || known != (code != "210000") {
			t.Errorf("Local(%s) = %v, %v", code, local, known)
		}
	}
}

func TestAnyText(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		gen := rapid.OneOf(rapid.StringMatching(`[0-9]{6}`), rapid.StringMatching(`(21|50|42|99)(00|01|90)[0-9]{2}`), rapid.String())
		a, b := gen.Draw(t, "a"), gen.Draw(t, "b")
		if city := City(a); city != "" && City(city) != city {
			t.Fatalf("the city of %q is %q, whose city is %q", a, city, City(city))
		}
		if local, known := Local(a, b); local && (!known || City(a) != City(b)) {
			t.Fatalf("Local(%q, %q) = %v, %v", a, b, local, known)
		}
		if a != b && Within(a, b) && Within(b, a) {
			t.Fatalf("%q and %q lie in each other", a, b)
		}
		RegionOf(a)
		FullName(a)
	})
}
