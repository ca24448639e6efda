package contracts

import (
	"cmp"
	"slices"
	"strings"

	"github.com/google/uuid"

	"jiebang/internal/codes"
	"jiebang/internal/fault"
	"jiebang/internal/orgs"
	"jiebang/internal/policy"
	"jiebang/internal/ref"
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

// partyRows are the rows that the terms call for.
func (c *Contract) partyRows() []partyRow {
	var rows []partyRow
	for _, id := range organizations(c.Terms.Sellers) {
		rows = append(rows, partyRow{c.ID, id, "seller"})
	}
	for _, id := range organizations(c.Terms.Buyers) {
		rows = append(rows, partyRow{c.ID, id, "buyer"})
	}
	return rows
}

// keepParties writes the rows anew after the terms were written.
func keepParties(tx *work.Tx, c *Contract) error {
	rows := c.partyRows()
	if err := tx.Where("contract_id = ?", c.ID).Delete(&partyRow{}).Error; err != nil || len(rows) == 0 {
		return err
	}
	return tx.Create(&rows).Error
}

// keepApplicationParties writes the rows anew after it was said what an application asks for.
func keepApplicationParties(tx *work.Tx, a *Application) error {
	var rows []applicationParty
	for _, id := range a.Terms.organizations() {
		rows = append(rows, applicationParty{a.ID, id})
	}
	if err := tx.Where("application_id = ?", a.ID).Delete(&applicationParty{}).Error; err != nil {
		return err
	}
	if len(rows) > 0 {
		if err := tx.Create(&rows).Error; err != nil {
			return err
		}
	}
	return keepNames(tx, a)
}

// settle puts the parties in order before they are checked: codes in the form in which they are kept, each linked with its organization
// here, and what the writer left out taken from that.
func (t *Terms) settle(tx *work.Tx) error {
	// The input's own lists stay as they are: the transaction may run twice.
	t.Sellers, t.Buyers = slices.Clone(t.Sellers), slices.Clone(t.Buyers)
	t.PaperNumber = strings.TrimSpace(t.PaperNumber)
	for _, p := range t.each() {
		p.tidy()
	}
	if err := t.link(tx); err != nil {
		return err
	}
	known, err := work.ByIDs[orgs.Organization](tx.DB, t.organizations())
	if err != nil {
		return err
	}
	var bad fault.Fields
	if err := ref.CheckChain(tx.DB, &bad, t.Chain, "/terms/chain"); err != nil {
		return err
	}
	for at, p := range t.each() {
		if p.OrganizationID == nil {
			continue
		}
		i := slices.IndexFunc(known, func(o orgs.Organization) bool { return o.ID == *p.OrganizationID })
		bad.Check(i >= 0, at+"/organization_id", fault.UnknownOrganization, "没有这个单位", "There is no such organization")
		if i < 0 {
			continue
		}
		if policy.Allowed(tx.Call.Actor, policy.OrgRead, known[i].Facts()) { // what the writer may not know is not filled in either
			p.adopt(&known[i])
		}
		zh, en := fitting(known[i].Kind)
		bad.Check(p.Nature == "" || fits(known[i].Kind, p.Nature), at+"/nature", fault.OtherNature,
			"与该单位的类别不符，应为：%[1]s", "It does not go with what the organization is; it may be: %[2]s", zh, en)
	}
	return bad.Err()
}

// tidy writes codes in the form in which they are kept. What is none is left for check.
func (p *Party) tidy() {
	p.Name, p.ForeignNumber, p.NoCodeReason = strings.TrimSpace(p.Name), strings.TrimSpace(p.ForeignNumber), strings.TrimSpace(p.NoCodeReason)
	if code, err := codes.CreditCode(p.CreditCode); err == nil {
		p.CreditCode = code
	}
	if code, known := ref.Country(p.Country); known {
		p.Country = code
	}
}

// adopt takes what the writer left out from the party's organization.
func (p *Party) adopt(o *orgs.Organization) {
	p.Name, p.Region = cmp.Or(p.Name, o.Name), cmp.Or(p.Region, o.Region)
	p.CreditCode, p.Nature = cmp.Or(p.CreditCode, o.CreditCode), cmp.Or(p.Nature, natureOf(o))
}

// link names the organization here of each party whose credit code is one's, so that no tie is missed because the writer left it
// out: its members read the contract, and do not decide about it.
func (t *Terms) link(tx *work.Tx) error {
	var codes []string
	for _, p := range t.parties() {
		codes = append(codes, p.CreditCode)
	}
	known, err := orgs.WithCreditCodes(tx.DB, codes)
	if err != nil {
		return err
	}
	var bad fault.Fields
	for at, p := range t.each() {
		id, found := known[p.CreditCode]
		if p.OrganizationID == nil && found {
			p.OrganizationID = &id
		}
		bad.Check(!found || *p.OrganizationID == id, at+"/credit_code", fault.AnotherOrganization,
			"信用代码属于另一单位", "The credit code is another organization's")
	}
	return bad.Err()
}

func isParty(side []Party, organization uuid.UUID) bool {
	return slices.Contains(organizations(side), organization)
}
