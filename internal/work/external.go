package work

import (
	"jiebang/internal/db"
	"jiebang/internal/fault"
)

// ExternalID is a record's identifier in another system, as far as it has one: what came from elsewhere is found again by it.
// It is embedded in a record that belongs to an owner; a unique index keeps one owner from giving it to two records of a kind.
type ExternalID struct {
	Scheme *string `gorm:"column:external_scheme"`
	ID     *string `gorm:"column:external_id"`
}

// SchemeAndID holds that an external id is looked up within its scheme.
func SchemeAndID(scheme, id string) error {
	switch {
	case scheme == "" && id != "":
		return fault.InvalidInput.At("query:external_scheme", fault.Required, "与 external_id 同用 It goes together with external_id")
	case scheme != "" && id == "":
		return fault.InvalidInput.At("query:external_id", fault.Required, "与 external_scheme 同用 It goes together with external_scheme")
	}
	return nil
}

// UniqueExternalID tells the writer that the identifier is taken, for records with no other unique index.
func UniqueExternalID(err error) error {
	if db.Duplicate(err) {
		return fault.ExternalIDTaken.New()
	}
	return err
}
