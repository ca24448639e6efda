package work

import (
	"gorm.io/gorm"

	"jiebang/internal/db"
	"jiebang/internal/fault"
)

// ExternalID is a record's identifier in another system, as far as it has one: what came from elsewhere is found again by it.
// It is embedded in a record that belongs to an owner; a unique index keeps one owner from giving it to two records of a kind.
type ExternalID struct {
	Scheme *string `gorm:"column:external_scheme"`
	ID     *string `gorm:"column:external_id"`
}

// WithExternalID narrows a list to the records that have this identifier; empty arguments do not narrow.
func WithExternalID(q *gorm.DB, scheme, id string) *gorm.DB {
	if scheme != "" {
		q = q.Where("external_scheme = ?", scheme)
	}
	if id != "" {
		q = q.Where("external_id = ?", id)
	}
	return q
}

// UniqueExternalID tells the writer that the identifier is taken, for records with no other unique index.
func UniqueExternalID(err error) error {
	if db.Duplicate(err) {
		return fault.ExternalIDTaken.New()
	}
	return err
}
