package contracts

import (
	"testing"

	"github.com/google/uuid"

	"jiebang/internal/db"
	"jiebang/internal/db/dbtest"
	"jiebang/internal/fault"
	"jiebang/internal/money"
	"jiebang/internal/policy"
)

// Who shall become a party reads nothing before the grant, and what was applied for before they came stays between those who were parties
// then: an amendment shows what was, price and parties.
func TestWhoBecomesAPartyReadsNothingOfBefore(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		c := open(t, o)
		newcomer := policy.Actor{Account: uuid.New(), Member: []uuid.UUID{c.other}}
		buyer := policy.Actor{Account: uuid.New(), Member: []uuid.UUID{c.enterprise}}
		contract := c.registered(c.seller, c.input())
		var registration Application
		c.must(c.DB.Reader.Where("contract_id = ?", contract.ID).Take(&registration).Error)
		reads := func(who policy.Actor, id uuid.UUID) bool {
			t.Helper()
			_, err := c.GetApplication(t.Context(), who, id)
			if err != nil {
				c.refused(err, fault.NotVisible)
			}
			return err == nil
		}
		terms := c.terms()
		terms.Turnover += money.Yuan
		terms.Buyers[0] = Party{OrganizationID: &c.other, Name: "沈阳浑河材料有限公司", Region: "210112", Nature: "150"}
		amendment, err := c.Amend(t.Context(), as(c.seller), contract.ID, Change{terms, "买方变更"})
		c.must(err)
		if reads(newcomer, amendment.ID) || !reads(buyer, amendment.ID) || !reads(buyer, registration.ID) {
			t.Error("before the grant the amendment is read by who shall be a party, or not by who is one")
		}
		taken, err := c.Withdraw(t.Context(), as(c.seller), amendment.ID, 1)
		c.must(err)
		if reads(newcomer, taken.ID) {
			t.Error("an amendment that was taken back is read by who never became a party")
		}
		amendment, err = c.Amend(t.Context(), as(c.seller), contract.ID, Change{terms, "买方变更"})
		c.must(err)
		c.grant(c.application(amendment.ID))
		if !reads(newcomer, amendment.ID) || reads(newcomer, registration.ID) {
			t.Error("after the grant the newcomer reads what it is a party to, and nothing of before")
		}
	})
}
