// Package needs decides about technical needs (技术需求): what one holds, its way from draft to open and closed, and who sees
// which part. Finding results for one belongs to match, which hears of needs by Changes; what two sides make of it, to deals.
package needs

import (
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
	Names: publication.Names{Public: Open, Off: Closed},
	Actions: publication.Actions{
		Inner: policy.NeedInner, Edit: policy.NeedEdit, Submit: policy.NeedSubmit, TakeBack: policy.NeedTakeBack, Publish: policy.NeedPublish, Return: policy.NeedReturn,
		Withdraw: policy.NeedClose, Delete: policy.NeedDelete,
	},
	MayPublish: orgs.MustBeVerified, People: accounts.Names,
}

// listings is how needs are read, written and published.
var listings = publication.Listings[Need, *Need, Content, View]{
	Records: work.Records[Need, *Need, View]{
		Read: policy.NeedRead, Show: show, Rows: read, Orders: listing.Orders[Need](func(n *Need) string { return n.Title }),
		Columns: work.Columns{string(policy.Public): "state = 'open' AND NOT " + over, string(policy.Member): "owner_id IN ?"},
		Acts:    publication.Acts[Need, Content, *Need, View](rules, publication.Operations{Kind: "Need", Off: "closeNeed", Offer: policy.NeedOffer}),
	},
	Rules: rules, Files: files.Pending{}, Over: expired,
	Published: writeExpiry,
	Freed: func(tx *work.Tx, n *Need) error {
		if err := files.Free(tx, work.RefOf(n)); err != nil {
			return err
		}
		return external.Free(tx, work.RefOf(n))
	},
}

type (
	// Answer is the outcome of a use case that changed a need.
	Answer = work.Answer[View]
	// Service runs the use cases about needs.
	Service struct {
		publication.Service[Need, *Need, Content, View]
		unit *work.Unit
	}
	// Input is what drafting or replacing takes. Of a need that is open, Offer and External go live at once, by SetOffer.
	Input struct {
		Owner    uuid.UUID
		Content  Content
		Offer    Offer
		External []external.ID
	}
)

func New(unit *work.Unit) *Service { return &Service{publication.NewService(unit, &listings), unit} }

// Create drafts a need; by a member of its owner.
func (s *Service) Create(ctx context.Context, call work.Call, in Input) (Answer, error) {
	return listings.Do(ctx, s.unit, call, func(tx *work.Tx) (*Need, error) {
		owner, err := orgs.LoadOwner(tx.DB, call.Actor, in.Owner, "/owner_id")
		if err != nil {
			return nil, err
		}
		if err := policy.Check(call.Actor, policy.NeedCreate, owner.Facts()); err != nil {
			return nil, err
		}
		if in, err = in.cleaned(); err != nil {
			return nil, err
		}
		n := &Need{Head: tx.NewHead(), Entry: publication.Entry{State: Draft, OwnerID: owner.ID, CreatedBy: &call.Actor.Account}, Content: in.Content, Offer: in.Offer}
		if err := work.Insert(tx, work.Did(policy.NeedCreate), n); err != nil {
			return nil, err
		}
		return n, external.Keep(tx, work.RefOf(n), n.OwnerID, in.External, "/external_ids")
	})
}

// cleaned is the input as it is stored, if its parts are sound.
func (in Input) cleaned() (Input, error) {
	in.Content = in.Content.complete()
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

// Replace writes a draft anew, or makes or replaces the open revision of what is open.
func (s *Service) Replace(ctx context.Context, call work.Call, id uuid.UUID, version int64, in Input) (Answer, error) {
	return listings.Replace(ctx, s.unit, call, id, version, in.Content.complete(), func(tx *work.Tx, n *Need, published bool) error {
		if in.Owner != n.OwnerID {
			return fault.InvalidInput.At("/owner_id", fault.Immutable, "所属单位不可更改", "The owner cannot change")
		}
		in, err := in.cleaned()
		if err != nil {
			return err
		}
		if published {
			return in.liveAlready(tx.DB, n)
		}
		n.Budget = in.Offer.Budget // the contact by SetOffer alone
		n.external = nil           // what was read along is no more
		return external.Keep(tx, work.RefOf(n), n.OwnerID, in.External, "/external_ids")
	})
}

// liveAlready refuses what a revision cannot carry: it would be live at once or be lost.
func (in Input) liveAlready(q *gorm.DB, n *Need) error {
	was, err := external.Of(q, n.Noun(), []uuid.UUID{n.ID})
	if err != nil {
		return err
	}
	const zh, en = "已公开的需求，此项即时生效，请用 PUT /v1/needs/{id}/offer 修改", "Of an open need this goes live at once: change it by PUT /v1/needs/{id}/offer"
	var bad fault.Fields
	bad.Check(in.Offer.Budget.same(n.Budget), "/budget", fault.Immutable, zh, en)
	bad.Check(slices.Equal(in.External, was[n.ID]), "/external_ids", fault.Immutable, zh, en)
	return bad.Err()
}

// Close ends an open need: solved, expired or withdrawn. Its revision is closed with it.
func (s *Service) Close(ctx context.Context, call work.Call, id uuid.UUID, version int64, reason CloseReason) (Answer, error) {
	return listings.Withdraw(ctx, s.unit, call, id, version, func(n *Need) error { return n.Close(reason) })
}

// OfferInput is everything that goes live at once.
type OfferInput struct {
	Offer    Offer
	External []external.ID
}

// SetOffer replaces what goes live at once, in any state; by a member of the owner.
func (s *Service) SetOffer(ctx context.Context, call work.Call, id uuid.UUID, version int64, in OfferInput) (Answer, error) {
	return listings.Live(ctx, s.unit, call, id, version, policy.NeedOffer, func(tx *work.Tx, n *Need) error {
		offer, err := in.Offer.cleaned()
		if err != nil {
			return err
		}
		ids, err := external.Clean(in.External, "/external_ids")
		if err != nil {
			return err
		}
		n.Offer = offer
		n.external = nil // what was read along is no more
		return external.Keep(tx, work.RefOf(n), n.OwnerID, ids, "/external_ids")
	}, false)
}

// Filter narrows a list; empty fields do not.
type Filter struct {
	Owner uuid.UUID `query:"owner_id" where:"owner_id = ?"`
	Field string    `query:"field" where:"field = ?"`
	State State     `query:"state" where:"(CASE WHEN state = 'open' AND deadline < {today} THEN 'closed' ELSE state END) = ?"`
	external.Filter
	listing.Narrowing
}

// List shows what the reader may know of: what is open, and their own in every state.
func (s *Service) List(ctx context.Context, reader policy.Actor, f Filter, p db.Paging) (db.Page[View], error) {
	if err := f.LookUp(s.unit.Query(ctx), "need"); err != nil {
		return db.Page[View]{}, err
	}
	if err := f.Search(reader, f.Owner); err != nil {
		return db.Page[View]{}, err
	}
	return listings.List(ctx, s.unit, reader, f, p)
}

// Load reads a need for another package's use case, as far as the actor may know of it.
func Load(q *gorm.DB, actor policy.Actor, id uuid.UUID) (*Need, error) {
	return listings.Load(q, actor, id)
}

// ByIDs loads needs in any order, those that are gone left out.
func ByIDs(q *gorm.DB, ids []uuid.UUID) ([]Need, error) { return work.ByIDs[Need](q, ids) }

// View is a need as one reader may see it: without its confidential part, its contact, the reason of a return and its revision, unless they
// are shown that.
type View struct {
	Need
	listing.Beside
}

// show tells what a reader may see of needs. Names and external ids were read along, or are one query each for all.
func show(q *gorm.DB, reader policy.Actor, rows []Need) ([]View, error) {
	beside, err := listing.Shown(q, reader, rows, rules, func(n *Need) listing.Along { return listing.Along{OwnerName: n.ownerName, External: n.external} })
	if err != nil {
		return nil, err
	}
	out := make([]View, len(rows))
	for i, n := range rows {
		if policy.Allowed(reader, policy.NeedInner, n.Facts()) {
			beside[i].Warnings = listing.Warn(n.Keywords, "/title", n.Title, "/problem", n.Problem, "/requirements", n.Requirements, "/constraints", n.Constraints)
		} else {
			n.Confidential, n.ReturnReason, n.Contact = "", "", nil
		}
		if n.State != Closed {
			n.CloseReason = "" // of the time before
		}
		n.OwnerID = beside[i].Owner.ID // a masked owner is in no field
		out[i] = View{n, beside[i]}
	}
	return out, nil
}

// Kind is the entry of needs in the registry.
var Kind = kinds.Of(listings.Records, kinds.Kind{
	ZH: "技术需求", Path: "/v1/needs", Inner: policy.NeedInner, Edit: policy.NeedEdit,
	Hangs:    func(r work.Record, public bool) error { return r.(*Need).MayHang(listings.Names, public) },
	Revise:   listings.Revise,
	Document: func(r work.Record) kinds.Document { return r.(*Need).document() }, Counterparts: []string{"result"}, Until: "deadline",
})
