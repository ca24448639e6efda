package challenges_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"jiebang/internal/casttest"
	"jiebang/internal/challenges"
	"jiebang/internal/jobs"
	"jiebang/internal/ref"
	"jiebang/internal/when"
	"jiebang/internal/work"
)

// addressed gives everybody an address.
func (t *court) addressed() {
	t.Helper()
	t.Must(t.DB.Writer.Exec("UPDATE accounts SET email = username || '@example.org', email_key = username || '@example.org' WHERE email = ''").Error)
}

// mails are what was written since they were looked at last, by kind and to whom.
func (t *court) mails() []string {
	t.Helper()
	var rows []struct{ Kind, Address string }
	t.Must(t.DB.Reader.Table("mails").Where("state = 'waiting'").Order("kind, address").Find(&rows).Error)
	t.Must(t.DB.Writer.Exec("UPDATE mails SET state = 'sent' WHERE state = 'waiting'").Error)
	out := make([]string, len(rows))
	for i, r := range rows {
		out[i] = r.Kind + " " + r.Address
	}
	return out
}

func (t *court) told(when string, want ...string) {
	t.Helper()
	slices.Sort(want)
	if got := t.mails(); !slices.Equal(got, want) {
		t.Errorf("%s: %v, want %v", when, got, want)
	}
}

// Every party hears what becomes of its case; before the opening nobody does, since mails could be counted. Operators are reminded when answers
// are overdue, until all are given.
func TestEveryPartyHearsWhatBecomesOfItsCase(t *testing.T) {
	casttest.Each(t, func(c *casttest.Cast) {
		h := newCourt(c)
		id := h.published(deadlineDay)
		first, one := h.bid(id)
		second, two := h.bid(id)
		h.many(3)
		h.addressed()
		at := func(kind string, call work.Call) string { return kind + " " + call.Actor.Username + "@example.org" }
		h.mails()
		v := casttest.Change(c, first.Editor, h.challenges.WithdrawBid, one.ID, one.Version)
		casttest.Change(c, first.Editor, h.challenges.SubmitBid, one.ID, v.Version)
		h.told("before the opening")
		h.opened(id)
		h.told("at the opening", at("bid.news", first.Editor), at("bid.news", second.Editor), at("challenge.news", h.poster.Editor))
		h.concluded(id)
		var asked []string
		for _, e := range h.experts {
			asked = append(asked, at("review.asked", e))
		}
		h.told("in the review", append(asked, at("challenge.news", h.poster.Editor))...)
		propose := func() {
			casttest.Decide(c, h.poster.Editor, h.challenges.Propose, id, h.now(id).Version, challenges.Proposal{Reason: "评审一致", Winners: []challenges.Choice{{Bid: one.ID, Reason: "路线成熟"}}})
		}
		propose()
		h.told("when it is proposed", at("bid.news", first.Editor))

		// It is cancelled: what was proposed is struck, the notice taken back, and both have an outcome and are answered in time.
		casttest.Decide(c, h.Operator, h.challenges.Cancel, id, h.now(id).Version, "发榜方停产，榜题终止。")
		h.told("when it is cancelled", at("bid.news", first.Editor), at("bid.news", first.Editor), at("bid.news", second.Editor), at("challenge.news", h.poster.Editor))
		for _, b := range []challenges.BidView{one, two} {
			if got := h.get(h.Operator, b.ID); got.State != challenges.BidLost {
				h.Errorf("a bid is %s", got.State)
			}
		}
		due := h.now(id).AnswersDue
		if due.IsZero() {
			h.Fatal("nobody says until when they are answered")
		}
		remind := func(now time.Time) error {
			_, err := c.Unit.Do(c.Context(), work.Call{Operation: "job"}, func(tx *work.Tx) error {
				return challenges.Reminder().Do(tx, jobs.Job{Kind: challenges.Reminder().Kind, ObjectID: id, Now: now})
			})
			return err
		}
		if err := remind(due.End().Add(-time.Second)); err == nil || errors.Is(err, jobs.ErrNothing) {
			h.Errorf("before it is due: %v", err)
		}
		casttest.Decide(c, h.Operator, h.challenges.AnswerBid, one.ID, h.get(h.Operator, one.ID).Version, "榜题终止，感谢参与。")
		h.told("an answer", at("bid.news", first.Editor))
		h.Must(remind(due.End()))
		h.told("overdue", at("challenge.answers_due", h.Operator), at("challenge.answers_due", h.Deputy))
		var next []jobs.Job
		h.Must(c.DB.Reader.Where("kind = ? AND object_id = ?", challenges.Reminder().Kind, id).Find(&next).Error)
		if len(next) != 1 || !next[0].DueAt.After(due.End().Add(6*24*time.Hour)) {
			h.Errorf("reminded again at %+v", next)
		}
		casttest.Decide(c, h.Operator, h.challenges.AnswerBids, id, h.now(id).Version, []challenges.Answered{{Bids: []uuid.UUID{two.ID}, Text: "榜题终止，感谢参与。"}})
		h.told("the other answer", at("bid.news", second.Editor))
		if err := remind(due.End().Add(24 * time.Hour)); !errors.Is(err, jobs.ErrNothing) {
			h.Errorf("all are answered: %v", err)
		}
	})
}

// Until when bidders are answered is reckoned anew where the holidays of a year on the way were not known.
func TestTheDayOfAnswersIsReckonedAnew(t *testing.T) {
	casttest.Each(t, func(c *casttest.Cast) {
		h := newCourt(c)
		id := h.published("2026-12-20")
		h.bid(id)
		h.Clock.Set("2026-12-20T16:00:00Z")
		h.Must(h.open(h.files, id))
		casttest.Decide(c, h.Operator, h.challenges.Cancel, id, h.now(id).Version, "发榜方停产，榜题终止。")
		was := h.now(id)
		if !was.AnswersDueProvisional || was.AnswersFrom.String() != "2026-12-21" {
			h.Fatalf("from %s until %s, %v", was.AnswersFrom, was.AnswersDue, was.AnswersDueProvisional)
		}
		run := func() error {
			_, err := c.Unit.Do(c.Context(), work.Call{Operation: "job"}, func(tx *work.Tx) error {
				return challenges.DueDays(tx, jobs.Job{Kind: ref.CalendarLoaded, ObjectID: uuid.New(), Now: tx.Now})
			})
			return err
		}
		if err := run(); !errors.Is(err, jobs.ErrNothing) {
			h.Errorf("without a calendar: %v", err)
		}
		day := when.MustDay
		loaded, err := ref.New(c.Unit).LoadCalendar(c.Context(), h.Operator, ref.CalendarInput{Year: 2027, Source: "关于2027年部分节假日安排的通知", Days: []ref.CalendarDay{{Day: day("2027-01-01")}, {Day: day("2027-01-04")}}})
		h.Must(err)
		_, err = ref.New(c.Unit).ConfirmCalendar(c.Context(), h.Deputy, loaded.ID, loaded.View.Version)
		h.Must(err)
		h.Must(run())
		got := h.now(id)
		if got.AnswersDueProvisional || got.AnswersDue != was.AnswersDue.AddDays(1) || got.Version != was.Version+1 {
			h.Errorf("%s is now %s", was.AnswersDue, got.AnswersDue)
		}
		var moved []jobs.Job
		h.Must(c.DB.Reader.Where("kind = ? AND object_id = ?", challenges.Reminder().Kind, id).Find(&moved).Error)
		if len(moved) != 1 || !moved[0].DueAt.Equal(got.AnswersDue.End()) {
			h.Errorf("the reminder is due %+v", moved)
		}
	})
}
