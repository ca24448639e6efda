package orgs_test

import (
	"slices"
	"testing"

	"github.com/google/uuid"

	"jiebang/internal/casttest"
	"jiebang/internal/db"
	"jiebang/internal/orgs"
	"jiebang/internal/policy"
)

// Who knows an organization by the name that it had finds it, and a paper that names it so is its members' affair.
func TestAFormerNameStillLeadsThere(t *testing.T) {
	casttest.Each(t, func(c *casttest.Cast) {
		o := c.Organization("辽浑智造装备有限公司", "enterprise", "210106")
		rename := func(to string) {
			c.Helper()
			in := orgs.Input{Name: to, Kind: "enterprise", CreditCode: o.Code, Region: "210106", Contact: orgs.Contact{Name: "联系人"}}
			v := casttest.Decide(c, o.Editor, c.Orgs.Edit, o.ID, o.Version, in)
			o.Version = casttest.Change(c, c.Operator, c.Orgs.Accept, o.ID, v.Version).Version
		}
		find := func(name string) int {
			page, err := c.Orgs.List(c.Context(), policy.Actor{}, orgs.Filter{Name: orgs.NamePart(name)}, db.Paging{Limit: 20})
			c.Must(err)
			return len(page.Items)
		}
		if find("智造装备") != 1 || find("盛京重工") != 0 {
			c.Fatal("before")
		}
		rename("盛京重工（沈阳）有限公司")
		c.Clock.Set("2026-06-10T04:00:00Z")
		rename("盛京高端装备集团有限公司")
		for name, want := range map[string]int{"智造装备": 1, "盛京重工(沈阳)": 1, "高端装备": 1, "不相干": 0} {
			if n := find(name); n != want {
				c.Errorf("%s: %d found", name, n)
			}
		}
		v, err := c.Orgs.Get(c.Context(), policy.Actor{}, o.ID)
		c.Must(err)
		if len(v.FormerNames) != 2 || v.FormerNames[0].Name != "盛京重工（沈阳）有限公司" || v.FormerNames[0].Until.String() != "2026-06-09" || v.FormerNames[1].Until.String() != "2026-03-09" {
			c.Errorf("former names: %+v", v.FormerNames)
		}
		ties, err := orgs.TiesOf(c.DB.Reader, []uuid.UUID{o.Second.Actor.Account}, c.Clock.Now())
		c.Must(err)
		for _, name := range []string{"辽浑智造装备有限公司", "盛京重工（沈阳）有限公司", "盛京高端装备集团有限公司"} {
			if !slices.Contains(ties[o.Second.Actor.Account], orgs.NameTie(name)) || !slices.Contains(c.Again(o.Second).Actor.Ties, orgs.NameTie(name)) {
				c.Errorf("a member is not tied to %s: %v", name, ties)
			}
		}
		// What changes beside the name leaves none.
		in := orgs.Input{Name: "盛京高端装备集团有限公司", Kind: "enterprise", CreditCode: o.Code, Region: "210112", Contact: orgs.Contact{Name: "联系人"}}
		changed := casttest.Decide(c, o.Editor, c.Orgs.Edit, o.ID, o.Version, in)
		casttest.Change(c, c.Operator, c.Orgs.Accept, o.ID, changed.Version)
		if v, err = c.Orgs.Get(c.Context(), policy.Actor{}, o.ID); err != nil || len(v.FormerNames) != 2 {
			c.Errorf("%+v, %v", v.FormerNames, err)
		}
	})
}
