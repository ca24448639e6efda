package indicators

import (
	"context"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/accounts"
	"jiebang/internal/db"
	"jiebang/internal/fault"
	"jiebang/internal/policy"
	"jiebang/internal/when"
	"jiebang/internal/work"
)

// Actual is what somebody reported that an indicator is, for a year. Its data may be of another period than that year (错年统计). Rows are never
// changed: what turns out otherwise is reported again, and the latest counts.
type Actual struct {
	work.Head
	Code       string
	Year       int
	Scope      `gorm:"embedded"`
	Value      Value
	Bound      Bound
	DataFrom   when.Day
	DataTo     when.Day
	Source     string
	ReportedBy uuid.UUID
}

func (Actual) TableName() string { return "indicator_actuals" }
func (*Actual) Noun() string     { return "indicator_actual" }

// Facts: what was reported is public.
func (*Actual) Facts() policy.Facts { return policy.Facts{Public: true} }

type (
	// ActualView is a reported actual as one reader may see it: who reported it is the bureau's affair.
	ActualView struct {
		Actual
		Unit Unit
		By   *accounts.Person
		work.Acts
	}
	// ActualAnswer is the outcome of reporting one.
	ActualAnswer = work.Answer[ActualView]
	// ActualInput is what reporting one takes.
	ActualInput struct {
		Code string
		Year int
		Scope
		Value            string
		Bound            Bound
		DataFrom, DataTo when.Day
		Source           string
	}
)

var actuals = work.Records[Actual, *Actual, ActualView]{
	Read: policy.ActualRead, Columns: work.Columns{string(policy.Public): "TRUE"}, Show: showActuals,
}

func showActuals(q *gorm.DB, reader policy.Actor, rows []Actual) ([]ActualView, error) {
	out := make([]ActualView, len(rows))
	var codes []string
	var ids []uuid.UUID
	for i, a := range rows {
		out[i] = ActualView{Actual: a}
		codes = append(codes, a.Code)
		if reader.Operator {
			ids = append(ids, a.ReportedBy)
		}
	}
	units, err := unitsOf(q, codes)
	if err != nil {
		return nil, err
	}
	people, err := accounts.People(q, ids)
	for i := range out {
		out[i].Unit = units[out[i].Code]
		if p, known := people[out[i].ReportedBy]; known {
			out[i].By = &p
		}
	}
	return out, err
}

// firstData is the first day that data may be of.
var firstData = when.MustDay("1990-01-01")

// ReportActual writes down what an indicator is, of one that is not computed; by an operator.
func (s *Service) ReportActual(ctx context.Context, call work.Call, in ActualInput) (ActualAnswer, error) {
	return actuals.Do(ctx, s.unit, call, func(tx *work.Tx) (*Actual, error) {
		if err := policy.Check(call.Actor, policy.ActualReport, policy.Facts{}); err != nil {
			return nil, err
		}
		d, err := defined(tx.DB, in.Code, "/code")
		if err != nil {
			return nil, err
		}
		if d.How == Computed {
			return nil, fault.IndicatorComputed.New()
		}
		var bad fault.Fields
		value := readValue(&bad, in.Value, d.Unit, "/value")
		if in.Bound == "" {
			in.Bound = Exact
		}
		fault.Offered(&bad, in.Bound, "/bound", []Bound{Exact, Below, Above})
		bad.Check(!in.DataFrom.Before(firstData), "/data_from", fault.OutOfRange, "数据所属期不早于 %[1]s", "Data are of %[1]s or later", firstData)
		bad.Check(!in.DataTo.Before(in.DataFrom), "/data_to", fault.BeforeStart, "数据所属期止日早于起日", "The period ends before it begins")
		when.NotAhead(&bad, in.DataTo, when.DayOf(tx.Now), "/data_to")
		if err := in.Scope.check(tx.DB, &bad, d, inBody); err != nil {
			return nil, err
		}
		if err := bad.Err(); err != nil {
			return nil, err
		}
		a := &Actual{
			Head: tx.NewHead(), Code: d.Code, Year: in.Year, Scope: in.Scope, Value: value, Bound: in.Bound, DataFrom: in.DataFrom, DataTo: in.DataTo,
			Source: in.Source, ReportedBy: call.Actor.Account,
		}
		return a, work.Insert(tx, work.Did(policy.ActualReport), a)
	})
}

// latest is what was reported last of an indicator for a year, by the end of a day, with data of no later than another; nil: nothing.
func latest(q *gorm.DB, code string, year int, s Scope, by, data when.Day) (*Actual, error) {
	var found []Actual
	err := q.Where("code = ? AND year = ? AND office = ? AND region = ? AND created_at < ? AND data_to <= ?", code, year, s.Office, s.Region, by.End(), data).
		Order("data_to DESC, id DESC").Limit(1).Find(&found).Error
	if err != nil || len(found) == 0 {
		return nil, err
	}
	return &found[0], nil
}

// Actual reads one reported actual.
func (s *Service) Actual(ctx context.Context, reader policy.Actor, id uuid.UUID) (ActualView, error) {
	return actuals.Get(ctx, s.unit, reader, id)
}

// ActualFilter narrows a list of reported actuals; empty fields do not.
type ActualFilter struct {
	Code   string `query:"code" where:"code = ?"`
	Year   int    `query:"year" where:"year = ?"`
	Office string `query:"office" where:"office = ?"`
	Region string `query:"region" where:"region = ?"`
}

// ListActuals lists what was reported, the last first.
func (s *Service) ListActuals(ctx context.Context, reader policy.Actor, f ActualFilter, p db.Paging) (db.Page[ActualView], error) {
	if err := s.known(ctx, f.Code, Scope{f.Office, f.Region}); err != nil {
		return db.Page[ActualView]{}, err
	}
	return actuals.List(ctx, s.unit, reader, f, p)
}
