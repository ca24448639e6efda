package mail

import (
	"bytes"
	"errors"
	"log/slog"
	netmail "net/mail"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"jiebang/internal/db"
	"jiebang/internal/db/dbtest"
	"jiebang/internal/jobs"
	"jiebang/internal/mail/smtptest"
	"jiebang/internal/seal"
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
	file, err := seal.Open(filepath.Join(t.TempDir(), "secrets.json"), true)
	if err != nil {
		t.Fatal(err)
	}
	f.unit = work.New(f.db, f.now, func() {}, work.WithGuard(func(tx *work.Tx) error {
		if tx.Audits() == 0 && tx.Call.Operation != "forget mails" { // which may find nothing
			return errors.New("a transaction without an audit row: " + tx.Call.Operation)
		}
		return nil
	}), work.WithSecrets(file))
	sender := Sender{From: &netmail.Address{Name: "揭榜", Address: "jiebang@example.org"}, Public: "https://jiebang.example.org"}
	f.post = NewPost(f.unit, sender, by, Folder(t.TempDir()))
	f.runner = jobs.New(f.unit, f.db, f.now, time.Hour, func() <-chan struct{} { return nil }, f.post.Handlers()...)
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

// kept is the secret that is kept for a mail: sealed, and opened here.
func (f *office) kept(id uuid.UUID) string {
	f.Helper()
	m := f.mail(id)
	if m.Secret != "" {
		f.Errorf("the secret stands in the mail: %q", m.Secret)
	}
	if err := f.post.open(f.db.Reader, &m); err != nil {
		f.Fatal(err)
	}
	return m.Secret
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
