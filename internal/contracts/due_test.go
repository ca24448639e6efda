package contracts

import (
	"slices"
	"testing"

	"github.com/google/uuid"

	"jiebang/internal/db"
	"jiebang/internal/db/dbtest"
	"jiebang/internal/jobs"
	"jiebang/internal/policy"
	"jiebang/internal/ref"
	"jiebang/internal/when"
	"jiebang/internal/work"
)

// RG-10: due in a year that nobody has confirmed; once it is loaded the day is final, and whoever was told is told again.
func TestWhoWasToldADueDayIsToldTheNext(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		c := open(t, o)
		c.must(c.DB.Writer.Exec("UPDATE accounts SET email = 'lin@example.org', email_key = 'lin@example.org' WHERE id = ?", c.seller.Account).Error)
		c.set("2026-12-14T02:00:00Z")
		a := c.file(c.seller, c.create(c.seller, c.input()))
		unread := c.file(c.colleague, c.create(c.colleague, c.input())) // has no address
		if a.DueOn != when.MustDay("2027-01-05") || !a.DueProvisional {
			t.Errorf("due on %s (provisional: %t)", a.DueOn, a.DueProvisional)
		}
		told := func() []string {
			var kinds []string
			c.must(c.DB.Reader.Table("mails").Order("id").Pluck("kind", &kinds).Error)
			return kinds
		}
		if got := told(); !slices.Equal(got, []string{"application.filed"}) {
			t.Errorf("told %v", got)
		}
		loaded, err := ref.New(c.Unit).LoadCalendar(t.Context(), as(c.operator), ref.CalendarInput{Year: 2027, Source: "关于2027年部分节假日安排的通知",
			Days: []ref.CalendarDay{{Day: when.MustDay("2027-01-01")}, {Day: when.MustDay("2027-01-04")}}})
		c.must(err)
		_, err = ref.New(c.Unit).ConfirmCalendar(t.Context(), c.Deputy, loaded.ID, loaded.View.Version)
		c.must(err)
		_, err = c.Unit.Do(t.Context(), as(policy.Actor{}), func(tx *work.Tx) error {
			return DueDays(tx, jobs.Job{Kind: ref.CalendarLoaded, ObjectID: uuid.New(), Now: tx.Now})
		})
		c.must(err)
		for _, id := range []uuid.UUID{a.ID, unread.ID} {
			if a := c.application(id); a.DueOn != when.MustDay("2027-01-06") || a.DueProvisional {
				t.Errorf("due on %s (provisional: %t)", a.DueOn, a.DueProvisional)
			}
		}
		if got := told(); !slices.Equal(got, []string{"application.filed", "application.due"}) {
			t.Errorf("told %v", got)
		}
	})
}
