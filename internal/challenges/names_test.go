package challenges_test

import (
	"strings"
	"testing"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/casttest"
	"jiebang/internal/challenges"
	"jiebang/internal/orgs"
	"jiebang/internal/when"
)

// Who knows an organization by the name that it had knows who it is: such a name is left out of what blind reviewers read and marked for operators,
// and a tie that was declared under it is one.
func TestNamesOfBeforeAreNamesToo(t *testing.T) {
	casttest.Each(t, func(c *casttest.Cast) {
		h := newCourt(c)
		rename := func(o *casttest.Organization, kind, to string) {
			in := orgs.Input{Name: to, Kind: kind, CreditCode: o.Code, Region: "210112", Contact: orgs.Contact{Name: "联系人"}}
			v, err := h.Orgs.Get(c.Context(), h.Operator.Actor, o.ID)
			h.Must(err)
			edited := casttest.Decide(c, o.Editor, c.Orgs.Edit, o.ID, v.Version, in)
			casttest.Change(c, c.Operator, c.Orgs.Accept, o.ID, edited.Version)
		}
		id := h.published(deadlineDay)
		o := h.Organization("沈澜电力研究所", "institute", "210112")
		rename(&o, "institute", "沈澜新能源研究院")
		rename(&h.poster, "enterprise", "辽浑高端装备集团有限公司")
		content := offer(o.Code, "")
		content.Plan.Foundation = "本院前身为沈 澜电力研究所，承担过多项攻关。"
		v := h.draft(o, id, content)
		v = casttest.Change(c, o.Editor, h.challenges.SubmitBid, v.ID, v.Version)
		h.many(3)
		ofPoster, ofBidder := h.expert(h.Person("old.poster")), h.expert(h.Person("old.bidder"))
		h.declare(ofPoster.Actor.Username, "", "辽浑智造装备有限公司")
		h.declare(ofBidder.Actor.Username, "", "沈澜电力研究所")
		h.opened(id)
		if got := h.get(h.Operator, v.ID); len(got.Named) != 1 || got.Named[0].Place != "/offer/plan/foundation" {
			h.Errorf("marked are %v", got.Named)
		}
		found, err := challenges.Tied(c.DB.Reader.Session(&gorm.Session{}), id, []uuid.UUID{ofPoster.Actor.Account, ofBidder.Actor.Account}, when.DayOf(c.Clock.Now()))
		h.Must(err)
		if found[ofPoster.Actor.Account] != "tied to the poster" || found[ofBidder.Actor.Account] != "tied to a bidder" {
			h.Errorf("found are %v", found)
		}
		r := casttest.Decide(c, h.Operator, h.challenges.BeginReview, id, h.now(id).Version, 3)
		part := h.serving(*r.PanelID)[0]
		call := h.experts[part.AccountID]
		a, err := h.review.Accept(c.Context(), call, part.ID, part.Version)
		h.Must(err)
		plan, err := h.challenges.ReviewedPlan(c.Context(), call.Actor, a.View.Items[0].ID)
		h.Must(err)
		if strings.Contains(plan.Offer.Plan.Foundation, "沈") {
			h.Errorf("a blind reviewer reads %s", plan.Offer.Plan.Foundation)
		}
	})
}
