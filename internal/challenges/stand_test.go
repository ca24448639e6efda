package challenges_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/uuid"

	"jiebang/internal/casttest"
	"jiebang/internal/challenges"
	"jiebang/internal/fault"
	"jiebang/internal/jobs"
	"jiebang/internal/kinds"
	"jiebang/internal/notices"
	"jiebang/internal/policy"
	"jiebang/internal/work"
)

// suspend holds an organization, or lets it go.
func (h *hall) suspend(id uuid.UUID, held bool) {
	h.Helper()
	v, err := h.Orgs.Get(h.Context(), h.Operator.Actor, id)
	h.Must(err)
	if held {
		casttest.Decide(h.Cast, h.Operator, h.Orgs.Suspend, id, v.Version, "营业执照已被吊销")
		return
	}
	casttest.Change(h.Cast, h.Operator, h.Orgs.Lift, id, v.Version)
}

// proposed has the poster take one bid.
func (h *hall) proposed(id, bid uuid.UUID) error {
	v, err := h.challenges.Get(h.Context(), h.poster.Editor.Actor, id)
	h.Must(err)
	_, err = h.challenges.Propose(h.Context(), h.poster.Editor, id, v.Version, challenges.Proposal{Reason: "评审一致", Winners: []challenges.Choice{{Bid: bid, Reason: "路线成熟"}}})
	return err
}

// A sealed bid of an organization that is suspended after it was handed in stays as sealed, is opened and reviewed with all others, and is neither
// proposed nor awarded while that lasts; nothing else is handed in for it. It counts for a partner as for the lead.
func TestABidOfASuspendedOrganizationIsReviewedAndNotAwarded(t *testing.T) {
	casttest.Each(t, func(c *casttest.Cast) {
		h := newCourt(c)
		id := h.published(deadlineDay, func(x *challenges.Content) { x.Title = strings.Repeat("题", 200) }) // the longest there is stands in a notice, cut
		partner := h.Organization("浑滨检测（沈阳）有限公司", "enterprise", "210112")
		lead, bid := h.bid(id, challenges.Partner{Name: "浑滨检测", Code: partner.Code})
		late, code := h.bidder()
		draft := h.draft(late, id, offer(code, ""))
		h.suspend(lead.ID, true)
		h.suspend(late.ID, true)
		_, err := h.challenges.SubmitBid(c.Context(), late.Editor, draft.ID, draft.Version)
		h.Refused(err, fault.OrganizationHeld)
		_, err = h.challenges.SubmitBid(c.Context(), lead.Editor, bid.ID, bid.Version)
		h.Refused(err, fault.OrganizationHeld)
		if got := h.get(lead.Editor, bid.ID); got.State != challenges.BidSubmitted || got.Receipt != bid.Receipt {
			h.Errorf("what was handed in is %s, receipt %s", got.State, got.Receipt)
		}
		h.many(3)
		h.opened(id)
		if got := h.get(h.Operator, bid.ID); got.State != challenges.BidEligible {
			h.Fatalf("it is %s", got.State)
		}
		h.concluded(id)
		h.Refused(h.proposed(id, bid.ID), fault.OrganizationHeld)
		h.suspend(lead.ID, false)
		h.suspend(partner.ID, true)
		h.Refused(h.proposed(id, bid.ID), fault.OrganizationHeld)
		h.suspend(partner.ID, false)
		h.Must(h.proposed(id, bid.ID))

		settled, _, err := notices.Settled(h.Unit.Query(c.Context()), kinds.Subject{Kind: "challenge", ID: id})
		h.Must(err)
		if title := settled.Notice.Title; !strings.HasPrefix(title, "SY2026-1-001 “题题") || !strings.HasSuffix(title, "题…”拟定榜公示") {
			h.Errorf("the notice is called %s", title)
		}
		h.Clock.Set(settled.Notice.LastDay.End().Format("2006-01-02T15:04:05Z"))
		_, err = c.Unit.Do(c.Context(), work.Call{Operation: "job"}, func(tx *work.Tx) error {
			return notices.Ending().Do(tx, jobs.Job{ObjectID: settled.Notice.ID, Now: tx.Now})
		})
		h.Must(err)
		h.suspend(lead.ID, true)
		_, err = h.challenges.Award(c.Context(), h.Operator, id, h.now(id).Version)
		h.Refused(err, fault.OrganizationHeld)
		if got := h.get(h.Operator, bid.ID); h.state(id) != challenges.Notice || got.State != challenges.BidEligible {
			h.Errorf("the challenge is %s, the bid %s", h.state(id), got.State)
		}
		h.suspend(lead.ID, false)
		casttest.Change(c, h.Operator, h.challenges.Award, id, h.now(id).Version)
	})
}

// A challenge of a poster that is suspended goes on for everybody else, to the letter: of a masked one, what changed on that day would tell who it
// is. What the poster decides stands still.
func TestAChallengeOfASuspendedPosterGoesOnForOthers(t *testing.T) {
	casttest.Each(t, func(c *casttest.Cast) {
		h := newCourt(c)
		id := h.published(deadlineDay, func(x *challenges.Content) { x.Masked = true })
		seen := func() string {
			v, err := h.challenges.Get(c.Context(), policy.Actor{}, id)
			h.Must(err)
			text, err := json.Marshal(v)
			h.Must(err)
			return string(text)
		}
		before := seen()
		h.suspend(h.poster.ID, true)
		if after := seen(); after != before {
			h.Errorf("visitors read\n%s, and before\n%s", after, before)
		}
		_, bid := h.bid(id) // and others bid
		content := challenges.Content{
			Title: "又一项", Problem: "喷漆线废气风量大、浓度低，须找到可长期运行的净化办法。", Field: "environment", Reward: challenges.Reward{Mode: challenges.PayBounty},
		}
		draft := casttest.Create(c, h.poster.Editor, h.challenges.Create, challenges.Input{Round: h.round, Owner: h.poster.ID, Content: content})
		_, err := h.challenges.Submit(c.Context(), h.poster.Editor, draft, 1)
		h.Refused(err, fault.OrganizationHeld)
		h.many(3)
		h.opened(id)
		h.concluded(id)
		v, err := h.challenges.Get(c.Context(), h.poster.Editor.Actor, id)
		h.Must(err)
		if strings.Contains(strings.Join(v.Actions, " "), "proposeChallengeAward") {
			h.Errorf("told that it may propose: %v", v.Actions)
		}
		h.Refused(h.proposed(id, bid.ID), fault.OrganizationHeld)
		h.suspend(h.poster.ID, false)
		h.Must(h.proposed(id, bid.ID))
	})
}

// Nothing of a suspended poster is published, though the bureau has refined it.
func TestNothingOfASuspendedPosterIsPublished(t *testing.T) {
	casttest.Each(t, func(c *casttest.Cast) {
		h := newHall(c)
		id := h.published(deadlineDay)
		h.Clock.Set(firstLate)
		h.Must(h.open(h.files, id)) // nobody took it up
		at, err := challenges.ReadDeadline("2027-03-01")
		h.Must(err)
		h.suspend(h.poster.ID, true)
		v, err := h.challenges.Get(c.Context(), h.Operator.Actor, id)
		h.Must(err)
		_, err = h.challenges.Publish(c.Context(), h.Operator, id, v.Version, at)
		h.Refused(err, fault.OrganizationHeld)
		h.suspend(h.poster.ID, false)
		casttest.Decide(c, h.Operator, h.challenges.Publish, id, v.Version, at)
	})
}
