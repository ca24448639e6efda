package contracts

import (
	"strings"
	"testing"

	"github.com/google/uuid"

	"jiebang/internal/codes"
	"jiebang/internal/db"
	"jiebang/internal/db/dbtest"
	"jiebang/internal/jobs"
	"jiebang/internal/ledger"
	"jiebang/internal/policy"
	"jiebang/internal/when"
	"jiebang/internal/work"
)

func (c *city) byBuyer(t *testing.T, level ledger.RegionLevel) map[string]int64 {
	t.Helper()
	answer, err := c.ledger.Turnover(t.Context(), policy.Actor{Account: uuid.New(), Operator: true}, ledger.Query{
		From: when.MustDay("2026-01-01"), To: when.MustDay("2026-12-31"), By: ledger.Yearly, GroupBy: ledger.ByBuyerRegion, RegionLevel: level,
	})
	c.must(err)
	out := map[string]int64{}
	for _, r := range answer.Rows {
		if r.Contracts != 0 {
			out[r.Group] = r.Contracts
		}
	}
	return out
}

func TestABuyerAbroadCountsInItsCountry(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		c := open(t, o)
		for country, region := range map[string]string{"DEU": "", "USA": "", "HKG": "", "TWN": "710000"} {
			in := c.input()
			in.Terms.Title = "出口 " + country
			in.Terms.Buyers = []Party{{Name: "Muster " + country, Nature: codes.Foreign, Country: country, Region: region, NoCodeReason: "当地不登记"}}
			c.registered(c.seller, in)
		}
		if got := c.byBuyer(t, ""); len(got) != 4 || got["DEU"] != 1 || got["USA"] != 1 || got["810000"] != 1 || got["710000"] != 1 {
			t.Errorf("by buyer's region: %v", got)
		}
		if got := c.byBuyer(t, ledger.RegionProvince); len(got) != 3 || got["abroad"] != 2 {
			t.Errorf("by province: %v", got)
		}
		c.verify()
	})
}

// A contract with a party abroad that was posted when the ledger knew no place of one is posted once more, under its country; what stood in
// the ledger stays.
func TestOldContractsAbroadAreGivenTheirCountry(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		c := open(t, o)
		in := c.input()
		in.Terms.Buyers = []Party{{Name: "某研究会", Nature: codes.OtherOrganization}}
		old, other := c.registered(c.seller, in), c.registered(c.seller, c.input())
		entries := func() (out []ledger.Entry) {
			c.must(c.DB.Reader.Order("seq").Find(&out).Error)
			return out
		}
		before := entries()
		terms := c.get(old.ID).Terms
		terms.Buyers[0].Country = "DEU"
		c.must(c.DB.Writer.Model(&Contract{}).Where("id = ?", old.ID).Select("terms").Updates(&Contract{Terms: terms}).Error)
		c.must(c.DB.Writer.Exec("DELETE FROM audit_details").Error) // else the trail says what it was
		report, err := c.Service.Verify(t.Context())
		c.must(err)
		if len(report.Problems) != 1 || !strings.Contains(report.Problems[0], "contract.places") {
			t.Errorf("verify tells %q", report.Problems)
		}
		run := func(from uuid.UUID) error {
			_, err := c.Unit.Do(t.Context(), work.Call{Operation: "test"}, func(tx *work.Tx) error {
				return Places().Do(tx, jobs.Job{Kind: placed, ObjectID: from, Now: tx.Now})
			})
			return err
		}
		c.must(run(uuid.Nil))
		after := entries()
		if len(after) != len(before)+2 || after[0].Hash != before[0].Hash || after[len(after)-1].BuyerRegion != "DEU" || after[len(after)-2].Kind != ledger.Reversal {
			t.Errorf("entries: %+v", after)
		}
		if got := c.byBuyer(t, ""); got["DEU"] != 1 || got[""] != 0 {
			t.Errorf("by buyer's region: %v", got)
		}
		c.verify()
		if err := run(uuid.Nil); err == nil || !strings.Contains(err.Error(), jobs.ErrNothing.Error()) {
			t.Errorf("once more: %v", err)
		}
		if got := c.get(other.ID); got.State != Registered {
			t.Errorf("the other is %s", got.State)
		}
	})
}
