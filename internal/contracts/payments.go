package contracts

import (
	"context"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/db"
	"jiebang/internal/external"
	"jiebang/internal/fault"
	"jiebang/internal/money"
	"jiebang/internal/policy"
	"jiebang/internal/when"
	"jiebang/internal/work"
)

// payments is how payments are read and written.
var payments = work.Records[Payment, *Payment, PaymentView]{
	Read: policy.PaymentRead, Show: showPayments, Joined: true,
	Acts: []work.Act[*Payment, PaymentView]{
		{Operation: "reversePayment", Action: policy.PaymentReverse, When: func(p *Payment, v *PaymentView) error {
			if p.Reverses != nil || v.Left == 0 {
				return fault.ReversalStays.New()
			}
			return nil
		}},
	},
}

// PaymentView is a payment as who may read its contract sees it.
type PaymentView struct {
	Payment
	Left  money.Fen   // what is left of it, after what was reversed; 0 of a reversal
	Alike []uuid.UUID // others of the contract that may be the same one, entered twice
	work.Acts
}

// PaymentAnswer is the outcome of recording one.
type PaymentAnswer = work.Answer[PaymentView]

// showPayments adds what is left of each, and which others it looks like: a query for either.
func showPayments(q *gorm.DB, _ policy.Actor, rows []Payment) ([]PaymentView, error) {
	ids := make([]uuid.UUID, len(rows))
	for i := range rows {
		ids[i] = rows[i].ID
	}
	back, err := reversed(q, ids)
	if err != nil {
		return nil, err
	}
	others, err := alikeTo(q, ids)
	out := make([]PaymentView, len(rows))
	for i, p := range rows {
		out[i] = PaymentView{Payment: p, Alike: others[p.ID]}
		if p.Reverses == nil {
			out[i].Left = p.Amount - back[p.ID]
		}
	}
	return out, err
}

// reversed is how much of payments was reversed.
func reversed(q *gorm.DB, of []uuid.UUID) (map[uuid.UUID]money.Fen, error) {
	out := make(map[uuid.UUID]money.Fen, len(of))
	if len(of) == 0 {
		return out, nil
	}
	var rows []struct {
		Reverses uuid.UUID
		Sum      money.Fen
	}
	err := q.Session(&gorm.Session{NewDB: true}).Model(&Payment{}).Where("reverses IN ?", of).Select("reverses, CAST(SUM(amount) AS bigint) AS sum").Group("reverses").Scan(&rows).Error
	for _, r := range rows {
		out[r.Reverses] = r.Sum
	}
	return out, err
}

// Received is what was really received on a contract: payments less what was reversed of them.
type Received struct {
	Total     money.Fen
	FromBuyer money.Fen // of that, what the buyer paid
}

// Paid tells what was received on contracts; one where nothing was has zeros. It asks no policy.
func Paid(q *gorm.DB, contracts []uuid.UUID) (map[uuid.UUID]Received, error) {
	return received(q, "contract_id", contracts)
}

// PaidFor is Paid by the milestones that payments were made for.
func PaidFor(q *gorm.DB, milestones []uuid.UUID) (map[uuid.UUID]Received, error) {
	return received(q, "milestone_id", milestones)
}

func received(q *gorm.DB, column string, ids []uuid.UUID) (map[uuid.UUID]Received, error) {
	out := make(map[uuid.UUID]Received, len(ids))
	if len(ids) == 0 {
		return out, nil
	}
	var rows []struct {
		Of    uuid.UUID
		Payer Payer
		Sum   money.Fen
	}
	err := q.Session(&gorm.Session{NewDB: true}).Model(&Payment{}).Where(column+" IN ?", ids).
		Select(column + " AS of, payer, CAST(SUM(CASE WHEN reverses IS NULL THEN amount ELSE -amount END) AS bigint) AS sum").Group(column + ", payer").Scan(&rows).Error
	for _, r := range rows {
		sum := out[r.Of]
		sum.Total += r.Sum
		if r.Payer == FromBuyer {
			sum.FromBuyer += r.Sum
		}
		out[r.Of] = sum
	}
	return out, err
}

// recorded names a payment in the audit trail and as a Change.
var recorded = work.Did(policy.ContractPay)

// Pay records a payment on a contract, and joins the transaction of a use case that answers for it.
func Pay(tx *work.Tx, contract uuid.UUID, in PaymentInput) (*Payment, error) {
	c, err := work.Load[Contract](db.ForUpdate(tx.DB), contract)
	if err != nil {
		return nil, err
	}
	p, err := c.pay(tx.NewHead(), in, when.DayOf(tx.Now))
	if err != nil {
		return nil, err
	}
	return p, c.keepPayment(tx, p, recorded)
}

// keepPayment writes a payment or a reversal. The same number twice is told by the first: the call may have been made before.
func (c *Contract) keepPayment(tx *work.Tx, p *Payment, deed work.Deed) error {
	if p.ExternalID != "" {
		var there []Payment
		if err := tx.Where("contract_id = ? AND external_id = ?", c.ID, p.ExternalID).Limit(1).Find(&there).Error; err != nil {
			return err
		}
		if len(there) > 0 {
			return fault.PaymentThere.Because("记录 %[1]s：%[2]s，%[3]s 元。", "It is %[1]s, of %[2]s, %[3]s yuan.", there[0].ID, there[0].PaidOn, there[0].Amount)
		}
	}
	p.RecordedSide, p.RecordedBy = c.sideOf(tx.Call.Actor), tx.Call.Actor.Account
	return work.Insert(tx, deed, p)
}

// ReversePayment takes back some of a payment, or all, by a record of its own, and joins the transaction of a use case that answers for it.
func ReversePayment(tx *work.Tx, payment uuid.UUID, in ReversalInput) (*Payment, error) {
	p, err := work.Load[Payment](tx.DB, payment)
	if err != nil {
		return nil, err
	}
	c, err := work.Load[Contract](db.ForUpdate(tx.DB), p.ContractID) // so that of two reversals at once the second sees the first
	if err != nil {
		return nil, err
	}
	back, err := reversed(tx.DB, []uuid.UUID{p.ID})
	if err != nil {
		return nil, err
	}
	r, err := p.reverse(tx.NewHead(), in, p.Amount-back[p.ID], when.DayOf(tx.Now))
	if err != nil {
		return nil, err
	}
	return r, c.keepPayment(tx, r, work.Did(policy.PaymentReverse))
}

// Bound refuses a payment that another package's agreement has no room for. It is asked before the contract is locked, and holds what it goes by.
type Bound func(tx *work.Tx, contract uuid.UUID, in PaymentInput) error

// PayWithin has what is recorded straight on a contract held to a bound. Whoever calls Pay answers for theirs.
func (s *Service) PayWithin(b Bound) { s.bound = b }

// RecordPayment records a payment on a contract; by a member of either side. It changes no version.
func (s *Service) RecordPayment(ctx context.Context, call work.Call, contract uuid.UUID, in PaymentInput) (PaymentAnswer, error) {
	return payments.Do(ctx, s.unit, call, func(tx *work.Tx) (*Payment, error) {
		c, err := work.Load[Contract](tx.DB, contract)
		if err != nil {
			return nil, err
		}
		facts, err := c.FactsIn(tx.DB, policy.ContractRead)
		if err != nil {
			return nil, err
		}
		if err := policy.Check(call.Actor, policy.ContractPay, facts); err != nil {
			return nil, err
		}
		if s.bound != nil {
			if err := s.bound(tx, contract, in); err != nil {
				return nil, err
			}
		}
		return Pay(tx, contract, in)
	})
}

// Reverse takes back some of a payment, or all; by a member of either side.
func (s *Service) Reverse(ctx context.Context, call work.Call, payment uuid.UUID, in ReversalInput) (PaymentAnswer, error) {
	return payments.Do(ctx, s.unit, call, func(tx *work.Tx) (*Payment, error) {
		p, err := work.Load[Payment](tx.DB, payment)
		if err != nil {
			return nil, err
		}
		facts, err := p.FactsIn(tx.DB, policy.PaymentReverse)
		if err != nil {
			return nil, err
		}
		if err := policy.Check(call.Actor, policy.PaymentReverse, facts); err != nil {
			return nil, err
		}
		return ReversePayment(tx, payment, in)
	})
}

// GetPayment reads one payment; by who may read its contract as it stands.
func (s *Service) GetPayment(ctx context.Context, reader policy.Actor, id uuid.UUID) (PaymentView, error) {
	return payments.Get(ctx, s.unit, reader, id)
}

// PaymentFilter asks for the payments of one contract.
type PaymentFilter struct {
	Contract   uuid.UUID `path:"id" where:"contract_id = ?" required:"yes"`
	Milestone  uuid.UUID `query:"milestone_id" where:"milestone_id = ?" of:"milestones"`
	ExternalID string    `query:"external_id" where:"external_id = ?"`
}

var newestPayments = db.Newest(func(p *Payment) uuid.UUID { return p.ID })

// ListPayments lists the payments of a contract and their reversals, the last recorded first; by who may read it as it stands.
func (s *Service) ListPayments(ctx context.Context, reader policy.Actor, f PaymentFilter, p db.Paging) (db.Page[PaymentView], error) {
	var out db.Page[PaymentView]
	var bad fault.Fields
	if f.ExternalID = external.Seek(&bad, f.ExternalID, "query:external_id", mostNumber); len(bad) > 0 {
		return out, bad.Err()
	}
	err := s.unit.View(ctx, func(q *gorm.DB) error {
		if _, err := loadNow(q, reader, f.Contract); err != nil {
			return err
		}
		page, err := db.List(db.Filter(q.Model(&Payment{}), f), p, newestPayments)
		if err != nil {
			return err
		}
		out.Next = page.Next
		out.Items, err = payments.Show(q, reader, page.Items)
		return err
	})
	return out, err
}
