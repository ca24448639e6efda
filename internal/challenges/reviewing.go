package challenges

import (
	"context"
	"slices"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/fault"
	"jiebang/internal/keys"
	"jiebang/internal/people"
	"jiebang/internal/policy"
	"jiebang/internal/programmes"
	"jiebang/internal/review"
	"jiebang/internal/when"
	"jiebang/internal/work"
)

// BeginReview draws reviewers for what was opened from the register of experts, by field and chain and by a seed that nobody could choose, and
// asks them; wanted is how many, and 0 as many as the round takes at least. Who belongs to the poster or to a member of a bid, or has declared
// another tie to one of them, is passed over, with the reason kept.
func (s *Service) BeginReview(ctx context.Context, call work.Call, id uuid.UUID, version int64, wanted int) (Answer, error) {
	return s.records().Change(ctx, s.unit, call, id, version, Steps.Named("rank").Action, func(tx *work.Tx, c *Challenge) error {
		if err := c.reviewable(); err != nil {
			return err
		}
		round, err := roundOf(tx.DB, c)
		if err != nil {
			return err
		}
		drawing, err := s.drawing(tx, c, wanted, round.Rules)
		if err != nil {
			return err
		}
		items, err := eligible(tx.DB, c)
		if err != nil {
			return err
		}
		panel, err := review.Create(tx, c.subject(), review.Input{Rules: round.Rules.Panel(), Blind: round.Rules.Blind, Items: items, Draw: drawing})
		if err != nil {
			return err
		}
		c.PanelID = &panel.ID
		return nil
	})
}

// reviewable refuses a second panel for one publication.
func (c *Challenge) reviewable() error {
	if err := work.In(c.State, Reviewing); err != nil {
		return err
	}
	if c.PanelID != nil {
		return fault.WrongState.Because("该榜题已有评审组。", "The challenge has a panel already.")
	}
	return nil
}

// drawing is all by which the draw is made and can be repeated.
func (s *Service) drawing(tx *work.Tx, c *Challenge, wanted int, rules programmes.Rules) (review.Drawing, error) {
	d := review.Drawing{Commitment: c.SecretDigest, Wanted: max(wanted, rules.Reviewers)}
	key, err := keys.Inner(tx.DB, tx.Secrets(), c.ID)
	if err != nil {
		return d, err
	}
	if d.Secret, err = key.Unseal(c.SealedSecret, secretPlace(c.ID)); err != nil {
		return d, err
	}
	if err := handedIn(tx.DB, c).Order("receipt").Pluck("receipt", &d.Receipts).Error; err != nil {
		return d, err
	}
	today := when.DayOf(tx.Now)
	if d.Candidates, err = registered(tx.DB, c, today); err != nil {
		return d, err
	}
	d.Excluded, err = tiedAmong(tx.DB, c, d.Candidates, today)
	return d, err
}

// registered are the experts whom the register has for a challenge on a day, by field and chain.
func registered(q *gorm.DB, c *Challenge, day when.Day) ([]review.Candidate, error) {
	experts, err := people.ExpertsFor(q, day, []string{c.Field}, c.Chains)
	out := make([]review.Candidate, len(experts))
	for i, e := range experts {
		out[i] = review.Candidate{Account: e.Account, Fields: e.Fields}
	}
	return out, err
}

// tiedAmong tells which candidates are tied to the poster or to a bid, in their order.
func tiedAmong(q *gorm.DB, c *Challenge, candidates []review.Candidate, day when.Day) ([]review.Excluded, error) {
	accounts := make([]uuid.UUID, len(candidates))
	for i, x := range candidates {
		accounts[i] = x.Account
	}
	x, err := circleOf(q, c)
	if err != nil {
		return nil, err
	}
	found, err := x.tied(q, accounts, day)
	var out []review.Excluded
	for _, account := range accounts {
		if how, is := found[account]; is {
			out = append(out, review.Excluded{Account: account, Reason: how})
		}
	}
	return out, err
}

// RedrawInput says how many substitutes are drawn, and why; 0: as many as are missing.
type RedrawInput struct {
	Wanted int
	Reason string
}

// gone is why somebody is not drawn who was in the register when the first reviewers were.
const gone = "no longer in the register for this field"

// RedrawReview draws substitutes for reviewers who refused, resigned, recused themselves, left the register or are tied by now, by the seed of
// the first draw and with a reason that is kept.
func (s *Service) RedrawReview(ctx context.Context, call work.Call, id uuid.UUID, version int64, in RedrawInput) (Answer, error) {
	return s.records().Change(ctx, s.unit, call, id, version, policy.ChallengeReview, func(tx *work.Tx, c *Challenge) error {
		if err := c.redrawable(); err != nil {
			return err
		}
		draws, err := review.Draws(tx.DB, *c.PanelID)
		if err != nil {
			return err
		}
		today := when.DayOf(tx.Now)
		now, err := registered(tx.DB, c, today)
		if err != nil {
			return err
		}
		var out []review.Excluded
		for _, x := range draws[len(draws)-1].Candidates { // of all draws: a redraw takes over those of the one before
			if !slices.ContainsFunc(now, func(y review.Candidate) bool { return y.Account == x.Account }) {
				out = append(out, review.Excluded{Account: x.Account, Reason: gone})
			}
		}
		tied, err := tiedAmong(tx.DB, c, now, today)
		if err != nil {
			return err
		}
		return review.Redraw(tx, *c.PanelID, review.Redrawing{Wanted: in.Wanted, Excluded: append(tied, out...), Register: now, Reason: in.Reason})
	})
}

// redrawable refuses a redraw before there is a panel, and after the review.
func (c *Challenge) redrawable() error {
	if err := work.In(c.State, Reviewing); err != nil {
		return err
	}
	if c.PanelID == nil {
		return fault.WrongState.Because("该榜题尚未抽取评审专家。", "No reviewers were drawn yet.")
	}
	return nil
}

// verdicts tells of each bid that was reviewed, and stands still, whether it reaches the threshold; finished is false until reviewers are done.
func verdicts(q *gorm.DB, c *Challenge) (passes map[uuid.UUID]bool, finished bool, err error) {
	passes = map[uuid.UUID]bool{}
	if c.PanelID == nil {
		return passes, false, nil
	}
	panel, err := work.Load[review.Panel](q, *c.PanelID)
	if err != nil || panel.State != review.Finished {
		return passes, false, err
	}
	items, err := review.Items(q, panel.ID)
	if err != nil {
		return nil, false, err
	}
	standing, err := eligible(q, c)
	if err != nil {
		return nil, false, err
	}
	of := map[uuid.UUID]uuid.UUID{}
	for _, i := range items {
		of[i.ID] = i.RefID
	}
	for _, r := range panel.Results {
		if slices.Contains(standing, of[r.Item]) {
			passes[of[r.Item]] = r.Passes
		}
	}
	return passes, true, nil
}

// ConcludeReview hands what reviewers found to the poster; at least one bid reaches the threshold.
func (s *Service) ConcludeReview(ctx context.Context, call work.Call, id uuid.UUID, version int64) (Answer, error) {
	return s.conclusion(ctx, call, id, version, "rank", "", true)
}

// Dismiss ends a review in which no bid reached the threshold, or of which none that did stands any more: the challenge is unclaimed and may be
// published again.
func (s *Service) Dismiss(ctx context.Context, call work.Call, id uuid.UUID, version int64, reason string) (Answer, error) {
	return s.conclusion(ctx, call, id, version, "fail_review", reason, false)
}

func (s *Service) conclusion(ctx context.Context, call work.Call, id uuid.UUID, version int64, step, reason string, some bool) (Answer, error) {
	return s.step(ctx, call, id, version, step, reason, func(tx *work.Tx, c *Challenge) error {
		passes, finished, err := verdicts(tx.DB, c)
		if err != nil {
			return err
		}
		if !finished {
			return fault.ReviewRuns.New()
		}
		passing := 0
		for _, passed := range passes {
			if passed {
				passing++
			}
		}
		switch {
		case some && passing == 0:
			return fault.NonePasses.New()
		case !some && passing > 0:
			return fault.SomePass.Because("有 %[1]d 份达到入围线。", "%[1]d bids reach the threshold.", passing)
		case some:
			return c.tellPoster(tx, posterReviewed)
		}
		if err := c.answerBy(tx); err != nil {
			return err
		}
		if err := c.tellPoster(tx, posterUnpassed); err != nil {
			return err
		}
		return s.outcomes(tx, c, nil, bidLost)
	})
}
