package desk

import (
	"net/url"

	"jiebang/web/contract"
	"jiebang/web/site"
	"jiebang/web/ui"
)

// choicesOf are what may be chosen for fields of an input that the description does not list: one's own organizations, industry chains, rounds.
func choicesOf(p *site.Page, body *contract.Field) (map[string][]ui.Choice, error) {
	out := map[string][]ui.Choice{}
	for _, name := range namesIn(body, nil) {
		source, known := sources[name]
		if !known || out[name] != nil {
			continue
		}
		choices, err := source(p)
		if err != nil {
			return nil, err
		}
		out[name] = choices
	}
	return out, nil
}

func namesIn(f *contract.Field, names []string) []string {
	names = append(names, f.Name)
	for _, inner := range f.Fields {
		names = namesIn(inner, names)
	}
	if f.Item != nil {
		names = namesIn(f.Item, names)
	}
	return names
}

var sources = map[string]func(p *site.Page) ([]ui.Choice, error){
	"owner_id": ownOrganizations, "chains": chains, "chain": chains, "round_id": rounds,
}

func ownOrganizations(p *site.Page) ([]ui.Choice, error) {
	if !p.SignedIn() {
		return nil, nil
	}
	me, err := p.Read("getMe", "", nil)
	if err != nil {
		return nil, err
	}
	return choose(contract.Dig(me.Value, "organizations"), "id", "name", "name"), nil
}

func chains(p *site.Page) ([]ui.Choice, error) {
	all, err := p.Read("listIndustryChains", "", nil)
	if err != nil {
		return nil, err
	}
	return choose(contract.Dig(all.Value, "items"), "code", "name", "name_en"), nil
}

func rounds(p *site.Page) ([]ui.Choice, error) {
	all, err := p.Read("listRounds", "", url.Values{"limit": {"50"}})
	if err != nil {
		return nil, err
	}
	return choose(contract.Dig(all.Value, "items"), "id", "name", "name"), nil
}

func choose(list any, value, name, english string) (out []ui.Choice) {
	all, _ := list.([]any)
	for _, item := range all {
		m, _ := item.(map[string]any)
		c := ui.Choice{Value: text(m[value])}
		c.Chinese, c.English = text(m[name]), text(m[english])
		if c.Value != "" && c.Chinese != "" {
			out = append(out, c)
		}
	}
	return out
}
