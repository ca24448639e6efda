package review_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"jiebang/internal/casttest"
	"jiebang/internal/db"
	"jiebang/internal/fault"
	"jiebang/internal/kinds"
	"jiebang/internal/policy"
	"jiebang/internal/review"
	"jiebang/internal/work"
)

// house is a cast with a panel and its reviewers.
type house struct {
	*casttest.Cast
	*review.Service
	experts map[uuid.UUID]work.Call
	panel   uuid.UUID
	refs    []uuid.UUID
}

var about = kinds.Subject{Kind: "challenge", ID: uuid.MustParse("0197f000-0000-7000-8000-000000000001"), Title: "低温电解液"}

var rules = review.Rules{
	Criteria: []review.Criterion{{Name: "技术路线", Weight: 6000}, {Name: "指标可达", Weight: 4000}}, Threshold: 80_000, MinReviewers: 3,
	Outliers: review.KeepAll, Ties: review.ByCriteria, Decides: review.ByMean,
}

// each runs fn on both databases with a panel of two items and four reviewers, drawn of six.
func each(t *testing.T, rules review.Rules, fn func(h *house)) {
	t.Helper()
	casttest.Each(t, func(c *casttest.Cast) {
		h := &house{Cast: c, Service: review.New(c.Unit), experts: map[uuid.UUID]work.Call{}, refs: []uuid.UUID{work.NewID(), work.NewID()}}
		fn(h.begin(rules))
	})
}

func (h *house) begin(rules review.Rules) *house {
	h.Helper()
	secret, commitment := review.NewSecret()
	in := review.Input{Rules: rules, Blind: true, Items: h.refs, Draw: review.Drawing{Commitment: commitment, Secret: secret, Receipts: []string{"sha-256:1", "sha-256:2"}, Wanted: 4}}
	for i := range 6 {
		expert := h.Person(fmt.Sprintf("expert%d", i))
		h.experts[expert.Actor.Account] = expert
		in.Draw.Candidates = append(in.Draw.Candidates, review.Candidate{Account: expert.Actor.Account, Fields: []string{"materials"}})
	}
	_, err := h.Unit.Do(h.Context(), h.Operator, func(tx *work.Tx) error {
		p, err := review.Create(tx, about, in)
		if err == nil {
			h.panel = p.ID
		}
		return err
	})
	h.Must(err)
	return h
}

// part is one reviewer's: who they are, and their review.
type part struct {
	work.Call
	id uuid.UUID
}

func (h *house) parts() []part {
	h.Helper()
	rows, err := review.Reviewers(h.Unit.Query(h.Context()), h.panel)
	h.Must(err)
	out := make([]part, len(rows))
	for i, r := range rows {
		out[i] = part{h.experts[r.AccountID], r.ID}
	}
	return out
}

func (h *house) items() []review.Item {
	h.Helper()
	items, err := review.Items(h.Unit.Query(h.Context()), h.panel)
	h.Must(err)
	return items
}

func (h *house) see(p part) review.ReviewView {
	h.Helper()
	v, err := h.GetReview(h.Context(), p.Actor, p.id)
	h.Must(err)
	return v
}

func (h *house) accept(parts ...part) {
	h.Helper()
	for _, p := range parts {
		casttest.Change(h.Cast, p.Call, h.Service.Accept, p.id, h.see(p).Version)
	}
}

func marks(scores ...review.Score) (out []review.Mark) {
	for _, s := range scores {
		out = append(out, review.Mark{Score: s, Reason: "方案可行"})
	}
	return out
}

func (h *house) score(p part, item uuid.UUID, final bool, scores ...review.Score) error {
	_, err := h.Score(h.Context(), p.Call, p.id, h.see(p).Version, review.ScoreInput{Item: item, Marks: marks(scores...), Final: final})
	return err
}

func (h *house) panelNow() review.PanelView {
	h.Helper()
	v, err := h.Get(h.Context(), h.Operator.Actor, h.panel)
	h.Must(err)
	return v
}

func (h *house) close() error {
	_, err := h.CloseScoring(h.Context(), h.Operator, h.panel, h.panelNow().Version)
	return err
}

func (h *house) finish() error {
	_, err := h.Finish(h.Context(), h.Operator, h.panel, h.panelNow().Version)
	return err
}

// agree has whoever leads the consensus on an item record it, and gives who that was.
func (h *house) agree(item uuid.UUID) (by part) {
	h.Helper()
	for _, p := range h.parts() {
		v := h.see(p)
		if !slices.ContainsFunc(v.Items, func(x review.ItemView) bool { return x.ID == item && x.Leads }) {
			continue
		}
		_, err := h.Agree(h.Context(), p.Call, p.id, v.Version, review.AgreeInput{Item: item, Score: 80_000, Reason: "经合议，方案总体可行"})
		h.Must(err)
		return p
	}
	h.Fatalf("nobody leads the consensus on %s", item)
	return by
}

// Whichever figure decides, both are kept: nothing is finished before they have agreed on every item. On one that the leader has left to the others
// the next in the order records it, and nobody else; and they agree anew once somebody has joined.
func TestNothingIsFinishedWithoutAConsensus(t *testing.T) {
	for _, by := range []review.Decider{review.ByMean, review.ByConsensus} {
		some := rules
		some.Decides = by
		each(t, some, func(h *house) {
			parts, items := h.parts(), h.items()
			h.accept(parts...)
			_, err := h.Recuse(h.Context(), parts[0].Call, parts[0].id, h.see(parts[0]).Version, review.RecuseInput{Item: items[0].ID, Reason: "与申报团队有合作"})
			h.Must(err)
			for i, p := range parts {
				if i > 0 {
					h.Must(h.score(p, items[0].ID, true, 81_000, 81_000))
				}
				h.Must(h.score(p, items[1].ID, true, 79_000, 79_000))
			}
			h.Must(h.close())
			h.Refused(h.finish(), fault.ScoresMissing)
			if slices.Contains(h.panelNow().Actions, "finishReviewPanel") {
				h.Error("told that it may be finished")
			}
			_, err = h.Agree(h.Context(), parts[0].Call, parts[0].id, h.see(parts[0]).Version, review.AgreeInput{Item: items[0].ID, Score: 99_000, Reason: "组长已回避该项"})
			h.Refused(err, fault.NotTheChair)
			if p := h.agree(items[0].ID); p.id != parts[1].id {
				h.Errorf("%s leads, not the second", p.id)
			}
			h.Refused(h.finish(), fault.ScoresMissing)
			if p := h.agree(items[1].ID); p.id != parts[0].id {
				h.Errorf("%s leads, not the first", p.id)
			}

			// Somebody leaves, and a substitute scores: what was agreed on without them is agreed on anew.
			_, err = h.Refuse(h.Context(), parts[3].Call, parts[3].id, h.see(parts[3]).Version, review.RefuseInput{Reason: review.TooMany})
			h.Must(err)
			_, err = h.Unit.Do(h.Context(), h.Operator, func(tx *work.Tx) error {
				return review.Redraw(tx, h.panel, review.Redrawing{Wanted: 1, Reason: "一名专家退出"})
			})
			h.Must(err)
			fresh := h.parts()[3]
			h.accept(fresh)
			for _, item := range items {
				h.Must(h.score(fresh, item.ID, true, 80_000, 80_000))
			}
			h.Must(h.close())
			h.Refused(h.finish(), fault.ScoresMissing)
			for _, item := range items {
				h.agree(item.ID)
			}
			if !slices.Contains(h.panelNow().Actions, "finishReviewPanel") {
				h.Error("not told that it may be finished")
			}
			h.Must(h.finish())
			for _, r := range h.panelNow().Results {
				if r.Mean == nil || r.Consensus == nil || r.Passes != (by == review.ByConsensus || r.Item == items[0].ID) {
					h.Errorf("by %s: %+v", by, r)
				}
			}
			report, err := h.Service.Verify(h.Context())
			h.Must(err)
			if len(report.Problems) > 0 {
				h.Errorf("%v", report.Problems)
			}
		})
	}
}

func TestAReviewFromTheDrawToTheResult(t *testing.T) {
	each(t, rules, func(h *house) {
		parts, items := h.parts(), h.items()
		if len(parts) != 4 {
			h.Fatalf("%d reviewers", len(parts))
		}
		for _, item := range items {
			if item.ID.Version() != 4 || item.ID == item.RefID || len(item.Pseudonym) != 5 {
				h.Errorf("item %+v", item)
			}
		}
		// Before they accept they score nothing, and see no item.
		h.Refused(h.score(parts[0], items[0].ID, false, 80_000, 80_000), fault.WrongState)
		if v := h.see(parts[0]); len(v.Items) != 0 {
			h.Error("who has not accepted sees items")
		}
		h.accept(parts...)
		first := h.see(parts[0])
		if len(first.Items) != 2 || !first.Leads || h.see(parts[1]).Leads {
			h.Errorf("%d items, leads: %t", len(first.Items), first.Leads)
		}

		// Nobody sees others' scores of an item before their own are final for it.
		h.Must(h.score(parts[1], items[0].ID, true, 82_000, 82_000))
		h.Must(h.score(parts[0], items[0].ID, false, 78_000, 78_000))
		if v := h.see(parts[0]); len(v.Items[0].Others) != 0 || v.Items[0].Sheet.State != review.Draft {
			h.Error("a draft shows what others gave")
		}
		h.Must(h.score(parts[0], items[0].ID, true, 78_000, 78_000))
		if v := h.see(parts[0]); len(v.Items[0].Others) != 1 || len(v.Items[1].Others) != 0 {
			h.Errorf("%d and %d are seen", len(v.Items[0].Others), len(v.Items[1].Others))
		}
		h.Refused(h.score(parts[0], items[0].ID, true, 90_000, 90_000), fault.WrongState)
		operator, err := h.GetReview(h.Context(), h.Operator.Actor, parts[0].id)
		h.Must(err)
		if len(operator.Items) != 0 || h.panelNow().Results != nil {
			h.Error("the bureau sees scores before scoring is over")
		}
		h.Must(h.score(parts[2], items[0].ID, true, 80_000, 80_000))
		h.Refused(h.close(), fault.ScoresMissing)

		// CH-21: who recuses themselves is not a zero.
		_, err = h.Recuse(h.Context(), parts[3].Call, parts[3].id, h.see(parts[3]).Version, review.RecuseInput{Item: items[0].ID, Reason: "与申报团队有合作"})
		h.Must(err)
		h.Refused(h.score(parts[3], items[0].ID, true, 0, 0), fault.WrongState)
		for i, p := range parts {
			h.Must(h.score(p, items[1].ID, true, review.Score(70_000+i), 70_000))
		}
		h.Must(h.close())
		v := h.panelNow()
		if v.State != review.Consensus || len(v.Results) != 2 {
			h.Fatalf("%s, %d results", v.State, len(v.Results))
		}
		if r := v.Results[0]; r.Item != items[0].ID || r.Mean.String() != "80" || !r.Passes || r.Sheets != 3 || r.Rank != 1 {
			h.Errorf("%+v", r)
		}
		if r := v.Results[1]; r.Mean.String() != "70" && r.Mean.String() != "70.000…" || r.Passes || r.Rank != 2 {
			h.Errorf("%+v, %s", r, r.Mean)
		}
		if v := h.see(parts[3]); len(v.Items[0].Others) != 0 {
			h.Error("who recused themselves sees what others gave")
		}

		agree := review.AgreeInput{Item: items[0].ID, Score: 81_000, Reason: "经合议，方案总体可行"}
		_, err = h.Agree(h.Context(), parts[1].Call, parts[1].id, h.see(parts[1]).Version, agree)
		h.Refused(err, fault.NotTheChair)
		_, err = h.Agree(h.Context(), parts[0].Call, parts[0].id, h.see(parts[0]).Version, agree)
		h.Must(err)
		h.Refused(h.finish(), fault.ScoresMissing) // they have not agreed on the other
		h.agree(items[1].ID)
		h.Must(h.finish())
		public, err := h.Get(h.Context(), policy.Actor{}, h.panel)
		h.Must(err)
		if len(public.Draws) != 1 || public.Results != nil || public.Items != nil || public.Draws[0].Check(public.Draws[0].Drawn) != nil {
			h.Errorf("everybody sees %+v", public)
		}
		v = h.panelNow()
		if *v.Results[0].Consensus != 81_000 || v.Results[0].Mean.String() != "80" {
			h.Errorf("both are kept: %+v", v.Results[0])
		}

		report, err := h.Service.Verify(h.Context())
		h.Must(err)
		if report.Panels != 1 || report.Draws != 1 || len(report.Problems) > 0 {
			h.Errorf("%+v", report)
		}
		h.Must(h.DB.Writer.Exec("UPDATE review_draws SET secret = ?", strings.Repeat("00", 32)).Error)
		h.Must(h.DB.Writer.Exec("UPDATE reviews SET state = 'resigned' WHERE id = ?", parts[0].id).Error)
		report, err = h.Service.Verify(h.Context())
		h.Must(err)
		if told := strings.Join(report.Problems, "\n"); !strings.Contains(told, "secret") || !strings.Contains(told, "results") || !strings.Contains(told, "review "+parts[0].id.String()) {
			h.Errorf("tampering is told as %s", told)
		}
	})
}

// CH-21: with two left there is no result, and a substitute is drawn by the same seed.
func TestASubstituteIsDrawnInTheSameOrder(t *testing.T) {
	each(t, rules, func(h *house) {
		parts, items := h.parts(), h.items()
		h.accept(parts[:3]...)
		_, err := h.Refuse(h.Context(), parts[3].Call, parts[3].id, 1, review.RefuseInput{Reason: review.TooMany})
		h.Must(err)
		for _, p := range parts[:3] {
			for _, item := range items {
				h.Must(h.score(p, item.ID, true, 80_000, 80_000))
			}
		}
		_, err = h.Refuse(h.Context(), parts[2].Call, parts[2].id, h.see(parts[2]).Version, review.RefuseInput{Reason: review.Conflict, Note: "发现利益关系"})
		h.Must(err)
		h.Refused(h.close(), fault.ScoresMissing)
		results, err := review.ResultsOf(h.Unit.Query(h.Context()), &review.Panel{Head: work.Head{ID: h.panel}, Rules: rules})
		h.Must(err)
		if results[0].Mean != nil || results[0].Passes {
			h.Errorf("two reviewers make %+v", results[0])
		}
		if v := h.see(parts[2]); len(v.Items) != 0 {
			h.Error("who resigned sees items")
		}

		redraw := func(n int, excluded ...review.Excluded) error {
			_, err := h.Unit.Do(h.Context(), h.Operator, func(tx *work.Tx) error {
				return review.Redraw(tx, h.panel, review.Redrawing{Wanted: n, Excluded: excluded, Reason: "一名专家退出"})
			})
			return err
		}
		h.Refused(redraw(3), fault.InvalidInput) // two of four are missing
		h.Must(redraw(1))
		draws, err := review.Draws(h.Unit.Query(h.Context()), h.panel)
		h.Must(err)
		all := make([]uuid.UUID, 0, 6)
		for _, c := range draws[0].Candidates {
			all = append(all, c.Account)
		}
		order := review.Draw(review.Seed(draws[0].Receipts, draws[0].Secret), all, 6)
		if !slices.Equal(draws[0].Drawn, order[:4]) || !slices.Equal(draws[1].Drawn, order[4:5]) || draws[1].Reason == "" {
			h.Errorf("drawn %v and %v of %v", draws[0].Drawn, draws[1].Drawn, order)
		}
		fresh := h.parts()[2]
		h.accept(fresh)
		h.Refused(h.close(), fault.ScoresMissing)
		for _, item := range items {
			h.Must(h.score(fresh, item.ID, true, 90_000, 90_000))
		}
		h.Must(h.close())
		report, err := h.Service.Verify(h.Context())
		h.Must(err)
		if report.Draws != 2 || len(report.Problems) > 0 {
			h.Errorf("%+v", report)
		}
	})
}

func TestWhatIsWithdrawnIsNotScored(t *testing.T) {
	each(t, rules, func(h *house) {
		parts, items := h.parts(), h.items()
		h.accept(parts...)
		for _, p := range parts {
			h.Must(h.score(p, items[0].ID, true, 80_000, 80_000))
		}
		gone := items[1]
		h.Must(h.score(parts[0], gone.ID, false, 80_000, 80_000))
		if _, _, err := review.ItemFor(h.Unit.Query(h.Context()), parts[0].Actor, gone.ID); err != nil {
			h.Error(err)
		}
		_, err := h.Unit.Do(h.Context(), h.Operator, func(tx *work.Tx) error { return review.WithdrawItem(tx, h.panel, gone.RefID) })
		h.Must(err)
		h.Refused(h.score(parts[0], gone.ID, true, 80_000, 80_000), fault.ItemWithdrawn)
		_, _, err = review.ItemFor(h.Unit.Query(h.Context()), parts[0].Actor, gone.ID)
		h.Refused(err, fault.NotVisible)
		h.Must(h.close())
		if v := h.panelNow(); len(v.Results) != 1 {
			h.Errorf("%d results", len(v.Results))
		}
	})
}

func TestBadScoresAndRulesAreRefused(t *testing.T) {
	each(t, rules, func(h *house) {
		parts, items := h.parts(), h.items()
		h.accept(parts[0])
		for name, scores := range map[string][]review.Score{"above": {100_001, 0}, "below": {-1, 0}, "one missing": {80_000}, "one too many": {1, 2, 3}, "none": nil} {
			if err := h.score(parts[0], items[0].ID, true, scores...); !fault.InvalidInput.Of(err) {
				h.Errorf("%s: %v", name, err)
			}
		}
		h.Refused(h.score(parts[0], uuid.New(), true, 1, 1), fault.InvalidInput)
		_, err := h.Score(h.Context(), parts[0].Call, parts[0].id, h.see(parts[0]).Version, review.ScoreInput{Item: items[0].ID, Marks: []review.Mark{{Score: 1}, {Score: 2}}, Final: true})
		h.Refused(err, fault.InvalidInput) // without reasons
		_, err = h.Score(h.Context(), parts[1].Call, parts[0].id, h.see(parts[0]).Version, review.ScoreInput{Item: items[0].ID, Marks: marks(1, 1)})
		h.Refused(err, fault.NotVisible) // nobody reviews for another

		for name, change := range map[string]func(*review.Rules){
			"weights short of the whole": func(r *review.Rules) { r.Criteria = []review.Criterion{{Name: "一项", Weight: 9999}} },
			"weights above the whole": func(r *review.Rules) {
				r.Criteria = []review.Criterion{{Name: "一项", Weight: 9999}, {Name: "又一项", Weight: 2}}
			},
			"a weight of nothing": func(r *review.Rules) {
				r.Criteria = []review.Criterion{{Name: "一项", Weight: 10000}, {Name: "又一项"}}
			},
			"no criteria":                  func(r *review.Rules) { r.Criteria = nil },
			"two reviewers":                func(r *review.Rules) { r.MinReviewers = 2 },
			"a threshold above the most":   func(r *review.Rules) { r.Threshold = 100_001 },
			"dropping of too few":          func(r *review.Rules) { r.Outliers, r.OutliersFrom = review.DropHighestLowest, 4 },
			"a rule for ties that is none": func(r *review.Rules) { r.Ties = "first_come" },
		} {
			r := rules
			change(&r)
			h.Refused(r.Check(), fault.InvalidInput)
			if r.Check() == nil {
				h.Error(name)
			}
		}

		secret, _ := review.NewSecret()
		_, other := review.NewSecret()
		draw := review.Drawing{Secret: secret, Commitment: other, Receipts: []string{"sha-256:1"}, Wanted: 3, Candidates: []review.Candidate{{Account: uuid.New()}, {Account: uuid.New()}, {Account: uuid.New()}}}
		_, err = h.Unit.Do(h.Context(), h.Operator, func(tx *work.Tx) error {
			_, err := review.Create(tx, about, review.Input{Rules: rules, Items: h.refs, Draw: draw})
			return err
		})
		h.Refused(err, fault.DrawNotCommitted)
		draw.Receipts = nil
		_, err = h.Unit.Do(h.Context(), h.Operator, func(tx *work.Tx) error {
			_, err := review.Create(tx, about, review.Input{Rules: rules, Items: h.refs, Draw: draw})
			return err
		})
		h.Refused(err, fault.InvalidInput)
	})
}

// A list shows what Check allows, to each of those who may stand towards a panel.
func TestWhoKnowsOfAPanel(t *testing.T) {
	each(t, rules, func(h *house) {
		parts := h.parts()
		stranger := h.Person("stranger")
		left := work.Call{}
		for account, call := range h.experts {
			if !slices.ContainsFunc(parts, func(p part) bool { return p.Actor.Account == account }) {
				left = call
			}
		}
		for name, c := range map[string]struct {
			by    policy.Actor
			knows bool
		}{
			"the bureau": {h.Operator.Actor, true}, "a reviewer": {parts[0].Actor, true}, "an expert who was not drawn": {left.Actor, false},
			"a stranger": {stranger.Actor, false}, "a visitor": {policy.Actor{}, false},
		} {
			_, err := h.Get(h.Context(), c.by, h.panel)
			page, listing := h.List(h.Context(), c.by, review.PanelFilter{}, db.Paging{Limit: 10})
			h.Must(listing)
			if (err == nil) != c.knows || (len(page.Items) == 1) != c.knows {
				h.Errorf("%s: %v, %d listed", name, err, len(page.Items))
			}
		}
		_, err := h.CloseScoring(h.Context(), parts[0].Call, h.panel, 1)
		h.Refused(err, fault.NotAllowed)
	})
}
