// Package needs decides about technical needs (技术需求): what one holds, its way from draft to open and closed, and who sees
// which part. Finding results for one belongs to match, which hears of needs by Changes; what two sides make of it, to deals.
package needs

import (
	"context"
	"strings"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/accounts"
	"jiebang/internal/db"
	"jiebang/internal/fault"
	"jiebang/internal/kinds"
	"jiebang/internal/listing"
	"jiebang/internal/orgs"
	"jiebang/internal/policy"
	"jiebang/internal/publication"
	"jiebang/internal/ref"
	"jiebang/internal/work"
)

// rules are what publication calls by names of its own.
var rules = publication.Rules{
	Names: publication.Names{Public: Open, Off: Closed},
	Actions: publication.Actions{
		Inner: policy.NeedInner, Edit: policy.NeedEdit, Submit: policy.NeedSubmit, TakeBack: policy.NeedTakeBack, Publish: policy.NeedPublish, Return: policy.NeedReturn,
		Withdraw: policy.NeedClose, Delete: policy.NeedDelete,
	},
	People: accounts.Names,
}

type (
	needListings = listing.Listings[Need, *Need, Content, Offer, View]

	// Answer is the outcome of a use case that changed a need.
	Answer = work.Answer[View]
	// Input is what drafting or replacing takes.
	Input = listing.Input[Content, Offer]
	// OfferInput is everything that goes live at once.
	OfferInput = listing.OfferInput[Offer]
	// Service runs the use cases about needs.
	Service struct {
		listing.Service[Need, *Need, Content, Offer, View]
		unit *work.Unit
	}
)

// listings is how needs are read, written and published.
var listings = listing.Of(needListings{
	Listings: publication.Listings[Need, *Need, Content, View]{
		Records: work.Records[Need, *Need, View]{
			Read: policy.NeedRead, Show: show, Rows: read,
			Columns: work.Columns{string(policy.Public): "state = 'open' AND NOT " + over + listing.NotHeld, string(policy.Member): "owner_id IN ?"},
			Acts: publication.Acts[Need, Content, *Need, View](rules, publication.Operations{Kind: "Need", Off: "closeNeed", Offer: policy.NeedOffer, MayPublish: orgs.MustBeVerified},
				func(n *Need) error { return n.mayClose() }),
		},
		Rules: rules, Over: expired, Published: writeExpiry, Takes: (*Need).keepsName, Down: func(n *Need) error { return n.Close(Withdrawn) },
	},
	Create: policy.NeedCreate, SetOffer: policy.NeedOffer, Path: "/v1/needs", Carried: "/budget", Sound: staysMasked,
}, func(n *Need) string { return n.Title }, soonest, richest)

// New gives the use cases about needs.
func New(unit *work.Unit) *Service {
	unit.Knows("needs", fault.UnknownRecord, listings.Known)
	return &Service{listing.NewService(unit, &listings), unit}
}

// Close ends an open need: solved, expired or withdrawn. Its revision is closed with it.
func (s *Service) Close(ctx context.Context, call work.Call, id uuid.UUID, version int64, reason CloseReason) (Answer, error) {
	return listings.Withdraw(ctx, s.unit, call, id, version, func(n *Need) error { return n.Close(reason) })
}

// Filter narrows a list; empty fields do not.
type Filter struct {
	Field string `query:"field" where:"field = ?"`
	State State  `query:"state" where:"(CASE WHEN state = 'open' AND held_by IS NULL AND deadline < {today} THEN 'closed' ELSE state END) = ?"`
	Held  bool   `query:"held" where:"(held_by IS NOT NULL) = ?"`

	Urgent     *bool        `query:"urgent" where:"urgent = ?"`
	BudgetMin  listing.Yuan `query:"budget_min"`
	BudgetMax  listing.Yuan `query:"budget_max"`
	Negotiable bool         `query:"negotiable"`
	listing.Narrowing

	// Told narrows whatever would tell whose a masked need is to those of which the reader may know.
	Told []uuid.UUID `where:"(NOT masked OR owner_id IN ?)"`
	Free bool        `where:"(NOT owner_suspended AND held_by IS NULL) = ?"` // search finds it
}

// List shows what the reader may know of: what is open, and their own in every state.
func (s *Service) List(ctx context.Context, reader policy.Actor, f Filter, p db.Paging) (db.Page[View], error) {
	var bad fault.Fields
	f.Spent(listing.AmountsOf(&bad, "budget", f.BudgetMin, f.BudgetMax, f.Negotiable), budgets)
	// Those that are challenges, one beside the other with the challenges, would tell who the masked posters are.
	bad.Check(!f.Held || reader.Operator || reader.MemberOf(f.Owner), "query:held", fault.NotYours, "是否已转为榜题只可在本单位的需求中筛选，请以 owner_id 写明单位",
		"Needs that are challenges are narrowed down to among one's own alone; say whose by owner_id")
	f.Counted(&bad, &f.State, Open, f.Held)
	f.Free = f.Facets
	if f.tellsOwner() && !reader.Operator {
		f.Told = append([]uuid.UUID{uuid.Nil}, reader.Member...)
	}
	f.Inner = f.State != "" && f.State != Open
	return s.Service.List(ctx, reader, &f, p, bad)
}

// tellsOwner tells whether it narrows by what is nobody's but the owner's: who it is, what it calls the need, or a place that is neither a
// province nor a city.
func (f *Filter) tellsOwner() bool {
	place := string(f.Region)
	within := place != "" && place != ref.City(place) && !strings.HasSuffix(place, "0000")
	return f.Owner != uuid.Nil || f.ExternalID != "" || within
}

// Load reads a need for another package's use case, as far as the actor may know of it.
func Load(q *gorm.DB, actor policy.Actor, id uuid.UUID) (*Need, error) {
	return listings.Load(q, actor, id)
}

// ByIDs loads needs in any order, those that are gone left out.
func ByIDs(q *gorm.DB, ids []uuid.UUID) ([]Need, error) { return work.ByIDs[Need](q, ids) }

// View is a need as one reader may see it: without its confidential part, its contact, the reason of a return, the challenge that holds it
// and its revision, unless they are shown that.
type View struct {
	Need
	Held bool // by a challenge
	listing.Beside
}

// show tells what a reader may see of needs. Names and external ids were read along, or are one query each for all.
func show(q *gorm.DB, reader policy.Actor, rows []Need) ([]View, error) {
	beside, err := listing.Shown(q, reader, rows, rules)
	if err != nil {
		return nil, err
	}
	out := make([]View, len(rows))
	for i, n := range rows {
		held := n.HeldBy != nil
		if policy.Allowed(reader, policy.NeedInner, n.Facts()) {
			beside[i].Warnings = n.Warn()
		} else {
			n.Confidential, n.ReturnReason, n.Contact = "", "", nil
			n.HeldBy = nil // a challenge may mask its poster
		}
		if n.State != Closed {
			n.CloseReason = "" // of the time before
		}
		n.OwnerID = beside[i].Owner.ID // a masked owner is in no field
		out[i] = View{n, held, beside[i]}
	}
	return out, nil
}

// Kind is the entry of needs in the registry.
var Kind = listings.Kind(kinds.Kind{
	ZH: "技术需求", Document: func(r work.Record) kinds.Document { return r.(*Need).document() }, Counterparts: []string{"result"}, Until: "deadline",
})

// OwnerOf tells whose a need is, in whatever state.
func OwnerOf(q *gorm.DB, id uuid.UUID) (uuid.UUID, error) {
	n, err := work.Load[Need](q, id)
	if err != nil {
		return uuid.Nil, err
	}
	return n.OwnerID, nil
}
