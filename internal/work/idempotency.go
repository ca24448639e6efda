package work

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"jiebang/internal/fault"
)

// KeepKeys is how long a key is remembered.
const KeepKeys = 7 * 24 * time.Hour

// keyRow remembers that an account ran an operation under a key, and on which object. The answer itself is not kept.
type keyRow struct {
	AccountID   uuid.UUID `gorm:"primaryKey"`
	Operation   string    `gorm:"primaryKey"`
	Key         string    `gorm:"primaryKey"`
	Fingerprint string
	ObjectID    *uuid.UUID
	CreatedAt   time.Time `gorm:"autoCreateTime:false"`
}

func (keyRow) TableName() string { return "idempotency" }

func (tx *Tx) keyOf() keyRow {
	c := tx.Call
	return keyRow{AccountID: c.Actor.Account, Operation: c.Operation, Key: c.Key, CreatedAt: tx.Now}
}

// fingerprints is the call's fingerprint as it is kept, and every form in which it may have been kept: a plain digest of a request
// would let who reads the database try out what stands sealed elsewhere.
func (tx *Tx) fingerprints() (string, []string, error) {
	plain := tx.Call.Fingerprint
	if tx.secrets == nil {
		return plain, []string{plain}, nil
	}
	all, err := tx.secrets.Marks([]byte(plain), "idempotency.fingerprint")
	if err != nil {
		return "", nil, err
	}
	return all[0], append(all, plain), nil
}

// claim takes the key for this transaction. If another holds it, the insert waits for that one to end: when it rolled back the
// key is ours, when it committed we read what it did. It returns the object of the earlier call, or nil.
func (tx *Tx) claim() (*uuid.UUID, error) {
	mine := tx.keyOf()
	fingerprint, alike, err := tx.fingerprints()
	if err != nil {
		return nil, err
	}
	mine.Fingerprint = fingerprint
	done := tx.Clauses(clause.OnConflict{DoNothing: true}).Create(&mine)
	if done.Error != nil || done.RowsAffected == 1 {
		return nil, done.Error
	}
	var winner keyRow
	err = tx.Where("account_id = ? AND operation = ? AND key = ?", mine.AccountID, mine.Operation, mine.Key).Take(&winner).Error
	switch {
	case err != nil:
		return nil, err
	case !slices.Contains(alike, winner.Fingerprint):
		return nil, fault.KeyReused.New()
	}
	return winner.ObjectID, nil
}

// settle notes which object the call was about.
func (tx *Tx) settle() error {
	mine := tx.keyOf()
	return tx.Model(&mine).Update("object_id", tx.subject.ID).Error
}

// ForgetKeys deletes the keys that are older than KeepKeys.
func (u *Unit) ForgetKeys(ctx context.Context) error {
	return u.db.Writer.WithContext(ctx).Transaction(func(tx *gorm.DB) error { // a statement alone could be waited for in vain: see jobs
		return tx.Where("created_at < ?", u.clock().Add(-KeepKeys)).Delete(&keyRow{}).Error
	})
}
