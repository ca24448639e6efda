package challenges_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"jiebang/internal/casttest"
	"jiebang/internal/challenges"
	"jiebang/internal/db"
	"jiebang/internal/jobs"
	"jiebang/internal/relay"
)

// What is sealed for a challenge is proved every night by itself. What does not open is told to operators, by the challenge and nothing else, until it is
// mended; a challenge for which nobody has bid has the same job.
func TestWhatIsSealedIsProvedEveryNight(t *testing.T) {
	casttest.Each(t, func(c *casttest.Cast) {
		h := newHall(c)
		id, empty := h.published(deadlineDay), h.published(deadlineDay)
		o, code := h.bidder()
		v := h.draft(o, id, offer(code, ""))
		_, err := h.hang(o, v.ID, "方案.txt", []byte("产业化方案"))
		h.Must(err)
		casttest.Change(c, o.Editor, h.challenges.SubmitBid, v.ID, v.Version)
		runner := jobs.New(h.Unit, h.DB, h.Clock.Now, time.Second, relay.New(h.DB, h.Clock.Now, time.Second).Woken, h.challenges.Prover(h.files))
		night := func(day string) (parked, waiting []jobs.Job) {
			h.Helper()
			for _, at := range []string{"T03:00:00+08:00", "T05:00:00+08:00", "T05:10:00+08:00", "T05:20:00+08:00"} {
				h.Clock.Set(day + at)
				_, err := runner.Run(h.Context())
				h.Must(err)
			}
			for _, state := range []string{jobs.Parked, jobs.Waiting} {
				page, err := runner.List(h.Context(), h.Operator.Actor, jobs.Filter{Kind: challenges.Proving, State: state}, db.Paging{Limit: 10})
				h.Must(err)
				if state == jobs.Parked {
					parked = page.Items
				} else {
					waiting = page.Items
				}
			}
			return parked, waiting
		}
		for _, day := range []string{"2026-03-11", "2026-03-12", "2026-03-20"} {
			parked, waiting := night(day)
			if len(parked) != 0 || len(waiting) != 2 {
				h.Fatalf("%s: parked %+v, waiting %+v", day, parked, waiting)
			}
			for _, j := range waiting {
				if next := j.DueAt.Sub(h.Clock.Now()); next < 20*time.Hour || next > 28*time.Hour || j.LastError != "" {
					h.Errorf("%s: proved next in %s: %+v", day, next, j)
				}
			}
		}

		var object string
		h.Must(h.DB.Reader.WithContext(h.Context()).Raw("SELECT p.object FROM file_parts AS p JOIN files AS f ON f.content_id = p.content_id WHERE f.object_id = ?", v.ID).Scan(&object).Error)
		whole, err := h.bucket.ReadAll(h.Context(), object)
		h.Must(err)
		broken := append([]byte{}, whole...)
		broken[len(broken)-1] ^= 1
		h.Must(h.bucket.WriteAll(h.Context(), object, broken, nil))
		parked, waiting := night("2026-03-21")
		if len(parked) != 1 || parked[0].ObjectID != id || len(waiting) != 1 || waiting[0].ObjectID != empty {
			h.Fatalf("parked %+v, waiting %+v", parked, waiting)
		}
		if told := parked[0].LastError; !strings.Contains(told, "verify") || strings.Contains(told, v.ID.String()) || strings.ContainsAny(told, "0123456789") {
			h.Errorf("operators are told %q", told)
		}
		h.Must(h.bucket.WriteAll(h.Context(), object, whole, nil))
		h.Must(runner.Retry(h.Context(), h.Operator, parked[0].ID))
		if parked, waiting = night("2026-03-22"); len(parked) != 0 || len(waiting) != 2 {
			h.Errorf("mended: parked %+v, waiting %+v", parked, waiting)
		}

		// A store that is away is no bid that does not open.
		h.Must(h.bucket.Close())
		job := jobs.Job{ObjectID: id, Now: h.Clock.Now()}
		_, err = h.challenges.Prover(h.files).Errand(h.Context(), job)
		if err == nil || !strings.HasPrefix(err.Error(), "jobs: not before") {
			h.Errorf("a store that is away: %v", err)
		}

		// It ends with the opening.
		h.Clock.Set(firstLate)
		h.Must(h.open(h.files, empty))
		if _, err := h.challenges.Prover(h.files).Errand(h.Context(), jobs.Job{ObjectID: empty, Now: h.Clock.Now()}); !errors.Is(err, jobs.ErrNothing) {
			h.Errorf("after the opening: %v", err)
		}
	})
}
