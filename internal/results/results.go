// Package results decides about research results (科技成果): what one holds, its way from draft to published and back, and who
// sees which part. Finding and matching them belongs to match, which hears of them by Changes.
package results

import (
	"context"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/db"
	"jiebang/internal/fault"
	"jiebang/internal/kinds"
	"jiebang/internal/orgs"
	"jiebang/internal/policy"
	"jiebang/internal/work"
)

// records is how results are read and written.
var records = work.Records[Result, *Result, View]{
	Read: policy.ResultRead, Show: show, Rows: read,
	Columns: work.Columns{string(policy.Public): "state = 'published'", string(policy.Member): "owner_id IN ?"},
}

type (
	// Answer is the outcome of a use case that changed a result.
	Answer = work.Answer[View]
	// Service runs the use cases about results.
	Service struct{ unit *work.Unit }
	// Input is what drafting or replacing takes.
	Input struct {
		Owner    uuid.UUID
		Content  Content
		External ExternalID
	}
)

func New(unit *work.Unit) *Service { return &Service{unit} }

// Create drafts a result; by a member of its owner.
func (s *Service) Create(ctx context.Context, call work.Call, in Input) (Answer, error) {
	return records.Do(ctx, s.unit, call, func(tx *work.Tx) (*Result, error) {
		owner, err := orgs.LoadOwner(tx.DB, call.Actor, in.Owner, "/owner_id")
		if err != nil {
			return nil, err
		}
		if err := policy.Check(call.Actor, policy.ResultCreate, owner.Facts()); err != nil {
			return nil, err
		}
		r := &Result{Head: tx.NewHead(), State: Draft, OwnerID: owner.ID}
		if err := r.Edit(in.Content, in.External); err != nil {
			return nil, err
		}
		return r, work.UniqueExternalID(work.Insert(tx, work.Did(policy.ResultCreate), r))
	})
}

// Replace writes a draft anew.
func (s *Service) Replace(ctx context.Context, call work.Call, id uuid.UUID, version int64, in Input) (Answer, error) {
	a, err := records.Change(ctx, s.unit, call, id, version, policy.ResultEdit, func(_ *work.Tx, r *Result) error {
		if in.Owner != r.OwnerID {
			return fault.InvalidInput.At("/owner_id", fault.Immutable, "所属单位不可更改 The owner cannot change")
		}
		return r.Edit(in.Content, in.External)
	})
	return a, work.UniqueExternalID(err)
}

// Submit hands a draft to a second person; its owner must be verified.
func (s *Service) Submit(ctx context.Context, call work.Call, id uuid.UUID, version int64) (Answer, error) {
	return records.Change(ctx, s.unit, call, id, version, policy.ResultSubmit, func(tx *work.Tx, r *Result) error {
		if err := orgs.MustBeVerified(tx.DB, r.OwnerID); err != nil {
			return err
		}
		return r.Submit(call.Actor.Account)
	})
}

// Return sends a submitted result back with a reason; by another than the one who submitted.
func (s *Service) Return(ctx context.Context, call work.Call, id uuid.UUID, version int64, reason string) (Answer, error) {
	return records.Change(ctx, s.unit, call, id, version, policy.ResultReturn, func(_ *work.Tx, r *Result) error { return r.Return(reason) })
}

// Publish makes a submitted result public; by another than the one who submitted.
func (s *Service) Publish(ctx context.Context, call work.Call, id uuid.UUID, version int64) (Answer, error) {
	return records.Change(ctx, s.unit, call, id, version, policy.ResultPublish, func(tx *work.Tx, r *Result) error { return r.Publish(tx.Now) })
}

// Withdraw takes a published result out of search and match.
func (s *Service) Withdraw(ctx context.Context, call work.Call, id uuid.UUID, version int64) (Answer, error) {
	return records.Change(ctx, s.unit, call, id, version, policy.ResultWithdraw, func(_ *work.Tx, r *Result) error { return r.Withdraw() })
}

// Get reads one result.
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

// List shows what the reader may know of: what is published, and their own in every state.
func (s *Service) List(ctx context.Context, reader policy.Actor, f Filter, p db.Paging) (db.Page[View], error) {
	if err := work.SchemeAndID(f.ExternalScheme, f.ExternalID); err != nil {
		return db.Page[View]{}, err
	}
	return records.List(ctx, s.unit, reader, f, p)
}

// Load reads a result for another package's use case, as far as the actor may know of it.
func Load(q *gorm.DB, actor policy.Actor, id uuid.UUID) (*Result, error) {
	return records.Load(q, actor, id)
}

// ByIDs loads results in any order, those that are gone left out.
func ByIDs(q *gorm.DB, ids []uuid.UUID) ([]Result, error) { return work.ByIDs[Result](q, ids) }

// OwnerOf tells whose a result is, in whatever state.
func OwnerOf(q *gorm.DB, id uuid.UUID) (uuid.UUID, error) {
	r, err := work.Load[Result](q, id)
	if err != nil {
		return uuid.Nil, err
	}
	return r.OwnerID, nil
}

// View is a result as one reader may see it: without its confidential part and the reason of a return, unless they are shown that.
type View struct {
	Result
	Owner orgs.Ref
}

// show tells what a reader may see of results: the names of the owners were read along, or are one query for all.
func show(q *gorm.DB, reader policy.Actor, rows []Result) ([]View, error) {
	standings := make([]orgs.Standing, len(rows))
	for i := range rows {
		standings[i] = orgs.Standing{Organization: rows[i].OwnerID, Name: rows[i].ownerName}
	}
	owners, err := orgs.Shown(q, reader, standings)
	if err != nil {
		return nil, err
	}
	out := make([]View, len(rows))
	for i, r := range rows {
		if !policy.Allowed(reader, policy.ResultInner, r.Facts()) {
			r.Confidential, r.ReturnReason = "", ""
		}
		r.OwnerID = owners[i].ID // a masked owner is in no field
		out[i] = View{r, owners[i]}
	}
	return out, nil
}

// Kind is the entry of results in the registry.
var Kind = kinds.Of(records, kinds.Kind{
	ZH: "科技成果", Path: "/v1/results", Inner: policy.ResultInner, Edit: policy.ResultEdit,
	Document: func(r work.Record) kinds.Document { return r.(*Result).document() }, Counterparts: []string{"need"},
})
