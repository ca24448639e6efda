package benefits

import (
	"cmp"
	"context"
	"slices"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/accounts"
	"jiebang/internal/db"
	"jiebang/internal/fault"
	"jiebang/internal/policy"
	"jiebang/internal/when"
	"jiebang/internal/work"
)

type (
	// View is a rule as everybody sees it.
	View struct {
		Rule
		EnteredBy *accounts.Person // for operators
		work.Acts
	}
	// Answer is the outcome of writing a rule.
	Answer = work.Answer[View]
	// Service runs the use cases about rules, and tells what they come to.
	Service struct{ unit *work.Unit }
)

// New gives the use cases about benefits.
func New(unit *work.Unit) *Service { return &Service{unit} }

// rules is how rules are read and written.
var rules = work.Records[Rule, *Rule, View]{
	Read: policy.BenefitRuleRead, Columns: work.Columns{string(policy.Public): "TRUE"},
	Acts: []work.Act[*Rule, View]{{Operation: "replaceBenefitRule", Action: policy.BenefitRuleEdit, When: func(r *Rule, _ *View) error { return r.edit() }}},
	Orders: []db.Order[Rule]{{Name: "code", Columns: []string{"code", "valid_from", "id"}, Key: func(r *Rule) []any {
		return []any{r.Code, r.ValidFrom, r.ID}
	}}},
	Show: func(q *gorm.DB, reader policy.Actor, rows []Rule) ([]View, error) {
		out, people := make([]View, len(rows)), accounts.Roll{}
		for i, r := range rows {
			out[i] = View{Rule: r}
			if reader.Operator {
				people.Name(r.EnteredBy, &out[i].EnteredBy)
			}
		}
		return out, people.Call(q)
	},
}

// apart refuses a rule that would hold beside another of its code on some day.
func apart(tx *work.Tx, r *Rule) error {
	q := db.ForUpdate(tx.DB).Where("code = ? AND id <> ?", r.Code, r.ID).Where("(valid_to IS NULL OR valid_to >= ?)", r.ValidFrom)
	if !r.ValidTo.IsZero() {
		q = q.Where("valid_from <= ?", r.ValidTo)
	}
	var there []Rule
	if err := q.Order("valid_from").Limit(1).Find(&there).Error; err != nil || len(there) == 0 {
		return err
	}
	o := there[0]
	if o.ValidTo.IsZero() {
		return fault.RuleThere.Because("已有一条，自 %[1]s 起，无止日。", "There is one from %[1]s on, without an end.", o.ValidFrom)
	}
	return fault.RuleThere.Because("已有一条，%[1]s 至 %[2]s。", "There is one from %[1]s to %[2]s.", o.ValidFrom, o.ValidTo)
}

func there(err error) error {
	if db.Duplicate(err) { // two operators at once
		return fault.RuleThere.New()
	}
	return err
}

// Create enters a rule of a province or a city; by an operator.
func (s *Service) Create(ctx context.Context, call work.Call, in Input) (Answer, error) {
	return rules.Do(ctx, s.unit, call, func(tx *work.Tx) (*Rule, error) {
		if err := policy.Check(call.Actor, policy.BenefitRuleEdit, policy.Facts{Public: true}); err != nil {
			return nil, err
		}
		if err := in.check(); err != nil {
			return nil, err
		}
		r := &Rule{Head: tx.NewHead(), EnteredBy: &call.Actor.Account}
		in.into(r)
		if err := apart(tx, r); err != nil {
			return nil, err
		}
		return r, there(work.Insert(tx, work.Did(policy.BenefitRuleEdit), r))
	})
}

// Replace corrects a rule of a province or a city, or gives it its last day; by an operator. What it was stays in the audit trail.
func (s *Service) Replace(ctx context.Context, call work.Call, id uuid.UUID, version int64, in Input) (Answer, error) {
	a, err := rules.Change(ctx, s.unit, call, id, version, policy.BenefitRuleEdit, func(tx *work.Tx, r *Rule) error {
		if err := r.edit(); err != nil {
			return err
		}
		if in.Code != r.Code {
			return fault.InvalidInput.At("/code", fault.Immutable, "代码不可更改", "The code cannot change")
		}
		if err := in.check(); err != nil {
			return err
		}
		in.into(r)
		return apart(tx, r)
	})
	return a, there(err)
}

// Get reads one rule; they are public.
func (s *Service) Get(ctx context.Context, reader policy.Actor, id uuid.UUID) (View, error) {
	return rules.Get(ctx, s.unit, reader, id)
}

// Filter narrows a list of rules; empty fields do not.
type Filter struct {
	Code  string   `query:"code" where:"code = ?"`
	Kind  Kind     `query:"kind" where:"kind = ?"`
	Level Level    `query:"level" where:"level = ?"`
	Side  Side     `query:"side" where:"side = ?"`
	On    when.Day `query:"on" where:"valid_from <= ? AND (valid_to IS NULL OR valid_to >= ?)"`
}

// List lists rules by their codes, those that ended included; they are public.
func (s *Service) List(ctx context.Context, reader policy.Actor, f Filter, p db.Paging) (db.Page[View], error) {
	return rules.List(ctx, s.unit, reader, f, p)
}

// rulesFor reads the rules for some sides, of whatever day: national ones first, then by kind, those of one code one after the other.
func rulesFor(q *gorm.DB, sides ...Side) ([]Rule, error) {
	var rows []Rule
	err := q.Session(&gorm.Session{NewDB: true}).Where("side IN ?", sides).Order("code, valid_from, id").Find(&rows).Error
	slices.SortStableFunc(rows, func(a, b Rule) int {
		return cmp.Or(slices.Index(levels, a.Level)-slices.Index(levels, b.Level), slices.Index(kinds, a.Kind)-slices.Index(kinds, b.Kind))
	})
	return rows, err
}
