package codes

import (
	"regexp"
	"testing"
)

func TestEveryTableIsSound(t *testing.T) {
	soundTable(t, "fields", Fields, 11, regexp.MustCompile(`^[a-z]+(_[a-z]+)*$`))
	soundTable(t, "party natures", PartyNatures, 30, regexp.MustCompile(`^([0-4][0-9][0-9]|[a-z]+(_[a-z]+)*)$`))
}

func soundTable[C ~string](t *testing.T, name string, table *Table[C], size int, form *regexp.Regexp) {
	t.Helper()
	if len(table.terms) != size || len(table.byCode) != size {
		t.Errorf("%s: %d terms, %d codes; want %d of each", name, len(table.terms), len(table.byCode), size)
	}
	called := map[string]bool{}
	for _, term := range table.terms {
		if !form.MatchString(string(term.Code)) || term.Chinese == "" || term.English == "" {
			t.Errorf("%s: %+v", name, term)
		}
		for _, word := range []string{term.Chinese, term.English} {
			if called[word] {
				t.Errorf("%s: two terms are called %q", name, word)
			}
			called[word] = true
		}
		if got, ok := table.Get(term.Code); !ok || got != term || !table.Has(term.Code) {
			t.Errorf("%s: Get(%q) = %+v, %v", name, term.Code, got, ok)
		}
	}
	for _, absent := range []string{"", "unheard_of", "999"} {
		if _, ok := table.Get(C(absent)); ok || table.Has(C(absent)) {
			t.Errorf("%s: has %q", name, absent)
		}
	}
}

func TestWhatTheFormCallsThings(t *testing.T) {
	if f, _ := Fields.Get("urban_social"); f.Chinese != "城市建设与社会发展" {
		t.Errorf("urban_social is %+v", f)
	}
	if n, _ := PartyNatures.Get("022"); n.Chinese != "高等院校" {
		t.Errorf("022 is %+v", n)
	}
}

func TestEverySubkindBelongsToAKind(t *testing.T) {
	for subkind, want := range map[ContractSubkind]ContractKind{
		CommissionedDevelopment: Development, CooperativeDevelopment: Development,
		GeneralService: Service, IntermediaryService: Service, TrainingService: Service,
		"unheard_of": "", "": "",
	} {
		if got := subkind.Kind(); got != want {
			t.Errorf("%q belongs to %q, want %q", subkind, got, want)
		}
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
	for _, n := range PartyNatures.terms {
		if g := n.Code.Group(); !PartyNatures.Has(g) || g.Group() != g {
			t.Errorf("%q belongs to %q, which is no group", n.Code, g)
		}
	}
}
