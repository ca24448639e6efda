package open

import (
	"encoding/json"
	"net/url"
	"strconv"

	"jiebang/api/edge"
	"jiebang/api/wire"
	"jiebang/web/contract"
	"jiebang/web/site"
	"jiebang/web/ui"
)

// pageOf is the page of a record of a kind.
func pageOf(kind, id string) string { return "/" + kind + "s/" + id }

func escape(s string) string { return url.QueryEscape(s) }

func itoa[N int | int64](n N) string { return strconv.FormatInt(int64(n), 10) }

func plainScore(score float64) string { return strconv.FormatFloat(score, 'f', 0, 64) }

func yes(on bool) string {
	if on {
		return "true"
	}
	return "false"
}

// asks are the questions that narrow a list by a facet: a range is narrowed to one value by both its ends.
func asks(facet wire.FacetName) []string {
	switch facet {
	case "owner":
		return []string{"owner_id"}
	case wire.FacetNameTrl:
		return []string{"trl_min", "trl_max"}
	}
	return []string{string(facet)}
}

// narrowed is the page's address narrowed to a value of a facet; an empty one takes that away.
func narrowed(p *site.Page, facet wire.FacetName, value string) string {
	with := map[string]string{}
	for _, name := range asks(facet) {
		with[name] = value
	}
	return p.WithAll(with)
}

// chosen tells whether the page is narrowed to a value of a facet, or, with an empty one, by it at all.
func chosen(p *site.Page, facet wire.FacetName, value string) bool {
	for _, name := range asks(facet) {
		asked := p.Query().Get(name)
		if asked != "" && value == "" {
			return true
		}
		if asked != value {
			return false
		}
	}
	return value != ""
}

// choices are the values of the facets whose codes and identifiers nobody knows by heart, to choose from in a form.
func choices(p *site.Page, facets []wire.Facet) map[string][]ui.Choice {
	out := map[string][]ui.Choice{}
	for _, f := range facets {
		if f.Name != wire.FacetNameChain && f.Name != wire.FacetNameOwnerId {
			continue
		}
		name := asks(f.Name)[0]
		for _, v := range f.Values {
			c := ui.Choice{Value: v.Value}
			c.Chinese = facetValue(p, f.Name, v)
			c.English = c.Chinese
			out[name] = append(out[name], c)
		}
	}
	return out
}

func facetName(p *site.Page, facet wire.FacetName) string {
	return p.Of(p.Book.Name("FacetName", string(facet)))
}

func facetValue(p *site.Page, facet wire.FacetName, v wire.FacetValue) string {
	switch facet {
	case "field":
		return p.Of(p.Book.Name("Field", v.Value))
	case "kind":
		return p.Of(p.Book.Name("ListingKind", v.Value))
	case wire.FacetNameAvailability:
		return p.Of(p.Book.Name("Availability", v.Value))
	case wire.FacetNameUrgent:
		return p.T("urgentfacet." + v.Value)
	case wire.FacetNameRegion:
		return ui.PlaceName(p, v.Value)
	}
	if label := or(v.Label); label != "" {
		return label
	}
	return v.Value
}

// fieldOf is a field of an answer's schema.
func fieldOf(p *site.Page, schema, name string) *contract.Field {
	for _, f := range p.Book.Fields(schema) {
		if f.Name == name {
			return f
		}
	}
	return &contract.Field{Name: name, Item: &contract.Field{}}
}

func itemsOf(p *site.Page, schema string) *contract.Field { return fieldOf(p, schema, "items") }

func labelOf(p *site.Page, schema, name string) edge.Said { return fieldOf(p, schema, name).Label }

// generic is a list of the API's types as JSON has it, for a table whose columns the description gives.
func generic[T any](list []T) (out []any) {
	text, err := json.Marshal(list)
	if err == nil {
		err = json.Unmarshal(text, &out)
	}
	if err != nil {
		return nil
	}
	return out
}

// object is one of the API's types as JSON has it.
func object(v any) map[string]any {
	if all := generic([]any{v}); len(all) == 1 {
		m, _ := all[0].(map[string]any)
		return m
	}
	return nil
}
