package keys

import (
	"fmt"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/db"
	"jiebang/internal/seal"
	"jiebang/internal/work"
)

// innerKey is the key of one record, wrapped by a key of the secret file.
type innerKey struct {
	ID    uuid.UUID `gorm:"primaryKey"` // the record's
	OwnID string    // the key's own id, which what it sealed names
	Sealed
}

func (innerKey) TableName() string { return "inner_keys" }

// Inners are the keys of single records. Turning over the secret file's keys wraps them anew, and nothing that they sealed is touched.
var Inners = Column{Table: "inner_keys"}

// NewInner makes the key of a record, in the use case from which on it has one. A record has one for its life, and is given that again.
func NewInner(tx *work.Tx, record uuid.UUID) (seal.Key, error) {
	var there int64
	if err := tx.Model(&innerKey{}).Where("id = ?", record).Count(&there).Error; err != nil {
		return seal.Key{}, err
	}
	if there > 0 {
		return Inner(tx.DB, tx.Secrets(), record)
	}
	by, err := Use(tx, tx.Secrets())
	if err != nil {
		return seal.Key{}, err
	}
	inner := seal.NewInner()
	row := innerKey{ID: record, OwnID: inner.ID, Sealed: Sealed{KeyID: by.ID}}
	if row.Sealed.Sealed, err = inner.Wrap(by, Inners.Place(record)); err != nil {
		return seal.Key{}, err
	}
	return inner, tx.Select("id", "own_id", "key_id", "sealed").Create(&row).Error
}

// NotInner is the condition that a column names a key of the secret file and no inner one.
func NotInner(column string) string { return column + " NOT IN (SELECT own_id FROM inner_keys)" }

// Inner is the key of a record.
func Inner(q *gorm.DB, file *seal.Keys, record uuid.UUID) (seal.Key, error) {
	return inner(q.Where("id = ?", record), file, record.String())
}

// InnersOf are the keys of records, in one query.
func InnersOf(q *gorm.DB, file *seal.Keys, records []uuid.UUID) (map[uuid.UUID]seal.Key, error) {
	out := make(map[uuid.UUID]seal.Key, len(records))
	if len(records) == 0 {
		return out, nil
	}
	var rows []innerKey
	if err := q.Select("id", "own_id", "key_id", "sealed").Where("id IN ?", db.Among(records)).Find(&rows).Error; err != nil {
		return nil, err
	}
	for _, r := range rows {
		key, err := r.open(file)
		if err != nil {
			return nil, err
		}
		out[r.ID] = key
	}
	for _, id := range records {
		if out[id].ID == "" {
			return nil, fmt.Errorf("%w: of %s", seal.ErrUnknownKey, id)
		}
	}
	return out, nil
}

// InnerByID is an inner key by its own id, for whoever has met it in what it sealed.
func InnerByID(q *gorm.DB, file *seal.Keys, id string) (seal.Key, error) {
	return inner(q.Where("own_id = ?", id), file, id)
}

func (r innerKey) open(file *seal.Keys) (seal.Key, error) {
	key, err := file.Unwrap(r.Sealed.Sealed, Inners.Place(r.ID))
	if err == nil && key.ID != r.OwnID {
		err = errOther
	}
	return key, err
}

func inner(q *gorm.DB, file *seal.Keys, what string) (seal.Key, error) {
	var rows []innerKey
	if err := q.Select("id", "own_id", "key_id", "sealed").Limit(1).Find(&rows).Error; err != nil {
		return seal.Key{}, err
	}
	if len(rows) == 0 {
		return seal.Key{}, fmt.Errorf("%w: of %s", seal.ErrUnknownKey, what)
	}
	return rows[0].open(file)
}
