// Package needs is the HTTP edge of technical needs: their routes, and the translation between the API's types and theirs.
package needs

import (
	"context"

	"jiebang/api/edge"
	"jiebang/api/wire"
	"jiebang/internal/match"
	"jiebang/internal/needs"
	"jiebang/internal/policy"
)

// Routes hangs the operations on needs on the edge. count counts their list by facets.
func Routes(e *edge.Edge, s *needs.Service, count func(context.Context, policy.Actor, match.Query) ([]wire.Facet, error)) {
	need := edge.Kind[needs.View, wire.Need]{Path: "/v1/needs", Get: s.Get, Wire: written, Open: s.GetRevision}
	edge.Create(e, "createNeed", need, input, s.Create)
	edge.Read(e, "getNeed", need)
	edge.Faceted(e, "listNeeds", need, s.List, func(ctx context.Context, reader policy.Actor, f needs.Filter) ([]wire.Facet, error) {
		if !f.Facets {
			return nil, nil
		}
		return count(ctx, reader, match.Query{
			Kind: "need", Field: f.Field, Chain: string(f.Chain), Owner: f.Owner,
			Wanted: match.Wanted{Region: string(f.Region), Urgent: f.Urgent, BudgetMin: f.BudgetMin, BudgetMax: f.BudgetMax, Negotiable: f.Negotiable, Days: f.Days},
		})
	})
	edge.Decide(e, "replaceNeed", need, input, s.Replace)
	edge.Delete(e, "deleteNeed", s.Delete)
	edge.Change(e, "dropNeedRevision", need, s.Drop)
	edge.Decide(e, "setNeedOffer", need, offer, s.SetOffer)
	edge.Change(e, "submitNeed", need, s.Submit)
	edge.Decide(e, "returnNeed", need, wire.Reason, s.Return)
	edge.Change(e, "takeBackNeed", need, s.TakeBack)
	edge.Change(e, "publishNeed", need, s.Publish)
	edge.Decide(e, "closeNeed", need, closing, s.Close)
}

func closing(b *wire.CloseInput) (needs.CloseReason, error) { return needs.CloseReason(b.Reason), nil }

func written(n *needs.View) wire.Need {
	w := wire.Need{
		Actions: wire.ActionsOf(n.Acts),
		Id:      n.ID, Version: n.Version, State: wire.NeedState(n.State), Owner: wire.RefOf(n.Owner),
		Title: n.Title, Problem: n.Problem, Requirements: wire.Some(n.Requirements), Constraints: wire.Some(n.Constraints), Keywords: wire.List(&n.Keywords), TechnicalTerms: wire.Ptr(wire.List(&n.TechnicalTerms)),
		Field: wire.Field(n.Field), FieldName: wire.FieldName(n.Field), Chains: wire.ChainsOf(n.Beside.Chains), Budget: wireBudget(n.Budget), Deadline: wire.OptionalDate(n.Deadline),
		CooperationMode: wire.CooperationMode(n.CooperationMode), Urgent: n.Urgent, Masked: wire.Some(n.Masked), CloseReason: wire.Some(wire.CloseReason(n.CloseReason)),
		Contact: wire.OptionalContact(n.Contact), Revision: wire.RevisionOf(n.Revision), Warnings: wire.WarningsOf(n.Warnings), PublishedAt: n.PublishedAt, CreatedAt: n.CreatedAt, UpdatedAt: n.UpdatedAt,
		CreatedBy: wire.Some(n.People.Created), SubmittedBy: wire.Some(n.People.Submitted), PublishedBy: wire.Some(n.People.Published),
		Held: wire.Some(n.Held), ChallengeId: n.HeldBy,
		Confidential: wire.Some(n.Confidential), ReturnReason: wire.Some(n.ReturnReason), TakenDown: wire.Some(n.TakenDown != 0),
	}
	w.ExternalId, w.ExternalIds = wire.ExternalIDsOf(n.External)
	return w
}

func wireBudget(b *needs.Budget) *wire.Budget {
	if b == nil {
		return nil
	}
	w := &wire.Budget{}
	if b.Min != nil {
		w.Min = wire.Ptr(wire.MoneyOf(*b.Min))
	}
	if b.Max != nil {
		w.Max = wire.Ptr(wire.MoneyOf(*b.Max))
	}
	return w
}

func input(b *wire.NeedInput) (needs.Input, error) {
	in := needs.Input{Owner: b.OwnerId, Content: needs.Content{
		Title: b.Title, Problem: b.Problem, Requirements: wire.Value(b.Requirements), Constraints: wire.Value(b.Constraints), Keywords: wire.List(b.Keywords), TechnicalTerms: wire.List(b.TechnicalTerms),
		Field: string(b.Field), Chains: wire.List(b.Chains), Deadline: wire.OptionalDay(b.Deadline), CooperationMode: wire.Text(b.CooperationMode), Urgent: wire.Value(b.Urgent),
		Confidential: wire.Value(b.Confidential), Masked: wire.Value(b.Masked),
	}}
	var err error
	if in.External, err = wire.ExternalIDs(b.ExternalId, b.ExternalIds); err != nil {
		return in, err
	}
	in.Offer.Budget, err = budget(b.Budget)
	return in, err
}

func offer(b *wire.NeedOfferInput) (needs.OfferInput, error) {
	in := needs.OfferInput{Offer: needs.Offer{Contact: wire.ReadContact(b.Contact)}}
	var err error
	if in.External, err = wire.ExternalIDs(nil, b.ExternalIds); err != nil {
		return in, err
	}
	in.Offer.Budget, err = budget(b.Budget)
	return in, err
}

func budget(w *wire.Budget) (*needs.Budget, error) {
	if w == nil {
		return nil, nil
	}
	b := &needs.Budget{}
	if w.Min != nil {
		low, err := wire.Fen(*w.Min, "/budget/min")
		if err != nil {
			return nil, err
		}
		b.Min = &low
	}
	if w.Max != nil {
		high, err := wire.Fen(*w.Max, "/budget/max")
		if err != nil {
			return nil, err
		}
		b.Max = &high
	}
	return b, nil
}
