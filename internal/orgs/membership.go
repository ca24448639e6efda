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
	"jiebang/internal/work"
)

// PastMembership is one that ended, or an offer that came to nothing.
type PastMembership struct {
	ID             uuid.UUID `gorm:"primaryKey"`
	OrganizationID uuid.UUID
	AccountID      uuid.UUID
	Admin          bool
	AddedBy        *uuid.UUID
	CreatedAt      time.Time `gorm:"autoCreateTime:false"`
	AcceptedAt     *time.Time
	EndedAt        time.Time
	EndedBy        *uuid.UUID
	// Of a membership that has not ended only.
	AppointedBy, ConfirmedBy *uuid.UUID `gorm:"-" json:"-"`
}

func (PastMembership) TableName() string { return "past_memberships" }

// The ends of memberships in the audit trail, beside those that are somebody's action.
const memberEnded work.Deed = "organization.member_account_ended"

// RoleChange is what a member shall be from now on.
type RoleChange struct {
	Account uuid.UUID
	Admin   bool
}

// ChangeRole makes a member an administrator, or one no longer; by an administrator; or, where there is none, by an operator,
// whose word waits for another's. The last administrator stays one.
func (s *Service) ChangeRole(ctx context.Context, call work.Call, id uuid.UUID, version int64, in RoleChange) (Answer, error) {
	return s.members(ctx, call, id, version, policy.OrgMemberRole, func(tx *work.Tx, o *Organization) error {
		m, err := o.membership(tx, in.Account)
		if err != nil {
			return err
		}
		if m.AppointedBy != nil && !in.Admin { // not confirmed yet, and it shall not be
			before := *m
			m.AppointedBy = nil
			if err := tx.Model(m).Update("appointed_by", nil).Error; err != nil {
				return err
			}
			return tx.Record(work.Did(policy.OrgMemberRole), m.ref(), before, m)
		}
		if m.Admin == in.Admin {
			return fault.InvalidInput.At("/admin", fault.Unchanged, "角色没有变化", "That is what they are")
		}
		if !in.Admin {
			if err := o.otherAdmin(tx, m); err != nil {
				return err
			}
		}
		before := *m
		m.Admin = in.Admin
		if !slices.Contains(call.Actor.Admin, o.ID) { // an operator, and the organization has no administrator
			m.Admin, m.AppointedBy = false, &call.Actor.Account
		}
		if err := tx.Model(m).Select("admin", "appointed_by").Updates(m).Error; err != nil {
			return err
		}
		return tx.Record(work.Did(policy.OrgMemberRole), m.ref(), before, m)
	})
}

// ConfirmAdministrator makes somebody an administrator whom an operator has named, where an organization has none; by another operator, who is
// neither of the two.
func (s *Service) ConfirmAdministrator(ctx context.Context, call work.Call, id uuid.UUID, version int64, account uuid.UUID) (Answer, error) {
	return s.members(ctx, call, id, version, policy.OrgConfirm, func(tx *work.Tx, o *Organization) error {
		m, err := o.membership(tx, account)
		switch {
		case err != nil:
			return err
		case m.AppointedBy == nil:
			return fault.NothingToConfirm.New()
		case *m.AppointedBy == call.Actor.Account || account == call.Actor.Account:
			return fault.OwnDecision.New()
		}
		before := *m
		m.Admin, m.AppointedBy, m.ConfirmedBy = true, nil, &call.Actor.Account
		if err := tx.Model(m).Select("admin", "appointed_by", "confirmed_by").Updates(m).Error; err != nil {
			return err
		}
		return tx.Record(work.Did(policy.OrgConfirm), m.ref(), before, m)
	})
}

// RemoveMember ends somebody's membership, or takes back an offer of one; by an administrator or an operator.
func (s *Service) RemoveMember(ctx context.Context, call work.Call, id uuid.UUID, version int64, account uuid.UUID) (Answer, error) {
	return s.members(ctx, call, id, version, policy.OrgRemoveMember, func(tx *work.Tx, o *Organization) error {
		m, err := o.membership(tx, account)
		if err != nil {
			return err
		}
		if err := o.otherAdmin(tx, m); err != nil {
			return err
		}
		return m.end(tx, work.Did(policy.OrgRemoveMember))
	})
}

// members is the body of use cases that change who belongs to an organization. Its row is locked first, so that of two at once the second
// sees what the first left.
func (s *Service) members(ctx context.Context, call work.Call, id uuid.UUID, version int64, action policy.Action, method func(*work.Tx, *Organization) error) (Answer, error) {
	return records.Do(ctx, s.unit, call, func(tx *work.Tx) (*Organization, error) {
		o, err := records.Lock(tx, id)
		if err != nil {
			return nil, err
		}
		return o, work.Change(tx, o, version, action, func() error { return method(tx, o) })
	})
}

// Leave ends the caller's own membership, or declines an offer of one. Doing it twice is no error. The last administrator hands over first.
func (s *Service) Leave(ctx context.Context, call work.Call, id uuid.UUID) error {
	_, err := s.unit.Do(ctx, call, func(tx *work.Tx) error {
		o, err := records.Lock(tx, id)
		if err != nil {
			return orSignIn(call.Actor, err)
		}
		m, err := o.membership(tx, call.Actor.Account)
		if fault.NotMember.Of(err) {
			return left(tx, o)
		} else if err != nil {
			return err
		}
		if err := policy.Check(call.Actor, policy.OrgLeave, policy.Facts{Subject: m.AccountID}); err != nil {
			return err
		}
		if err := o.otherAdmin(tx, m); err != nil {
			return err
		}
		return m.end(tx, work.Did(policy.OrgLeave))
	})
	return err
}

// orSignIn tells a visitor to sign in instead of what there is.
func orSignIn(actor policy.Actor, err error) error {
	if refused := policy.Check(actor, policy.OrgLeave, policy.Facts{}); refused != nil {
		return refused
	}
	return err
}

// left answers who is no member: they have left before, or there is nothing to leave.
func left(tx *work.Tx, o *Organization) error {
	var n int64
	err := tx.Model(&PastMembership{}).Where("organization_id = ? AND account_id = ?", o.ID, tx.Call.Actor.Account).Count(&n).Error
	if err == nil && n == 0 {
		err = policy.Check(tx.Call.Actor, policy.OrgLeave, policy.Facts{})
	}
	return err
}

func (m *Membership) ref() work.Ref {
	return work.Ref{Noun: "membership", ID: m.OrganizationID, Version: 1}
}

// membership reads a membership or an offer of one; the organization is locked.
func (o *Organization) membership(tx *work.Tx, account uuid.UUID) (*Membership, error) {
	var rows []Membership
	if err := tx.Where("organization_id = ? AND account_id = ?", o.ID, account).Find(&rows).Error; err != nil {
		return nil, err
	}
	if len(rows) == 0 {
		return nil, fault.NotMember.New()
	}
	return &rows[0], nil
}

// otherAdmin refuses to take the last administrator from an organization.
func (o *Organization) otherAdmin(tx *work.Tx, m *Membership) error {
	if !m.Admin || m.AcceptedAt == nil {
		return nil
	}
	var others int64
	err := tx.Model(&Membership{}).Where("organization_id = ? AND account_id <> ? AND admin AND accepted_at IS NOT NULL", o.ID, m.AccountID).Count(&others).Error
	if err == nil && others == 0 {
		err = fault.LastAdministrator.Because("单位：%[1]s。", "The organization is %[1]s.", o.Name)
	}
	return err
}

// end moves a membership to those that were.
func (m *Membership) end(tx *work.Tx, deed work.Deed) error {
	by := tx.Call.Actor.Account
	past := PastMembership{
		ID: work.NewID(), OrganizationID: m.OrganizationID, AccountID: m.AccountID, Admin: m.Admin, AddedBy: m.AddedBy,
		CreatedAt: m.CreatedAt, AcceptedAt: m.AcceptedAt, EndedAt: tx.Now, EndedBy: &by,
	}
	if err := tx.Create(&past).Error; err != nil {
		return err
	}
	if err := tx.Where("organization_id = ? AND account_id = ?", m.OrganizationID, m.AccountID).Delete(&Membership{}).Error; err != nil {
		return err
	}
	return tx.Record(deed, m.ref(), m, past)
}

// AccountEnds ends the memberships of an account that ends. Whoever leaves by themself hands over what only they administer; where the bureau
// ends an account it appoints others.
func AccountEnds(tx *work.Tx, account uuid.UUID, own bool) error {
	var rows []Membership
	if err := tx.Where("account_id = ?", account).Order("organization_id").Find(&rows).Error; err != nil {
		return err
	}
	for i := range rows {
		o, err := records.Lock(tx, rows[i].OrganizationID)
		if err != nil {
			return err
		}
		m, err := o.membership(tx, account) // as it is now that nobody else can change it
		if fault.NotMember.Of(err) {
			continue
		} else if err != nil {
			return err
		}
		if own {
			if err := o.otherAdmin(tx, m); err != nil {
				return err
			}
		}
		if err := m.end(tx, memberEnded); err != nil {
			return err
		}
	}
	return nil
}

// Member is somebody of an organization, as its members and the bureau see them.
type Member struct {
	Person    accounts.Person
	Admin     bool
	OfferedAt time.Time
	Since     *time.Time // nil: offered, and not accepted yet
	EndedAt   *time.Time // nil: a member still
	AddedBy   *accounts.Person
	EndedBy   *accounts.Person
	// The operator who named them as an administrator, while that waits for another; and that other.
	AppointedBy, ConfirmedBy *accounts.Person
}

// MemberFilter asks for the members of one organization; Past for those who were.
type MemberFilter struct {
	Organization uuid.UUID `path:"id" where:"organization_id = ?" required:"yes"`
	Past         bool      `query:"past"`
}

// Members lists who belongs to an organization and who was offered it; for its members and operators.
func (s *Service) Members(ctx context.Context, reader policy.Actor, f MemberFilter, p db.Paging) (db.Page[Member], error) {
	var out db.Page[Member]
	err := s.unit.View(ctx, func(q *gorm.DB) error {
		o, err := work.Load[Organization](q, f.Organization)
		if err != nil {
			return orSignIn(reader, err)
		}
		if err := policy.Check(reader, policy.OrgMembers, o.Facts()); err != nil {
			return err
		}
		page, err := memberPage(q, f, p)
		if err != nil {
			return err
		}
		var ids []uuid.UUID
		for _, m := range page.Items {
			ids = append(ids, m.AccountID)
			for _, by := range []*uuid.UUID{m.AddedBy, m.EndedBy, m.AppointedBy, m.ConfirmedBy} {
				if by != nil {
					ids = append(ids, *by)
				}
			}
		}
		people, err := accounts.People(q, ids)
		if err != nil {
			return err
		}
		told := func(id *uuid.UUID) *accounts.Person {
			if id == nil {
				return nil
			}
			p := people[*id]
			return &p
		}
		out.Next = page.Next
		for _, m := range page.Items {
			row := Member{Person: people[m.AccountID], Admin: m.Admin, OfferedAt: m.CreatedAt, Since: m.AcceptedAt, AddedBy: told(m.AddedBy), EndedBy: told(m.EndedBy),
				AppointedBy: told(m.AppointedBy), ConfirmedBy: told(m.ConfirmedBy)}
			if m.AcceptedAt == nil { // whoever has not answered was found by a user name, which anybody may guess: it tells no person's name
				row.Person.Name = row.Person.Username
			}
			if !m.EndedAt.IsZero() {
				row.EndedAt = &m.EndedAt
			}
			out.Items = append(out.Items, row)
		}
		return nil
	})
	return out, err
}

// memberPage reads one page of those who are, or of those who were.
func memberPage(q *gorm.DB, f MemberFilter, p db.Paging) (db.Page[PastMembership], error) {
	if f.Past {
		return db.List(db.Filter(q.Model(&PastMembership{}), f), p, db.Newest(func(m *PastMembership) uuid.UUID { return m.ID }))
	}
	order := db.Order[Membership]{Name: "first", Columns: []string{"created_at", "account_id"}, Key: func(m *Membership) []any { return []any{m.CreatedAt, m.AccountID} }}
	page, err := db.List(db.Filter(q.Model(&Membership{}), f), p, order)
	out := db.Page[PastMembership]{Next: page.Next}
	for _, m := range page.Items {
		out.Items = append(out.Items, PastMembership{AccountID: m.AccountID, Admin: m.Admin, AddedBy: m.AddedBy, CreatedAt: m.CreatedAt, AcceptedAt: m.AcceptedAt,
			AppointedBy: m.AppointedBy, ConfirmedBy: m.ConfirmedBy})
	}
	return out, err
}

// MyOrganization is an organization of the caller's, and what they are in it.
type MyOrganization struct {
	Ref
	Kind, CreditCode, Region string
	State                    State
	Admin                    bool
	OfferedAt                time.Time
	Since                    *time.Time // nil: offered
	By                       *accounts.Person
	Waits                    bool // for a second operator, before it can be accepted
}

// Received narrows a list of offers to the account's own.
type Received struct{}

// mineRow is a membership with its organization.
type mineRow struct {
	Membership
	Name, Kind, CreditCode, Region string
	State                          State
}

// toldOffers is how many open offers stand beside what an account is (Mine); OffersTo lists them all.
const toldOffers = 100

// Mine tells the account's own organizations, and the newest of those that have offered it membership: for the account itself.
func (s *Service) Mine(ctx context.Context, actor policy.Actor) (member, invited []MyOrganization, err error) {
	err = s.unit.View(ctx, func(q *gorm.DB) error {
		var rows []mineRow
		if err := ofMine(q, actor).Where("memberships.accepted_at IS NOT NULL").Order("memberships.created_at, memberships.organization_id").Find(&rows).Error; err != nil {
			return err
		}
		if member, err = mine(q, rows); err != nil {
			return err
		}
		rows = nil
		if err := ofMine(q, actor).Where("memberships.accepted_at IS NULL").Order("memberships.created_at DESC, memberships.organization_id").Limit(toldOffers).Find(&rows).Error; err != nil {
			return err
		}
		invited, err = mine(q, rows)
		return err
	})
	return member, invited, err
}

// OffersTo lists what organizations have offered the account membership, the newest first.
func (s *Service) OffersTo(ctx context.Context, reader policy.Actor, _ Received, p db.Paging) (db.Page[MyOrganization], error) {
	var out db.Page[MyOrganization]
	if err := policy.Check(reader, policy.InvitationReceived, policy.Facts{}); err != nil {
		return out, err
	}
	err := s.unit.View(ctx, func(q *gorm.DB) error {
		order := db.Order[mineRow]{Name: "newest", Columns: []string{"memberships.created_at", "memberships.organization_id"}, Desc: true,
			Key: func(m *mineRow) []any { return []any{m.CreatedAt, m.OrganizationID} }}
		page, err := db.List(ofMine(q, reader).Where("memberships.accepted_at IS NULL"), p, order)
		if err != nil {
			return err
		}
		out.Next = page.Next
		out.Items, err = mine(q, page.Items)
		return err
	})
	return out, err
}

func ofMine(q *gorm.DB, actor policy.Actor) *gorm.DB {
	return q.Model(&Membership{}).Joins("JOIN organizations o ON o.id = memberships.organization_id").Where("memberships.account_id = ?", actor.Account).
		Select(db.Columns(&Membership{}, "memberships") + ", o.name, o.kind, o.credit_code, o.region, o.state")
}

func mine(q *gorm.DB, rows []mineRow) ([]MyOrganization, error) {
	var ids []uuid.UUID
	for _, r := range rows {
		if r.AddedBy != nil {
			ids = append(ids, *r.AddedBy)
		}
	}
	people, err := accounts.People(q, ids)
	if err != nil {
		return nil, err
	}
	out := make([]MyOrganization, len(rows))
	for i, r := range rows {
		out[i] = MyOrganization{
			Ref: Ref{r.OrganizationID, r.Name, r.State != Verified}, Kind: r.Kind, CreditCode: r.CreditCode, Region: r.Region, State: r.State,
			Admin: r.Admin || r.AppointedBy != nil && r.AcceptedAt == nil, OfferedAt: r.CreatedAt, Since: r.AcceptedAt, Waits: r.AppointedBy != nil && r.AcceptedAt == nil,
		}
		if r.AddedBy != nil {
			if by, known := people[*r.AddedBy]; known {
				out[i].By = &by
			}
		}
	}
	return out, nil
}
