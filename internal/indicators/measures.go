package indicators

import (
	"context"
	"net/url"
	"strconv"

	"jiebang/internal/ledger"
	"jiebang/internal/orgs"
	"jiebang/internal/policy"
	"jiebang/internal/projects"
	"jiebang/internal/ref"
	"jiebang/internal/when"
)

// place is what an indicator can be cut by.
type place int

const (
	nowhere place = iota
	byOffice
	byRegion
	byCity // a region that is a city
	either
)

// The indicators that the system computes, by their codes in the migration.
const (
	turnoverCode   = "turnover"
	technologyCode = "technology_amount"
	contractsCode  = "contracts"
	holdingsCode   = "tech_enterprises"
	distinctCode   = "tech_enterprises_distinct"
	brokersCode    = "brokers"
	runningCode    = "challenges_running"
)

var scopes = map[string]place{
	turnoverCode: either, technologyCode: either, contractsCode: either, holdingsCode: byRegion, distinctCode: byRegion,
}

func init() {
	for code := range conversions {
		scopes[code] = byCity
	}
}

// enterpriseGrades are what tech_enterprises adds up, in the bureau's order.
var enterpriseGrades = []orgs.GradeKind{orgs.TechSME, orgs.HighTech, orgs.Eaglet, orgs.Gazelle, orgs.Unicorn}

// readerOf says how the actual of an indicator is read.
func (s *Service) readerOf(d Definition) reader {
	if d.How == Reported {
		return func(ctx context.Context, a asked, year int, to when.Day) (*Reading, Missing, error) {
			found, err := latest(s.unit.Query(ctx), d.Code, year, a.Scope, a.asOf, a.asOf)
			if err != nil || found == nil {
				return nil, NoFigure, err
			}
			return &Reading{Value: found.Value, Bound: found.Bound, Source: found.Source, DataFrom: found.DataFrom, DataTo: found.DataTo, ReportedAt: found.CreatedAt}, "", nil
		}
	}
	begun := func(read reader) reader {
		return func(ctx context.Context, a asked, year int, to when.Day) (*Reading, Missing, error) {
			if to.Before(yearStart(year)) {
				return nil, NoFigure, nil
			}
			return read(ctx, a, year, to)
		}
	}
	if c, is := conversions[d.Code]; is {
		return begun(func(ctx context.Context, a asked, year int, to when.Day) (*Reading, Missing, error) {
			return s.conversion(ctx, a, c, year, to)
		})
	}
	switch d.Code {
	case turnoverCode:
		return begun(s.ofLedger(func(f ledger.Figures) Value { return Value(f.Turnover) }))
	case technologyCode:
		return begun(s.ofLedger(func(f ledger.Figures) Value { return Value(f.Technology) }))
	case contractsCode:
		return begun(s.ofLedger(func(f ledger.Figures) Value { return Value(f.Contracts) * whole }))
	case holdingsCode:
		return begun(s.holdings)
	case distinctCode:
		return begun(s.enterprises)
	case brokersCode:
		return begun(s.brokers)
	case runningCode:
		return begun(func(ctx context.Context, _ asked, _ int, to when.Day) (*Reading, Missing, error) {
			f, err := s.projects.Figures(ctx, policy.Actor{}, projects.FigureQuery{On: to})
			return counted(f.Running), "", err
		})
	}
	return func(context.Context, asked, int, when.Day) (*Reading, Missing, error) { return nil, NoFigure, nil } // of a later version
}

func counted(n int64) *Reading { return &Reading{Value: Value(n) * whole, Bound: Exact} }

// summed is what the ledger answered to one question; several indicators ask the same.
type summed struct {
	ledger.Figures
	withheld bool
}

// sumOf names such a question.
type sumOf struct {
	year  int
	to    when.Day
	scope ledger.Scope
}

// ledgerSum asks the ledger as the reader may know it: the rule of disclosure is its own.
func (s *Service) ledgerSum(ctx context.Context, a asked, year int, to when.Day, scope ledger.Scope) (summed, error) {
	of := sumOf{year, to, scope}
	if known, is := a.sums[of]; is {
		return known, nil
	}
	t, err := s.ledger.Turnover(ctx, a.actor, ledger.Query{From: yearStart(year), To: to, By: ledger.Yearly, Scope: scope, AsOf: a.asOf})
	if err != nil {
		return summed{}, err
	}
	out := summed{Figures: t.Total}
	for _, r := range t.Rows {
		out.withheld = out.withheld || r.Withheld
	}
	a.sums[of] = out
	return out, nil
}

func (s *Service) ofLedger(of func(ledger.Figures) Value) reader {
	return func(ctx context.Context, a asked, year int, to when.Day) (*Reading, Missing, error) {
		f, err := s.ledgerSum(ctx, a, year, to, ledger.Scope{Office: a.Office, SellerRegion: a.Region})
		return &Reading{Value: of(f.Figures), Bound: Exact, Withheld: f.withheld}, "", err
	}
}

// holdings is the bureau's way of counting enterprises: one with several grades counts as often.
func (s *Service) holdings(ctx context.Context, a asked, _ int, to when.Day) (*Reading, Missing, error) {
	held, err := orgs.GradesOn(s.unit.Query(ctx), to, orgs.RegionPart(a.Region))
	out := counted(0)
	for _, k := range enterpriseGrades {
		n := Value(held[k]) * whole
		out.Value += n
		out.Parts = append(out.Parts, Part{string(k), n})
	}
	return out, "", err
}

// conversion is one combination of measure and sellers.
type conversion struct {
	measure string // amount, contracts or results
	key     bool   // of key institutions alone
}

var conversions = map[string]conversion{
	"conversion_amount_key": {"amount", true}, "conversion_amount_all": {"amount", false},
	"conversion_contracts_key": {"contracts", true}, "conversion_contracts_all": {"contracts", false},
	"conversion_results_key": {"results", true}, "conversion_results_all": {"results", false},
}

// conversion divides. Of what the public asks for, the parts are figures that it could ask the ledger for; by key institutions and by results
// there are none.
func (s *Service) conversion(ctx context.Context, a asked, c conversion, year int, to when.Day) (*Reading, Missing, error) {
	if a.city == "" {
		return nil, NoFigure, nil
	}
	r := Ratio{Unit: Count, City: a.city}
	if c.measure == "amount" {
		r.Unit = Yuan
	}
	out := &Reading{Bound: Exact, Ratio: &r}
	switch {
	case a.full:
		if err := s.converted(ctx, a, c, year, to, &r); err != nil {
			return nil, "", err
		}
	case c.key || c.measure == "results":
		return nil, Bureau, nil
	default:
		of := func(scope ledger.Scope) (Value, error) {
			f, err := s.ledgerSum(ctx, a, year, to, scope)
			out.Withheld = out.Withheld || f.withheld
			if c.measure == "amount" {
				return Value(f.Turnover), err
			}
			return Value(f.Contracts) * whole, err
		}
		for _, part := range []struct {
			to     *Value
			sign   Value
			region string
		}{
			{&r.Denominator, 1, ""}, {&r.Numerator, 1, a.city}, {&r.Unknown, 1, ref.Unknown},
		} {
			all, err := of(ledger.Scope{BuyerRegion: part.region})
			if err != nil {
				return nil, "", err
			}
			imports, err := of(ledger.Scope{BuyerRegion: part.region, SellerRegion: ref.Abroad}) // technology from abroad is in neither
			if err != nil {
				return nil, "", err
			}
			*part.to = all - imports
		}
		if out.Withheld { // a part that is not shown, or not yet, is no 0, and what is divided by it no rate
			return nil, Bureau, nil
		}
	}
	if r.Denominator <= 0 {
		return nil, NoFigure, nil
	}
	out.Value = Value(share(int64(r.Numerator), int64(r.Denominator)))
	return out, "", nil
}

// drillDown is the address of the statistic behind an indicator.
func (a asked) drillDown(d Definition) string {
	q := url.Values{}
	set := func(name, value string) {
		if value != "" {
			q.Set(name, value)
		}
	}
	from, to := yearStart(a.year), a.day()
	if to.Before(from) {
		return ""
	}
	_, converts := conversions[d.Code]
	path := "/v1/turnover"
	switch {
	case d.How == Reported:
		path = "/v1/indicator-actuals"
		set("code", d.Code)
		set("year", strconv.Itoa(a.year))
		set("office", a.Office)
		set("region", a.Region)
	case d.Code == holdingsCode || d.Code == distinctCode:
		path = "/v1/grade-counts"
		set("on", to.String())
		set("region", a.Region)
	case d.Code == runningCode:
		path = "/v1/challenge-figures"
		set("on", to.String())
	case d.Code == brokersCode:
		return ""
	default:
		set("from", from.String())
		set("to", to.String())
		set("as_of", a.asOf.String())
		set("by", "month")
		if converts {
			set("group_by", string(ledger.ByBuyerRegion))
			set("region_level", string(ledger.RegionCity))
		} else {
			set("office", a.Office)
			set("seller_region", a.Region)
		}
	}
	return path + "?" + q.Encode()
}
