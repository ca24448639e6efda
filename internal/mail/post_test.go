package mail

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	netmail "net/mail"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
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

type hello struct{ Name string }

var helloKind = NewKind[hello]("test.hello", `{{define "subject"}}你好 {{.Data.Name}}{{end}}
{{define "text"}}{{.Data.Name}}: {{.Secret}} {{.Link "test"}} {{.End}}{{end}}
{{define "html"}}<p>{{.Data.Name}}</p><a href="{{.Link "test"}}">link</a>{{end}}`)

const secret = "jbl_SECRETSECRETSECRET"

// What is logged is long, and a test says itself what it found.
func init() { slog.SetDefault(slog.New(slog.DiscardHandler)) }

// office is a post office for tests: its clock goes with the time, from where it was set.
type office struct {
	*testing.T
	db     *db.DB
	unit   *work.Unit
	runner *jobs.Runner
	post   *Post
	ahead  atomic.Int64
}

// open makes an office that sends by a server of these settings, or into a folder where there is none.
func open(t *testing.T, o db.Options, by *Server) *office {
	t.Helper()
	f := &office{T: t, db: dbtest.Open(t, o)}
	f.unit = work.New(f.db, f.now, func() {}, work.WithGuard(func(tx *work.Tx) error {
		if tx.Audits() == 0 && tx.Call.Operation != "forget mails" { // which may find nothing
			return errors.New("a transaction without an audit row: " + tx.Call.Operation)
		}
		return nil
	}))
	sender := Sender{From: &netmail.Address{Name: "揭榜", Address: "jiebang@example.org"}, Public: "https://jiebang.example.org"}
	f.post = NewPost(f.unit, sender, by, Folder(t.TempDir()))
	f.runner = jobs.New(f.unit, f.db, f.now, time.Hour, func() <-chan struct{} { return nil }, f.post.Handler())
	return f
}

func (f *office) now() time.Time { return time.Now().Add(time.Duration(f.ahead.Load())) }

func (f *office) pass(d time.Duration) { f.ahead.Add(int64(d)) }

// write puts a mail into a transaction of its own.
func (f *office) write(to string, offer Offer) uuid.UUID {
	f.Helper()
	_, err := f.unit.Do(f.Context(), work.Call{Operation: "test"}, func(tx *work.Tx) error {
		if err := helloKind.Write(tx, To{Address: Address(to)}, hello{"张伟"}, offer); err != nil {
			return err
		}
		return tx.Record("test", work.Ref{Noun: "test", ID: work.NewID(), Version: 1}, nil, nil)
	})
	if err != nil {
		f.Fatal(err)
	}
	var m Mail
	if err := f.db.Reader.Where("address = ?", to).Order("id DESC").Take(&m).Error; err != nil {
		f.Fatal(err)
	}
	return m.ID
}

func (f *office) run() {
	f.Helper()
	if _, err := f.runner.Run(f.Context()); err != nil {
		f.Fatal(err)
	}
}

func (f *office) mail(id uuid.UUID) Mail {
	f.Helper()
	m, err := work.Load[Mail](f.db.Reader, id)
	if err != nil {
		f.Fatal(err)
	}
	return *m
}

// want fails unless the mail is in a state; it returns it.
func (f *office) want(id uuid.UUID, state State) Mail {
	f.Helper()
	m := f.mail(id)
	if m.State != state {
		f.Fatalf("the mail to %s is %s (%s), want %s", m.Address, m.State, m.Reason, state)
	}
	return m
}

// plain is a server of a test's own, without TLS.
func plain(s *smtptest.Server) *Server {
	out, err := ReadServer("smtp://" + s.Addr + "?tls=none")
	if err != nil {
		panic(err)
	}
	out.patience = 2 * time.Second
	return out
}

func messageID(raw []byte) string {
	m, err := netmail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		return err.Error()
	}
	return m.Header.Get("Message-ID")
}

func TestAMailIsSentOnceAndItsSecretForgotten(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		s := smtptest.Start(t, "", smtptest.Behaviour{})
		f := open(t, o, plain(s))
		id := f.write("zhang.wei@example.org", Offer{Secret: secret, Until: f.now().Add(time.Hour)})
		if m := f.want(id, Waiting); m.Secret != secret {
			t.Errorf("%+v", m)
		}
		f.run()
		f.run()
		m := f.want(id, Sent)
		if m.Secret != "" || m.SentAt == nil || m.Version != 2 {
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
		if m.Reason == "" || m.Secret != secret {
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
		if m := f.want(id, Lapsed); m.Secret != "" {
			t.Errorf("%+v", m)
		}
		if n := len(s.Got()); n != 0 {
			t.Errorf("%d mails came", n)
		}
	})
}

func TestOldMailsAreForgotten(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		s := smtptest.Start(t, "", smtptest.Behaviour{To: func(to string) error {
			if strings.HasPrefix(to, "nobody") {
				return smtptest.Refuse(550, 1, 1)
			}
			return nil
		}})
		f := open(t, o, plain(s))
		sent := f.write("a@example.org", Offer{})
		failed := f.write("nobody@example.org", Offer{Secret: secret, Until: f.now().Add(7 * 24 * time.Hour)})
		f.run()
		forget := func() {
			t.Helper()
			if err := New(f.unit).Forget(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		forget()
		if m := f.want(failed, Failed); m.Secret != secret || m.Address == "" {
			t.Errorf("too early: %+v", m)
		}
		f.pass(8 * 24 * time.Hour)
		waiting := f.write("late@example.org", Offer{})
		forget()
		if m := f.want(failed, Failed); m.Secret != "" || m.Address == "" {
			t.Errorf("its secret is over: %+v", m)
		}
		operator := work.Call{Operation: "test", Actor: policy.Actor{Account: work.NewID(), Operator: true}}
		if _, err := New(f.unit).SendAgain(t.Context(), operator, failed, 2); !fault.MailOver.Of(err) {
			t.Errorf("sent again, without what it offered: %v", err)
		}
		f.pass(90 * 24 * time.Hour)
		forget()
		for id, state := range map[uuid.UUID]State{sent: Sent, failed: Failed} {
			if m := f.want(id, state); m.Address != "" || m.AddressKey != "" || m.Data != "{}" || m.Secret != "" || m.Kind != "test.hello" {
				t.Errorf("%+v", m)
			}
		}
		var audits int64
		if err := f.db.Reader.Model(&work.AuditRow{}).Where("action = ?", "mail.forget").Count(&audits).Error; err != nil || audits != 2 {
			t.Errorf("%d audit rows, %v", audits, err)
		}
		if m := f.want(waiting, Waiting); m.Address == "" {
			t.Errorf("one that waits still was forgotten: %+v", m)
		}
	})
}

func TestLatelyCountsAMailboxHoweverItIsWritten(t *testing.T) {
	f := open(t, dbtest.New(t, db.SQLite), nil)
	f.write("A.b@example.org", Offer{})
	f.pass(2 * time.Hour)
	f.write("a.B@example.org", Offer{})
	for since, want := range map[time.Duration]int64{time.Hour: 1, 3 * time.Hour: 2, time.Minute: 1} {
		if n, err := Lately(f.db.Reader, "a.b@example.org", f.now().Add(-since), helloKind); err != nil || n != want {
			t.Errorf("%s: %d %v", since, n, err)
		}
	}
}

// Credentials go over TLS or not at all, and the log tells none.
func TestCredentialsNeedTLS(t *testing.T) {
	var log bytes.Buffer
	defer slog.SetDefault(slog.Default())
	slog.SetDefault(slog.New(slog.NewTextHandler(&log, nil)))
	server, client := smtptest.Certificate(t)
	for name, c := range map[string]struct {
		behaviour smtptest.Behaviour
		setting   string
		trusts    bool
		sent      bool
	}{
		"STARTTLS":                {smtptest.Behaviour{TLS: server, User: "u", Password: "pass:word@1"}, "smtp://u:pass%3Aword%401@", true, true},
		"TLS from the first byte": {smtptest.Behaviour{TLS: server, Implicit: true, User: "u", Password: "pass:word@1"}, "smtps://u:pass%3Aword%401@", true, true},
		"no STARTTLS":             {smtptest.Behaviour{}, "smtp://u:pass%3Aword%401@", true, false},
		"no STARTTLS, no user":    {smtptest.Behaviour{}, "smtp://", true, false},
		"an unknown certificate":  {smtptest.Behaviour{TLS: server}, "smtp://", false, false},
		"a wrong password":        {smtptest.Behaviour{TLS: server, User: "u", Password: "other"}, "smtp://u:pass%3Aword%401@", true, false},
	} {
		t.Run(name, func(t *testing.T) {
			s := smtptest.Start(t, "", c.behaviour)
			by, err := ReadServer(c.setting + s.Addr)
			if err != nil {
				t.Fatal(err)
			}
			if by.patience = 2 * time.Second; c.trusts {
				by.tls = client
			}
			f := open(t, dbtest.New(t, db.SQLite), by)
			id := f.write("a@example.org", Offer{})
			f.run()
			if c.sent {
				f.want(id, Sent)
			} else {
				f.want(id, Waiting)
			}
			var told []string
			if err := f.db.Reader.Model(&jobs.Job{}).Pluck("last_error", &told).Error; err != nil {
				t.Fatal(err)
			}
			if text := strings.Join(told, "") + log.String(); strings.Contains(text, "word") || len(s.Got()) > 0 != c.sent {
				t.Errorf("%d mails; %s", len(s.Got()), text)
			}
		})
	}
}

func TestSettingsOfAServer(t *testing.T) {
	for setting, want := range map[string]Server{
		"smtps://u:p%40@mail.example.org":    {host: "mail.example.org", port: 465, implicit: true, user: "u", password: "p@"},
		"smtp://mail.example.org":            {host: "mail.example.org", port: 587},
		"smtp://u:p@mail.example.org:2525/":  {host: "mail.example.org", port: 2525, user: "u", password: "p"},
		"smtp://127.0.0.1:25?tls=none":       {host: "127.0.0.1", port: 25, plain: true},
		"smtp://u%40example.org:p@[::1]:587": {host: "::1", port: 587, user: "u@example.org", password: "p"},
	} {
		if got, err := ReadServer(setting); err != nil || *got != want {
			t.Errorf("%s: %+v %v", setting, got, err)
		}
	}
	for _, setting := range []string{
		"mail.example.org", "http://mail.example.org", "smtp://", "smtp://h:0", "smtp://h:99999", "smtp://h/path", "smtp://h?tls=off", "smtps://h?tls=none",
		"smtp://u:sesame@h?tls=none", "smtp://u@h", "smtp://:sesame@h", "smtp://h#x", "smtp://u:sesame@h:port", "smtp://u:ses%ame@h",
	} {
		if got, err := ReadServer(setting); err == nil || strings.Contains(err.Error(), "ses") {
			t.Errorf("%s: %+v %v", setting, got, err)
		}
	}
	for _, from := range []string{"", "jiebang", "a\r\nBcc: b@example.org", "a@b, c@d"} {
		if a, err := ReadFrom(from); err == nil {
			t.Errorf("%q: %v", from, a)
		}
	}
	for in, want := range map[string]string{"https://x.org/": "https://x.org", "http://x.org:8080/a/": "http://x.org:8080/a"} {
		if got, err := ReadPublic(in); err != nil || got != want {
			t.Errorf("%s: %s %v", in, got, err)
		}
	}
	for _, in := range []string{"x.org", "ftp://x.org", "https://u:p@x.org", "https://x.org?a=b", "https://x.org/#a", "https://"} {
		if got, err := ReadPublic(in); err == nil {
			t.Errorf("%s: %s", in, got)
		}
	}
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

func TestOnlyOperatorsLookAfterMails(t *testing.T) {
	f := open(t, dbtest.New(t, db.SQLite), nil)
	id := f.write("zhang.wei@example.org", Offer{Secret: secret, Until: f.now().Add(time.Hour)})
	service, ctx := New(f.unit), context.Background()
	stranger, operator := policy.Actor{Account: work.NewID()}, policy.Actor{Account: work.NewID(), Operator: true}
	if _, err := service.List(ctx, stranger, Filter{}, db.Paging{Limit: 10}); !fault.NotAllowed.Of(err) {
		t.Error(err)
	}
	if _, err := service.Get(ctx, stranger, id); !fault.NotAllowed.Of(err) {
		t.Error(err)
	}
	page, err := service.List(ctx, operator, Filter{State: Waiting, Kind: "test.hello"}, db.Paging{Limit: 10})
	if err != nil || len(page.Items) != 1 || page.Items[0].To != "z***@example.org" {
		t.Errorf("%+v %v", page, err)
	}
	if shown := fmt.Sprintf("%+v", page.Items); strings.Contains(shown, secret) || strings.Contains(shown, "zhang") || strings.Contains(shown, "张") {
		t.Errorf("shown: %s", shown)
	}
	if page, err = service.List(ctx, operator, Filter{State: Failed}, db.Paging{Limit: 10}); err != nil || len(page.Items) != 0 {
		t.Errorf("%+v %v", page, err)
	}
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
		h := f.post.Handler()
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
