package challenges

import (
	"context"

	"github.com/google/uuid"

	"jiebang/internal/accounts"
	"jiebang/internal/fault"
	"jiebang/internal/jobs"
	"jiebang/internal/orgs"
	"jiebang/internal/policy"
	"jiebang/internal/ref"
	"jiebang/internal/when"
	"jiebang/internal/work"
)

// Everyone whose bid was opened is answered, with a reason and by a stated day: who won, who did not, and who was kept out. Who withdrew in time
// is nobody's but their own affair.

// answerBy sets the day until which everyone who took part is answered, and has operators reminded when it went by.
func (c *Challenge) answerBy(tx *work.Tx) error {
	calendar, err := ref.CalendarIn(tx.DB)
	if err != nil {
		return err
	}
	c.AnswersFrom = when.DayOf(tx.Now)
	day, provisional, err := c.reckon(tx, calendar)
	if err != nil {
		return err
	}
	return c.answersOn(tx, day, provisional)
}

// reckon tells until when everyone is answered by the rules of the round.
func (c *Challenge) reckon(tx *work.Tx, calendar when.Calendar) (day when.Day, provisional bool, err error) {
	round, err := roundOf(tx.DB, c)
	if err != nil {
		return day, false, err
	}
	day, provisional = calendar.AddWorkingDays(c.AnswersFrom, round.Rules.AnswerDays)
	return day, provisional, nil
}

func (c *Challenge) answersOn(tx *work.Tx, day when.Day, provisional bool) error {
	c.AnswersDue, c.AnswersDueProvisional = day, provisional
	return jobs.At(tx, answersDue, c.ID, c.AnswersDue.End())
}

const (
	answersDue jobs.Kind = "challenge.answers_due"
	reminded   work.Deed = "challenge.remind_answers"
	reckoned   work.Deed = "challenge.due_reckoned"
	// remindedAgain is after how many working days operators are reminded once more.
	remindedAgain = 5
)

// Reminder reminds operators by mail when bidders wait for an answer that is overdue, and again every week until all are answered.
func Reminder() jobs.Handler {
	return jobs.Handler{Kind: answersDue, Do: func(tx *work.Tx, j jobs.Job) error {
		c, err := loadLocked(tx, j.ObjectID)
		if fault.NotVisible.Of(err) {
			return jobs.ErrNothing
		}
		if err != nil {
			return err
		}
		switch {
		case c.AnswersDue.IsZero():
			return jobs.ErrNothing
		case j.Now.Before(c.AnswersDue.End()):
			return jobs.Later(c.AnswersDue.End())
		}
		var waiting int64
		last := c.Nth
		if work.In(c.State, Published, Reviewing, Confirming, Notice) == nil { // published again: its bids have no outcome yet, those of before have
			last--
		}
		err = tx.Model(&Bid{}).Where("challenge_id = ? AND nth <= ? AND state IN ? AND answered_at IS NULL", c.ID, last, ended).Count(&waiting).Error
		if err != nil {
			return err
		}
		if waiting == 0 {
			return jobs.ErrNothing
		}
		operators, err := accounts.Operators(tx.DB)
		if err != nil {
			return err
		}
		what := fault.Say("尚有 %[1]d 家揭榜方未答复，应于 %[2]s 前答复。", "%[1]d bidders wait for an answer, which was due by %[2]s.", waiting, c.AnswersDue)
		for _, account := range operators {
			if err := accounts.Tell(tx, account, dueMail, c.about(), what); err != nil {
				return err
			}
		}
		if err := tx.Record(reminded, work.RefOf(c), nil, map[string]int64{"waiting": waiting}); err != nil {
			return err
		}
		calendar, err := ref.CalendarIn(tx.DB)
		if err != nil {
			return err
		}
		next, _ := calendar.AddWorkingDays(when.DayOf(j.Now), remindedAgain)
		return jobs.At(tx, j.Kind, j.ObjectID, next.End())
	}}
}

// DueDays reckons anew until when bidders are answered, where a year on the way had no calendar.
func DueDays(tx *work.Tx, _ jobs.Job) error {
	calendar, err := ref.CalendarIn(tx.DB)
	if err != nil {
		return err
	}
	var ids []uuid.UUID
	if err := tx.Model(&Challenge{}).Where("answers_due_provisional").Order("id").Pluck("id", &ids).Error; err != nil {
		return err
	}
	moved := false
	for _, id := range ids {
		c, err := loadLocked(tx, id)
		if err != nil {
			return err
		}
		day, still, err := c.reckon(tx, calendar)
		if err != nil {
			return err
		}
		if still && day == c.AnswersDue {
			continue // it goes through another year that is not known yet
		}
		if err := work.Move(tx, c, reckoned, func() error { return c.answersOn(tx, day, still) }); err != nil {
			return err
		}
		moved = true
	}
	if !moved {
		return jobs.ErrNothing
	}
	return nil
}

// ended are the states in which a bid is answered.
var ended = BidWays.From("answerBid")

// answerable refuses an answer before the outcome, and a second one.
func (b *Bid) answerable() error {
	if err := BidWays.In(b.State, "answerBid"); err != nil {
		return err
	}
	if b.AnsweredAt != nil {
		return fault.WrongState.Because("该揭榜申请已答复。", "The bid was answered.")
	}
	return nil
}

// AnswerBid tells a bidder what became of their bid, and why; by an operator of neither side.
func (s *Service) AnswerBid(ctx context.Context, call work.Call, id uuid.UUID, version int64, text string) (BidAnswer, error) {
	return s.bids().Change(ctx, s.unit, call, id, version, policy.BidAnswer, func(tx *work.Tx, b *Bid) error {
		if err := b.answer(tx, text, "/answer"); err != nil {
			return err
		}
		c, err := work.Load[Challenge](tx.DB, b.ChallengeID)
		if err != nil {
			return err
		}
		if err := c.staysMasked(tx.DB, orgs.Placed{Pointer: "/answer", Text: text}); err != nil {
			return err
		}
		return tellAnswered(tx, b)
	})
}

// answer writes an answer down.
func (b *Bid) answer(tx *work.Tx, text, pointer string) error {
	if err := b.answerable(); err != nil {
		return err
	}
	var bad fault.Fields
	bad.Length(text, pointer, 2, 5000)
	b.Answer, b.AnsweredBy, b.AnsweredAt = text, &tx.Call.Actor.Account, &tx.Now
	return bad.Err()
}

// Answered is one answer to one bid, or to several.
type Answered struct {
	Bids []uuid.UUID
	Text string
}

// mostAnswered bounds how many are answered in one transaction.
const mostAnswered = 1000

// AnswerBids answers many bidders of one challenge at once, all or none; by an operator of neither side. It changes no version of the challenge's
// bids but by their answers.
func (s *Service) AnswerBids(ctx context.Context, call work.Call, id uuid.UUID, version int64, answers []Answered) (Answer, error) {
	return s.records().Change(ctx, s.unit, call, id, version, policy.ChallengeAnswers, func(tx *work.Tx, c *Challenge) error {
		if err := c.answerable(); err != nil {
			return err
		}
		texts := make([]orgs.Placed, len(answers))
		for i, a := range answers {
			texts[i] = orgs.Placed{Pointer: pointerAt("/answers", i) + "/answer", Text: a.Text}
		}
		if err := c.staysMasked(tx.DB, texts...); err != nil {
			return err
		}
		n, seen := 0, map[uuid.UUID]bool{}
		for i, a := range answers {
			at := pointerAt("/answers", i)
			for k, bid := range a.Bids {
				place := pointerAt(at+"/bid_ids", k)
				if n++; n > mostAnswered {
					return fault.InvalidInput.At(place, fault.TooManyItems, "一次至多答复 %[1]d 份", "At most %[1]d are answered at once", mostAnswered)
				}
				if seen[bid] {
					return fault.InvalidInput.At(place, fault.Repeated, "同一揭榜申请只列一次", "A bid is named once")
				}
				seen[bid] = true
				b, err := s.bids().Lock(tx, bid)
				if fault.NotVisible.Of(err) || err == nil && b.ChallengeID != c.ID {
					return fault.InvalidInput.At(place, fault.NotOffered, "不是该榜题的揭榜申请", "It is no bid for the challenge")
				}
				if err != nil {
					return err
				}
				if err := policy.Check(call.Actor, policy.BidAnswer, b.Facts()); err != nil {
					return err
				}
				if err := b.answerable(); err != nil {
					return fault.WrongState.Because("第 %[1]d 份尚无结论，或已答复。", "Number %[1]d has no outcome yet, or was answered.", n)
				}
				if err := work.Move(tx, b, work.Did(policy.BidAnswer), func() error { return b.answer(tx, a.Text, at+"/answer") }); err != nil {
					return err
				}
				if err := b.tell(tx, c, bidAnswered); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// answerable refuses answers before there is an outcome to tell.
func (c *Challenge) answerable() error {
	return work.In(c.State, Unclaimed, Reviewing, Confirming, Notice, Awarded, Running, Accepted, Failed, Cancelled)
}

func tellAnswered(tx *work.Tx, b *Bid) error {
	c, err := work.Load[Challenge](tx.DB, b.ChallengeID)
	if err != nil {
		return err
	}
	return b.tell(tx, c, bidAnswered)
}
