package codes

import (
	"regexp"
	"slices"
	"strconv"
	"testing"
)

func TestEveryTableIsSound(t *testing.T) {
	word := regexp.MustCompile(`^[a-z]+(_[a-z]+)*$`)
	soundTable(t, "contract kinds", ContractKinds, 5, word)
	soundTable(t, "contract subkinds", ContractSubkinds, 5, word)
	soundTable(t, "IP kinds", IPKinds, 10, word)
	soundTable(t, "fields", Fields, 11, word)
	soundTable(t, "party natures", PartyNatures, 30, regexp.MustCompile(`^([0-4][0-9][0-9]|[a-z]+(_[a-z]+)*)$`))

	level := TRL(0)
	for term := range TRLs.All() {
		level++
		if term.Code != level || term.Chinese == "" || term.English == "" {
			t.Errorf("readiness level %d is %+v", level, term)
		}
	}
	if level != 9 {
		t.Errorf("there are %d readiness levels", level)
	}
}

func soundTable[C ~string](t *testing.T, name string, table *Table[C], size int, form *regexp.Regexp) {
	t.Helper()
	terms := slices.Collect(table.All())
	if len(terms) != size || len(table.byCode) != size || len(table.byChinese) != size {
		t.Errorf("%s: %d terms, %d codes, %d Chinese names; want %d of each", name, len(terms), len(table.byCode),
			len(table.byChinese), size)
	}
	english := map[string]bool{}
	for _, term := range terms {
		if !form.MatchString(string(term.Code)) || term.Chinese == "" || term.English == "" {
			t.Errorf("%s: %+v", name, term)
		}
		if english[term.English] {
			t.Errorf("%s: two terms are called %q", name, term.English)
		}
		english[term.English] = true
		if got, ok := table.Get(term.Code); !ok || got != term || !table.Has(term.Code) {
			t.Errorf("%s: Get(%q) = %+v, %v", name, term.Code, got, ok)
		}
		if got, ok := table.Named(" " + term.Chinese + "　"); !ok || got != term {
			t.Errorf("%s: Named(%q) = %+v, %v", name, term.Chinese, got, ok)
		}
	}
	for _, absent := range []string{"", "unheard_of", "999"} {
		if _, ok := table.Get(C(absent)); ok || table.Has(C(absent)) {
			t.Errorf("%s: has %q", name, absent)
		}
		if _, ok := table.Named(absent); ok {
			t.Errorf("%s: has the name %q", name, absent)
		}
	}
}

func TestWhatTheFormCallsThings(t *testing.T) {
	if f, _ := Fields.Get("urban_social"); f.Chinese != "城市建设与社会发展" {
		t.Errorf("urban_social is %+v", f)
	}
	if k, _ := ContractKinds.Named("技术许可"); k.Code != License {
		t.Errorf("技术许可 is %+v", k)
	}
	if n, _ := PartyNatures.Get("022"); n.Chinese != "高等院校" {
		t.Errorf("022 is %+v", n)
	}
	if l, _ := TRLs.Get(4); l.Chinese != "仿真级" {
		t.Errorf("level 4 is %+v", l)
	}
	for _, level := range []TRL{-1, 0, 10} {
		if TRLs.Has(level) {
			t.Errorf("there is a readiness level %s", strconv.Itoa(int(level)))
		}
	}
	if !IPKinds.Has(NoIP) {
		t.Error("the list of IP kinds lacks none")
	}
}

func TestEverySubkindBelongsToAKind(t *testing.T) {
	count := map[ContractKind]int{}
	for s := range ContractSubkinds.All() {
		count[s.Code.Kind()]++
	}
	if count[Development] != 2 || count[Service] != 3 || len(count) != 2 {
		t.Errorf("subkinds by kind: %v", count)
	}
	if k := ContractSubkind("unheard_of").Kind(); k != "" {
		t.Errorf("an unknown subkind belongs to %q", k)
	}
}

func TestPartyNatureGroups(t *testing.T) {
	for nature, want := range map[PartyNature]PartyNature{
		"010": "010", "020": "020", "021": "020", "024": "020", "030": "030",
		"100": "100", "150": "100", "180": "100", "230": "200", "340": "300", "400": "400",
		"natural_person": "natural_person", "foreign": "foreign", "": "", "999": "", "025": "",
	} {
		if got := nature.Group(); got != want {
			t.Errorf("%q belongs to %q, want %q", nature, got, want)
		}
	}
	for n := range PartyNatures.All() {
		if g := n.Code.Group(); !PartyNatures.Has(g) || g.Group() != g {
			t.Errorf("%q belongs to %q, which is no group", n.Code, g)
		}
	}
}
