// Package needs decides about technical needs (技术需求): what one holds, its way from draft to open and closed, and who sees
// which part. Finding results for one belongs to match, which hears of needs by Changes; what two sides make of it, to deals.
package needs

import (
	"context"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/db"
	"jiebang/internal/fault"
	"jiebang/internal/kinds"
	"jiebang/internal/orgs"
	"jiebang/internal/policy"
	"jiebang/internal/when"
	"jiebang/internal/work"
)

// records is how needs are read and written.
var records = work.Records[Need, *Need, View]{
	Read: policy.NeedRead, Show: show, Rows: read,
	Columns: work.Columns{string(policy.Public): "state = 'open'", string(policy.Member): "owner_id IN ?"},
}

type (
	// Answer is the outcome of a use case that changed a need.
	Answer = work.Answer[View]
	// Service runs the use cases about needs.
	Service struct{ unit *work.Unit }
	// Input is what drafting or replacing takes.
	Input struct {
		Owner    uuid.UUID
		Content  Content
		External work.ExternalID
	}
)

func New(unit *work.Unit) *Service { return &Service{unit} }

// Create drafts a need; by a member of its owner.
func (s *Service) Create(ctx context.Context, call work.Call, in Input) (Answer, error) {
	return records.Do(ctx, s.unit, call, func(tx *work.Tx) (*Need, error) {
		owner, err := orgs.LoadOwner(tx.DB, call.Actor, in.Owner, "/owner_id")
		if err != nil {
			return nil, err
		}
		if err := policy.Check(call.Actor, policy.NeedCreate, owner.Facts()); err != nil {
			return nil, err
		}
		n := &Need{Head: tx.NewHead(), State: Draft, OwnerID: owner.ID}
		if err := n.Edit(in.Content, in.External); err != nil {
			return nil, err
		}
		return n, work.UniqueExternalID(work.Insert(tx, work.Did(policy.NeedCreate), n))
	})
}

// Replace writes a draft anew.
func (s *Service) Replace(ctx context.Context, call work.Call, id uuid.UUID, version int64, in Input) (Answer, error) {
	a, err := records.Change(ctx, s.unit, call, id, version, policy.NeedEdit, func(_ *work.Tx, n *Need) error {
		if in.Owner != n.OwnerID {
			return fault.InvalidInput.At("/owner_id", fault.Immutable, "所属单位不可更改 The owner cannot change")
		}
		return n.Edit(in.Content, in.External)
	})
	return a, work.UniqueExternalID(err)
}

// Submit hands a draft to a second person; its owner must be verified, and its deadline must lie ahead.
func (s *Service) Submit(ctx context.Context, call work.Call, id uuid.UUID, version int64) (Answer, error) {
	return records.Change(ctx, s.unit, call, id, version, policy.NeedSubmit, func(tx *work.Tx, n *Need) error {
		if err := orgs.MustBeVerified(tx.DB, n.OwnerID); err != nil {
			return err
		}
		return n.Submit(call.Actor.Account, when.DayOf(tx.Now))
	})
}

// Return sends a submitted need back with a reason; by another than the one who submitted.
func (s *Service) Return(ctx context.Context, call work.Call, id uuid.UUID, version int64, reason string) (Answer, error) {
	return records.Change(ctx, s.unit, call, id, version, policy.NeedReturn, func(_ *work.Tx, n *Need) error { return n.Return(reason) })
}

// Publish opens a submitted need; by another than the one who submitted.
func (s *Service) Publish(ctx context.Context, call work.Call, id uuid.UUID, version int64) (Answer, error) {
	return records.Change(ctx, s.unit, call, id, version, policy.NeedPublish, func(tx *work.Tx, n *Need) error { return n.Publish(tx.Now) })
}

// Close ends an open need: solved, expired or withdrawn.
func (s *Service) Close(ctx context.Context, call work.Call, id uuid.UUID, version int64, reason CloseReason) (Answer, error) {
	return records.Change(ctx, s.unit, call, id, version, policy.NeedClose, func(_ *work.Tx, n *Need) error { return n.Close(reason) })
}

// Get reads one need.
func (s *Service) Get(ctx context.Context, reader policy.Actor, id uuid.UUID) (View, error) {
	return records.Get(ctx, s.unit, reader, id)
}

// Filter narrows a list; empty fields do not.
type Filter struct {
	Owner          uuid.UUID `query:"owner_id" where:"owner_id = ?"`
	Field          string    `query:"field" where:"field = ?"`
	State          State     `query:"state" where:"state = ?"`
	ExternalScheme string    `query:"external_scheme" where:"external_scheme = ?"`
	ExternalID     string    `query:"external_id" where:"external_id = ?"`
}

// List shows what the reader may know of: what is open, and their own in every state.
func (s *Service) List(ctx context.Context, reader policy.Actor, f Filter, p db.Paging) (db.Page[View], error) {
	if err := work.SchemeAndID(f.ExternalScheme, f.ExternalID); err != nil {
		return db.Page[View]{}, err
	}
	return records.List(ctx, s.unit, reader, f, p)
}

// Load reads a need for another package's use case, as far as the actor may know of it.
func Load(q *gorm.DB, actor policy.Actor, id uuid.UUID) (*Need, error) {
	return records.Load(q, actor, id)
}

// ByIDs loads needs in any order, those that are gone left out.
func ByIDs(q *gorm.DB, ids []uuid.UUID) ([]Need, error) { return work.ByIDs[Need](q, ids) }

// View is a need as one reader may see it: without its confidential part and the reason of a return, unless they are shown that.
type View struct {
	Need
	Owner orgs.Ref
}

// show tells what a reader may see of needs: the names of the owners were read along, or are one query for all.
func show(q *gorm.DB, reader policy.Actor, rows []Need) ([]View, error) {
	standings := make([]orgs.Standing, len(rows))
	for i := range rows {
		standings[i] = orgs.Standing{Organization: rows[i].OwnerID, Name: rows[i].ownerName}
	}
	owners, err := orgs.Shown(q, reader, standings)
	if err != nil {
		return nil, err
	}
	out := make([]View, len(rows))
	for i, n := range rows {
		if !policy.Allowed(reader, policy.NeedInner, n.Facts()) {
			n.Confidential, n.ReturnReason = "", ""
		}
		n.OwnerID = owners[i].ID // a masked owner is in no field
		out[i] = View{n, owners[i]}
	}
	return out, nil
}

// Kind is the entry of needs in the registry.
var Kind = kinds.Of(records, kinds.Kind{
	ZH: "技术需求", Path: "/v1/needs", Inner: policy.NeedInner, Edit: policy.NeedEdit,
	Document: func(r work.Record) kinds.Document { return r.(*Need).document() }, Counterparts: []string{"result"},
})
