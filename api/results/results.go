// Package results is the HTTP edge of research results: their routes, and the translation between the API's types and theirs.
package results

import (
	"jiebang/api/edge"
	"jiebang/api/wire"
	"jiebang/internal/results"
)

// Routes hangs the operations on results on the edge.
func Routes(e *edge.Edge, s *results.Service) {
	result := edge.Kind[results.View, wire.Result]{Path: "/v1/results", Get: s.Get, Wire: written}
	edge.Create(e, "createResult", result, input, s.Create)
	edge.Read(e, "getResult", result)
	edge.List(e, "listResults", result, s.List)
	edge.Decide(e, "replaceResult", result, input, s.Replace)
	edge.Change(e, "submitResult", result, s.Submit)
	edge.Decide(e, "returnResult", result, wire.Reason, s.Return)
	edge.Change(e, "publishResult", result, s.Publish)
	edge.Change(e, "withdrawResult", result, s.Withdraw)
}

func written(r *results.View) wire.Result {
	w := wire.Result{
		Id: r.ID, Version: r.Version, State: wire.ResultState(r.State), Owner: wire.RefOf(r.Owner),
		Title: r.Title, Abstract: r.Abstract, Keywords: wire.List(&r.Keywords), Field: wire.Field(r.Field), Trl: r.TRL,
		TransferModes: wire.Named[wire.TransferMode](r.TransferModes), Application: wire.Some(r.Application), Advantage: wire.Some(r.Advantage),
		ExternalId: wire.ExternalIDOf(r.External.Scheme, r.External.ID), PublishedAt: r.PublishedAt, CreatedAt: r.CreatedAt, UpdatedAt: r.UpdatedAt,
		Confidential: wire.Some(r.Confidential), ReturnReason: wire.Some(r.ReturnReason),
	}
	if p := r.Price; p != nil {
		w.Price = &wire.Price{Kind: wire.PriceKind(p.Kind)}
		if p.Min > 0 {
			w.Price.Min = wire.Ptr(wire.MoneyOf(p.Min))
		}
		if p.Max > 0 {
			w.Price.Max = wire.Ptr(wire.MoneyOf(p.Max))
		}
	}
	return w
}

func input(b *wire.ResultInput) (results.Input, error) {
	in := results.Input{Owner: b.OwnerId, Content: results.Content{
		Title: b.Title, Abstract: b.Abstract, Keywords: wire.List(b.Keywords), Field: string(b.Field), TRL: b.Trl,
		TransferModes: wire.Plain(wire.List(b.TransferModes)), Application: wire.Value(b.Application), Advantage: wire.Value(b.Advantage),
		Confidential: wire.Value(b.Confidential),
	}}
	in.External.Scheme, in.External.ID = wire.ExternalID(b.ExternalId)
	if p := b.Price; p != nil {
		price := results.Price{Kind: string(p.Kind)}
		var err error
		if p.Min != nil {
			if price.Min, err = wire.Fen(*p.Min, "/price/min"); err != nil {
				return in, err
			}
		}
		if p.Max != nil {
			if price.Max, err = wire.Fen(*p.Max, "/price/max"); err != nil {
				return in, err
			}
		}
		in.Content.Price = &price
	}
	return in, nil
}
