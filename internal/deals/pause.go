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

// pausedBy tells which refusals count against asking. Of somebody whose name a masked need keeps, those about that need alone; and they count
// nowhere else: a pause that went from one to the other would tell whose the need is.
func pausedBy(need *uuid.UUID, concealed bool) func(*gorm.DB) *gorm.DB {
	return func(q *gorm.DB) *gorm.DB {
		if concealed {
			return q.Where("need_id = ?", need)
		}
		return q.Where("(concealed_id IS NULL OR concealed_id = from_id OR state = 'accepted')")
	}
}

// mayAsk refuses who asks before the pause is over, by the refusals that count.
func mayAsk(q *gorm.DB, from, to uuid.UUID, counts func(*gorm.DB) *gorm.DB, now time.Time) error {
	var answered []Introduction
	err := counts(q.Where("from_id = ? AND to_id = ? AND state IN ?", from, to, []State{Accepted, Declined})).Select("state", "answered_at").
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
