package commissions

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/accounts"
	"jiebang/internal/contracts"
	"jiebang/internal/db"
	"jiebang/internal/external"
	"jiebang/internal/fault"
	"jiebang/internal/mandates"
	"jiebang/internal/money"
	"jiebang/internal/orgs"
	"jiebang/internal/policy"
	"jiebang/internal/relay"
	"jiebang/internal/when"
	"jiebang/internal/work"
)

// LineState is where a commission line stands: due → confirmed or disputed, and paid in the end.
type LineState string

// The states of a line.
const (
	LineDue       LineState = "due"
	LineConfirmed LineState = "confirmed"
	LineDisputed  LineState = "disputed"
	LinePaid      LineState = "paid"
)

// LineStates are all states, in their order.
var LineStates = []LineState{LineDue, LineConfirmed, LineDisputed, LinePaid}

// LineWays are all ways of a line.
var LineWays = work.Ways[LineState]{
	{Operation: "confirmCommission", Action: policy.CommissionWork, Text: fault.Text{ZH: "付款方确认", EN: "confirmed"}, From: []LineState{LineDue, LineDisputed}, To: LineConfirmed},
	{Operation: "disputeCommission", Action: policy.CommissionWork, Text: fault.Text{ZH: "付款方有异议", EN: "disputed"}, From: []LineState{LineDue, LineConfirmed}, To: LineDisputed},
	{Operation: "settleCommission", Action: policy.CommissionWork, Text: fault.Text{ZH: "已支付", EN: "paid"}, From: []LineState{LineDue, LineConfirmed}, To: LinePaid},
}

// Line is what one payment on a contract adds to what one broker is due; of a reversal it takes away.
type Line struct {
	work.Head
	State       LineState
	ClaimID     uuid.UUID
	MandateID   uuid.UUID
	ContractID  uuid.UUID
	PaymentID   uuid.UUID
	PrincipalID uuid.UUID // who owes it
	AccountID   uuid.UUID // whom
	Amount      money.Fen // less than 0 of what went back
	DueOn       when.Day  // the day of the payment
	Reason      string    // why it is disputed
	PaidOn      when.Day  `json:",omitzero"`
	Reference   string    // of the transfer by which it was paid
}

func (Line) TableName() string { return "commission_lines" }
func (*Line) Noun() string     { return "commission" }

// Facts: the principal owes it to the broker; the other brokers of the mandate read their own.
func (l *Line) Facts() policy.Facts {
	return policy.Facts{Owner: l.PrincipalID, Agents: []uuid.UUID{l.AccountID}}
}

// Confirm is the payer's word that it is owed.
func (l *Line) Confirm() error {
	if err := LineWays.Take(&l.State, "confirmCommission"); err != nil {
		return err
	}
	l.Reason = ""
	return nil
}

// Dispute is the payer's word that it is not, with a reason.
func (l *Line) Dispute(reason string) error {
	var bad fault.Fields
	bad.Length(strings.TrimSpace(reason), "/reason", 2, 1000)
	if err := bad.Err(); err != nil {
		return err
	}
	if err := LineWays.Take(&l.State, "disputeCommission"); err != nil {
		return err
	}
	l.Reason = reason
	return nil
}

// Settlement says when and how a line was paid.
type Settlement struct {
	PaidOn    when.Day
	Reference string
}

// Settle marks a line as paid, or, where it is less than 0, as returned or set off.
func (l *Line) Settle(in Settlement, today when.Day) error {
	var bad fault.Fields
	when.NotAhead(&bad, in.PaidOn, today, "/paid_on")
	bad.Check(!in.PaidOn.Before(l.DueOn), "/paid_on", fault.BeforeStart, "早于到期日 %[1]s", "It lies before the day on which it fell due, %[1]s", l.DueOn)
	in.Reference = external.Number(&bad, in.Reference, "/reference", 100)
	if err := bad.Err(); err != nil {
		return err
	}
	if err := LineWays.Take(&l.State, "settleCommission"); err != nil {
		return err
	}
	l.PaidOn, l.Reference = in.PaidOn, in.Reference
	return nil
}

// lines is how lines are read and written.
var lines = work.Records[Line, *Line, LineView]{
	Read: policy.CommissionRead, Show: showLines, Joined: true,
	Columns: work.Columns{string(policy.Member): "principal_id IN ?", string(policy.Agent): "account_id IN ?"},
	Acts: []work.Act[*Line, LineView]{
		{Operation: "confirmCommission", Action: policy.CommissionWork, When: func(l *Line, _ *LineView) error { return l.Confirm() }},
		{Operation: "disputeCommission", Action: policy.CommissionWork, When: func(l *Line, _ *LineView) error { return l.Dispute("……") }},
		{Operation: "settleCommission", Action: policy.CommissionWork, When: func(l *Line, _ *LineView) error { return l.Settle(Settlement{PaidOn: l.DueOn}, l.DueOn) }},
	},
}

type (
	// LineAnswer is the outcome of a use case that changed a line.
	LineAnswer = work.Answer[LineView]
	// LineView is a line with who owes it to whom, and of which contract.
	LineView struct {
		Line
		Principal orgs.Ref
		Broker    accounts.Person
		Contract  contracts.Brief
		work.Acts
	}
	// Service runs the use cases about claims and commissions.
	Service struct{ unit *work.Unit }
)

// New gives the use cases about commissions.
func New(unit *work.Unit) *Service {
	s := &Service{unit}
	unit.Knows("commission_claims", fault.UnknownRecord, claims.Known)
	return s
}

func showLines(q *gorm.DB, reader policy.Actor, rows []Line) ([]LineView, error) {
	standings, of, who := make([]orgs.Standing, len(rows)), make([]uuid.UUID, len(rows)), make([]uuid.UUID, len(rows))
	for i, l := range rows {
		standings[i], of[i], who[i] = orgs.Standing{Organization: l.PrincipalID}, l.ContractID, l.AccountID
	}
	names, err := orgs.Shown(q, reader, standings)
	if err != nil {
		return nil, err
	}
	persons, err := accounts.People(q, who)
	if err != nil {
		return nil, err
	}
	about, err := contracts.Briefs(q, of)
	out := make([]LineView, len(rows))
	for i, l := range rows {
		out[i] = LineView{Line: l, Principal: names[i], Broker: persons[l.AccountID], Contract: about[l.ContractID]}
	}
	return out, err
}

// lineDue names a line that a payment made, in the audit trail and as a Change.
const lineDue work.Deed = "commission.due"

// reckoned is a payment that lines were made for, be they none.
type reckoned struct{ ClaimID, PaymentID uuid.UUID }

func (reckoned) TableName() string { return "commission_reckoned" }

// reckon makes the lines of payments on a contract that none were made for yet, for each accepted claim. The contract is locked.
func reckon(tx *work.Tx, c *contracts.Contract) error {
	var accepted []Claim
	if err := tx.Where("contract_id = ? AND state = ?", c.ID, Accepted).Order("id").Find(&accepted).Error; err != nil || len(accepted) == 0 {
		return err
	}
	payments, err := contracts.PaymentsOf(tx.DB, c.ID)
	if err != nil {
		return err
	}
	ids := make([]uuid.UUID, len(accepted))
	for i := range accepted {
		ids[i] = accepted[i].MandateID
	}
	of, err := mandates.ByID(tx.DB, ids)
	if err != nil {
		return err
	}
	brokers, err := mandates.BrokersOf(tx.DB, ids)
	if err != nil {
		return err
	}
	for i := range accepted {
		m := of[accepted[i].MandateID]
		if err := accepted[i].reckon(tx, c, &m, brokers[m.ID], payments); err != nil {
			return err
		}
	}
	return nil
}

func (c *Claim) reckon(tx *work.Tx, about *contracts.Contract, m *mandates.Mandate, brokers []mandates.Broker, payments []contracts.Payment) error {
	var done []uuid.UUID
	if err := tx.Model(&reckoned{}).Where("claim_id = ?", c.ID).Pluck("payment_id", &done).Error; err != nil {
		return err
	}
	had, err := c.had(tx.DB)
	if err != nil {
		return err
	}
	var received money.Fen
	for _, p := range payments {
		if slices.Contains(done, p.ID) {
			received += signed(p)
		}
	}
	for _, p := range payments {
		if slices.Contains(done, p.ID) {
			continue
		}
		received += signed(p)
		due := moves(Due(m, Amounts{about.Turnover, about.Technology}, received), brokers, had)
		for _, b := range brokers { // in the order of the mandate
			amount, any := due[b.AccountID]
			if !any {
				continue
			}
			had[b.AccountID] += amount
			l := &Line{
				Head: tx.NewHead(), State: LineDue, ClaimID: c.ID, MandateID: m.ID, ContractID: about.ID, PaymentID: p.ID, PrincipalID: m.PrincipalID,
				AccountID: b.AccountID, Amount: amount, DueOn: p.PaidOn,
			}
			if err := work.Insert(tx, lineDue, l); err != nil {
				return err
			}
		}
		if err := tx.Create(&reckoned{c.ID, p.ID}).Error; err != nil {
			return err
		}
	}
	return nil
}

func signed(p contracts.Payment) money.Fen {
	if p.Reverses != nil {
		return -p.Amount
	}
	return p.Amount
}

// had is what each broker has had of a claim.
func (c *Claim) had(q *gorm.DB) (map[uuid.UUID]money.Fen, error) {
	var rows []struct {
		AccountID uuid.UUID
		Sum       money.Fen
	}
	err := q.Model(&Line{}).Where("claim_id = ?", c.ID).Select("account_id, CAST(SUM(amount) AS bigint) AS sum").Group("account_id").Scan(&rows).Error
	out := make(map[uuid.UUID]money.Fen, len(rows))
	for _, r := range rows {
		out[r.AccountID] = r.Sum
	}
	return out, err
}

// Consumer follows what is filed and paid.
func (s *Service) Consumer() relay.Consumer {
	return relay.Consumer{Name: "commissions", Handle: s.follow}
}

var (
	filed = string(policy.ContractFile)
	paid  = []string{string(policy.ContractPay), string(policy.PaymentReverse)}
)

func (s *Service) follow(ctx context.Context, changes []relay.Change) error {
	var about []uuid.UUID
	add := func(id uuid.UUID) {
		if !slices.Contains(about, id) {
			about = append(about, id)
		}
	}
	for _, c := range changes {
		switch {
		case c.Kind == filed:
			add(c.ObjectID)
		case slices.Contains(paid, c.Kind):
			p, err := work.Load[contracts.Payment](s.unit.Query(ctx), c.ObjectID)
			if fault.NotVisible.Of(err) {
				continue
			} else if err != nil {
				return err
			}
			add(p.ContractID)
		}
	}
	if len(about) == 0 {
		return nil
	}
	if some, err := s.concerned(ctx); err != nil || !some {
		return err
	}
	for _, id := range about {
		_, err := s.unit.Do(ctx, work.Call{Operation: "commissions"}, func(tx *work.Tx) error { return s.bring(tx, id) })
		if err != nil {
			return fmt.Errorf("commissions of contract %s: %w", id, err)
		}
	}
	return nil
}

// concerned tells whether there is a mandate at all, so that a market without brokers pays nothing for it.
func (s *Service) concerned(ctx context.Context) (bool, error) {
	var some []uuid.UUID
	err := s.unit.Query(ctx).Model(&mandates.Mandate{}).Where("agreed_at IS NOT NULL").Limit(1).Pluck("id", &some).Error
	return len(some) > 0, err
}

// bring claims a contract for the mandates that led to it and makes the lines of its payments.
func (s *Service) bring(tx *work.Tx, contract uuid.UUID) error {
	c, err := work.Load[contracts.Contract](db.ForUpdate(tx.DB), contract)
	if fault.NotVisible.Of(err) {
		return nil
	} else if err != nil {
		return err
	}
	if c.State == contracts.Draft {
		return nil
	}
	if err := find(tx, c); err != nil {
		return err
	}
	return reckon(tx, c)
}

// ConfirmLine is the payer's word that a line is owed.
func (s *Service) ConfirmLine(ctx context.Context, call work.Call, id uuid.UUID, version int64) (LineAnswer, error) {
	return lines.Change(ctx, s.unit, call, id, version, policy.CommissionWork, func(_ *work.Tx, l *Line) error { return l.Confirm() })
}

// DisputeLine is the payer's word that a line is not owed, with a reason that the broker reads.
func (s *Service) DisputeLine(ctx context.Context, call work.Call, id uuid.UUID, version int64, reason string) (LineAnswer, error) {
	return lines.Change(ctx, s.unit, call, id, version, policy.CommissionWork, func(_ *work.Tx, l *Line) error { return l.Dispute(reason) })
}

// SettleLine marks a line as paid, or, where it is less than 0, as returned or set off; by the payer.
func (s *Service) SettleLine(ctx context.Context, call work.Call, id uuid.UUID, version int64, in Settlement) (LineAnswer, error) {
	return lines.Change(ctx, s.unit, call, id, version, policy.CommissionWork, func(tx *work.Tx, l *Line) error {
		return l.Settle(in, when.DayOf(tx.Now))
	})
}

// GetLine reads one line; by the payer, its broker and operators.
func (s *Service) GetLine(ctx context.Context, reader policy.Actor, id uuid.UUID) (LineView, error) {
	return lines.Get(ctx, s.unit, reader, id)
}

// LineFilter narrows a list of lines; empty fields do not.
type LineFilter struct {
	Contract uuid.UUID `query:"contract_id" where:"contract_id = ?" of:"contracts"`
	Mandate  uuid.UUID `query:"mandate_id" where:"mandate_id = ?" of:"mandates"`
	Claim    uuid.UUID `query:"claim_id" where:"claim_id = ?" of:"commission_claims"`
	State    LineState `query:"state" where:"state = ?"`
	Month    string    `query:"month"`

	From when.Day `where:"due_on >= ?"`
	To   when.Day `where:"due_on <= ?"`
}

// ListLines lists the lines that the reader may know of, the newest first.
func (s *Service) ListLines(ctx context.Context, reader policy.Actor, f LineFilter, p db.Paging) (db.Page[LineView], error) {
	if f.Month != "" {
		month, err := readMonth(f.Month)
		if err != nil {
			return db.Page[LineView]{}, err
		}
		f.From, f.To = month.First(), month.Last()
	}
	return lines.List(ctx, s.unit, reader, f, p)
}

func readMonth(text string) (when.Month, error) {
	month, err := when.ParseMonth(text)
	if err != nil {
		return month, fault.InvalidInput.At("query:month", fault.BadFormat, "月份写作 2026-06", "A month is written as 2026-06")
	}
	return month, nil
}
