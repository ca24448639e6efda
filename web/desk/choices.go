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

// sources are where the choices of a field come from, by its name.
var sources = map[string]func(p *site.Page) ([]ui.Choice, error){
	"owner_id": ownOrganizations, "from_id": ownOrganizations, "bidder_id": ownOrganizations,
	"chains": from("listIndustryChains", "code"), "chain": from("listIndustryChains", "code"),
	"round_id": own("listRounds", nil), "deal_id": own("listDeals", nil), "mandate_id": own("listMandates", url.Values{"state": {"agreed"}}),
	"nature": coded("party_nature"), "country": coded("country"),
}

// own are records of a list that its reader may read, by what they are called.
func own(operation string, query url.Values) func(p *site.Page) ([]ui.Choice, error) {
	return func(p *site.Page) (out []ui.Choice, err error) {
		if !p.SignedIn() {
			return nil, nil
		}
		all, err := p.Read(operation, "", query)
		if err != nil {
			return nil, err
		}
		items, _ := contract.Dig(all.Value, "items").([]any)
		for _, item := range items {
			m, _ := item.(map[string]any)
			c := ui.Choice{Value: text(m["id"])}
			c.Chinese = ui.TitleOf(p, m)
			c.English = c.Chinese
			out = append(out, c)
		}
		return out, nil
	}
}

// from is a list that everybody may read, by the codes of its items.
func from(operation, code string) func(p *site.Page) ([]ui.Choice, error) {
	return func(p *site.Page) ([]ui.Choice, error) {
		all, err := p.Read(operation, "", nil)
		if err != nil {
			return nil, err
		}
		return choose(contract.Dig(all.Value, "items"), code, "name", "name_en"), nil
	}
}

// coded is a list of codes.
func coded(list string) func(p *site.Page) ([]ui.Choice, error) {
	return func(p *site.Page) ([]ui.Choice, error) {
		all, err := p.Call(site.Ask{Operation: p.Book.Operation("getReference"), Path: map[string]string{"list": list}})
		if err != nil {
			return nil, err
		}
		return choose(contract.Dig(all.Value, "items"), "code", "name", "name_en"), nil
	}
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
