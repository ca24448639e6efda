package challenges

import (
	"context"
	"fmt"
	"slices"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/db"
	"jiebang/internal/deals"
	"jiebang/internal/fault"
	"jiebang/internal/kinds"
	"jiebang/internal/money"
	"jiebang/internal/notices"
	"jiebang/internal/orgs"
	"jiebang/internal/policy"
	"jiebang/internal/programmes"
	"jiebang/internal/review"
	"jiebang/internal/text"
	"jiebang/internal/when"
	"jiebang/internal/work"
)

// subject is the challenge as panels and notices know it.
func (c *Challenge) subject() kinds.Subject {
	return kinds.Subject{Kind: c.Noun(), ID: c.ID, Title: c.Title}
}

func loadLocked(tx *work.Tx, id uuid.UUID) (*Challenge, error) {
	return work.Load[Challenge](db.ForUpdate(tx.DB), id)
}

// Choice is one bid that the poster takes, and why.
type Choice struct {
	Bid    uuid.UUID
	Reason string
}

// Proposal is what the poster says when reviewers are done.
type Proposal struct {
	Reason  string // of all of it
	Winners []Choice
}

// check holds a proposal to the round's rules and to what reviewers found.
func (p Proposal) check(rules programmes.Rules, passes map[uuid.UUID]bool) error {
	var bad fault.Fields
	bad.Length(p.Reason, "/reason", 2, 5000)
	bad.Check(len(p.Winners) >= 1 && len(p.Winners) <= rules.Winners, "/winners", fault.OutOfRange, "本批每题可定 1 至 %[1]d 家", "The round has 1 to %[1]d winners of a challenge", rules.Winners)
	seen := map[uuid.UUID]bool{}
	for i, w := range p.Winners {
		at := pointerAt("/winners", i)
		bad.Check(!seen[w.Bid], at+"/bid_id", fault.Repeated, "同一揭榜申请只列一次", "A bid is named once")
		seen[w.Bid] = true
		bad.Check(passes[w.Bid], at+"/bid_id", fault.NotOffered, "须为评审达到入围线的揭榜申请", "It is a bid that reaches the threshold")
		bad.Length(w.Reason, at+"/reason", 2, 5000)
	}
	return bad.Err()
}

// Propose says whom the poster takes, with reasons, and makes that public for the period of the round (公示).
func (s *Service) Propose(ctx context.Context, call work.Call, id uuid.UUID, version int64, in Proposal) (Answer, error) {
	a, err := s.step(ctx, call, id, version, "propose", in.Reason, func(tx *work.Tx, c *Challenge) error {
		round, err := roundOf(tx.DB, c)
		if err != nil {
			return err
		}
		passes, _, err := verdicts(tx.DB, c)
		if err != nil {
			return err
		}
		if err := in.check(round.Rules, passes); err != nil {
			return err
		}
		winners := make([]uuid.UUID, len(in.Winners))
		for i, w := range in.Winners {
			winners[i] = w.Bid
		}
		if err := stand(tx, c, winners); err != nil {
			return err
		}
		if err := s.standStill(tx, c, winners); err != nil {
			return err
		}
		var lines []notices.Line
		var sum money.Fen
		for i, w := range in.Winners {
			b, err := work.Load[Bid](tx.DB, w.Bid)
			if err != nil {
				return err
			}
			d := b.Document
			price := d.Offer.Price.Fen
			if sum, err = money.Add(sum, price); err != nil || sum > c.Reward.Amount {
				return fault.InvalidInput.At(pointerAt("/winners", i)+"/bid_id", fault.TooMuch, "各家报价合计超过榜金 %[1]s 元", "The prices sum to more than the reward of %[1]s yuan", c.Reward.Amount)
			}
			poster, grant := split(price, c.Reward, round.Rules)
			a := &Award{
				Head: tx.NewHead(), ChallengeID: c.ID, Nth: c.Nth, BidID: b.ID, WinnerID: b.OwnerID, WinnerName: d.Lead.Name, Amount: poster, Grant: grant,
				Reason: w.Reason, State: AwardProposed, Milestones: d.Offer.Milestones,
			}
			if err := work.Insert(tx, proposedAward, a); err != nil {
				return err
			}
			lines = append(lines, notices.Line{Name: d.Lead.Name, Organization: b.OwnerID, CreditCode: d.Lead.Code, What: c.Title, Amount: &price})
		}
		n, err := s.announce(tx, c, round, lines)
		if err != nil {
			return err
		}
		return tellBids(tx, c, winners, proposedNews(n))
	})
	return a, s.fall(ctx, call, id, err)
}

// mostOfTitle is how much of a challenge's title stands in that of its notice, which has a bound of its own.
const mostOfTitle = 150

// announce opens the notice of what is proposed.
func (s *Service) announce(tx *work.Tx, c *Challenge, round programmes.Round, lines []notices.Line) (*notices.Notice, error) {
	r := round.Rules
	in := notices.Input{
		Title: fmt.Sprintf("%s “%s”拟定榜公示", deref(c.Number), text.Clip(c.Title, mostOfTitle)), Text: fmt.Sprintf("榜题 %s 经专家评审、发榜方确认，拟由下列单位揭榜，现予公示。", deref(c.Number)),
		Contact: round.Name, Lines: lines, AnswerDays: r.ObjectionsDays,
		Period: r.Notice,
	}
	poster, err := work.Load[orgs.Organization](tx.DB, c.OwnerID)
	if err != nil {
		return nil, err
	}
	if c.Masked { // its people handle no objection, though the notice does not name it
		if in.Concealed, err = orgs.TiesTo(tx.DB, poster); err != nil {
			return nil, err
		}
	} else {
		in.Text = fmt.Sprintf("榜题 %s（发榜方：%s）经专家评审、发榜方确认，拟由下列单位揭榜，现予公示。", deref(c.Number), poster.Name)
	}
	return notices.Open(tx, c.subject(), in)
}

// Reconsider strikes what was proposed after an objection was upheld, or when a bid that would win has fallen: the poster says anew whom it takes, and that has a notice of its own.
func (s *Service) Reconsider(ctx context.Context, call work.Call, id uuid.UUID, version int64, reason string) (Answer, error) {
	return s.step(ctx, call, id, version, "reconsider", reason, func(tx *work.Tx, c *Challenge) error {
		settlement, _, err := notices.Settled(tx.DB, c.subject())
		if err != nil {
			return err
		}
		fell, err := anyFell(tx, c)
		if err != nil {
			return err
		}
		if !settlement.Upheld() && !fell {
			return fault.NothingUpheld.New()
		}
		if err := notices.Withdraw(tx, c.subject(), reason); err != nil {
			return err
		}
		if err := c.tellPoster(tx, posterReconsider); err != nil {
			return err
		}
		return strike(tx, c)
	})
}

// Award makes what was proposed once its notice is over and every objection answered: each winner gets a deal, the round promises the bureau's
// part, the poster's name is no secret any more, and everyone who took part is answered by a stated day.
func (s *Service) Award(ctx context.Context, call work.Call, id uuid.UUID, version int64) (Answer, error) {
	a, err := s.step(ctx, call, id, version, "award", "", func(tx *work.Tx, c *Challenge) error {
		settlement, over, err := notices.Settled(tx.DB, c.subject())
		if err != nil {
			return err
		}
		switch {
		case settlement.Upheld():
			return fault.ObjectionUpheld.New()
		case !over:
			return fault.NoticeRuns.Because("公示至 %[1]s 止，尚有 %[2]d 件异议未答复。", "The notice runs until %[1]s, and %[2]d objections wait for an answer.", settlement.Notice.LastDay, settlement.Open)
		}
		awards, err := awardsIn(tx.DB, c.ID, AwardProposed)
		if err != nil {
			return err
		}
		winners := make([]uuid.UUID, len(awards))
		for i, a := range awards {
			winners[i] = a.BidID
		}
		if err := stand(tx, c, winners); err != nil {
			return err
		}
		if err := s.standStill(tx, c, winners); err != nil {
			return err
		}
		var grants money.Fen
		for i := range awards {
			a := &awards[i]
			price := a.Amount + a.Grant
			deal, err := deals.OpenAwarded(tx, deals.Award{Challenge: c.ID, Title: c.Title, Poster: c.OwnerID, Winner: a.WinnerID, Need: c.NeedID, Price: &price})
			if err != nil {
				return err
			}
			err = work.Move(tx, a, madeAward, func() error {
				a.DealID = &deal
				return work.Step(&a.State, AwardMade, AwardProposed)
			})
			if err != nil {
				return err
			}
			grants += a.Grant
		}
		if err := programmes.Commit(tx, c.RoundID, c.ID, grants); err != nil {
			return err
		}
		if err := c.answerBy(tx); err != nil {
			return err
		}
		if err := c.tellPoster(tx, posterAwarded); err != nil {
			return err
		}
		return s.outcomes(tx, c, awards, bidLost)
	})
	return a, s.fall(ctx, call, id, err)
}

const bidEnded work.Deed = "bid.end"

// outcomes ends every bid that stands, and tells each: lost is what those hear who are not taken.
func (s *Service) outcomes(tx *work.Tx, c *Challenge, awards []Award, lost fault.Text) error {
	ids, err := eligible(tx.DB, c)
	if err != nil {
		return err
	}
	for _, id := range ids {
		b, err := s.bids().Lock(tx, id)
		if err != nil {
			return err
		}
		to, what := BidLost, lost
		if slices.ContainsFunc(awards, func(a Award) bool { return a.BidID == id }) {
			to, what = BidWon, bidWon
		}
		if err := work.Move(tx, b, bidEnded, func() error { return BidWays.To(&b.State, "end", to) }); err != nil {
			return err
		}
		if err := b.tell(tx, c, what); err != nil {
			return err
		}
	}
	return nil
}

// endBids ends what is under way about the bids of a challenge that is cancelled after its opening: its panel, its notice and what was proposed. Its
// bidders have an outcome and an answer like all others.
func (s *Service) endBids(tx *work.Tx, c *Challenge, reason string) error {
	o, err := openingOf(tx.DB, c)
	if err != nil || o == nil || o.OpenedAt == nil || o.Received == 0 {
		return err
	}
	if !c.AnswersFrom.IsZero() && !c.AnswersFrom.Before(when.DayOf(*o.OpenedAt)) { // it was unclaimed: they have their outcome, and their day
		return nil
	}
	if c.PanelID != nil {
		panel, err := work.Load[review.Panel](tx.DB, *c.PanelID)
		if err != nil {
			return err
		}
		if panel.State == review.Scoring || panel.State == review.Consensus {
			if err := review.Cancel(tx, panel.ID); err != nil {
				return err
			}
		}
	}
	if err := notices.Withdraw(tx, c.subject(), reason); err != nil {
		return err
	}
	if err := strike(tx, c); err != nil {
		return err
	}
	if err := c.answerBy(tx); err != nil {
		return err
	}
	return s.outcomes(tx, c, nil, bidCancelled)
}

func roundOf(q *gorm.DB, c *Challenge) (programmes.Round, error) {
	of, err := programmes.Of(q, []uuid.UUID{c.RoundID})
	return of[c.RoundID], err
}

func deref(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// ListAwards lists the awards of a challenge, as far as they are public: those under notice and those that were made.
func (s *Service) ListAwards(ctx context.Context, reader policy.Actor, f AwardFilter, p db.Paging) (db.Page[Award], error) {
	return listUnder(ctx, s, reader, f.Challenge, policy.ChallengeRead, f, p, func(a *Award) uuid.UUID { return a.ID }, asTheyAre[Award])
}

// AwardFilter asks for the awards of one challenge.
type AwardFilter struct {
	Challenge uuid.UUID  `path:"id" where:"challenge_id = ?" required:"yes"`
	State     AwardState `query:"state" where:"state = ?"`
}
