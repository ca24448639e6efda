package listing

import (
	"github.com/google/uuid"

	"jiebang/internal/orgs"
	"jiebang/internal/policy"
	"jiebang/internal/work"
)

// Held tells that the owner of a listing is suspended, so that others know of it no more. It is embedded in the record; orgs.Suspend alone
// writes it, by Hold, so that saving a record never undoes it.
type Held struct {
	OwnerSuspended bool `gorm:"<-:create"`
}

// Known is what policy asks about a listing that may be held: nothing of it is public while its owner is suspended.
func (h Held) Known(f policy.Facts) policy.Facts {
	f.Public = f.Public && !h.OwnerSuspended
	return f
}

// NotHeld is the condition on a listing's columns that its owner is not suspended.
const NotHeld = " AND NOT owner_suspended"

// Hold marks the listings of a table when their owner is suspended, and when that is lifted. Their versions stay: what they say does not change.
func Hold(table string) orgs.Hold {
	return func(tx *work.Tx, owner uuid.UUID, suspended bool) error {
		return tx.Table(table).Where("owner_id = ?", owner).UpdateColumn("owner_suspended", suspended).Error
	}
}
