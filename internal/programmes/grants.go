package programmes

import (
	"context"
	"strings"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/accounts"
	"jiebang/internal/db"
	"jiebang/internal/fault"
	"jiebang/internal/money"
	"jiebang/internal/policy"
	"jiebang/internal/when"
	"jiebang/internal/work"
)

// Grant is money that the bureau paid out of a round for a milestone of a project, or, where it reverses one, that came back. It is never
// changed: a mistake is reversed.
type Grant struct {
	work.Head
	RoundID     uuid.UUID
	ProjectID   uuid.UUID
	MilestoneID uuid.UUID
	PayeeID     uuid.UUID // who gets it
	PayerID     uuid.UUID // the poster beside whom it is paid
	Amount      money.Fen // more than 0, also of a reversal
	Reverses    *uuid.UUID
	PaidOn      when.Day
	Note        string
	RecordedBy  uuid.UUID
}

func (Grant) TableName() string { return "grants" }
func (*Grant) Noun() string     { return "grant" }

// Facts is what policy asks about a grant: it is the affair of who gets it and of the poster.
func (g *Grant) Facts() policy.Facts {
	return policy.Facts{Owner: g.PayeeID, Others: []uuid.UUID{g.PayerID}}
}

type (
	// GrantView is a grant as who may read it sees it.
	GrantView struct {
		Grant
		Left       money.Fen        // what is left of it, after what was reversed; 0 of a reversal
		RecordedBy *accounts.Person // for operators
		work.Acts
	}
	// GrantAnswer is the outcome of recording one.
	GrantAnswer = work.Answer[GrantView]
	// GrantReversal is what reversing one takes, in part or in whole.
	GrantReversal struct {
		Amount money.Fen
		PaidOn when.Day // on which it came back
		Note   string
	}
	// GrantTerms is what a grant may be at most; the package of the project knows it.
	GrantTerms struct {
		Round, Project, Milestone, Payee, Payer uuid.UUID
		Promised                                money.Fen // to the project, of the round's budget
		Paid                                    money.Fen // what the poster has paid, less what it took back
		Room                                    money.Fen // what is left of what was agreed for the milestone
	}
	// GrantInput is what is paid.
	GrantInput struct {
		Amount money.Fen
		PaidOn when.Day
		Note   string
	}
)

var grants = work.Records[Grant, *Grant, GrantView]{
	Read: policy.GrantRead, Show: showGrants, Joined: true,
	Columns: work.Columns{string(policy.Member): "payee_id IN ?", string(policy.Counterpart): "payer_id IN ?"},
	Acts: []work.Act[*Grant, GrantView]{
		{Operation: "reverseGrant", Action: policy.GrantReverse, When: func(g *Grant, v *GrantView) error {
			if g.Reverses != nil || v.Left == 0 {
				return fault.ReversalStays.New()
			}
			return nil
		}},
	},
}

func showGrants(q *gorm.DB, reader policy.Actor, rows []Grant) ([]GrantView, error) {
	ids := make([]uuid.UUID, len(rows))
	for i := range rows {
		ids[i] = rows[i].ID
	}
	back, err := sums(q, "reverses", "amount", ids)
	if err != nil {
		return nil, err
	}
	out, people := make([]GrantView, len(rows)), accounts.Roll{}
	for i, g := range rows {
		out[i] = GrantView{Grant: g}
		if reader.Operator {
			people.Name(&g.RecordedBy, &out[i].RecordedBy)
		}
		if g.Reverses == nil {
			out[i].Left = g.Amount - back[g.ID]
		}
	}
	return out, people.Call(q)
}

// sums adds up grants by one of their columns.
func sums(q *gorm.DB, by, what string, ids []uuid.UUID) (map[uuid.UUID]money.Fen, error) {
	out := make(map[uuid.UUID]money.Fen, len(ids))
	if len(ids) == 0 {
		return out, nil
	}
	var rows []struct {
		Of  uuid.UUID
		Sum money.Fen
	}
	err := q.Session(&gorm.Session{NewDB: true}).Model(&Grant{}).Where(by+" IN ?", ids).Select(by + " AS of, CAST(SUM(" + what + ") AS bigint) AS sum").Group(by).Scan(&rows).Error
	for _, r := range rows {
		out[r.Of] = r.Sum
	}
	return out, err
}

const signedAmount = "CASE WHEN reverses IS NULL THEN amount ELSE -amount END"

// Granted is what projects have got of the bureau, less what came back.
func Granted(q *gorm.DB, projects []uuid.UUID) (map[uuid.UUID]money.Fen, error) {
	return sums(q, "project_id", signedAmount, projects)
}

// GrantedFor is Granted by milestones.
func GrantedFor(q *gorm.DB, milestones []uuid.UUID) (map[uuid.UUID]money.Fen, error) {
	return sums(q, "milestone_id", signedAmount, milestones)
}

// Ceiling is what the bureau may have paid at most where a poster has paid so much: its share, rounded down, and no more than it promised.
func Ceiling(paid money.Fen, share int, promised money.Fen) money.Fen {
	if paid <= 0 {
		return 0
	}
	return min(money.Part(paid, int64(share), Whole), promised)
}

// Pay records a grant, within the terms and what the round lets the bureau add. It joins a transaction that holds the project, so that of
// two at once the second sees the first.
func Pay(tx *work.Tx, t GrantTerms, in GrantInput) (*Grant, error) {
	rounds, err := Of(tx.DB, []uuid.UUID{t.Round})
	if err != nil {
		return nil, err
	}
	granted, err := Granted(tx.DB, []uuid.UUID{t.Project})
	if err != nil {
		return nil, err
	}
	round := rounds[t.Round]
	left := max(Ceiling(t.Paid, round.Rules.GrantShare, t.Promised)-granted[t.Project], 0)
	var bad fault.Fields
	bad.Check(in.Amount > 0, "/amount", fault.NotPositive, "须大于零", "It must be more than 0")
	when.NotAhead(&bad, in.PaidOn, when.DayOf(tx.Now), "/paid_on")
	bad.Length(in.Note, "/note", 0, 1000)
	if err := bad.Err(); err != nil {
		return nil, err
	}
	if in.Amount > left {
		return nil, fault.GrantTooMuch.Because("发榜方已支付 %[1]s 元，本项目尚可拨付 %[2]s 元。", "The poster has paid %[1]s yuan; %[2]s yuan may still be granted to the project.", t.Paid, left)
	}
	if in.Amount > t.Room {
		return nil, fault.PaysTooMuch.Because("该节点尚余 %[1]s 元。", "%[1]s yuan are left of the milestone.", t.Room)
	}
	g := &Grant{
		Head: tx.NewHead(), RoundID: t.Round, ProjectID: t.Project, MilestoneID: t.Milestone, PayeeID: t.Payee, PayerID: t.Payer,
		Amount: in.Amount, PaidOn: in.PaidOn, Note: strings.TrimSpace(in.Note), RecordedBy: tx.Call.Actor.Account,
	}
	return g, work.Insert(tx, work.Did(policy.GrantPay), g)
}

// ShowGrant is a grant as the caller of a transaction that recorded it sees it.
func ShowGrant(ctx context.Context, unit *work.Unit, call work.Call, fn func(tx *work.Tx) (*Grant, error)) (GrantAnswer, error) {
	return grants.Do(ctx, unit, call, fn)
}

// ReverseGrant records what came back of a grant; by an operator.
func (s *Service) ReverseGrant(ctx context.Context, call work.Call, id uuid.UUID, in GrantReversal) (GrantAnswer, error) {
	return grants.Do(ctx, s.unit, call, func(tx *work.Tx) (*Grant, error) {
		g, err := work.Load[Grant](db.ForUpdate(tx.DB), id) // so that of two reversals at once the second sees the first
		if err != nil {
			return nil, err
		}
		if err := policy.Check(call.Actor, policy.GrantReverse, g.Facts()); err != nil {
			return nil, err
		}
		if g.Reverses != nil {
			return nil, fault.ReversalStays.New()
		}
		back, err := sums(tx.DB, "reverses", "amount", []uuid.UUID{g.ID})
		if err != nil {
			return nil, err
		}
		left := g.Amount - back[g.ID]
		var bad fault.Fields
		bad.Check(in.Amount > 0 && in.Amount <= left, "/amount", fault.OutOfRange, "该笔尚余 %[1]s 元，金额须大于零且不超过此数", "%[1]s yuan are left of it; the amount is more than 0 and no more than that", left)
		when.NotAhead(&bad, in.PaidOn, when.DayOf(tx.Now), "/paid_on")
		bad.Check(!in.PaidOn.Before(g.PaidOn), "/paid_on", fault.BeforeStart, "早于所冲正的拨付日期 %[1]s", "It lies before the day of the grant, %[1]s", g.PaidOn)
		bad.Length(in.Note, "/note", 2, 1000)
		if err := bad.Err(); err != nil {
			return nil, err
		}
		r := *g
		r.Head, r.Amount, r.Reverses, r.PaidOn, r.Note, r.RecordedBy = tx.NewHead(), in.Amount, &g.ID, in.PaidOn, in.Note, call.Actor.Account
		return &r, work.Insert(tx, work.Did(policy.GrantReverse), &r)
	})
}

// GetGrant reads one grant.
func (s *Service) GetGrant(ctx context.Context, reader policy.Actor, id uuid.UUID) (GrantView, error) {
	return grants.Get(ctx, s.unit, reader, id)
}

// GrantFilter narrows a list of grants; empty fields do not.
type GrantFilter struct {
	Round     uuid.UUID `query:"round_id" where:"round_id = ?" of:"rounds"`
	Project   uuid.UUID `query:"project_id" where:"project_id = ?" of:"projects"`
	Milestone uuid.UUID `query:"milestone_id" where:"milestone_id = ?" of:"milestones"`
}

// ListGrants lists grants and their reversals, the last recorded first: to operators all, to others those of their projects.
func (s *Service) ListGrants(ctx context.Context, reader policy.Actor, f GrantFilter, p db.Paging) (db.Page[GrantView], error) {
	return grants.List(ctx, s.unit, reader, f, p)
}
