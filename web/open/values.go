package open

import (
	"strings"

	"jiebang/api/wire"
	"jiebang/internal/money"
	"jiebang/web/site"
	"jiebang/web/ui"
)

func or[S ~string](s *S) string {
	if s == nil {
		return ""
	}
	return string(*s)
}

func list[T any](s *[]T) []T {
	if s == nil {
		return nil
	}
	return *s
}

const briefMost = 90

// brief is the beginning of a text, for a card.
func brief(text string) string {
	text = strings.Join(strings.Fields(text), " ")
	runes := []rune(text)
	if len(runes) <= briefMost {
		return text
	}
	return string(runes[:briefMost]) + "…"
}

func fenOf[S ~string](amount S) money.Fen {
	f, err := money.Parse(string(amount))
	if err != nil {
		return 0
	}
	return f
}

// priceText is what is asked, in words.
func priceText(p *site.Page, r *wire.Price) string {
	switch {
	case r == nil:
		return p.T("price.unknown")
	case r.Min != nil && r.Max != nil:
		return p.T("price.range", ui.Amount(p, fenOf(r.Min.Amount)), ui.Amount(p, fenOf(r.Max.Amount)))
	case r.Min != nil && fenOf(r.Min.Amount) == 0:
		return p.T("price.free")
	case r.Min != nil && r.Kind == "range":
		return p.T("price.from", ui.Amount(p, fenOf(r.Min.Amount)))
	case r.Min != nil:
		return ui.Amount(p, fenOf(r.Min.Amount))
	case r.Max != nil:
		return p.T("price.to", ui.Amount(p, fenOf(r.Max.Amount)))
	}
	return p.T("price.negotiable")
}

func budgetText(p *site.Page, b *wire.Budget) string {
	switch {
	case b == nil || b.Min == nil && b.Max == nil:
		return p.T("price.negotiable")
	case b.Min != nil && b.Max != nil && b.Min.Amount == b.Max.Amount:
		return ui.Amount(p, fenOf(b.Min.Amount))
	case b.Min != nil && b.Max != nil:
		return p.T("price.range", ui.Amount(p, fenOf(b.Min.Amount)), ui.Amount(p, fenOf(b.Max.Amount)))
	case b.Min != nil:
		return p.T("price.from", ui.Amount(p, fenOf(b.Min.Amount)))
	}
	return p.T("price.to", ui.Amount(p, fenOf(b.Max.Amount)))
}

func asOf(p *site.Page, t *wire.Turnover) string {
	if t.AsOf != nil {
		return t.AsOf.String()
	}
	return p.Today().String()
}
