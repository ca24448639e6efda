package results

import (
	"cmp"
	"strconv"
	"strings"

	"jiebang/internal/kinds"
	"jiebang/internal/money"
)

// document is what search may know of a result.
func (r *Result) document() kinds.Document {
	paragraphs := []kinds.Paragraph{{Field: "abstract", Text: r.Abstract}, {Field: "application", Text: r.Application}, {Field: "advantage", Text: r.Advantage}}
	d := kinds.Document{
		Title: r.Title, Keywords: r.Keywords, Field: r.Field, Chains: r.Chains, Modes: modes(r.TransferModes),
		Paragraphs: append(paragraphs, kinds.Items("solves", r.Solves)...), Placed: true,
		Facets: map[string][]string{kinds.FacetAvailability: {string(r.Availability)}, kinds.FacetBottleneck: {strconv.FormatBool(r.Bottleneck != nil)}},
	}.Known(r)
	if r.Bottleneck != nil {
		d.Facets[kinds.FacetSolved] = []string{string(r.Bottleneck.Level)}
	}
	if numbers := r.numbers(); len(numbers) > 0 {
		d.Facets[kinds.FacetNumber] = numbers
	}
	d.Matched = d.Public && r.Availability != ExclusivelyLicensed && r.Availability != Assigned
	d.Until = r.ConfirmedUntil
	if r.TRL != nil {
		d.TRL = kinds.Range{Min: int64(*r.TRL), Max: int64(*r.TRL)}
	}
	d.Terms.TRL = r.TRL
	if p := r.Price; p != nil {
		d.Terms.PriceKind, d.Terms.PriceMin, d.Terms.PriceMax = p.Kind, amount(p.Min), amount(p.Max)
	}
	if r.Price != nil {
		d.Price = kinds.Fen(r.Price.Min, cmp.Or(r.Price.Max, r.Price.Min)) // a fixed price is both ends
	}
	if r.PublishedAt != nil {
		d.Confirmed = *r.PublishedAt
	}
	return d
}

// amount is an amount of a price as it is shown, or none.
func amount[T money.Fen | *money.Fen](v T) *money.Fen {
	switch v := any(v).(type) {
	case *money.Fen:
		return v
	case money.Fen:
		if v > 0 {
			return &v
		}
	}
	return nil
}

// modes puts ways of transfer into the words that needs use: every licence is a licence.
func modes(transfer []string) []string {
	var out []string
	for _, m := range transfer {
		if strings.HasPrefix(m, "license_") {
			m = "license"
		}
		out = append(out, m)
	}
	return out
}
