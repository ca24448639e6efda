package complaints_test

import (
	"encoding/json"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"jiebang/internal/casttest"
	"jiebang/internal/challenges"
	"jiebang/internal/complaints"
	"jiebang/internal/db"
	"jiebang/internal/fault"
	"jiebang/internal/kinds"
	"jiebang/internal/needs"
	"jiebang/internal/policy"
	"jiebang/internal/results"
	"jiebang/internal/teams"
	"jiebang/internal/work"
	"jiebang/internal/work/worktest"
)

// house is a university with a published team, somebody who reports it, and the bureau.
type house struct {
	*casttest.Cast
	*complaints.Service
	teams    *teams.Service
	uni      casttest.Organization
	firm     casttest.Organization
	reporter work.Call // of the firm
	third    work.Call // an operator
}

func each(t *testing.T, fn func(h *house)) {
	t.Helper()
	casttest.Each(t, func(c *casttest.Cast) {
		h := &house{Cast: c, teams: teams.New(c.Unit), uni: c.Organization("盛北理工大学", "university", "210112"), firm: c.Organization("辽浑智造装备有限公司", "enterprise", "210112")}
		h.Service = complaints.New(c.Unit, kinds.New(results.Kind, needs.Kind, teams.Kind, challenges.Kind(challenges.New(c.Unit))))
		h.reporter = h.firm.Editor
		c.Must(c.DB.Writer.Exec("UPDATE accounts SET name = '举报者甲' WHERE id = ?", h.reporter.Actor.Account).Error)
		a, err := c.Accounts.CreateOperator(c.Context(), casttest.Operator("third"), "两位运营人员与举报人同单位")
		c.Must(err)
		h.third = c.As(policy.Actor{Account: a.ID, Username: a.Username, Operator: true})
		fn(h)
	})
}

func (h *house) team() (id uuid.UUID, version int64) {
	h.Helper()
	id = casttest.Create(h.Cast, h.uni.Editor, h.teams.Create, teams.Input{Owner: h.uni.ID, Content: teams.Content{
		Title: "工业废气低温净化团队", Introduction: "长期从事工业废气低温净化研究，有校内中试平台。", Field: "environment", Leader: teams.Person{Name: "林砚舟", Title: "教授"},
	}})
	casttest.Change(h.Cast, h.uni.Editor, h.teams.Submit, id, 1)
	return id, casttest.Change(h.Cast, h.uni.Second, h.teams.Publish, id, 2).Version
}

func about(id uuid.UUID) complaints.Input {
	return complaints.Input{Kind: "team", ID: id, Ground: complaints.WrongOwner, Text: "该团队系本公司所有，负责人三年前已离校，附劳动合同。"}
}

func (h *house) filed(by work.Call, id uuid.UUID) complaints.View {
	h.Helper()
	a, err := h.File(h.Context(), by, about(id))
	h.Must(err)
	return a.View
}

var (
	right      = complaints.Verdict[complaints.Outcome]{Outcome: complaints.Right, Reason: "经核实，团队负责人已离开该校，信息不实，予以下架。"}
	unfounded  = complaints.Verdict[complaints.Outcome]{Outcome: complaints.Unfound, Reason: "经核实，团队负责人仍在该校任职，举报不成立。"}
	confirmed  = complaints.Verdict[complaints.State]{Outcome: complaints.Confirmed, Reason: "复核认为下架决定有据，予以维持。"}
	overturned = complaints.Verdict[complaints.State]{Outcome: complaints.Overturned, Reason: "复核认为材料充分，撤销下架决定。"}
)

const defence = "林砚舟教授仍在我校全职工作，聘用合同至二〇二八年。"

func (h *house) visible(id uuid.UUID) bool {
	h.Helper()
	_, err := h.teams.Get(h.Context(), policy.Actor{}, id)
	if err != nil {
		h.Refused(err, fault.NotVisible)
	}
	return err == nil
}

// What is upheld is taken down in the decision's own transaction, with its open revision, and is nobody's to revive while the decision stands.
func TestWhatIsUpheldIsTakenDownAndStaysDown(t *testing.T) {
	each(t, func(h *house) {
		id, version := h.team()
		edited := teams.Content{Title: "工业废气低温净化团队（修订）", Introduction: "长期从事工业废气低温净化研究，有校内中试平台。", Field: "environment", Leader: teams.Person{Name: "林砚舟"}}
		casttest.Decide(h.Cast, h.uni.Editor, h.teams.Replace, id, version, teams.Input{Owner: h.uni.ID, Content: edited})
		c := h.filed(h.reporter, id)
		if !h.visible(id) {
			t.Fatal("a report alone took it down")
		}
		if _, err := h.Get(h.Context(), h.uni.Editor.Actor, c.ID); !fault.NotVisible.Of(err) {
			t.Errorf("the owner knows of a report that nobody has answered: %v", err)
		}
		c = casttest.Decide(h.Cast, h.Operator, h.Answer, c.ID, c.Version, right)
		v, err := h.teams.Get(h.Context(), h.uni.Editor.Actor, id)
		h.Must(err)
		if h.visible(id) || c.State != complaints.Upheld || v.State != teams.Withdrawn || v.TakenDown != v.Version || v.Revision != nil {
			t.Fatalf("%s; %s, taken down at %d of %d, revision %v", c.State, v.State, v.TakenDown, v.Version, v.Revision)
		}
		_, err = h.teams.Submit(h.Context(), h.uni.Editor, id, v.Version)
		h.Refused(err, fault.TakenDown)
		for _, a := range v.Actions {
			if a == "submitTeam" {
				t.Error("told that it may be submitted")
			}
		}
		// Editing does not free it, and a second report that is upheld changes nothing more.
		v = casttest.Decide(h.Cast, h.uni.Editor, h.teams.Replace, id, v.Version, teams.Input{Owner: h.uni.ID, Content: edited})
		_, err = h.teams.Submit(h.Context(), h.uni.Editor, id, v.Version)
		h.Refused(err, fault.TakenDown)
		_, err = h.File(h.Context(), h.firm.Second, about(id))
		if !fault.InvalidInput.Of(err) {
			t.Errorf("what is down is reported: %v", err)
		}
	})
}

// An owner cannot slip away: what they took off, or submitted anew, before the decision is kept down by it as well.
func TestWhatItsOwnerTookOffIsKeptDown(t *testing.T) {
	each(t, func(h *house) {
		id, version := h.team()
		c := h.filed(h.reporter, id)
		v := casttest.Change(h.Cast, h.uni.Editor, h.teams.Withdraw, id, version)
		v = casttest.Change(h.Cast, h.uni.Editor, h.teams.Submit, id, v.Version)
		c = casttest.Decide(h.Cast, h.Operator, h.Answer, c.ID, c.Version, right)
		v, err := h.teams.Get(h.Context(), h.uni.Editor.Actor, id)
		h.Must(err)
		_, err = h.teams.Publish(h.Context(), h.uni.Second, id, v.Version)
		h.Refused(err, fault.TakenDown)
		c = casttest.Decide(h.Cast, h.uni.Editor, h.Appeal, c.ID, c.Version, defence)
		casttest.Decide(h.Cast, h.Deputy, h.Settle, c.ID, c.Version, overturned)
		if h.visible(id) {
			t.Error("what was not public when it was decided came before the public by itself")
		}
		v, err = h.teams.Get(h.Context(), h.uni.Editor.Actor, id)
		h.Must(err)
		casttest.Change(h.Cast, h.uni.Second, h.teams.Publish, id, v.Version)
		if !h.visible(id) {
			t.Error("it is not published")
		}
	})
}

// The appeal goes to another operator; one that is upheld puts back what nobody has touched, and frees the rest.
func TestAnAppealGoesToAnotherOperator(t *testing.T) {
	each(t, func(h *house) {
		ctx := h.Context()
		id, _ := h.team()
		c := h.filed(h.reporter, id)
		c = casttest.Decide(h.Cast, h.Operator, h.Answer, c.ID, c.Version, right)
		_, err := h.Appeal(ctx, h.reporter, c.ID, c.Version, defence)
		h.Refused(err, fault.NotAllowed)
		c = casttest.Decide(h.Cast, h.uni.Second, h.Appeal, c.ID, c.Version, defence)
		_, err = h.Settle(ctx, h.Operator, c.ID, c.Version, overturned)
		h.Refused(err, fault.OwnDecision)
		c = casttest.Decide(h.Cast, h.Deputy, h.Settle, c.ID, c.Version, overturned)
		if c.State != complaints.Overturned || !h.visible(id) {
			t.Errorf("%s, and nobody sees it", c.State)
		}
		_, err = h.Appeal(ctx, h.uni.Editor, c.ID, c.Version, defence)
		h.Refused(err, fault.WrongState)

		other, _ := h.team()
		c = h.filed(h.reporter, other)
		c = casttest.Decide(h.Cast, h.Deputy, h.Answer, c.ID, c.Version, right)
		c = casttest.Decide(h.Cast, h.uni.Second, h.Appeal, c.ID, c.Version, defence)
		c = casttest.Decide(h.Cast, h.Operator, h.Settle, c.ID, c.Version, confirmed)
		if c.State != complaints.Confirmed || h.visible(other) {
			t.Errorf("%s, and everybody sees it", c.State)
		}
	})
}

// While one decision stands, the end of another frees nothing.
func TestAnotherDecisionKeepsItDown(t *testing.T) {
	each(t, func(h *house) {
		id, _ := h.team()
		first, second := h.filed(h.reporter, id), h.filed(h.firm.Second, id)
		first = casttest.Decide(h.Cast, h.Operator, h.Answer, first.ID, first.Version, right)
		second = casttest.Decide(h.Cast, h.Operator, h.Answer, second.ID, second.Version, right)
		first = casttest.Decide(h.Cast, h.uni.Editor, h.Appeal, first.ID, first.Version, defence)
		casttest.Decide(h.Cast, h.Deputy, h.Settle, first.ID, first.Version, overturned)
		if h.visible(id) {
			t.Fatal("it is public although a decision stands")
		}
		second = casttest.Decide(h.Cast, h.uni.Editor, h.Appeal, second.ID, second.Version, defence)
		casttest.Decide(h.Cast, h.Deputy, h.Settle, second.ID, second.Version, overturned)
		if !h.visible(id) {
			t.Error("no decision stands, and it is down")
		}
	})
}

// Whoever belongs to the owner, is invited there, belongs to whoever reported, or reported themselves, does not decide; of those, who belongs to the
// owner does not even know of a report before it is upheld.
func TestWhoIsTiedDoesNotDecide(t *testing.T) {
	each(t, func(h *house) {
		ctx := h.Context()
		id, _ := h.team()
		c := h.filed(h.reporter, id)
		owner, invited, firm := h.third, h.third, h.third
		owner.Actor.Member, owner.Actor.Ties = []uuid.UUID{h.uni.ID}, []string{"id:" + h.uni.ID.String()}
		invited.Actor.Ties = owner.Actor.Ties
		firm.Actor.Member = []uuid.UUID{h.firm.ID}
		for who, call := range map[string]work.Call{"a member of the owner": owner, "who is invited there": invited} {
			if _, err := h.Answer(ctx, call, c.ID, c.Version, right); !fault.NotVisible.Of(err) {
				t.Errorf("%s: %v", who, err)
			}
			page, err := h.List(ctx, call.Actor, complaints.Filter{}, db.Paging{Limit: 10})
			h.Must(err)
			if len(page.Items) != 0 {
				t.Errorf("%s reads %+v", who, page.Items)
			}
		}
		_, err := h.Answer(ctx, firm, c.ID, c.Version, right)
		h.Refused(err, fault.OwnDecision)
		mine := h.filed(h.third, id)
		_, err = h.Answer(ctx, h.third, mine.ID, mine.Version, right)
		h.Refused(err, fault.OwnDecision)
		casttest.Decide(h.Cast, h.Operator, h.Answer, c.ID, c.Version, right)
		v, err := h.Get(ctx, owner.Actor, c.ID)
		h.Must(err)
		if v.Author != nil || v.Text != "" || v.Decider != nil {
			t.Errorf("an operator of the owner reads who reported: %+v", v)
		}
	})
}

// Who reported, and what they wrote, is in nothing that the owner reads, and cannot be put there by the reason.
func TestTheOwnerDoesNotLearnWhoReported(t *testing.T) {
	each(t, func(h *house) {
		ctx := h.Context()
		id, _ := h.team()
		c := h.filed(h.reporter, id)
		for _, name := range []string{"举报者甲", h.reporter.Actor.Username} {
			_, err := h.Answer(ctx, h.Operator, c.ID, c.Version, complaints.Verdict[complaints.Outcome]{Outcome: complaints.Right, Reason: "经" + name + "反映并核实，予以下架。"})
			h.Refused(err, fault.InvalidInput)
		}
		c = casttest.Decide(h.Cast, h.Operator, h.Answer, c.ID, c.Version, right)
		seen := func(step string) {
			h.Helper()
			one, err := h.Get(ctx, h.uni.Editor.Actor, c.ID)
			h.Must(err)
			page, err := h.List(ctx, h.uni.Editor.Actor, complaints.Filter{}, db.Paging{Limit: 10})
			h.Must(err)
			team, err := h.teams.Get(ctx, h.uni.Editor.Actor, id)
			h.Must(err)
			if len(page.Items) != 1 || one.Reason != right.Reason || one.Ground != complaints.WrongOwner {
				t.Errorf("%s: %d items, %+v", step, len(page.Items), one)
			}
			for _, v := range []any{one, page, team} {
				raw, err := json.Marshal(v)
				h.Must(err)
				for _, secret := range []string{"举报者甲", h.reporter.Actor.Username, h.reporter.Actor.Account.String(), h.firm.ID.String(), "劳动合同"} {
					if strings.Contains(string(raw), secret) {
						t.Errorf("%s: %s stands in %s", step, secret, raw)
					}
				}
			}
		}
		seen("upheld")
		c = casttest.Decide(h.Cast, h.uni.Editor, h.Appeal, c.ID, c.Version, defence)
		seen("appealed")
		c = casttest.Decide(h.Cast, h.Deputy, h.Settle, c.ID, c.Version, overturned)
		seen("overturned")
		// Whoever reported reads their own words, the outcome and why, and not what the owner said.
		v, err := h.Get(ctx, h.reporter.Actor, c.ID)
		h.Must(err)
		if v.Text == "" || v.Reason != right.Reason || v.AppealAnswer != overturned.Reason || v.Appeal != "" || v.Owner != nil || v.Decider != nil {
			t.Errorf("whoever reported reads %+v", v)
		}
		b, err := h.Get(ctx, h.Deputy.Actor, c.ID)
		h.Must(err)
		if b.Author == nil || b.Owner == nil || b.Appeal != defence || b.Decider == nil || b.Settler == nil {
			t.Errorf("the bureau reads %+v", b)
		}
	})
}

// One person has one open report of one record, is none of its owner, and reports ten a day.
func TestWhatIsReportedHowOften(t *testing.T) {
	each(t, func(h *house) {
		ctx := h.Context()
		id, _ := h.team()
		_, err := h.File(ctx, h.As(policy.Actor{}), about(id))
		h.Refused(err, fault.SignInRequired)
		_, err = h.File(ctx, h.uni.Editor, about(id))
		h.Refused(err, fault.NotAllowed)
		for _, wrong := range []complaints.Input{{Kind: "deal", ID: id, Ground: complaints.Untrue, Text: "内容与事实不符，附证明。"}, {Kind: "team", ID: uuid.New(), Ground: complaints.Untrue, Text: "内容与事实不符，附证明。"},
			{Kind: "team", ID: id, Ground: "dislike", Text: "内容与事实不符，附证明。"}, {Kind: "team", ID: id, Ground: complaints.Untrue, Text: "。。。。。。。。。。。。"}} {
			_, err = h.File(ctx, h.reporter, wrong)
			h.Refused(err, fault.InvalidInput)
		}
		c := h.filed(h.reporter, id)
		_, err = h.File(ctx, h.reporter, about(id))
		h.Refused(err, fault.ReportedAlready)
		casttest.Change(h.Cast, h.reporter, h.Withdraw, c.ID, c.Version)
		for range 9 {
			c = h.filed(h.reporter, id)
			casttest.Decide(h.Cast, h.Operator, h.Answer, c.ID, c.Version, unfounded)
		}
		_, err = h.File(ctx, h.reporter, about(id))
		h.Refused(err, fault.RateLimited)
		if f, is := fault.As(err); !is || f.RetryAfter != 24*time.Hour {
			t.Errorf("come again: %v", err)
		}
		h.filed(h.firm.Second, id)
		h.Clock.Set("2026-03-11T04:00:01Z")
		h.filed(h.reporter, id)
	})
}

// Of two operators who decide at once one has decided, and the record stands as that one said; of one person's two reports at once one is there.
func TestTwoAtOnce(t *testing.T) {
	each(t, func(h *house) {
		for round := range 4 {
			id, _ := h.team()
			all := func(run ...func() error) (went int) {
				var wait sync.WaitGroup
				var lock sync.Mutex
				for _, f := range run {
					wait.Go(func() {
						if err := f(); err == nil {
							lock.Lock()
							went++
							lock.Unlock()
						} else if !fault.VersionStale.Of(err) && !fault.ReportedAlready.Of(err) {
							t.Errorf("round %d: %v", round, err)
						}
					})
				}
				wait.Wait()
				return went
			}
			report := func() error {
				_, err := h.File(h.Context(), h.reporter, about(id))
				return err
			}
			if n := all(report, report, report, report); n != 1 {
				t.Fatalf("%d reports of one person", n)
			}
			page, err := h.List(h.Context(), h.reporter.Actor, complaints.Filter{Object: id}, db.Paging{Limit: 10})
			h.Must(err)
			c := page.Items[0]
			answer := func(by work.Call, v complaints.Verdict[complaints.Outcome]) func() error {
				return func() error {
					_, err := h.Answer(h.Context(), by, c.ID, c.Version, v)
					return err
				}
			}
			if n := all(answer(h.Operator, right), answer(h.Deputy, unfounded), answer(h.third, right), answer(h.Operator, unfounded)); n != 1 {
				t.Fatalf("%d decided", n)
			}
			got, err := h.Get(h.Context(), h.Operator.Actor, c.ID)
			h.Must(err)
			if got.Version != 2 || h.visible(id) != (got.State == complaints.Dismissed) {
				t.Errorf("%s at %d, and seen by everybody: %v", got.State, got.Version, h.visible(id))
			}
		}
	})
}

// Of a decision that ends and one that begins at once the record stands as what stands says.
func TestADecisionThatEndsAndOneThatBegins(t *testing.T) {
	each(t, func(h *house) {
		for range 4 {
			id, _ := h.team()
			a, b := h.filed(h.reporter, id), h.filed(h.firm.Second, id)
			a = casttest.Decide(h.Cast, h.Operator, h.Answer, a.ID, a.Version, right)
			a = casttest.Decide(h.Cast, h.uni.Editor, h.Appeal, a.ID, a.Version, defence)
			var wait sync.WaitGroup
			wait.Go(func() {
				if _, err := h.Settle(h.Context(), h.Deputy, a.ID, a.Version, overturned); err != nil {
					t.Error(err)
				}
			})
			wait.Go(func() {
				if _, err := h.Answer(h.Context(), h.third, b.ID, b.Version, right); err != nil {
					t.Error(err)
				}
			})
			wait.Wait()
			if h.visible(id) {
				t.Error("it is public although a decision stands")
			}
		}
	})
}

func TestListsShowWhatCheckAllows(t *testing.T) {
	each(t, func(h *house) {
		for i := range 5 {
			id, _ := h.team()
			c := h.filed(h.reporter, id)
			if i > 1 {
				c = casttest.Decide(h.Cast, h.Operator, h.Answer, c.ID, c.Version, right)
			}
			if i > 2 {
				casttest.Decide(h.Cast, h.uni.Editor, h.Appeal, c.ID, c.Version, defence)
			}
			h.filed(h.firm.Second, func() uuid.UUID { id, _ := h.team(); return id }())
		}
		worktest.ListsWhatCheckAllows(t, h.Unit.Query(h.Context()), complaints.Records)
	})
}
