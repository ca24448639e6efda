package orgs

import (
	"context"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/accounts"
	"jiebang/internal/db"
	"jiebang/internal/fault"
	"jiebang/internal/policy"
	"jiebang/internal/work"
)

// Service runs the use cases.
type Service struct{ unit *work.Unit }

// New makes a Service.
func New(unit *work.Unit) *Service { return &Service{unit} }

// Create enters an organization, pending, with its creator as the first administrator.
func (s *Service) Create(ctx context.Context, call work.Call, in Input) (work.Done, error) {
	return s.unit.Do(ctx, call, func(tx *work.Tx) error {
		if err := policy.Check(call.Actor, policy.OrgCreate, policy.Facts{}); err != nil {
			return err
		}
		if err := in.check(); err != nil {
			return err
		}
		o := &Organization{
			Head: tx.NewHead(), State: Pending, Name: in.Name, OrgKind: in.Kind, CreditCode: in.CreditCode, Region: in.Region,
			Introduction: in.Introduction, Contact: in.Contact, CreatedBy: call.Actor.Account,
		}
		if holders, err := WithCreditCodes(tx.DB, []string{in.CreditCode}); err != nil {
			return err
		} else if len(holders) > 0 {
			return fault.CreditCodeTaken.New()
		}
		if err := work.Insert(tx, policy.OrgCreate, o); err != nil {
			return err
		}
		return offer(tx, Membership{OrganizationID: o.ID, AccountID: call.Actor.Account, Admin: true, CreatedAt: tx.Now, AcceptedAt: &tx.Now}, o)
	})
}

// Verify is done by an operator, who did not enter it. Of several that claim one credit code, one can be verified.
func (s *Service) Verify(ctx context.Context, call work.Call, id uuid.UUID, version int64) (work.Done, error) {
	return s.unit.Do(ctx, call, func(tx *work.Tx) error {
		o, err := work.Load[Organization](tx.DB, id)
		if err != nil {
			return err
		}
		err = work.Change(tx, o, version, policy.OrgVerify, func() error { return o.Verify(call.Actor.Account, tx.Now) })
		if db.Duplicate(err) {
			return fault.CreditCodeTaken.New()
		}
		return err
	})
}

// AddMember offers an account to become a member; it is one once it accepts.
func (s *Service) AddMember(ctx context.Context, call work.Call, id uuid.UUID, version int64, username string, admin bool) (work.Done, error) {
	return s.unit.Do(ctx, call, func(tx *work.Tx) error {
		o, err := work.Load[Organization](tx.DB, id)
		if err != nil {
			return err
		}
		return work.Change(tx, o, version, policy.OrgAddMember, func() error {
			account, err := accounts.Find(tx.DB, username, "/username")
			if err != nil {
				return err
			}
			return offer(tx, Membership{OrganizationID: o.ID, AccountID: account.ID, Admin: admin, CreatedAt: tx.Now}, o)
		})
	})
}

func offer(tx *work.Tx, m Membership, o *Organization) error {
	if err := tx.Create(&m).Error; db.Duplicate(err) {
		return fault.AlreadyMember.New()
	} else if err != nil {
		return err
	}
	return tx.Record("organization.member_added", work.RefOf(o), nil, m)
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
			offered.Account = rows[0].AccountID
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
		return tx.Record(string(policy.OrgJoin), work.Ref{Kind: "membership", ID: id, Version: 1}, before, m)
	})
	return err
}

// Get reads one organization. The caller asks policy.OrgContact before showing how to reach it.
func (s *Service) Get(ctx context.Context, actor policy.Actor, id uuid.UUID) (*Organization, error) {
	o, err := Load(s.unit.Query(ctx), actor, id)
	return o, work.Fault(err)
}

// Load is Get for other packages' use cases: the organization as far as the actor may know of it.
func Load(q *gorm.DB, actor policy.Actor, id uuid.UUID) (*Organization, error) {
	o, err := work.Load[Organization](q, id)
	if err != nil {
		return nil, err
	}
	return o, policy.Check(actor, policy.OrgRead, o.Facts())
}

// LoadOwner loads the organization that a new record shall belong to; pointer says where the input names it.
func LoadOwner(q *gorm.DB, actor policy.Actor, id uuid.UUID, pointer string) (*Organization, error) {
	o, err := Load(q, actor, id)
	if fault.NotVisible.Of(err) {
		return nil, fault.InvalidInput.At(pointer, "unknown_organization", "没有这个单位 There is no such organization")
	}
	return o, err
}

// Filter narrows a list; empty fields do not.
type Filter struct{ Kind, State string }

// List shows verified organizations, and to an operator all.
func (s *Service) List(ctx context.Context, actor policy.Actor, f Filter, p db.Paging) (db.Page[Organization], error) {
	q := s.unit.Query(ctx).Model(&Organization{})
	if !actor.Operator {
		q = q.Where("state = ? OR id IN ?", Verified, append([]uuid.UUID{uuid.Nil}, actor.Member...))
	}
	if f.Kind != "" {
		q = q.Where("kind = ?", f.Kind)
	}
	if f.State != "" {
		q = q.Where("state = ?", f.State)
	}
	page, err := db.List(q, p, "id", func(o Organization) uuid.UUID { return o.ID })
	return page, work.Fault(err)
}

// Names gives the names of organizations in one query.
func Names(q *gorm.DB, ids []uuid.UUID) (map[uuid.UUID]string, error) {
	var rows []struct {
		ID   uuid.UUID
		Name string
	}
	if len(ids) > 0 {
		if err := q.Model(&Organization{}).Where("id IN ?", ids).Select("id", "name").Find(&rows).Error; err != nil {
			return nil, err
		}
	}
	out := make(map[uuid.UUID]string, len(rows))
	for _, r := range rows {
		out[r.ID] = r.Name
	}
	return out, nil
}

// Contacts tells how to reach organizations, without asking whether the reader may know: that is the caller's rule.
func Contacts(q *gorm.DB, ids []uuid.UUID) (map[uuid.UUID]Contact, error) {
	rows, err := work.LoadAll[Organization](q, ids)
	if err != nil {
		return nil, err
	}
	out := make(map[uuid.UUID]Contact, len(rows))
	for _, o := range rows {
		out[o.ID] = o.Contact
	}
	return out, nil
}

// WithCreditCodes finds the verified organizations that have these codes: one query.
func WithCreditCodes(q *gorm.DB, codes []string) (map[string]uuid.UUID, error) {
	var rows []Organization
	if err := q.Where("credit_code IN ? AND state = ?", append(codes, ""), Verified).Select("id", "credit_code").Find(&rows).Error; err != nil {
		return nil, err
	}
	out := make(map[string]uuid.UUID, len(rows))
	for _, o := range rows {
		out[o.CreditCode] = o.ID
	}
	return out, nil
}

// SingleMember tells whether the organization has one member only, so that the operator is the second pair of eyes.
func SingleMember(q *gorm.DB, id uuid.UUID) (bool, error) {
	var n int64
	err := q.Model(&Membership{}).Where("organization_id = ? AND accepted_at IS NOT NULL", id).Count(&n).Error
	return n == 1, err
}

// MustBeVerified refuses what a pending organization may not do yet.
func MustBeVerified(q *gorm.DB, id uuid.UUID) error {
	o, err := work.Load[Organization](q, id)
	if err != nil {
		return err
	}
	if o.State != Verified {
		return fault.OrganizationPending.New()
	}
	return nil
}

// Memberships fills in which organizations the actor belongs to: one query.
func (s *Service) Memberships(ctx context.Context, actor *policy.Actor) error {
	var rows []Membership
	if err := s.unit.Query(ctx).Where("account_id = ?", actor.Account).Find(&rows).Error; err != nil {
		return work.Fault(err)
	}
	for _, m := range rows {
		if m.AcceptedAt == nil {
			continue
		}
		actor.Member = append(actor.Member, m.OrganizationID)
		if m.Admin {
			actor.Admin = append(actor.Admin, m.OrganizationID)
		}
	}
	return nil
}

// Offers are the organizations that have offered membership to the account.
func (s *Service) Offers(ctx context.Context, actor policy.Actor) ([]uuid.UUID, error) {
	var ids []uuid.UUID
	err := s.unit.Query(ctx).Model(&Membership{}).Where("account_id = ? AND accepted_at IS NULL", actor.Account).Pluck("organization_id", &ids).Error
	return ids, work.Fault(err)
}

// NamesOf is Names for the HTTP edge.
func (s *Service) NamesOf(ctx context.Context, ids ...uuid.UUID) (map[uuid.UUID]string, error) {
	names, err := Names(s.unit.Query(ctx), ids)
	return names, work.Fault(err)
}

// ByCreditCode finds an organization for commands of the machine's owner.
func (s *Service) ByCreditCode(ctx context.Context, code string) (uuid.UUID, error) {
	var rows []Organization
	if err := s.unit.Query(ctx).Where("credit_code = ? AND state = ?", code, Verified).Find(&rows).Error; err != nil {
		return uuid.Nil, work.Fault(err)
	}
	if len(rows) == 0 {
		return uuid.Nil, fault.NotVisible.Because("没有统一社会信用代码为 %s 的单位", code)
	}
	return rows[0].ID, nil
}
