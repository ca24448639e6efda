package accounts

import (
	"crypto/rand"
	_ "embed"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/db"
	"jiebang/internal/fault"
	"jiebang/internal/mail"
	"jiebang/internal/work"
)

// What an account's mails say.
var (
	//go:embed mails/email_verify.tmpl
	emailVerifyText string
	//go:embed mails/email_taken.tmpl
	emailTakenText string
	//go:embed mails/email_changed.tmpl
	emailChangedText string
	//go:embed mails/password_reset.tmpl
	passwordResetText string
	//go:embed mails/password_changed.tmpl
	passwordChangedText string
	//go:embed mails/password_set.tmpl
	passwordSetText string
	//go:embed mails/account_ended.tmpl
	accountEndedText string
	//go:embed mails/sessions_ended.tmpl
	sessionsEndedText string

	emailVerify     = mail.NewKind[greeting]("email.verify", emailVerifyText)
	emailTaken      = mail.NewKind[greeting]("email.taken", emailTakenText)
	emailChanged    = mail.NewKind[greeting]("email.changed", emailChangedText)
	passwordReset   = mail.NewKind[greeting]("password.reset", passwordResetText)
	passwordChanged = mail.NewKind[greeting]("password.changed", passwordChangedText)
	passwordSet     = mail.NewKind[greeting]("password.set", passwordSetText)
	accountEnded    = mail.NewKind[greeting]("account.ended", accountEndedText)
	sessionsEnded   = mail.NewKind[greeting]("sessions.ended", sessionsEndedText)
)

// greeting is what the texts of all mails to an account are made of.
type greeting struct{ Username, Name string }

func (a *Account) greeting() greeting { return greeting{a.Username, a.Name} }

// purpose is what a link is good for.
type purpose string

const (
	toVerify purpose = "email"    // shows that mails to the address are read by the account
	toReset  purpose = "password" // sets a new password
)

// How long links are good.
const (
	verifyLife = 24 * time.Hour
	resetLife  = 30 * time.Minute
)

// link is a secret that was mailed to an account: single-use, short-lived, and kept as a digest only. Of each purpose the last one
// counts.
type link struct {
	ID        uuid.UUID `gorm:"primaryKey"`
	AccountID uuid.UUID
	Purpose   purpose
	Hash      string    `json:"-"`
	Address   string    // that it was mailed to
	CreatedAt time.Time `gorm:"autoCreateTime:false"`
	ExpiresAt time.Time
	UsedAt    *time.Time // used, or replaced by another
}

func (link) TableName() string { return "account_links" }

// linkMark makes a leaked secret recognizable to scanners.
const linkMark = "jbl_"

// NewSecret makes a secret for a mail, and its digest, which is all that may be kept of it.
func NewSecret() (secret, hash string) {
	secret = linkMark + rand.Text()
	return secret, digest(secret)
}

// Digest is what is kept of a secret that came in.
func Digest(secret string) string { return digest(secret) }

// newLink makes a link, which replaces those before it.
func newLink(tx *work.Tx, a *Account, p purpose, address mail.Address, life time.Duration) (mail.Offer, error) {
	if err := voidLinks(tx, a.ID, p); err != nil {
		return mail.Offer{}, err
	}
	secret, hash := NewSecret()
	l := link{ID: work.NewID(), AccountID: a.ID, Purpose: p, Hash: hash, Address: string(address), CreatedAt: tx.Now, ExpiresAt: tx.Now.Add(life)}
	return mail.Offer{Secret: secret, Until: l.ExpiresAt}, tx.Create(&l).Error
}

// voidLinks ends the account's links for a purpose.
func voidLinks(tx *work.Tx, account uuid.UUID, p purpose) error {
	return tx.Model(&link{}).Where("account_id = ? AND purpose = ? AND used_at IS NULL", account, p).Update("used_at", tx.Now).Error
}

// linksSince counts the links of an account, for bounds.
func linksSince(q *gorm.DB, account uuid.UUID, p purpose, since time.Time) (int64, error) {
	var n int64
	err := q.Model(&link{}).Where("account_id = ? AND purpose = ? AND created_at > ?", account, p, since).Count(&n).Error
	return n, err
}

// openLink finds the link of a secret, if it may be used now.
func openLink(q *gorm.DB, secret string, p purpose, now time.Time) (*link, error) {
	var rows []link
	err := q.Where("hash = ? AND purpose = ? AND used_at IS NULL AND expires_at > ?", digest(secret), p, now).Find(&rows).Error
	if err == nil && len(rows) == 0 {
		err = fault.LinkInvalid.New()
	}
	if err != nil {
		return nil, err
	}
	return &rows[0], nil
}

// use takes a link out of use and gives its account, locked, so that of several who come with it at once one gets through.
func use(tx *work.Tx, secret string, p purpose) (*link, *Account, error) {
	l, err := openLink(tx.DB, secret, p, tx.Now)
	if err != nil {
		return nil, nil, err
	}
	a, err := work.Load[Account](db.ForUpdate(tx.DB), l.AccountID)
	if err != nil {
		return nil, nil, err
	}
	used := tx.Model(&link{}).Where("id = ? AND used_at IS NULL", l.ID).Update("used_at", tx.Now)
	if used.Error == nil && used.RowsAffected != 1 {
		used.Error = fault.LinkInvalid.New()
	}
	return l, a, used.Error
}
