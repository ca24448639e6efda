package match

import (
	"math"
	"strconv"

	"jiebang/internal/fault"
	"jiebang/internal/listing"
	"jiebang/internal/ref"
	"jiebang/search"
)

// Wanted narrows a search by what records tell beside their words, as their lists are narrowed by it; empty fields do not. What only results
// or only needs tell narrows to those.
type Wanted struct {
	Region       string       `query:"region"`
	TRLMin       int          `query:"trl_min"`
	TRLMax       int          `query:"trl_max"`
	Availability string       `query:"availability"`
	PriceMin     listing.Yuan `query:"price_min"`
	PriceMax     listing.Yuan `query:"price_max"`
	Urgent       *bool        `query:"urgent"`
	BudgetMin    listing.Yuan `query:"budget_min"`
	BudgetMax    listing.Yuan `query:"budget_max"`
	Negotiable   bool         `query:"negotiable"`
	listing.Days

	// Bottleneck and Level ask for results that solve one.
	Bottleneck bool
	Level      string
}

// narrow puts it into a query of the engine, and says what is wrong with it.
func (w Wanted) narrow(q *search.Query, bad *fault.Fields) {
	if w.Region != "" {
		ref.CheckRegion(bad, w.Region, "query:region")
		q.Filters[FacetRegion] = []string{w.Region}
	}
	listing.Readiness(bad, w.TRLMin, w.TRLMax)
	if w.TRLMin > 0 || w.TRLMax > 0 {
		for level := max(w.TRLMin, 1); level <= 9 && (w.TRLMax == 0 || level <= w.TRLMax); level++ {
			q.Filters[FacetTRL] = append(q.Filters[FacetTRL], strconv.Itoa(level))
		}
	}
	for name, value := range map[string]string{FacetAvailability: w.Availability, facetSolved: w.Level} {
		if value != "" {
			q.Filters[name] = []string{value}
		}
	}
	if w.Bottleneck {
		q.Filters[FacetBottleneck] = []string{"true"}
	}
	if w.Urgent != nil {
		q.Filters[FacetUrgent] = []string{strconv.FormatBool(*w.Urgent)}
	}
	w.Days.Check(bad)
	if !w.From.IsZero() || !w.To.IsZero() {
		f := search.Floor{Key: search.KeyConfirmed, Least: math.MinInt64 + 1}
		if !w.From.IsZero() {
			f.Least = w.From.Start().Unix()
		}
		if !w.To.IsZero() {
			f.Most, f.Topped = w.To.End().Unix()-1, true
		}
		q.Floors = append(q.Floors, f)
	}
	w.spent(q, bad)
}

// spent narrows by amounts, and to the kinds that tell what is asked.
func (w Wanted) spent(q *search.Query, bad *fault.Fields) {
	price := listing.AmountsOf(bad, "price", w.PriceMin, w.PriceMax, w.Negotiable)
	budget := listing.AmountsOf(bad, "budget", w.BudgetMin, w.BudgetMax, w.Negotiable)
	ofResults := w.TRLMin > 0 || w.TRLMax > 0 || w.Availability != "" || price.Range
	ofNeeds := w.Urgent != nil || budget.Range
	kinds := []string{"result", "need"}
	switch {
	case ofResults && ofNeeds:
		bad.Check(false, "query:kind", fault.NotOffered, "成果与需求的条件不能同时使用", "What is asked of results and of needs cannot be asked at once")
		return
	case ofResults:
		kinds = kinds[:1]
	case ofNeeds:
		kinds = kinds[1:]
	case !w.Negotiable:
		return
	}
	if len(q.Kinds) == 0 {
		q.Kinds = kinds
	} else {
		fits := q.Kinds[0] == kinds[0] || q.Kinds[0] == kinds[len(kinds)-1]
		bad.Check(fits, "query:kind", fault.NotOffered, "这一类没有所筛选的项目", "This kind does not tell what is asked for")
	}
	if !ofNeeds {
		q.Floors = append(q.Floors, met(price, keyPriceLow, keyPriceHigh)...)
	}
	if !ofResults {
		q.Floors = append(q.Floors, met(budget, keyBudgetLow, keyBudgetHigh)...)
	}
}

// met are the floors between which amounts meet a range; what has none is let through where it is asked for.
func met(a listing.Amounts, low, high string) []search.Floor {
	switch {
	case a.Range:
		return []search.Floor{
			{Key: low, Least: math.MinInt64 + 1, Most: int64(a.Most), Topped: true, OrNone: a.None},
			{Key: high, Least: int64(a.Least), OrNone: a.None},
		}
	case a.None:
		return []search.Floor{{Key: low, Least: math.MaxInt64, OrNone: true}}
	}
	return nil
}

// keys are the numbers by which a paper is found between others, and sorted.
func (p paper) keys() map[string]int64 {
	out, t := map[string]int64{}, p.listing.Terms
	if t.PriceMin != nil {
		out[keyPriceLow], out[keyPriceHigh] = int64(*t.PriceMin), int64(*t.PriceMin)
		if t.PriceMax != nil {
			out[keyPriceHigh] = int64(*t.PriceMax)
		}
	}
	if least, most := t.BudgetMin, t.BudgetMax; least != nil || most != nil {
		out[keyBudgetLow], out[keyBudgetHigh] = 0, math.MaxInt64
		if least != nil {
			out[keyBudgetLow], out[keyBudget] = int64(*least), int64(*least)
		}
		if most != nil {
			out[keyBudgetHigh], out[keyBudget] = int64(*most), int64(*most)
		}
	}
	switch {
	case !t.Closes.IsZero():
		out[keyDeadline] = closing(t.Closes)
	case !t.Deadline.IsZero():
		out[keyDeadline] = closing(t.Deadline.End())
	}
	if t.Reward != nil {
		out[keyReward] = int64(*t.Reward)
	}
	return out
}
