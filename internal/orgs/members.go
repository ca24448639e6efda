package orgs

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/accounts"
	"jiebang/internal/db"
	"jiebang/internal/fault"
	"jiebang/internal/policy"
	"jiebang/internal/when"
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
	// AppointedBy is the operator who named the account as an administrator, which counts once another confirms it; nil from then on.
	AppointedBy *uuid.UUID
	ConfirmedBy *uuid.UUID // the other
}

func (Membership) TableName() string { return "memberships" }

// Offer is whom to offer membership.
type Offer struct {
	Username string
	Admin    bool
}

// AddMember offers an account to become a member; it is one once it accepts. By an administrator; or, where there is none, by an operator,
// whose offer is to be the administrator and waits for another operator first.
func (s *Service) AddMember(ctx context.Context, call work.Call, id uuid.UUID, version int64, in Offer) (Answer, error) {
	return records.Change(ctx, s.unit, call, id, version, policy.OrgAddMember, func(tx *work.Tx, o *Organization) error {
		account, err := accounts.Find(db.ForUpdate(tx.DB), in.Username, "/username") // so that bounds hold for many at once, too
		if err != nil {
			return err
		}
		m := Membership{OrganizationID: o.ID, AccountID: account.ID, Admin: in.Admin, CreatedAt: tx.Now, AddedBy: &call.Actor.Account}
		if !slices.Contains(call.Actor.Admin, o.ID) {
			if !in.Admin {
				return fault.InvalidInput.At("/admin", fault.NotOffered, "运营方只能指定管理员，其他成员由管理员邀请", "An operator names an administrator only; other members are that one's to add")
			}
			m.Admin, m.AppointedBy = false, &call.Actor.Account
		}
		if err := mayOffer(tx, o, account.ID); err != nil {
			return err
		}
		return offer(tx, m, o)
	})
}

// Bounds on offers of membership that nobody has answered: others can lengthen neither what an account reads about itself nor what policy
// asks of it.
const (
	offersHeld    = 100 // by one account, of verified organizations
	offersStrange = 20  // by one account, of organizations that are not verified: anybody may sign up any number of them
	offersPending = 20  // of an organization that is not verified
	offersDay     = 200 // of an organization in a day

	declineHolds = 30 * 24 * time.Hour // who has declined is not asked again by the same organization for so long
)

// mayOffer holds the bounds. Offers of organizations that are not verified take no room from those of others. Where theirs is full the new one
// is refused, and none of before gives way to it: or whoever signs up many would take from an account what it was offered, and told of.
func mayOffer(tx *work.Tx, o *Organization, account uuid.UUID) error {
	var held, open, lately int64
	unanswered := func() *gorm.DB { return tx.Model(&Membership{}).Where("accepted_at IS NULL") }
	alike := "organization_id IN (SELECT id FROM organizations WHERE state <> ?)"
	if o.State == Verified {
		alike = "organization_id IN (SELECT id FROM organizations WHERE state = ?)"
	}
	if err := unanswered().Where("account_id = ?", account).Where(alike, Verified).Count(&held).Error; err != nil {
		return err
	}
	if err := unanswered().Where("organization_id = ?", o.ID).Count(&open).Error; err != nil {
		return err
	}
	if err := tx.Model(&Membership{}).Where("organization_id = ? AND created_at > ?", o.ID, tx.Now.Add(-invitationDay)).Count(&lately).Error; err != nil {
		return err
	}
	var declined []PastMembership
	err := tx.Where("organization_id = ? AND account_id = ? AND ended_by = account_id AND accepted_at IS NULL AND ended_at > ?", o.ID, account, tx.Now.Add(-declineHolds)).
		Order("ended_at DESC").Limit(1).Find(&declined).Error
	if err != nil {
		return err
	}
	switch {
	case len(declined) > 0:
		again := when.DayOf(declined[0].EndedAt.Add(declineHolds))
		return fault.TooManyOffers.Because("此人已谢绝本单位的邀请，%[1]s 起可再次邀请。", "They have declined; the organization may ask again from %[1]s on.", again)
	case o.State != Verified && held >= offersStrange:
		return fault.TooManyOffers.Because("该账号有 %[1]d 份未核验单位的邀请尚未答复；请待本单位核验通过，或由本人先答复。",
			"The account has %[1]d offers of organizations that are not verified to answer first; ask again once this one is verified.", held)
	case held >= offersHeld:
		return fault.TooManyOffers.Because("该账号有 %[1]d 份邀请尚未答复，须先由本人答复。", "The account has %[1]d offers to answer first.", held)
	case o.State != Verified && open >= offersPending:
		return fault.TooManyOffers.Because("核验通过前最多有 %[1]d 份未答复的邀请。", "Before it is verified an organization has at most %[1]d open offers.", offersPending)
	case lately >= offersDay:
		return fault.TooManyOffers.Because("一日最多邀请 %[1]d 人。", "An organization invites at most %[1]d people a day.", offersDay)
	}
	return nil
}

// memberAdded names an offer in the audit trail, also that of the first administrator to themself.
const memberAdded work.Deed = "organization.member_added"

func offer(tx *work.Tx, m Membership, o *Organization) error {
	if err := tx.Create(&m).Error; db.Duplicate(err) {
		return fault.AlreadyMember.Because("或已受邀，等待本人答复。", "Or they are invited and have not answered yet.")
	} else if err != nil {
		return err
	}
	return tx.Record(memberAdded, work.RefOf(o), nil, m)
}

// Join accepts an offer of membership; by the account that has it. Doing it twice is no error. The organization is locked first, as it is by whoever
// takes the offer back: of the two at once the second sees what the first left.
func (s *Service) Join(ctx context.Context, call work.Call, id uuid.UUID) error {
	_, err := s.unit.Do(ctx, call, func(tx *work.Tx) error {
		if _, err := records.Lock(tx, id); err != nil {
			return orSignIn(call.Actor, err)
		}
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
		if m.AppointedBy != nil {
			return fault.SecondOperator.New()
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
		err := q.Model(&Membership{}).Where("organization_id IN ? AND accepted_at IS NOT NULL", db.Among(ids)).
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
	if err := q.Where("accepted_at IS NOT NULL AND account_id IN ?", db.Among(accounts)).Find(&rows).Error; err != nil {
		return nil, err
	}
	for _, m := range rows {
		out[m.AccountID] = append(out[m.AccountID], m.OrganizationID)
	}
	return out, nil
}

// MembersOf lists the accounts that belong to each of some organizations.
func MembersOf(q *gorm.DB, organizations []uuid.UUID) (map[uuid.UUID][]uuid.UUID, error) {
	out := map[uuid.UUID][]uuid.UUID{}
	if len(organizations) == 0 {
		return out, nil
	}
	var rows []Membership
	err := q.Where("organization_id IN ? AND accepted_at IS NOT NULL", db.Among(organizations)).Select("organization_id", "account_id").Find(&rows).Error
	for _, m := range rows {
		out[m.OrganizationID] = append(out[m.OrganizationID], m.AccountID)
	}
	return out, err
}

// AdminsOf lists the accounts that administer an organization.
func AdminsOf(q *gorm.DB, organization uuid.UUID) (ids []uuid.UUID, err error) {
	err = q.Session(&gorm.Session{NewDB: true}).Model(&Membership{}).Where("organization_id = ? AND admin AND accepted_at IS NOT NULL", organization).Order("account_id").Pluck("account_id", &ids).Error
	return ids, err
}
