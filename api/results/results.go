// Package results is the HTTP edge of research results: their routes, and the translation between the API's types and theirs.
package results

import (
	"context"

	"jiebang/api/edge"
	"jiebang/api/wire"
	"jiebang/internal/match"
	"jiebang/internal/policy"
	"jiebang/internal/results"
)

// Routes hangs the operations on results on the edge. count counts their list by facets.
func Routes(e *edge.Edge, s *results.Service, count func(context.Context, policy.Actor, match.Query) ([]wire.Facet, error)) {
	result := edge.Kind[results.View, wire.Result]{Path: "/v1/results", Get: s.Get, Wire: written, Open: s.GetRevision}
	edge.Create(e, "createResult", result, input, s.Create)
	edge.Read(e, "getResult", result)
	edge.Faceted(e, "listResults", result, s.List, func(ctx context.Context, reader policy.Actor, f results.Filter) ([]wire.Facet, error) {
		if !f.Facets {
			return nil, nil
		}
		return count(ctx, reader, match.Query{
			Kind: "result", Field: f.Field, Chain: string(f.Chain), Owner: f.Owner,
			Wanted: match.Wanted{
				Region: string(f.Region), TRLMin: f.TRLMin, TRLMax: f.TRLMax, Availability: string(f.Availability), PriceMin: f.PriceMin, PriceMax: f.PriceMax, Negotiable: f.Negotiable, Days: f.Days,
				Bottleneck: f.Solves, Level: string(f.Bottleneck),
			},
		})
	})
	edge.Decide(e, "replaceResult", result, input, s.Replace)
	edge.Delete(e, "deleteResult", s.Delete)
	edge.Change(e, "dropResultRevision", result, s.Drop)
	edge.Decide(e, "setResultOffer", result, offer, s.SetOffer)
	edge.Decide(e, "recordRightsGrant", result, grant, s.Grant)
	edge.Decide(e, "endRightsGrant", result, grantEnd, s.EndGrant)
	edge.Change(e, "submitResult", result, s.Submit)
	edge.Decide(e, "returnResult", result, wire.Reason, s.Return)
	edge.Change(e, "takeBackResult", result, s.TakeBack)
	edge.Change(e, "publishResult", result, s.Publish)
	edge.Change(e, "withdrawResult", result, s.Withdraw)
}

func written(r *results.View) wire.Result {
	w := wire.Result{
		Actions: wire.ActionsOf(r.Acts),
		Id:      r.ID, Version: r.Version, State: wire.ResultState(r.State), Owner: wire.RefOf(r.Owner),
		Title: r.Title, Abstract: r.Abstract, Keywords: wire.List(&r.Keywords), Field: wire.Field(r.Field), FieldName: wire.FieldName(r.Field), Chains: wire.ChainsOf(r.Beside.Chains), Trl: r.TRL,
		TransferModes: wire.Named[wire.TransferMode](r.TransferModes), Application: wire.Some(r.Application), Advantage: wire.Some(r.Advantage), Solves: wire.Ptr(wire.List(&r.Solves)),
		Contact: wire.OptionalContact(r.Contact), Revision: wire.RevisionOf(r.Revision), Warnings: wire.WarningsOf(r.Warnings), PublishedAt: r.PublishedAt, CreatedAt: r.CreatedAt, UpdatedAt: r.UpdatedAt,
		CreatedBy: wire.Some(r.People.Created), SubmittedBy: wire.Some(r.People.Submitted), PublishedBy: wire.Some(r.People.Published),
		Confidential: wire.Some(r.Confidential), ReturnReason: wire.Some(r.ReturnReason), TakenDown: wire.Some(r.TakenDown != 0),
	}
	writtenMakers(r, &w)
	w.IntellectualProperty, w.RightsGrants = writtenRights(r.Rights), writtenGrants(r.Grants)
	w.ExternalId, w.ExternalIds = wire.ExternalIDsOf(r.External)
	w.Availability, w.ConfirmedUntil = wire.Availability(r.Availability), wire.OptionalDate(r.ConfirmedUntil)
	if p := r.Price; p != nil {
		w.Price = &wire.Price{Kind: wire.PriceKind(p.Kind)}
		if p.Min != nil {
			w.Price.Min = wire.Ptr(wire.MoneyOf(*p.Min))
		}
		if p.Max != nil {
			w.Price.Max = wire.Ptr(wire.MoneyOf(*p.Max))
		}
	}
	return w
}

func input(b *wire.ResultInput) (results.Input, error) {
	in := results.Input{Owner: b.OwnerId, Content: results.Content{
		Title: b.Title, Abstract: b.Abstract, Keywords: wire.List(b.Keywords), Field: string(b.Field), Chains: wire.List(b.Chains), TRL: b.Trl,
		TransferModes: wire.Plain(wire.List(b.TransferModes)), Application: wire.Value(b.Application), Advantage: wire.Value(b.Advantage), Solves: wire.List(b.Solves),
		Confidential: wire.Value(b.Confidential),
	}}
	makers(b, &in.Content)
	in.Content.Rights = rights(wire.List(b.IntellectualProperty))
	var err error
	if in.External, err = wire.ExternalIDs(b.ExternalId, b.ExternalIds); err != nil {
		return in, err
	}
	in.Offer.Price, err = price(b.Price)
	return in, err
}

func offer(b *wire.ResultOfferInput) (results.OfferInput, error) {
	in := results.OfferInput{Offer: results.Offer{
		Availability: results.Availability(wire.Text(b.Availability)), Contact: wire.ReadContact(b.Contact), ConfirmedUntil: wire.OptionalDay(b.ConfirmedUntil),
	}}
	var err error
	if in.External, err = wire.ExternalIDs(nil, b.ExternalIds); err != nil {
		return in, err
	}
	in.Offer.Price, err = price(b.Price)
	return in, err
}

func price(p *wire.Price) (*results.Price, error) {
	if p == nil {
		return nil, nil
	}
	out := &results.Price{Kind: string(p.Kind)}
	if p.Min != nil {
		low, err := wire.Fen(*p.Min, "/price/min")
		if err != nil {
			return nil, err
		}
		out.Min = &low
	}
	if p.Max != nil {
		high, err := wire.Fen(*p.Max, "/price/max")
		if err != nil {
			return nil, err
		}
		out.Max = &high
	}
	return out, nil
}
