// Package teams decides about research teams (科研团队): what the profile of one holds, its way from draft to published and back, whose
// names are told, and in which programmes it takes part. Finding and matching them belongs to match, which hears of them by Changes.
package teams

import (
	"context"
	"fmt"

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
	"jiebang/internal/results"
	"jiebang/internal/work"
)

// rules are what publication calls by names of its own.
var rules = publication.Rules{
	Names: publication.Names{Public: Published, Off: Withdrawn},
	Actions: publication.Actions{
		Inner: policy.TeamInner, Edit: policy.TeamEdit, Submit: policy.TeamSubmit, TakeBack: policy.TeamTakeBack, Publish: policy.TeamPublish, Return: policy.TeamReturn,
		Withdraw: policy.TeamWithdraw, Delete: policy.TeamDelete,
	},
	People: accounts.Names,
}

type (
	teamListings = listing.Listings[Team, *Team, Content, Offer, View]

	// Answer is the outcome of a use case that changed a team.
	Answer = work.Answer[View]
	// Input is what drafting or replacing takes.
	Input = listing.Input[Content, Offer]
	// OfferInput is everything that goes live at once.
	OfferInput = listing.OfferInput[Offer]
	// Service runs the use cases about teams.
	Service struct {
		listing.Service[Team, *Team, Content, Offer, View]
		unit *work.Unit
	}
)

// listings is how teams are read, written and published.
var listings = listing.Of(teamListings{
	Listings: publication.Listings[Team, *Team, Content, View]{
		Records: work.Records[Team, *Team, View]{
			Read: policy.TeamRead, Show: show, Joined: true,
			Columns: work.Columns{string(policy.Public): "state = 'published'" + listing.NotHeld, string(policy.Member): "owner_id IN ?"},
			Acts: append(
				publication.Acts[Team, Content, *Team, View](rules, publication.Operations{Kind: "Team", Off: "withdrawTeam", Offer: policy.TeamOffer, MayPublish: orgs.MustBeVerified}),
				work.Act[*Team, View]{Operation: "keepTeamProgrammes", Action: policy.TeamProgrammes},
			),
		},
		Rules: rules,
	},
	Create: policy.TeamCreate, SetOffer: policy.TeamOffer, Path: "/v1/teams", Sound: knownResults,
}, func(t *Team) string { return t.Title })

// New gives the use cases about teams.
func New(unit *work.Unit) *Service {
	unit.Knows("teams", fault.UnknownRecord, listings.Known)
	return &Service{listing.NewService(unit, &listings), unit}
}

// Withdraw takes a published team out of search and match, and closes its revision.
func (s *Service) Withdraw(ctx context.Context, call work.Call, id uuid.UUID, version int64) (Answer, error) {
	return listings.Withdraw(ctx, s.unit, call, id, version, func(t *Team) error { return t.Entry.Withdraw(listings.Names) })
}

// knownResults refuses results that the writer may not know of.
func knownResults(tx *work.Tx, _ uuid.UUID, c Content) error {
	known, err := linked(tx.DB, tx.Call.Actor, c.ResultIDs)
	if err != nil {
		return err
	}
	var bad fault.Fields
	for i, id := range c.ResultIDs {
		_, there := known[id]
		bad.Check(there, fmt.Sprintf("/result_ids/%d", i), fault.UnknownResult, "没有这项成果，或无权知晓", "There is no such result that you may know of")
	}
	return bad.Err()
}

// Linked is a result that a team names.
type Linked struct {
	ID    uuid.UUID
	Title string
}

// linked gives the titles of results, as far as somebody may know of them: at most one query.
func linked(q *gorm.DB, reader policy.Actor, ids []uuid.UUID) (map[uuid.UUID]string, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	found, err := results.ByIDs(q, ids)
	out := make(map[uuid.UUID]string, len(found))
	for i := range found {
		if r := &found[i]; policy.Allowed(reader, policy.ResultRead, r.Facts()) {
			out[r.ID] = r.Title
		}
	}
	return out, err
}

// Filter narrows a list; empty fields do not.
type Filter struct {
	Field     string `query:"field" where:"(field = ? OR other_fields LIKE '%\"' || ? || '\"%')"`
	State     State  `query:"state" where:"state = ?"`
	Programme string `query:"programme"` // in a programme of this name, whenever that was

	In string `where:"(kept_programmes LIKE ? ESCAPE '!' OR claimed_programmes LIKE ? ESCAPE '!')"`
	listing.Narrowing

	Standing bool `where:"(NOT owner_suspended) = ?"` // search finds it
}

// List shows what the reader may know of: what is published, and their own in every state.
func (s *Service) List(ctx context.Context, reader policy.Actor, f Filter, p db.Paging) (db.Page[View], error) {
	if f.Programme != "" {
		f.In = inProgramme(f.Programme)
	}
	var bad fault.Fields
	f.Counted(&bad, &f.State, Published, f.Programme != "")
	f.Standing = f.Facets
	f.Within(reader, &f.State, Published)
	return s.Service.List(ctx, reader, &f, p, bad)
}

// ByIDs loads teams in any order, those that are gone left out.
func ByIDs(q *gorm.DB, ids []uuid.UUID) ([]Team, error) { return work.ByIDs[Team](q, ids) }

// View is a team as one reader may see it: without its confidential part, its contact, names without consent, evidence, the reason of a
// return and its revision, unless they are shown that.
type View struct {
	Team
	Results []Linked // that it names and the reader may know of
	Parts   []Part
	listing.Beside
}

// show tells what a reader may see of teams: whatever stands beside them is one query for all.
func show(q *gorm.DB, reader policy.Actor, rows []Team) ([]View, error) {
	beside, err := listing.Shown(q, reader, rows, rules)
	if err != nil {
		return nil, err
	}
	var ids []uuid.UUID
	for i := range rows {
		ids = append(ids, rows[i].ResultIDs...)
	}
	titles, err := linked(q, reader, ids)
	if err != nil {
		return nil, err
	}
	out := make([]View, len(rows))
	for i, t := range rows {
		if policy.Allowed(reader, policy.TeamInner, t.Facts()) {
			beside[i].Warnings = t.Warn()
		} else {
			t.Confidential, t.ReturnReason, t.Contact = "", "", nil
			t.public()
		}
		t.OwnerID = beside[i].Owner.ID // a masked owner is in no field
		out[i] = View{Team: t, Parts: t.parts(), Beside: beside[i]}
		for _, id := range t.ResultIDs {
			if title, there := titles[id]; there {
				out[i].Results = append(out[i].Results, Linked{id, title})
			}
		}
	}
	return out, nil
}

// Kind is the entry of teams in the registry.
var Kind = listings.Kind(kinds.Kind{
	ZH: "科研团队", Document: func(r work.Record) kinds.Document { return r.(*Team).document() }, Counterparts: []string{"need", "challenge"},
})
