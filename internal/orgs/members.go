package orgs

import (
	"context"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/accounts"
	"jiebang/internal/db"
	"jiebang/internal/fault"
	"jiebang/internal/policy"
	"jiebang/internal/work"
)

// Membership is one account's place in one organization: offered by an administrator, and begun when the account accepts, so
// that nobody is tied to an organization against their will.
type Membership struct {
	OrganizationID uuid.UUID `gorm:"primaryKey"`
	AccountID      uuid.UUID `gorm:"primaryKey"`
	Admin          bool
	CreatedAt      time.Time  `gorm:"autoCreateTime:false"`
	AcceptedAt     *time.Time // nil: offered
	AddedBy        *uuid.UUID // who offered it; unknown of some that are old
}

func (Membership) TableName() string { return "memberships" }

// Offer is whom to offer membership.
type Offer struct {
	Username string
	Admin    bool
}

// AddMember offers an account to become a member; it is one once it accepts.
func (s *Service) AddMember(ctx context.Context, call work.Call, id uuid.UUID, version int64, in Offer) (Answer, error) {
	return records.Change(ctx, s.unit, call, id, version, policy.OrgAddMember, func(tx *work.Tx, o *Organization) error {
		account, err := accounts.Find(tx.DB, in.Username, "/username")
		if err != nil {
			return err
		}
		return offer(tx, Membership{OrganizationID: o.ID, AccountID: account.ID, Admin: in.Admin, CreatedAt: tx.Now, AddedBy: &call.Actor.Account}, o)
	})
}

// memberAdded names an offer in the audit trail, also that of the first administrator to themself.
const memberAdded work.Deed = "organization.member_added"

func offer(tx *work.Tx, m Membership, o *Organization) error {
	if err := tx.Create(&m).Error; db.Duplicate(err) {
		return fault.AlreadyMember.New()
	} else if err != nil {
		return err
	}
	return tx.Record(memberAdded, work.RefOf(o), nil, m)
}

// Join accepts an offer of membership; by the account that has it. Doing it twice is no error.
func (s *Service) Join(ctx context.Context, call work.Call, id uuid.UUID) error {
	_, err := s.unit.Do(ctx, call, func(tx *work.Tx) error {
		var rows []Membership
		if err := tx.Where("organization_id = ? AND account_id = ?", id, call.Actor.Account).Find(&rows).Error; err != nil {
			return err
		}
		var offered policy.Facts
		if len(rows) > 0 {
			offered.Subject = rows[0].AccountID
		}
		if err := policy.Check(call.Actor, policy.OrgJoin, offered); err != nil {
			return err
		}
		m := rows[0]
		if m.AcceptedAt != nil {
			return nil
		}
		before := m
		m.AcceptedAt = &tx.Now
		if err := tx.Model(&m).Update("accepted_at", tx.Now).Error; err != nil {
			return err
		}
		return tx.Record(work.Did(policy.OrgJoin), work.Ref{Noun: "membership", ID: id, Version: 1}, before, m)
	})
	return err
}

// WithOneMember tells which organizations have one member only, so that the operator is the second pair of eyes: one query for all.
func WithOneMember(q *gorm.DB, ids []uuid.UUID) (map[uuid.UUID]bool, error) {
	var sole []uuid.UUID
	if len(ids) > 0 {
		err := q.Model(&Membership{}).Where("organization_id IN ? AND accepted_at IS NOT NULL", ids).
			Group("organization_id").Having("COUNT(*) = 1").Pluck("organization_id", &sole).Error
		if err != nil {
			return nil, err
		}
	}
	out := make(map[uuid.UUID]bool, len(sole))
	for _, id := range sole {
		out[id] = true
	}
	return out, nil
}

// FactsOfOwner adds to the facts of a record what the organization that owns it knows, as far as the action's rule asks.
func FactsOfOwner(q *gorm.DB, f policy.Facts, action policy.Action) (policy.Facts, error) {
	if !policy.Asks(action, policy.SoleOwner) {
		return f, nil
	}
	sole, err := WithOneMember(q, []uuid.UUID{f.Owner})
	f.SoleOwner = sole[f.Owner]
	return f, err
}

// ActorPart is what an actor is by memberships that were accepted.
func ActorPart() accounts.Part {
	return accounts.Part{
		SQL: "SELECT organization_id AS id, '' AS name, '' AS kind, admin AS yes FROM memberships WHERE accepted_at IS NOT NULL AND account_id IN (SELECT id FROM me)",
		Fill: func(actor *policy.Actor, row accounts.Row) {
			actor.Member = append(actor.Member, row.ID)
			if row.Yes {
				actor.Admin = append(actor.Admin, row.ID)
			}
		},
	}
}

// MembershipsOf tells which organizations each account belongs to, in one query.
func MembershipsOf(q *gorm.DB, accounts []uuid.UUID) (map[uuid.UUID][]uuid.UUID, error) {
	var rows []Membership
	out := map[uuid.UUID][]uuid.UUID{}
	if len(accounts) == 0 {
		return out, nil
	}
	if err := q.Where("accepted_at IS NOT NULL AND account_id IN ?", accounts).Find(&rows).Error; err != nil {
		return nil, err
	}
	for _, m := range rows {
		out[m.AccountID] = append(out[m.AccountID], m.OrganizationID)
	}
	return out, nil
}
