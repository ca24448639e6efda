package api

import (
	"context"

	"github.com/google/uuid"

	"jiebang/api/gen/organizations"
	"jiebang/api/gen/wire"
	"jiebang/internal/app"
	"jiebang/internal/orgs"
	"jiebang/internal/policy"
	"jiebang/internal/ref"
)

type organizationHandlers struct{ *app.App }

func (h organizationHandlers) CreateOrganization(ctx context.Context, r organizations.CreateOrganizationRequestObject) (organizations.CreateOrganizationResponseObject, error) {
	in := orgs.Input{
		Name: r.Body.Name, Kind: string(r.Body.Kind), CreditCode: r.Body.CreditCode, Region: r.Body.Region, Introduction: value(r.Body.Introduction),
		Contact: orgs.Contact{Name: r.Body.Contact.Name, Phone: value(r.Body.Contact.Phone), Email: value(r.Body.Contact.Email)},
	}
	body, headers, err := created(ctx, "/v1/organizations/", h.read)(h.Orgs.Create(ctx, callFor(ctx), in))
	return organizations.CreateOrganization201JSONResponse{Body: body, Headers: organizations.CreateOrganization201ResponseHeaders(headers)}, err
}

func (h organizationHandlers) GetOrganization(ctx context.Context, r organizations.GetOrganizationRequestObject) (organizations.GetOrganizationResponseObject, error) {
	body, version, err := h.read(ctx, r.Id)
	return organizations.GetOrganization200JSONResponse{Body: body, Headers: organizations.GetOrganization200ResponseHeaders{ETag: ptr(ETag(version))}}, err
}

func (h organizationHandlers) VerifyOrganization(ctx context.Context, r organizations.VerifyOrganizationRequestObject) (organizations.VerifyOrganizationResponseObject, error) {
	body, headers, err := changed(ctx, h.read)(h.Orgs.Verify(ctx, callFor(ctx), r.Id, versionOf(r.Params.IfMatch)))
	return organizations.VerifyOrganization200JSONResponse{Body: body, Headers: organizations.VerifyOrganization200ResponseHeaders(headers)}, err
}

func (h organizationHandlers) AddMember(ctx context.Context, r organizations.AddMemberRequestObject) (organizations.AddMemberResponseObject, error) {
	body, headers, err := changed(ctx, h.read)(
		h.Orgs.AddMember(ctx, callFor(ctx), r.Id, versionOf(r.Params.IfMatch), r.Body.Username, value(r.Body.Admin)))
	return organizations.AddMember200JSONResponse{Body: body, Headers: organizations.AddMember200ResponseHeaders(headers)}, err
}

func (h organizationHandlers) JoinOrganization(ctx context.Context, r organizations.JoinOrganizationRequestObject) (organizations.JoinOrganizationResponseObject, error) {
	return organizations.JoinOrganization204Response{}, h.Orgs.Join(ctx, callFor(ctx), r.Id)
}

func (h organizationHandlers) ListOrganizations(ctx context.Context, r organizations.ListOrganizationsRequestObject) (organizations.ListOrganizationsResponseObject, error) {
	filter := orgs.Filter{Kind: text(r.Params.Kind), State: text(r.Params.State)}
	page, err := h.Orgs.List(ctx, actorOf(ctx), filter, paging(ctx, r.Params.Limit, r.Params.Cursor, filter))
	if err != nil {
		return nil, err
	}
	out := organizations.ListOrganizations200JSONResponse{Items: make([]wire.Organization, len(page.Items)), NextCursor: some(page.Next)}
	for i := range page.Items {
		out.Items[i] = wireOrganization(actorOf(ctx), &page.Items[i])
	}
	return out, nil
}

func (h organizationHandlers) CreateOffice(ctx context.Context, r organizations.CreateOfficeRequestObject) (organizations.CreateOfficeResponseObject, error) {
	body, headers, err := created(ctx, "/v1/offices/", h.readOffice)(h.Orgs.CreateOffice(ctx, callFor(ctx), r.Body.Code, r.Body.Name, r.Body.Region))
	return organizations.CreateOffice201JSONResponse{Body: body, Headers: organizations.CreateOffice201ResponseHeaders(headers)}, err
}

func (h organizationHandlers) GetOffice(ctx context.Context, r organizations.GetOfficeRequestObject) (organizations.GetOfficeResponseObject, error) {
	body, version, err := h.readOffice(ctx, r.Id)
	return organizations.GetOffice200JSONResponse{Body: body, Headers: organizations.GetOffice200ResponseHeaders{ETag: ptr(ETag(version))}}, err
}

func (h organizationHandlers) ListOffices(ctx context.Context, r organizations.ListOfficesRequestObject) (organizations.ListOfficesResponseObject, error) {
	page, err := h.Orgs.ListOffices(ctx, paging(ctx, r.Params.Limit, r.Params.Cursor, nil))
	if err != nil {
		return nil, err
	}
	out := organizations.ListOffices200JSONResponse{Items: make([]wire.Office, len(page.Items)), NextCursor: some(page.Next)}
	for i := range page.Items {
		out.Items[i] = wireOffice(&page.Items[i])
	}
	return out, nil
}

func (h organizationHandlers) read(ctx context.Context, id uuid.UUID) (wire.Organization, int64, error) {
	o, err := h.Orgs.Get(ctx, actorOf(ctx), id)
	if err != nil {
		return wire.Organization{}, 0, err
	}
	return wireOrganization(actorOf(ctx), o), o.Version, nil
}

func (h organizationHandlers) readOffice(ctx context.Context, id uuid.UUID) (wire.Office, int64, error) {
	o, err := h.Orgs.GetOffice(ctx, id)
	if err != nil {
		return wire.Office{}, 0, err
	}
	return wireOffice(o), o.Version, nil
}

func wireOrganization(actor policy.Actor, o *orgs.Organization) wire.Organization {
	region, _ := ref.FullName(o.Region)
	w := wire.Organization{
		Id: o.ID, Version: o.Version, State: wire.OrganizationState(o.State), Name: o.Name, Kind: wire.OrganizationKind(o.OrgKind), CreditCode: o.CreditCode,
		Region: o.Region, RegionName: some(region), Introduction: some(o.Introduction), CreatedAt: o.CreatedAt, VerifiedAt: o.VerifiedAt,
	}
	if policy.Allowed(actor, policy.OrgContact, o.Facts()) {
		w.Contact = wireContact(o.Contact)
	}
	return w
}

func wireContact(c orgs.Contact) *wire.Contact {
	return &wire.Contact{Name: c.Name, Phone: some(c.Phone), Email: some(c.Email)}
}

func wireOffice(o *orgs.Office) wire.Office {
	return wire.Office{Id: o.ID, Version: o.Version, Code: o.Code, Name: o.Name, Region: o.Region}
}
