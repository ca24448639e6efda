package contracts

import (
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
	names, err := orgs.Names(tx.DB, t.organizations())
	if err != nil {
		return err
	}
	var bad fault.Fields
	for at, p := range t.parties() {
		if p.OrganizationID != nil {
			_, known := names[*p.OrganizationID]
			bad.Check(known, at+"/organization_id", "unknown_organization", "没有这个单位 There is no such organization")
		}
	}
	return bad.Err()
}

func isParty(side []Party, organization uuid.UUID) bool {
	return slices.Contains(organizations(side), organization)
}
