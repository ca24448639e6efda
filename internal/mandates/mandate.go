// Package mandates keeps what binds technology brokers (技术经纪人) to a principal: who acts for whom, about what, from when until when, for what
// fee, and who agreed to it at which moment. Introductions are made under a mandate, and commissions fall due by it; both ask here.
package mandates

import (
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/db"
	"jiebang/internal/fault"
	"jiebang/internal/money"
	"jiebang/internal/policy"
	"jiebang/internal/when"
	"jiebang/internal/work"
)

// State is where a mandate stands: proposed → agreed, declined or withdrawn; agreed → ended by either side before its last day. That its last
// day has passed is no state: Running tells it for a day.
type State string

// The states.
const (
	Proposed  State = "proposed"
	Agreed    State = "agreed"
	Declined  State = "declined"
	Withdrawn State = "withdrawn"
	Ended     State = "ended"
)

// States are all states, in their order.
var States = []State{Proposed, Agreed, Declined, Withdrawn, Ended}

// Ways are all ways of a mandate.
var Ways = work.Ways[State]{
	{Operation: "agreeMandate", Action: policy.MandateAnswer, Text: fault.Text{ZH: "委托方同意", EN: "agreed to"}, From: []State{Proposed}, To: Agreed},
	{Operation: "declineMandate", Action: policy.MandateAnswer, Text: fault.Text{ZH: "委托方谢绝", EN: "declined"}, From: []State{Proposed}, To: Declined},
	{Operation: "withdrawMandate", Action: policy.MandateWithdraw, Text: fault.Text{ZH: "经纪人撤回", EN: "taken back"}, From: []State{Proposed}, To: Withdrawn},
	{Operation: "endMandate", Action: policy.MandateEnd, Text: fault.Text{ZH: "提前终止", EN: "ended early"}, From: []State{Agreed}, To: Ended},
}

// Base is what a rate is taken of.
type Base string

// The bases: the technology amount and the turnover of the contract, each as far as it has been paid, or all that was received.
const (
	Technology Base = "technology_amount"
	Turnover   Base = "turnover"
	Received   Base = "received"
)

var bases = []Base{Technology, Turnover, Received}

// Whole is all of a split and of a rate, in basis points.
const Whole = 10_000

const (
	maxTail    = 60 // months
	maxBrokers = 10
	maxYears   = 10
)

// Mandate binds brokers to one principal. The moment of its agreement dates it, not that of its proposal.
type Mandate struct {
	work.Head
	State       State
	PrincipalID uuid.UUID
	ResultID    *uuid.UUID // about this result only, or this need; about all of the principal's where neither is named
	NeedID      *uuid.UUID
	Title       string // of that, when it was proposed
	ValidFrom   when.Day
	ValidTo     when.Day
	TailMonths  int        // so many months after its end, what was introduced under it still counts
	RateBase    Base       `gorm:"column:base"` // of a rate; empty of a fee
	RateBP      int        // basis points of the base; 0 where there is a fee
	Fee         *money.Fen // fixed, due with the first payment; nil where there is a rate
	Note        string
	ProposedBy  uuid.UUID
	AnsweredBy  *uuid.UUID
	AgreedAt    *time.Time
	Reason      string     // why it was declined or ended early
	EndedOn     when.Day   `json:",omitzero"` // its last day, where it was ended early
	EndedBy     *uuid.UUID `json:",omitzero"`
}

func (Mandate) TableName() string { return "mandates" }
func (*Mandate) Noun() string     { return "mandate" }

// Facts: it belongs to the principal; whoever proposed it is its author.
func (m *Mandate) Facts() policy.Facts {
	return policy.Facts{Owner: m.PrincipalID, Author: m.ProposedBy}
}

// FactsIn adds its brokers.
func (m *Mandate) FactsIn(q *gorm.DB, _ policy.Action) (policy.Facts, error) {
	f := m.Facts()
	var err error
	f.Agents, err = Agents(q, m.ID)
	return f, err
}

// Agents are the accounts of the brokers of a mandate.
func Agents(q *gorm.DB, mandate uuid.UUID) ([]uuid.UUID, error) {
	var out []uuid.UUID
	err := q.Session(&gorm.Session{NewDB: true}).Model(&Broker{}).Where("mandate_id = ?", mandate).Order("position").Pluck("account_id", &out).Error
	return out, err
}

// Broker is one of the brokers of a mandate, for the agency of the day on which it was proposed, with their share of what falls due.
type Broker struct {
	ID        uuid.UUID `gorm:"primaryKey"`
	MandateID uuid.UUID
	AccountID uuid.UUID
	AgencyID  *uuid.UUID // the organization that they worked for; nil where they are their own
	ShareBP   int        // basis points; together Whole
	Position  int
}

func (Broker) TableName() string { return "mandate_brokers" }

// Until is the last day of the mandate itself.
func (m *Mandate) Until() when.Day {
	if !m.EndedOn.IsZero() {
		return m.EndedOn
	}
	return m.ValidTo
}

// TailEnds is the last day on which a contract that is signed counts as led to by what was introduced under the mandate.
func (m *Mandate) TailEnds() when.Day { return m.Until().AddMonths(m.TailMonths) }

// Running tells whether something may be introduced under it at a moment: it was agreed to before, and the day is one of its days.
func (m *Mandate) Running(at time.Time) bool {
	return m.AgreedAt != nil && !at.Before(*m.AgreedAt) && when.DayOf(at).Within(m.ValidFrom, m.Until()) && (m.State == Agreed || m.State == Ended)
}

// Covers tells whether it is about a result and a need, either of which may be none.
func (m *Mandate) Covers(result, need *uuid.UUID) bool {
	same := func(mine, theirs *uuid.UUID) bool { return mine == nil || theirs != nil && *mine == *theirs }
	return same(m.ResultID, result) && same(m.NeedID, need)
}

// Terms are what a broker proposes.
type Terms struct {
	Principal    uuid.UUID
	Result, Need *uuid.UUID
	From, To     when.Day
	TailMonths   int
	Base         Base
	RateBP       int
	Fee          *money.Fen
	Note         string
	Brokers      []Part // one or more; the proposer is among them
}

// Part is a broker by name, the agency they work for, and their share.
type Part struct {
	Username string
	Agency   *uuid.UUID
	ShareBP  int
}

func (in Terms) check(today when.Day) error {
	var bad fault.Fields
	bad.Check(in.Result == nil || in.Need == nil, "/need_id", fault.OneOf, "成果与需求只填其一；都不填即为委托方的全部", "Name a result or a need; neither means all of the principal's")
	bad.Check(!in.To.Before(in.From), "/valid_to", fault.BeforeStart, "止日早于起日", "It ends before it begins")
	bad.Check(!in.To.Before(today), "/valid_to", fault.OutOfRange, "止日已过", "Its last day has passed")
	bad.Check(!in.To.After(in.From.AddYears(maxYears)), "/valid_to", fault.OutOfRange, "期限至多 %[1]d 年", "At most %[1]d years", maxYears)
	bad.Check(in.TailMonths >= 0 && in.TailMonths <= maxTail, "/tail_months", fault.OutOfRange, "保护期为 0 至 %[1]d 个月", "A tail is 0 to %[1]d months", maxTail)
	switch {
	case in.Fee != nil:
		bad.Check(*in.Fee > 0, "/fee", fault.OutOfRange, "固定佣金须大于零", "A fee is more than 0")
		bad.Check(in.RateBP == 0 && in.Base == "", "/rate_bp", fault.OneOf, "固定佣金与比例只填其一", "A fee or a rate, not both")
	default:
		bad.Check(in.RateBP >= 1 && in.RateBP <= Whole, "/rate_bp", fault.OutOfRange, "比例为 1 至 10000（万分之一）；或改填固定佣金", "A rate is 1 to 10000 basis points; or give a fee")
		fault.Offered(&bad, in.Base, "/base", bases)
	}
	bad.Length(in.Note, "/note", 0, 2000)
	bad.Check(len(in.Brokers) >= 1 && len(in.Brokers) <= maxBrokers, "/brokers", fault.OutOfRange, "经纪人为 1 至 %[1]d 名", "1 to %[1]d brokers", maxBrokers)
	sum := 0
	for _, p := range in.Brokers {
		sum += p.ShareBP
		bad.Check(p.ShareBP >= 0 && p.ShareBP <= Whole, "/brokers", fault.OutOfRange, "份额为 0 至 10000（万分之一）", "A share is 0 to 10000 basis points")
	}
	bad.Check(sum == Whole, "/brokers", fault.NotTheSum, "各经纪人份额合计须为 10000（万分之一），现为 %[1]d", "The brokers' shares are 10000 basis points together; these are %[1]d", sum)
	return bad.Err()
}

// Agree is the principal's word; the moment dates the mandate.
func (m *Mandate) Agree(by uuid.UUID, now time.Time) error {
	if err := Ways.Take(&m.State, "agreeMandate"); err != nil {
		return err
	}
	if m.ValidTo.Before(when.DayOf(now)) {
		return fault.MandateOver.New()
	}
	m.AnsweredBy, m.AgreedAt = &by, &now
	return nil
}

// Decline is the principal's refusal.
func (m *Mandate) Decline(by uuid.UUID, reason string) error {
	if err := why(reason); err != nil {
		return err
	}
	if err := Ways.Take(&m.State, "declineMandate"); err != nil {
		return err
	}
	m.AnsweredBy, m.Reason = &by, reason
	return nil
}

// Withdraw takes a proposal back before it is answered.
func (m *Mandate) Withdraw() error { return Ways.Take(&m.State, "withdrawMandate") }

// End ends it before its last day, with today as the last; what was introduced under it keeps its tail.
func (m *Mandate) End(by uuid.UUID, today when.Day, reason string) error {
	if err := why(reason); err != nil {
		return err
	}
	if err := Ways.Take(&m.State, "endMandate"); err != nil {
		return err
	}
	if m.ValidTo.Before(today) {
		return fault.MandateOver.New()
	}
	m.EndedOn, m.EndedBy, m.Reason = today, &by, reason
	return nil
}

func why(reason string) error {
	var bad fault.Fields
	bad.Length(strings.TrimSpace(reason), "/reason", 2, 1000)
	return bad.Err()
}

// Split divides an amount by the shares of brokers, in their order: each gets the part cut to the fen, and what is left goes, a fen each, to the
// largest remainders, the earlier of equals first. Shares sum to Whole; an amount is 0 or more.
func Split(amount money.Fen, shares []int) []money.Fen {
	out := make([]money.Fen, len(shares))
	order := make([]int, len(shares))
	left := amount
	remainders := make([]int64, len(shares))
	for i, s := range shares {
		out[i] = money.Part(amount, int64(s), Whole)
		left -= out[i]
		order[i] = i
		remainders[i] = remainder(int64(amount), int64(s))
	}
	slices.SortStableFunc(order, func(a, b int) int { return int(remainders[b] - remainders[a]) })
	for _, i := range order {
		if left == 0 {
			break
		}
		out[i]++
		left--
	}
	return out
}

// remainder is amount × share modulo Whole, without a product that would be too large.
func remainder(amount, share int64) int64 { return amount % Whole * share % Whole }

// Find reads a mandate for a use case of another package, whoever asks.
func Find(q *gorm.DB, id uuid.UUID) (*Mandate, error) { return work.Load[Mandate](q, id) }

// ByID reads mandates, whoever asks: one query.
func ByID(q *gorm.DB, ids []uuid.UUID) (map[uuid.UUID]Mandate, error) {
	out := make(map[uuid.UUID]Mandate, len(ids))
	if len(ids) == 0 {
		return out, nil
	}
	var rows []Mandate
	err := q.Session(&gorm.Session{NewDB: true}).Where("id IN ?", db.Among(ids)).Find(&rows).Error
	for _, m := range rows {
		out[m.ID] = m
	}
	return out, err
}

// BrokersOf reads the brokers of mandates in their order: one query.
func BrokersOf(q *gorm.DB, ids []uuid.UUID) (map[uuid.UUID][]Broker, error) {
	out := make(map[uuid.UUID][]Broker, len(ids))
	if len(ids) == 0 {
		return out, nil
	}
	var rows []Broker
	err := q.Session(&gorm.Session{NewDB: true}).Where("mandate_id IN ?", db.Among(ids)).Order("mandate_id, position").Find(&rows).Error
	for _, b := range rows {
		out[b.MandateID] = append(out[b.MandateID], b)
	}
	return out, err
}

// RunningFor reads the mandates of some principals that run at a moment: one query.
func RunningFor(q *gorm.DB, principals []uuid.UUID, at time.Time) ([]Mandate, error) {
	if len(principals) == 0 {
		return nil, nil
	}
	var rows []Mandate
	err := q.Session(&gorm.Session{NewDB: true}).Where("principal_id IN ? AND state IN ?", db.Among(principals), []State{Agreed, Ended}).Find(&rows).Error
	return slices.DeleteFunc(rows, func(m Mandate) bool { return !m.Running(at) }), err
}
