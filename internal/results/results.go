package results

import (
	"context"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/db"
	"jiebang/internal/fault"
	"jiebang/internal/orgs"
	"jiebang/internal/policy"
	"jiebang/internal/work"
)

// Service runs the use cases.
type Service struct{ unit *work.Unit }

// New makes a Service.
func New(unit *work.Unit) *Service { return &Service{unit} }

// Input is what drafting or replacing takes.
type Input struct {
	Owner    uuid.UUID
	Content  Content
	External ExternalID
}

// Create drafts a result; by a member of its owner.
func (s *Service) Create(ctx context.Context, call work.Call, in Input) (work.Done, error) {
	return s.unit.Do(ctx, call, func(tx *work.Tx) error {
		owner, err := orgs.LoadOwner(tx.DB, call.Actor, in.Owner, "/owner_id")
		if err != nil {
			return err
		}
		if err := policy.Check(call.Actor, policy.ResultCreate, owner.Facts()); err != nil {
			return err
		}
		r := &Result{Head: tx.NewHead(), State: Draft, OwnerID: owner.ID}
		if err := r.Edit(in.Content, in.External); err != nil {
			return err
		}
		return work.UniqueExternalID(work.Insert(tx, policy.ResultCreate, r))
	})
}

// Replace writes a draft anew.
func (s *Service) Replace(ctx context.Context, call work.Call, id uuid.UUID, version int64, in Input) (work.Done, error) {
	done, err := s.change(ctx, call, id, version, policy.ResultEdit, func(_ *work.Tx, r *Result) error {
		if in.Owner != r.OwnerID {
			return fault.InvalidInput.At("/owner_id", "immutable", "所属单位不可更改 The owner cannot change")
		}
		return r.Edit(in.Content, in.External)
	})
	return done, work.UniqueExternalID(err)
}

// Submit hands a draft to a second person; its owner must be verified.
func (s *Service) Submit(ctx context.Context, call work.Call, id uuid.UUID, version int64) (work.Done, error) {
	return s.change(ctx, call, id, version, policy.ResultSubmit, func(tx *work.Tx, r *Result) error {
		if err := orgs.MustBeVerified(tx.DB, r.OwnerID); err != nil {
			return err
		}
		return r.Submit(call.Actor.Account)
	})
}

// Return sends a submitted result back with a reason; by another than the one who submitted.
func (s *Service) Return(ctx context.Context, call work.Call, id uuid.UUID, version int64, reason string) (work.Done, error) {
	return s.change(ctx, call, id, version, policy.ResultReturn, func(_ *work.Tx, r *Result) error { return r.Return(reason) })
}

// Publish makes a submitted result public; by another than the one who submitted.
func (s *Service) Publish(ctx context.Context, call work.Call, id uuid.UUID, version int64) (work.Done, error) {
	return s.change(ctx, call, id, version, policy.ResultPublish, func(tx *work.Tx, r *Result) error { return r.Publish(tx.Now) })
}

// Withdraw takes a published result out of search and match.
func (s *Service) Withdraw(ctx context.Context, call work.Call, id uuid.UUID, version int64) (work.Done, error) {
	return s.change(ctx, call, id, version, policy.ResultWithdraw, func(_ *work.Tx, r *Result) error { return r.Withdraw() })
}

// change is the body of every use case that moves one result.
func (s *Service) change(ctx context.Context, call work.Call, id uuid.UUID, version int64, action policy.Action,
	method func(*work.Tx, *Result) error) (work.Done, error) {
	return s.unit.Do(ctx, call, func(tx *work.Tx) error {
		r, err := work.Load[Result](tx.DB, id)
		if err != nil {
			return err
		}
		if action == policy.ResultPublish || action == policy.ResultReturn {
			if r.ownerIsSingle, err = orgs.SingleMember(tx.DB, r.OwnerID); err != nil {
				return err
			}
		}
		return work.Change(tx, r, version, action, func() error { return method(tx, r) })
	})
}

// Get reads one result. The caller asks policy.ResultInner before showing the confidential part.
func (s *Service) Get(ctx context.Context, actor policy.Actor, id uuid.UUID) (*Result, error) {
	r, err := Load(s.unit.Query(ctx), actor, id)
	return r, work.Fault(err)
}

// Load is Get for other packages' use cases: the result as far as the actor may know of it.
func Load(q *gorm.DB, actor policy.Actor, id uuid.UUID) (*Result, error) {
	r, err := work.Load[Result](q, id)
	if err != nil {
		return nil, err
	}
	return r, policy.Check(actor, policy.ResultRead, r.Facts())
}

// Filter narrows a list; empty fields do not.
type Filter struct {
	Owner                      uuid.UUID
	Field, State               string
	ExternalScheme, ExternalID string
}

// List shows what is published, and to a member of the owner that is asked for, or to an operator, all states.
func (s *Service) List(ctx context.Context, actor policy.Actor, f Filter, p db.Paging) (db.Page[Result], error) {
	q := s.unit.Query(ctx).Model(&Result{})
	if !policy.Allowed(actor, policy.ResultRead, policy.Facts{Owner: f.Owner}) {
		q = q.Where("state = ?", Published)
	}
	if f.Owner != uuid.Nil {
		q = q.Where("owner_id = ?", f.Owner)
	}
	if f.Field != "" {
		q = q.Where("field = ?", f.Field)
	}
	if f.State != "" {
		q = q.Where("state = ?", f.State)
	}
	q = work.WithExternalID(q, f.ExternalScheme, f.ExternalID)
	page, err := db.List(q, p, "id", func(r Result) uuid.UUID { return r.ID })
	return page, work.Fault(err)
}

// OwnerOf tells whose a result is, in whatever state.
func OwnerOf(q *gorm.DB, id uuid.UUID) (uuid.UUID, error) {
	r, err := work.Load[Result](q, id)
	if err != nil {
		return uuid.Nil, err
	}
	return r.OwnerID, nil
}

// ByIDs loads results in any order, those that are gone left out.
func ByIDs(q *gorm.DB, ids []uuid.UUID) ([]Result, error) {
	return work.LoadAll[Result](q, ids)
}
