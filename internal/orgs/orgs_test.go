package orgs_test

import (
	"fmt"
	"testing"

	"github.com/google/uuid"

	"jiebang/internal/casttest"
	"jiebang/internal/orgs"
	"jiebang/internal/policy"
	"jiebang/internal/work/worktest"
)

func TestAListShowsWhatAReaderMayKnowOf(t *testing.T) {
	casttest.Each(t, func(c *casttest.Cast) {
		c.Pending("待核验的单位", "enterprise", "210106")
		c.Pending("又一个单位", "enterprise", "210106")
		for i, o := range []casttest.Organization{c.Single("盛北理工大学", "university", "210112"), c.Single("辽穹先进材料研究所", "institute", "210112")} {
			for j := range 3 {
				_, err := c.Orgs.InviteByMail(c.Context(), o.Editor, o.ID, orgs.Invite{Email: fmt.Sprintf("guest%d%d@example.org", i, j)})
				c.Must(err)
			}
		}
		worktest.ListsWhatCheckAllows(c, c.DB.Reader, orgs.Records)
		worktest.ListsWhatCheckAllows(c, c.DB.Reader, orgs.InvitationRecords)
	})
}

// How to reach an organization is absent for whoever may not know it.
func TestTheContactIsForMembersAndTheBureau(t *testing.T) {
	casttest.Each(t, func(c *casttest.Cast) {
		o := c.Single("盛北理工大学", "university", "210112")
		for who, actor := range map[string]policy.Actor{"member": o.Editor.Actor, "operator": c.Operator.Actor, "visitor": {}, "stranger": c.Person("stranger").Actor} {
			v, err := c.Orgs.Get(c.Context(), actor, o.ID)
			c.Must(err)
			if shown := v.Contact != nil; shown != (who == "member" || who == "operator") || v.Organization.Contact != (orgs.Contact{}) {
				c.Errorf("%s: %+v", who, v)
			}
		}
	})
}

// A masked name is told to members and the bureau, and neither name nor id to anybody else.
func TestAMaskedNameIsToldToItsOwn(t *testing.T) {
	casttest.Each(t, func(c *casttest.Cast) {
		o := c.Single("盛北理工大学", "university", "210112")
		in := []orgs.Standing{{Organization: o.ID, Masked: true}, {Organization: o.ID}}
		for who, actor := range map[string]policy.Actor{"member": o.Editor.Actor, "operator": c.Operator.Actor, "visitor": {}, "stranger": c.Person("stranger").Actor} {
			shown, err := orgs.Shown(c.DB.Reader, actor, in)
			c.Must(err)
			if mine := who == "member" || who == "operator"; mine != (shown[0].ID == o.ID) || mine != (shown[0].Name == "盛北理工大学") {
				c.Errorf("%s: %+v", who, shown[0])
			}
			if shown[1] != (orgs.Ref{ID: o.ID, Name: "盛北理工大学"}) {
				c.Errorf("%s, where it is not masked: %+v", who, shown[1])
			}
			if shown[0].ID == uuid.Nil && shown[0].Name == "" {
				c.Errorf("%s: nothing is told at all", who)
			}
		}
	})
}
