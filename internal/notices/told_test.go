package notices_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/uuid"

	"jiebang/internal/casttest"
	"jiebang/internal/jobs"
	"jiebang/internal/notices"
	"jiebang/internal/ref"
	"jiebang/internal/when"
	"jiebang/internal/work"
)

// Who objects with an account hears of each step, and of another day once a calendar tells one; nobody else does, and no mail says what is sealed.
func TestWhoObjectsHearsWhatBecomesOfIt(t *testing.T) {
	each(t, func(b bureau) {
		uni, rival := b.Organization("盛北理工大学", "university", "210112"), b.Organization("浑河材料", "enterprise", "210112")
		b.Must(b.DB.Writer.Exec("UPDATE accounts SET email = username || '@example.org', email_key = username || '@example.org'").Error)
		b.Clock.Set("2026-12-21T02:00:00Z")
		n := b.open(uni)
		told := func(step string, want int) {
			b.Helper()
			var rows []struct{ Kind, Address, Data string }
			b.Must(b.DB.Reader.Table("mails").Where("state = 'waiting'").Find(&rows).Error)
			b.Must(b.DB.Writer.Exec("UPDATE mails SET state = 'sent'").Error)
			if len(rows) != want {
				b.Errorf("%s: %d mails, want %d: %v", step, len(rows), want, rows)
			}
			for _, r := range rows {
				if r.Kind != "objection.news" || r.Address != rival.Editor.Actor.Username+"@example.org" {
					b.Errorf("%s: %+v", step, r)
				}
				for _, sealed := range []string{"成果系本公司所有", "李四", "缺附件"} {
					if strings.Contains(r.Data, sealed) {
						b.Errorf("%s: the mail says %s", step, r.Data)
					}
				}
			}
		}
		visitor := work.Call{Operation: "test"}
		_, err := b.File(b.Context(), visitor, n.ID, person) // has left no address
		b.Must(err)
		told("filed without an account", 0)
		a, err := b.File(b.Context(), rival.Editor, n.ID, body)
		b.Must(err)
		told("filed", 1)
		was := a.View
		if !was.AnswerDueProvisional || was.AnswerFrom.String() != "2026-12-21" {
			b.Fatalf("%+v", was.Objection)
		}
		run := func() error {
			_, err := b.Unit.Do(b.Context(), work.Call{Operation: "job"}, func(tx *work.Tx) error {
				return notices.DueDays(tx, jobs.Job{Kind: ref.CalendarLoaded, ObjectID: uuid.New(), Now: tx.Now})
			})
			return err
		}
		if err := run(); !errors.Is(err, jobs.ErrNothing) {
			b.Errorf("without a calendar: %v", err)
		}
		day := when.MustDay
		loaded, err := ref.New(b.Unit).LoadCalendar(b.Context(), b.Operator, ref.CalendarInput{Year: 2027, Source: "关于2027年部分节假日安排的通知", Days: []ref.CalendarDay{{Day: day("2027-01-01")}, {Day: day("2027-01-04")}}})
		b.Must(err)
		_, err = ref.New(b.Unit).ConfirmCalendar(b.Context(), b.Deputy, loaded.ID, loaded.View.Version)
		b.Must(err)
		b.Must(run())
		told("reckoned anew", 1)
		got, err := b.GetObjection(b.Context(), rival.Editor.Actor, a.ID)
		b.Must(err)
		if got.AnswerDueProvisional || got.AnswerDue != was.AnswerDue.AddDays(1) {
			b.Errorf("%s is now %s", was.AnswerDue, got.AnswerDue)
		}
		if err := run(); !errors.Is(err, jobs.ErrNothing) {
			b.Errorf("once more: %v", err)
		}
		v := casttest.Decide(b.Cast, b.Operator, b.Want, a.ID, got.Version, notices.WantInput{Lacks: []notices.Lack{notices.LacksEvidence}, Text: "缺附件"})
		told("to be completed", 1)
		v = casttest.Decide(b.Cast, b.Operator, b.Complete, a.ID, v.Version, notices.Filer{})
		told("completed", 1)
		v = casttest.Change(b.Cast, b.Operator, b.Accept, a.ID, v.Version)
		casttest.Decide(b.Cast, b.Operator, b.Answer, a.ID, v.Version, notices.AnswerInput{Outcome: notices.Dismissed, Text: "成果系本公司所有，经核实不成立。"})
		told("answered", 1)
	})
}
