package contracts

import (
	"slices"
	"testing"

	"github.com/google/uuid"

	"jiebang/internal/db"
	"jiebang/internal/db/dbtest"
	"jiebang/internal/fault"
	"jiebang/internal/money"
	"jiebang/internal/policy"
	"jiebang/internal/work/worktest"
)

func TestListsShowOnesOwn(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		c := open(t, o)
		contract := c.create(c.seller, c.input())
		c.create(c.clerk, c.paper())
		a := c.file(c.seller, contract)
		for _, l := range []struct {
			who    string
			actor  policy.Actor
			filter Filter
			want   int
			refuse *fault.Definition
		}{
			{"the seller", c.seller, Filter{Organization: c.university}, 1, nil},
			{"the buyer", c.buyer, Filter{Organization: c.enterprise}, 1, nil}, // the draft on paper is not shown yet
			{"the buyer by state", c.buyer, Filter{Organization: c.enterprise, State: Draft}, 0, nil},
			{"a registrar", c.first, Filter{Office: "SY01"}, 1, nil}, // another's draft on paper is not the office's yet
			{"the clerk who entered it", c.clerk, Filter{Office: "SY01"}, 2, nil},
			{"an operator", c.operator, Filter{}, 2, nil},
			{"an operator by party and office", c.operator, Filter{Organization: c.university, Office: "SY01"}, 1, nil},
			{"a seller who asks for all", c.seller, Filter{}, 1, nil},
			{"a buyer who asks for all", c.buyer, Filter{}, 1, nil},
			{"a registrar who asks for all", c.first, Filter{}, 1, nil},
			{"the clerk who asks for all", c.clerk, Filter{}, 2, nil},
			{"a stranger who asks for all", c.stranger, Filter{}, 0, nil},
			{"a buyer by number", c.buyer, Filter{Number: contract.Number}, 1, nil},
			{"a stranger by number", c.stranger, Filter{Number: contract.Number}, 0, nil},
			{"a visitor", policy.Actor{}, Filter{}, 0, &fault.SignInRequired},
			{"a registrar by party and office", c.first, Filter{Organization: c.university, Office: "SY01"}, 1, nil},
			{"a member who asks for another organization", c.seller, Filter{Organization: c.enterprise}, 0, &fault.NotAllowed},
			{"a registrar who asks for another office", c.elsewhere, Filter{Office: "SY01"}, 0, &fault.NotAllowed},
		} {
			page, err := c.List(t.Context(), l.actor, l.filter, db.Paging{Limit: 10})
			switch {
			case l.refuse != nil && !l.refuse.Of(err):
				t.Errorf("%s: %v, want %s", l.who, err, l.refuse.Code)
			case l.refuse == nil && (err != nil || len(page.Items) != l.want):
				t.Errorf("%s: %d contracts, %v; want %d", l.who, len(page.Items), err, l.want)
			}
		}
		page, err := c.List(t.Context(), c.seller, Filter{Organization: c.university}, db.Paging{Limit: 10})
		if err != nil || page.Items[0].ApplicationID == nil || *page.Items[0].ApplicationID != a.ID {
			t.Errorf("the latest application is not told: %v", err)
		}
		queue, err := c.ListApplications(t.Context(), c.first, ApplicationFilter{Office: "SY01", State: Submitted}, db.Paging{Limit: 10})
		if err != nil || len(queue.Items) != 1 || queue.Items[0].ContractID != contract.ID {
			t.Errorf("queue %+v, %v", queue.Items, err)
		}
		_, err = c.ListApplications(t.Context(), c.elsewhere, ApplicationFilter{Office: "SY01"}, db.Paging{Limit: 10})
		c.refused(err, fault.NotAllowed)
	})
}

// The queue begins with what is due first, however late it was filed, and pages go on in that order.
func TestTheQueueBeginsWithWhatIsDueFirst(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		c := open(t, o)
		large := c.input()
		large.Terms.Turnover = 5_250_000 * money.Yuan // the experts' clock: thirty working days
		var filed []uuid.UUID
		for i := range 6 {
			in := c.input()
			if i%2 == 0 {
				in = large
			}
			filed = append(filed, c.file(c.seller, c.create(c.seller, in)).ID)
		}
		want := []uuid.UUID{filed[1], filed[3], filed[5], filed[0], filed[2], filed[4]}
		for order, want := range map[string][]uuid.UUID{"": want, "due": want, "newest": {filed[5], filed[4], filed[3], filed[2], filed[1], filed[0]}} {
			var got []uuid.UUID
			for p := (db.Paging{Limit: 2, Sort: order}); ; {
				page, err := c.ListApplications(t.Context(), c.first, ApplicationFilter{Office: "SY01"}, p)
				c.must(err)
				for _, a := range page.Items {
					got = append(got, a.ID)
				}
				if p.Cursor = page.Next; p.Cursor == "" {
					break
				}
			}
			if !slices.Equal(got, want) {
				c.Errorf("order %q: %v, want %v", order, got, want)
			}
		}
	})
}

// Lists show exactly what Check would let pass, also to who would become a party by an amendment that is not decided yet.
func TestListsShowWhatCheckAllows(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		c := open(t, o)
		c.create(c.seller, c.input())
		c.create(c.clerk, c.paper())
		c.file(c.clerk, c.create(c.clerk, c.paper()))
		in := c.input()
		in.Terms.Buyers[0] = Party{OrganizationID: &c.other, Name: "沈阳浑河材料有限公司", Region: "210112", Nature: "150"}
		c.registered(c.seller, in)
		contract := c.registered(c.seller, c.input())
		terms := in.Terms
		_, err := c.Amend(t.Context(), as(c.seller), contract.ID, Change{Terms: terms, Reason: "买方变更"})
		c.must(err)
		worktest.ListsWhatCheckAllows(t, c.DB.Reader, contracts)
		worktest.ListsWhatCheckAllows(t, c.DB.Reader, applications)
	})
}
