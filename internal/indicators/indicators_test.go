package indicators_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"jiebang/internal/casttest"
	"jiebang/internal/db"
	"jiebang/internal/fault"
	"jiebang/internal/indicators"
	"jiebang/internal/ledger"
	"jiebang/internal/money"
	"jiebang/internal/orgs"
	"jiebang/internal/paper/papertest"
	"jiebang/internal/policy"
	"jiebang/internal/projects"
	"jiebang/internal/tables"
	"jiebang/internal/when"
	"jiebang/internal/work"
)

type city struct {
	*casttest.Cast
	*indicators.Service
}

func each(t *testing.T, fn func(c city)) {
	casttest.Each(t, func(cast *casttest.Cast) {
		cast.Office("SY01", "210112")
		fn(city{cast, indicators.New(cast.Unit, ledger.New(cast.Unit), projects.New(cast.Unit))})
	})
}

// post registers contracts on the day of the clock, of a turnover in all; frozen so.
func (c city) post(n int64, turnover money.Fen, f ledger.Frozen) {
	c.Helper()
	f.Office, f.Origin, f.ContractKind = "SY01", ledger.Entered, "service"
	from := ledger.Source{ContractID: uuid.Must(uuid.NewV7()), ContractVersion: 1, ApplicationID: uuid.Must(uuid.NewV7())}
	_, err := c.Unit.Do(c.Context(), c.Operator, func(tx *work.Tx) error {
		if err := tx.Record("test", work.Ref{Noun: "test", ID: from.ContractID}, nil, nil); err != nil {
			return err
		}
		return ledger.Append(tx, ledger.Post(from, nil, &ledger.Standing{Figures: ledger.Figures{Contracts: n, Turnover: turnover, Technology: turnover / 2}, Frozen: f})...)
	})
	c.Must(err)
}

func (c city) target(code string, year int, value string, how indicators.Comparison) {
	c.Helper()
	id := casttest.Create(c.Cast, c.Operator, c.ProposeTarget, indicators.TargetInput{Code: code, Year: year, Value: value, Comparison: how, Source: "市政府工作报告"})
	casttest.Change(c.Cast, c.Deputy, c.ConfirmTarget, id, 1)
}

func (c city) report(code string, year int, value string, bound indicators.Bound, from, to string) {
	c.Helper()
	casttest.Create(c.Cast, c.Operator, c.ReportActual, indicators.ActualInput{
		Code: code, Year: year, Value: value, Bound: bound, DataFrom: when.MustDay(from), DataTo: when.MustDay(to), Source: "统计公报",
	})
}

// of is a figure as somebody reads it.
func (c city) of(who policy.Actor, code string, year int, asOf string) indicators.Figure {
	c.Helper()
	q := indicators.One{Code: code, Question: indicators.Question{Year: year}}
	if asOf != "" {
		q.AsOf = when.MustDay(asOf)
	}
	f, err := c.Figure(c.Context(), who, q)
	c.Must(err)
	return f
}

// told is what a figure says, in a line.
func told(f indicators.Figure) string {
	out := "none"
	if a := f.Actual; a != nil {
		out = a.Value.Text(f.Unit)
		if a.Bound != indicators.Exact {
			out = string(a.Bound) + " " + out
		}
	}
	if f.Share != nil {
		out += fmt.Sprintf(" %d", *f.Share)
	}
	switch {
	case f.Target == nil:
	case f.Met == nil:
		out += " unknown"
	case *f.Met:
		out += " met"
	default:
		out += " not met"
	}
	return out
}

// The city's own report: four holdings that add up, nearly all that is not all, and two rates of which one is nearly and one over a half.
func TestTheCitysReport(t *testing.T) {
	each(t, func(c city) {
		// 19,938 of 20,000 is 99.69 % and not done; 420 亿 of 400 is.
		c.Clock.Set("2022-12-20T04:00:00Z")
		c.target("contracts", 2022, "20000", "")
		c.target("turnover", 2022, "40000000000", "")
		c.target("conversion_amount_key", 2022, "50", indicators.MoreThan)
		c.post(19_938, 42_000_000_000_00, ledger.Frozen{SellerRegion: "210112"})
		if got := told(c.of(c.Operator.Actor, "contracts", 2022, "")); got != "19938 9969 not met" {
			c.Errorf("contracts: %s", got)
		}
		if got := told(c.of(c.Operator.Actor, "turnover", 2022, "")); got != "42000000000.00 10500 met" {
			c.Errorf("turnover: %s", got)
		}

		// 15,363 = 9,543 + 4,200 + 1,385 + 235, of fewer enterprises.
		c.target("tech_enterprises", 2022, "15363", "")
		c.holdings(map[orgs.GradeKind]int{orgs.TechSME: 9543, orgs.HighTech: 4200, orgs.Eaglet: 1385, orgs.Gazelle: 235})
		f := c.of(policy.Actor{}, "tech_enterprises", 2022, "2022-12-20")
		var parts []string
		for _, p := range f.Actual.Parts {
			parts = append(parts, p.Value.Text(f.Unit))
		}
		if got := told(f) + ": " + strings.Join(parts, "+"); got != "15363 10000 met: 9543+4200+1385+235+0" {
			c.Errorf("holdings: %s", got)
		}
		if got := told(c.of(policy.Actor{}, "tech_enterprises_distinct", 2022, "2022-12-20")); got != "9543" {
			c.Errorf("enterprises: %s", got)
		}
		if got := told(c.of(policy.Actor{}, "tech_enterprises", 2022, "2022-11-30")); got != "0 0 not met" {
			c.Errorf("the day before the lists: %s", got)
		}

		// "Nearly" is less than, "over" is more than: neither is the number that stands beside it.
		casttest.Create(c.Cast, c.Operator, c.CreateDefinition, indicators.Content{
			Code: "conversion_told", Name: "本地转化率（通报）", NameEN: "Local conversion as told", Unit: indicators.Percent, Measured: "%", MeasuredEN: "%",
			Shape: indicators.Rate, Definition: "通报口径", DefinitionEN: "As told", Source: "通报",
		})
		c.Clock.Set("2023-12-20T04:00:00Z")
		c.report("conversion_told", 2022, "50", indicators.Below, "2022-01-01", "2022-12-31")
		for _, x := range []struct {
			year  int
			value string
			how   indicators.Comparison
			want  string
		}{
			{2022, "50", indicators.AtLeast, "below 50.00 not met"}, {2022, "49", indicators.AtLeast, "below 50.00 unknown"}, {2022, "50", indicators.AtMost, "below 50.00 met"},
			{2023, "50", indicators.MoreThan, "above 50.00 met"}, {2023, "51", indicators.AtLeast, "above 50.00 unknown"}, {2023, "50", indicators.AtMost, "above 50.00 not met"},
		} {
			if x.year == 2023 && x.how == indicators.MoreThan {
				c.report("conversion_told", 2023, "50", indicators.Above, "2023-01-01", "2023-11-30")
			}
			c.target("conversion_told", x.year, x.value, x.how)
			if got := told(c.of(policy.Actor{}, "conversion_told", x.year, "2023-12-20")); x.year == 2022 && got != x.want {
				c.Errorf("%d, %s %s: %s", x.year, x.how, x.value, got)
			}
			if got := told(c.of(c.Operator.Actor, "conversion_told", x.year, "")); got != x.want {
				c.Errorf("%d, %s %s: %s, want %s", x.year, x.how, x.value, got, x.want)
			}
		}
		was := c.of(c.Operator.Actor, "conversion_told", 2023, "").LastYear
		if was == nil || was.Bound != indicators.Below || was.On.String() != "2022-12-31" {
			c.Errorf("nearly 50 %% became over 50 %%: %+v", was)
		}
	})
}

// holdings writes confirmed grades of so many enterprises from today on, the first ones with several.
func (c city) holdings(of map[orgs.GradeKind]int) {
	c.Helper()
	q, now := c.DB.Writer.WithContext(c.Context()), c.Clock.Now()
	var firm orgs.Organization
	c.Must(q.Where("id = ?", c.Pending("持有单位", "enterprise", "210112").ID).Take(&firm).Error)
	many := 0
	for _, n := range of {
		many = max(many, n)
	}
	firms := make([]orgs.Organization, many)
	for i := range firms {
		firms[i] = firm
		firms[i].ID, firms[i].CreditCode = uuid.Must(uuid.NewV7()), c.CreditCode()
	}
	c.Must(q.CreateInBatches(&firms, 300).Error)
	var grades []orgs.Grade
	for kind, n := range of {
		for i := range n {
			grades = append(grades, orgs.Grade{
				Head: work.Head{ID: uuid.Must(uuid.NewV7()), Version: 1, CreatedAt: now, UpdatedAt: now}, OrganizationID: firms[i].ID, Kind: kind, State: orgs.GradeConfirmed,
				ValidFrom: when.DayOf(now), Certificate: "名单", ProposedBy: c.Operator.Actor.Account,
			})
		}
	}
	c.Must(q.CreateInBatches(&grades, 500).Error)
}

// key is an organization on the list of key institutions from a day on.
func (c city) key(from, to string) uuid.NullUUID {
	c.Helper()
	uni := c.Single("盛北理工大学", "university", "210112")
	in := orgs.GradeInput{OrganizationID: uni.ID, Kind: orgs.KeyInstitution, ValidFrom: when.MustDay(from), ValidTo: when.MustDay(to), Certificate: "重点高校院所名单"}
	casttest.Change(c.Cast, c.Deputy, c.Orgs.ConfirmGrade, casttest.Create(c.Cast, c.Operator, c.Orgs.ProposeGrade, in), 1)
	return uuid.NullUUID{UUID: uni.ID, Valid: true}
}

// Pace is told against the calendar and the same day of last year, and a forecast rests on the shares of earlier years.
func TestPaceAndForecast(t *testing.T) {
	each(t, func(c city) {
		for _, p := range []struct {
			day string
			n   int64
		}{{"2023-06-10", 40}, {"2023-11-10", 60}, {"2024-06-10", 60}, {"2024-07-10", 60}, {"2025-06-30", 30}, {"2025-12-31", 30}, {"2026-03-10", 50}, {"2026-06-30", 16}} {
			c.Clock.Set(p.day + "T04:00:00Z")
			c.post(p.n, money.Fen(p.n)*100_00, ledger.Frozen{SellerRegion: "210112"})
		}
		c.target("contracts", 2026, "200", "")
		f := c.of(c.Operator.Actor, "contracts", 2026, "2026-06-30")
		// 40 of 100, 60 of 120 and 30 of 60: on average 46.66 % by the end of June, so that 66 lead to 141.4.
		if got := told(f); got != "66 3300 not met" || f.TimeShare != 4958 || *f.Ahead != 3300-4958 {
			c.Errorf("%s, %d of the year, %d ahead", got, f.TimeShare, *f.Ahead)
		}
		if w := f.LastYear; w.Value != 30_00 || w.On.String() != "2025-06-30" || *w.Change != 12_000 {
			c.Errorf("a year ago: %+v", w)
		}
		if p := f.Forecast; fmt.Sprintf("%s %v %d %d", p.Value.Text(f.Unit), p.Years, p.MeanShare, *p.Share) != "141 [2025 2024 2023] 4666 7050" {
			c.Errorf("forecast: %+v", p)
		}
		if f := c.of(c.Operator.Actor, "contracts", 2023, ""); f.Forecast != nil || f.Actual.Value != 100_00 || f.TimeShare != 10_000 || f.LastYear.Value != 0 {
			c.Errorf("a year that is over: %+v", f)
		}
		c.Clock.Set("2023-06-11T04:00:00Z") // as of a day on which no year had gone before
		if f := c.of(c.Operator.Actor, "contracts", 2023, ""); f.Forecast != nil {
			c.Errorf("a forecast out of nothing: %+v", f.Forecast)
		}
		if _, err := c.Figure(c.Context(), c.Operator.Actor, indicators.One{Code: "contracts", Question: indicators.Question{AsOf: when.MustDay("2023-06-12")}}); !fault.InvalidInput.Of(err) {
			c.Errorf("tomorrow: %v", err)
		}
		c.Clock.Set("2026-07-10T04:00:00Z")
		if f := c.of(policy.Actor{}, "contracts", 0, ""); f.AsOf.String() != "2026-06-30" || f.Full || f.Actual.Value != 66_00 || f.Head.Month != "2026-06" || f.Forecast == nil {
			c.Errorf("the public's: %+v", f)
		}
		if _, err := c.Figure(c.Context(), policy.Actor{}, indicators.One{Code: "contracts", Question: indicators.Question{AsOf: when.MustDay("2026-06-29")}}); !fault.InvalidInput.Of(err) {
			c.Errorf("a day within a month is not the public's: %v", err)
		}
	})
}

// Local conversion divides what the ledger has: each combination by itself, imports in neither part, unknown regions in the denominator.
func TestLocalConversion(t *testing.T) {
	each(t, func(c city) {
		c.Clock.Set("2026-01-10T04:00:00Z")
		if f := c.of(c.Operator.Actor, "conversion_amount_all", 2026, ""); f.Actual != nil || f.Missing != indicators.NoFigure {
			c.Errorf("nothing divided by nothing: %+v", f.Actual)
		}
		key := c.key("2026-01-01", "2026-01-31")
		one, two := uuid.NullUUID{UUID: uuid.Must(uuid.NewV7()), Valid: true}, uuid.NullUUID{UUID: uuid.Must(uuid.NewV7()), Valid: true}
		here, gone, open, foreign := "210106", "320500", "", "DEU"
		c.post(10, 498_00, ledger.Frozen{SellerID: key, SellerRegion: "210112", BuyerRegion: here, ResultID: one})
		c.post(10, 400_00, ledger.Frozen{SellerID: key, SellerRegion: "210112", BuyerRegion: gone, ResultID: one})
		c.post(10, 102_00, ledger.Frozen{SellerID: key, SellerRegion: "210112", BuyerRegion: open, ResultID: two})
		c.post(5, 1000_00, ledger.Frozen{SellerRegion: "210112", BuyerRegion: here})
		c.post(5, 9000_00, ledger.Frozen{SellerRegion: foreign, BuyerRegion: here})
		c.post(5, 9000_00, ledger.Frozen{SellerRegion: "110105", BuyerRegion: here, Elsewhere: true})
		c.Clock.Set("2026-02-10T04:00:00Z") // not on the list any more
		c.post(5, 500_00, ledger.Frozen{SellerID: key, SellerRegion: "210112", BuyerRegion: gone})
		c.Clock.Set("2026-03-10T04:00:00Z")
		for code, want := range map[string]string{
			"conversion_amount_key": "49.80 498.00/1000.00 ?102.00", "conversion_amount_all": "59.92 1498.00/2500.00 ?102.00",
			"conversion_contracts_key": "33.33 10/30 ?10", "conversion_contracts_all": "37.50 15/40 ?10",
			"conversion_results_key": "50.00 1/2 ?1", "conversion_results_all": "50.00 1/2 ?1",
		} {
			f := c.of(c.Operator.Actor, code, 2026, "")
			r := f.Actual.Ratio
			if got := fmt.Sprintf("%s %s/%s ?%s", f.Actual.Value.Text(f.Unit), r.Numerator.Text(r.Unit), r.Denominator.Text(r.Unit), r.Unknown.Text(r.Unit)); got != want || r.City != "210100" {
				c.Errorf("%s: %s of %s, want %s", code, got, r.City, want)
			}
		}
		// The public is told what it could ask the ledger for, and no more.
		f := c.of(policy.Actor{}, "conversion_amount_all", 2026, "")
		if r := f.Actual.Ratio; r.Numerator != 1498_00 || r.Denominator != 2500_00 || f.Actual.Value != 5992 {
			c.Errorf("public: %+v", r)
		}
		for _, code := range []string{"conversion_amount_key", "conversion_results_all"} {
			if f := c.of(policy.Actor{}, code, 2026, ""); f.Actual != nil || f.Missing != indicators.Bureau {
				c.Errorf("%s is the bureau's own: %+v", code, f.Actual)
			}
		}
		// 49.80 % is not half, and a third is held against 33.33 % exactly.
		c.target("conversion_amount_key", 2026, "50", indicators.MoreThan)
		c.target("conversion_contracts_key", 2026, "33.33", indicators.MoreThan)
		if got := told(c.of(c.Operator.Actor, "conversion_amount_key", 2026, "")) + ", " + told(c.of(c.Operator.Actor, "conversion_contracts_key", 2026, "")); got != "49.80 9960 not met, 33.33 10001 met" {
			c.Errorf("%s", got)
		}
	})
}

// A target is in force once another operator has confirmed it; the one before stays. What is computed is not reported.
func TestTargetsAndReportedActuals(t *testing.T) {
	each(t, func(c city) {
		c.target("events", 2026, "60", "")
		in := indicators.TargetInput{Code: "events", Year: 2026, Value: "80", Source: "调整方案"}
		id := casttest.Create(c.Cast, c.Operator, c.ProposeTarget, in)
		_, err := c.ConfirmTarget(c.Context(), c.Operator, id, 1)
		c.Refused(err, fault.OwnDecision)
		_, err = c.ProposeTarget(c.Context(), c.Deputy, in) // one waits already, whoever proposed it and whatever it says
		c.Refused(err, fault.TargetWaits)
		next := in
		next.Year = 2027
		casttest.Create(c.Cast, c.Operator, c.ProposeTarget, next)
		c.report("events", 2026, "46", "", "2025-01-01", "2025-12-31") // data of another year
		if got := told(c.of(policy.Actor{}, "events", 2026, "2026-03-10")); got != "46 7666 not met" {
			c.Errorf("before it is confirmed: %s", got)
		}
		casttest.Change(c.Cast, c.Deputy, c.ConfirmTarget, id, 1)
		c.report("events", 2026, "47", "", "2025-01-01", "2025-12-31") // corrected
		f := c.of(policy.Actor{}, "events", 2026, "2026-03-10")
		if got := told(f); got != "47 5875 not met" || f.Actual.DataTo.String() != "2025-12-31" || f.Actual.Source != "统计公报" || f.Ahead != nil {
			c.Errorf("%s: %+v", got, f.Actual)
		}
		if l, err := c.ListTargets(c.Context(), policy.Actor{}, indicators.TargetFilter{Code: "events"}, db.Paging{Limit: 10}); err != nil || len(l.Items) != 2 || l.Items[1].State != indicators.TargetReplaced || l.Items[0].By != nil {
			c.Errorf("history: %+v %v", l.Items, err)
		}
		if l, err := c.ListActuals(c.Context(), policy.Actor{}, indicators.ActualFilter{Code: "events"}, db.Paging{Limit: 10}); err != nil || len(l.Items) != 2 {
			c.Errorf("both stay: %+v %v", l.Items, err)
		}
		c.report("events", 2026, "50", "", "2026-01-01", "2026-03-09")
		if got := told(c.of(policy.Actor{}, "events", 2026, "2026-03-09")); got != "none unknown" {
			c.Errorf("the day before anything was reported: %s", got)
		}
		_, err = c.ReportActual(c.Context(), c.Operator, indicators.ActualInput{Code: "contracts", Year: 2026, Value: "1", DataFrom: when.MustDay("2026-01-01"), DataTo: when.MustDay("2026-01-31"), Source: "手工"})
		c.Refused(err, fault.IndicatorComputed)
		for _, bad := range []indicators.TargetInput{
			{Code: "none", Year: 2026, Value: "1", Source: "无"}, {Code: "events", Year: 2026, Value: "1.5", Source: "无"}, {Code: "conversion_amount_key", Year: 2026, Value: "1", Scope: indicators.Scope{Region: "210112"}, Source: "无"},
			{Code: "tech_enterprises", Year: 2026, Value: "1", Scope: indicators.Scope{Office: "SY01"}, Source: "无"}, {Code: "events", Year: 2026, Value: "近八十", Source: "无"},
		} {
			_, err := c.ProposeTarget(c.Context(), c.Operator, bad)
			c.Refused(err, fault.InvalidInput)
		}
		_, err = c.ProposeTarget(c.Context(), c.Person("someone"), in)
		c.Refused(err, fault.NotAllowed)
	})
}

// A frozen report says for ever what it said, and the database itself keeps it so.
func TestAFrozenReportNeverChanges(t *testing.T) {
	each(t, func(c city) {
		c.Clock.Set("2026-02-10T04:00:00Z")
		c.key("2026-01-01", "2026-12-31")
		c.post(10, 1000_00, ledger.Frozen{SellerRegion: "210112", BuyerRegion: "210106"})
		c.target("contracts", 2026, "20", "")
		month := indicators.ReportInput{}
		month.Month = when.MustDay("2026-02-01").Month()
		_, err := c.FreezeReport(c.Context(), c.Operator, month)
		c.Refused(err, fault.MonthNotOver)
		c.Clock.Set("2026-03-10T04:00:00Z")
		id := casttest.Create(c.Cast, c.Operator, c.FreezeReport, month)
		_, err = c.FreezeReport(c.Context(), c.Deputy, month)
		c.Refused(err, fault.ReportFrozen)
		c.post(10, 1000_00, ledger.Frozen{SellerRegion: "210112", BuyerRegion: "210106"})
		c.target("contracts", 2026, "500", "")
		for who, full := range map[*policy.Actor]bool{{}: false, &c.Operator.Actor: true} {
			v, err := c.Report(c.Context(), *who, id)
			c.Must(err)
			sum := sha256.Sum256([]byte(v.Text))
			if v.Shown != "sha256:"+hex.EncodeToString(sum[:]) || v.Said.Full != full || v.Said.Head.Seq != 1 || (v.By != nil) != full {
				c.Errorf("full %t: %+v", full, v)
			}
			for _, f := range v.Said.Figures {
				if f.Code == "contracts" && (told(f) != "10 5000 not met" || f.Content.Definition == "") {
					c.Errorf("full %t: %s", full, told(f))
				}
				if f.Code == "conversion_amount_key" && (f.Missing == indicators.Bureau) == full {
					c.Errorf("full %t: %+v", full, f)
				}
			}
			for _, format := range []indicators.ReportFormat{indicators.Workbook, indicators.Printed, indicators.Frozen} {
				d, err := c.ReportFile(c.Context(), *who, id, format)
				c.Must(err)
				var out bytes.Buffer
				c.Must(d.Write(&out))
				switch format {
				case indicators.Frozen:
					if out.String() != v.Text {
						c.Error("json is not what was frozen")
					}
				case indicators.Printed:
					if text := papertest.Text(c.T, out.Bytes()); !strings.Contains(text, "认定登记技术合同数") || !strings.Contains(text, "50.00%") {
						c.Errorf("page: %s", text)
					}
				default:
					c.sheet(out.Bytes(), "认定登记技术合同数", "20", "10", "50.00%")
				}
			}
		}
		q := c.DB.Writer.WithContext(c.Context())
		if v, err := c.Service.Verify(c.Context()); err != nil || v.Reports != 1 || len(v.Problems) > 0 {
			c.Errorf("%+v %v", v, err)
		}
		for _, behind := range []string{"UPDATE monthly_reports SET content = '{}'", "DELETE FROM monthly_reports", "UPDATE indicator_actuals SET value = 1", "DELETE FROM indicator_actuals"} {
			if strings.Contains(behind, "actuals") {
				c.report("events", 2026, "1", "", "2026-01-01", "2026-01-31")
			}
			if err := q.Exec(behind).Error; err == nil || !strings.Contains(err.Error(), "never changed") {
				c.Errorf("%s: %v", behind, err)
			}
		}
		drop := "DROP TRIGGER monthly_reports_no_update"
		if c.DB.Dialect == db.Postgres {
			drop = "DROP TRIGGER monthly_reports_no_change ON monthly_reports"
		}
		c.Must(q.Exec(drop).Error) // somebody went round it
		c.Must(q.Exec("UPDATE monthly_reports SET content = REPLACE(content, '\"Seq\":1', '\"Seq\":2')").Error)
		if v, err := c.Service.Verify(c.Context()); err != nil || len(v.Problems) != 2 { // the digest, and a head that is another's
			c.Errorf("tampering does not show: %+v %v", v, err)
		}
	})
}

// sheet fails the test unless a row of the workbook has the cells.
func (c city) sheet(data []byte, cells ...string) {
	c.Helper()
	f, err := tables.Open(bytes.NewReader(data), int64(len(data)))
	c.Must(err)
	rows, _, err := f.Open(f.Sheets()[0])
	c.Must(err)
	defer func() { _ = rows.Close() }()
	for {
		row, err := rows.Next()
		if err != nil {
			c.Errorf("no row has %v: %v", cells, err)
			return
		}
		var line []string
		for _, cell := range row.Cells {
			line = append(line, cell.Text)
		}
		if !slices.ContainsFunc(cells, func(s string) bool { return !slices.Contains(line, s) }) {
			return
		}
	}
}

// A part of which nothing may be shown is no 0: one contract in the city, which the public is not told, makes no rate of 0 %.
func TestARateOfWhatIsWithheldIsNone(t *testing.T) {
	each(t, func(c city) {
		c.Clock.Set("2026-01-10T04:00:00Z")
		c.post(1, 498_00, ledger.Frozen{SellerRegion: "210112", BuyerRegion: "210106"})
		c.post(10, 400_00, ledger.Frozen{SellerRegion: "210112", BuyerRegion: "320500"})
		c.Clock.Set("2026-03-10T04:00:00Z")
		for _, code := range []string{"conversion_amount_all", "conversion_contracts_all"} {
			if f := c.of(policy.Actor{}, code, 2026, ""); f.Actual != nil || f.Missing != indicators.Bureau {
				c.Errorf("%s: %+v %s", code, f.Actual, f.Missing)
			}
			if f := c.of(c.Operator.Actor, code, 2026, ""); f.Actual == nil || f.Actual.Value == 0 {
				c.Errorf("%s of the bureau: %+v", code, f.Actual)
			}
		}
	})
}

// Two rates of one name are two indicators: 20.86 % of all sellers and 49.8 % of key institutions stand in no series, and each says what it is.
func TestTwoRatesAreNeverOneLine(t *testing.T) {
	each(t, func(c city) {
		c.Clock.Set("2026-03-10T04:00:00Z")
		for code, definition := range map[string]string{"shenyang_local_all": "买方在本市的成交额占全部成交额的比例。", "shenyang_local_key": "本市高校院所的成交额中买方在本市的比例。"} {
			casttest.Create(c.Cast, c.Operator, c.CreateDefinition, indicators.Content{
				Code: code, Name: "本地转化率", NameEN: "Local conversion", Unit: indicators.Percent, Shape: indicators.Rate, Definition: definition, DefinitionEN: code, Source: "统计公报",
				Measured: "百分比", MeasuredEN: "percent",
			})
		}
		c.report("shenyang_local_all", 2016, "7.76", "", "2016-01-01", "2016-12-31")
		c.report("shenyang_local_all", 2017, "20.86", "", "2017-01-01", "2017-12-31")
		c.report("shenyang_local_key", 2022, "49.8", "", "2022-01-01", "2022-12-31")
		for year, want := range map[int][2]string{2016: {"7.76", "none"}, 2017: {"20.86", "none"}, 2022: {"none", "49.80"}} {
			all, err := c.Figures(c.Context(), c.Operator.Actor, indicators.Question{Year: year})
			c.Must(err)
			seen := 0
			for _, f := range all.Figures {
				for i, code := range []string{"shenyang_local_all", "shenyang_local_key"} {
					if f.Code != code {
						continue
					}
					if seen++; told(f) != want[i] || !strings.Contains(f.Definition, "买方在本市") {
						c.Errorf("%d %s: %s (%s)", year, code, told(f), f.Definition)
					}
					if f.LastYear != nil && (year != 2017 || f.LastYear.Value.Text(f.Unit) != "7.76") {
						c.Errorf("%d %s: a year before it was %+v", year, code, f.LastYear)
					}
				}
			}
			if seen != 2 {
				c.Errorf("%d: %d of the two", year, seen)
			}
		}
		l, err := c.ListActuals(c.Context(), policy.Actor{}, indicators.ActualFilter{Code: "shenyang_local_all"}, db.Paging{Limit: 10})
		if c.Must(err); len(l.Items) != 2 {
			c.Errorf("its trend has %d points", len(l.Items))
		}
	})
}
