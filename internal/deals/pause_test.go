package deals_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/uuid"

	"jiebang/internal/casttest"
	"jiebang/internal/deals"
	"jiebang/internal/fault"
)

// Who was declined waits before asking the same side again, about whatever, and each time twice as long; an acceptance ends it, and others
// are asked meanwhile.
func TestARefusalIsFollowedByAPause(t *testing.T) {
	casttest.Each(t, func(c *casttest.Cast) {
		m, ctx := setUp(c), c.Context()
		now := c.Clock.Now()
		at := func(after time.Duration) {
			now = now.Add(after)
			c.Clock.Set(now.Format(time.RFC3339))
		}
		decline := func(id uuid.UUID) {
			m.must(m.deals.Decline(ctx, m.university.Call, id, 1, deals.Refusal{Reason: deals.ReasonTooEarly}))
		}
		const day = 24 * time.Hour
		id := m.must(m.propose(m.firm, &m.result, nil)).ID
		for _, days := range []time.Duration{1, 2, 4} {
			decline(id)
			_, err := m.propose(m.firm, &m.result, &m.need)
			var told *fault.Error
			if !errors.As(err, &told) || !fault.IntroductionPaused.Of(err) || told.RetryAfter <= days*day-time.Hour || told.RetryAfter > days*day {
				m.Errorf("after a refusal: %v", err)
			}
			at(days*day - time.Hour)
			m.refused(fault.IntroductionPaused)(m.propose(m.firm, &m.result, nil))
			other := m.must(m.propose(m.university, &m.result, &m.need)).ID // who declined may ask by itself
			m.must(m.deals.Withdraw(ctx, m.university.Call, other, 1, ""))
			at(2 * time.Hour)
			id = m.must(m.propose(m.firm, &m.result, nil)).ID
		}
		m.must(m.deals.Accept(ctx, m.university.Call, id, 1))
		id = m.must(m.propose(m.firm, &m.result, &m.need)).ID
		decline(id)
		at(day + time.Hour) // the first one again
		m.must(m.propose(m.firm, &m.result, &m.need))
	})
}

func TestThePauseGrowsAndEnds(t *testing.T) {
	for refusals, want := range []int{0, 1, 2, 4, 8, 16, 32, 32, 32} {
		if got := deals.Pause(refusals); got != want {
			t.Errorf("%d refusals: %d days, want %d", refusals, got, want)
		}
	}
	if got := deals.Pause(1000); got != 32 {
		t.Errorf("a thousand: %d", got)
	}
}
