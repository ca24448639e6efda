package needs_test

import (
	"testing"
	"time"

	"github.com/google/uuid"

	"jiebang/internal/casttest"
	"jiebang/internal/db"
	"jiebang/internal/external"
	"jiebang/internal/fault"
	"jiebang/internal/listing"
	"jiebang/internal/money"
	"jiebang/internal/needs"
	"jiebang/internal/orgs"
	"jiebang/internal/policy"
	"jiebang/internal/publication"
	"jiebang/internal/when"
	"jiebang/internal/work"
	"jiebang/internal/work/worktest"
)

// house is an enterprise with its people, and those who look at its needs.
type house struct {
	*casttest.Cast
	needs                              *needs.Service
	firm                               casttest.Organization
	editor, second, operator, stranger work.Call
}

// setUp makes a house whose organization is not verified yet.
func setUp(c *casttest.Cast) *house {
	h := &house{Cast: c, needs: needs.New(c.Unit), firm: c.Pending("辽浑智造装备有限公司", "enterprise", "210106"), operator: c.Operator, stranger: c.Person("stranger")}
	h.editor = h.firm.Editor
	return h
}

// verified is setUp with a verified organization of two members.
func verified(c *casttest.Cast) *house {
	h := setUp(c)
	c.Enlarge(&h.firm)
	c.Verify(&h.firm)
	h.second = h.firm.Second
	return h
}

func (h *house) must(a needs.Answer, err error) needs.Answer {
	h.Helper()
	h.Must(err)
	return a
}

func (h *house) refused(want fault.Definition) func(needs.Answer, error) {
	return func(_ needs.Answer, err error) {
		h.Helper()
		h.Refused(err, want)
	}
}

func (h *house) draft(c needs.Content) uuid.UUID {
	h.Helper()
	low, high := 200_000*money.Yuan, 500_000*money.Yuan
	return h.must(h.needs.Create(h.Context(), h.editor, needs.Input{Owner: h.firm.ID, Content: c, Offer: needs.Offer{Budget: &needs.Budget{Min: &low, Max: &high}}})).ID
}

func (h *house) open() uuid.UUID {
	h.Helper()
	id := h.draft(content("喷涂车间废气异味大"))
	h.must(h.needs.Submit(h.Context(), h.editor, id, 1))
	h.must(h.needs.Publish(h.Context(), h.second, id, 2))
	return id
}

func content(title string) needs.Content {
	return needs.Content{
		Title: title, Problem: "喷涂车间排气有异味，周边居民投诉，现有活性炭每月更换一次。", Requirements: "非甲烷总烃去除率不低于百分之九十五。",
		Field: "environment", Deadline: today.AddDays(60), Urgent: true, Confidential: "年排放量十二吨。",
	}
}

func TestANeedIsOpenedByASecondPersonAndClosedWithAReason(t *testing.T) {
	casttest.Each(t, func(c *casttest.Cast) {
		h, ctx := verified(c), c.Context()
		id := h.draft(content("喷涂车间废气异味大"))
		h.must(h.needs.Submit(ctx, h.editor, id, 1))
		h.refused(fault.OwnDecision)(h.needs.Publish(ctx, h.editor, id, 2))
		h.refused(fault.OwnDecision)(h.needs.Return(ctx, h.editor, id, 2, "写错了"))
		h.refused(fault.NotAllowed)(h.needs.Publish(ctx, h.operator, id, 2)) // the second member is the second pair of eyes
		h.refused(fault.VersionStale)(h.needs.Publish(ctx, h.second, id, 1))
		h.must(h.needs.Publish(ctx, h.second, id, 2))

		n, err := h.needs.Get(ctx, policy.Actor{}, id)
		h.must(needs.Answer{}, err)
		want := content("喷涂车间废气异味大")
		if n.State != needs.Open || n.Version != 3 || n.PublishedAt == nil || !n.PublishedAt.Equal(noon) || !n.Urgent ||
			n.Deadline != want.Deadline || *n.Budget.Max != 500_000*money.Yuan || n.CooperationMode != needs.AnyMode || len(n.Keywords) != 0 {
			h.Errorf("opened: %+v", n)
		}
		h.refused(fault.NotAllowed)(h.needs.Close(ctx, h.stranger, id, 3, needs.Solved))
		h.must(h.needs.Close(ctx, h.second, id, 3, needs.Solved))
		h.refused(fault.WrongState)(h.needs.Close(ctx, h.second, id, 4, needs.Expired))
		_, err = h.needs.Get(ctx, policy.Actor{}, id)
		h.refused(fault.NotVisible)(needs.Answer{}, err)
		n, err = h.needs.Get(ctx, h.editor.Actor, id)
		if h.must(needs.Answer{}, err); n.CloseReason != needs.Solved {
			h.Errorf("closed as %q", n.CloseReason)
		}
	})
}

func TestADraftBelongsToItsOwnersMembers(t *testing.T) {
	casttest.Each(t, func(c *casttest.Cast) {
		h, ctx := verified(c), c.Context()
		id := h.draft(content("喷涂车间废气异味大"))
		in := needs.Input{Owner: h.firm.ID, Content: content("喷漆房废气异味大")}
		h.refused(fault.NotAllowed)(h.needs.Create(ctx, h.stranger, in)) // the organization is public, its drafts are its own
		h.refused(fault.NotVisible)(h.needs.Replace(ctx, h.stranger, id, 1, in))
		h.refused(fault.NotVisible)(h.needs.Submit(ctx, h.stranger, id, 1))
		h.refused(fault.NotAllowed)(h.needs.Replace(ctx, h.operator, id, 1, in))
		h.must(h.needs.Replace(ctx, h.second, id, 1, in))
		h.refused(fault.InvalidInput)(h.needs.Replace(ctx, h.second, id, 2, needs.Input{Owner: uuid.New(), Content: in.Content}))
		n, err := h.needs.Get(ctx, h.editor.Actor, id)
		if h.must(needs.Answer{}, err); n.Title != "喷漆房废气异味大" || n.Version != 2 {
			h.Errorf("replaced: %+v", n)
		}
	})
}

func TestAReturnedNeedIsADraftAgainWithItsReason(t *testing.T) {
	casttest.Each(t, func(c *casttest.Cast) {
		h, ctx := verified(c), c.Context()
		id := h.draft(content("喷涂车间废气异味大"))
		h.must(h.needs.Submit(ctx, h.editor, id, 1))
		h.must(h.needs.Return(ctx, h.second, id, 2, "请补充风量与浓度"))
		n, err := h.needs.Get(ctx, h.editor.Actor, id)
		if h.must(needs.Answer{}, err); n.State != needs.Draft || n.ReturnReason != "请补充风量与浓度" || n.SubmittedBy != nil {
			h.Errorf("returned: %+v", n)
		}
	})
}

func TestAPendingEnterpriseDraftsButDoesNotSubmit(t *testing.T) {
	casttest.Each(t, func(c *casttest.Cast) {
		h, ctx := setUp(c), c.Context()
		id := h.draft(content("喷涂车间废气异味大"))
		h.refused(fault.OrganizationPending)(h.needs.Submit(ctx, h.editor, id, 1))
		c.Verify(&h.firm)
		h.must(h.needs.Submit(ctx, h.editor, id, 1))
		h.refused(fault.OwnDecision)(h.needs.Publish(ctx, h.editor, id, 2))
		h.must(h.needs.Publish(ctx, h.operator, id, 2)) // one member only: the operator is the second pair of eyes
	})
}

func TestANeedPastItsDeadlineIsRefusedUntilTheDayIsMended(t *testing.T) {
	casttest.Each(t, func(c *casttest.Cast) {
		h, ctx := verified(c), c.Context()
		body := content("喷涂车间废气异味大")
		id := h.draft(body)
		h.Clock.Set(body.Deadline.End().Format(time.RFC3339))
		h.refused(fault.DeadlinePassed)(h.needs.Submit(ctx, h.editor, id, 1))
		body.Deadline = body.Deadline.AddDays(1)
		h.must(h.needs.Replace(ctx, h.editor, id, 1, needs.Input{Owner: h.firm.ID, Content: body}))
		h.must(h.needs.Submit(ctx, h.editor, id, 2))
	})
}

func TestAListShowsDraftsToThoseWhoMaySeeThem(t *testing.T) {
	casttest.Each(t, func(c *casttest.Cast) {
		h := verified(c)
		h.draft(content("喷漆房废气异味大"))
		scheme, code := "erp", "N-7"
		in := needs.Input{Owner: h.firm.ID, Content: content("冷却水结垢"), External: []external.ID{{Scheme: scheme, ID: code}}}
		marked := h.must(h.needs.Create(h.Context(), h.editor, in)).ID
		h.refused(fault.ExternalIDTaken)(h.needs.Create(h.Context(), h.editor, in))
		opened := h.open()
		elsewhere := c.Single("辽穹先进材料研究所", "institute", "210112")
		casttest.Create(c, elsewhere.Editor, h.needs.Create, needs.Input{Owner: elsewhere.ID, Content: content("窑炉能耗高")})

		ours, named := listing.Narrowing{Owner: h.firm.ID}, external.Filter{ExternalScheme: scheme, ExternalID: code}
		for _, row := range []struct {
			name  string
			actor policy.Actor
			f     needs.Filter
			want  int
		}{
			{"a visitor sees what is open", policy.Actor{}, needs.Filter{}, 1},
			{"a visitor asks for the owner", policy.Actor{}, needs.Filter{Narrowing: ours}, 1},
			{"a visitor asks for drafts", policy.Actor{}, needs.Filter{Narrowing: ours, State: "draft"}, 0},
			{"a visitor asks for an external id", policy.Actor{}, needs.Filter{Narrowing: listing.Narrowing{Filter: named}}, 0},
			{"a member without naming the owner", h.editor.Actor, needs.Filter{}, 3},
			{"a member", h.second.Actor, needs.Filter{Narrowing: ours}, 3},
			{"a member asks for an external id", h.second.Actor, needs.Filter{Narrowing: listing.Narrowing{Owner: h.firm.ID, Filter: named}}, 1},
			{"a member asks for another field", h.second.Actor, needs.Filter{Narrowing: ours, Field: "nuclear"}, 0},
			{"an operator", h.operator.Actor, needs.Filter{}, 4},
		} {
			page, err := h.needs.List(h.Context(), row.actor, row.f, db.Paging{Limit: 20})
			if h.must(needs.Answer{}, err); len(page.Items) != row.want {
				h.Errorf("%s: %d needs, want %d", row.name, len(page.Items), row.want)
			}
		}
		h.Must(h.hold(h.open(), work.NewID()))
		for _, day := range []string{"2026-03-10", "2026-05-10"} { // before and after what is open has ended
			worktest.ListsWhatCheckAllows(c, h.DB.Reader.WithContext(db.OnDay(c.Context(), when.MustDay(day))), needs.Records)
		}
		both, err := needs.ByIDs(h.DB.Reader, []uuid.UUID{opened, marked, uuid.New()})
		if h.must(needs.Answer{}, err); len(both) != 2 {
			h.Errorf("by id: %d", len(both))
		}
	})
}

func TestNeedsAreReadWhole(t *testing.T) {
	casttest.Each(t, func(c *casttest.Cast) {
		h := verified(c)
		now, low := c.Clock.Now(), 200_000*money.Yuan
		n := &needs.Need{
			Head:    work.Head{ID: work.NewID(), Version: 3, CreatedAt: now, UpdatedAt: now},
			Entry:   publication.Entry{State: needs.Closed, OwnerID: h.firm.ID, CreatedBy: &h.editor.Actor.Account, PublishedBy: &h.editor.Actor.Account, SubmittedBy: &h.editor.Actor.Account, ReturnReason: "请补充指标", PublishedAt: &now, TakenDown: 3},
			Content: content("冷却水结垢"), Offer: needs.Offer{Budget: &needs.Budget{Min: &low}, Contact: &orgs.Contact{Name: "李工"}}, CloseReason: needs.Solved,
			HeldBy: &h.firm.ID, Held: listing.Held{OwnerSuspended: true},
		}
		n.Chains, n.Masked = []string{"robotics"}, true
		n.Constraints, n.Keywords, n.TechnicalTerms, n.CooperationMode = "停机不超过两天", []string{"水垢"}, []string{"结垢"}, needs.AnyMode
		worktest.RowsAreReadWhole(c, c.DB.Writer, needs.Records, n)
	})
}
