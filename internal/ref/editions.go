package ref

import (
	_ "embed"
	"slices"
	"strings"
	"sync"

	"jiebang/internal/when"
)

//go:embed data/gb2260-history.tsv
var historyTSV string

//go:embed data/gb2260-2023.tsv
var currentTSV string

// currentEdition is the month of the last edition; that of the history before it is lastHistory.
const (
	currentEdition = "2023-06"
	lastHistory    = "2019-04"
)

// atlas is every edition of GB/T 2260 that is known, folded together.
type atlas struct {
	editions []when.Day        // the day each edition is of: the last of its month; ascending
	spans    map[string][]span // by code; ascending, and no two of a code overlap
	zones    map[string]bool   // codes of statistics, not of the standard
}

// span says that a code had a name from one edition to another, both included, by their places in atlas.editions.
type span struct {
	name        string
	first, last int
}

var divisions = sync.OnceValue(readAtlas)

// edition returns the place of the latest edition that is not after day, or -1.
func (a *atlas) edition(day when.Day) int {
	i, found := slices.BinarySearchFunc(a.editions, day, when.Day.Compare)
	if found {
		return i
	}
	return i - 1
}

// in returns the region with this code in one edition.
func (a *atlas) in(code string, edition int) (Region, bool) {
	for _, s := range a.spans[code] {
		if s.first <= edition && edition <= s.last {
			return Region{Code: code, Name: s.name, Level: a.level(code), Parent: parentOf(code)}, true
		}
	}
	return Region{}, false
}

func (a *atlas) level(code string) Level {
	switch {
	case a.zones[code]:
		return LevelZone
	case code[2:] == "0000":
		return LevelProvince
	case code[4:] == "00":
		return LevelCity
	}
	return LevelCounty
}

// statisticalOnly are lines of the current table that the ministry's lists never had, besides those whose fifth digit is
// 7: the four management areas of 大兴安岭, the island groups of 三沙, and 大柴旦.
var statisticalOnly = []string{"232761", "232762", "232763", "232764", "460321", "460322", "460323", "632857"}

// noPlace reports lines of the current table that name nothing: headings between a province and its counties, and
// 620201, which repeats the city 嘉峪关, a city without counties, one level down.
func noPlace(code, name string) bool {
	return name == "市辖区" || name == "县" || strings.HasSuffix(name, "直辖县级行政区划") || code == "620201"
}

func readAtlas() *atlas {
	a := &atlas{spans: map[string][]span{}, zones: map[string]bool{}}
	history := rows(historyTSV, 4)
	months := map[string]bool{currentEdition: true}
	for _, r := range history {
		months[editionMonth(r[1])], months[editionMonth(r[2])] = true, true
	}
	place := map[string]int{}
	for _, m := range sortedKeys(months) {
		month, err := when.ParseMonth(m)
		if err != nil {
			panic("ref: " + err.Error())
		}
		place[m] = len(a.editions)
		a.editions = append(a.editions, month.Last())
	}

	for _, r := range history {
		s := span{name: r[3], first: place[editionMonth(r[1])], last: place[editionMonth(r[2])]}
		a.spans[r[0]] = append(a.spans[r[0]], s)
	}
	for code, spans := range a.spans {
		a.spans[code] = untangle(spans)
	}
	a.addCurrent(place[lastHistory], place[currentEdition])
	return a
}

// addCurrent joins the current table to the history.
func (a *atlas) addCurrent(before, now int) {
	for _, r := range rows(currentTSV, 2) {
		code, name := r[0], r[1]
		if noPlace(code, name) {
			continue
		}
		old := a.spans[code]
		if len(old) == 0 && code[4] == '7' || slices.Contains(statisticalOnly, code) {
			a.zones[code] = true
		}
		if n := len(old) - 1; n >= 0 && old[n].last == before && old[n].name == name {
			old[n].last = now
			continue
		}
		a.spans[code] = append(old, span{name: name, first: now, last: now})
	}
	for _, code := range []string{"710000", "810000", "820000"} { // left out by the current table's source
		spans := a.spans[code]
		spans[len(spans)-1].last = now
	}
}

// untangle puts the spans of a code in order. In six codes the source gives two or three names for one edition, slips of
// the printed lists; the name that the code carried through more editions is kept, the earlier one if equal.
func untangle(spans []span) []span {
	slices.SortStableFunc(spans, func(x, y span) int { return x.first - y.first })
	carried := map[string]int{}
	tangled := false
	for i, s := range spans {
		carried[s.name] += s.last - s.first + 1
		tangled = tangled || i > 0 && s.first <= spans[i-1].last
	}
	if !tangled {
		return spans
	}
	var out []span
	for e := spans[0].first; e <= slices.MaxFunc(spans, func(x, y span) int { return x.last - y.last }).last; e++ {
		best := ""
		for _, s := range spans {
			if s.first <= e && e <= s.last && (best == "" || carried[s.name] > carried[best]) {
				best = s.name
			}
		}
		switch n := len(out) - 1; {
		case best == "":
		case n >= 0 && out[n].last == e-1 && out[n].name == best:
			out[n].last = e
		default:
			out = append(out, span{name: best, first: e, last: e})
		}
	}
	return out
}

// editionMonth turns the source's "201904" into "2019-04".
func editionMonth(s string) string { return s[:4] + "-" + s[4:] }
