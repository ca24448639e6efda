package mail

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"path/filepath"
	"time"

	"github.com/google/uuid"

	"jiebang/internal/fault"
	"jiebang/internal/jobs"
	"jiebang/internal/work"
)

// sending is the job that sends one mail.
const sending jobs.Kind = "mail.send"

// attempts is how often a mail is tried while the server is away or asks for patience; then it has failed.
const attempts = 15

// Deeds that follow from the job and not from somebody's action.
const (
	mailSent   work.Deed = "mail.sent"
	mailFailed work.Deed = "mail.failed"
	mailLapsed work.Deed = "mail.lapsed"
)

// Post sends mails.
type Post struct {
	unit   *work.Unit
	sender Sender
	by     carrier
	renews map[string]renewal
}

// renewal makes the data of a mail anew as it is sent: what it speaks of may be its reader's no more. none: there is nothing left to tell.
type renewal func(ctx context.Context, m *Mail) (data []byte, none bool, err error)

// Renew has mails of a kind say what is so when they are sent, and not when they were written: fn gives the data anew, or tells that there is nothing
// left to tell. It is called while the system is put together.
func Renew[D any](p *Post, kind Kind[D], fn func(ctx context.Context, account uuid.UUID, data D) (D, bool, error)) {
	p.renews[kind.name] = func(ctx context.Context, m *Mail) ([]byte, bool, error) {
		var data D
		if err := json.Unmarshal([]byte(m.Data), &data); err != nil {
			return nil, false, err
		}
		var account uuid.UUID
		if m.AccountID != nil {
			account = *m.AccountID
		}
		data, some, err := fn(ctx, account, data)
		if err != nil || !some {
			return nil, err == nil, err
		}
		raw, err := json.Marshal(data)
		return raw, false, err
	}
}

// NewPost makes a Post that hands mails to a mail server; without one it lays them into a folder.
func NewPost(unit *work.Unit, sender Sender, server *Server, dir string) *Post {
	p := &Post{unit: unit, sender: sender, by: server, renews: map[string]renewal{}}
	if server == nil {
		p.by = folder{dir}
	}
	return p
}

// Folder is where mails lie when there is no mail server, in a data folder.
func Folder(data string) string { return filepath.Join(data, "mails") }

// Handlers are the jobs that send mails.
func (p *Post) Handlers() []jobs.Handler {
	h := jobs.Handler{Kind: sending, Errand: p.errand, Timeout: 3 * patience, Attempts: attempts}
	sealed := h
	sealed.Kind = sendingSealed
	return []jobs.Handler{h, sealed}
}

// errand sends one mail. When we die before its end is noted it is sent again, with the same Message-ID.
func (p *Post) errand(ctx context.Context, j jobs.Job) (func(tx *work.Tx) error, error) {
	m, err := work.Load[Mail](p.unit.Query(ctx), j.ObjectID)
	switch {
	case fault.NotVisible.Of(err):
		return nil, jobs.ErrNothing
	case err != nil:
		return nil, err
	case m.State != Waiting:
		return nil, jobs.ErrNothing // somebody was faster
	case m.over(p.unit.Now()):
		return p.end(m, mailLapsed, func(m *Mail, _ time.Time) error { return m.lapse() }), nil
	}
	if err := p.open(p.unit.Query(ctx), m); err != nil {
		return nil, err
	}
	if renew := p.renews[m.Kind]; renew != nil {
		data, none, err := renew(ctx, m)
		if err != nil {
			return nil, err
		}
		if none {
			return p.end(m, mailLapsed, func(m *Mail, _ time.Time) error { return m.lapse() }), nil
		}
		m.Data = string(data)
	}
	err = p.send(ctx, m)
	var refused *refusal
	switch {
	case err == nil:
		return p.end(m, mailSent, (*Mail).sent), nil
	case !errors.As(err, &refused) && j.Attempts < attempts:
		return nil, err
	}
	slog.WarnContext(ctx, "a mail could not be sent; see GET /v1/mails?state=failed", "mail", m.ID, "kind", m.Kind, "reason", err)
	return p.end(m, mailFailed, func(m *Mail, _ time.Time) error { return m.fail(line(err.Error())) }), nil
}

// send makes the mail and hands it on.
func (p *Post) send(ctx context.Context, m *Mail) error {
	out, err := p.sender.make(m)
	if err != nil {
		return err
	}
	return p.by.carry(ctx, out, m.ID.String())
}

// end notes what became of a mail, in the transaction that ends the job.
func (p *Post) end(m *Mail, deed work.Deed, method func(m *Mail, now time.Time) error) func(tx *work.Tx) error {
	return func(tx *work.Tx) error {
		now, err := work.Load[Mail](tx.DB, m.ID)
		if err != nil {
			return err
		}
		if now.State != m.State || now.Version != m.Version {
			return jobs.ErrNothing // it was ended elsewhere
		}
		if err := work.Move(tx, now, deed, func() error { return method(now, tx.Now) }); err != nil || now.State == Failed {
			return err // what has failed may be sent again
		}
		return erase(tx, now.ID)
	}
}
