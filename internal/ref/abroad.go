package ref

import (
	"cmp"
	"strings"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"

	"jiebang/internal/codes"
	"jiebang/internal/fault"
)

// A place is where somebody is as far as figures ask: a region of China, or the country of whoever is abroad.

// Abroad stands for all places that are not in China, and Unknown for those of which nothing is known, whose code is empty.
const (
	Abroad  = "abroad"
	Unknown = "unknown"
)

// Country reads the code of a country or region by ISO 3166-1, in two or three letters of any case, and gives the three letters that the
// customs use since 2018 (海关总署公告2018年第42号). Hong Kong, Macao and Taiwan have codes of their own there: HKG, MAC, TWN. Codes of
// three digits are not read: those of the standard and the customs' own of before 2018 are different countries. A code that ISO 3166-3 has among
// those that were withdrawn names no country today and is not read (Withdrawn).
func Country(code string) (string, bool) {
	r, known := country(code)
	if _, gone := withdrawn(r); !known || gone {
		return "", false
	}
	return r.ISO3(), true
}

// Withdrawn tells of a code whether ISO 3166-3 has it among those that were withdrawn, and the codes of the countries that came after, as far as
// they can be told.
func Withdrawn(code string) (after []string, is bool) {
	if after, is = dissolved[strings.ToUpper(code)]; is {
		return after, true
	}
	r, known := country(code)
	if !known {
		return nil, false
	}
	return withdrawn(r)
}

// dissolved are the countries that several came after, some of which the library reads as any other; ISO 3166-3.
var dissolved = map[string][]string{
	"ANT": {"BES", "CUW", "SXM"},
	"CSK": {"CZE", "SVK"},
	"SCG": {"MNE", "SRB"},
	"SUN": {"RUS", "UKR", "BLR", "KAZ", "UZB", "TKM", "KGZ", "TJK", "ARM", "AZE", "GEO", "MDA", "EST", "LVA", "LTU"},
	"YUG": {"BIH", "HRV", "MKD", "MNE", "SRB", "SVN"},
}

func withdrawn(r language.Region) (after []string, is bool) {
	if after, is = dissolved[r.ISO3()]; is {
		return after, true
	}
	if now := r.Canonicalize(); now != r {
		return []string{now.ISO3()}, true
	}
	return nil, false
}

// country reads the code of a country, of today or of before.
func country(code string) (language.Region, bool) {
	r, err := language.ParseRegion(code)
	if err != nil || len(code) != 2 && len(code) != 3 || code[0] <= '9' || !r.IsCountry() || r.ISO3() == "ZZZ" {
		return language.Region{}, false
	}
	if len(code) == 3 && !strings.EqualFold(r.ISO3(), code) {
		return language.Region{}, false
	}
	return r, true
}

// PlaceIn is the place of somebody of whom no more is known than a country, by its three letters: the country, or, for Hong Kong, Macao and
// Taiwan, the region that they are in GB/T 2260, so that each has one place. Of China nothing is known by that.
func PlaceIn(country string) string {
	switch country {
	case "CHN":
		return ""
	case "HKG":
		return "810000"
	case "MAC":
		return "820000"
	case "TWN":
		return "710000"
	}
	return country
}

// IsAbroad tells whether a place is a country that is not China, by the form of its code.
func IsAbroad(place string) bool { return len(place) == 3 }

// InPlace tells whether a place lies in another or is the same; Abroad is around all countries, and Unknown is what has no code.
func InPlace(place, of string) bool {
	switch of {
	case Abroad:
		return IsAbroad(place)
	case Unknown:
		return place == ""
	}
	return place == of || Within(place, of)
}

// PlaceName is what a place is called in Chinese and, of a country abroad, in English; NameOfEN has that of a region.
func PlaceName(place string) (chinese, english string, known bool) {
	switch {
	case place == Abroad:
		return "境外", "Abroad", true
	case IsAbroad(place):
		r, err := language.ParseRegion(place)
		if err != nil {
			return "", "", false
		}
		return display.Regions(language.SimplifiedChinese).Name(r), display.Regions(language.English).Name(r), true
	}
	chinese, known = NameOf(place)
	return chinese, "", known
}

// CheckPlace holds the code of a place that a query names at pointer: a region of any edition, a country, Abroad or Unknown.
func CheckPlace(bad *fault.Fields, code, pointer string) {
	if code == Abroad || code == Unknown {
		return
	}
	if _, err := codes.RegionCode(code); err == nil || !IsAbroad(code) {
		CheckRegion(bad, code, pointer)
		return
	}
	read, known := Country(code)
	bad.Check(known && read == code, pointer, fault.UnknownCountry, "没有国家代码 %[1]s，应为三位大写字母，如 DEU", "There is no country %[1]s; a code has three capital letters, such as DEU", code)
	bad.Check(!known || PlaceIn(code) == code, pointer, fault.UnknownCountry, "%[1]s 不是境外，请用区划代码，如 %[2]s", "%[1]s is not abroad; ask for a region, such as %[2]s",
		code, cmp.Or(PlaceIn(code), "210112"))
}
