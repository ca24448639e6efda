package mail

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"jiebang/internal/db"
	"jiebang/internal/db/dbtest"
	"jiebang/internal/fault"
	"jiebang/internal/jobs"
	"jiebang/internal/mail/smtptest"
	"jiebang/internal/policy"
	"jiebang/internal/work"
)

func TestAMailIsSentOnceAndItsSecretForgotten(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		s := smtptest.Start(t, "", smtptest.Behaviour{})
		f := open(t, o, plain(s))
		id := f.write("zhang.wei@example.org", Offer{Secret: secret, Until: f.now().Add(time.Hour)})
		if f.want(id, Waiting); f.kept(id) != secret {
			t.Errorf("kept: %q", f.kept(id))
		}
		var sealed []string
		if err := f.db.Reader.Raw("SELECT sealed FROM mail_secrets").Scan(&sealed).Error; err != nil || len(sealed) != 1 || strings.Contains(sealed[0], secret) {
			t.Errorf("%v %v", sealed, err)
		}
		f.run()
		f.run()
		m := f.want(id, Sent)
		if f.kept(id) != "" || m.SentAt == nil || m.Version != 2 {
			t.Errorf("%+v", m)
		}
		got := s.Got()
		if len(got) != 1 || got[0].To != "zhang.wei@example.org" || got[0].From != "jiebang@example.org" ||
			messageID(got[0].Raw) != "<"+id.String()+"@example.org>" || !bytes.Contains(got[0].Raw, []byte(secret)) {
			t.Errorf("%d mails: %s", len(got), got)
		}
		for _, table := range []string{"SELECT before || after FROM audit_details", "SELECT secret || data FROM mails WHERE state = 'sent'", "SELECT last_error FROM jobs"} {
			var rows []string
			if err := f.db.Reader.Raw(table).Scan(&rows).Error; err != nil || strings.Contains(strings.Join(rows, ""), secret) {
				t.Errorf("%s: %v %v", table, rows, err)
			}
		}
	})
}

func TestAMailOfATransactionThatFailsIsNone(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		f := open(t, o, nil)
		_, err := f.unit.Do(t.Context(), work.Call{Operation: "test"}, func(tx *work.Tx) error {
			if err := helloKind.Write(tx, To{Address: "a@example.org"}, hello{}, Offer{}); err != nil {
				return err
			}
			return fault.NotVisible.New()
		})
		if !fault.NotVisible.Of(err) {
			t.Fatal(err)
		}
		var mails, due int64
		err = errors.Join(f.db.Reader.Model(&Mail{}).Count(&mails).Error, f.db.Reader.Model(&jobs.Job{}).Count(&due).Error)
		if err != nil || mails != 0 || due != 0 {
			t.Errorf("%d mails, %d jobs, %v", mails, due, err)
		}
	})
}

func TestWithoutAServerMailsLieInAFolder(t *testing.T) {
	f := open(t, dbtest.New(t, db.SQLite), nil)
	id := f.write("zhang.wei@example.org", Offer{Secret: secret, Until: f.now().Add(time.Hour)})
	done, err := f.post.errand(t.Context(), jobs.Job{ObjectID: id, Attempts: 1})
	if err != nil || done == nil {
		t.Fatal(err)
	}
	file := filepath.Join(f.post.by.(folder).dir, id.String()+".eml")
	first, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	f.run() // as after a crash: it is laid there again
	f.want(id, Sent)
	again, err := os.ReadFile(file)
	if err != nil || !bytes.Equal(first, again) || !bytes.Contains(again, []byte(secret)) {
		t.Errorf("%v\n%s", err, again)
	}
	names, err := filepath.Glob(filepath.Join(filepath.Dir(file), "*"))
	if err != nil || len(names) != 1 {
		t.Errorf("%v %v", names, err)
	}
	if info, err := os.Stat(filepath.Dir(file)); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("others may read the folder: %v %v", info.Mode(), err)
	}
}

func TestAServerThatIsDownIsWaitedFor(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		s := smtptest.Start(t, smtptest.Alone(), smtptest.Behaviour{})
		f := open(t, o, plain(s))
		s.Stop()
		ids := []uuid.UUID{f.write("a@example.org", Offer{}), f.write("b@example.org", Offer{})}
		for range 3 {
			f.run()
			f.pass(10 * time.Minute)
		}
		for _, id := range ids {
			f.want(id, Waiting)
		}
		back := smtptest.Start(t, s.Addr, smtptest.Behaviour{})
		f.pass(time.Hour)
		f.run()
		for _, id := range ids {
			f.want(id, Sent)
		}
		if n := len(back.Got()); n != 2 {
			t.Errorf("%d mails came", n)
		}
	})
}

// Nothing is tried for ever: after a day and a half of it the mail has failed, which operators are told; they can have it sent again.
func TestAServerThatStaysDownIsGivenUp(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		s := smtptest.Start(t, smtptest.Alone(), smtptest.Behaviour{})
		f := open(t, o, plain(s))
		s.Stop()
		id := f.write("a@example.org", Offer{Secret: secret, Until: f.now().Add(30 * 24 * time.Hour)})
		for range attempts {
			f.run()
			f.pass(7 * time.Hour)
		}
		m := f.want(id, Failed)
		if m.Reason == "" || f.kept(id) != secret {
			t.Errorf("%+v", m)
		}
		var due int64
		if err := f.db.Reader.Model(&jobs.Job{}).Count(&due).Error; err != nil || due != 0 {
			t.Errorf("%d jobs, %v", due, err)
		}
		back := smtptest.Start(t, s.Addr, smtptest.Behaviour{})
		operator := work.Call{Operation: "test", Actor: policy.Actor{Account: work.NewID(), Operator: true}}
		service := New(f.unit)
		a, err := service.SendAgain(t.Context(), operator, id, m.Version)
		if err != nil || a.View.State != Waiting || a.View.To != "a***@example.org" || a.View.Reason != "" {
			t.Fatalf("%+v %v", a, err)
		}
		if _, err := service.SendAgain(t.Context(), operator, id, a.View.Version); !fault.WrongState.Of(err) {
			t.Errorf("twice: %v", err)
		}
		f.run()
		f.want(id, Sent)
		if n := len(back.Got()); n != 1 {
			t.Errorf("%d mails came", n)
		}
	})
}

func TestOneAddressThatIsRefusedIsNoOtherOnesTrouble(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		s := smtptest.Start(t, "", smtptest.Behaviour{
			To: func(to string) error {
				switch {
				case strings.HasPrefix(to, "nobody"):
					return smtptest.Refuse(550, 1, 1)
				case strings.HasPrefix(to, "busy"):
					return smtptest.Refuse(450, 2, 1)
				}
				return nil
			},
			Content: func(to string) error {
				switch {
				case strings.HasPrefix(to, "spam"):
					return smtptest.Refuse(554, 7, 1)
				case strings.HasPrefix(to, "full"):
					return smtptest.Refuse(452, 3, 1)
				}
				return nil
			},
		})
		f := open(t, o, plain(s))
		var nobody, busy, spam, full, fine []uuid.UUID
		for i := range 5 {
			address := func(name string) string { return fmt.Sprintf("%s%d@example.org", name, i) }
			nobody = append(nobody, f.write(address("nobody"), Offer{}))
			busy = append(busy, f.write(address("busy"), Offer{}))
			spam = append(spam, f.write(address("spam"), Offer{}))
			full = append(full, f.write(address("full"), Offer{}))
			fine = append(fine, f.write(address("fine"), Offer{}))
		}
		f.run()
		for i := range 5 {
			if m := f.want(nobody[i], Failed); m.Reason != "550 5.1.1 (sending SMTP RCPT TO command)" {
				t.Error(m.Reason)
			}
			if m := f.want(spam[i], Failed); m.Reason != "554 5.7.1 (closing SMTP DATA writer)" {
				t.Error(m.Reason)
			}
			f.want(busy[i], Waiting)
			f.want(full[i], Waiting)
			f.want(fine[i], Sent)
		}
		var errs []string
		if err := f.db.Reader.Model(&jobs.Job{}).Pluck("last_error", &errs).Error; err != nil || len(errs) != 10 {
			t.Fatalf("%v %v", errs, err)
		}
		for _, e := range errs {
			if strings.Contains(e, "@") {
				t.Errorf("what failed names people: %q", e)
			}
		}
		s.Change(smtptest.Behaviour{})
		f.pass(time.Hour)
		f.run()
		for i := range 5 {
			f.want(busy[i], Sent)
			f.want(full[i], Sent)
			f.want(nobody[i], Failed)
		}
		if n := len(s.Got()); n != 15 {
			t.Errorf("%d mails were taken", n)
		}
	})
}

// What a server has against us, and not against the mail, is for the operator to mend; until then mails wait.
func TestWhatIsTheSendersFaultIsNoRefusalOfTheMail(t *testing.T) {
	s := smtptest.Start(t, "", smtptest.Behaviour{From: func(string) error { return smtptest.Refuse(553, 7, 1) }})
	f := open(t, dbtest.New(t, db.SQLite), plain(s))
	id := f.write("a@example.org", Offer{})
	f.run()
	f.want(id, Waiting)
	s.Change(smtptest.Behaviour{})
	f.pass(time.Hour)
	f.run()
	f.want(id, Sent)
}

// A server that takes a mail and dies before it says so gets it again: the same Message-ID tells that it is the same. One that dies
// after it has said so does not.
func TestACutConnectionSendsTheSameMailAgain(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		before, after := func(to string) bool { return to == "before@example.org" }, func(to string) bool { return to == "after@example.org" }
		s := smtptest.Start(t, "", smtptest.Behaviour{CutBefore: before, CutAfter: after})
		f := open(t, o, plain(s))
		cut, said := f.write("before@example.org", Offer{}), f.write("after@example.org", Offer{})
		f.run()
		f.want(cut, Waiting)
		f.want(said, Sent)
		s.Change(smtptest.Behaviour{})
		f.pass(time.Hour)
		f.run()
		f.want(cut, Sent)
		ids := map[string]int{}
		for _, m := range s.Got() {
			ids[messageID(m.Raw)]++
		}
		if len(ids) != 2 || ids["<"+cut.String()+"@example.org>"] != 2 || ids["<"+said.String()+"@example.org>"] != 1 {
			t.Errorf("%v", ids)
		}
	})
}

// We die between the server's word and our own note of it: the mail goes out again, byte for byte.
func TestDyingBeforeTheNoteSendsTheSameMailAgain(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		s := smtptest.Start(t, "", smtptest.Behaviour{})
		f := open(t, o, plain(s))
		id := f.write("a@example.org", Offer{Secret: secret, Until: f.now().Add(time.Hour)})
		if done, err := f.post.errand(t.Context(), jobs.Job{ObjectID: id, Attempts: 1}); err != nil || done == nil {
			t.Fatal(err)
		}
		f.run()
		f.want(id, Sent)
		got := s.Got()
		if len(got) != 2 || !bytes.Equal(got[0].Raw, got[1].Raw) {
			t.Errorf("%d mails, or they differ", len(got))
		}
	})
}

func TestASlowServerHoldsNobodyElseUp(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		hang := make(chan struct{})
		defer close(hang)
		s := smtptest.Start(t, "", smtptest.Behaviour{To: func(to string) error {
			if strings.HasPrefix(to, "slow") {
				<-hang
			}
			return nil
		}})
		by := plain(s)
		by.patience = 300 * time.Millisecond
		f := open(t, o, by)
		slow := f.write("slow@example.org", Offer{})
		var fine []uuid.UUID
		for i := range 10 {
			fine = append(fine, f.write(fmt.Sprintf("fine%d@example.org", i), Offer{}))
		}
		f.run()
		f.want(slow, Waiting)
		for _, id := range fine {
			f.want(id, Sent)
		}
	})
}

func TestWhatIsOverIsNotSent(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		s := smtptest.Start(t, "", smtptest.Behaviour{To: func(string) error { return smtptest.Refuse(450, 2, 1) }})
		f := open(t, o, plain(s))
		id := f.write("a@example.org", Offer{Secret: secret, Until: f.now().Add(30 * time.Minute)})
		f.run()
		f.want(id, Waiting)
		s.Change(smtptest.Behaviour{})
		f.pass(31 * time.Minute)
		f.run()
		if m := f.want(id, Lapsed); f.kept(id) != "" {
			t.Errorf("%+v", m)
		}
		if n := len(s.Got()); n != 0 {
			t.Errorf("%d mails came", n)
		}
	})
}

// A mail of a kind that only a newer program knows waits for that program.
func TestAMailOfAnUnknownKindWaits(t *testing.T) {
	f := open(t, dbtest.New(t, db.SQLite), nil)
	id := f.write("a@example.org", Offer{})
	if err := f.db.Writer.Exec("UPDATE mails SET kind = 'tomorrow.news' WHERE id = ?", id).Error; err != nil {
		t.Fatal(err)
	}
	f.run()
	f.want(id, Waiting)
}

// A clean stop lets a mail that is under way arrive, and notes it: nobody gets it again after the next start.
func TestStoppingWaitsForWhatIsUnderWay(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		underWay, stopping := make(chan struct{}), make(chan struct{})
		s := smtptest.Start(t, "", smtptest.Behaviour{Content: func(string) error {
			close(underWay)
			<-stopping
			return nil
		}})
		f := open(t, o, plain(s))
		id := f.write("a@example.org", Offer{})
		h := f.post.Handlers()[0]
		errand := h.Errand
		h.Errand = func(ctx context.Context, j jobs.Job) (func(tx *work.Tx) error, error) {
			context.AfterFunc(ctx, func() { close(stopping) }) // not before the runner has been told to stop
			return errand(ctx, j)
		}
		f.runner = jobs.New(f.unit, f.db, f.now, time.Hour, func() <-chan struct{} { return nil }, h)
		f.runner.Start()
		<-underWay
		f.runner.Stop()
		f.want(id, Sent)
		if n := len(s.Got()); n != 1 {
			t.Errorf("%d mails came", n)
		}
	})
}

// A mail of a kind that is renewed says what is so when it is sent; where nothing is left to tell it lapses.
func TestAMailSaysWhatIsSoWhenItIsSent(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		s := smtptest.Start(t, "", smtptest.Behaviour{})
		f := open(t, o, plain(s))
		now := "李白"
		Renew(f.post, helloKind, func(_ context.Context, _ uuid.UUID, h hello) (hello, bool, error) {
			if h.Name == "" {
				return h, false, errors.New("the data are not the mail's")
			}
			return hello{Name: now}, now != "", nil
		})
		f.run()
		sent := f.write("a@example.org", Offer{})
		f.run()
		f.want(sent, Sent)
		now = ""
		lapsed := f.write("a@example.org", Offer{Secret: secret, Until: f.now().Add(time.Hour)})
		f.run()
		if f.want(lapsed, Lapsed); f.kept(lapsed) != "" {
			t.Errorf("kept: %q", f.kept(lapsed))
		}
		if got := s.Got(); len(got) != 1 || !bytes.Contains(got[0].Raw, []byte("=E6=9D=8E=E7=99=BD")) {
			t.Errorf("%d mails: %s", len(got), got)
		}
	})
}
