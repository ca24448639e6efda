package organizations

import (
	"context"

	"jiebang/api/wire"
	"jiebang/internal/orgs"
	"jiebang/internal/ref"
	"jiebang/internal/work"
)

type code struct {
	Body *wire.InvitationCode `body:"yes"`
}

// received is an operation by the code of an invitation.
func received(run func(ctx context.Context, call work.Call, secret string) (orgs.Invited, error)) func(context.Context, work.Call, code) (wire.ReceivedInvitation, error) {
	return func(ctx context.Context, call work.Call, q code) (wire.ReceivedInvitation, error) {
		i, err := run(ctx, call, q.Body.Token)
		if err != nil {
			return wire.ReceivedInvitation{}, err
		}
		region, _ := ref.FullName(i.Region)
		return wire.ReceivedInvitation{
			Organization: wire.RefOf(i.Organization), State: wire.Ptr(wire.OrganizationState(i.State)), Kind: wire.Ptr(wire.OrganizationKind(i.Kind)),
			CreditCode: wire.Some(i.CreditCode), Region: wire.Some(i.Region), RegionName: wire.Some(region), InvitedBy: wire.Ptr(wire.PersonOf(i.By)),
			Email: i.Address, Admin: i.Admin, ExpiresAt: i.ExpiresAt,
		}, nil
	}
}

func invite(b *wire.InvitationInput) (orgs.Invite, error) {
	return orgs.Invite{Email: b.Email, Admin: wire.Value(b.Admin)}, nil
}

func writtenInvitation(i *orgs.InvitationView) wire.Invitation {
	w := wire.Invitation{
		Actions: wire.ActionsOf(i.Acts),
		Id:      i.ID, Version: i.Version, Organization: wire.RefOf(i.Organization), Email: i.Address, Admin: i.Admin, State: wire.InvitationState(i.State),
		InvitedBy: wire.PersonOf(i.By), CreatedAt: i.CreatedAt, ExpiresAt: i.ExpiresAt, AcceptedAt: i.AcceptedAt,
	}
	if i.AcceptedBy != nil {
		by := wire.PersonOf(*i.AcceptedBy)
		w.AcceptedBy = &by
	}
	return w
}
