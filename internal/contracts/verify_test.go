package contracts

import (
	"strings"
	"testing"

	"gorm.io/gorm"

	"jiebang/internal/db"
	"jiebang/internal/db/dbtest"
	"jiebang/internal/money"
	"jiebang/internal/when"
)

// What a contract, its applications, its entries and the rows beside them say is held against each other and against the audit trail: whatever
// somebody changes behind the program's back is named.
func TestVerifyNamesWhatDoesNotFit(t *testing.T) {
	for what, c := range map[string]struct {
		forge []string
		says  []string
	}{
		"nothing": {nil, nil},
		"an amount": {[]string{"UPDATE contracts SET technology = technology - 1 WHERE number LIKE '%1'"},
			[]string{"its entries sum to", "its amounts are not those of its terms", "the ledger sums to", "it is not what was recorded with version 5 (contract.follow): [Technology]"}},
		"a region in the terms": {[]string{`UPDATE contracts SET terms = REPLACE(CAST(terms AS text), '"region": "210211"', '"region": "320500"') WHERE number LIKE '%1'`,
			`UPDATE contracts SET terms = REPLACE(CAST(terms AS text), '"region":"210211"', '"region":"320500"') WHERE number LIKE '%1'`},
			[]string{"under what it does not say today: BuyerRegion 210211, not 320500", "(contract.follow): [Terms]"}},
		"a title":            {[]string{"UPDATE contracts SET title = 'x' WHERE number LIKE '%1'"}, []string{": [Title]"}},
		"a version":          {[]string{"UPDATE contracts SET version = 9 WHERE number LIKE '%1'"}, []string{"it is of version 9, the audit trail ends with version 5"}},
		"a state":            {[]string{"UPDATE contracts SET state = 'cancelled' WHERE number LIKE '%1'"}, []string{"(cancelled): its entries hold", ": [State]"}},
		"a draft made up":    {[]string{"UPDATE contracts SET state = 'registered' WHERE number LIKE '%2'"}, []string{"(registered): its entries sum to", ": [State]"}},
		"a missing contract": {[]string{"DELETE FROM contract_parties WHERE contract_id IN (SELECT id FROM contracts WHERE number LIKE '%2')", "DELETE FROM contracts WHERE number LIKE '%2'"}, []string{"it is missing; the audit trail ends with version 1 (contract.create)"}},
		"a contract besides": {[]string{"INSERT INTO contracts (id, version, created_at, updated_at, number, state, kind, title, entered_by, office, terms, turnover, technology) " +
			"SELECT '0197a000-0000-7000-8000-000000000000', 1, created_at, updated_at, 'JB-2026-000009', 'draft', kind, title, entered_by, office, terms, turnover, technology FROM contracts WHERE number LIKE '%1'"},
			[]string{"contract 0197a000-0000-7000-8000-000000000000: the audit trail does not know it"}},
		"an application's reviewer": {[]string{"UPDATE contract_applications SET second_reviewer = first_reviewer"}, []string{"application ", ": [SecondReviewer]"}},
		"a missing application":     {[]string{"DELETE FROM application_parties", "DELETE FROM contract_applications"}, []string{"no granted application led to it", "application ", "it is missing"}},
		"an application ungranted":  {[]string{"UPDATE contract_applications SET state = 'refused'"}, []string{"no granted application led to it", ": [State]"}},
		"a party's row":             {[]string{"DELETE FROM contract_parties WHERE side = 'seller'"}, []string{"its seller "}},
		"all parties' rows":         {[]string{"DELETE FROM contract_parties"}, []string{"a row of contract_parties is missing"}},
		"a party besides":           {[]string{"UPDATE contract_parties SET side = 'buyer' WHERE side = 'seller'"}, []string{"is missing", "is no buyer of its terms"}},
		"an application's party":    {[]string{"DELETE FROM application_parties"}, []string{"a row of application_parties is missing"}},
		"all of the audit trail":    {[]string{"DELETE FROM audit", "DELETE FROM audit_chain", "DELETE FROM audit_details"}, []string{"the audit trail does not know it"}},
		"the last of the trail":     {[]string{"DELETE FROM audit WHERE object_version = 5"}, []string{"it is of version 5, the audit trail ends with version 4"}},
		"unreadable terms":          {[]string{"UPDATE contracts SET terms = '[1]' WHERE number LIKE '%1'"}, []string{"contract ", ": it cannot be read: "}},
		"unreadable terms, too":     {[]string{"UPDATE contract_applications SET terms = '[1]'"}, []string{"application ", ": it cannot be read: "}},
		"a payment's amount":        {[]string{"UPDATE contract_payments SET amount = amount + 1"}, []string{"payment ", "(contract.record_payment): [Amount]"}},
		"a payment's day":           {[]string{"UPDATE contract_payments SET paid_on = '2026-01-05'"}, []string{": [PaidOn]"}},
		"a missing payment":         {[]string{"DELETE FROM contract_payments"}, []string{"payment ", "it is missing"}},
		"erased values":             {[]string{"DELETE FROM audit_details"}, nil},
	} {
		t.Run(what, func(t *testing.T) {
			dbtest.Each(t, func(t *testing.T, o db.Options) {
				c2 := open(t, o)
				registered := c2.registered(c2.seller, c2.input())
				c2.create(c2.seller, c2.input())
				c2.paid(c2.seller, registered.ID, PaymentInput{Amount: money.Yuan, PaidOn: when.DayOf(c2.Clock.Now()), ExternalID: "HK-1"})
				for _, statement := range c.forge {
					if o.URL != "" {
						statement = strings.ReplaceAll(statement, "') WHERE number", "')::jsonb WHERE number")
					}
					c2.must(c2.DB.Writer.Session(&gorm.Session{}).Exec(statement).Error)
				}
				r, err := c2.Service.Verify(t.Context())
				c2.must(err)
				if (len(r.Problems) == 0) != (len(c.says) == 0) {
					t.Fatalf("%q", r.Problems)
				}
				rest := strings.Join(r.Problems, "\n")
				for _, says := range c.says {
					_, after, found := strings.Cut(rest, says)
					if !found {
						t.Errorf("%q is not said in %q", says, r.Problems)
					}
					rest = after
				}
			})
		})
	}
}
