package ref

import (
	"maps"
	"slices"
	"strings"
	"sync"
)

// byName are the codes of regions by all ways in which a name leads down to them: 浑南区, 沈阳市浑南区, 辽宁省沈阳市浑南区, 辽宁省浑南区.
var byName = sync.OnceValue(func() map[string][]string {
	out := map[string][]string{}
	for _, code := range slices.Sorted(maps.Keys(divisions().spans)) {
		if divisions().level(code) == LevelZone {
			continue
		}
		names := lineage(code)
		ways := []string{names[0]}
		for _, above := range names[1:] {
			for _, way := range slices.Clone(ways) {
				ways = append(ways, above+way)
			}
		}
		for _, way := range ways {
			if !slices.Contains(out[way], code) {
				out[way] = append(out[way], code)
			}
		}
	}
	return out
})

// countriesByName are the codes of countries by their Chinese names, short ones too.
var countriesByName = sync.OnceValue(func() map[string]string {
	out := map[string]string{"中国": "CHN", "中国大陆": "CHN", "中国香港": "HKG", "香港": "HKG", "中国澳门": "MAC", "澳门": "MAC", "中国台湾": "TWN", "台湾": "TWN"}
	for a := 'A'; a <= 'Z'; a++ {
		for b := 'A'; b <= 'Z'; b++ {
			code, known := Country(string(a) + string(b))
			if name, _, named := PlaceName(code); known && named && out[name] == "" {
				out[name] = code
			}
		}
	}
	return out
})

// CountryNamed is the code of a country by its code or its Chinese name; empty: it is none.
func CountryNamed(name string) string {
	name = strings.TrimSpace(name)
	if code, known := Country(name); known {
		return code
	}
	return countriesByName()[name]
}

// RegionsNamed are the regions that a name may mean, with or without the places that they lie in. Of those that ended and one of today the latter is
// meant.
func RegionsNamed(name string) []string {
	all := byName()[strings.Join(strings.Fields(name), "")]
	var today []string
	for _, code := range all {
		if _, now := RegionOf(code); now {
			today = append(today, code)
		}
	}
	if len(today) > 0 {
		return today
	}
	return all
}
