package search

import (
	"math"
	"slices"
	"time"
)

// Range is a stretch of numbers, both ends included. An end that is 0 is not
// known or not bounded; the zero Range says nothing.
type Range struct{ Min, Max int64 }

func (r Range) known() bool { return r.Min > 0 || r.Max > 0 }

// Terms are what a document or probe says beside its text. What is left zero is
// unknown, and the unknown neither helps nor hurts.
type Terms struct {
	// TRL is the technology readiness level that a result has or a need wants,
	// 1–9.
	TRL Range
	// Price is what is asked, Budget what is offered, in fen. They are compared
	// across: the budget of one side with the price of the other.
	Price, Budget Range
	// Confirmed is the day on which someone last said that it still holds.
	Confirmed time.Time
}

// Preference is a wish about a facet: documents with one of the values gain,
// documents that have only other values of it lose, and documents without the
// facet are left alone; without values it is no wish. What must hold is a filter instead.
type Preference struct {
	Facet  string
	Values []string
}

// Factors beside the text, as Part names them. A preference's factor is its
// facet.
const (
	FactorTRL       = "trl"
	FactorMoney     = "money"
	FactorFreshness = "freshness"
)

// effect bounds what one factor adds at best and takes away at worst, in
// logits: one logit moves a score of 50 to 73, and a score of 5 to 12. Text
// decides; all effects together move a middling match by about a grade.
type effect struct{ gain, loss float64 }

// effects of the facets that a market has by custom, and of the other factors.
// None is measured: there are no judged pairs with structure yet. They are small
// beside the text, whose logit spreads over about ten.
var effects = map[string]effect{
	"chain":         {0.4, 0.2},
	"field":         {0.3, 0.3},
	"region":        {0.3, 0.1},
	"mode":          {0.2, 0.2},
	"ip":            {0.2, 0.2},
	"availability":  {0.0, 0.4},
	FactorTRL:       {0.2, 0.6},
	FactorMoney:     {0.2, 0.8},
	FactorFreshness: {0.0, 0.5},
}

// otherFacet is the effect of a preference about any other facet.
var otherFacet = effect{0.2, 0.1}

const (
	// trlFar is how many levels apart cost the whole loss.
	trlFar = 4
	// moneyFar is the factor by which a price is above the budget that costs the
	// whole loss.
	moneyFar = 4
	// staleAfter is the age at which a document has lost what age can take.
	staleAfter = 2 * 365 * 24 * time.Hour
)

// facetPreference is a Preference in terms of one view's facet numbers.
type facetPreference struct {
	facet   string
	wanted  []uint32 // ascending
	carried []uint32 // all values of the facet, ascending
}

func (t *facetTable) preferences(list []Preference) []facetPreference {
	t.mu.RLock()
	defer t.mu.RUnlock()
	out := make([]facetPreference, 0, len(list))
	for _, p := range list {
		if len(p.Values) == 0 {
			continue
		}
		f := facetPreference{facet: p.Facet}
		for n, v := range t.values {
			if v.name == p.Facet {
				f.carried = append(f.carried, uint32(n))
				if slices.Contains(p.Values, v.value) {
					f.wanted = append(f.wanted, uint32(n))
				}
			}
		}
		out = append(out, f)
	}
	return out
}

// factors tells each what every factor adds to the logit of a document, in an
// order that depends on the probe alone. Factors that say nothing are left out.
func (s *scorer) factors(d *forward, each func(factor string, logits float64)) {
	for _, p := range s.prefer {
		e, ok := effects[p.facet]
		if !ok {
			e = otherFacet
		}
		switch {
		case intersects(p.wanted, d.facets):
			each(p.facet, e.gain)
		case intersects(p.carried, d.facets):
			each(p.facet, -e.loss)
		}
	}
	if s.near != nil {
		if x := s.near.logits(d); x > 0 {
			each(FactorSimilarity, x)
		}
	}
	if d.terms == nil {
		return
	}
	if s.want.TRL.known() && d.terms.TRL.known() {
		e := effects[FactorTRL]
		if apart := distance(s.want.TRL, d.terms.TRL); apart == 0 {
			each(FactorTRL, e.gain)
		} else {
			each(FactorTRL, -e.loss*min(float64(apart)/trlFar, 1))
		}
	}
	for _, m := range []struct{ budget, price Range }{{s.want.Budget, d.terms.Price}, {d.terms.Budget, s.want.Price}} {
		if m.budget.Max <= 0 || !m.price.known() {
			continue
		}
		e := effects[FactorMoney]
		asked := max(m.price.Min, 1) // of "at most", the least is asked
		if asked <= m.budget.Max {
			each(FactorMoney, e.gain)
		} else {
			over := float64(asked) / float64(m.budget.Max)
			each(FactorMoney, -e.loss*min(math.Log(over)/math.Log(moneyFar), 1))
		}
	}
	if !s.now.IsZero() && !d.terms.Confirmed.IsZero() {
		if age := s.now.Sub(d.terms.Confirmed); age > 0 {
			each(FactorFreshness, -effects[FactorFreshness].loss*min(float64(age)/float64(staleAfter), 1))
		}
	}
}

// distance is how far two ranges are apart, 0 if they meet.
func distance(a, b Range) int64 {
	switch {
	case a.Max > 0 && b.Min > a.Max:
		return b.Min - a.Max
	case b.Max > 0 && a.Min > b.Max:
		return a.Min - b.Max
	}
	return 0
}

// FactorLabel names a factor for readers, in Chinese and English. A facet that
// is not known here is named by itself.
func FactorLabel(factor string) (zh, en string) {
	if l, ok := factorLabels[factor]; ok {
		return l[0], l[1]
	}
	return factor, factor
}

// FactorVerdict says what a factor found, for or against the two: "技术领域相同", "技术领域不同".
func FactorVerdict(factor string, speaksFor bool) (zh, en string) {
	v, known := factorVerdicts[factor]
	switch {
	case known && speaksFor:
		return v[0], v[1]
	case known:
		return v[2], v[3]
	}
	return FactorLabel(factor)
}

var factorVerdicts = map[string][4]string{
	"chain":          {"产业链相符", "the same industry chain", "产业链不同", "another industry chain"},
	"field":          {"技术领域相同", "the same field", "技术领域不同", "another field"},
	"region":         {"地区相近", "near each other", "地区较远", "far from each other"},
	"mode":           {"合作方式相合", "modes of cooperation that fit", "合作方式不合", "modes of cooperation that do not fit"},
	"ip":             {"知识产权状态有利", "a good state of intellectual property", "知识产权状态不利", "a poor state of intellectual property"},
	"availability":   {"可以合作", "available", "暂难合作", "hardly available"},
	FactorTRL:        {"技术成熟度合适", "technology that is ready enough", "技术成熟度不足", "technology that is not ready enough"},
	FactorMoney:      {"报价在预算之内", "a price within the budget", "报价超出预算", "a price beyond the budget"},
	FactorFreshness:  {"信息较新", "recent", "信息较旧", "old"},
	FactorSimilarity: {"语义相近", "similar meaning", "语义相差较大", "different meaning"},
}

var factorLabels = map[string][2]string{
	FactorPhrases:    {"共同用语", "phrases in common"},
	FactorCharacters: {"其他相同字词", "other common characters"},
	"chain":          {"产业链", "industry chain"},
	"field":          {"技术领域", "field"},
	"region":         {"地区", "region"},
	"mode":           {"合作方式", "mode of cooperation"},
	"ip":             {"知识产权状态", "state of intellectual property"},
	"availability":   {"可合作状态", "availability"},
	FactorTRL:        {"技术成熟度", "technology readiness"},
	FactorMoney:      {"预算与报价", "budget and price"},
	FactorFreshness:  {"信息新旧", "freshness"},
	FactorSimilarity: {"语义相近", "similar meaning"},
}
