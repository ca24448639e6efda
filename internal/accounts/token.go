package accounts

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"time"

	"github.com/google/uuid"

	"jiebang/internal/db"
	"jiebang/internal/fault"
	"jiebang/internal/policy"
	"jiebang/internal/work"
)

// tokenLife is how long a token is good without signing in again.
const tokenLife = 30 * 24 * time.Hour

// sessionBegun names a signing in: what shows who somebody is cannot be asked of policy.
const sessionBegun work.Deed = "session.create"

// tokenMark makes a leaked token recognizable to scanners.
const tokenMark = "jbt_"

// Token is a session as stored: the secret itself is shown once and only its digest kept. A fast digest is enough, since the
// secret is random and long.
type Token struct {
	ID        uuid.UUID `gorm:"primaryKey"`
	AccountID uuid.UUID
	Hash      string    `json:"-"`
	CreatedAt time.Time `gorm:"autoCreateTime:false"`
	ExpiresAt time.Time
	RevokedAt *time.Time
}

func (Token) TableName() string { return "tokens" }

func digest(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}

// Session is what signing in gives.
type Session struct {
	Secret    string
	ExpiresAt time.Time
	Account   Person
}

// SignIn checks the password and issues a token. A wrong user name takes as long as a wrong password, and after several
// failures the user name has to wait.
func (s *Service) SignIn(ctx context.Context, call work.Call, username, password string) (*Session, error) {
	hash := s.cost.absent()
	var account *Account
	ok, err := s.try(ctx, username, func() (string, error) {
		var err error
		if account, err = named(s.unit.Query(ctx), username); account != nil {
			hash = account.PasswordHash
		}
		return hash, err
	}, password)
	if err != nil {
		return nil, err
	} else if !ok || account == nil {
		missed(ctx, account, call)
		return nil, fault.WrongCredentials.New()
	}
	s.hit(ctx, username)
	call.Actor = *account.actor()
	session := &Session{Secret: tokenMark + rand.Text(), Account: account.Person()}
	_, err = s.unit.Do(ctx, call, func(tx *work.Tx) error {
		// Locked, so that no session begins beside the end of the account or of its password.
		now, err := work.Load[Account](db.ForShare(tx.DB), account.ID)
		switch {
		case err != nil:
			return err
		case now.DeactivatedAt != nil:
			return fault.AccountDeactivated.New()
		case now.PasswordHash != hash:
			return fault.WrongCredentials.New()
		}
		t := Token{ID: work.NewID(), AccountID: account.ID, Hash: digest(session.Secret), CreatedAt: tx.Now, ExpiresAt: tx.Now.Add(tokenLife)}
		session.ExpiresAt = t.ExpiresAt
		if err := tx.Create(&t).Error; err != nil {
			return err
		}
		return tx.Record(sessionBegun, work.Ref{Noun: "token", ID: t.ID, Version: 1}, nil, t)
	})
	if err != nil {
		return nil, err
	}
	return session, nil
}

// SignOut revokes the token that the caller used. Doing it twice is no error: the token is gone either way.
func (s *Service) SignOut(ctx context.Context, call work.Call, secret string) error {
	if err := policy.Check(call.Actor, policy.SessionEnd, policy.Facts{}); err != nil {
		return err
	}
	_, err := s.unit.Do(ctx, call, func(tx *work.Tx) error {
		var t Token
		if err := tx.Where("hash = ? AND account_id = ?", digest(secret), call.Actor.Account).Take(&t).Error; err != nil {
			return err
		}
		before := t
		t.RevokedAt = &tx.Now
		if err := tx.Model(&t).Update("revoked_at", tx.Now).Error; err != nil {
			return err
		}
		return tx.Record(work.Did(policy.SessionEnd), work.Ref{Noun: "token", ID: t.ID, Version: 2}, before, t)
	})
	return err
}
