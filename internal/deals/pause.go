package deals

import (
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/fault"
	"jiebang/internal/when"
)

// An organization that was declined waits before it asks the same side again, about whatever: a day, and twice as long each time, until an
// acceptance ends the row of refusals. So nobody is worn down by asking, and whoever mended what the reason named loses a day.
const longestPause = 32 // days

// pause is how many days follow so many refusals in a row.
func pause(refusals int) int {
	if refusals == 0 {
		return 0
	}
	return min(1<<min(refusals-1, 10), longestPause)
}

// mayAsk refuses who asks before the pause is over.
func mayAsk(q *gorm.DB, from, to uuid.UUID, now time.Time) error {
	var answered []Introduction
	err := q.Select("state", "answered_at").Where("from_id = ? AND to_id = ? AND state IN ?", from, to, []State{Accepted, Declined}).
		Order("answered_at DESC").Limit(longestPause).Find(&answered).Error
	if err != nil {
		return err
	}
	refusals := 0
	for refusals < len(answered) && answered[refusals].State == Declined {
		refusals++
	}
	if refusals == 0 {
		return nil
	}
	until := answered[0].AnsweredAt.Add(time.Duration(pause(refusals)) * 24 * time.Hour)
	if !now.Before(until) {
		return nil
	}
	f := fault.IntroductionPaused.Because("对方已连续谢绝 %[1]d 次，可于 %[2]s 起再次提出。", "The other side has declined %[1]d times in a row; it may be asked again from %[2]s on.",
		refusals, until.In(when.Shanghai).Format("2006-01-02 15:04"))
	f.RetryAfter = until.Sub(now)
	return f
}
