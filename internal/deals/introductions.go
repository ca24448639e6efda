package deals

import (
	"context"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/db"
	"jiebang/internal/fault"
	"jiebang/internal/needs"
	"jiebang/internal/orgs"
	"jiebang/internal/policy"
	"jiebang/internal/results"
	"jiebang/internal/work"
)

// Service runs the use cases.
type Service struct{ unit *work.Unit }

// New makes a Service.
func New(unit *work.Unit) *Service { return &Service{unit} }

// Proposal is what proposing an introduction takes: a result, a need, or both.
type Proposal struct {
	From         uuid.UUID
	Result, Need *uuid.UUID
	Message      string
}

// Propose asks the owner of a result or need for an introduction; by a member of the organization that wants it, which must be
// verified.
func (s *Service) Propose(ctx context.Context, call work.Call, in Proposal) (work.Done, error) {
	return s.unit.Do(ctx, call, func(tx *work.Tx) error {
		from, err := orgs.LoadOwner(tx.DB, call.Actor, in.From, "/from_id")
		if err != nil {
			return err
		}
		if err := policy.Check(call.Actor, policy.IntroPropose, from.Facts()); err != nil {
			return err
		}
		if from.State != orgs.Verified {
			return fault.OrganizationPending.Because("核验通过后方可提出对接")
		}
		to, err := in.addressee(tx)
		if err != nil {
			return err
		}
		i := &Introduction{
			Head: tx.NewHead(), State: Proposed, FromID: from.ID, ToID: to, ResultID: in.Result, NeedID: in.Need,
			Message: in.Message, ProposedBy: call.Actor.Account, AnswerDue: answerDue(tx.Now),
		}
		err = work.Insert(tx, policy.IntroPropose, i)
		if db.Duplicate(err) {
			return fault.AlreadyIntroduced.New()
		}
		return err
	})
}

// addressee loads what the proposal names and finds whom it asks. A listing must be public: the other side has to be able to read it.
func (in Proposal) addressee(tx *work.Tx) (uuid.UUID, error) {
	var resultOwner, needOwner uuid.UUID
	var bad fault.Fields
	bad.Length(in.Message, "/message", 10, 2000)
	if in.Result != nil {
		r, err := results.Load(tx.DB, tx.Call.Actor, *in.Result)
		if err != nil && !fault.NotVisible.Of(err) {
			return uuid.Nil, err
		}
		usable := err == nil && r.Facts().Public
		bad.Check(usable, "/result_id", "unknown_result", "没有这项已发布的成果 There is no such published result")
		if usable {
			resultOwner = r.OwnerID
		}
	}
	if in.Need != nil {
		n, err := needs.Load(tx.DB, tx.Call.Actor, *in.Need)
		if err != nil && !fault.NotVisible.Of(err) {
			return uuid.Nil, err
		}
		usable := err == nil && n.Facts().Public
		bad.Check(usable, "/need_id", "unknown_need", "没有这项公开的需求 There is no such open need")
		if usable {
			needOwner = n.OwnerID
		}
	}
	if err := bad.Err(); err != nil {
		return uuid.Nil, err
	}
	return otherSide(in.From, resultOwner, needOwner)
}

// Accept is the other side's consent: from now on the two see how to reach each other, and a deal is open.
func (s *Service) Accept(ctx context.Context, call work.Call, id uuid.UUID, version int64) (work.Done, error) {
	return s.unit.Do(ctx, call, func(tx *work.Tx) error {
		i, err := work.Load[Introduction](tx.DB, id)
		if err != nil {
			return err
		}
		err = work.Change(tx, i, version, policy.IntroAnswer, func() error {
			return i.Accept(call.Actor.Account, tx.Now, work.NewID())
		})
		if err != nil {
			return err
		}
		return open(tx, i)
	})
}

// Decline is the other side's refusal; its reason goes back to the one who proposed.
func (s *Service) Decline(ctx context.Context, call work.Call, id uuid.UUID, version int64, reason DeclineReason, note string) (work.Done, error) {
	return s.unit.Do(ctx, call, func(tx *work.Tx) error {
		i, err := work.Load[Introduction](tx.DB, id)
		if err != nil {
			return err
		}
		return work.Change(tx, i, version, policy.IntroAnswer, func() error {
			return i.Decline(call.Actor.Account, tx.Now, reason, note)
		})
	})
}

// GetIntroduction reads one introduction, with what the actor may see of it.
func (s *Service) GetIntroduction(ctx context.Context, actor policy.Actor, id uuid.UUID) (*View, error) {
	var seen []View
	err := s.unit.View(ctx, func(q *gorm.DB) error {
		i, err := work.Load[Introduction](q, id)
		if err != nil {
			return err
		}
		if err := policy.Check(actor, policy.IntroRead, i.Facts()); err != nil {
			return err
		}
		seen, err = views(q, actor, []Introduction{*i})
		return err
	})
	if err != nil {
		return nil, err
	}
	return &seen[0], nil
}

// IntroductionFilter asks for one organization's introductions, on either side; an empty state does not narrow.
type IntroductionFilter struct {
	Organization uuid.UUID
	State        State
}

// ListIntroductions lists the introductions of an organization that the actor belongs to, and of any for an operator.
func (s *Service) ListIntroductions(ctx context.Context, actor policy.Actor, f IntroductionFilter, p db.Paging) (db.Page[View], error) {
	if err := policy.Check(actor, policy.IntroList, policy.Facts{Owner: f.Organization}); err != nil {
		return db.Page[View]{}, err
	}
	var out db.Page[View]
	err := s.unit.View(ctx, func(q *gorm.DB) error {
		list := q.Model(&Introduction{}).Where("(from_id = ? OR to_id = ?)", f.Organization, f.Organization)
		if f.State != "" {
			list = list.Where("state = ?", f.State)
		}
		page, err := db.List(list, p, "id", func(i Introduction) uuid.UUID { return i.ID })
		if err != nil {
			return err
		}
		out.Next = page.Next
		out.Items, err = views(q, actor, page.Items)
		return err
	})
	return out, err
}
