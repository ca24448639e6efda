package challenges_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/casttest"
	"jiebang/internal/challenges"
	"jiebang/internal/db"
	"jiebang/internal/fault"
	"jiebang/internal/jobs"
	"jiebang/internal/kinds"
	"jiebang/internal/notices"
	"jiebang/internal/people"
	"jiebang/internal/policy"
	"jiebang/internal/programmes"
	"jiebang/internal/results"
	"jiebang/internal/review"
	"jiebang/internal/when"
	"jiebang/internal/work"
)

// court is a hall with experts who may be drawn.
type court struct {
	*hall
	review  *review.Service
	experts map[uuid.UUID]work.Call
}

func newCourt(c *casttest.Cast, change ...func(*programmes.Rules)) *court {
	return &court{newHall(c, change...), review.New(c.Unit).AskTies("challenge", challenges.Tied), map[uuid.UUID]work.Call{}}
}

// expert is somebody whom the register has for the challenges of these tests.
func (t *court) expert(call work.Call) work.Call {
	t.Helper()
	t.Enter(people.Input{
		Kind: policy.Expert, Username: call.Actor.Username, ValidFrom: when.DayOf(t.Clock.Now()).AddDays(-10), Expertise: people.Expertise{Fields: []string{"environment"}},
	})
	t.experts[call.Actor.Account] = call
	return call
}

func (t *court) many(n int) {
	t.Helper()
	for range n {
		t.serial++
		t.expert(t.Person(fmt.Sprintf("expert.of%d", t.serial)))
	}
}

func (t *court) declare(username, code, name string) {
	t.Helper()
	casttest.Create(t.Cast, t.Operator, t.People.DeclareTie, people.TieInput{
		Username: username, Kind: people.AdviserOf, Name: name, Code: code, ValidFrom: when.DayOf(t.Clock.Now()).AddDays(-1),
	})
}

func (t *court) opened(id uuid.UUID) {
	t.Helper()
	t.Clock.Set(firstLate)
	t.Must(t.open(t.files, id))
}

func (t *court) now(id uuid.UUID) challenges.View {
	t.Helper()
	v, err := t.challenges.Get(t.Context(), t.Operator.Actor, id)
	t.Must(err)
	return v
}

// serving are the reviews of a panel whose reviewers belong to it.
func (t *court) serving(panel uuid.UUID) []review.ReviewView {
	t.Helper()
	page, err := t.review.ListReviews(t.Context(), t.Operator.Actor, review.ReviewFilter{Panel: panel}, db.Paging{Limit: 50})
	t.Must(err)
	var out []review.ReviewView
	for _, r := range page.Items {
		if r.State == review.Asked || r.State == review.Accepted {
			out = append(out, r)
		}
	}
	return out
}

// score has somebody accept where they have not, and give every item the same.
func (t *court) score(r review.ReviewView, score review.Score) error {
	t.Helper()
	call, version := t.experts[r.AccountID], r.Version
	if r.State == review.Asked {
		a, err := t.review.Accept(t.Context(), call, r.ID, version)
		if err != nil {
			return err
		}
		version = a.View.Version
	}
	items, err := review.Items(t.Unit.Query(t.Context()), r.PanelID)
	t.Must(err)
	for _, i := range items {
		a, err := t.review.Score(t.Context(), call, r.ID, version, review.ScoreInput{Item: i.ID, Marks: []review.Mark{{Score: score, Reason: "依据充分"}}, Final: true})
		if err != nil {
			return err
		}
		version = a.View.Version
	}
	return nil
}

// agreed has whoever leads record the same on every item.
func (t *court) agreed(panel uuid.UUID) {
	t.Helper()
	for _, r := range t.serving(panel) {
		v, err := t.review.GetReview(t.Context(), t.experts[r.AccountID].Actor, r.ID)
		t.Must(err)
		for _, x := range v.Items {
			if x.Leads && !x.Withdrawn {
				v.Version = casttest.Decide(t.Cast, t.experts[r.AccountID], t.review.Agree, r.ID, v.Version, review.AgreeInput{Item: x.ID, Score: 88_000, Reason: "经合议，方案可行"}).Version
			}
		}
	}
}

// concluded leads a challenge from its opening to the poster's word.
func (t *court) concluded(id uuid.UUID) {
	t.Helper()
	v := casttest.Decide(t.Cast, t.Operator, t.challenges.BeginReview, id, t.now(id).Version, 3)
	for _, r := range t.serving(*v.PanelID) {
		t.Must(t.score(r, 88_000))
	}
	p, err := t.review.Get(t.Context(), t.Operator.Actor, *v.PanelID)
	t.Must(err)
	closed := casttest.Change(t.Cast, t.Operator, t.review.CloseScoring, *v.PanelID, p.Version)
	t.agreed(*v.PanelID)
	casttest.Change(t.Cast, t.Operator, t.review.Finish, *v.PanelID, closed.Version)
	casttest.Change(t.Cast, t.Operator, t.challenges.ConcludeReview, id, t.now(id).Version)
}

func TestWhoIsTiedToOneSideJudgesNone(t *testing.T) {
	for _, masked := range []bool{false, true} {
		casttest.Each(t, func(c *casttest.Cast) {
			h := newCourt(c)
			id := h.published(deadlineDay, func(x *challenges.Content) { x.Masked = masked })
			partner := h.CreditCode()
			bidder, _ := h.bid(id, challenges.Partner{Name: "浑滨检测（沈阳）有限公司", Code: partner})
			maker := results.New(c.Unit)
			made := func(by casttest.Organization, inventors ...results.Inventor) {
				content := results.Content{Title: "低温等离子体废气净化装置", Abstract: "用于喷涂车间的废气净化，去除率百分之九十五。", Keywords: []string{"等离子体"}, Field: "environment", TransferModes: []string{}, Inventors: inventors}
				result := casttest.Create(c, by.Editor, maker.Create, results.Input{Owner: by.ID, Content: content})
				casttest.Change(c, by.Editor, maker.Submit, result, 1)
				casttest.Change(c, by.Second, maker.Publish, result, 2)
			}
			elsewhere := h.Organization("辽穹先进材料研究所", "institute", "210112")
			parent := h.Organization("沈岭控股有限公司", "enterprise", "210112")
			h.holds(parent.Code, bidder.Code, 6000)
			want := map[uuid.UUID]string{}
			tied := func(call work.Call, how string) *uuid.UUID {
				h.expert(call)
				want[call.Actor.Account] = how
				return &call.Actor.Account
			}
			tied(h.poster.Second, "tied to the poster")
			tied(bidder.Second, "tied to a bidder")
			tied(parent.Second, "tied to a bidder") // under one control
			h.declare(h.experts[*tied(h.Person("by.code"), "tied to a bidder")].Actor.Username, partner, "检测公司")
			h.declare(h.experts[*tied(h.Person("by.name"), "tied to a bidder")].Actor.Username, "", "浑滨检测(沈阳)有限公司")
			h.declare(h.experts[*tied(h.Person("of.poster"), "tied to the poster")].Actor.Username, h.poster.Code, "发榜单位")
			// Who made a published result together with somebody's people, or with somebody who is named in a bid.
			made(elsewhere, results.Inventor{Name: "甲", AccountID: tied(h.Person("made.with.unit"), "tied to a bidder")}, results.Inventor{Name: "乙", OrganizationID: &bidder.ID})
			made(elsewhere, results.Inventor{Name: "甲", AccountID: tied(h.Person("made.with.member"), "tied to a bidder")}, results.Inventor{Name: "林 砚舟"})
			made(elsewhere, results.Inventor{Name: "甲", AccountID: tied(h.Person("made.with.poster"), "tied to the poster")}, results.Inventor{Name: "丙", AccountID: &h.poster.Editor.Actor.Account})
			alone := h.expert(h.Person("made.alone"))
			made(elsewhere, results.Inventor{Name: "丁", AccountID: &alone.Actor.Account}, results.Inventor{Name: "戊", Organization: "辽穹先进材料研究所"})
			h.many(3)
			h.opened(id)
			accounts := make([]uuid.UUID, 0, len(h.experts))
			for account := range h.experts {
				accounts = append(accounts, account)
			}
			found, err := challenges.Tied(c.DB.Reader.Session(&gorm.Session{}), id, accounts, when.DayOf(c.Clock.Now()))
			h.Must(err)
			for account, call := range h.experts {
				how := want[account]
				if masked && how != "" {
					how = "tied to the poster or to a bidder"
				}
				if found[account] != how {
					h.Errorf("%s: %q, want %q", call.Actor.Username, found[account], how)
				}
			}
			v := casttest.Decide(c, h.Operator, h.challenges.BeginReview, id, h.now(id).Version, 4)
			for _, r := range h.serving(*v.PanelID) {
				if want[r.AccountID] != "" {
					h.Errorf("%s was drawn", h.experts[r.AccountID].Actor.Username)
				}
			}
			_, err = h.challenges.RedrawReview(c.Context(), h.Operator, id, v.Version, challenges.RedrawInput{Reason: "想多抽一人"})
			h.Refused(err, fault.PanelWhole)
		})
	}
}

// A tie that comes after the draw is asked on the day of scoring; who has one is replaced, in the order of the first draw.
func TestAReviewerWhoIsTiedByNowScoresNothing(t *testing.T) {
	casttest.Each(t, func(c *casttest.Cast) {
		h := newCourt(c)
		id := h.published(deadlineDay)
		bidder, _ := h.bid(id)
		h.many(4)
		h.opened(id)
		_, err := h.challenges.RedrawReview(c.Context(), h.Operator, id, h.now(id).Version, challenges.RedrawInput{Reason: "尚未抽取"})
		h.Refused(err, fault.WrongState)
		v := casttest.Decide(c, h.Operator, h.challenges.BeginReview, id, h.now(id).Version, 3)
		panel := *v.PanelID
		parts := h.serving(panel)
		for _, r := range parts {
			h.Must(h.score(r, 70_000))
		}
		tied := h.experts[parts[1].AccountID]
		h.declare(tied.Actor.Username, bidder.Code, "揭榜单位")
		p, err := h.review.Get(c.Context(), h.Operator.Actor, panel)
		h.Must(err)
		_, err = h.review.CloseScoring(c.Context(), h.Operator, panel, p.Version)
		if h.Refused(err, fault.ReviewerTied); !strings.Contains(fmt.Sprint(err), tied.Actor.Username) {
			h.Errorf("closing says %v", err)
		}
		_, err = h.challenges.RedrawReview(c.Context(), h.Operator, id, v.Version, challenges.RedrawInput{Wanted: 2, Reason: "一人须回避"})
		h.Refused(err, fault.InvalidInput) // one is missing
		v = casttest.Decide(c, h.Operator, h.challenges.RedrawReview, id, v.Version, challenges.RedrawInput{Reason: "一人须回避"})
		now := h.serving(panel)
		if len(now) != 3 || slices.ContainsFunc(now, func(r review.ReviewView) bool { return r.AccountID == tied.Actor.Account }) {
			h.Errorf("%d serve", len(now))
		}
		draws, err := review.Draws(h.Unit.Query(c.Context()), panel)
		h.Must(err)
		if len(draws) != 2 || draws[1].Reason != "一人须回避" || len(draws[1].Drawn) != 1 {
			h.Errorf("%+v", draws)
		}
		report, err := h.review.Verify(c.Context())
		h.Must(err)
		if len(report.Problems) > 0 {
			h.Errorf("%v", report.Problems)
		}
		// The substitute has a tie by the time that they would score. All candidates of the first draw are used up: the register of the day follows.
		i := slices.IndexFunc(now, func(r review.ReviewView) bool { return r.State == review.Asked })
		h.declare(h.experts[now[i].AccountID].Actor.Username, bidder.Code, "揭榜单位")
		h.Refused(h.score(now[i], 70_000), fault.ReviewerTied)
		var kept int64
		h.Must(c.DB.Reader.Model(&work.AuditRow{}).Where("action = 'review.refuse_tied' AND object_id = ?", now[i].ID).Count(&kept).Error)
		if kept != 1 {
			h.Errorf("what was found is kept %d times", kept)
		}
		_, err = h.challenges.RedrawReview(c.Context(), h.Operator, id, v.Version, challenges.RedrawInput{Reason: "再有一人须回避"})
		h.Refused(err, fault.TooFewReviewers)
		h.many(1)
		casttest.Decide(c, h.Operator, h.challenges.RedrawReview, id, v.Version, challenges.RedrawInput{Reason: "再有一人须回避"})
		for _, r := range h.serving(panel) {
			if r.State == review.Asked {
				h.Must(h.score(r, 70_000))
			}
		}
		p, err = h.review.Get(c.Context(), h.Operator.Actor, panel)
		h.Must(err)
		casttest.Change(c, h.Operator, h.review.CloseScoring, panel, p.Version)
	})
}

// A tie is asked again when the poster takes a bid and when it is awarded: what fell is out with its evidence, and another may be chosen.
func TestABidThatFallsIsNotTaken(t *testing.T) {
	casttest.Each(t, func(c *casttest.Cast) {
		h := newCourt(c)
		id := h.published(deadlineDay)
		first, one := h.bid(id)
		second, two := h.bid(id)
		h.many(3)
		h.opened(id)
		h.concluded(id)
		propose := func(bid uuid.UUID) error {
			_, err := h.challenges.Propose(c.Context(), h.poster.Editor, id, h.now(id).Version, challenges.Proposal{
				Reason: "评审一致", Winners: []challenges.Choice{{Bid: bid, Reason: "路线成熟"}},
			})
			return err
		}
		h.holds(h.poster.Code, first.Code, 6000)
		h.Refused(propose(one.ID), fault.BidTied)
		if got := h.get(h.Operator, one.ID); got.State != challenges.BidIneligible || !slices.Equal(got.Reasons, []challenges.Reason{challenges.TiedToPoster}) || len(got.Evidence) != 1 || got.Evidence[0].On != when.DayOf(c.Clock.Now()) {
			h.Errorf("%+v", got.Bid)
		}
		h.Refused(propose(one.ID), fault.InvalidInput)
		h.Must(propose(two.ID))
		if h.state(id) != challenges.Notice {
			h.Fatalf("it is %s", h.state(id))
		}
		settled, _, err := notices.Settled(h.Unit.Query(c.Context()), kinds.Subject{Kind: "challenge", ID: id})
		h.Must(err)
		h.Clock.Set(settled.Notice.LastDay.End().Format("2006-01-02T15:04:05Z"))
		_, err = c.Unit.Do(c.Context(), work.Call{Operation: "job"}, func(tx *work.Tx) error {
			return notices.Ending().Do(tx, jobs.Job{ObjectID: settled.Notice.ID, Now: tx.Now})
		})
		h.Must(err)
		_, err = h.challenges.Reconsider(c.Context(), h.Operator, id, h.now(id).Version, "没有理由")
		h.Refused(err, fault.NothingUpheld)
		today := when.DayOf(c.Clock.Now())
		casttest.Create(c, h.Operator, h.challenges.CreateListed, challenges.ListedInput{Name: "失信单位", Code: second.Code, ValidFrom: today, Reason: "验收材料弄虚作假"})
		for range 2 { // it fell the first time, and stays so
			_, err = h.challenges.Award(c.Context(), h.Operator, id, h.now(id).Version)
			h.Refused(err, fault.WinnerFell)
		}
		if got := h.get(h.Operator, two.ID); got.State != challenges.BidIneligible || !slices.Equal(got.Reasons, []challenges.Reason{challenges.Blacklisted}) {
			h.Errorf("%+v", got.Bid)
		}
		casttest.Decide(c, h.Operator, h.challenges.Reconsider, id, h.now(id).Version, "拟定榜单位列入失信名单")
		casttest.Decide(c, h.Operator, h.challenges.Dismiss, id, h.now(id).Version, "入围者均已不符合资格")
		if h.state(id) != challenges.Unclaimed {
			h.Errorf("it is %s", h.state(id))
		}

		// Ended for good, it moves nobody's day: both have their outcome.
		due := h.now(id).AnswersDue
		h.Clock.Set(h.Clock.Now().AddDate(0, 0, 3).Format("2006-01-02T15:04:05Z"))
		casttest.Decide(c, h.Operator, h.challenges.Cancel, id, h.now(id).Version, "不再发榜。")
		if got := h.now(id); got.AnswersDue != due || due.IsZero() {
			h.Errorf("answers were due by %s, and are now by %s", due, got.AnswersDue)
		}

		// Both are answered at once; all or none.
		version := h.now(id).Version
		_, err = h.challenges.AnswerBids(c.Context(), h.Operator, id, version, []challenges.Answered{{Bids: []uuid.UUID{one.ID, uuid.New()}, Text: "已不符合资格。"}})
		h.Refused(err, fault.InvalidInput)
		if h.get(h.Operator, one.ID).Answer != "" {
			h.Error("one of two was answered")
		}
		_, err = h.challenges.AnswerBids(c.Context(), h.Operator, id, version, []challenges.Answered{{Bids: []uuid.UUID{one.ID}, Text: "已不符合资格。"}, {Bids: []uuid.UUID{one.ID}, Text: "再说一次。"}})
		h.Refused(err, fault.InvalidInput)
		casttest.Decide(c, h.Operator, h.challenges.AnswerBids, id, version, []challenges.Answered{{Bids: []uuid.UUID{one.ID, two.ID}, Text: "已不符合资格。"}})
		if h.get(first.Editor, one.ID).Answer == "" || h.get(second.Editor, two.ID).AnsweredAt == nil {
			h.Error("they are not answered")
		}
		_, err = h.challenges.AnswerBids(c.Context(), h.Operator, id, version+1, []challenges.Answered{{Bids: []uuid.UUID{two.ID}, Text: "再说一次。"}})
		h.Refused(err, fault.WrongState)
	})
}

// CH-20: what names the bidder in a text is told to operators, and no reviewer reads it; however it is typed, and whatever name they gave themselves.
func TestTextsThatNameTheBidderAreMarked(t *testing.T) {
	for _, blind := range []bool{true, false} {
		casttest.Each(t, func(c *casttest.Cast) {
			h := newCourt(c, func(r *programmes.Rules) { r.Blind = blind })
			id := h.published(deadlineDay)
			o, code := h.bidder()
			registered := h.Organization("沈澜（沈阳）智造有限公司", "enterprise", "210112")
			content := offer(code, "", challenges.Partner{Name: "沈澜智造", Code: registered.Code})
			lead := []rune("盛北第" + fmt.Sprint(h.serial) + "研究所")
			content.Plan.Foundation = "本所（" + string(lead[:3]) + " " + string(lead[3:]) + "）与沈澜(沈阳)智造有限公司合作多年。"
			content.Plan.Risks = "联系人林　砚舟，代码 " + strings.ToLower(registered.Code) + "。"
			content.Milestones[0].Title = "沈澜智造联调"
			v := h.draft(o, id, content)
			v = casttest.Change(c, o.Editor, h.challenges.SubmitBid, v.ID, v.Version)
			h.many(3)
			h.opened(id)
			got := h.get(h.Operator, v.ID)
			var places []string
			for _, x := range got.Named {
				places = append(places, x.Place)
			}
			slices.Sort(places)
			places = slices.Compact(places)
			if want := []string{"/offer/milestones/0/title", "/offer/plan/foundation", "/offer/plan/risks"}; blind && !slices.Equal(places, want) || !blind && len(places) > 0 {
				h.Errorf("marked are %v", got.Named)
			}
			for _, by := range []work.Call{o.Editor, h.poster.Editor} {
				if told := h.get(by, v.ID); told.Named != nil {
					h.Errorf("%s is told %v", by.Actor.Username, told.Named)
				}
			}
			r := casttest.Decide(c, h.Operator, h.challenges.BeginReview, id, h.now(id).Version, 3)
			part := h.serving(*r.PanelID)[0]
			casttest.Change(c, h.experts[part.AccountID], h.review.Accept, part.ID, part.Version)
			items, err := review.Items(h.Unit.Query(c.Context()), *r.PanelID)
			h.Must(err)
			plan, err := h.challenges.ReviewedPlan(c.Context(), h.experts[part.AccountID].Actor, items[0].ID)
			h.Must(err)
			read := fmt.Sprintf("%+v", plan)
			for _, name := range []string{"盛北", "沈澜", "砚舟", strings.ToLower(registered.Code), code} {
				if strings.Contains(read, name) == blind {
					h.Errorf("blind %v, and a reviewer reads of %s: %s", blind, name, read)
				}
			}
		})
	}
}
