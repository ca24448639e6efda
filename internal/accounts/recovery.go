package accounts

import (
	"context"

	"github.com/google/uuid"

	"jiebang/internal/db"
	"jiebang/internal/fault"
	"jiebang/internal/mail"
	"jiebang/internal/policy"
	"jiebang/internal/work"
)

// What is done for an account that its person has lost, or that somebody else has: by an operator, who ends its sessions, and by commands on
// the server, which also set a password for who has no confirmed address to get a link at.

// The deeds of commands in the audit trail. Their rows name no account that did it: who can run commands on the machine owns the system.
const (
	sessionsEndedByCommand work.Deed = "account.end_sessions_by_command"
	passwordSetByCommand   work.Deed = "password.set_by_command"
)

// canSignIn refuses what makes no sense for an account that is deactivated.
func (a *Account) canSignIn() error {
	if a.DeactivatedAt != nil {
		return fault.In(Deactivated, Active)
	}
	return nil
}

// EndSessions ends all sessions of an account; by an operator, and not of their own account. The account stays as it is and is told by mail.
func (s *Service) EndSessions(ctx context.Context, call work.Call, id uuid.UUID, version int64) (Answer, error) {
	return s.operators(ctx, call, id, version, policy.SessionsEnd, func(tx *work.Tx, a *Account) error {
		if err := a.canSignIn(); err != nil {
			return err
		}
		return a.endSessions(tx)
	})
}

func (a *Account) endSessions(tx *work.Tx) error {
	if err := endTokens(tx, a.ID, uuid.Nil); err != nil || a.Email == "" {
		return err
	}
	return sessionsEnded.Write(tx, a.to(), a.greeting(), mail.Offer{})
}

// CommandEndSessions ends all sessions of an account. Only the command line calls it.
func (s *Service) CommandEndSessions(ctx context.Context, username string) error {
	return s.byCommand(ctx, "user end-sessions", username, sessionsEndedByCommand, func(tx *work.Tx, a *Account) error { return a.endSessions(tx) })
}

// CommandPassword gives an account another password, by the rules of all passwords, and ends its sessions; links to a new password are void,
// and failed attempts are forgotten. Only the command line calls it.
func (s *Service) CommandPassword(ctx context.Context, username, password string) error {
	q := s.unit.Query(ctx)
	a, err := Find(q, username, "username")
	if err != nil {
		return err
	}
	if err := s.fit(q, a, password); err != nil {
		return err
	}
	hash, err := s.hash(ctx, password)
	if err != nil {
		return err
	}
	err = s.byCommand(ctx, "user password", username, passwordSetByCommand, func(tx *work.Tx, a *Account) error {
		a.PasswordHash = hash
		if err := voidLinks(tx, a.ID, toReset); err != nil {
			return err
		}
		if err := endTokens(tx, a.ID, uuid.Nil); err != nil || a.Email == "" {
			return err
		}
		return passwordChanged.Write(tx, a.to(), a.greeting(), mail.Offer{})
	})
	if err == nil {
		s.hit(ctx, username)
	}
	return err
}

func (s *Service) byCommand(ctx context.Context, operation, username string, deed work.Deed, method func(*work.Tx, *Account) error) error {
	_, err := s.unit.Do(ctx, work.Call{Operation: operation}, func(tx *work.Tx) error {
		a, err := Find(db.ForUpdate(tx.DB), username, "username")
		if err != nil {
			return err
		}
		return work.Move(tx, a, deed, func() error { return method(tx, a) })
	})
	return err
}
