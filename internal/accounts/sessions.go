package accounts

import (
	"context"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/fault"
	"jiebang/internal/policy"
	"jiebang/internal/work"
)

// OwnSession is one of an account's own sessions, without its secret.
type OwnSession struct {
	ID                   uuid.UUID
	CreatedAt, ExpiresAt time.Time
	Current              bool // the one that asks
}

// sessionsShown bounds how many sessions are listed: the newest.
const sessionsShown = 100

// Sessions lists the account's sessions that are good now, the newest first. secret is the caller's own token.
func (s *Service) Sessions(ctx context.Context, actor policy.Actor, secret string) ([]OwnSession, error) {
	if err := policy.Check(actor, policy.SessionList, policy.Facts{Subject: actor.Account}); err != nil {
		return nil, err
	}
	var rows []Token
	err := s.unit.Query(ctx).Where("account_id = ? AND revoked_at IS NULL AND expires_at > ?", actor.Account, s.unit.Now()).
		Order("id DESC").Limit(sessionsShown).Find(&rows).Error
	out := make([]OwnSession, len(rows))
	for i, t := range rows {
		out[i] = OwnSession{t.ID, t.CreatedAt, t.ExpiresAt, t.Hash == digest(secret)}
	}
	return out, err
}

// EndSession ends one of the account's own sessions. Doing it twice is no error.
func (s *Service) EndSession(ctx context.Context, call work.Call, id uuid.UUID) error {
	_, err := s.unit.Do(ctx, call, func(tx *work.Tx) error {
		var rows []Token
		if err := tx.Where("id = ? AND account_id = ?", id, call.Actor.Account).Find(&rows).Error; err != nil {
			return err
		}
		if len(rows) == 0 {
			return orElse(policy.Check(call.Actor, policy.SessionEnd, policy.Facts{}), fault.NotVisible.New())
		}
		return endToken(tx, &rows[0])
	})
	return err
}

// EndOtherSessions ends all of the account's sessions but the one that asks.
func (s *Service) EndOtherSessions(ctx context.Context, call work.Call, secret string) error {
	if err := policy.Check(call.Actor, policy.SessionEnd, policy.Facts{}); err != nil {
		return err
	}
	_, err := s.unit.Do(ctx, call, func(tx *work.Tx) error {
		keep, err := tokenOf(tx.DB, call.Actor.Account, secret)
		if err != nil {
			return err
		}
		if err := endTokens(tx, call.Actor.Account, keep); err != nil {
			return err
		}
		return tx.Record(work.Did(policy.SessionEnd), work.Ref{Noun: "account", ID: call.Actor.Account, Version: 1}, nil, "all others")
	})
	return err
}

// tokenOf is the session of a secret, or none where there is no secret.
func tokenOf(q *gorm.DB, account uuid.UUID, secret string) (uuid.UUID, error) {
	var ids []uuid.UUID
	err := q.Model(&Token{}).Where("hash = ? AND account_id = ?", digest(secret), account).Pluck("id", &ids).Error
	if err != nil || len(ids) == 0 {
		return uuid.Nil, err
	}
	return ids[0], nil
}

func endToken(tx *work.Tx, t *Token) error {
	if err := policy.Check(tx.Call.Actor, policy.SessionEnd, policy.Facts{}); err != nil {
		return err
	}
	before := *t
	if t.RevokedAt == nil {
		t.RevokedAt = &tx.Now
		if err := tx.Model(t).Update("revoked_at", tx.Now).Error; err != nil {
			return err
		}
	}
	return tx.Record(work.Did(policy.SessionEnd), work.Ref{Noun: "token", ID: t.ID, Version: 2}, before, *t)
}
