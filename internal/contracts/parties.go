package contracts

import (
	"fmt"
	"slices"

	"github.com/google/uuid"

	"jiebang/internal/fault"
	"jiebang/internal/orgs"
	"jiebang/internal/work"
)

// partyRow says that an organization here is a party of a contract as it stands, for lists by organization.
type partyRow struct {
	ContractID     uuid.UUID `gorm:"primaryKey"`
	OrganizationID uuid.UUID `gorm:"primaryKey"`
	Side           string    // seller or buyer
}

func (partyRow) TableName() string { return "contract_parties" }

// applicationParty says that an organization here is a party of the terms that an application asks for.
type applicationParty struct {
	ApplicationID  uuid.UUID `gorm:"primaryKey"`
	OrganizationID uuid.UUID `gorm:"primaryKey"`
}

func (applicationParty) TableName() string { return "application_parties" }

// keepParties writes the rows anew after the terms were written.
func keepParties(tx *work.Tx, c *Contract) error {
	var rows []partyRow
	for _, id := range organizations(c.Terms.Sellers) {
		rows = append(rows, partyRow{c.ID, id, "seller"})
	}
	for _, id := range organizations(c.Terms.Buyers) {
		rows = append(rows, partyRow{c.ID, id, "buyer"})
	}
	if err := tx.Where("contract_id = ?", c.ID).Delete(&partyRow{}).Error; err != nil || len(rows) == 0 {
		return err
	}
	return tx.Create(&rows).Error
}

// organizationsExist checks the organizations that the terms link: one query for all.
func organizationsExist(tx *work.Tx, t Terms) error {
	known, err := orgs.Exist(tx.DB, t.organizations())
	if err != nil {
		return err
	}
	var bad fault.Fields
	for at, p := range t.parties() {
		if p.OrganizationID != nil {
			bad.Check(known[*p.OrganizationID], at+"/organization_id", fault.UnknownOrganization, "没有这个单位", "There is no such organization")
		}
	}
	return bad.Err()
}

// link names the organization here of each party whose credit code is one's, so that no tie is missed because the writer left it
// out: its members read the contract, and do not decide about it.
func (t *Terms) link(tx *work.Tx) error {
	// The input's own lists stay as they are: the transaction may run twice.
	t.Sellers, t.Buyers = slices.Clone(t.Sellers), slices.Clone(t.Buyers)
	var codes []string
	for _, p := range t.parties() {
		codes = append(codes, p.CreditCode)
	}
	known, err := orgs.WithCreditCodes(tx.DB, codes)
	if err != nil {
		return err
	}
	var bad fault.Fields
	for i, side := range [][]Party{t.Sellers, t.Buyers} {
		for j := range side {
			p := &side[j]
			id, found := known[p.CreditCode]
			if p.OrganizationID == nil && found {
				p.OrganizationID = &id
			}
			bad.Check(!found || *p.OrganizationID == id, fmt.Sprintf("/terms/%s/%d/credit_code", []string{"sellers", "buyers"}[i], j),
				fault.AnotherOrganization, "信用代码属于另一单位", "The credit code is another organization's")
		}
	}
	return bad.Err()
}

func isParty(side []Party, organization uuid.UUID) bool {
	return slices.Contains(organizations(side), organization)
}
