package commissions

import (
	"cmp"
	"context"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/accounts"
	"jiebang/internal/deals"
	"jiebang/internal/fault"
	"jiebang/internal/mandates"
	"jiebang/internal/money"
	"jiebang/internal/policy"
	"jiebang/internal/when"
)

// Statement is what a broker was due and paid in a month, with what stood open before and after. Open is what is due, disputed lines included, less
// what was paid; below 0 it is to be returned or set off.
type Statement struct {
	Broker   accounts.Person
	Month    when.Month
	Before   money.Fen // open when the month began
	Due      money.Fen // of the month's payments, reversals taken off
	Paid     money.Fen // in the month
	Disputed money.Fen // of what is open at its end
	Open     money.Fen // at its end
	ToReturn money.Fen // what of Open is below 0, as a positive amount
	Lines    []LineView
	More     bool // the month has more lines than are listed here; the list of commissions has all
}

// statementLines is how many lines a statement lists.
const statementLines = 1000

// Question asks for a statement: of the reader, or, for operators, of any broker.
type Question struct {
	Month    string `query:"month"`
	Username string `query:"username"`
}

// Statement reads a broker's statement of a month. What is disputed now is told as disputed in every month.
func (s *Service) Statement(ctx context.Context, reader policy.Actor, ask Question) (Statement, error) {
	if err := policy.Check(reader, policy.CommissionSheet, policy.Facts{}); err != nil {
		return Statement{}, err
	}
	today := when.DayOf(s.unit.Now())
	out := Statement{Month: today.Month()}
	if ask.Month != "" {
		var err error
		if out.Month, err = readMonth(ask.Month); err != nil {
			return out, err
		}
	}
	if out.Month.First().After(today) {
		return out, fault.InvalidInput.At("query:month", fault.OutOfRange, "%[1]s 尚未到来，至多为本月 %[2]s", "The month %[1]s has not come; the last that can be given is this one, %[2]s", out.Month, today.Month())
	}
	err := s.unit.View(ctx, func(q *gorm.DB) error {
		broker := reader.Account
		if ask.Username != "" {
			a, err := accounts.Find(q, ask.Username, "query:username")
			if err != nil {
				return err
			}
			if broker = a.ID; broker != reader.Account && !reader.Operator {
				return fault.NotAllowed.Because("只能查看本人的结算单。", "You may read your own.")
			}
		}
		return out.read(q, reader, broker)
	})
	return out, err
}

func (t *Statement) read(q *gorm.DB, reader policy.Actor, broker uuid.UUID) error {
	people, err := accounts.People(q, []uuid.UUID{broker})
	if err != nil {
		return err
	}
	t.Broker = people[broker]
	first, last := t.Month.First(), t.Month.Last()
	var sums struct{ Before, Due, Paid, PaidBefore, Disputed money.Fen }
	sum := func(condition string) string {
		return "CAST(COALESCE(SUM(CASE WHEN " + condition + " THEN amount ELSE 0 END), 0) AS bigint)"
	}
	err = q.Model(&Line{}).Where("account_id = ? AND due_on <= ?", broker, last).Select(
		sum("due_on < ?")+" AS before, "+sum("due_on >= ?")+" AS due, "+sum("paid_on >= ? AND paid_on <= ?")+" AS paid, "+sum("paid_on < ?")+" AS paid_before, "+sum("state = 'disputed'")+" AS disputed",
		first, first, first, last, first).Scan(&sums).Error
	if err != nil {
		return err
	}
	t.Before, t.Due, t.Paid, t.Disputed = sums.Before-sums.PaidBefore, sums.Due, sums.Paid, sums.Disputed
	t.Open = t.Before + t.Due - t.Paid
	t.ToReturn = max(0, -t.Open)
	var rows []Line
	if err := q.Where("account_id = ? AND due_on >= ? AND due_on <= ?", broker, first, last).Order("due_on, id").Limit(statementLines + 1).Find(&rows).Error; err != nil {
		return err
	}
	if len(rows) > statementLines {
		rows, t.More = rows[:statementLines], true
	}
	t.Lines, err = showLines(q, reader, rows)
	return err
}

// Made is an introduction as the proof of a mandate tells it: when it was proposed, and whether under the mandate.
type Made struct {
	IntroductionID uuid.UUID
	ProposedAt     time.Time
	Under          bool
	Title          string
}

// Proof is what a subsidy office asks for: who agreed to what at which moment, and which introductions were made under it and which were not. It
// claims no more than these times say.
type Proof struct {
	Mandate mandates.View
	Made    []Made
}

// proofIntroductions is how many introductions a proof lists.
const proofIntroductions = 500

// Proof reads the proof of a mandate; by who may read the mandate. The introductions are the principal's about what the mandate is about.
func (s *Service) Proof(ctx context.Context, reader policy.Actor, of *mandates.Service, id uuid.UUID) (Proof, error) {
	m, err := of.Get(ctx, reader, id)
	if err != nil {
		return Proof{}, err
	}
	out := Proof{Mandate: m}
	q := s.unit.Query(ctx).Model(&deals.Introduction{}).Where("from_id = ?", m.PrincipalID)
	if m.ResultID != nil {
		q = q.Where("result_id = ?", *m.ResultID)
	}
	if m.NeedID != nil {
		q = q.Where("need_id = ?", *m.NeedID)
	}
	var rows []deals.Introduction
	err = q.Order("id DESC").Limit(proofIntroductions).Find(&rows).Error
	for _, i := range rows {
		out.Made = append(out.Made, Made{i.ID, i.CreatedAt, i.MandateID != nil && *i.MandateID == id, cmp.Or(i.ResultTitle, i.TeamTitle, i.NeedTitle)})
	}
	return out, err
}
