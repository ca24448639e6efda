package api

import (
	"context"

	"github.com/google/uuid"

	"jiebang/api/gen/results"
	"jiebang/api/gen/wire"
	"jiebang/internal/app"
	"jiebang/internal/policy"
	domain "jiebang/internal/results"
)

type resultHandlers struct{ *app.App }

func (h resultHandlers) CreateResult(ctx context.Context, r results.CreateResultRequestObject) (results.CreateResultResponseObject, error) {
	in, err := resultInput(r.Body)
	if err != nil {
		return nil, err
	}
	body, headers, err := created(ctx, "/v1/results/", h.read)(h.Results.Create(ctx, callFor(ctx), in))
	return results.CreateResult201JSONResponse{Body: body, Headers: results.CreateResult201ResponseHeaders(headers)}, err
}

func (h resultHandlers) GetResult(ctx context.Context, r results.GetResultRequestObject) (results.GetResultResponseObject, error) {
	body, version, err := h.read(ctx, r.Id)
	return results.GetResult200JSONResponse{Body: body, Headers: results.GetResult200ResponseHeaders{ETag: ptr(ETag(version))}}, err
}

func (h resultHandlers) ReplaceResult(ctx context.Context, r results.ReplaceResultRequestObject) (results.ReplaceResultResponseObject, error) {
	in, err := resultInput(r.Body)
	if err != nil {
		return nil, err
	}
	body, headers, err := changed(ctx, h.read)(h.Results.Replace(ctx, callFor(ctx), r.Id, versionOf(r.Params.IfMatch), in))
	return results.ReplaceResult200JSONResponse{Body: body, Headers: results.ReplaceResult200ResponseHeaders(headers)}, err
}

func (h resultHandlers) SubmitResult(ctx context.Context, r results.SubmitResultRequestObject) (results.SubmitResultResponseObject, error) {
	body, headers, err := changed(ctx, h.read)(h.Results.Submit(ctx, callFor(ctx), r.Id, versionOf(r.Params.IfMatch)))
	return results.SubmitResult200JSONResponse{Body: body, Headers: results.SubmitResult200ResponseHeaders(headers)}, err
}

func (h resultHandlers) ReturnResult(ctx context.Context, r results.ReturnResultRequestObject) (results.ReturnResultResponseObject, error) {
	body, headers, err := changed(ctx, h.read)(h.Results.Return(ctx, callFor(ctx), r.Id, versionOf(r.Params.IfMatch), r.Body.Reason))
	return results.ReturnResult200JSONResponse{Body: body, Headers: results.ReturnResult200ResponseHeaders(headers)}, err
}

func (h resultHandlers) PublishResult(ctx context.Context, r results.PublishResultRequestObject) (results.PublishResultResponseObject, error) {
	body, headers, err := changed(ctx, h.read)(h.Results.Publish(ctx, callFor(ctx), r.Id, versionOf(r.Params.IfMatch)))
	return results.PublishResult200JSONResponse{Body: body, Headers: results.PublishResult200ResponseHeaders(headers)}, err
}

func (h resultHandlers) WithdrawResult(ctx context.Context, r results.WithdrawResultRequestObject) (results.WithdrawResultResponseObject, error) {
	body, headers, err := changed(ctx, h.read)(h.Results.Withdraw(ctx, callFor(ctx), r.Id, versionOf(r.Params.IfMatch)))
	return results.WithdrawResult200JSONResponse{Body: body, Headers: results.WithdrawResult200ResponseHeaders(headers)}, err
}

func (h resultHandlers) ListResults(ctx context.Context, r results.ListResultsRequestObject) (results.ListResultsResponseObject, error) {
	p := r.Params
	if err := bothOrNone(p.ExternalScheme, p.ExternalId); err != nil {
		return nil, err
	}
	filter := domain.Filter{
		Owner: value(p.OwnerId), Field: text(p.Field), State: text(p.State), ExternalScheme: value(p.ExternalScheme), ExternalID: value(p.ExternalId),
	}
	page, err := h.Results.List(ctx, actorOf(ctx), filter, paging(ctx, p.Limit, p.Cursor, filter))
	if err != nil {
		return nil, err
	}
	items, err := h.wire(ctx, page.Items...)
	return results.ListResults200JSONResponse{Items: items, NextCursor: some(page.Next)}, err
}

func (h resultHandlers) read(ctx context.Context, id uuid.UUID) (wire.Result, int64, error) {
	r, err := h.Results.Get(ctx, actorOf(ctx), id)
	if err != nil {
		return wire.Result{}, 0, err
	}
	items, err := h.wire(ctx, *r)
	if err != nil {
		return wire.Result{}, 0, err
	}
	return items[0], r.Version, nil
}

// wire writes results as the caller may see them, with the names of their owners: one query for all.
func (h resultHandlers) wire(ctx context.Context, rs ...domain.Result) ([]wire.Result, error) {
	owners := make([]uuid.UUID, len(rs))
	for i, r := range rs {
		owners[i] = r.OwnerID
	}
	names, err := h.Orgs.NamesOf(ctx, owners...)
	if err != nil {
		return nil, err
	}
	items := make([]wire.Result, len(rs))
	for i := range rs {
		items[i] = wireResult(&rs[i], names[rs[i].OwnerID], policy.Allowed(actorOf(ctx), policy.ResultInner, rs[i].Facts()))
	}
	return items, nil
}

func wireResult(r *domain.Result, owner string, inner bool) wire.Result {
	w := wire.Result{
		Id: r.ID, Version: r.Version, State: wire.ResultState(r.State), Owner: wire.Ref{Id: r.OwnerID, Name: owner},
		Title: r.Title, Abstract: r.Abstract, Keywords: list(&r.Keywords), Field: wire.Field(r.Field), Trl: r.TRL,
		TransferModes: named[wire.TransferMode](r.TransferModes), Application: some(r.Application), Advantage: some(r.Advantage),
		ExternalId: wireExternalID(r.External.Scheme, r.External.ID), PublishedAt: r.PublishedAt, CreatedAt: r.CreatedAt, UpdatedAt: r.UpdatedAt,
	}
	if p := r.Price; p != nil {
		w.Price = &wire.Price{Kind: wire.PriceKind(p.Kind)}
		if p.Min > 0 {
			w.Price.Min = ptr(wireMoney(p.Min))
		}
		if p.Max > 0 {
			w.Price.Max = ptr(wireMoney(p.Max))
		}
	}
	if inner {
		w.Confidential, w.ReturnReason = some(r.Confidential), some(r.ReturnReason)
	}
	return w
}

func resultInput(b *wire.ResultInput) (domain.Input, error) {
	in := domain.Input{Owner: b.OwnerId, Content: domain.Content{
		Title: b.Title, Abstract: b.Abstract, Keywords: list(b.Keywords), Field: string(b.Field), TRL: b.Trl,
		TransferModes: plain(list(b.TransferModes)), Application: value(b.Application), Advantage: value(b.Advantage), Confidential: value(b.Confidential),
	}}
	in.External.Scheme, in.External.ID = externalID(b.ExternalId)
	if p := b.Price; p != nil {
		price := domain.Price{Kind: string(p.Kind)}
		var err error
		if p.Min != nil {
			if price.Min, err = fen(*p.Min, "/price/min"); err != nil {
				return in, err
			}
		}
		if p.Max != nil {
			if price.Max, err = fen(*p.Max, "/price/max"); err != nil {
				return in, err
			}
		}
		in.Content.Price = &price
	}
	return in, nil
}
