// Package results decides about research results (科技成果): what one holds, its way from draft to published and back, and who
// sees which part. Finding and matching them belongs to match, which hears of them by Changes.
package results

import (
	"cmp"
	"context"
	"slices"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/accounts"
	"jiebang/internal/db"
	"jiebang/internal/external"
	"jiebang/internal/fault"
	"jiebang/internal/files"
	"jiebang/internal/kinds"
	"jiebang/internal/listing"
	"jiebang/internal/orgs"
	"jiebang/internal/policy"
	"jiebang/internal/publication"
	"jiebang/internal/work"
)

// rules are what publication calls by names of its own.
var rules = publication.Rules{
	Names: publication.Names{Public: Published, Off: Withdrawn},
	Actions: publication.Actions{
		Inner: policy.ResultInner, Edit: policy.ResultEdit, Submit: policy.ResultSubmit, TakeBack: policy.ResultTakeBack, Publish: policy.ResultPublish, Return: policy.ResultReturn,
		Withdraw: policy.ResultWithdraw, Delete: policy.ResultDelete,
	},
	MayPublish: orgs.MustBeVerified, People: accounts.Names,
}

// listings is how results are read, written and published.
var listings = publication.Listings[Result, *Result, Content, View]{
	Records: work.Records[Result, *Result, View]{
		Read: policy.ResultRead, Show: show, Rows: read, Orders: listing.Orders[Result](func(r *Result) string { return r.Title }),
		Columns: work.Columns{string(policy.Public): "state = 'published'", string(policy.Member): "owner_id IN ?"},
		Acts:    publication.Acts[Result, Content, *Result, View](rules, publication.Operations{Kind: "Result", Off: "withdrawResult", Offer: policy.ResultOffer}),
	},
	Rules: rules, Files: files.Pending{},
	Freed: func(tx *work.Tx, r *Result) error {
		if err := files.Free(tx, work.RefOf(r)); err != nil {
			return err
		}
		return external.Free(tx, work.RefOf(r))
	},
}

type (
	// Answer is the outcome of a use case that changed a result.
	Answer = work.Answer[View]
	// Service runs the use cases about results.
	Service struct {
		publication.Service[Result, *Result, Content, View]
		unit *work.Unit
	}
	// Input is what drafting or replacing takes. Of a result that is published, Offer and External go live at once, by SetOffer.
	Input struct {
		Owner    uuid.UUID
		Content  Content
		Offer    Offer
		External []external.ID
	}
)

func New(unit *work.Unit) *Service { return &Service{publication.NewService(unit, &listings), unit} }

// Create drafts a result; by a member of its owner.
func (s *Service) Create(ctx context.Context, call work.Call, in Input) (Answer, error) {
	return listings.Do(ctx, s.unit, call, func(tx *work.Tx) (*Result, error) {
		owner, err := orgs.LoadOwner(tx.DB, call.Actor, in.Owner, "/owner_id")
		if err != nil {
			return nil, err
		}
		if err := policy.Check(call.Actor, policy.ResultCreate, owner.Facts()); err != nil {
			return nil, err
		}
		if in, err = in.cleaned(); err != nil {
			return nil, err
		}
		r := in.draft(tx, owner.ID)
		if err := work.Insert(tx, work.Did(policy.ResultCreate), r); err != nil {
			return nil, err
		}
		return r, external.Keep(tx, work.RefOf(r), r.OwnerID, in.External, "/external_ids")
	})
}

// cleaned is the input as it is stored, if its parts are sound.
func (in Input) cleaned() (Input, error) {
	in.Content = in.Content.complete()
	in.Offer.Availability = cmp.Or(in.Offer.Availability, Available)
	if err := in.Content.Check(); err != nil {
		return in, err
	}
	var err error
	if in.Offer, err = in.Offer.cleaned(); err != nil {
		return in, err
	}
	in.External, err = external.Clean(in.External, "/external_ids")
	return in, err
}

// draft is a new result of a sound input.
func (in Input) draft(tx *work.Tx, owner uuid.UUID) *Result {
	return &Result{Head: tx.NewHead(), Entry: publication.Entry{State: Draft, OwnerID: owner, CreatedBy: &tx.Call.Actor.Account}, Content: in.Content, Offer: in.Offer}
}

// Replace writes a draft anew, or makes or replaces the open revision of what is published.
func (s *Service) Replace(ctx context.Context, call work.Call, id uuid.UUID, version int64, in Input) (Answer, error) {
	return listings.Replace(ctx, s.unit, call, id, version, in.Content.complete(), func(tx *work.Tx, r *Result, published bool) error {
		if in.Owner != r.OwnerID {
			return fault.InvalidInput.At("/owner_id", fault.Immutable, "所属单位不可更改", "The owner cannot change")
		}
		in, err := in.cleaned()
		if err != nil {
			return err
		}
		if published {
			return in.liveAlready(tx.DB, r)
		}
		in.Offer.Contact, in.Offer.ConfirmedUntil, in.Offer.Availability = r.Contact, r.ConfirmedUntil, r.Availability // by SetOffer alone
		r.Offer = in.Offer
		if err := writeDormancy(tx, r); err != nil {
			return err
		}
		r.external = nil // what was read along is no more
		return external.Keep(tx, work.RefOf(r), r.OwnerID, in.External, "/external_ids")
	})
}

// liveAlready refuses what a revision cannot carry: it would be live at once or be lost.
func (in Input) liveAlready(q *gorm.DB, r *Result) error {
	was, err := external.Of(q, r.Noun(), []uuid.UUID{r.ID})
	if err != nil {
		return err
	}
	const zh, en = "已发布的成果，此项即时生效，请用 PUT /v1/results/{id}/offer 修改", "Of a published result this goes live at once: change it by PUT /v1/results/{id}/offer"
	var bad fault.Fields
	bad.Check(Offer{Price: in.Offer.Price}.same(Offer{Price: r.Price}), "/price", fault.Immutable, zh, en)
	bad.Check(slices.Equal(in.External, was[r.ID]), "/external_ids", fault.Immutable, zh, en)
	return bad.Err()
}

// Withdraw takes a published result out of search and match, and closes its revision.
func (s *Service) Withdraw(ctx context.Context, call work.Call, id uuid.UUID, version int64) (Answer, error) {
	return listings.Withdraw(ctx, s.unit, call, id, version, func(r *Result) error { return r.Entry.Withdraw(listings.Names) })
}

// OfferInput is everything that goes live at once.
type OfferInput struct {
	Offer    Offer
	External []external.ID
}

// SetOffer replaces what goes live at once, in any state; by a member of the owner.
func (s *Service) SetOffer(ctx context.Context, call work.Call, id uuid.UUID, version int64, in OfferInput) (Answer, error) {
	return listings.Live(ctx, s.unit, call, id, version, policy.ResultOffer, func(tx *work.Tx, r *Result) error {
		in.Offer.Availability = cmp.Or(in.Offer.Availability, Available)
		offer, err := in.Offer.cleaned()
		if err != nil {
			return err
		}
		ids, err := external.Clean(in.External, "/external_ids")
		if err != nil {
			return err
		}
		r.Offer = offer
		if err := writeDormancy(tx, r); err != nil {
			return err
		}
		r.external = nil // what was read along is no more
		return external.Keep(tx, work.RefOf(r), r.OwnerID, ids, "/external_ids")
	}, false)
}

// Filter narrows a list; empty fields do not.
type Filter struct {
	Owner uuid.UUID `query:"owner_id" where:"owner_id = ?"`
	Field string    `query:"field" where:"field = ?"`
	State State     `query:"state" where:"state = ?"`
	external.Filter
	listing.Narrowing
}

// List shows what the reader may know of: what is published, and their own in every state.
func (s *Service) List(ctx context.Context, reader policy.Actor, f Filter, p db.Paging) (db.Page[View], error) {
	if err := f.LookUp(s.unit.Query(ctx), "result"); err != nil {
		return db.Page[View]{}, err
	}
	if err := f.Search(reader, f.Owner); err != nil {
		return db.Page[View]{}, err
	}
	return listings.List(ctx, s.unit, reader, f, p)
}

// Load reads a result for another package's use case, as far as the actor may know of it.
func Load(q *gorm.DB, actor policy.Actor, id uuid.UUID) (*Result, error) {
	return listings.Load(q, actor, id)
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

// View is a result as one reader may see it: without its confidential part, its contact, the reason of a return and its revision, unless they
// are shown that.
type View struct {
	Result
	listing.Beside
}

// show tells what a reader may see of results. Names and external ids were read along, or are one query each for all.
func show(q *gorm.DB, reader policy.Actor, rows []Result) ([]View, error) {
	beside, err := listing.Shown(q, reader, rows, rules, func(r *Result) listing.Along { return listing.Along{OwnerName: r.ownerName, External: r.external} })
	if err != nil {
		return nil, err
	}
	out := make([]View, len(rows))
	for i, r := range rows {
		if policy.Allowed(reader, policy.ResultInner, r.Facts()) {
			beside[i].Warnings = listing.Warn(r.Keywords, "/title", r.Title, "/abstract", r.Abstract, "/application", r.Application, "/advantage", r.Advantage)
		} else {
			r.Confidential, r.ReturnReason, r.Contact = "", "", nil
		}
		r.OwnerID = beside[i].Owner.ID // a masked owner is in no field
		out[i] = View{r, beside[i]}
	}
	return out, nil
}

// Kind is the entry of results in the registry.
var Kind = kinds.Of(listings.Records, kinds.Kind{
	ZH: "科技成果", Path: "/v1/results", Inner: policy.ResultInner, Edit: policy.ResultEdit,
	Hangs:    func(r work.Record, public bool) error { return r.(*Result).MayHang(listings.Names, public) },
	Revise:   listings.Revise,
	Document: func(r work.Record) kinds.Document { return r.(*Result).document() }, Counterparts: []string{"need"}, Until: "confirmed_until",
})
