package mandates

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/accounts"
	"jiebang/internal/db"
	"jiebang/internal/fault"
	"jiebang/internal/needs"
	"jiebang/internal/orgs"
	"jiebang/internal/people"
	"jiebang/internal/policy"
	"jiebang/internal/results"
	"jiebang/internal/when"
	"jiebang/internal/work"
)

// records is how mandates are read and written.
var records = work.Records[Mandate, *Mandate, View]{
	Read: policy.MandateRead, Show: show, Joined: true,
	Columns: work.Columns{
		string(policy.Member): "principal_id IN ?",
		string(policy.Agent):  "id IN (SELECT b.mandate_id FROM mandate_brokers b WHERE b.account_id IN ?)",
	},
	Orders: []db.Order[Mandate]{
		db.Newest(func(m *Mandate) uuid.UUID { return m.ID }),
		db.Updated(func(m *Mandate) (time.Time, uuid.UUID) { return m.UpdatedAt, m.ID }),
	},
	Acts: []work.Act[*Mandate, View]{
		{Operation: "agreeMandate", Action: policy.MandateAnswer, When: func(m *Mandate, v *View) error { return m.Agree(uuid.Nil, v.today.Start()) }, Asks: stands},
		{Operation: "declineMandate", Action: policy.MandateAnswer, When: func(m *Mandate, _ *View) error { return m.Decline(uuid.Nil, "……") }},
		{Operation: "withdrawMandate", Action: policy.MandateWithdraw, When: func(m *Mandate, _ *View) error { return m.Withdraw() }},
		{Operation: "endMandate", Action: policy.MandateEnd, When: func(m *Mandate, v *View) error { return m.End(uuid.Nil, v.today, "……") }},
	},
}

func stands(q *gorm.DB, m *Mandate) error { return orgs.MustBeVerified(q, m.PrincipalID) }

type (
	// Answer is the outcome of a use case that changed a mandate.
	Answer = work.Answer[View]
	// Service runs the use cases about mandates.
	Service struct{ unit *work.Unit }
)

// New gives the use cases about mandates.
func New(unit *work.Unit) *Service {
	s := &Service{unit}
	unit.Knows("mandates", fault.UnknownRecord, records.Known)
	return s
}

// View is a mandate as its principal, its brokers and an operator see it.
type View struct {
	Mandate
	Principal orgs.Ref
	Brokers   []BrokerView
	// Conflicts are other mandates of the principal that run at the same time, about the same, by other brokers; while it waits for an answer.
	Conflicts []Conflict
	// Who proposed it, answered and ended it.
	ProposedBy, AnsweredBy, EndedBy *accounts.Person
	today                           when.Day
	work.Acts
}

// BrokerView is a broker of a mandate by name.
type BrokerView struct {
	Broker
	Person accounts.Person
	Agency *orgs.Ref
}

// Conflict is another mandate that the principal has to know of before it agrees.
type Conflict struct {
	MandateID          uuid.UUID
	ValidFrom, ValidTo when.Day
}

// show completes mandates, in a fixed number of queries however many there are.
func show(q *gorm.DB, reader policy.Actor, rows []Mandate) ([]View, error) {
	ids := make([]uuid.UUID, len(rows))
	standings := make([]orgs.Standing, len(rows))
	for i, m := range rows {
		ids[i], standings[i] = m.ID, orgs.Standing{Organization: m.PrincipalID}
	}
	named, err := orgs.Shown(q, reader, standings)
	if err != nil {
		return nil, err
	}
	brokers, err := showBrokers(q, reader, ids)
	if err != nil {
		return nil, err
	}
	beside, err := conflicts(q, rows)
	if err != nil {
		return nil, err
	}
	today := db.DayOf(q)
	out, people := make([]View, len(rows)), accounts.Roll{}
	for i, m := range rows {
		out[i] = View{Mandate: m, Principal: named[i], Brokers: brokers[m.ID], Conflicts: beside[m.ID], today: today}
		people.Name(&rows[i].ProposedBy, &out[i].ProposedBy)
		people.Name(rows[i].AnsweredBy, &out[i].AnsweredBy)
		people.Name(rows[i].EndedBy, &out[i].EndedBy)
	}
	return out, people.Call(q)
}

// showBrokers names the brokers of mandates.
func showBrokers(q *gorm.DB, reader policy.Actor, ids []uuid.UUID) (map[uuid.UUID][]BrokerView, error) {
	brokers, err := BrokersOf(q, ids)
	if err != nil {
		return nil, err
	}
	var who []uuid.UUID
	var standings []orgs.Standing
	for _, of := range brokers {
		for _, b := range of {
			who = append(who, b.AccountID)
			if b.AgencyID != nil {
				standings = append(standings, orgs.Standing{Organization: *b.AgencyID})
			}
		}
	}
	persons, err := accounts.People(q, who)
	if err != nil {
		return nil, err
	}
	named, err := orgs.Shown(q, reader, standings)
	agencies := make(map[uuid.UUID]orgs.Ref, len(named))
	for i, ref := range named {
		agencies[standings[i].Organization] = ref
	}
	out := make(map[uuid.UUID][]BrokerView, len(brokers))
	for id, of := range brokers {
		for _, b := range of {
			v := BrokerView{Broker: b, Person: persons[b.AccountID]}
			if b.AgencyID != nil {
				agency := agencies[*b.AgencyID]
				v.Agency = &agency
			}
			out[id] = append(out[id], v)
		}
	}
	return out, err
}

// Acting is a broker who acts in an introduction or a deal, as both sides of it see them.
type Acting struct {
	Person    accounts.Person
	Agency    *orgs.Ref
	BothSides bool // they have a mandate of the other side as well, today
}

// ActingFor tells who acts as a broker in each of some rows, which of tells the mandate and the two sides of: three queries and those for
// names, however many rows there are, and none where no row has a mandate.
func ActingFor[R any](q *gorm.DB, reader policy.Actor, rows []R, of func(r *R) (mandate *uuid.UUID, a, b uuid.UUID)) ([][]Acting, error) {
	out := make([][]Acting, len(rows))
	var ids, sides []uuid.UUID
	for i := range rows {
		if m, a, b := of(&rows[i]); m != nil {
			ids, sides = append(ids, *m), append(sides, a, b)
		}
	}
	if len(ids) == 0 {
		return out, nil
	}
	brokers, err := showBrokers(q, reader, ids)
	if err != nil {
		return nil, err
	}
	type pair struct{ AccountID, PrincipalID uuid.UUID }
	var both []pair
	day := db.DayOf(q)
	err = q.Session(&gorm.Session{NewDB: true}).Raw("SELECT DISTINCT b.account_id, m.principal_id FROM mandate_brokers b JOIN mandates m ON m.id = b.mandate_id"+
		" WHERE b.account_id IN (SELECT c.account_id FROM mandate_brokers c WHERE c.mandate_id IN ?) AND m.principal_id IN ?"+
		" AND m.state IN ('agreed', 'ended') AND m.valid_from <= ? AND COALESCE(m.ended_on, m.valid_to) >= ?", db.Among(ids), db.Among(sides), day, day).Scan(&both).Error
	if err != nil {
		return nil, err
	}
	known, err := ByID(q, ids)
	if err != nil {
		return nil, err
	}
	for i := range rows {
		m, other, second := of(&rows[i])
		if m == nil {
			continue
		}
		if known[*m].PrincipalID == other {
			other = second
		}
		for _, b := range brokers[*m] {
			out[i] = append(out[i], Acting{b.Person, b.Agency, slices.Contains(both, pair{b.AccountID, other})})
		}
	}
	return out, nil
}

// conflicts finds, of mandates that wait for an answer, those that run already for the same principal on some of the same days, about the same or
// about all, and that have another broker: one query.
func conflicts(q *gorm.DB, rows []Mandate) (map[uuid.UUID][]Conflict, error) {
	out := map[uuid.UUID][]Conflict{}
	var waiting []uuid.UUID
	for _, m := range rows {
		if m.State == Proposed {
			waiting = append(waiting, m.ID)
		}
	}
	if len(waiting) == 0 {
		return out, nil
	}
	var found []struct {
		Of uuid.UUID
		Conflict
	}
	err := q.Session(&gorm.Session{NewDB: true}).Raw("SELECT m.id AS of, o.id AS mandate_id, o.valid_from, COALESCE(o.ended_on, o.valid_to) AS valid_to FROM mandates m"+
		" JOIN mandates o ON o.principal_id = m.principal_id AND o.id <> m.id AND o.state IN ('agreed', 'ended')"+
		" AND o.valid_from <= m.valid_to AND COALESCE(o.ended_on, o.valid_to) >= m.valid_from"+
		" AND (o.result_id IS NULL OR m.result_id IS NULL OR o.result_id = m.result_id) AND (o.need_id IS NULL OR m.need_id IS NULL OR o.need_id = m.need_id)"+
		" AND NOT (o.result_id IS NOT NULL AND m.need_id IS NOT NULL) AND NOT (o.need_id IS NOT NULL AND m.result_id IS NOT NULL)"+
		" WHERE m.id IN ? AND EXISTS (SELECT 1 FROM mandate_brokers b WHERE b.mandate_id = o.id"+
		" AND b.account_id NOT IN (SELECT c.account_id FROM mandate_brokers c WHERE c.mandate_id = m.id)) ORDER BY o.id LIMIT 200", waiting).Scan(&found).Error
	for _, c := range found {
		out[c.Of] = append(out[c.Of], c.Conflict)
	}
	return out, err
}

// Propose proposes a mandate to a principal; by a technology broker, who is one of its brokers.
func (s *Service) Propose(ctx context.Context, call work.Call, in Terms) (Answer, error) {
	return records.Do(ctx, s.unit, call, func(tx *work.Tx) (*Mandate, error) {
		if err := policy.Check(call.Actor, policy.MandatePropose, policy.Facts{}); err != nil {
			return nil, err
		}
		if err := in.check(when.DayOf(tx.Now)); err != nil {
			return nil, err
		}
		principal, err := orgs.LoadOwner(tx.DB, call.Actor, in.Principal, "/principal_id")
		if err != nil {
			return nil, err
		}
		if principal.State != orgs.Verified {
			return nil, fault.OrganizationPending.Because("核验通过后方可受托。", "It may give a mandate once it is verified.")
		}
		title, err := in.about(tx.DB, call.Actor)
		if err != nil {
			return nil, err
		}
		m := &Mandate{
			Head: tx.NewHead(), State: Proposed, PrincipalID: principal.ID, ResultID: in.Result, NeedID: in.Need, Title: title,
			ValidFrom: in.From, ValidTo: in.To, TailMonths: in.TailMonths, RateBase: in.Base, RateBP: in.RateBP, Fee: in.Fee, Note: in.Note, ProposedBy: call.Actor.Account,
		}
		brokers, err := in.brokers(tx, m)
		if err != nil {
			return nil, err
		}
		if err := work.Insert(tx, work.Did(policy.MandatePropose), m); err != nil {
			return nil, err
		}
		return m, tx.Create(&brokers).Error
	})
}

// about checks that what is named is the principal's and public, and tells what it is called.
func (in Terms) about(q *gorm.DB, reader policy.Actor) (string, error) {
	q = q.Session(&gorm.Session{})
	var bad fault.Fields
	var title string
	switch {
	case in.Result != nil:
		r, err := results.Load(q, reader, *in.Result)
		if err != nil && !fault.NotVisible.Of(err) {
			return "", err
		}
		if err != nil || r.OwnerID != in.Principal {
			bad.Check(false, "/result_id", fault.UnknownResult, "委托方没有这项已发布的成果", "The principal has no such published result")
		} else {
			title = r.Title
		}
	case in.Need != nil:
		n, err := needs.Load(q, reader, *in.Need)
		if err != nil && !fault.NotVisible.Of(err) {
			return "", err
		}
		// Whose a masked one is cannot be asked by naming somebody: an answer would tell.
		if err != nil || n.OwnerID != in.Principal || n.Masked && !policy.Allowed(reader, policy.NeedInner, n.Facts()) {
			bad.Check(false, "/need_id", fault.UnknownNeed, "委托方没有这项公开的需求", "The principal has no such open need")
		} else {
			title = n.Title
		}
	}
	return title, bad.Err()
}

// brokers makes the rows of a mandate's brokers: each in the register today, each once, the proposer among them, each for an agency that they
// belong to.
func (in Terms) brokers(tx *work.Tx, m *Mandate) ([]Broker, error) {
	out := make([]Broker, 0, len(in.Brokers))
	ids := make([]uuid.UUID, 0, len(in.Brokers))
	seen := map[uuid.UUID]bool{}
	for i, p := range in.Brokers {
		at := fmt.Sprintf("/brokers/%d", i)
		a, err := accounts.Find(tx.DB, p.Username, at+"/username")
		if err != nil {
			return nil, err
		}
		if seen[a.ID] {
			return nil, fault.InvalidInput.At(at+"/username", fault.Repeated, "该经纪人已列出", "This broker is there already")
		}
		seen[a.ID] = true
		ids = append(ids, a.ID)
		out = append(out, Broker{ID: work.NewID(), MandateID: m.ID, AccountID: a.ID, AgencyID: p.Agency, ShareBP: p.ShareBP, Position: i})
	}
	if !seen[tx.Call.Actor.Account] {
		return nil, fault.InvalidInput.At("/brokers", fault.Required, "提出人本人须在其中", "Whoever proposes it is one of them")
	}
	registered, err := people.Brokers(tx.DB, ids, when.DayOf(tx.Now))
	if err != nil {
		return nil, err
	}
	belongs, err := orgs.MembershipsOf(tx.DB, ids)
	if err != nil {
		return nil, err
	}
	var bad fault.Fields
	for i, b := range out {
		at := fmt.Sprintf("/brokers/%d", i)
		bad.Check(registered[b.AccountID], at+"/username", fault.NotBroker, "该用户今日不在技术经纪人名册中", "They are not in the register of brokers today")
		mine := false
		for _, o := range belongs[b.AccountID] {
			mine = mine || b.AgencyID != nil && o == *b.AgencyID
			bad.Check(o != m.PrincipalID, at+"/username", fault.OwnListing, "经纪人属于委托方单位，不能受其委托", "They belong to the principal and cannot be its broker")
		}
		bad.Check(b.AgencyID == nil || mine, at+"/agency_id", fault.NotYours, "该经纪人不属于此机构", "They do not belong to this agency")
	}
	return out, bad.Err()
}

// Consent is the principal's word, by which it also takes what conflicts with it.
type Consent struct{ Conflicts bool }

// Agree is the principal's word; by a member of it who is none of the brokers. The moment dates the mandate.
func (s *Service) Agree(ctx context.Context, call work.Call, id uuid.UUID, version int64, in Consent) (Answer, error) {
	return records.Change(ctx, s.unit, call, id, version, policy.MandateAnswer, func(tx *work.Tx, m *Mandate) error {
		if m.State == Proposed {
			if err := orgs.MustBeVerified(tx.DB, m.PrincipalID); err != nil {
				return err
			}
			beside, err := conflicts(tx.DB, []Mandate{*m})
			if err != nil {
				return err
			}
			if n := len(beside[m.ID]); n > 0 && !in.Conflicts {
				return fault.MandateConflict.Because("同期另有 %[1]d 份由其他经纪人承担的委托；知悉并同意的，请将 accept_conflicts 设为 true。",
					"%[1]d other mandates of other brokers run at the same time; set accept_conflicts if that is meant.", n)
			}
		}
		return m.Agree(call.Actor.Account, tx.Now)
	})
}

// Decline is the principal's refusal, with a reason that the broker reads.
func (s *Service) Decline(ctx context.Context, call work.Call, id uuid.UUID, version int64, reason string) (Answer, error) {
	return records.Change(ctx, s.unit, call, id, version, policy.MandateAnswer, func(_ *work.Tx, m *Mandate) error {
		return m.Decline(call.Actor.Account, reason)
	})
}

// Withdraw takes a proposal back before it is answered; by who proposed it.
func (s *Service) Withdraw(ctx context.Context, call work.Call, id uuid.UUID, version int64) (Answer, error) {
	return records.Change(ctx, s.unit, call, id, version, policy.MandateWithdraw, func(_ *work.Tx, m *Mandate) error { return m.Withdraw() })
}

// End ends a mandate before its last day, today being the last; by either side. What was introduced under it keeps its tail.
func (s *Service) End(ctx context.Context, call work.Call, id uuid.UUID, version int64, reason string) (Answer, error) {
	return records.Change(ctx, s.unit, call, id, version, policy.MandateEnd, func(tx *work.Tx, m *Mandate) error {
		return m.End(call.Actor.Account, when.DayOf(tx.Now), reason)
	})
}

// Get reads one mandate; by its principal, its brokers and operators.
func (s *Service) Get(ctx context.Context, reader policy.Actor, id uuid.UUID) (View, error) {
	return records.Get(ctx, s.unit, reader, id)
}

// Filter narrows a list of mandates; empty fields do not.
type Filter struct {
	Principal uuid.UUID `query:"principal_id" where:"principal_id = ?" of:"organizations"`
	State     State     `query:"state" where:"state = ?"`
	On        when.Day  `query:"on" where:"state IN ('agreed', 'ended') AND valid_from <= ? AND COALESCE(ended_on, valid_to) >= ?"`
}

// List lists the mandates that the reader may know of, the newest first.
func (s *Service) List(ctx context.Context, reader policy.Actor, f Filter, p db.Paging) (db.Page[View], error) {
	return records.List(ctx, s.unit, reader, f, p)
}
