package api

import (
	"context"

	"github.com/google/uuid"

	"jiebang/api/gen/needs"
	"jiebang/api/gen/wire"
	"jiebang/internal/app"
	domain "jiebang/internal/needs"
	"jiebang/internal/policy"
)

type needHandlers struct{ *app.App }

func (h needHandlers) CreateNeed(ctx context.Context, r needs.CreateNeedRequestObject) (needs.CreateNeedResponseObject, error) {
	in, err := needInput(r.Body)
	if err != nil {
		return nil, err
	}
	body, headers, err := created(ctx, "/v1/needs/", h.read)(h.Needs.Create(ctx, callFor(ctx), in))
	return needs.CreateNeed201JSONResponse{Body: body, Headers: needs.CreateNeed201ResponseHeaders(headers)}, err
}

func (h needHandlers) GetNeed(ctx context.Context, r needs.GetNeedRequestObject) (needs.GetNeedResponseObject, error) {
	body, version, err := h.read(ctx, r.Id)
	return needs.GetNeed200JSONResponse{Body: body, Headers: needs.GetNeed200ResponseHeaders{ETag: ptr(ETag(version))}}, err
}

func (h needHandlers) ReplaceNeed(ctx context.Context, r needs.ReplaceNeedRequestObject) (needs.ReplaceNeedResponseObject, error) {
	in, err := needInput(r.Body)
	if err != nil {
		return nil, err
	}
	body, headers, err := changed(ctx, h.read)(h.Needs.Replace(ctx, callFor(ctx), r.Id, versionOf(r.Params.IfMatch), in))
	return needs.ReplaceNeed200JSONResponse{Body: body, Headers: needs.ReplaceNeed200ResponseHeaders(headers)}, err
}

func (h needHandlers) SubmitNeed(ctx context.Context, r needs.SubmitNeedRequestObject) (needs.SubmitNeedResponseObject, error) {
	body, headers, err := changed(ctx, h.read)(h.Needs.Submit(ctx, callFor(ctx), r.Id, versionOf(r.Params.IfMatch)))
	return needs.SubmitNeed200JSONResponse{Body: body, Headers: needs.SubmitNeed200ResponseHeaders(headers)}, err
}

func (h needHandlers) ReturnNeed(ctx context.Context, r needs.ReturnNeedRequestObject) (needs.ReturnNeedResponseObject, error) {
	body, headers, err := changed(ctx, h.read)(h.Needs.Return(ctx, callFor(ctx), r.Id, versionOf(r.Params.IfMatch), r.Body.Reason))
	return needs.ReturnNeed200JSONResponse{Body: body, Headers: needs.ReturnNeed200ResponseHeaders(headers)}, err
}

func (h needHandlers) PublishNeed(ctx context.Context, r needs.PublishNeedRequestObject) (needs.PublishNeedResponseObject, error) {
	body, headers, err := changed(ctx, h.read)(h.Needs.Publish(ctx, callFor(ctx), r.Id, versionOf(r.Params.IfMatch)))
	return needs.PublishNeed200JSONResponse{Body: body, Headers: needs.PublishNeed200ResponseHeaders(headers)}, err
}

func (h needHandlers) CloseNeed(ctx context.Context, r needs.CloseNeedRequestObject) (needs.CloseNeedResponseObject, error) {
	body, headers, err := changed(ctx, h.read)(
		h.Needs.Close(ctx, callFor(ctx), r.Id, versionOf(r.Params.IfMatch), domain.CloseReason(r.Body.Reason)))
	return needs.CloseNeed200JSONResponse{Body: body, Headers: needs.CloseNeed200ResponseHeaders(headers)}, err
}

func (h needHandlers) ListNeeds(ctx context.Context, r needs.ListNeedsRequestObject) (needs.ListNeedsResponseObject, error) {
	p := r.Params
	if err := bothOrNone(p.ExternalScheme, p.ExternalId); err != nil {
		return nil, err
	}
	filter := domain.Filter{
		Owner: value(p.OwnerId), Field: text(p.Field), State: text(p.State), ExternalScheme: value(p.ExternalScheme), ExternalID: value(p.ExternalId),
	}
	page, err := h.Needs.List(ctx, actorOf(ctx), filter, paging(ctx, p.Limit, p.Cursor, filter))
	if err != nil {
		return nil, err
	}
	items, err := h.wire(ctx, page.Items...)
	return needs.ListNeeds200JSONResponse{Items: items, NextCursor: some(page.Next)}, err
}

func (h needHandlers) read(ctx context.Context, id uuid.UUID) (wire.Need, int64, error) {
	n, err := h.Needs.Get(ctx, actorOf(ctx), id)
	if err != nil {
		return wire.Need{}, 0, err
	}
	items, err := h.wire(ctx, *n)
	if err != nil {
		return wire.Need{}, 0, err
	}
	return items[0], n.Version, nil
}

// wire writes needs as the caller may see them, with the names of their owners: one query for all.
func (h needHandlers) wire(ctx context.Context, ns ...domain.Need) ([]wire.Need, error) {
	owners := make([]uuid.UUID, len(ns))
	for i, n := range ns {
		owners[i] = n.OwnerID
	}
	names, err := h.Orgs.NamesOf(ctx, owners...)
	if err != nil {
		return nil, err
	}
	items := make([]wire.Need, len(ns))
	for i := range ns {
		items[i] = wireNeed(&ns[i], names[ns[i].OwnerID], policy.Allowed(actorOf(ctx), policy.NeedInner, ns[i].Facts()))
	}
	return items, nil
}

func wireNeed(n *domain.Need, owner string, inner bool) wire.Need {
	w := wire.Need{
		Id: n.ID, Version: n.Version, State: wire.NeedState(n.State), Owner: wire.Ref{Id: n.OwnerID, Name: owner},
		Title: n.Title, Problem: n.Problem, Requirements: some(n.Requirements), Constraints: some(n.Constraints), Keywords: list(&n.Keywords),
		Field: wire.Field(n.Field), Budget: wireBudget(n.Budget), Deadline: optionalWireDay(n.Deadline),
		CooperationMode: wire.CooperationMode(n.CooperationMode), Urgent: n.Urgent, CloseReason: some(wire.CloseReason(n.CloseReason)),
		ExternalId: wireExternalID(n.External.Scheme, n.External.ID), PublishedAt: n.PublishedAt, CreatedAt: n.CreatedAt, UpdatedAt: n.UpdatedAt,
	}
	if inner {
		w.Confidential, w.ReturnReason = some(n.Confidential), some(n.ReturnReason)
	}
	return w
}

func wireBudget(b *domain.Budget) *wire.Budget {
	if b == nil {
		return nil
	}
	w := &wire.Budget{}
	if b.Min != nil {
		w.Min = ptr(wireMoney(*b.Min))
	}
	if b.Max != nil {
		w.Max = ptr(wireMoney(*b.Max))
	}
	return w
}

func needInput(b *wire.NeedInput) (domain.Input, error) {
	in := domain.Input{Owner: b.OwnerId, Content: domain.Content{
		Title: b.Title, Problem: b.Problem, Requirements: value(b.Requirements), Constraints: value(b.Constraints), Keywords: list(b.Keywords),
		Field: string(b.Field), Deadline: optionalDay(b.Deadline), CooperationMode: text(b.CooperationMode), Urgent: value(b.Urgent),
		Confidential: value(b.Confidential),
	}}
	in.External.Scheme, in.External.ID = externalID(b.ExternalId)
	var err error
	in.Content.Budget, err = budget(b.Budget)
	return in, err
}

func budget(w *wire.Budget) (*domain.Budget, error) {
	if w == nil {
		return nil, nil
	}
	b := &domain.Budget{}
	if w.Min != nil {
		low, err := fen(*w.Min, "/budget/min")
		if err != nil {
			return nil, err
		}
		b.Min = &low
	}
	if w.Max != nil {
		high, err := fen(*w.Max, "/budget/max")
		if err != nil {
			return nil, err
		}
		b.Max = &high
	}
	return b, nil
}
