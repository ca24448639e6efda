package orgs

import (
	"context"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/db"
	"jiebang/internal/fault"
	"jiebang/internal/policy"
	"jiebang/internal/work"
)

// Hold is what a package does, in the same transaction, when an organization is suspended, and when that is lifted.
type Hold func(tx *work.Tx, organization uuid.UUID, suspended bool) error

// AtSuspension adds what happens when an organization is suspended, or that is lifted. It is called while the system is put together.
func (s *Service) AtSuspension(holds ...Hold) { s.holds = append(s.holds, holds...) }

// The deeds by which what is public of an organization changes as a whole.
var (
	Suspended = work.Did(policy.OrgSuspend)
	Lifted    = work.Did(policy.OrgLift)
)

// Suspend holds everything of an organization that is open: its listings leave the public, nothing of it is submitted or published, its
// introductions and deals stand still. By an operator who does not belong to it, with a reason that its members read.
func (s *Service) Suspend(ctx context.Context, call work.Call, id uuid.UUID, version int64, reason string) (Answer, error) {
	return records.Change(ctx, s.unit, call, id, version, policy.OrgSuspend, func(tx *work.Tx, o *Organization) error {
		if err := o.Suspend(reason, call.Actor.Account, tx.Now); err != nil {
			return err
		}
		return s.hold(tx, id, true)
	})
}

// Lift ends a suspension: what was public is so again, as it stands, and everything goes on from where it stood.
func (s *Service) Lift(ctx context.Context, call work.Call, id uuid.UUID, version int64) (Answer, error) {
	return records.Change(ctx, s.unit, call, id, version, policy.OrgLift, func(tx *work.Tx, o *Organization) error {
		if err := o.Lift(); err != nil {
			return err
		}
		return s.hold(tx, id, false)
	})
}

func (s *Service) hold(tx *work.Tx, id uuid.UUID, suspended bool) error {
	for _, hold := range s.holds {
		if err := hold(tx, id, suspended); err != nil {
			return err
		}
	}
	return nil
}

// MustStand refuses to lead on what an organization takes part in that is suspended.
func MustStand(q *gorm.DB, ids ...uuid.UUID) error {
	var n int64
	err := q.Model(&Organization{}).Where("id IN ? AND suspended_at IS NOT NULL", db.Among(ids)).Count(&n).Error
	if err == nil && n > 0 {
		err = fault.OrganizationHeld.New()
	}
	return err
}
