package control

import (
	"fmt"
	"testing"

	"github.com/google/uuid"
	"pgregory.net/rapid"
)

func company(name string) Node { return Node{Kind: Company, Name: name, Code: name} }

func holds(holder Node, share int, held string) Link {
	l := Link{Kind: Shares, Holder: holder, Held: company(held), Share: share}
	l.ID = uuid.New()
	return l
}

func TestUnderOneControl(t *testing.T) {
	state, zhang := Node{Kind: State, Name: "市国资委"}, Node{Kind: Person, Name: "张三"}
	represents := func(n Node, kind Kind, held string) Link {
		l := holds(n, 0, held)
		l.Kind = kind
		return l
	}
	for name, c := range map[string]struct {
		links []Link
		a, b  string
		by    string // names of the hands
	}{
		"nothing":                         {nil, "A", "B", ""},
		"parent and subsidiary":           {[]Link{holds(company("A"), 5001, "B")}, "A", "B", "[A]"},
		"half is not more than half":      {[]Link{holds(company("A"), 5000, "B")}, "A", "B", ""},
		"through a chain, in whole":       {[]Link{holds(company("H"), 6000, "M"), holds(company("M"), 6000, "B"), holds(company("H"), 10000, "A")}, "A", "B", "[H]"},
		"arms add up":                     {[]Link{holds(company("A"), 6000, "M"), holds(company("A"), 3000, "B"), holds(company("M"), 2001, "B")}, "A", "B", "[A]"},
		"arms that are not controlled":    {[]Link{holds(company("A"), 5000, "M"), holds(company("A"), 3000, "B"), holds(company("M"), 2001, "B")}, "A", "B", ""},
		"a state holder in common":        {[]Link{holds(state, 10000, "A"), holds(state, 10000, "B")}, "A", "B", ""},
		"a company of the state's":        {[]Link{holds(state, 10000, "H"), holds(company("H"), 9000, "A"), holds(company("H"), 9000, "B")}, "A", "B", "[H]"},
		"one legal representative":        {[]Link{represents(zhang, LegalRepresentative, "A"), represents(zhang, LegalRepresentative, "B")}, "A", "B", "[张三]"},
		"two persons of one name":         {[]Link{represents(Node{Kind: Person, Name: "张三", Mark: "1970"}, LegalRepresentative, "A"), represents(Node{Kind: Person, Name: "张三", Mark: "1985"}, LegalRepresentative, "B")}, "A", "B", ""},
		"actual controller and a holding": {[]Link{represents(zhang, ActualController, "A"), holds(zhang, 4000, "B"), holds(company("A"), 1001, "B")}, "A", "B", "[张三]"},
		"a ring":                          {[]Link{holds(company("A"), 6000, "M"), holds(company("M"), 6000, "B"), holds(company("B"), 4000, "A")}, "A", "B", "[A]"},
		"both of a minority's":            {[]Link{holds(company("H"), 3000, "A"), holds(company("H"), 3000, "B")}, "A", "B", ""},
	} {
		for _, turned := range []bool{false, true} {
			a, b := CompanyKey(c.a), CompanyKey(c.b)
			if turned {
				a, b = b, a
			}
			var by []string
			for _, tie := range common(c.links, a, b) {
				by = append(by, tie.By.Name)
				if len(tie.Links) == 0 {
					t.Errorf("%s: %s without a link", name, tie.By.Name)
				}
			}
			if got := fmt.Sprint(by); got != c.by && (c.by != "" || len(by) > 0) {
				t.Errorf("%s: %s, want %s", name, got, c.by)
			}
		}
	}
}

// What a hand controls never shrinks with more shares, holds itself, and is the least set that is closed: everything in it has more than half
// of it held from within, and nothing outside has.
func TestReachIsTheLeastClosedSet(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		names := []string{"A", "B", "C", "D", "E"}
		left := map[string]int{}
		var links []Link
		for range rapid.IntRange(0, 12).Draw(t, "links") {
			from, to := rapid.SampledFrom(names).Draw(t, "from"), rapid.SampledFrom(names).Draw(t, "to")
			share := rapid.IntRange(1, whole-left[to]+1).Draw(t, "share")
			if from == to || left[to]+share > whole {
				continue
			}
			left[to] += share
			links = append(links, holds(company(from), share, to))
		}
		reached := webOf(links).reach(CompanyKey("A"))
		from := func(to string) (sum int) {
			for _, l := range links {
				if _, in := reached[l.Holder.key()]; in && l.Held.Name == to {
					sum += l.Share
				}
			}
			return sum
		}
		for _, n := range names {
			_, in := reached[CompanyKey(n)]
			switch {
			case n == "A" && !in:
				t.Fatal("a company does not control itself")
			case n != "A" && in != (2*from(n) > whole):
				t.Fatalf("%s: %v with %d of it held from within", n, in, from(n))
			}
		}
		more := webOf(append(links, holds(company("A"), 1, "E"))).reach(CompanyKey("A"))
		for key := range reached {
			if _, there := more[key]; !there {
				t.Fatalf("%s is lost by one share more", key)
			}
		}
	})
}

func TestWhoHoldsAnotherWhole(t *testing.T) {
	for name, c := range map[string]struct {
		links []Link
		want  bool
	}{
		"all of it":                {[]Link{holds(company("A"), 10000, "B")}, true},
		"a hundredth less":         {[]Link{holds(company("A"), 9999, "B")}, false},
		"through a step":           {[]Link{holds(company("A"), 10000, "M"), holds(company("M"), 10000, "B")}, true},
		"through a step with less": {[]Link{holds(company("A"), 6000, "M"), holds(company("M"), 10000, "B")}, false},
		"by two arms":              {[]Link{holds(company("A"), 10000, "M"), holds(company("A"), 4000, "B"), holds(company("M"), 6000, "B")}, true},
		"sisters":                  {[]Link{holds(company("H"), 10000, "A"), holds(company("H"), 10000, "B")}, false},
		"by an agreement":          {[]Link{{Kind: ActualController, Holder: company("A"), Held: company("B")}}, false},
	} {
		got := false
		for _, tie := range common(c.links, CompanyKey("A"), CompanyKey("B")) {
			got = got || tie.Wholly("A", "B")
		}
		if got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}
