package accounts

import (
	"context"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/db"
	"jiebang/internal/fault"
	"jiebang/internal/jobs"
	"jiebang/internal/mail"
	"jiebang/internal/policy"
	"jiebang/internal/text"
	"jiebang/internal/work"
)

// Bounds on requests for a new password: by an account, silently, since a stranger may be the one who asks; and by a client.
const (
	resetHour = time.Hour
	resetEach = 3 // links for an account in an hour
)

// resetRequest is what somebody typed who has forgotten their password. The background looks for the account, so that the answer
// takes the same work, and the same time, whether there is one.
type resetRequest struct {
	ID        uuid.UUID `gorm:"primaryKey"`
	Typed     string
	CreatedAt time.Time `gorm:"autoCreateTime:false"`
}

func (resetRequest) TableName() string { return "reset_requests" }

func (r resetRequest) ref() work.Ref { return work.Ref{Noun: "reset_request", ID: r.ID, Version: 1} }

// answering is the job that looks for the account of a request and mails the link.
const answering jobs.Kind = "password.answer"

// resetAnswered names the end of a request in the audit trail, whatever came of it; resetSent a link that was mailed.
const (
	resetAnswered work.Deed = "password.request_answered"
	resetSent     work.Deed = "password.link_sent"
)

// RequestReset asks for a link to a new password, by user name or address. The answer is the same whether there is such an account.
// client is where the request comes from, for bounds.
func (s *Service) RequestReset(ctx context.Context, call work.Call, client, typed string) error {
	if err := policy.Check(call.Actor, policy.ResetRequest, policy.Facts{}); err != nil {
		return err
	}
	if err := s.take(ctx, links, client); err != nil {
		return err
	}
	_, err := s.unit.Do(ctx, call, func(tx *work.Tx) error {
		r := resetRequest{ID: work.NewID(), Typed: typed, CreatedAt: tx.Now}
		if err := tx.Create(&r).Error; err != nil {
			return err
		}
		if err := tx.Record(work.Did(policy.ResetRequest), r.ref(), nil, nil); err != nil {
			return err
		}
		return jobs.At(tx, answering, r.ID, time.Time{})
	})
	return err
}

// Answerer is the job that answers requests for a new password.
func (s *Service) Answerer() jobs.Handler {
	return jobs.Handler{Kind: answering, Do: answer, Timeout: 10 * time.Second, Attempts: 10}
}

func answer(tx *work.Tx, j jobs.Job) error {
	var rows []resetRequest
	if err := tx.Where("id = ?", j.ObjectID).Find(&rows).Error; err != nil {
		return err
	}
	if len(rows) == 0 {
		return jobs.ErrNothing
	}
	r := rows[0]
	if err := tx.Delete(&r).Error; err != nil {
		return err
	}
	if err := tx.Record(resetAnswered, r.ref(), nil, nil); err != nil {
		return err
	}
	found, err := whoIs(tx.DB, r.Typed)
	if err != nil || found == nil {
		return err
	}
	a, err := work.Load[Account](db.ForUpdate(tx.DB), found.ID)
	if err != nil || a.Email == "" || a.DeactivatedAt != nil {
		return err
	}
	if n, err := linksSince(tx.DB, a.ID, toReset, tx.Now.Add(-resetHour)); err != nil || n >= resetEach {
		return err
	}
	offer, err := newLink(tx, a, toReset, mail.Address(a.Email), resetLife)
	if err != nil {
		return err
	}
	if err := tx.Record(resetSent, work.RefOf(a), nil, nil); err != nil {
		return err
	}
	return passwordReset.Write(tx, a.to(), a.greeting(), offer)
}

// whoIs finds the account of a user name or a verified address, or nil. User names have no @.
func whoIs(q *gorm.DB, typed string) (*Account, error) {
	if address, err := mail.Parse(text.Narrow(typed)); err == nil {
		return withEmail(q, address)
	}
	return named(q, typed)
}

// Reset sets a new password by the secret of a mail, and ends all sessions of the account. client is where the request comes from.
func (s *Service) Reset(ctx context.Context, call work.Call, client, secret, password string) error {
	if err := policy.Check(call.Actor, policy.PasswordReset, policy.Facts{}); err != nil {
		return err
	}
	ctx = From(ctx, client)
	if err := s.take(ctx, links, client); err != nil {
		return err
	}
	// Before the hash is computed, which takes its time and memory: a guess costs us next to nothing.
	l, err := openLink(s.unit.Query(ctx), secret, toReset, s.unit.Now())
	if fault.LinkInvalid.Of(err) {
		return s.resetBefore(ctx, secret, password, err)
	} else if err != nil {
		return err
	}
	holder, err := work.Load[Account](s.unit.Query(ctx), l.AccountID)
	if err != nil {
		return err
	}
	if err := s.fit(s.unit.Query(ctx), holder, password); err != nil {
		return err
	}
	hash, err := s.hash(ctx, password)
	if err != nil {
		return err
	}
	var username string
	_, err = s.unit.Do(ctx, call, func(tx *work.Tx) error {
		_, a, err := use(tx, secret, toReset)
		if err != nil {
			return err
		}
		username = a.Username
		if err := work.Move(tx, a, work.Did(policy.PasswordReset), func() error {
			a.PasswordHash = hash
			return nil
		}); err != nil {
			return err
		}
		if err := endTokens(tx, a.ID, uuid.Nil); err != nil {
			return err
		}
		return passwordChanged.Write(tx, a.to(), a.greeting(), mail.Offer{})
	})
	if err == nil {
		s.hit(ctx, username)
	}
	return err
}

// resetBefore answers a request that was made before, whose answer was lost: the link was used, and the password is the account's. Any
// other is refused as the link is, under the throttle of signing in.
func (s *Service) resetBefore(ctx context.Context, secret, password string, refusal error) error {
	q := s.unit.Query(ctx)
	var used []link
	err := q.Where("hash = ? AND purpose = ? AND used_at IS NOT NULL AND expires_at > ?", digest(secret), toReset, s.unit.Now()).Find(&used).Error
	if err != nil {
		return err
	}
	if len(used) == 0 {
		return refusal
	}
	a, err := work.Load[Account](q, used[0].AccountID)
	if err != nil {
		return err
	}
	right, err := s.try(ctx, a.Username, a.hashed, password)
	if err == nil && !right {
		err = refusal
	}
	return err
}

// How long is kept what can no longer be used: links, to see what happened and for bounds; requests that the background did not come to.
const (
	linksKept    = 30 * 24 * time.Hour
	requestsKept = 24 * time.Hour
)

// linksForgotten names their end in the audit trail.
const linksForgotten work.Deed = "account.links_forgotten"

// Forget deletes links and requests that ended long ago.
func (s *Service) Forget(ctx context.Context) error {
	if err := s.forgetThrottles(ctx); err != nil {
		return err
	}
	_, err := s.unit.Do(ctx, work.Call{Operation: "forget links"}, func(tx *work.Tx) error {
		gone := tx.Where("expires_at < ?", tx.Now.Add(-linksKept)).Delete(&link{})
		if gone.Error != nil {
			return gone.Error
		}
		lost := tx.Where("created_at < ?", tx.Now.Add(-requestsKept)).Delete(&resetRequest{})
		if lost.Error != nil || gone.RowsAffected+lost.RowsAffected == 0 {
			return lost.Error
		}
		return tx.Record(linksForgotten, work.Ref{Noun: "account_links", ID: work.NewID(), Version: 1}, nil,
			map[string]int64{"links": gone.RowsAffected, "requests": lost.RowsAffected})
	})
	return err
}
