package deals

import (
	"context"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/accounts"
	"jiebang/internal/db"
	"jiebang/internal/fault"
	"jiebang/internal/jobs"
	"jiebang/internal/mandates"
	"jiebang/internal/orgs"
	"jiebang/internal/policy"
	"jiebang/internal/ref"
	"jiebang/internal/when"
	"jiebang/internal/work"
)

// introductions is how introductions are read and written.
var introductions = work.Records[Introduction, *Introduction, IntroductionView]{
	Read: policy.IntroRead, Show: showIntroductions, Joined: true,
	Columns: work.Columns{string(policy.Member): "from_id IN ?", string(policy.Counterpart): "to_id IN ?", string(policy.Agent): underMandate},
	Orders: []db.Order[Introduction]{
		db.Newest(func(i *Introduction) uuid.UUID { return i.ID }),
		{Name: "due", Columns: []string{"answer_due", "id"}, Key: func(i *Introduction) []any { return []any{i.AnswerDue, i.ID} }},
		db.Updated(func(i *Introduction) (time.Time, uuid.UUID) { return i.UpdatedAt, i.ID }),
	},
	Acts: []work.Act[*Introduction, IntroductionView]{
		{Operation: "acceptIntroduction", Action: policy.IntroAnswer, When: func(i *Introduction, _ *IntroductionView) error { return i.Accept(uuid.Nil, time.Time{}, uuid.Nil) }, Asks: stands},
		{Operation: "declineIntroduction", Action: policy.IntroAnswer, When: func(i *Introduction, _ *IntroductionView) error {
			return i.Decline(uuid.Nil, time.Time{}, ReasonTooEarly, "")
		}},
		{Operation: "withdrawIntroduction", Action: policy.IntroWithdraw, When: func(i *Introduction, _ *IntroductionView) error { return i.Withdraw("", time.Time{}) }},
	},
}

// IntroductionAnswer is the outcome of a use case that changed an introduction.
type IntroductionAnswer = work.Answer[IntroductionView]

// Proposal is what proposing an introduction takes: a result, a team, a need, or one of the first two and a need.
type Proposal struct {
	From               uuid.UUID
	Mandate            *uuid.UUID // under which it is made; nil: none
	Result, Team, Need *uuid.UUID
	Message            string
}

// subject is what it names.
func (in Proposal) subject() Subject {
	return Subject{ResultID: in.Result, TeamID: in.Team, NeedID: in.Need}
}

// Propose asks the owner of a result, team or need for an introduction; by a member of the organization that wants it, which must be
// verified.
func (s *Service) Propose(ctx context.Context, call work.Call, in Proposal) (IntroductionAnswer, error) {
	return introductions.Do(ctx, s.unit, call, func(tx *work.Tx) (*Introduction, error) {
		from, err := orgs.LoadOwner(tx.DB, call.Actor, in.From, "/from_id")
		if err != nil {
			return nil, err
		}
		facts, err := withAgents(tx.DB, from.Facts(), in.Mandate)
		if err != nil {
			return nil, err
		}
		mandate, err := in.mandate(tx, facts)
		if err != nil {
			return nil, err
		}
		if err := policy.Check(call.Actor, policy.IntroPropose, facts); err != nil {
			return nil, err
		}
		if from.State != orgs.Verified {
			return nil, fault.OrganizationPending.Because("核验通过后方可提出对接。", "It may propose once it is verified.")
		}
		if err := orgs.MustStand(tx.DB, from.ID); err != nil { // what is the other side's is public no more
			return nil, err
		}
		about, err := in.about(tx)
		if err != nil {
			return nil, err
		}
		to, err := in.addressee(about)
		if err != nil {
			return nil, err
		}
		if about.need != nil {
			if err := about.need.Free(); err != nil {
				return nil, err
			}
		}
		if err := lapseUnanswered(tx, in); err != nil {
			return nil, err
		}
		if err := in.underWay(tx.DB); err != nil {
			return nil, err
		}
		var concealed *uuid.UUID
		if about.need != nil && about.need.Masked {
			concealed = &about.need.OwnerID
		}
		if err := mayAsk(tx.DB, from.ID, to, pausedBy(in.Need, concealed != nil && *concealed == to), tx.Now); err != nil {
			return nil, err
		}
		calendar, err := ref.CalendarIn(tx.DB)
		if err != nil {
			return nil, err
		}
		i := &Introduction{
			Head: tx.NewHead(), State: Proposed, FromID: from.ID, ToID: to, Subject: about.named(in.subject()),
			Message: in.Message, ProposedBy: call.Actor.Account, AnswerDue: answerDue(tx.Now, calendar), ConcealedID: concealed,
		}
		if mandate != nil {
			i.MandateID = &mandate.ID
		}
		err = work.Insert(tx, work.Did(policy.IntroPropose), i)
		if db.Duplicate(err) {
			return nil, fault.AlreadyIntroduced.New()
		} else if err != nil {
			return nil, err
		}
		return i, jobs.At(tx, lapsing, i.ID, i.AnswerDue.End())
	})
}

// mandate reads the mandate that a proposal is made under: it is of the side that proposes, runs at this very moment, and is about what is named.
func (in Proposal) mandate(tx *work.Tx, facts policy.Facts) (*mandates.Mandate, error) {
	if in.Mandate == nil {
		return nil, nil
	}
	m, err := mandates.Find(db.ForUpdate(tx.DB), *in.Mandate)
	if fault.NotVisible.Of(err) || err == nil && (m.PrincipalID != in.From || !tx.Call.Actor.MemberOf(in.From) && !policy.Allowed(tx.Call.Actor, policy.MandateRead, facts)) {
		return nil, fault.InvalidInput.At("/mandate_id", fault.UnknownRecord, "没有这份由 from_id 单位给出的委托", "The organization that proposes has given no such mandate")
	} else if err != nil {
		return nil, err
	}
	if !m.Running(tx.Now) || !m.Covers(in.Result, in.Need) {
		return nil, fault.MandateNotRunning.New()
	}
	return m, nil
}

// about reads what a proposal names, locked until it is proposed: what the other side could not read is not there.
func (in Proposal) about(tx *work.Tx) (about, error) {
	a, err := readAbout(db.ForUpdate(tx.DB), in.subject())
	return a.public(), err
}

// addressee tells whom a proposal asks: the other owner of what it names.
func (in Proposal) addressee(a about) (uuid.UUID, error) {
	var bad fault.Fields
	bad.Length(in.Message, "/message", 10, 2000)
	bad.Check(in.Result == nil || a.result != nil, "/result_id", fault.UnknownResult, "没有这项已发布的成果", "There is no such published result")
	bad.Check(in.Team == nil || a.team != nil, "/team_id", fault.UnknownTeam, "没有这个已发布的团队", "There is no such published team")
	bad.Check(in.Need == nil || a.need != nil, "/need_id", fault.UnknownNeed, "没有这项公开的需求", "There is no such open need")
	bad.Check(in.Result == nil || in.Team == nil, "/team_id", fault.OneOf, "成果与团队只填其一", "Name a result or a team, not both")
	if err := bad.Err(); err != nil {
		return uuid.Nil, err
	}
	var needOwner uuid.UUID
	if a.need != nil {
		needOwner = a.need.OwnerID
	}
	at := "/result_id"
	if in.Team != nil {
		at = "/team_id"
	}
	return otherSide(in.From, a.supplier(), needOwner, at)
}

// lapseUnanswered writes down that an earlier introduction of the same two was not answered in time, where its job has not yet: it is in
// nobody's way.
func lapseUnanswered(tx *work.Tx, in Proposal) error {
	var rows []Introduction
	err := db.AsStored(db.ForUpdate(tx.DB)).Where(db.Dated(tx.DB, unanswered)+" AND COALESCE(result_id, team_id, from_id) = ? AND COALESCE(need_id, from_id) = ?",
		orElse(in.subject().supply(), in.From), orElse(in.Need, in.From)).Find(&rows).Error
	for k := range rows {
		i := &rows[k]
		if err == nil {
			err = work.Move(tx, i, lapsed, func() error { return i.Lapse(NoAnswer, i.AnswerDue.End()) })
		}
	}
	return err
}

// underWay refuses to propose what the same two have accepted before, while the deal that came of it is open. What a proposal names is
// locked, as it is by an acceptance, so that neither passes the other.
func (in Proposal) underWay(q *gorm.DB) error {
	var open []uuid.UUID
	err := q.Model(&Deal{}).Joins("JOIN introductions ON introductions.id = deals.introduction_id").Where("deals.stage IN ?", openStages).
		Where("COALESCE(introductions.result_id, introductions.team_id, introductions.from_id) = ? AND COALESCE(introductions.need_id, introductions.from_id) = ?",
			orElse(in.subject().supply(), in.From), orElse(in.Need, in.From)).Order("deals.id").Limit(1).Pluck("deals.id", &open).Error
	if err == nil && len(open) > 0 {
		err = fault.AlreadyIntroduced.Because("双方已就此对接，撮合项目（%[1]s）正在进行，请在其中继续。", "The two have accepted an introduction about it, and its deal is under way (%[1]s): go on there.", open[0])
	}
	return err
}

func orElse(id *uuid.UUID, other uuid.UUID) uuid.UUID {
	if id != nil {
		return *id
	}
	return other
}

// Accept is the other side's consent: from now on the two see how to reach each other, and a deal is open.
func (s *Service) Accept(ctx context.Context, call work.Call, id uuid.UUID, version int64) (IntroductionAnswer, error) {
	return introductions.Do(ctx, s.unit, call, func(tx *work.Tx) (*Introduction, error) {
		i, err := work.Load[Introduction](tx.DB, id)
		if err != nil {
			return nil, err
		}
		var d *Deal
		err = work.Change(tx, i, version, policy.IntroAnswer, func() (err error) {
			if i.State == Proposed {
				if err := orgs.MustStand(tx.DB, i.FromID, i.ToID); err != nil {
					return err
				}
				if err := stands(db.ForUpdate(tx.DB), i); err != nil {
					return err
				}
			}
			if d, err = dealOf(tx, i); err != nil {
				return err
			}
			return i.Accept(call.Actor.Account, tx.Now, d.ID)
		})
		if err != nil {
			return nil, err
		}
		return i, open(tx, d) // after the save, so that of several who accept at once the others learn that they were late
	})
}

// Refusal is why the other side does not want to talk.
type Refusal struct {
	Reason DeclineReason
	Note   string
}

// Decline is the other side's refusal; its reason goes back to the one who proposed.
func (s *Service) Decline(ctx context.Context, call work.Call, id uuid.UUID, version int64, in Refusal) (IntroductionAnswer, error) {
	return introductions.Change(ctx, s.unit, call, id, version, policy.IntroAnswer, func(tx *work.Tx, i *Introduction) error {
		return i.Decline(call.Actor.Account, tx.Now, in.Reason, in.Note)
	})
}

// Withdraw takes a proposal back before it is answered; by a member of the organization that proposed it.
func (s *Service) Withdraw(ctx context.Context, call work.Call, id uuid.UUID, version int64, note string) (IntroductionAnswer, error) {
	return introductions.Change(ctx, s.unit, call, id, version, policy.IntroWithdraw, func(tx *work.Tx, i *Introduction) error {
		if err := i.Withdraw(note, tx.Now); err != nil {
			return err
		}
		return jobs.Drop(tx, lapsing, i.ID)
	})
}

// GetIntroduction reads one introduction; by its two sides and the operator.
func (s *Service) GetIntroduction(ctx context.Context, reader policy.Actor, id uuid.UUID) (IntroductionView, error) {
	return introductions.Get(ctx, s.unit, reader, id)
}

// IntroductionFilter asks for the introductions of one organization, or of all to which the reader belongs; empty fields do not narrow.
type IntroductionFilter struct {
	Organization uuid.UUID `query:"organization_id" where:"(from_id = ? OR to_id = ?)"`
	Box          string    `query:"box"` // Received or Sent
	State        State     `query:"state" where:"(CASE WHEN state = 'proposed' AND answer_due < {today} THEN 'lapsed' ELSE state END) = ?"`
	Overdue      bool      `query:"overdue" where:"((state = 'proposed' AND answer_due < {today}) OR lapse_reason = 'no_answer') = ?"`
	DueBy        when.Day  `query:"due_by" where:"answer_due <= ?"`

	To   []uuid.UUID `where:"to_id IN ?"`
	From []uuid.UUID `where:"from_id IN ?"`
}

// The boxes of introductions: what others ask an organization, and what it asks others.
const (
	Received = "received"
	Sent     = "sent"
)

// ListIntroductions lists the introductions of organizations that the reader belongs to, and of any for an operator.
func (s *Service) ListIntroductions(ctx context.Context, reader policy.Actor, f IntroductionFilter, p db.Paging) (db.Page[IntroductionView], error) {
	mine := reader.Member
	if f.Organization != uuid.Nil {
		if err := policy.Check(reader, policy.IntroList, policy.Facts{Owner: f.Organization}); err != nil {
			return db.Page[IntroductionView]{}, err
		}
		if err := orgs.CheckKnown(s.unit.Query(ctx), reader, f.Organization, "query:organization_id"); err != nil {
			return db.Page[IntroductionView]{}, err
		}
		mine = []uuid.UUID{f.Organization}
	}
	mine = append([]uuid.UUID{uuid.Nil}, mine...) // nobody's, so that no organization is not every one
	switch f.Box {
	case Received:
		f.To = mine
	case Sent:
		f.From = mine
	}
	return introductions.List(ctx, s.unit, reader, f, p)
}

// IntroductionView is an introduction as one reader may see it.
type IntroductionView struct {
	Introduction
	From, To    orgs.Ref
	Contacts    *Contacts         // once accepted, and for the two sides only
	DealVersion int64             // of the deal that it began
	Brokers     []mandates.Acting // under whose mandate it was made: that they act both sides know, and for what fee only theirs
	// Who proposed it and who answered: each side is told its own, and the other's once it was accepted.
	ProposedBy, AnsweredBy *accounts.Person
	work.Acts
}

// Contacts tells the two sides of an accepted introduction how to reach each other.
type Contacts struct{ From, To orgs.Contact }

// showIntroductions completes introductions for a reader, in a fixed number of queries however many there are.
func showIntroductions(q *gorm.DB, reader policy.Actor, rows []Introduction) ([]IntroductionView, error) {
	subjects := make([]Subject, len(rows))
	for i := range rows {
		subjects[i] = rows[i].Subject
	}
	known, err := readNamed(q, reader, subjects)
	if err != nil {
		return nil, err
	}
	sides := make([]orgs.Standing, 0, 2*len(rows))
	var consenting []uuid.UUID
	for i := range rows {
		for _, side := range []uuid.UUID{rows[i].FromID, rows[i].ToID} {
			sides = append(sides, orgs.Standing{Organization: side, Masked: rows[i].conceals(side, reader)})
		}
		if rows[i].showsContacts(reader) {
			consenting = append(consenting, rows[i].FromID, rows[i].ToID)
		}
	}
	names, err := orgs.Shown(q, reader, sides)
	if err != nil {
		return nil, err
	}
	contacts, err := orgs.Contacts(q, consenting)
	if err != nil {
		return nil, err
	}
	begun, err := versionsOfDeals(q, rows)
	if err != nil {
		return nil, err
	}
	acting, err := mandates.ActingFor(q, reader, rows, func(i *Introduction) (*uuid.UUID, uuid.UUID, uuid.UUID) {
		return i.MandateID, i.FromID, i.ToID
	})
	if err != nil {
		return nil, err
	}
	out, people := make([]IntroductionView, len(rows)), accounts.Roll{}
	for i, row := range rows {
		row.Subject = known.titles(row.Subject)
		out[i] = IntroductionView{Introduction: row, From: names[2*i], To: names[2*i+1], DealVersion: begun[idOr0(row.DealID)], Brokers: acting[i]}
		if row.showsContacts(reader) {
			out[i].Contacts = known.contacts(&row, Contacts{From: contacts[row.FromID], To: contacts[row.ToID]})
		}
		if row.DealID != nil || reader.MemberOf(row.FromID) {
			people.Name(&rows[i].ProposedBy, &out[i].ProposedBy)
		}
		if row.DealID != nil || reader.MemberOf(row.ToID) {
			people.Name(rows[i].AnsweredBy, &out[i].AnsweredBy)
		}
	}
	return out, people.Call(q)
}

// versionsOfDeals are those of the deals that introductions began, by which their first change goes without another read.
func versionsOfDeals(q *gorm.DB, rows []Introduction) (map[uuid.UUID]int64, error) {
	var ids []uuid.UUID
	for _, row := range rows {
		if row.DealID != nil {
			ids = append(ids, *row.DealID)
		}
	}
	if len(ids) == 0 {
		return nil, nil
	}
	var found []struct {
		ID      uuid.UUID
		Version int64
	}
	if err := q.Model(&Deal{}).Where("id IN ?", ids).Select("id", "version").Find(&found).Error; err != nil {
		return nil, err
	}
	out := make(map[uuid.UUID]int64, len(found))
	for _, d := range found {
		out[d.ID] = d.Version
	}
	return out, nil
}

func idOr0(id *uuid.UUID) uuid.UUID {
	if id == nil {
		return uuid.Nil
	}
	return *id
}

// showsContacts tells whether the other side has consented and the reader is of one of the two.
func (i *Introduction) showsContacts(reader policy.Actor) bool {
	return i.State == Accepted && policy.Allowed(reader, policy.IntroContact, i.Facts())
}

// UnderMandates reads the introductions that were made under a mandate between any of two sides, whoever asks.
func UnderMandates(q *gorm.DB, one, other []uuid.UUID) ([]Introduction, error) {
	var rows []Introduction
	err := q.Session(&gorm.Session{NewDB: true}).Where("mandate_id IS NOT NULL AND ((from_id IN ? AND to_id IN ?) OR (from_id IN ? AND to_id IN ?))",
		db.Among(one), db.Among(other), db.Among(other), db.Among(one)).Order("created_at, id").Limit(1000).Find(&rows).Error
	return rows, err
}
