package contracts

import (
	"slices"
	"testing"

	"jiebang/internal/db"
	"jiebang/internal/db/dbtest"
)

// What stands out is told and stops nothing: a credit code of another kind of body than the party's nature, and an official number of an unusual
// length.
func TestWhatStandsOutIsTold(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		c := open(t, o)
		told := func(remarks []Remark, code RemarkCode) []string {
			var at []string
			for _, r := range remarks {
				if r.Code == code {
					at = append(at, r.Pointer)
				}
			}
			return at
		}
		contract := c.create(c.seller, c.input()) // a university whose code says that it is an enterprise
		if at := told(contract.Remarks, NatureDiffers); !slices.Equal(at, []string{"/terms/sellers/0/nature"}) {
			t.Errorf("natures that do not fit their codes: %v", at)
		}
		a := c.file(c.seller, contract)
		a = c.take(c.first, a.ID)
		_, err := c.Pass(t.Context(), as(c.first), a.ID, a.Version, "")
		c.must(err)
		done, err := c.Grant(t.Context(), as(c.second), a.ID, a.Version+1, Grant{OfficialNumber: "2026·2101·00123"})
		c.must(err)
		if at := told(done.View.Remarks, UnusualNumber); !slices.Equal(at, []string{"/official_number"}) {
			t.Errorf("unusual numbers: %v", at)
		}
		if at := told(c.get(contract.ID).Remarks, UnusualNumber); !slices.Equal(at, []string{"/official_number"}) {
			t.Errorf("unusual numbers of the contract: %v", at)
		}
		found, err := c.List(t.Context(), c.seller, Filter{OfficialNumber: "2026210100123"}, db.Paging{Limit: 5})
		c.must(err)
		if len(found.Items) != 1 {
			t.Error("a middle dot keeps a number from being found")
		}
		for number, strange := range map[string]bool{"": false, "20262101000123": false, "2026-2101-0000-0123": false, "2026210100012": true, "DL20262101000123": true} {
			if got := len(unusual(number, "/official_number")) > 0; got != strange {
				t.Errorf("%q: unusual %t", number, got)
			}
		}
	})
}

// What one may do is what will work: nobody files for an organization that is not verified, or that is no longer.
func TestAPendingOrganizationIsNotToldToFile(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		c := open(t, o)
		firm := c.Pending("沈阳待核验有限公司", "enterprise", "210112")
		in := c.input()
		in.Terms.Sellers[0] = Party{OrganizationID: &firm.ID, Name: "沈阳待核验有限公司", Region: "210112", Nature: "150"}
		done, err := c.Create(t.Context(), firm.Editor, in)
		c.must(err)
		told := func() bool {
			v, err := c.Get(t.Context(), firm.Editor.Actor, done.ID)
			c.must(err)
			return slices.Contains(v.Actions, "submitContract")
		}
		if told() {
			t.Error("it is told to file")
		}
		c.Cast.Verify(&firm)
		if !told() {
			t.Error("verified, it is not told to file")
		}
	})
}

// A party whose organization nobody has verified is marked for whoever decides, in the contract, the application and the queue, though they
// may not read that organization; once it is verified it is not marked any more.
func TestAPartyThatNobodyHasVerifiedIsMarked(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		c := open(t, o)
		firm := c.Pending("盛北新膜有限公司", "enterprise", "210112")
		in := c.input()
		in.Terms.Buyers = []Party{{OrganizationID: &firm.ID, Name: "盛北新膜有限公司", Region: "210112", Nature: "150"}}
		contract := c.create(c.seller, in)
		a := c.file(c.seller, contract)
		want := []Remark{{Code: NotVerified, Pointer: "/terms/buyers/0/organization_id", Entered: "盛北新膜有限公司"}}
		only := func(all []Remark) []Remark {
			return slices.DeleteFunc(slices.Clone(all), func(r Remark) bool { return r.Code != NotVerified })
		}
		look := func(want []Remark) {
			t.Helper()
			one, err := c.GetApplication(t.Context(), c.first, a.ID)
			c.must(err)
			queue, err := c.ListApplications(t.Context(), c.first, ApplicationFilter{}, db.Paging{Limit: 5})
			c.must(err)
			read, err := c.Get(t.Context(), c.first, contract.ID)
			c.must(err)
			for what, got := range map[string][]Remark{"application": one.Remarks, "queue": queue.Items[0].Remarks, "contract": read.Remarks} {
				if !slices.Equal(only(got), want) {
					t.Errorf("%s: %+v", what, got)
				}
			}
		}
		look(want)
		c.Cast.Verify(&firm)
		look(nil)
	})
}
