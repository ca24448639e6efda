// Package ref carries the reference data that the project is built with: the administrative divisions of China with
// their history, the calendar of working days, and the registration regimes. README.md in this folder names their
// sources and licences.
//
// It decides what a code was called on a day, what lies in what, what "local" means for a city, and which regime an
// application falls under. It leaves to its callers the zones of a city's own making, which have no code in the national
// standard (ask about their parent instead), and all data that an operator keeps.
package ref

import (
	"slices"
	"strings"

	"jiebang/internal/codes"
	"jiebang/internal/fault"
	"jiebang/internal/when"
)

// Level is the level of a region in the national standard.
type Level string

// The levels. LevelZone is that of a code which only statistics use, mostly of a development area: the standard does not
// have it, its ground belongs to counties with codes of their own, and it is not to be offered for choice. It is known
// here because papers from elsewhere carry it.
const (
	LevelProvince Level = "province"
	LevelCity     Level = "city"
	LevelCounty   Level = "county"
	LevelZone     Level = "zone"
)

// Region is an administrative division by GB/T 2260.
type Region struct {
	Code   string // six digits
	Name   string // its own name, without those above it
	Level  Level
	Parent string // code of the region it lies in; "" for a province
}

// RegionOf returns the region that has this code in the current edition (2023-06-30; Hong Kong, Macao and Taiwan, which
// that edition does not print, are as in the one before).
func RegionOf(code string) (Region, bool) {
	d := divisions()
	return d.in(code, len(d.editions)-1)
}

// RegionOn returns the region as it was on a day: by the latest edition that had appeared, or, for a code that one does
// not have, by the next edition, since a change becomes known in print only after it took place. Between two editions
// both the codes that went and those that came are therefore accepted. A day before the first edition (1980-12-31) has
// no regions.
func RegionOn(code string, day when.Day) (Region, bool) {
	d := divisions()
	i := d.edition(day)
	if i < 0 {
		return Region{}, false
	}
	if r, ok := d.in(code, i); ok {
		return r, true
	}
	return d.in(code, i+1)
}

// FullName returns the names from the province down, such as 辽宁省沈阳市浑南区, by the current edition.
func FullName(code string) (string, bool) {
	r, ok := RegionOf(code)
	name := r.Name
	for r.Parent != "" {
		r, _ = RegionOf(r.Parent) // the current edition lacks none; a test holds it
		name = r.Name + name
	}
	return name, ok
}

// NameOf returns the names from the province down by the current edition, or, for a code that is none there, its own name by the last
// edition that had it.
func NameOf(code string) (string, bool) {
	names := lineage(code)
	slices.Reverse(names)
	return strings.Join(names, ""), len(names) > 0
}

// NameOfEN is NameOf in English, from the region up to the province: Hunnan District, Shenyang, Liaoning.
func NameOfEN(code string) (string, bool) {
	names := lineage(code)
	for i, name := range names {
		names[i] = EnglishName(name)
	}
	return strings.Join(names, ", "), len(names) > 0
}

// lineage is a region's own name and the names of those that it lies in, upward, each by the current edition or the last that had it.
// A code that no edition has gives none.
func lineage(code string) (names []string) {
	for ; code != ""; code = parentOf(code) {
		spans := divisions().spans[code]
		if len(spans) == 0 {
			break
		}
		names = append(names, spans[len(spans)-1].name)
	}
	return names
}

// CheckRegion holds a code that a query names at pointer: of any edition, since records keep the codes of their day.
func CheckRegion(bad *fault.Fields, code, pointer string) {
	if read, err := codes.RegionCode(code); err != nil || read != code {
		bad.Check(false, pointer, fault.RegionCode, "区划代码须为六位数字，如 210112，不能是“%[1]s”", "A region code has six digits, such as 210112; %[1]q is none", code)
		return
	}
	_, known := NameOf(code)
	bad.Check(known, pointer, fault.UnknownRegion, "没有区划代码 %[1]s，请按 GB/T 2260 核对", "There is no region %[1]s in any edition of GB/T 2260", code)
}
