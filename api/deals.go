package api

import (
	"context"

	"github.com/google/uuid"

	"jiebang/api/gen/deals"
	"jiebang/api/gen/wire"
	"jiebang/internal/app"
	domain "jiebang/internal/deals"
)

type dealHandlers struct{ *app.App }

func (h dealHandlers) ProposeIntroduction(ctx context.Context, r deals.ProposeIntroductionRequestObject) (deals.ProposeIntroductionResponseObject, error) {
	in := domain.Proposal{From: r.Body.FromId, Result: r.Body.ResultId, Need: r.Body.NeedId, Message: r.Body.Message}
	body, headers, err := created(ctx, "/v1/introductions/", h.readIntroduction)(h.Deals.Propose(ctx, callFor(ctx), in))
	return deals.ProposeIntroduction201JSONResponse{Body: body, Headers: deals.ProposeIntroduction201ResponseHeaders(headers)}, err
}

func (h dealHandlers) GetIntroduction(ctx context.Context, r deals.GetIntroductionRequestObject) (deals.GetIntroductionResponseObject, error) {
	body, version, err := h.readIntroduction(ctx, r.Id)
	return deals.GetIntroduction200JSONResponse{Body: body, Headers: deals.GetIntroduction200ResponseHeaders{ETag: ptr(ETag(version))}}, err
}

func (h dealHandlers) AcceptIntroduction(ctx context.Context, r deals.AcceptIntroductionRequestObject) (deals.AcceptIntroductionResponseObject, error) {
	body, headers, err := changed(ctx, h.readIntroduction)(h.Deals.Accept(ctx, callFor(ctx), r.Id, versionOf(r.Params.IfMatch)))
	return deals.AcceptIntroduction200JSONResponse{Body: body, Headers: deals.AcceptIntroduction200ResponseHeaders(headers)}, err
}

func (h dealHandlers) DeclineIntroduction(ctx context.Context, r deals.DeclineIntroductionRequestObject) (deals.DeclineIntroductionResponseObject, error) {
	body, headers, err := changed(ctx, h.readIntroduction)(
		h.Deals.Decline(ctx, callFor(ctx), r.Id, versionOf(r.Params.IfMatch), domain.DeclineReason(r.Body.Reason), value(r.Body.Note)))
	return deals.DeclineIntroduction200JSONResponse{Body: body, Headers: deals.DeclineIntroduction200ResponseHeaders(headers)}, err
}

func (h dealHandlers) ListIntroductions(ctx context.Context, r deals.ListIntroductionsRequestObject) (deals.ListIntroductionsResponseObject, error) {
	filter := domain.IntroductionFilter{Organization: r.Params.OrganizationId, State: domain.State(text(r.Params.State))}
	page, err := h.Deals.ListIntroductions(ctx, actorOf(ctx), filter, paging(ctx, r.Params.Limit, r.Params.Cursor, filter))
	if err != nil {
		return nil, err
	}
	out := deals.ListIntroductions200JSONResponse{Items: make([]wire.Introduction, len(page.Items)), NextCursor: some(page.Next)}
	for i := range page.Items {
		out.Items[i] = wireIntroduction(&page.Items[i])
	}
	return out, nil
}

func (h dealHandlers) GetDeal(ctx context.Context, r deals.GetDealRequestObject) (deals.GetDealResponseObject, error) {
	body, version, err := h.readDeal(ctx, r.Id)
	return deals.GetDeal200JSONResponse{Body: body, Headers: deals.GetDeal200ResponseHeaders{ETag: ptr(ETag(version))}}, err
}

func (h dealHandlers) AdvanceDeal(ctx context.Context, r deals.AdvanceDealRequestObject) (deals.AdvanceDealResponseObject, error) {
	body, headers, err := changed(ctx, h.readDeal)(
		h.Deals.Advance(ctx, callFor(ctx), r.Id, versionOf(r.Params.IfMatch), domain.Stage(r.Body.Stage), value(r.Body.Note)))
	return deals.AdvanceDeal200JSONResponse{Body: body, Headers: deals.AdvanceDeal200ResponseHeaders(headers)}, err
}

func (h dealHandlers) ListDeals(ctx context.Context, r deals.ListDealsRequestObject) (deals.ListDealsResponseObject, error) {
	filter := domain.DealFilter{Organization: r.Params.OrganizationId, Stage: domain.Stage(text(r.Params.Stage))}
	page, err := h.Deals.ListDeals(ctx, actorOf(ctx), filter, paging(ctx, r.Params.Limit, r.Params.Cursor, filter))
	if err != nil {
		return nil, err
	}
	out := deals.ListDeals200JSONResponse{Items: make([]wire.Deal, len(page.Items)), NextCursor: some(page.Next)}
	for i := range page.Items {
		out.Items[i] = wireDeal(&page.Items[i])
	}
	return out, nil
}

func (h dealHandlers) readIntroduction(ctx context.Context, id uuid.UUID) (wire.Introduction, int64, error) {
	v, err := h.Deals.GetIntroduction(ctx, actorOf(ctx), id)
	if err != nil {
		return wire.Introduction{}, 0, err
	}
	return wireIntroduction(v), v.Version, nil
}

func (h dealHandlers) readDeal(ctx context.Context, id uuid.UUID) (wire.Deal, int64, error) {
	v, err := h.Deals.GetDeal(ctx, actorOf(ctx), id)
	if err != nil {
		return wire.Deal{}, 0, err
	}
	return wireDeal(v), v.Version, nil
}

func wireIntroduction(v *domain.View) wire.Introduction {
	w := wire.Introduction{
		Id: v.ID, Version: v.Version, State: wire.IntroductionState(v.State), From: wire.Ref{Id: v.FromID, Name: v.FromName},
		To: wire.Ref{Id: v.ToID, Name: v.ToName}, ResultId: v.ResultID, NeedId: v.NeedID, Message: v.Message, AnswerDue: wireDay(v.AnswerDue),
		DeclineReason: some(wire.DeclineReason(v.DeclineReason)), DeclineNote: some(v.DeclineNote), DealId: v.DealID,
		AnsweredAt: v.AnsweredAt, CreatedAt: v.CreatedAt,
	}
	if c := v.Contacts; c != nil {
		w.Contacts = &wire.Contacts{From: *wireContact(c.From), To: *wireContact(c.To)}
	}
	return w
}

func wireDeal(v *domain.DealView) wire.Deal {
	w := wire.Deal{
		Id: v.ID, Version: v.Version, Stage: wire.DealStage(v.Stage), IntroductionId: v.IntroductionID,
		Supplier: wire.Ref{Id: v.SupplierID, Name: v.SupplierName}, Demander: wire.Ref{Id: v.DemanderID, Name: v.DemanderName},
		ResultId: v.ResultID, NeedId: v.NeedID, ContractId: v.ContractID, LostReason: some(v.LostReason),
		Steps: make([]wire.DealStep, len(v.Steps)), CreatedAt: v.CreatedAt,
	}
	for i, s := range v.Steps {
		w.Steps[i] = wire.DealStep{Stage: wire.DealStage(s.Stage), Note: s.Note, CreatedAt: s.CreatedAt}
	}
	return w
}
