package ref

import (
	"testing"

	"jiebang/internal/when"
)

func TestRegionOf(t *testing.T) {
	for _, want := range []Region{
		{"210000", "辽宁省", LevelProvince, ""},
		{"210100", "沈阳市", LevelCity, "210000"},
		{"210112", "浑南区", LevelCounty, "210100"},
		{"310000", "上海市", LevelProvince, ""},
		{"310115", "浦东新区", LevelCounty, "310000"}, // no line between a municipality and its districts
		{"500229", "城口县", LevelCounty, "500000"},
		{"419001", "济源市", LevelCounty, "410000"}, // directly under the province
		{"620200", "嘉峪关市", LevelCity, "620000"},  // a city without counties
		{"410173", "郑州航空港经济综合实验区", LevelZone, "410100"},
		{"632857", "大柴旦行政委员会", LevelZone, "632800"},
		{"230717", "伊美区", LevelCounty, "230700"}, // new since the history ends
		{"130502", "襄都区", LevelCounty, "130500"}, // renamed
		{"710000", "台湾省", LevelProvince, ""},     // missing in the current table
		{"810000", "香港特别行政区", LevelProvince, ""}, //
		{"820000", "澳门特别行政区", LevelProvince, ""}, //
	} {
		if got, ok := RegionOf(want.Code); !ok || got != want {
			t.Errorf("RegionOf(%s) = %+v, %v; want %+v", want.Code, got, ok, want)
		}
	}
}

func TestHeadingsAndStrangersAreNoRegions(t *testing.T) {
	for _, code := range []string{
		"110100", "120100", "310100", "500100", "500200", // 市辖区, 县
		"419000", "429000", "469000", "659000", // 直辖县级行政区划
		"620201",           // 嘉峪关 a second time
		"210115000", "210", // other lengths
		"210199", "990000", "000000", "", "沈阳市", "２１０１００",
		"220381", "371200", // gone before the current edition
	} {
		if got, ok := RegionOf(code); ok || got != (Region{}) {
			t.Errorf("RegionOf(%q) = %+v, %v", code, got, ok)
		}
		if name, ok := FullName(code); ok || name != "" {
			t.Errorf("FullName(%q) = %q, %v", code, name, ok)
		}
	}
}

func TestARegionHasTheNameOfItsDay(t *testing.T) {
	for _, c := range []struct{ code, day, want string }{
		{"210112", "1999-06-30", "东陵区"},
		{"210112", "2016-11-29", "东陵区"}, // until the edition that prints the new name
		{"210112", "2016-11-30", "浑南区"},
		{"210112", "2026-03-01", "浑南区"},
		{"210113", "2003-01-01", "新城子区"},
		{"210102", "1981-06-01", "和平区"},
		{"210200", "1981-06-01", "旅大市"}, // 大连 had another name
		{"210200", "1985-06-01", "大连市"},
		{"210202", "1981-06-01", "中山区"},
		{"510200", "1990-01-01", "重庆市"}, // before it became a municipality
		{"510202", "1990-01-01", "市中区"},
		{"500103", "2020-01-01", "渝中区"},
		{"211400", "1992-01-01", "锦西市"},
		{"371202", "2018-06-30", "莱城区"},
		{"370116", "2024-01-01", "莱芜区"},
		{"222100", "1981-01-01", ""}, // the edition lacks the prefecture's line, and not its counties
		{"222121", "1981-01-01", "榆树县"},
		{"230123", "2004-12-31", "依兰县"}, // one edition prints a second name too
		{"370902", "1986-01-01", "泰山区"},

		{"220381", "2019-04-29", "公主岭市"},
		{"220381", "2020-12-31", "公主岭市"}, // moved to 长春 in 2020, between two editions:
		{"220184", "2020-12-31", "公主岭市"}, // both codes are accepted
		{"220184", "2019-04-30", "公主岭市"},
		{"220381", "2023-06-30", ""},
		{"220184", "2018-12-31", ""},
		{"210115", "2015-06-30", ""}, // 辽中 was a county, with another code
		{"210122", "2015-06-30", "辽中县"},

		{"410173", "2024-01-01", "郑州航空港经济综合实验区"},
		{"210112", "1980-12-30", ""}, // before the first edition
		{"210112", "1980-12-31", "东陵区"},
		{"999999", "2020-01-01", ""},
	} {
		r, ok := RegionOn(c.code, when.MustDay(c.day))
		if r.Name != c.want || ok != (c.want != "") {
			t.Errorf("RegionOn(%s, %s) = %+v, %v; want %q", c.code, c.day, r, ok, c.want)
		}
	}
	if r, ok := RegionOn("210112", when.Day{}); ok {
		t.Errorf("on no day, 210112 is %+v", r)
	}
}

func TestFullName(t *testing.T) {
	for code, want := range map[string]string{
		"210000": "辽宁省",
		"210100": "辽宁省沈阳市",
		"210112": "辽宁省沈阳市浑南区",
		"110105": "北京市朝阳区",
		"429004": "湖北省仙桃市",
		"659001": "新疆维吾尔自治区石河子市",
		"152921": "内蒙古自治区阿拉善盟阿拉善左旗",
	} {
		if got, ok := FullName(code); !ok || got != want {
			t.Errorf("FullName(%s) = %q, %v; want %q", code, got, ok, want)
		}
	}
}

func TestTheCurrentEditionIsAsItsSourceSays(t *testing.T) {
	d := divisions()
	count := map[Level]int{}
	for code := range d.spans {
		r, ok := RegionOf(code)
		if !ok {
			continue
		}
		count[r.Level]++
		if r.Name == "" || r.Code != code || (r.Parent == "") != (r.Level == LevelProvince) {
			t.Errorf("%+v", r)
		}
		if r.Parent != "" {
			if p, ok := RegionOf(r.Parent); !ok || p.Level == LevelCounty || p.Level == LevelZone {
				t.Errorf("%+v lies in %+v", r, p)
			}
		}
		if today, ok := RegionOn(code, when.MustDay("2026-03-01")); !ok || today != r {
			t.Errorf("%+v is %+v after the last edition", r, today)
		}
	}
	// 31 provinces and the three that the source leaves out; 333 prefectures of the whole country.
	if count[LevelProvince] != 34 || count[LevelCity] != 333 {
		t.Errorf("by level: %v", count)
	}
	// 124 codes with 7 as fifth digit and the eight of statisticalOnly.
	if count[LevelZone] != 132 {
		t.Errorf("%d zones", count[LevelZone])
	}
	// All 3,348 lines are there, but for the nine headings and the second 嘉峪关; three were added.
	if sum := count[LevelProvince] + count[LevelCity] + count[LevelCounty] + count[LevelZone]; sum != 3348-10+3 {
		t.Errorf("%d regions: %v", sum, count)
	}
}

func TestNoCodeHasTwoNamesAtOnce(t *testing.T) {
	d := divisions()
	if len(d.editions) < 60 {
		t.Errorf("%d editions", len(d.editions))
	}
	for i := 1; i < len(d.editions); i++ {
		if !d.editions[i-1].Before(d.editions[i]) {
			t.Errorf("%s stands before %s", d.editions[i-1], d.editions[i])
		}
	}
	for code, spans := range d.spans {
		for i, s := range spans {
			if s.first > s.last || s.last >= len(d.editions) || i > 0 && s.first <= spans[i-1].last {
				t.Errorf("%s: %v", code, spans)
			}
		}
	}
}
