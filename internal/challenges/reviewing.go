package challenges

import (
	"context"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/accounts"
	"jiebang/internal/fault"
	"jiebang/internal/keys"
	"jiebang/internal/orgs"
	"jiebang/internal/programmes"
	"jiebang/internal/review"
	"jiebang/internal/work"
)

// Calling is what beginning a review takes.
type Calling struct {
	Experts []string // user names of those who may be drawn
	Wanted  int      // how many are drawn; 0: as many as the round takes at least
}

// BeginReview draws reviewers for what was opened, by a seed that nobody could choose, and asks them. Who belongs to the poster or to a member of
// a bid is passed over, with the reason kept.
func (s *Service) BeginReview(ctx context.Context, call work.Call, id uuid.UUID, version int64, in Calling) (Answer, error) {
	return s.records().Change(ctx, s.unit, call, id, version, stepNamed("rank").Action, func(tx *work.Tx, c *Challenge) error {
		if err := c.reviewable(); err != nil {
			return err
		}
		round, err := roundOf(tx.DB, c)
		if err != nil {
			return err
		}
		drawing, err := s.drawing(tx, c, in, round.Rules)
		if err != nil {
			return err
		}
		var items []uuid.UUID
		if err := tx.Model(&Bid{}).Where("challenge_id = ? AND nth = ? AND state = ?", c.ID, c.Nth, BidEligible).Order("id").Pluck("id", &items).Error; err != nil {
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
func (s *Service) drawing(tx *work.Tx, c *Challenge, in Calling, rules programmes.Rules) (review.Drawing, error) {
	d := review.Drawing{Commitment: c.SecretDigest, Wanted: max(in.Wanted, rules.Reviewers)}
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
	seen := map[uuid.UUID]bool{}
	for i, name := range in.Experts {
		account, err := accounts.Find(tx.DB, name, pointerAt("/experts", i))
		if err != nil {
			return d, err
		}
		if !seen[account.ID] {
			d.Candidates = append(d.Candidates, review.Candidate{Account: account.ID})
		}
		seen[account.ID] = true
	}
	d.Excluded, err = tied(tx.DB, c, d.Candidates)
	return d, err
}

// tied tells which candidates belong to the poster or to a member of a bid.
func tied(q *gorm.DB, c *Challenge, candidates []review.Candidate) ([]review.Excluded, error) {
	var bids []Bid
	if err := q.Where("challenge_id = ? AND nth = ? AND state = ?", c.ID, c.Nth, BidEligible).Order("id").Find(&bids).Error; err != nil {
		return nil, err
	}
	codes := map[string]bool{}
	for _, b := range bids {
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
	why := map[uuid.UUID]string{}
	for _, o := range rows {
		switch {
		case o.ID == c.OwnerID:
			why[o.ID] = "member of the poster"
		case codes[o.CreditCode]:
			why[o.ID] = "member of a bidder"
		}
	}
	var out []review.Excluded
	for _, x := range candidates {
		for _, o := range member[x.Account] {
			if why[o] != "" {
				out = append(out, review.Excluded{Account: x.Account, Reason: why[o]})
				break
			}
		}
	}
	return out, nil
}

// Ranked is what reviewers found about a bid.
type Ranked struct {
	Rank   int
	Passes bool
	Mean   string
}

// ranking is what reviewers found about the bids of a challenge, once they are done.
func ranking(q *gorm.DB, c *Challenge) (map[uuid.UUID]Ranked, error) {
	out := map[uuid.UUID]Ranked{}
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
		x := Ranked{Rank: r.Rank, Passes: r.Passes}
		if r.Mean != nil {
			x.Mean = r.Mean.String()
		}
		out[of[r.Item]] = x
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
		ranks, err := ranking(tx.DB, c)
		if err != nil {
			return err
		}
		if len(ranks) == 0 {
			return fault.ReviewRuns.New()
		}
		passing := 0
		for _, r := range ranks {
			if r.Passes {
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
		return s.outcomes(tx, c, nil)
	})
}
