// Package results decides about research results (科技成果): what one holds, its way from draft to published and back, and who
// sees which part. Finding and matching them belongs to match, which hears of them by Changes.
package results

import (
	"context"

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
	"jiebang/internal/work"
)

// rules are what publication calls by names of its own.
var rules = publication.Rules{
	Names: publication.Names{Public: Published, Off: Withdrawn},
	Actions: publication.Actions{
		Inner: policy.ResultInner, Edit: policy.ResultEdit, Submit: policy.ResultSubmit, TakeBack: policy.ResultTakeBack, Publish: policy.ResultPublish, Return: policy.ResultReturn,
		Withdraw: policy.ResultWithdraw, Delete: policy.ResultDelete,
	},
	People: accounts.Names,
}

type (
	resultListings = listing.Listings[Result, *Result, Content, Offer, View]

	// Answer is the outcome of a use case that changed a result.
	Answer = work.Answer[View]
	// Input is what drafting or replacing takes.
	Input = listing.Input[Content, Offer]
	// OfferInput is everything that goes live at once.
	OfferInput = listing.OfferInput[Offer]
	// Service runs the use cases about results.
	Service struct {
		listing.Service[Result, *Result, Content, Offer, View]
		unit *work.Unit
	}
)

// listings is how results are read, written and published.
var listings = listing.Of(resultListings{
	Listings: publication.Listings[Result, *Result, Content, View]{
		Records: work.Records[Result, *Result, View]{
			Read: policy.ResultRead, Show: show, Rows: read,
			Columns: work.Columns{string(policy.Public): "state = 'published'" + listing.NotHeld, string(policy.Member): "owner_id IN ?"},
			Acts: append(publication.Acts[Result, Content, *Result, View](rules, publication.Operations{Kind: "Result", Off: "withdrawResult", Offer: policy.ResultOffer, MayPublish: orgs.MustBeVerified}),
				work.Act[*Result, View]{Operation: "recordRightsGrant", Action: policy.ResultGrant, When: func(r *Result, _ *View) error { return r.mayGrant() }, Asks: mayGrantRights},
				work.Act[*Result, View]{Operation: "endRightsGrant", Action: policy.ResultGrantEnd, When: func(r *Result, _ *View) error { return r.mayEndGrant() }},
			),
		},
		Rules: rules,
	},
	Create: policy.ResultCreate, SetOffer: policy.ResultOffer, Path: "/v1/results", Carried: "/price", OnOffer: writeDormancy, Ends: func(o Offer) bool { return !o.ConfirmedUntil.IsZero() },
}, func(r *Result) string { return r.Title }, cheapest, dearest)

// New gives the use cases about results.
func New(unit *work.Unit) *Service {
	unit.Knows("results", fault.UnknownRecord, listings.Known)
	return &Service{listing.NewService(unit, &listings), unit}
}

// Withdraw takes a published result out of search and match, and closes its revision.
func (s *Service) Withdraw(ctx context.Context, call work.Call, id uuid.UUID, version int64) (Answer, error) {
	return listings.Withdraw(ctx, s.unit, call, id, version, func(r *Result) error { return r.Entry.Withdraw(listings.Names) })
}

// Filter narrows a list; empty fields do not.
type Filter struct {
	Field string `query:"field" where:"field = ?"`
	State State  `query:"state" where:"state = ?"`
	// Bottleneck asks for what solves a bottleneck at this level.
	Bottleneck BottleneckLevel `query:"bottleneck_level" where:"bottleneck LIKE '%\"Level\":\"' || ? || '\"%'"`
	Solves     bool            `query:"solves_bottleneck" where:"(bottleneck IS NOT NULL AND bottleneck <> 'null') = ?"`
	// What tells no readiness is in no range of it.
	TRLMin       int          `query:"trl_min" where:"trl >= ?"`
	TRLMax       int          `query:"trl_max" where:"trl <= ?"`
	Availability Availability `query:"availability" where:"availability = ?"`
	PriceMin     listing.Yuan `query:"price_min"`
	PriceMax     listing.Yuan `query:"price_max"`
	Negotiable   bool         `query:"negotiable"`
	listing.Narrowing

	Awake bool `where:"(NOT owner_suspended AND COALESCE(confirmed_until >= {today}, TRUE)) = ?"` // search finds it
}

// List shows what the reader may know of: what is published, and their own in every state.
func (s *Service) List(ctx context.Context, reader policy.Actor, f Filter, p db.Paging) (db.Page[View], error) {
	var bad fault.Fields
	listing.Readiness(&bad, f.TRLMin, f.TRLMax)
	f.Spent(listing.AmountsOf(&bad, "price", f.PriceMin, f.PriceMax, f.Negotiable), prices)
	f.Counted(&bad, &f.State, Published)
	f.Awake = f.Facets
	f.Within(reader, &f.State, Published)
	return s.Service.List(ctx, reader, &f, p, bad)
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
	beside, err := listing.Shown(q, reader, rows, rules)
	if err != nil {
		return nil, err
	}
	out := make([]View, len(rows))
	for i, r := range rows {
		if policy.Allowed(reader, policy.ResultInner, r.Facts()) {
			beside[i].Warnings = r.Warn()
		} else {
			r.Confidential, r.ReturnReason, r.Contact = "", "", nil
			r.Grants = r.grantsFor(reader)
			r.public()
		}
		r.OwnerID = beside[i].Owner.ID // a masked owner is in no field
		out[i] = View{r, beside[i]}
	}
	return out, nil
}

// Kind is the entry of results in the registry.
var Kind = listings.Kind(kinds.Kind{
	ZH: "科技成果", Document: func(r work.Record) kinds.Document { return r.(*Result).document() }, Counterparts: []string{"need"}, Until: "confirmed_until",
})
