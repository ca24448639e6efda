// Package organizations is the HTTP edge of organizations and registration offices: their routes, and the translation between the
// API's types and theirs.
package organizations

import (
	"context"

	"github.com/google/uuid"

	"jiebang/api/edge"
	"jiebang/api/wire"
	"jiebang/internal/control"
	"jiebang/internal/offices"
	"jiebang/internal/orgs"
	"jiebang/internal/ref"
	"jiebang/internal/work"
)

// Routes hangs the operations on organizations and offices on the edge.
func Routes(e *edge.Edge, s *orgs.Service, o *offices.Service, c *control.Service) {
	controlRoutes(e, c)
	gradeRoutes(e, s)
	organization := edge.Kind[orgs.View, wire.Organization]{Path: "/v1/organizations", Get: s.Get, Wire: written}
	edge.Create(e, "createOrganization", organization, input, s.Create)
	edge.Read(e, "getOrganization", organization)
	edge.List(e, "listOrganizations", organization, s.List)
	edge.Change(e, "verifyOrganization", organization, s.Verify)
	edge.Decide(e, "updateOrganization", organization, input, s.Edit)
	edge.Decide(e, "refuseOrganization", organization, reason, s.Refuse)
	edge.Change(e, "requestVerification", organization, s.AskAgain)
	edge.Decide(e, "suspendOrganization", organization, reason, s.Suspend)
	edge.Change(e, "liftSuspension", organization, s.Lift)
	edge.Change(e, "acceptOrganizationChange", organization, s.Accept)
	edge.Decide(e, "refuseOrganizationChange", organization, reason, s.Reject)
	edge.Change(e, "withdrawOrganizationChange", organization, s.TakeBack)

	member := edge.Kind[orgs.Member, wire.Member]{Path: "/v1/organizations", Wire: writtenMember}
	edge.List(e, "listMembers", member, s.Members)
	edge.Decide(e, "addMember", organization, offer, s.AddMember)
	edge.Decide(e, "changeMemberRole", organization, role, s.ChangeRole)
	edge.Decide(e, "removeMember", organization, removal, s.RemoveMember)
	edge.Plain(e, "leaveOrganization", func(ctx context.Context, call work.Call, q one) (edge.None, error) {
		return edge.None{}, s.Leave(ctx, call, q.ID)
	})
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
	edge.Plain(e, "declineInvitation", func(ctx context.Context, call work.Call, q code) (edge.None, error) {
		return edge.None{}, s.DeclineInvitation(ctx, call, q.Body.Token)
	})
	offered := edge.Kind[orgs.MyOrganization, wire.MyOrganization]{Path: "/v1/organizations", Wire: wire.MyOrganizationOf}
	edge.List(e, "listReceivedInvitations", offered, s.OffersTo)
	edge.Decide(e, "confirmAdministrator", organization, confirmation, s.ConfirmAdministrator)

	office := edge.Kind[offices.View, wire.Office]{Path: "/v1/offices", Get: o.Get, Wire: writtenOffice}
	edge.Create(e, "createOffice", office, officeInput, o.Create)
	edge.Read(e, "getOffice", office)
	edge.List(e, "listOffices", office, o.List)
	edge.Decide(e, "updateOffice", office, officeInput, o.Edit)
	edge.Decide(e, "endOffice", office, closing, o.End)
	edge.Change(e, "confirmOffice", office, o.Confirm)
	edge.Change(e, "dropOfficeProposal", office, o.Drop)
}

type one struct {
	ID uuid.UUID `path:"id"`
}

func written(o *orgs.View) wire.Organization {
	region, _ := ref.FullName(o.Region)
	w := wire.Organization{
		Actions: wire.ActionsOf(o.Acts),
		Id:      o.ID, Version: o.Version, State: wire.OrganizationState(o.State), Name: o.Name, Kind: wire.OrganizationKind(o.Kind), KindName: wire.Some(orgs.Kind(o.Kind).Text().ZH), CreditCode: o.CreditCode,
		Region: o.Region, RegionName: wire.Some(region), Introduction: wire.Some(o.Introduction), CreatedAt: o.CreatedAt, VerifiedAt: o.VerifiedAt,
	}
	if o.Contact != nil {
		w.Contact = wire.ContactOf(*o.Contact)
	}
	if len(o.FormerNames) > 0 {
		names := make([]wire.FormerName, len(o.FormerNames))
		for i, f := range o.FormerNames {
			names[i] = wire.FormerName{Name: f.Name, Until: wire.DateOf(f.Until)}
		}
		w.FormerNames = &names
	}
	w.SuspendedAt, w.SuspendedBy, w.SuspensionReason = o.SuspendedAt, wire.SomePerson(o.HeldBy), wire.Some(o.SuspensionReason)
	if len(o.Grades) > 0 {
		w.Grades = wire.Ptr(gradeKinds(o.Grades))
	}
	if len(o.Remarks) > 0 {
		remarks := make([]wire.OrganizationRemark, len(o.Remarks))
		for i, r := range o.Remarks {
			remarks[i] = wire.OrganizationRemark{Code: wire.OrganizationRemarkCode(r.Code), Pointer: r.Pointer, Entered: r.Entered, Other: wire.Some(r.Other)}
		}
		w.Remarks = &remarks
	}
	w.RefusalReason, w.CreatedBy, w.VerifiedBy = wire.Some(o.RefusalReason), wire.SomePerson(o.By), wire.SomePerson(o.VerifiedBy)
	if p := o.Proposal; p != nil {
		name, _ := ref.FullName(p.Region)
		w.Change = &wire.OrganizationChange{
			Name: p.Name, Kind: wire.OrganizationKind(p.Kind), CreditCode: p.CreditCode, Region: p.Region, RegionName: wire.Some(name),
			ProposedBy: wire.SomePerson(o.ProposedBy), ProposedAt: p.At, RefusalReason: wire.Some(p.RefusalReason),
		}
	}
	return w
}

func writtenMember(m *orgs.Member) wire.Member {
	return wire.Member{
		Account: wire.PersonOf(m.Person), Role: wire.MemberRoleOf(m.Admin), OfferedAt: m.OfferedAt, Since: m.Since, AddedBy: wire.SomePerson(m.AddedBy),
		EndedAt: m.EndedAt, EndedBy: wire.SomePerson(m.EndedBy), AppointedBy: wire.SomePerson(m.AppointedBy), ConfirmedBy: wire.SomePerson(m.ConfirmedBy),
	}
}

func reason(b *wire.ReasonInput) (string, error) { return b.Reason, nil }

func role(b *wire.MemberRoleInput) (orgs.RoleChange, error) {
	return orgs.RoleChange{Account: b.AccountId, Admin: b.Admin}, nil
}

func confirmation(b *wire.MemberConfirmation) (uuid.UUID, error) { return b.AccountId, nil }

func removal(b *wire.MemberRemoval) (uuid.UUID, error) { return b.AccountId, nil }

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
	region, _ := ref.FullName(o.Region)
	w := wire.Office{
		Actions: wire.ActionsOf(o.Acts),
		Id:      o.ID, Version: o.Version, Code: o.Code, Name: o.Name, Region: o.Region, RegionName: wire.Some(region),
		ValidTo: wire.OptionalDate(o.ValidTo), Successor: wire.Some(o.Successor), Ended: wire.Ptr(o.Over),
	}
	if p := o.Proposal; p != nil {
		w.Proposal = &wire.OfficeProposal{Name: p.Name, Region: p.Region, ValidTo: wire.OptionalDate(p.ValidTo), Successor: wire.Some(p.Successor), ProposedAt: p.At}
	}
	return w
}

func closing(b *wire.OfficeEndInput) (offices.Closing, error) {
	return offices.Closing{Last: wire.DayOf(b.LastDay), Successor: b.Successor}, nil
}

func officeInput(b *wire.OfficeInput) (offices.Input, error) {
	return offices.Input{Code: b.Code, Name: b.Name, Region: b.Region}, nil
}
