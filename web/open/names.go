package open

import (
	"encoding/json"
	"net/url"
	"strconv"

	"jiebang/api/edge"
	"jiebang/api/wire"
	"jiebang/web/contract"
	"jiebang/web/site"
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

// asks is the question that narrows a search by a facet.
func asks(facet wire.FacetName) string {
	if facet == "owner" {
		return "owner_id"
	}
	return string(facet)
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
