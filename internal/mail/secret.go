package mail

import (
	"errors"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/jobs"
	"jiebang/internal/keys"
	"jiebang/internal/work"
)

// secretRow is what a mail holds for its reader alone, sealed until the mail has been sent, or can no longer be: who reads the database, or
// a backup of it, opens nobody's account by it.
type secretRow struct {
	ID     uuid.UUID `gorm:"primaryKey"` // the mail's
	KeyID  string
	Sealed string
}

func (secretRow) TableName() string { return "mail_secrets" }

// Secrets is where they are sealed.
var Secrets = keys.Column{Table: "mail_secrets"}

// sendingSealed is the job that sends one mail with a sealed secret. It has a kind of its own, so that a program of before, which would send
// the mail without its secret, leaves it to us.
const sendingSealed jobs.Kind = "mail.send_sealed"

var errNoFile = errors.New("mail: a secret is written where there is no secret file to seal it by")

// sealSecret keeps the secret of a mail.
func sealSecret(tx *work.Tx, id uuid.UUID, secret string) error {
	file := tx.Secrets()
	if file == nil {
		return errNoFile
	}
	key, err := keys.Use(tx, file)
	if err != nil {
		return err
	}
	sealed, err := Secrets.Seal(key, id, []byte(secret))
	if err != nil {
		return err
	}
	return tx.Create(&secretRow{ID: id, KeyID: sealed.KeyID, Sealed: sealed.Sealed}).Error
}

// sealedOf finds the sealed secret of a mail; nil where it has none.
func sealedOf(q *gorm.DB, id uuid.UUID) (*secretRow, error) {
	var rows []secretRow
	err := q.Where("id = ?", id).Find(&rows).Error
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	return &rows[0], nil
}

// open gives a mail its secret, for as long as it is being sent.
func (p *Post) open(q *gorm.DB, m *Mail) error {
	row, err := sealedOf(q, m.ID)
	if err != nil || row == nil {
		return err // of a mail that was written before secrets were sealed, it stands in the mail
	}
	plain, err := p.unit.Secrets().Unseal(row.Sealed, Secrets.Place(m.ID))
	m.Secret = string(plain)
	return err
}

// sendingOf is the kind of job that sends a mail.
func sendingOf(q *gorm.DB, id uuid.UUID) (jobs.Kind, error) {
	row, err := sealedOf(q, id)
	if row != nil {
		return sendingSealed, err
	}
	return sending, err
}

// erase takes the secret of a mail away.
func erase(tx *work.Tx, id uuid.UUID) error {
	return tx.Where("id = ?", id).Delete(&secretRow{}).Error
}
