package operations

import (
	"context"
	"slices"
	"strings"

	"jiebang/api/edge"
	"jiebang/api/wire"
	"jiebang/internal/codes"
	"jiebang/internal/fault"
	"jiebang/internal/ref"
	"jiebang/internal/work"
)

// reference hangs up the lists of codes: the enumerations of the description itself, those that are codes of the trade, and regions.
func reference(e *edge.Edge, r *ref.Service) {
	tables := tablesOf(e.Lists())
	edge.Plain(e, "listReference", func(context.Context, work.Call, struct{}) (wire.ReferenceLists, error) {
		out := wire.ReferenceLists{Items: make([]wire.ReferenceList, len(tables))}
		for i, t := range tables {
			out.Items[i] = wire.ReferenceList{List: t.List, Name: t.Name, NameEn: t.NameEn, Count: len(t.Items)}
		}
		return out, nil
	})
	edge.Plain(e, "getReference", func(_ context.Context, _ work.Call, q struct {
		List string `path:"list"`
	}) (wire.ReferenceTable, error) {
		i := slices.IndexFunc(tables, func(t wire.ReferenceTable) bool { return t.List == q.List })
		if i < 0 {
			return wire.ReferenceTable{}, fault.NotVisible.New()
		}
		return tables[i], nil
	})
	edge.List(e, "listRegions", edge.Kind[ref.DatedRegion, wire.Region]{Wire: writtenRegion}, r.Regions)
}

func tablesOf(lists []edge.TermList) []wire.ReferenceTable {
	natures := wire.ReferenceTable{List: "party_nature", Name: "当事人性质", NameEn: "Nature of a party"}
	for _, t := range codes.PartyNatures.Terms() {
		natures.Items = append(natures.Items, wire.ReferenceTerm{Code: string(t.Code), Name: t.Chinese, NameEn: t.English})
	}
	out := []wire.ReferenceTable{natures}
	for _, l := range lists {
		if l.Name == natures.List {
			continue
		}
		t := wire.ReferenceTable{List: l.Name, Name: l.Chinese, NameEn: l.English}
		for _, term := range l.Terms {
			t.Items = append(t.Items, wire.ReferenceTerm{Code: term.Code, Name: term.Chinese, NameEn: term.English})
		}
		out = append(out, t)
	}
	for _, l := range ref.Lists() {
		t := wire.ReferenceTable{List: l.Name, Name: l.ZH, NameEn: l.EN, Source: wire.Some(l.Source)}
		for _, term := range l.Terms {
			t.Items = append(t.Items, wire.ReferenceTerm{Code: term.Code, Name: term.ZH, NameEn: term.EN, Parent: wire.Some(term.Parent)})
		}
		out = append(out, t)
	}
	slices.SortFunc(out, func(a, b wire.ReferenceTable) int { return strings.Compare(a.List, b.List) })
	return out
}

func writtenRegion(r *ref.DatedRegion) wire.Region {
	return wire.Region{
		Code: r.Code, Name: r.Name, NameEn: r.NameEN(), FullName: r.FullName, Level: wire.PlaceLevel(r.Level), Parent: wire.Some(r.Parent),
		From: wire.DateOf(r.From), To: wire.OptionalDate(r.To),
	}
}
