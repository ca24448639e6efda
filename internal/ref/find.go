package ref

import (
	"context"
	"maps"
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"

	"jiebang/internal/db"
	"jiebang/internal/fault"
	"jiebang/internal/policy"
	"jiebang/internal/when"
)

// DatedRegion is a region with the editions of the standard that have it under its name.
type DatedRegion struct {
	Region
	FullName string // from the province down, as it was in the last of those editions
	From     when.Day
	To       when.Day // none: the current edition has it
}

// RegionFilter narrows a list of regions; empty fields do not.
type RegionFilter struct {
	Name   string   `query:"name"`   // part of its own name, in Chinese or English
	Parent string   `query:"parent"` // that it lies in directly
	Level  Level    `query:"level"`
	Code   string   `query:"code"`
	On     when.Day `query:"on"`  // as it was on that day; none: as it is today
	All    bool     `query:"all"` // names and codes of all times, and zones of statistics
}

// Regions lists regions in the order of their codes: those that can be chosen on a day, or all that there ever were.
func (s *Service) Regions(_ context.Context, reader policy.Actor, f RegionFilter, p db.Paging) (db.Page[DatedRegion], error) {
	if err := policy.Check(reader, policy.ReferenceRead, policy.Facts{}); err != nil {
		return db.Page[DatedRegion]{}, err
	}
	if f.All && !f.On.IsZero() {
		return db.Page[DatedRegion]{}, fault.InvalidInput.At("query:on", fault.OneOf, "全部时期与某日只填其一", "All times or one day, not both")
	}
	var bad fault.Fields
	for pointer, code := range map[string]string{"query:code": f.Code, "query:parent": f.Parent} {
		if code != "" { // an empty list would say that it is there, and not on that day
			CheckRegion(&bad, code, pointer)
		}
	}
	if err := bad.Err(); err != nil {
		return db.Page[DatedRegion]{}, err
	}
	day := f.On
	if day.IsZero() {
		day = when.DayOf(s.unit.Now())
	}
	return db.InMemory(divisions().find(f, day), p, func(r *DatedRegion) string { return r.Code + r.From.String() })
}

// find gives what passes a filter, by code and first edition.
func (a *atlas) find(f RegionFilter, day when.Day) []DatedRegion {
	part, letters := norm.NFKC.String(strings.Join(strings.Fields(f.Name), "")), fold(f.Name)
	var out []DatedRegion
	for _, code := range slices.Sorted(maps.Keys(a.spans)) {
		level := a.level(code)
		if f.Code != "" && code != f.Code || f.Level != "" && level != f.Level || f.Parent != "" && parentOf(code) != f.Parent ||
			!f.All && level == LevelZone {
			continue
		}
		chosen, _ := RegionOn(code, day)
		for _, s := range a.spans[code] {
			named := strings.Contains(s.name, part) || letters != "" && strings.Contains(englishNames()[s.name].folded, letters)
			if !named || !f.All && s.name != chosen.Name {
				continue
			}
			r := DatedRegion{Region: Region{Code: code, Name: s.name, Level: level, Parent: parentOf(code)}, FullName: a.fullName(code, s.last), From: a.editions[s.first]}
			if s.last < len(a.editions)-1 {
				r.To = a.editions[s.last]
			}
			if !f.All && r.To != (when.Day{}) && r.To.Before(a.editions[max(0, a.edition(day))]) {
				continue // the name came back later
			}
			out = append(out, r)
		}
	}
	return out
}

// fullName is the names from the province down in one edition.
func (a *atlas) fullName(code string, edition int) string {
	r, _ := a.in(code, edition)
	name := r.Name
	for parent := r.Parent; parent != ""; parent = parentOf(parent) {
		if above, ok := a.in(parent, edition); ok {
			name = above.Name + name
		}
	}
	return name
}
