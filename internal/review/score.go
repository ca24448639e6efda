package review

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/google/uuid"
)

// Score is a number of points from 0 to 100 in thousandths, so that nothing is rounded before it is compared.
type Score int64

// point is one point, and Full the most there is.
const (
	point Score = 1000
	Full        = 100 * point
)

// weightWhole is what the weights of a panel's criteria add up to, in basis points.
const weightWhole = 10_000

// ParseScore reads a score as people write it: 79.95. More than three decimals are no score, nor is anything above 100.
func ParseScore(s string) (Score, bool) {
	whole, part, dotted := strings.Cut(s, ".")
	if !digits(whole, 1, 3) || dotted && !digits(part, 1, 3) {
		return 0, false
	}
	n, _ := strconv.ParseInt(whole+(part + "000")[:3], 10, 64)
	return Score(n), Score(n) <= Full
}

func digits(s string, least, most int) bool {
	return len(s) >= least && len(s) <= most && strings.Trim(s, "0123456789") == ""
}

// String writes a score without zeros behind its last decimal.
func (s Score) String() string { return Mean{int64(s) * weightWhole, weightWhole}.String() }

// Mean is a mean of scores as a fraction of thousandths of a point: exact, whatever the weights and however many reviewers.
type Mean struct {
	Numerator   int64 `json:"numerator"`
	Denominator int64 `json:"denominator"` // more than 0
}

// Compare compares two means exactly.
func (m Mean) Compare(other Mean) int {
	return cmp.Compare(m.Numerator*other.Denominator, other.Numerator*m.Denominator)
}

// Reaches tells whether it is at least a threshold: one that reads 80.0 when it is rounded may not be.
func (m Mean) Reaches(threshold Score) bool { return m.Numerator >= int64(threshold)*m.Denominator }

// String writes it with three decimals that are cut and not rounded; an ellipsis says that more follow: 79.966….
func (m Mean) String() string {
	whole, left := m.Numerator/m.Denominator, m.Numerator%m.Denominator
	text := fmt.Sprintf("%d.%03d", whole/int64(point), whole%int64(point))
	if left != 0 {
		return text + "…"
	}
	return strings.TrimSuffix(strings.TrimRight(text, "0"), ".")
}

// Criterion is one of what a plan is judged by.
type Criterion struct {
	Name   string `json:"name"`
	Weight int    `json:"weight_bp"`
	About  string `json:"about,omitempty"` // what earns how many points
}

// OutlierRule says what becomes of scores that stand out.
type OutlierRule string

// The rules for outliers.
const (
	KeepAll           OutlierRule = "none"
	DropHighestLowest OutlierRule = "drop_highest_lowest" // one of each, by the weighted total
)

// TieRule says what decides between equal means.
type TieRule string

// The rules for ties.
const (
	ByCriteria TieRule = "criteria_then_shared" // the heaviest criterion, then the next; equal in all of them share a rank
	Shared     TieRule = "shared"               // equal means share a rank
)

// Decider says which figure of an item decides about it. Both are kept.
type Decider string

// What may decide.
const (
	ByMean      Decider = "mean"
	ByConsensus Decider = "consensus"
)

// Rules are by what scores become a ranking.
type Rules struct {
	Criteria     []Criterion
	Threshold    Score // inclusive
	MinReviewers int   // fewer scores of an item are no result
	Outliers     OutlierRule
	OutliersFrom int // so many scores are needed before any is dropped
	Ties         TieRule
	Decides      Decider
}

// Sheet is the final scores of one reviewer for one item, in the order of the criteria.
type Sheet struct {
	Marks []Score
}

// total is what a sheet weighs: ten-thousandths of thousandths.
func (r Rules) total(s Sheet) (sum int64) {
	for i, c := range r.Criteria {
		sum += int64(c.Weight) * int64(s.Marks[i])
	}
	return sum
}

// Case is one item with what was given to it. Who recused themselves from it has no sheet in it: that is not a zero.
type Case struct {
	Item      uuid.UUID
	Sheets    []Sheet
	Consensus *Score
}

// Result is what the scores of one item come to.
type Result struct {
	Item       uuid.UUID `json:"item_id"`
	Sheets     int       `json:"sheets"`              // that were given
	Counted    int       `json:"counted"`             // without those that the rule for outliers drops
	Mean       *Mean     `json:"mean,omitempty"`      // none where fewer than the least number of reviewers scored it: a substitute is needed
	Consensus  *Score    `json:"consensus,omitempty"` // thousandths
	Passes     bool      `json:"passes"`
	Rank       int       `json:"rank,omitempty"` // of those that pass or not, all that have a result; 0: it has none
	ByCriteria []Mean    `json:"by_criterion,omitempty"`
}

// decisive is the figure that decides; none while it is missing.
func (r Rules) decisive(x Result) (Mean, bool) {
	switch {
	case x.Mean == nil:
		return Mean{}, false
	case r.Decides == ByMean:
		return *x.Mean, true
	case x.Consensus == nil:
		return Mean{}, false
	}
	return Mean{int64(*x.Consensus), 1}, true
}

// kept is the sheets that count.
func (r Rules) kept(sheets []Sheet) []Sheet {
	if r.Outliers != DropHighestLowest || len(sheets) < r.OutliersFrom {
		return sheets
	}
	sorted := slices.Clone(sheets)
	slices.SortStableFunc(sorted, func(a, b Sheet) int {
		if d := cmp.Compare(r.total(a), r.total(b)); d != 0 {
			return d
		}
		return slices.Compare(a.Marks, b.Marks) // so that the order in which they came says nothing
	})
	return sorted[1 : len(sorted)-1]
}

// Rank reckons all items: those with a result by rank, then those without one; equal ones by their random ids.
func (r Rules) Rank(cases []Case) []Result {
	out := make([]Result, len(cases))
	for i, c := range cases {
		out[i] = r.result(c)
	}
	slices.SortFunc(out, func(a, b Result) int {
		if d := r.order(a, b); d != 0 {
			return d
		}
		return strings.Compare(a.Item.String(), b.Item.String())
	})
	for i := range out {
		if _, has := r.decisive(out[i]); !has {
			continue
		}
		out[i].Rank = i + 1
		if i > 0 && r.order(out[i-1], out[i]) == 0 {
			out[i].Rank = out[i-1].Rank
		}
	}
	return out
}

func (r Rules) result(c Case) Result {
	x := Result{Item: c.Item, Sheets: len(c.Sheets), Consensus: c.Consensus}
	if len(c.Sheets) < r.MinReviewers || len(c.Sheets) == 0 {
		return x
	}
	kept := r.kept(c.Sheets)
	x.Counted = len(kept)
	var sum int64
	x.ByCriteria = make([]Mean, len(r.Criteria))
	for i := range x.ByCriteria {
		x.ByCriteria[i].Denominator = int64(len(kept))
	}
	for _, s := range kept {
		sum += r.total(s)
		for i, m := range s.Marks {
			x.ByCriteria[i].Numerator += int64(m)
		}
	}
	x.Mean = &Mean{sum, int64(len(kept)) * weightWhole}
	if m, has := r.decisive(x); has {
		x.Passes = m.Reaches(r.Threshold)
	}
	return x
}

// order puts the better one in front, and those without a result behind; 0 of those that share a rank.
func (r Rules) order(a, b Result) int {
	ma, hasA := r.decisive(a)
	mb, hasB := r.decisive(b)
	switch {
	case hasA != hasB && hasA:
		return -1
	case hasA != hasB:
		return 1
	case !hasA:
		return 0
	}
	if d := mb.Compare(ma); d != 0 || r.Ties == Shared {
		return d
	}
	for _, i := range r.heaviest() {
		if d := b.ByCriteria[i].Compare(a.ByCriteria[i]); d != 0 {
			return d
		}
	}
	return 0
}

// heaviest is the criteria by weight, of equal ones the first in the list in front.
func (r Rules) heaviest() []int {
	out := make([]int, len(r.Criteria))
	for i := range out {
		out[i] = i
	}
	slices.SortStableFunc(out, func(a, b int) int { return cmp.Compare(r.Criteria[b].Weight, r.Criteria[a].Weight) })
	return out
}
