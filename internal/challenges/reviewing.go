package challenges

import (
	"cmp"
	"context"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/fault"
	"jiebang/internal/keys"
	"jiebang/internal/orgs"
	"jiebang/internal/people"
	"jiebang/internal/programmes"
	"jiebang/internal/review"
	"jiebang/internal/when"
	"jiebang/internal/work"
)

// BeginReview draws reviewers for what was opened from the register of experts, by field and chain and by a seed that nobody could choose, and
// asks them; wanted is how many, and 0 as many as the round takes at least. Who belongs to the poster or to a member of a bid, or has declared
// another tie to one of them, is passed over, with the reason kept.
func (s *Service) BeginReview(ctx context.Context, call work.Call, id uuid.UUID, version int64, wanted int) (Answer, error) {
	return s.records().Change(ctx, s.unit, call, id, version, stepNamed("rank").Action, func(tx *work.Tx, c *Challenge) error {
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
		var items []uuid.UUID
		if err := eligible(tx.DB, c).Pluck("id", &items).Error; err != nil {
			return err
		}
		panel, err := review.Create(tx, c.subject(), review.Input{Rules: scoring(round.Rules), Blind: round.Rules.Blind, Items: items, Draw: drawing})
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

// scoring are the round's rules as a panel goes by them: the mean decides, ties by the criteria in the order of their weights.
func scoring(r programmes.Rules) review.Rules {
	out := review.Rules{
		Threshold: review.Score(r.Threshold), MinReviewers: r.Reviewers, Outliers: review.KeepAll, Ties: review.ByCriteria, Decides: review.ByMean,
	}
	for _, c := range r.Criteria {
		out.Criteria = append(out.Criteria, review.Criterion{Name: c.Name, Weight: c.Weight})
	}
	return out
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
	experts, err := people.ExpertsFor(tx.DB, today, []string{c.Field}, c.Chains)
	if err != nil {
		return d, err
	}
	for _, e := range experts {
		d.Candidates = append(d.Candidates, review.Candidate{Account: e.Account, Fields: e.Fields})
	}
	d.Excluded, err = tied(tx.DB, c, d.Candidates, today)
	return d, err
}

// tied tells which candidates belong to the poster or to a member of a bid, or have declared a tie to one of them.
func tied(q *gorm.DB, c *Challenge, candidates []review.Candidate, day when.Day) ([]review.Excluded, error) {
	var bids []Bid
	if err := eligible(q, c).Find(&bids).Error; err != nil {
		return nil, err
	}
	codes, leads := map[string]bool{}, map[uuid.UUID]bool{}
	for _, b := range bids {
		leads[b.OwnerID] = true
		for _, code := range b.Document.codes() {
			codes[code] = true
		}
	}
	accounts := make([]uuid.UUID, len(candidates))
	for i, x := range candidates {
		accounts[i] = x.Account
	}
	member, err := orgs.MembershipsOf(q, accounts)
	if err != nil {
		return nil, err
	}
	var organizations []uuid.UUID
	for _, of := range member {
		organizations = append(organizations, of...)
	}
	rows, err := work.ByIDs[orgs.Organization](q, organizations)
	if err != nil {
		return nil, err
	}
	declared, err := people.TiesOf(q, accounts, day)
	if err != nil {
		return nil, err
	}
	poster, err := work.Load[orgs.Organization](q, c.OwnerID)
	if err != nil {
		return nil, err
	}
	stands := func(id uuid.UUID, code string) string {
		switch {
		case id == poster.ID || code != "" && code == poster.CreditCode:
			return "tied to the poster"
		case leads[id] || codes[code]:
			return "tied to a bidder"
		}
		return ""
	}
	of := make(map[uuid.UUID]string, len(rows))
	for _, o := range rows {
		of[o.ID] = o.CreditCode
	}
	var out []review.Excluded
	for _, x := range candidates {
		var why string
		for _, id := range member[x.Account] {
			why = cmp.Or(why, stands(id, of[id]))
		}
		for _, t := range declared[x.Account] {
			id := uuid.Nil
			if t.OrganizationID != nil {
				id = *t.OrganizationID
			}
			why = cmp.Or(why, stands(id, t.OrganizationCode))
		}
		if why != "" {
			out = append(out, review.Excluded{Account: x.Account, Reason: why})
		}
	}
	return out, nil
}

// verdicts tells of each bid that was reviewed whether it reaches the threshold; of none until reviewers are done.
func verdicts(q *gorm.DB, c *Challenge) (map[uuid.UUID]bool, error) {
	out := map[uuid.UUID]bool{}
	if c.PanelID == nil {
		return out, nil
	}
	panel, err := work.Load[review.Panel](q, *c.PanelID)
	if err != nil || panel.State != review.Finished {
		return out, err
	}
	items, err := review.Items(q, panel.ID)
	if err != nil {
		return nil, err
	}
	of := map[uuid.UUID]uuid.UUID{}
	for _, i := range items {
		of[i.ID] = i.RefID
	}
	for _, r := range panel.Results {
		out[of[r.Item]] = r.Passes
	}
	return out, nil
}

// ConcludeReview hands what reviewers found to the poster; at least one bid reaches the threshold.
func (s *Service) ConcludeReview(ctx context.Context, call work.Call, id uuid.UUID, version int64) (Answer, error) {
	return s.conclusion(ctx, call, id, version, "rank", "", true)
}

// Dismiss ends a review in which no bid reached the threshold: the challenge is unclaimed and may be published again.
func (s *Service) Dismiss(ctx context.Context, call work.Call, id uuid.UUID, version int64, reason string) (Answer, error) {
	return s.conclusion(ctx, call, id, version, "fail_review", reason, false)
}

func (s *Service) conclusion(ctx context.Context, call work.Call, id uuid.UUID, version int64, step, reason string, some bool) (Answer, error) {
	return s.step(ctx, call, id, version, step, reason, func(tx *work.Tx, c *Challenge) error {
		passes, err := verdicts(tx.DB, c)
		if err != nil {
			return err
		}
		if len(passes) == 0 {
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
			return nil
		}
		if err := c.answerBy(tx); err != nil {
			return err
		}
		return s.outcomes(tx, c, nil)
	})
}
