package open

import (
	"time"

	"jiebang/api/wire"
	"jiebang/web/site"
)

// day is the day of a moment, as schema.org writes it; nothing where there is none.
func day(t *time.Time) string {
	if t == nil {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

// offer is a price that is asked; a negotiable one, and none, are no offer that could be told in numbers.
func offer(price *wire.Price) map[string]any {
	if price == nil || price.Min == nil {
		return nil
	}
	if price.Max != nil {
		return map[string]any{"@type": "AggregateOffer", "lowPrice": price.Min.Amount, "highPrice": price.Max.Amount, "priceCurrency": price.Min.Currency}
	}
	return map[string]any{"@type": "Offer", "price": price.Min.Amount, "priceCurrency": price.Min.Currency}
}

func structuredResult(p *site.Page, r *wire.Result) {
	p.SetStructured("CreativeWork", map[string]any{
		"name": r.Title, "abstract": r.Abstract, "keywords": r.Keywords, "identifier": r.Id.String(), "creator": site.Named("Organization", r.Owner.Name),
		"about": wire.Value(r.FieldName), "datePublished": day(r.PublishedAt), "dateModified": day(&r.UpdatedAt), "offers": offer(r.Price),
	})
}

// structuredNeed names no seller: that of a Demand is whoever would meet it, and nobody does yet.
func structuredNeed(p *site.Page, n *wire.Need) {
	last := ""
	if n.Deadline != nil {
		last = n.Deadline.String()
	}
	p.SetStructured("Demand", map[string]any{
		"name": n.Title, "description": n.Problem, "identifier": n.Id.String(), "validFrom": day(n.PublishedAt), "validThrough": last,
		"itemOffered": site.Named("Service", n.Title),
	})
}

// structuredChallenge tells of the poster no name: that of one who keeps it is told to its members alone.
func structuredChallenge(p *site.Page, c *wire.Challenge) {
	p.SetStructured("Demand", map[string]any{
		"name": c.Title, "description": c.Problem, "identifier": wire.Value(c.Number), "validFrom": day(c.PublishedAt), "validThrough": day(c.Deadline),
		"priceSpecification": map[string]any{"@type": "PriceSpecification", "maxPrice": c.Reward.Amount.Amount, "priceCurrency": c.Reward.Amount.Currency},
	})
}
