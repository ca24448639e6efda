package challenges

import (
	"context"

	"github.com/google/uuid"

	"jiebang/internal/fault"
	"jiebang/internal/policy"
	"jiebang/internal/ref"
	"jiebang/internal/when"
	"jiebang/internal/work"
)

// Everyone whose bid was opened is answered, with a reason and by a stated day: who won, who did not, and who was kept out. Who withdrew in time
// is nobody's but their own affair.

// answerBy sets the day until which everyone who took part is answered.
func (c *Challenge) answerBy(tx *work.Tx) error {
	round, err := roundOf(tx.DB, c)
	if err != nil {
		return err
	}
	calendar, err := ref.CalendarIn(tx.DB)
	if err != nil {
		return err
	}
	c.AnswersDue, _ = calendar.AddWorkingDays(when.DayOf(tx.Now), round.Rules.AnswerDays)
	return nil
}

// answerable refuses an answer before the outcome, and a second one.
func (b *Bid) answerable() error {
	if err := work.In(b.State, BidIneligible, BidWon, BidLost); err != nil {
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
		if err := b.answerable(); err != nil {
			return err
		}
		var bad fault.Fields
		bad.Length(text, "/answer", 2, 5000)
		b.Answer, b.AnsweredBy, b.AnsweredAt = text, &call.Actor.Account, &tx.Now
		return bad.Err()
	})
}
