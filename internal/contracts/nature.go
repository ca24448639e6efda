package contracts

import (
	"slices"
	"strings"

	"jiebang/internal/codes"
	"jiebang/internal/orgs"
)

// natures are what an organization of a kind may be as a party, by the groups of the form. A university may be a public institution or,
// if it is private, an association; an institute, an agency or a financier may be either of them or an enterprise; partnerships, sole
// proprietorships and branches have no legal personality and are other organizations.
var natures = map[string][]codes.PartyNature{
	"university":      {"020", "030"},
	"institute":       {"020", "030", "100", "200", "300", codes.OtherOrganization},
	"enterprise":      {"100", "200", "300", "400", codes.OtherOrganization},
	"transfer_agency": {"020", "030", "100", "200", "300", "400", codes.OtherOrganization},
	"financier":       {"020", "030", "100", "200", "300", codes.OtherOrganization},
	"government":      {"010", "020", "030", codes.OtherOrganization},
}

// fits tells whether an organization of this kind may be a party of this nature. Of a kind or nature that is not listed nothing is known
// here.
func fits(kind string, nature codes.PartyNature) bool {
	may, listed := natures[kind]
	return !listed || nature.Group() == "" || slices.Contains(may, nature.Group())
}

// fitting names the groups of natures that an organization of this kind may have.
func fitting(kind string) (zh, en string) {
	var chinese, english []string
	for _, n := range natures[kind] {
		if t, known := codes.PartyNatures.Get(n); known {
			chinese, english = append(chinese, t.Chinese), append(english, strings.ToLower(t.English[:1])+t.English[1:])
		}
	}
	return strings.Join(chinese, "、"), strings.Join(english, ", ")
}

// natureOf is what an organization is as a party where the writer does not say: by its kind and, where that leaves it open, by the first
// two characters of its credit code (GB 32100: 11 government, 12 public institution, 51–53 associations, 91 enterprise, 92 individual
// business). It is the group where no more is known.
func natureOf(o *orgs.Organization) codes.PartyNature {
	switch o.Kind {
	case "university":
		return "022"
	case "institute":
		return "021"
	}
	by := natureByCode(o.CreditCode)
	if by != "" && fits(o.Kind, by) {
		return by
	}
	return map[string]codes.PartyNature{"enterprise": "100", "transfer_agency": "100", "financier": "100", "government": "010"}[o.Kind]
}

// natureByCode is what a credit code tells; empty where it does not.
func natureByCode(code string) codes.PartyNature {
	switch {
	case strings.HasPrefix(code, "11"):
		return "010"
	case strings.HasPrefix(code, "12"):
		return "020"
	case strings.HasPrefix(code, "5"):
		return "030"
	case strings.HasPrefix(code, "92"):
		return "400"
	case strings.HasPrefix(code, "9"):
		return "100"
	}
	return ""
}

// natureByName is what the end of a name tells of a body of which nothing else is known.
func natureByName(name string) codes.PartyNature {
	for _, kind := range []struct {
		nature codes.PartyNature
		ends   []string
	}{
		{"022", []string{"大学", "学院", "学校"}}, {"021", []string{"研究院", "研究所", "科学院"}}, {"023", []string{"医院"}}, {"100", []string{"公司", "厂", "集团"}},
	} {
		for _, end := range kind.ends {
			if strings.HasSuffix(name, end) {
				return kind.nature
			}
		}
	}
	if n := len([]rune(name)); n >= 2 && n <= 4 { // 张三, 欧阳某某
		return codes.NaturalPerson
	}
	return codes.OtherOrganization
}

// bodies are the groups of natures that go with a credit code, by how it begins (GB 32100). A private university is an association by its code.
var bodies = map[string][]codes.PartyNature{
	"11": {"010"}, "12": {"020"}, "13": {"010", "020", "030"}, "5": {"030", "020"}, "91": {"100", "200", "300"}, "92": {"400"},
}

// codeFits tells whether a party of this nature may have this credit code. Of what is not listed nothing is known here.
func codeFits(nature codes.PartyNature, code string) bool {
	if len(code) < 2 || nature.Group() == "" || nature.Group() == codes.OtherOrganization {
		return true
	}
	may, listed := bodies[code[:2]]
	if !listed {
		may, listed = bodies[code[:1]]
	}
	return !listed || slices.Contains(may, nature.Group())
}
