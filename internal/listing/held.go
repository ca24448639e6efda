package listing

import (
	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/fault"
	"jiebang/internal/orgs"
	"jiebang/internal/policy"
	"jiebang/internal/publication"
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

// Unrecorded are what moves without a version and an audit row of its own: the mark follows the organization, and Marked compares it.
func (*Held) Unrecorded() []string { return []string{"OwnerSuspended"} }

// Marked compares the marks of a kind's listings with their owners.
func Marked(noun, table string) func(*gorm.DB, *fault.Problems) error {
	return func(q *gorm.DB, problems *fault.Problems) error {
		var ids []uuid.UUID
		err := q.Table(table+" AS l").Joins("JOIN organizations AS o ON o.id = l.owner_id").Where("l.owner_suspended <> (o.suspended_at IS NOT NULL)").Order("l.id").
			Limit(fault.MostProblems+1).Pluck("l.id", &ids).Error
		for _, id := range ids {
			problems.Add("%[1]s %[2]s：其单位是否停用与所标不符", "%[1]s %[2]s: whether its owner is suspended is not as it is marked", noun, id)
		}
		return err
	}
}

// The deeds by which listings leave the public with their owner's suspension, and come back.
const (
	ownerSuspended = ".owner_suspended"
	ownerLifted    = ".owner_lifted"
)

// Hold marks the listings of a kind when their owner is suspended, and when that is lifted, and tells of each that was public, or is so again.
// Their versions stay: what they say does not change.
func Hold(noun, table string, public publication.State) orgs.Hold {
	return func(tx *work.Tx, owner uuid.UUID, suspended bool) error {
		var shown []struct {
			ID      uuid.UUID
			Version int64
		}
		err := tx.Table(table).Where("owner_id = ? AND state = ? AND owner_suspended <> ?", owner, public, suspended).Select("id, version").Order("id").Scan(&shown).Error
		if err != nil {
			return err
		}
		deed := work.Deed(noun + ownerLifted)
		if suspended {
			deed = work.Deed(noun + ownerSuspended)
		}
		for _, l := range shown {
			ref := work.Ref{Noun: noun, ID: l.ID, Version: l.Version}
			tx.EmitTold(deed, ref, work.Told{OwnerID: &owner, WasPublic: suspended, IsPublic: !suspended})
			if err := tx.Record(deed, ref, nil, nil); err != nil {
				return err
			}
		}
		return tx.Table(table).Where("owner_id = ?", owner).UpdateColumn("owner_suspended", suspended).Error
	}
}
