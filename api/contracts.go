package api

import (
	"context"

	"github.com/google/uuid"

	"jiebang/api/gen/contracts"
	"jiebang/api/gen/wire"
	"jiebang/internal/app"
	domain "jiebang/internal/contracts"
)

type contractHandlers struct{ *app.App }

func (h contractHandlers) CreateContract(ctx context.Context, r contracts.CreateContractRequestObject) (contracts.CreateContractResponseObject, error) {
	in, err := contractInput(r.Body)
	if err != nil {
		return nil, err
	}
	body, headers, err := created(ctx, "/v1/contracts/", h.read)(h.Contracts.Create(ctx, callFor(ctx), in))
	return contracts.CreateContract201JSONResponse{Body: body, Headers: contracts.CreateContract201ResponseHeaders(headers)}, err
}

func (h contractHandlers) GetContract(ctx context.Context, r contracts.GetContractRequestObject) (contracts.GetContractResponseObject, error) {
	body, version, err := h.read(ctx, r.Id)
	return contracts.GetContract200JSONResponse{Body: body, Headers: contracts.GetContract200ResponseHeaders{ETag: ptr(ETag(version))}}, err
}

func (h contractHandlers) ReplaceContract(ctx context.Context, r contracts.ReplaceContractRequestObject) (contracts.ReplaceContractResponseObject, error) {
	in, err := contractInput(r.Body)
	if err != nil {
		return nil, err
	}
	body, headers, err := changed(ctx, h.read)(h.Contracts.Replace(ctx, callFor(ctx), r.Id, versionOf(r.Params.IfMatch), in))
	return contracts.ReplaceContract200JSONResponse{Body: body, Headers: contracts.ReplaceContract200ResponseHeaders(headers)}, err
}

func (h contractHandlers) SubmitContract(ctx context.Context, r contracts.SubmitContractRequestObject) (contracts.SubmitContractResponseObject, error) {
	body, headers, err := changed(ctx, h.read)(h.Contracts.Submit(ctx, callFor(ctx), r.Id, versionOf(r.Params.IfMatch)))
	return contracts.SubmitContract200JSONResponse{Body: body, Headers: contracts.SubmitContract200ResponseHeaders(headers)}, err
}

func (h contractHandlers) ListContracts(ctx context.Context, r contracts.ListContractsRequestObject) (contracts.ListContractsResponseObject, error) {
	filter := domain.Filter{Organization: value(r.Params.OrganizationId), Office: text(r.Params.Office), State: domain.State(text(r.Params.State))}
	page, err := h.Contracts.List(ctx, actorOf(ctx), filter, paging(ctx, r.Params.Limit, r.Params.Cursor, filter))
	if err != nil {
		return nil, err
	}
	out := contracts.ListContracts200JSONResponse{Items: make([]wire.Contract, len(page.Items)), NextCursor: some(page.Next)}
	for i := range page.Items {
		out.Items[i] = wireContract(&page.Items[i])
	}
	return out, nil
}

func (h contractHandlers) AmendContract(ctx context.Context, r contracts.AmendContractRequestObject) (contracts.AmendContractResponseObject, error) {
	terms, err := termsInput(r.Body.Terms)
	if err != nil {
		return nil, err
	}
	body, headers, err := created(ctx, "/v1/applications/", h.readApplication)(h.Contracts.Amend(ctx, callFor(ctx), r.Id, terms, r.Body.Reason))
	return contracts.AmendContract201JSONResponse{Body: body, Headers: contracts.AmendContract201ResponseHeaders(headers)}, err
}

func (h contractHandlers) CancelContract(ctx context.Context, r contracts.CancelContractRequestObject) (contracts.CancelContractResponseObject, error) {
	body, headers, err := created(ctx, "/v1/applications/", h.readApplication)(h.Contracts.Cancel(ctx, callFor(ctx), r.Id, r.Body.Reason))
	return contracts.CancelContract201JSONResponse{Body: body, Headers: contracts.CancelContract201ResponseHeaders(headers)}, err
}

func (h contractHandlers) GetApplication(ctx context.Context, r contracts.GetApplicationRequestObject) (contracts.GetApplicationResponseObject, error) {
	body, version, err := h.readApplication(ctx, r.Id)
	return contracts.GetApplication200JSONResponse{Body: body, Headers: contracts.GetApplication200ResponseHeaders{ETag: ptr(ETag(version))}}, err
}

func (h contractHandlers) ListApplications(ctx context.Context, r contracts.ListApplicationsRequestObject) (contracts.ListApplicationsResponseObject, error) {
	office, state := r.Params.Office, domain.State(text(r.Params.State))
	page, err := h.Contracts.ListApplications(ctx, actorOf(ctx), office, state, paging(ctx, r.Params.Limit, r.Params.Cursor, []string{office, string(state)}))
	if err != nil {
		return nil, err
	}
	out := contracts.ListApplications200JSONResponse{Items: make([]wire.Application, len(page.Items)), NextCursor: some(page.Next)}
	for i := range page.Items {
		out.Items[i] = wireApplication(&page.Items[i])
	}
	return out, nil
}

func (h contractHandlers) StartReview(ctx context.Context, r contracts.StartReviewRequestObject) (contracts.StartReviewResponseObject, error) {
	body, headers, err := changed(ctx, h.readApplication)(h.Contracts.StartReview(ctx, callFor(ctx), r.Id, versionOf(r.Params.IfMatch)))
	return contracts.StartReview200JSONResponse{Body: body, Headers: contracts.StartReview200ResponseHeaders(headers)}, err
}

func (h contractHandlers) PassReview(ctx context.Context, r contracts.PassReviewRequestObject) (contracts.PassReviewResponseObject, error) {
	body, headers, err := changed(ctx, h.readApplication)(
		h.Contracts.Pass(ctx, callFor(ctx), r.Id, versionOf(r.Params.IfMatch), value(r.Body.Note)))
	return contracts.PassReview200JSONResponse{Body: body, Headers: contracts.PassReview200ResponseHeaders(headers)}, err
}

func (h contractHandlers) GrantApplication(ctx context.Context, r contracts.GrantApplicationRequestObject) (contracts.GrantApplicationResponseObject, error) {
	body, headers, err := changed(ctx, h.readApplication)(
		h.Contracts.Grant(ctx, callFor(ctx), r.Id, versionOf(r.Params.IfMatch), value(r.Body.OfficialNumber)))
	return contracts.GrantApplication200JSONResponse{Body: body, Headers: contracts.GrantApplication200ResponseHeaders(headers)}, err
}

func (h contractHandlers) RefuseApplication(ctx context.Context, r contracts.RefuseApplicationRequestObject) (contracts.RefuseApplicationResponseObject, error) {
	body, headers, err := changed(ctx, h.readApplication)(
		h.Contracts.Refuse(ctx, callFor(ctx), r.Id, versionOf(r.Params.IfMatch), r.Body.Reason))
	return contracts.RefuseApplication200JSONResponse{Body: body, Headers: contracts.RefuseApplication200ResponseHeaders(headers)}, err
}

func (h contractHandlers) read(ctx context.Context, id uuid.UUID) (wire.Contract, int64, error) {
	c, err := h.Contracts.Get(ctx, actorOf(ctx), id)
	if err != nil {
		return wire.Contract{}, 0, err
	}
	return wireContract(c), c.Version, nil
}

func (h contractHandlers) readApplication(ctx context.Context, id uuid.UUID) (wire.Application, int64, error) {
	a, err := h.Contracts.GetApplication(ctx, actorOf(ctx), id)
	if err != nil {
		return wire.Application{}, 0, err
	}
	return wireApplication(a), a.Version, nil
}
