package deals

import (
	"context"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/db"
	"jiebang/internal/fault"
	"jiebang/internal/jobs"
	"jiebang/internal/needs"
	"jiebang/internal/orgs"
	"jiebang/internal/policy"
	"jiebang/internal/ref"
	"jiebang/internal/results"
	"jiebang/internal/work"
)

// introductions is how introductions are read and written.
var introductions = work.Records[Introduction, *Introduction, IntroductionView]{
	Read: policy.IntroRead, Show: showIntroductions, Joined: true,
	Columns: work.Columns{string(policy.Member): "from_id IN ?", string(policy.Counterpart): "to_id IN ?"},
	Acts: []work.Act[*Introduction, IntroductionView]{
		{Operation: "acceptIntroduction", Action: policy.IntroAnswer, When: func(i *Introduction, _ *IntroductionView) error { return i.Accept(uuid.Nil, time.Time{}, uuid.Nil) }},
		{Operation: "declineIntroduction", Action: policy.IntroAnswer, When: func(i *Introduction, _ *IntroductionView) error {
			return i.Decline(uuid.Nil, time.Time{}, ReasonOther, "")
		}},
	},
}

// IntroductionAnswer is the outcome of a use case that changed an introduction.
type IntroductionAnswer = work.Answer[IntroductionView]

// Proposal is what proposing an introduction takes: a result, a need, or both.
type Proposal struct {
	From         uuid.UUID
	Result, Need *uuid.UUID
	Message      string
}

// Propose asks the owner of a result or need for an introduction; by a member of the organization that wants it, which must be
// verified.
func (s *Service) Propose(ctx context.Context, call work.Call, in Proposal) (IntroductionAnswer, error) {
	return introductions.Do(ctx, s.unit, call, func(tx *work.Tx) (*Introduction, error) {
		from, err := orgs.LoadOwner(tx.DB, call.Actor, in.From, "/from_id")
		if err != nil {
			return nil, err
		}
		if err := policy.Check(call.Actor, policy.IntroPropose, from.Facts()); err != nil {
			return nil, err
		}
		if from.State != orgs.Verified {
			return nil, fault.OrganizationPending.Because("核验通过后方可提出对接。", "It may propose once it is verified.")
		}
		to, err := in.addressee(tx)
		if err != nil {
			return nil, err
		}
		calendar, err := ref.CalendarIn(tx.DB)
		if err != nil {
			return nil, err
		}
		i := &Introduction{
			Head: tx.NewHead(), State: Proposed, FromID: from.ID, ToID: to, ResultID: in.Result, NeedID: in.Need,
			Message: in.Message, ProposedBy: call.Actor.Account, AnswerDue: answerDue(tx.Now, calendar),
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

// addressee finds whom a proposal asks: the other owner of what it names.
func (in Proposal) addressee(tx *work.Tx) (uuid.UUID, error) {
	resultOwner, err := publicOwner(tx, results.Load, in.Result)
	if err != nil {
		return uuid.Nil, err
	}
	needOwner, err := publicOwner(tx, needs.Load, in.Need)
	if err != nil {
		return uuid.Nil, err
	}
	var bad fault.Fields
	bad.Length(in.Message, "/message", 10, 2000)
	bad.Check(in.Result == nil || resultOwner != uuid.Nil, "/result_id", fault.UnknownResult, "没有这项已发布的成果", "There is no such published result")
	bad.Check(in.Need == nil || needOwner != uuid.Nil, "/need_id", fault.UnknownNeed, "没有这项公开的需求", "There is no such open need")
	if err := bad.Err(); err != nil {
		return uuid.Nil, err
	}
	return otherSide(in.From, resultOwner, needOwner)
}

// publicOwner tells whose a listing is: nobody's (uuid.Nil) where none is named, or one that is not public, which the other side
// could not read.
func publicOwner[R work.Record](tx *work.Tx, load func(*gorm.DB, policy.Actor, uuid.UUID) (R, error), id *uuid.UUID) (uuid.UUID, error) {
	if id == nil {
		return uuid.Nil, nil
	}
	listing, err := load(tx.DB, tx.Call.Actor, *id)
	if fault.NotVisible.Of(err) {
		return uuid.Nil, nil
	} else if err != nil {
		return uuid.Nil, err
	}
	facts := listing.Facts()
	if !facts.Public {
		return uuid.Nil, nil
	}
	return facts.Owner, nil
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

// GetIntroduction reads one introduction; by its two sides and the operator.
func (s *Service) GetIntroduction(ctx context.Context, reader policy.Actor, id uuid.UUID) (IntroductionView, error) {
	return introductions.Get(ctx, s.unit, reader, id)
}

// IntroductionFilter asks for one organization's introductions, on either side; an empty state does not narrow.
type IntroductionFilter struct {
	Organization uuid.UUID `query:"organization_id" where:"(from_id = ? OR to_id = ?)" required:"yes"`
	State        State     `query:"state" where:"state = ?"`
}

// ListIntroductions lists the introductions of an organization that the reader belongs to, and of any for an operator.
func (s *Service) ListIntroductions(ctx context.Context, reader policy.Actor, f IntroductionFilter, p db.Paging) (db.Page[IntroductionView], error) {
	if err := policy.Check(reader, policy.IntroList, policy.Facts{Owner: f.Organization}); err != nil {
		return db.Page[IntroductionView]{}, err
	}
	return introductions.List(ctx, s.unit, reader, f, p)
}

// IntroductionView is an introduction as one reader may see it.
type IntroductionView struct {
	Introduction
	From, To    orgs.Ref
	Contacts    *Contacts // once accepted, and for the two sides only
	DealVersion int64     // of the deal that it began
	work.Acts
}

// Contacts tells the two sides of an accepted introduction how to reach each other.
type Contacts struct{ From, To orgs.Contact }

// showIntroductions completes introductions for a reader, in at most four queries however many there are.
func showIntroductions(q *gorm.DB, reader policy.Actor, rows []Introduction) ([]IntroductionView, error) {
	sides := make([]orgs.Standing, 0, 2*len(rows))
	var consenting []uuid.UUID
	for i := range rows {
		sides = append(sides, orgs.Standing{Organization: rows[i].FromID}, orgs.Standing{Organization: rows[i].ToID})
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
	named, err := contactsNamed(q, reader, rows)
	if err != nil {
		return nil, err
	}
	begun, err := versionsOfDeals(q, rows)
	if err != nil {
		return nil, err
	}
	out := make([]IntroductionView, len(rows))
	for i, row := range rows {
		out[i] = IntroductionView{Introduction: row, From: names[2*i], To: names[2*i+1], DealVersion: begun[idOr0(row.DealID)]}
		if row.showsContacts(reader) {
			out[i].Contacts = &Contacts{From: contacts[row.FromID], To: contacts[row.ToID]}
			for _, id := range []*uuid.UUID{row.ResultID, row.NeedID} {
				switch c := named[idOr0(id)]; {
				case c.contact == nil:
				case c.owner == row.FromID:
					out[i].Contacts.From = *c.contact
				case c.owner == row.ToID:
					out[i].Contacts.To = *c.contact
				}
			}
		}
	}
	return out, nil
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

// namedContact is whom a result or need names to be asked, and whose it is.
type namedContact struct {
	owner   uuid.UUID
	contact *orgs.Contact
}

// contactsNamed reads whom the results and needs of accepted introductions name: somebody who knows more of the matter than the owner's
// office. One query for each of the two kinds.
func contactsNamed(q *gorm.DB, reader policy.Actor, rows []Introduction) (map[uuid.UUID]namedContact, error) {
	var resultIDs, needIDs []uuid.UUID
	for i := range rows {
		if !rows[i].showsContacts(reader) {
			continue
		}
		if id := rows[i].ResultID; id != nil {
			resultIDs = append(resultIDs, *id)
		}
		if id := rows[i].NeedID; id != nil {
			needIDs = append(needIDs, *id)
		}
	}
	out := map[uuid.UUID]namedContact{}
	found, err := results.ByIDs(q, resultIDs)
	if err != nil {
		return nil, err
	}
	for _, r := range found {
		out[r.ID] = namedContact{r.OwnerID, r.Contact}
	}
	wanted, err := needs.ByIDs(q, needIDs)
	for _, n := range wanted {
		out[n.ID] = namedContact{n.OwnerID, n.Contact}
	}
	return out, err
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
