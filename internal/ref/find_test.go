package ref

import (
	"testing"

	"jiebang/internal/when"
)

func TestRegionsAreFoundAsTheyWereOnADay(t *testing.T) {
	a := divisions()
	names := func(f RegionFilter, day string) (out []string) {
		for _, r := range a.find(f, when.MustDay(day)) {
			out = append(out, r.Code+" "+r.FullName)
		}
		return out
	}
	for _, c := range []struct {
		what string
		f    RegionFilter
		day  string
		want string // the only one; empty: none
	}{
		{"a county of today", RegionFilter{Name: "浑南"}, "2026-11-28", "210112 辽宁省沈阳市浑南区"},
		{"by another name before", RegionFilter{Code: "210112"}, "2010-01-01", "210112 辽宁省沈阳市东陵区"},
		{"a name that is no more", RegionFilter{Name: "东陵"}, "2026-11-28", ""},
		{"and of all times", RegionFilter{Name: "东陵区", All: true}, "2026-11-28", "210112 辽宁省沈阳市东陵区"},
		{"a code that went", RegionFilter{Code: "110103"}, "2026-11-28", ""},
		{"on a day when it was", RegionFilter{Code: "110103"}, "2009-01-01", "110103 北京市崇文区"},
		{"Hong Kong", RegionFilter{Name: "香港"}, "2026-11-28", "810000 香港特别行政区"},
		{"no place", RegionFilter{Name: "市辖区"}, "2026-11-28", ""},
		{"a zone of statistics is not to be chosen", RegionFilter{Code: "410173"}, "2026-11-28", ""},
	} {
		got := names(c.f, c.day)
		if c.want == "" && len(got) != 0 || c.want != "" && (len(got) != 1 || got[0] != c.want) {
			t.Errorf("%s: %q, want %q", c.what, got, c.want)
		}
	}
	if n := len(names(RegionFilter{Level: LevelProvince}, "2026-11-28")); n != 34 {
		t.Errorf("%d provinces", n)
	}
	if n := len(names(RegionFilter{Parent: "210100"}, "2026-11-28")); n != 13 {
		t.Errorf("%d counties of Shenyang", n)
	}
	for _, r := range a.find(RegionFilter{}, when.MustDay("2026-11-28")) {
		if known, ok := RegionOf(r.Code); !ok || known.Name != r.Name || !r.To.IsZero() {
			t.Errorf("%+v is not of today", r)
		}
	}
}
