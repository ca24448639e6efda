package wire

import (
	"jiebang/internal/accounts"
	"jiebang/internal/orgs"
	"jiebang/internal/ref"
)

// MyOrganizationOf is an organization as an account sees it that belongs to it, or is invited.
func MyOrganizationOf(o *orgs.MyOrganization) MyOrganization {
	region, _ := ref.FullName(o.Region)
	w := MyOrganization{
		Id: o.ID, Name: o.Name, Kind: OrganizationKind(o.Kind), State: OrganizationState(o.State), Role: MemberRoleOf(o.Admin), Since: o.Since,
		CreditCode: Some(o.CreditCode), Region: Some(o.Region), RegionName: Some(region), OfferedAt: Ptr(o.OfferedAt),
	}
	if o.By != nil {
		w.InvitedBy = Ptr(PersonOf(*o.By))
	}
	if o.Waits {
		w.AwaitsConfirmation = Ptr(true)
	}
	return w
}

// SomePerson is a person as others see them, where there is one.
func SomePerson(p *accounts.Person) *Account {
	if p == nil {
		return nil
	}
	return Ptr(PersonOf(*p))
}

// PersonOf is a person as others see them.
func PersonOf(p accounts.Person) Account {
	return Account{Id: p.ID, Username: p.Username, Name: p.Name}
}
