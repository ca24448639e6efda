package search

import (
	"testing"
)

// Whatever is typed finds documents once each, highlights inside their text, and
// gives the same pages one by one as all at once.
func FuzzSearch(f *testing.F) {
	x := library(f)
	named := doc("named", "PCB回流焊", "印制电路板")
	named.Names = []string{"清华大学(深圳)研究院", "3M公司"}
	put(f, x, named)
	for _, s := range []string{"", "qhdx 电池", "印制电路板 -铅", "清华大学电池", `"3D打印"pcb`, "锂、电 igtb", "𠮷 铁", "\xff电"} {
		f.Add(s, uint8(2))
	}
	f.Fuzz(func(t *testing.T, text string, limit uint8) {
		all, err := x.Search(t.Context(), Query{Text: text, Facets: []string{"field", FacetKind}, Limit: MaxPage})
		if err != nil {
			t.Fatal(err)
		}
		if all.Total != len(all.Hits) || all.After != "" {
			t.Fatalf("%d hits of %d", len(all.Hits), all.Total)
		}
		counted := 0
		for _, c := range all.Facets[FacetKind] {
			counted += c.Count
		}
		if counted != all.Total {
			t.Fatalf("facets count %d of %d", counted, all.Total)
		}
		var want []string
		for _, h := range all.Hits {
			checkFragments(t, h)
			want = append(want, h.ID)
		}
		got := pages(t, x, Query{Text: text, Limit: int(limit%4) + 1})
		if len(got) != len(want) {
			t.Fatalf("pages give %v, one page %v", got, want)
		}
		for i := range got {
			if got[i] != want[i] {
				t.Fatalf("pages give %v, one page %v", got, want)
			}
		}
		p := parseQuery(text)
		if err := p.expand(DefaultSynonyms(), x.current.names, x.current.hasWord); err != nil {
			t.Fatal(err)
		}
		checkUnits(t, &p)
	})
}
