package challenges

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/accounts"
	"jiebang/internal/db"
	"jiebang/internal/fault"
	"jiebang/internal/needs"
	"jiebang/internal/orgs"
	"jiebang/internal/policy"
	"jiebang/internal/programmes"
	"jiebang/internal/when"
	"jiebang/internal/work"
)

// Taken is one change of a challenge's state, by whom and with what they said. Rows are added only.
type Taken struct {
	ID          uuid.UUID `gorm:"primaryKey"`
	ChallengeID uuid.UUID
	Nth         int
	Step        string `gorm:"column:taken"`
	State       State
	AccountID   *uuid.UUID // none where a clock did it
	Note        string
	CreatedAt   time.Time `gorm:"autoCreateTime:false"`
}

func (Taken) TableName() string { return "challenge_steps" }

// wrote appends a step to the history; whoever does holds the challenge.
func wrote(tx *work.Tx, c *Challenge, step string, by *uuid.UUID, note string) error {
	var nth int
	if err := tx.Model(&Taken{}).Where("challenge_id = ?", c.ID).Select("COALESCE(MAX(nth), 0) + 1").Scan(&nth).Error; err != nil {
		return err
	}
	return tx.Create(&Taken{work.NewID(), c.ID, nth, step, c.State, by, note, tx.Now}).Error
}

// step runs a use case that leads a challenge a step on. more is what the step asks and does beyond that.
func (s *Service) step(ctx context.Context, call work.Call, id uuid.UUID, version int64, name, note string, more func(tx *work.Tx, c *Challenge) error) (Answer, error) {
	return s.records().Change(ctx, s.unit, call, id, version, Steps.Named(name).Action, func(tx *work.Tx, c *Challenge) error {
		if err := c.take(name); err != nil {
			return err
		}
		if err := c.staysMasked(tx.DB, orgs.Placed{Pointer: "/reason", Text: note}); err != nil { // everybody reads it in the history
			return err
		}
		if err := more(tx, c); err != nil {
			return err
		}
		return wrote(tx, c, name, &call.Actor.Account, note)
	})
}

func nothingMore(*work.Tx, *Challenge) error { return nil }

// fitsNeed refuses a need that is not the poster's own open one, and of a draft one that tells who the poster is otherwise than the challenge.
func (in Input) fitsNeed(tx *work.Tx, draft bool) error {
	if in.Need == nil {
		return nil
	}
	n, err := needs.Load(tx.DB, tx.Call.Actor, *in.Need)
	if fault.NotVisible.Of(err) || err == nil && n.OwnerID != in.Owner {
		return fault.InvalidInput.At("/need_id", fault.UnknownNeed, "没有这项需求，或不属于发榜方", "There is no such need, or it is not the poster's")
	}
	if err != nil || !draft {
		return err
	}
	return in.Content.tellsAs(n)
}

// Submit hands a draft in to the bureau, within the days of its round.
func (s *Service) Submit(ctx context.Context, call work.Call, id uuid.UUID, version int64) (Answer, error) {
	return s.step(ctx, call, id, version, "submit", "", func(tx *work.Tx, c *Challenge) error {
		if err := orgs.MustBeVerified(tx.DB, c.OwnerID); err != nil {
			return err
		}
		round, err := roundOf(tx.DB, c)
		if err != nil {
			return err
		}
		if err := round.Takes(when.DayOf(tx.Now)); err != nil {
			return err
		}
		if err := c.inChainsOf(round); err != nil {
			return err
		}
		if err := c.staysMasked(tx.DB, c.Content.public()...); err != nil {
			return err
		}
		c.SubmittedBy, c.SubmittedAt, c.ReturnReason = &call.Actor.Account, &tx.Now, ""
		return hold(tx, c)
	})
}

// inChainsOf refuses a challenge that is of none of the chains for which the round is.
func (c *Challenge) inChainsOf(round programmes.Round) error {
	if len(round.Chains) == 0 {
		return nil
	}
	if slices.ContainsFunc(c.Chains, func(code string) bool { return slices.Contains(round.Chains, code) }) {
		return nil
	}
	return fault.InvalidInput.At("/chains", fault.NotOffered, "本批面向指定的产业链，请至少选其一", "The round is for certain industry chains; choose one of them")
}

// TakeBack makes a draft of what was handed in and nobody has screened yet.
func (s *Service) TakeBack(ctx context.Context, call work.Call, id uuid.UUID, version int64) (Answer, error) {
	return s.step(ctx, call, id, version, "take_back", "", release)
}

// Return gives it back to its poster, who may mend it and hand it in again.
func (s *Service) Return(ctx context.Context, call work.Call, id uuid.UUID, version int64, reason string) (Answer, error) {
	return s.step(ctx, call, id, version, "return", reason, func(tx *work.Tx, c *Challenge) error {
		c.ReturnReason = reason
		return release(tx, c)
	})
}

// Shelve takes it into the reserve (需求储备库).
func (s *Service) Shelve(ctx context.Context, call work.Call, id uuid.UUID, version int64) (Answer, error) {
	return s.step(ctx, call, id, version, "shelve", "", nothingMore)
}

// maxAdvisers is how many experts are asked about one challenge at most.
const maxAdvisers = 20

// Refine asks experts, by their user names, to make its indicators measurable.
func (s *Service) Refine(ctx context.Context, call work.Call, id uuid.UUID, version int64, usernames []string) (Answer, error) {
	return s.step(ctx, call, id, version, "refine", "", func(tx *work.Tx, c *Challenge) error {
		if len(usernames) > maxAdvisers {
			return fault.InvalidInput.At("/experts", fault.TooManyItems, "至多 %[1]d 名专家", "At most %[1]d experts", maxAdvisers)
		}
		c.Advisers = []uuid.UUID{}
		for i, name := range usernames {
			account, err := accounts.Find(tx.DB, name, pointerAt("/experts", i))
			if err != nil {
				return err
			}
			c.Advisers = append(c.Advisers, account.ID)
		}
		return keepAdvisers(tx, c)
	})
}

// keepAdvisers writes anew by whom a challenge is found as one that they were asked about.
func keepAdvisers(tx *work.Tx, c *Challenge) error {
	if err := tx.Exec("DELETE FROM challenge_advisers WHERE challenge_id = ?", c.ID).Error; err != nil {
		return err
	}
	for _, account := range c.Advisers {
		err := tx.Exec("INSERT INTO challenge_advisers (challenge_id, account_id) VALUES (?, ?) ON CONFLICT DO NOTHING", c.ID, account).Error
		if err != nil {
			return err
		}
	}
	return nil
}

// ReadDeadline reads a day, which ends with its end in Shanghai, or a moment, and gives the first moment that is late.
func ReadDeadline(s string) (time.Time, error) {
	if day, err := when.ParseDay(s); err == nil {
		return day.End(), nil
	}
	at, err := time.Parse(time.RFC3339, s)
	if err != nil {
		return at, fault.InvalidInput.At("/deadline", fault.BadFormat, "须为日期或 RFC 3339 时刻", "It is a day, or a moment of RFC 3339")
	}
	return at.UTC().Truncate(time.Microsecond), nil
}

// ahead refuses a deadline that is over.
func ahead(deadline, now time.Time) error {
	if !deadline.After(now) {
		return fault.InvalidInput.At("/deadline", fault.TooEarly, "截止时间须晚于现在", "The deadline is later than now")
	}
	return nil
}

// Publish makes a challenge public (发榜): its terms are frozen, it has a number, and sealed bids come in until the deadline. One that nobody
// took up may be published again.
func (s *Service) Publish(ctx context.Context, call work.Call, id uuid.UUID, version int64, deadline time.Time) (Answer, error) {
	return s.step(ctx, call, id, version, "publish", "", func(tx *work.Tx, c *Challenge) error {
		if err := ahead(deadline, tx.Now); err != nil {
			return err
		}
		if err := posterStands(tx.DB, c); err != nil {
			return err
		}
		open, err := openComments(tx.DB, c.ID)
		if err != nil {
			return err
		}
		if open > 0 {
			return fault.CommentsOpen.Because("尚有 %[1]d 条。", "%[1]d of them.", open)
		}
		round, err := roundOf(tx.DB, c)
		if err != nil {
			return err
		}
		if err := c.measurable(round.Rules.OwnShare); err != nil {
			return err
		}
		if c.Nth == 0 { // it was refined since it was handed in; what was public once cannot be mended any more
			if err := c.staysMasked(tx.DB, c.Content.public()...); err != nil {
				return err
			}
		}
		if c.Number == nil {
			number, err := programmes.Number(tx, c.RoundID)
			if err != nil {
				return err
			}
			c.Number = &number
		}
		if err := programmes.Commit(tx, c.RoundID, c.ID, c.Reward.part(BureauPays)); err != nil {
			return err
		}
		c.PublishedBy, c.PublishedAt, c.Deadline = &call.Actor.Account, &tx.Now, &deadline
		c.Nth++
		c.PanelID = nil
		return await(tx, c)
	})
}

// Cancel ends a challenge before it is awarded, with a public reason.
func (s *Service) Cancel(ctx context.Context, call work.Call, id uuid.UUID, version int64, reason string) (Answer, error) {
	return s.step(ctx, call, id, version, "cancel", reason, func(tx *work.Tx, c *Challenge) error {
		c.EndReason = reason
		if err := programmes.Commit(tx, c.RoundID, c.ID, 0); err != nil {
			return err
		}
		if err := s.endBids(tx, c, reason); err != nil {
			return err
		}
		if err := c.tellPoster(tx, posterCancelled); err != nil {
			return err
		}
		return release(tx, c)
	})
}

// StepFilter asks for the history of one challenge.
type StepFilter struct {
	Challenge uuid.UUID `path:"id" where:"challenge_id = ?" required:"yes"`
}

// TakenView is a step as its reader sees it.
type TakenView struct {
	Taken
	By string // who took it, for those who may read that
}

var stepsNewest = db.Newest(func(t *Taken) uuid.UUID { return t.ID })

// ListSteps reads the history of a challenge, the latest step first. Others than its people are told what came from the publication on,
// and not by whom.
func (s *Service) ListSteps(ctx context.Context, reader policy.Actor, f StepFilter, p db.Paging) (db.Page[TakenView], error) {
	var out db.Page[TakenView]
	err := s.unit.View(ctx, func(q *gorm.DB) error {
		c, err := s.records().Load(q, reader, f.Challenge)
		if err != nil {
			return err
		}
		inner := policy.Allowed(reader, policy.ChallengeDiscuss, c.Facts())
		rows := db.Filter(q.Model(&Taken{}), f)
		if !inner {
			rows = rows.Where("nth >= (SELECT MIN(p.nth) FROM challenge_steps AS p WHERE p.challenge_id = ? AND p.taken = 'publish')", c.ID)
		}
		page, err := db.List(rows, p, stepsNewest)
		if err != nil {
			return err
		}
		out.Next = page.Next
		names := map[uuid.UUID]string{}
		if inner {
			var who []uuid.UUID
			for _, t := range page.Items {
				if t.AccountID != nil {
					who = append(who, *t.AccountID)
				}
			}
			if names, err = accounts.Names(q, who); err != nil {
				return err
			}
		}
		for _, t := range page.Items {
			v := TakenView{Taken: t}
			if t.AccountID != nil {
				v.By = names[*t.AccountID]
			}
			out.Items = append(out.Items, v)
		}
		return nil
	})
	return out, err
}
