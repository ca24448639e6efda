package accounts

import (
	"context"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/db"
	"jiebang/internal/fault"
	"jiebang/internal/mail"
	"jiebang/internal/policy"
	"jiebang/internal/work"
)

// Bounds on the mails that one account, and all accounts together, can cause to a mailbox that may be somebody else's.
const (
	verifyHour = time.Hour
	verifyEach = 5 // by an account in an hour
	verifyBox  = 5 // to a mailbox in an hour
)

// Email is what an account knows of its own address.
type Email struct {
	Address    string // verified: mails go there; empty without one
	VerifiedAt *time.Time
	Pending    string // was given and waits for its confirmation; empty without one
}

// SetEmail gives the account an address, which is its own once it is confirmed (ConfirmEmail): until then the one before holds. To
// the account it looks the same where the address is another's already; that one is told by mail.
func (s *Service) SetEmail(ctx context.Context, call work.Call, typed string) error {
	var bad fault.Fields
	address := mail.Into(&bad, typed, "/email")
	if err := bad.Err(); err != nil {
		return err
	}
	_, err := s.unit.Do(ctx, call, func(tx *work.Tx) error {
		a, err := s.own(tx, policy.AccountEmail)
		if err != nil {
			return err
		}
		if err := mayAsk(tx, a, address); err != nil {
			return err
		}
		offer, err := newLink(tx, a, toVerify, address, verifyLife)
		if err != nil {
			return err
		}
		if err := tx.Record(work.Did(policy.AccountEmail), work.RefOf(a), nil, Email{Pending: string(address)}); err != nil {
			return err
		}
		holder, err := withEmail(tx.DB, address)
		if err != nil {
			return err
		}
		if holder != nil && holder.ID != a.ID {
			// The link was made all the same and is nobody's: both ways do the same work.
			return emailTaken.Write(tx, holder.to(), holder.greeting(), mail.Offer{})
		}
		return emailVerify.Write(tx, mail.To{Address: address, Account: a.ID}, a.greeting(), offer)
	})
	return err
}

// mayAsk bounds how many mails an account causes, and how many a mailbox gets.
func mayAsk(tx *work.Tx, a *Account, address mail.Address) error {
	since := tx.Now.Add(-verifyHour)
	byAccount, err := linksSince(tx.DB, a.ID, toVerify, since)
	if err != nil {
		return err
	}
	toBox, err := mail.Lately(tx.DB, address, since, emailVerify, emailTaken)
	if err != nil {
		return err
	}
	if byAccount >= verifyEach || toBox >= verifyBox {
		f := fault.RateLimited.New()
		f.RetryAfter = verifyHour
		return f
	}
	return nil
}

// ClearEmail takes the account's address away, and one that waits for its confirmation. Doing it twice is no error.
func (s *Service) ClearEmail(ctx context.Context, call work.Call) error {
	_, err := s.unit.Do(ctx, call, func(tx *work.Tx) error {
		a, err := s.own(tx, policy.AccountEmail)
		if err != nil {
			return err
		}
		if err := voidLinks(tx, a.ID, toVerify); err != nil {
			return err
		}
		return s.moveEmail(tx, a, work.Did(policy.AccountEmail), "", nil)
	})
	return err
}

// ConfirmEmail makes an address the account's own: who has the secret of its mail reads its mails. No session is asked for, since
// mails are often read on another device.
func (s *Service) ConfirmEmail(ctx context.Context, call work.Call, secret string) error {
	if err := policy.Check(call.Actor, policy.EmailConfirm, policy.Facts{}); err != nil {
		return err
	}
	_, err := s.unit.Do(ctx, call, func(tx *work.Tx) error {
		l, a, err := use(tx, secret, toVerify)
		if err != nil {
			return err
		}
		return s.moveEmail(tx, a, work.Did(policy.EmailConfirm), mail.Address(l.Address), &tx.Now)
	})
	if fault.LinkInvalid.Of(err) {
		err = s.confirmedBefore(ctx, secret, err)
	}
	if db.Duplicate(err) {
		err = fault.EmailTaken.New() // they read its mails, so they may know
	}
	return err
}

// confirmedBefore answers a confirmation that was made before, whose answer was lost: the link was used, and its address is the account's.
func (s *Service) confirmedBefore(ctx context.Context, secret string, refusal error) error {
	var n int64
	err := s.unit.Query(ctx).Model(&link{}).Joins("JOIN accounts a ON a.id = account_links.account_id AND a.email = account_links.address").
		Where("hash = ? AND purpose = ? AND used_at IS NOT NULL AND expires_at > ? AND a.email_verified_at = used_at", digest(secret), toVerify, s.unit.Now()).
		Count(&n).Error
	if err == nil && n == 0 {
		err = refusal
	}
	return err
}

// vouched names an address that was not confirmed by mail.
const vouched work.Deed = "account.vouch_email"

// Vouch gives an account an address that the machine's owner knows to be theirs, without a mail. Only commands call it.
func (s *Service) Vouch(ctx context.Context, username, typed string) error {
	var bad fault.Fields
	address := mail.Into(&bad, typed, "email")
	if err := bad.Err(); err != nil {
		return err
	}
	_, err := s.unit.Do(ctx, work.Call{Operation: "user email"}, func(tx *work.Tx) error {
		a, err := Find(tx.DB, username, "username")
		if err != nil {
			return err
		}
		return s.moveEmail(tx, a, vouched, address, &tx.Now)
	})
	if db.Duplicate(err) {
		err = fault.EmailTaken.New()
	}
	return err
}

// moveEmail gives an account another address or none, and tells the one before.
func (s *Service) moveEmail(tx *work.Tx, a *Account, deed work.Deed, address mail.Address, verified *time.Time) error {
	before := a.to()
	if err := work.Move(tx, a, deed, func() error {
		a.Email, a.EmailKey, a.EmailVerifiedAt = string(address), address.Key(), verified
		return nil
	}); err != nil {
		return err
	}
	if before.Address == "" || before.Address.Key() == address.Key() {
		return nil
	}
	// A link to a new password that lies in the old mailbox is void as well.
	if err := voidLinks(tx, a.ID, toReset); err != nil {
		return err
	}
	return emailChanged.Write(tx, before, a.greeting(), mail.Offer{})
}

// own loads the caller's account, locked, for something that it does to itself.
func (s *Service) own(tx *work.Tx, action policy.Action) (*Account, error) {
	a, err := work.Load[Account](db.ForUpdate(tx.DB), tx.Call.Actor.Account)
	if err != nil {
		return nil, err
	}
	return a, policy.Check(tx.Call.Actor, action, a.Facts())
}

// to is where mails for the account go; without a verified address nowhere.
func (a *Account) to() mail.To { return mail.To{Address: mail.Address(a.Email), Account: a.ID} }

// Mailbox tells where mails for an account go, and its name; the address is empty where it has verified none.
func Mailbox(q *gorm.DB, id uuid.UUID) (mail.To, string, error) {
	rows, err := work.ByIDs[Account](q, []uuid.UUID{id})
	if err != nil || len(rows) == 0 {
		return mail.To{}, "", err
	}
	return rows[0].to(), rows[0].Name, nil
}

// Tell writes news to an account, if it has an address.
func Tell(tx *work.Tx, account uuid.UUID, kind mail.Kind[mail.News], about string, what fault.Text) error {
	to, name, err := Mailbox(tx.DB, account)
	if err != nil || to.Address == "" {
		return err
	}
	return kind.Write(tx, to, mail.News{Name: name, About: about, ZH: what.ZH, EN: what.EN}, mail.Offer{})
}

// Operators are the accounts of those who work for the bureau.
func Operators(q *gorm.DB) (ids []uuid.UUID, err error) {
	err = q.Model(&Account{}).Where("operator AND "+Live).Order("id").Pluck("id", &ids).Error
	return ids, err
}

// withEmail finds the account whose verified address this is, or nil.
func withEmail(q *gorm.DB, address mail.Address) (*Account, error) {
	var rows []Account
	if err := q.Where("email_key = ? AND email_key <> ''", address.Key()).Find(&rows).Error; err != nil || len(rows) == 0 {
		return nil, err
	}
	return &rows[0], nil
}

// Email tells the account its own address.
func (s *Service) Email(ctx context.Context, actor policy.Actor) (Email, error) {
	q := s.unit.Query(ctx)
	a, err := work.Load[Account](q, actor.Account)
	if err != nil {
		return Email{}, err
	}
	if err := policy.Check(actor, policy.AccountRead, a.Facts()); err != nil {
		return Email{}, err
	}
	var open []link
	err = q.Where("account_id = ? AND purpose = ? AND used_at IS NULL AND expires_at > ?", a.ID, toVerify, s.unit.Now()).Find(&open).Error
	out := Email{Address: a.Email, VerifiedAt: a.EmailVerifiedAt}
	if len(open) > 0 {
		out.Pending = open[0].Address
	}
	return out, err
}
