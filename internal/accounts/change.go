package accounts

import (
	"context"

	"github.com/google/uuid"

	"jiebang/internal/fault"
	"jiebang/internal/mail"
	"jiebang/internal/policy"
	"jiebang/internal/text"
	"jiebang/internal/work"
)

// PasswordInput is what changing one's password takes. Keep is the token of the session in which it is changed.
type PasswordInput struct{ Present, Password, Keep string }

// ChangePassword sets another password by the present one, and ends the account's other sessions. Wrong ones count as those of signing in
// do. Done again because the answer was lost it is no error: the new password is the account's by then.
func (s *Service) ChangePassword(ctx context.Context, call work.Call, in PasswordInput) error {
	a, err := work.Load[Account](s.unit.Query(ctx), call.Actor.Account)
	if err != nil {
		return err
	}
	if err := policy.Check(call.Actor, policy.PasswordSet, a.Facts()); err != nil {
		return err
	}
	var bad fault.Fields
	bad.Check(in.Password != in.Present, "/password", fault.Unchanged, "新密码与原密码相同", "It is the present password")
	if err := bad.Err(); err != nil {
		return err
	}
	if done, err := s.showPassword(ctx, a, in); err != nil || done {
		return err
	}
	if err := s.fit(s.unit.Query(ctx), a, in.Password); err != nil {
		return err
	}
	hash, err := s.hash(ctx, in.Password)
	if err != nil {
		return err
	}
	_, err = s.unit.Do(ctx, call, func(tx *work.Tx) error {
		now, err := s.own(tx, policy.PasswordSet)
		if err != nil {
			return err
		}
		if now.PasswordHash != a.PasswordHash { // somebody was faster
			return fault.WrongPassword.New()
		}
		if err := work.Move(tx, now, work.Did(policy.PasswordSet), func() error {
			now.PasswordHash = hash
			return nil
		}); err != nil {
			return err
		}
		if err := voidLinks(tx, now.ID, toReset); err != nil {
			return err
		}
		keep, err := tokenOf(tx.DB, now.ID, in.Keep)
		if err != nil {
			return err
		}
		if err := endTokens(tx, now.ID, keep); err != nil {
			return err
		}
		if now.Email == "" {
			return nil
		}
		return passwordSet.Write(tx, now.to(), now.greeting(), mail.Offer{})
	})
	return err
}

// showPassword has the caller show the present password; done tells that the new one is the account's already.
func (s *Service) showPassword(ctx context.Context, a *Account, in PasswordInput) (done bool, err error) {
	right, err := s.try(ctx, a.Username, a.hashed, in.Present)
	if err != nil {
		return false, err
	}
	if !right {
		if done, err = s.check(ctx, a.PasswordHash, in.Password); err != nil || !done {
			return false, orElse(err, fault.WrongPassword.New())
		}
	}
	s.hit(ctx, a.Username)
	return done, nil
}

func orElse(err, otherwise error) error {
	if err != nil {
		return err
	}
	return otherwise
}

// Rename gives the account another name of its person; by the account itself.
func (s *Service) Rename(ctx context.Context, call work.Call, name string) (Person, error) {
	var bad fault.Fields
	text.Named(&bad, name, "/name", 1, 50)
	if err := bad.Err(); err != nil {
		return Person{}, err
	}
	var out Person
	_, err := s.unit.Do(ctx, call, func(tx *work.Tx) error {
		a, err := s.own(tx, policy.AccountEdit)
		if err != nil {
			return err
		}
		err = work.Move(tx, a, work.Did(policy.AccountEdit), func() error {
			a.Name = name
			return nil
		})
		out = a.Person()
		return err
	})
	return out, err
}

// endTokens ends the sessions of an account but for one.
func endTokens(tx *work.Tx, account, keep uuid.UUID) error {
	return tx.Model(&Token{}).Where("account_id = ? AND id <> ? AND revoked_at IS NULL", account, keep).Update("revoked_at", tx.Now).Error
}
