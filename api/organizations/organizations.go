// Package organizations is the HTTP edge of organizations and registration offices: their routes, and the translation between the
// API's types and theirs.
package organizations

import (
	"context"

	"github.com/google/uuid"

	"jiebang/api/edge"
	"jiebang/api/wire"
	"jiebang/internal/offices"
	"jiebang/internal/orgs"
	"jiebang/internal/ref"
	"jiebang/internal/work"
)

// Routes hangs the operations on organizations and offices on the edge.
func Routes(e *edge.Edge, s *orgs.Service, o *offices.Service) {
	organization := edge.Kind[orgs.View, wire.Organization]{Path: "/v1/organizations", Get: s.Get, Wire: written}
	edge.Create(e, "createOrganization", organization, input, s.Create)
	edge.Read(e, "getOrganization", organization)
	edge.List(e, "listOrganizations", organization, s.List)
	edge.Change(e, "verifyOrganization", organization, s.Verify)
	edge.Decide(e, "addMember", organization, offer, s.AddMember)
	edge.Plain(e, "joinOrganization", func(ctx context.Context, call work.Call, q one) (edge.None, error) {
		return edge.None{}, s.Join(ctx, call, q.ID)
	})

	invitation := edge.Kind[orgs.InvitationView, wire.Invitation]{Path: "/v1/invitations", Get: s.Invitation, Wire: writtenInvitation}
	edge.CreateUnder(e, "inviteByMail", invitation, invite, s.InviteByMail)
	edge.Read(e, "getInvitation", invitation)
	edge.List(e, "listInvitations", invitation, s.Invitations)
	edge.Change(e, "withdrawInvitation", invitation, s.WithdrawInvitation)
	edge.Plain(e, "lookUpInvitation", received(s.LookUpInvitation))
	edge.Plain(e, "acceptInvitation", received(s.AcceptInvitation))

	office := edge.Kind[offices.View, wire.Office]{Path: "/v1/offices", Get: o.Get, Wire: writtenOffice}
	edge.Create(e, "createOffice", office, officeInput, o.Create)
	edge.Read(e, "getOffice", office)
	edge.List(e, "listOffices", office, o.List)
}

type one struct {
	ID uuid.UUID `path:"id"`
}

func written(o *orgs.View) wire.Organization {
	region, _ := ref.FullName(o.Region)
	w := wire.Organization{
		Actions: wire.ActionsOf(o.Acts),
		Id:      o.ID, Version: o.Version, State: wire.OrganizationState(o.State), Name: o.Name, Kind: wire.OrganizationKind(o.Kind), CreditCode: o.CreditCode,
		Region: o.Region, RegionName: wire.Some(region), Introduction: wire.Some(o.Introduction), CreatedAt: o.CreatedAt, VerifiedAt: o.VerifiedAt,
	}
	if o.Contact != nil {
		w.Contact = wire.ContactOf(*o.Contact)
	}
	return w
}

func input(b *wire.OrganizationInput) (orgs.Input, error) {
	return orgs.Input{
		Name: b.Name, Kind: string(b.Kind), CreditCode: b.CreditCode, Region: b.Region, Introduction: wire.Value(b.Introduction),
		Contact: orgs.Contact{Name: b.Contact.Name, Phone: wire.Value(b.Contact.Phone), Email: wire.Value(b.Contact.Email)},
	}, nil
}

func offer(b *wire.MemberInput) (orgs.Offer, error) {
	return orgs.Offer{Username: b.Username, Admin: wire.Value(b.Admin)}, nil
}

func writtenOffice(o *offices.View) wire.Office {
	return wire.Office{Id: o.ID, Version: o.Version, Code: o.Code, Name: o.Name, Region: o.Region}
}

func officeInput(b *wire.OfficeInput) (offices.Input, error) {
	return offices.Input{Code: b.Code, Name: b.Name, Region: b.Region}, nil
}
