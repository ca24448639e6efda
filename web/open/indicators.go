package open

import (
	"math/big"
	"net/url"
	"strings"

	"jiebang/api/wire"
	"jiebang/web/site"
	"jiebang/web/ui"
)

// measured is a value with its unit, as people read it.
func measured(p *site.Page, f *wire.IndicatorFigure, value string) string {
	switch f.Unit {
	case "yuan":
		return ui.Amount(p, fenOf(value))
	case "percent":
		return value + " %"
	}
	return ui.Thousands(value) + " " + p.Said(f.Measured, f.MeasuredEn)
}

// reading is a value with how exactly it is known: nearly 50 is not 50.
func reading(p *site.Page, f *wire.IndicatorFigure, value string, bound wire.IndicatorBound) string {
	switch bound {
	case "below":
		return p.T("indicator.below", measured(p, f, value))
	case "above":
		return p.T("indicator.above", measured(p, f, value))
	}
	return measured(p, f, value)
}

func actual(p *site.Page, f *wire.IndicatorFigure) string {
	if f.Actual != nil {
		return reading(p, f, f.Actual.Value, f.Actual.Bound)
	}
	if f.Missing != nil && *f.Missing == "bureau" {
		return p.T("indicator.bureau")
	}
	return p.T("indicator.none")
}

func goal(p *site.Page, f *wire.IndicatorFigure) string {
	if f.Target == nil {
		return p.T("indicator.notarget")
	}
	switch f.Target.Comparison {
	case "more_than":
		return p.T("indicator.above", measured(p, f, f.Target.Value))
	case "at_most":
		return p.T("indicator.most", measured(p, f, f.Target.Value))
	}
	return p.T("indicator.least", measured(p, f, f.Target.Value))
}

// pace says how far the target is, in words: what is missing and not a rounded share, so that 99.99 % is never done.
func pace(p *site.Page, f *wire.IndicatorFigure) string {
	switch {
	case f.Target == nil:
		return p.T("indicator.notarget")
	case f.Actual == nil:
		return actual(p, f)
	case f.Met == nil:
		return p.T("indicator.open")
	case *f.Met:
		return p.T("indicator.met")
	case f.Target.Comparison == "at_most":
		return p.T("indicator.over")
	}
	if f.Actual.Bound == "exact" {
		// The difference of two decimals with two places at most, exactly.
		is, ok1 := new(big.Rat).SetString(f.Actual.Value)
		wanted, ok2 := new(big.Rat).SetString(f.Target.Value)
		if ok1 && ok2 && wanted.Cmp(is) > 0 {
			left := new(big.Rat).Sub(wanted, is).FloatString(2)
			if f.Unit != "yuan" {
				left = strings.TrimSuffix(left, ".00")
			}
			return p.T("indicator.left", measured(p, f, left))
		}
	}
	return p.T("indicator.unmet")
}

// ahead says how the share stands to that of the year.
func ahead(p *site.Page, f *wire.IndicatorFigure) string {
	switch {
	case f.AheadBp == nil:
		return ""
	case *f.AheadBp < 0:
		return p.T("indicator.behind", ui.Percent(-*f.AheadBp))
	}
	return p.T("indicator.ahead", ui.Percent(*f.AheadBp))
}

func forecast(p *site.Page, f *wire.IndicatorFigure) string {
	if f.Forecast == nil {
		return p.T("indicator.noforecast")
	}
	return measured(p, f, f.Forecast.Value)
}

func indicators(p *site.Page) error {
	found, err := site.Get[wire.IndicatorFigures](p, "listIndicators", "", url.Values{"year": {itoa(askedYear(p))}})
	if err != nil {
		return err
	}
	p.Canonical, p.Description, p.Wide = "/indicators", p.T("indicator.lead"), true
	return p.Show(p.T("indicator.title"), indicatorsPage(p, found))
}

func oneIndicator(p *site.Page) error {
	f, err := indicator(p, p.Context.Param("code"), askedYear(p))
	if err != nil {
		return err
	}
	name := p.Said(f.Name, f.NameEn)
	p.Canonical, p.Description = "/indicators/"+string(f.Code), p.Said(f.Definition, f.DefinitionEn)
	return p.Show(name, indicatorPage(p, f))
}

func ratio(p *site.Page, r *wire.IndicatorRatio, value string) string {
	if r.Unit == "yuan" {
		return ui.Amount(p, fenOf(value))
	}
	return ui.Thousands(value)
}
