package needs_test

import (
	"testing"
	"time"

	"github.com/google/uuid"

	"jiebang/internal/accounts"
	"jiebang/internal/codes"
	"jiebang/internal/db"
	"jiebang/internal/db/dbtest"
	"jiebang/internal/fault"
	"jiebang/internal/money"
	"jiebang/internal/needs"
	"jiebang/internal/orgs"
	"jiebang/internal/policy"
	"jiebang/internal/work"
)

// house is an enterprise with two members, its clock, and those who look at its needs.
type house struct {
	*testing.T
	now                      time.Time
	needs                    *needs.Service
	orgs                     *orgs.Service
	org                      uuid.UUID
	version                  int64 // of the organization
	editor, second, operator work.Call
	stranger                 work.Call
	people                   *accounts.Service
	database                 *db.DB
}

// setUp makes a house whose organization is not verified yet.
func setUp(t *testing.T, o db.Options) *house {
	h := &house{T: t, now: noon, database: dbtest.Open(t, o)}
	unit := work.New(h.database, func() time.Time { return h.now }, func() {})
	h.needs, h.orgs, h.people = needs.New(unit), orgs.New(unit), accounts.New(unit)
	h.editor, h.second, h.operator, h.stranger = h.call("editor"), h.call("second"), h.call("operator"), h.call("stranger")
	h.operator.Actor.Operator = true
	code, err := codes.CompleteCreditCode("91210106", "XN10C404")
	h.must(work.Done{}, err)
	h.org = h.must(h.orgs.Create(t.Context(), h.editor, orgs.Input{Name: "辽浑智造装备有限公司", Kind: "enterprise", CreditCode: code, Region: "210106"})).ID
	h.version = 1
	h.join()
	return h
}

// verified is setUp with a verified organization of two members.
func verified(t *testing.T, o db.Options) *house {
	h := setUp(t, o)
	h.must(h.orgs.AddMember(t.Context(), h.operator, h.org, h.version, "second", false))
	if err := h.orgs.Join(t.Context(), h.second, h.org); err != nil {
		t.Fatal(err)
	}
	h.must(h.orgs.Verify(t.Context(), h.operator, h.org, h.version+1))
	h.version += 2
	h.join()
	return h
}

func (h *house) call(name string) work.Call {
	a, err := h.people.SignUp(h.Context(), work.Call{Operation: "createAccount"}, accounts.SignUpInput{Username: name, Password: "correct horse", Name: name})
	h.must(work.Done{}, err)
	return work.Call{Operation: "test", Actor: policy.Actor{Account: a.ID, Username: name}}
}

// join has the members' actors know where they belong.
func (h *house) join() {
	for _, c := range []*work.Call{&h.editor, &h.second} {
		c.Actor.Member, c.Actor.Admin = nil, nil
		h.must(work.Done{}, h.orgs.Memberships(h.Context(), &c.Actor))
	}
}

func (h *house) must(done work.Done, err error) work.Done {
	h.Helper()
	if err != nil {
		h.Fatal(err)
	}
	return done
}

func (h *house) refused(want fault.Definition) func(work.Done, error) {
	return func(_ work.Done, err error) {
		h.Helper()
		if !want.Of(err) {
			h.Errorf("got %v, want %s", err, want.Code)
		}
	}
}

func (h *house) draft(c needs.Content) uuid.UUID {
	h.Helper()
	return h.must(h.needs.Create(h.Context(), h.editor, needs.Input{Owner: h.org, Content: c})).ID
}

func (h *house) open() uuid.UUID {
	h.Helper()
	id := h.draft(content("喷涂车间废气异味大"))
	h.must(h.needs.Submit(h.Context(), h.editor, id, 1))
	h.must(h.needs.Publish(h.Context(), h.second, id, 2))
	return id
}

func content(title string) needs.Content {
	low, high := 200_000*money.Yuan, 500_000*money.Yuan
	return needs.Content{
		Title: title, Problem: "喷涂车间排气有异味，周边居民投诉，现有活性炭每月更换一次。", Requirements: "非甲烷总烃去除率不低于百分之九十五。",
		Field: "environment", Budget: &needs.Budget{Min: &low, Max: &high}, Deadline: today.AddDays(60), Urgent: true, Confidential: "年排放量十二吨。",
	}
}

func TestANeedIsOpenedByASecondPersonAndClosedWithAReason(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		h, ctx := verified(t, o), t.Context()
		id := h.draft(content("喷涂车间废气异味大"))
		h.must(h.needs.Submit(ctx, h.editor, id, 1))
		h.refused(fault.OwnDecision)(h.needs.Publish(ctx, h.editor, id, 2))
		h.refused(fault.OwnDecision)(h.needs.Return(ctx, h.editor, id, 2, "写错了"))
		h.refused(fault.NotAllowed)(h.needs.Publish(ctx, h.operator, id, 2)) // the second member is the second pair of eyes
		h.refused(fault.VersionStale)(h.needs.Publish(ctx, h.second, id, 1))
		h.must(h.needs.Publish(ctx, h.second, id, 2))

		n, err := h.needs.Get(ctx, policy.Actor{}, id)
		h.must(work.Done{}, err)
		want := content("喷涂车间废气异味大")
		if n.State != needs.Open || n.Version != 3 || n.PublishedAt == nil || !n.PublishedAt.Equal(noon) || !n.Urgent ||
			n.Deadline != want.Deadline || *n.Budget.Max != *want.Budget.Max || n.CooperationMode != needs.AnyMode || len(n.Keywords) != 0 {
			t.Errorf("opened: %+v", n)
		}
		h.refused(fault.NotAllowed)(h.needs.Close(ctx, h.stranger, id, 3, needs.Solved))
		h.must(h.needs.Close(ctx, h.second, id, 3, needs.Solved))
		h.refused(fault.WrongState)(h.needs.Close(ctx, h.second, id, 4, needs.Expired))
		_, err = h.needs.Get(ctx, policy.Actor{}, id)
		h.refused(fault.NotVisible)(work.Done{}, err)
		n, err = h.needs.Get(ctx, h.editor.Actor, id)
		if h.must(work.Done{}, err); n.CloseReason != needs.Solved {
			t.Errorf("closed as %q", n.CloseReason)
		}
	})
}

func TestADraftBelongsToItsOwnersMembers(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		h, ctx := verified(t, o), t.Context()
		id := h.draft(content("喷涂车间废气异味大"))
		in := needs.Input{Owner: h.org, Content: content("喷漆房废气异味大")}
		h.refused(fault.NotAllowed)(h.needs.Create(ctx, h.stranger, in)) // the organization is public, its drafts are its own
		h.refused(fault.NotVisible)(h.needs.Replace(ctx, h.stranger, id, 1, in))
		h.refused(fault.NotVisible)(h.needs.Submit(ctx, h.stranger, id, 1))
		h.refused(fault.NotAllowed)(h.needs.Replace(ctx, h.operator, id, 1, in))
		h.must(h.needs.Replace(ctx, h.second, id, 1, in))
		h.refused(fault.InvalidInput)(h.needs.Replace(ctx, h.second, id, 2, needs.Input{Owner: uuid.New(), Content: in.Content}))
		n, err := h.needs.Get(ctx, h.editor.Actor, id)
		if h.must(work.Done{}, err); n.Title != "喷漆房废气异味大" || n.Version != 2 {
			t.Errorf("replaced: %+v", n)
		}
	})
}

func TestAReturnedNeedIsADraftAgainWithItsReason(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		h, ctx := verified(t, o), t.Context()
		id := h.draft(content("喷涂车间废气异味大"))
		h.must(h.needs.Submit(ctx, h.editor, id, 1))
		h.must(h.needs.Return(ctx, h.second, id, 2, "请补充风量与浓度"))
		n, err := h.needs.Get(ctx, h.editor.Actor, id)
		if h.must(work.Done{}, err); n.State != needs.Draft || n.ReturnReason != "请补充风量与浓度" || n.SubmittedBy != nil {
			t.Errorf("returned: %+v", n)
		}
	})
}

func TestAPendingEnterpriseDraftsButDoesNotSubmit(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		h, ctx := setUp(t, o), t.Context()
		id := h.draft(content("喷涂车间废气异味大"))
		h.refused(fault.OrganizationPending)(h.needs.Submit(ctx, h.editor, id, 1))
		h.must(h.orgs.Verify(ctx, h.operator, h.org, h.version))
		h.must(h.needs.Submit(ctx, h.editor, id, 1))
		h.refused(fault.OwnDecision)(h.needs.Publish(ctx, h.editor, id, 2))
		h.must(h.needs.Publish(ctx, h.operator, id, 2)) // one member only: the operator is the second pair of eyes
	})
}

func TestANeedPastItsDeadlineIsRefusedUntilTheDayIsMended(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		h, ctx := verified(t, o), t.Context()
		c := content("喷涂车间废气异味大")
		id := h.draft(c)
		h.now = c.Deadline.End()
		h.refused(fault.DeadlinePassed)(h.needs.Submit(ctx, h.editor, id, 1))
		c.Deadline = c.Deadline.AddDays(1)
		h.must(h.needs.Replace(ctx, h.editor, id, 1, needs.Input{Owner: h.org, Content: c}))
		h.must(h.needs.Submit(ctx, h.editor, id, 2))
	})
}

func TestAListShowsDraftsToThoseWhoMaySeeThem(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		h := verified(t, o)
		h.draft(content("喷漆房废气异味大"))
		scheme, code := "erp", "N-7"
		in := needs.Input{Owner: h.org, Content: content("冷却水结垢"), External: work.ExternalID{Scheme: &scheme, ID: &code}}
		marked := h.must(h.needs.Create(t.Context(), h.editor, in)).ID
		h.refused(fault.ExternalIDTaken)(h.needs.Create(t.Context(), h.editor, in))
		opened := h.open()

		ours := needs.Filter{Owner: h.org}
		for _, row := range []struct {
			name  string
			actor policy.Actor
			f     needs.Filter
			want  int
		}{
			{"a visitor sees what is open", policy.Actor{}, needs.Filter{}, 1},
			{"a visitor asks for the owner", policy.Actor{}, ours, 1},
			{"a visitor asks for drafts", policy.Actor{}, needs.Filter{Owner: h.org, State: "draft"}, 0},
			{"a visitor asks for an external id", policy.Actor{}, needs.Filter{ExternalScheme: scheme, ExternalID: code}, 0},
			{"a member without naming the owner", h.editor.Actor, needs.Filter{}, 1},
			{"a member", h.second.Actor, ours, 3},
			{"a member asks for an external id", h.second.Actor, needs.Filter{Owner: h.org, ExternalScheme: scheme, ExternalID: code}, 1},
			{"a member asks for another field", h.second.Actor, needs.Filter{Owner: h.org, Field: "nuclear"}, 0},
			{"an operator", h.operator.Actor, needs.Filter{}, 3},
		} {
			page, err := h.needs.List(t.Context(), row.actor, row.f, db.Paging{Limit: 20})
			if h.must(work.Done{}, err); len(page.Items) != row.want {
				t.Errorf("%s: %d needs, want %d", row.name, len(page.Items), row.want)
			}
		}
		both, err := needs.ByIDs(h.database.Reader, []uuid.UUID{opened, marked, uuid.New()})
		if h.must(work.Done{}, err); len(both) != 2 {
			t.Errorf("by id: %d", len(both))
		}
	})
}
