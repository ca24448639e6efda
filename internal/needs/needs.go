package needs

import (
	"context"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/db"
	"jiebang/internal/fault"
	"jiebang/internal/orgs"
	"jiebang/internal/policy"
	"jiebang/internal/when"
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
	External work.ExternalID
}

// Create drafts a need; by a member of its owner.
func (s *Service) Create(ctx context.Context, call work.Call, in Input) (work.Done, error) {
	return s.unit.Do(ctx, call, func(tx *work.Tx) error {
		owner, err := orgs.LoadOwner(tx.DB, call.Actor, in.Owner, "/owner_id")
		if err != nil {
			return err
		}
		if err := policy.Check(call.Actor, policy.NeedCreate, owner.Facts()); err != nil {
			return err
		}
		n := &Need{Head: tx.NewHead(), State: Draft, OwnerID: owner.ID}
		if err := n.Edit(in.Content, in.External); err != nil {
			return err
		}
		return work.UniqueExternalID(work.Insert(tx, policy.NeedCreate, n))
	})
}

// Replace writes a draft anew.
func (s *Service) Replace(ctx context.Context, call work.Call, id uuid.UUID, version int64, in Input) (work.Done, error) {
	done, err := s.change(ctx, call, id, version, policy.NeedEdit, func(_ *work.Tx, n *Need) error {
		if in.Owner != n.OwnerID {
			return fault.InvalidInput.At("/owner_id", "immutable", "所属单位不可更改 The owner cannot change")
		}
		return n.Edit(in.Content, in.External)
	})
	return done, work.UniqueExternalID(err)
}

// Submit hands a draft to a second person; its owner must be verified, and its deadline must lie ahead.
func (s *Service) Submit(ctx context.Context, call work.Call, id uuid.UUID, version int64) (work.Done, error) {
	return s.change(ctx, call, id, version, policy.NeedSubmit, func(tx *work.Tx, n *Need) error {
		if err := orgs.MustBeVerified(tx.DB, n.OwnerID); err != nil {
			return err
		}
		return n.Submit(call.Actor.Account, when.DayOf(tx.Now))
	})
}

// Return sends a submitted need back with a reason; by another than the one who submitted.
func (s *Service) Return(ctx context.Context, call work.Call, id uuid.UUID, version int64, reason string) (work.Done, error) {
	return s.change(ctx, call, id, version, policy.NeedReturn, func(_ *work.Tx, n *Need) error { return n.Return(reason) })
}

// Publish opens a submitted need; by another than the one who submitted.
func (s *Service) Publish(ctx context.Context, call work.Call, id uuid.UUID, version int64) (work.Done, error) {
	return s.change(ctx, call, id, version, policy.NeedPublish, func(tx *work.Tx, n *Need) error { return n.Publish(tx.Now) })
}

// Close ends an open need: solved, expired or withdrawn.
func (s *Service) Close(ctx context.Context, call work.Call, id uuid.UUID, version int64, reason CloseReason) (work.Done, error) {
	return s.change(ctx, call, id, version, policy.NeedClose, func(_ *work.Tx, n *Need) error { return n.Close(reason) })
}

// change is the body of every use case that moves one need.
func (s *Service) change(ctx context.Context, call work.Call, id uuid.UUID, version int64, action policy.Action,
	method func(*work.Tx, *Need) error) (work.Done, error) {
	return s.unit.Do(ctx, call, func(tx *work.Tx) error {
		n, err := work.Load[Need](tx.DB, id)
		if err != nil {
			return err
		}
		if action == policy.NeedPublish || action == policy.NeedReturn {
			if n.ownerIsSingle, err = orgs.SingleMember(tx.DB, n.OwnerID); err != nil {
				return err
			}
		}
		return work.Change(tx, n, version, action, func() error { return method(tx, n) })
	})
}

// Get reads one need. The caller asks policy.NeedInner before showing the confidential part.
func (s *Service) Get(ctx context.Context, actor policy.Actor, id uuid.UUID) (*Need, error) {
	n, err := Load(s.unit.Query(ctx), actor, id)
	return n, work.Fault(err)
}

// Load is Get for other packages' use cases: the need as far as the actor may know of it.
func Load(q *gorm.DB, actor policy.Actor, id uuid.UUID) (*Need, error) {
	n, err := work.Load[Need](q, id)
	if err != nil {
		return nil, err
	}
	return n, policy.Check(actor, policy.NeedRead, n.Facts())
}

// Filter narrows a list; empty fields do not.
type Filter struct {
	Owner                      uuid.UUID
	Field, State               string
	ExternalScheme, ExternalID string
}

// List shows what is open, and to a member of the owner that is asked for, or to an operator, all states.
func (s *Service) List(ctx context.Context, actor policy.Actor, f Filter, p db.Paging) (db.Page[Need], error) {
	q := s.unit.Query(ctx).Model(&Need{})
	if !policy.Allowed(actor, policy.NeedRead, policy.Facts{Owner: f.Owner}) {
		q = q.Where("state = ?", Open)
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
	page, err := db.List(q, p, "id", func(n Need) uuid.UUID { return n.ID })
	return page, work.Fault(err)
}

// ByIDs loads needs in any order, those that are gone left out.
func ByIDs(q *gorm.DB, ids []uuid.UUID) ([]Need, error) {
	return work.LoadAll[Need](q, ids)
}
