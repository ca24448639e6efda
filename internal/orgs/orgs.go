// Package orgs decides what an organization is, who belongs to it, and when an operator has verified it, and tells others its name.
// What members may do is asked of policy.
package orgs

import (
	"context"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/db"
	"jiebang/internal/fault"
	"jiebang/internal/policy"
	"jiebang/internal/work"
)

// records is how organizations are read and written.
var records = work.Records[Organization, *Organization, View]{
	Read: policy.OrgRead, Show: show,
	Columns: work.Columns{
		string(policy.Public): "state = 'verified'", string(policy.Author): "created_by IN ?", string(policy.Member): "id IN ?",
	},
	Acts: []work.Act[*Organization, View]{
		{Operation: "verifyOrganization", Action: policy.OrgVerify, When: func(o *Organization, _ *View) error { return o.Verify(uuid.Nil, time.Time{}) }},
		{Operation: "addMember", Action: policy.OrgAddMember},
		{Operation: "inviteByMail", Action: policy.InvitationCreate},
	},
}

type (
	// Answer is the outcome of a use case that changed an organization.
	Answer = work.Answer[View]
	// Service runs the use cases about organizations and their members.
	Service struct{ unit *work.Unit }
)

func New(unit *work.Unit) *Service { return &Service{unit} }

// Create enters an organization, pending, with its creator as the first administrator.
func (s *Service) Create(ctx context.Context, call work.Call, in Input) (Answer, error) {
	return records.Do(ctx, s.unit, call, func(tx *work.Tx) (*Organization, error) {
		if err := policy.Check(call.Actor, policy.OrgCreate, policy.Facts{}); err != nil {
			return nil, err
		}
		in, err := in.cleaned()
		if err != nil {
			return nil, err
		}
		o := &Organization{
			Head: tx.NewHead(), State: Pending, Name: in.Name, Kind: in.Kind, CreditCode: in.CreditCode, Region: in.Region,
			Introduction: in.Introduction, Contact: in.Contact, CreatedBy: call.Actor.Account,
		}
		if holders, err := WithCreditCodes(tx.DB, []string{in.CreditCode}); err != nil {
			return nil, err
		} else if len(holders) > 0 {
			return nil, fault.CreditCodeTaken.New()
		}
		if err := work.Insert(tx, work.Did(policy.OrgCreate), o); err != nil {
			return nil, err
		}
		return o, offer(tx, Membership{OrganizationID: o.ID, AccountID: call.Actor.Account, Admin: true, CreatedAt: tx.Now, AcceptedAt: &tx.Now}, o)
	})
}

// Verify is done by an operator, who did not enter it. Of several that claim one credit code, one can be verified.
func (s *Service) Verify(ctx context.Context, call work.Call, id uuid.UUID, version int64) (Answer, error) {
	a, err := records.Change(ctx, s.unit, call, id, version, policy.OrgVerify, func(tx *work.Tx, o *Organization) error {
		return o.Verify(call.Actor.Account, tx.Now)
	})
	if db.Duplicate(err) {
		err = fault.CreditCodeTaken.New()
	}
	return a, err
}

// Get reads one organization.
func (s *Service) Get(ctx context.Context, reader policy.Actor, id uuid.UUID) (View, error) {
	return records.Get(ctx, s.unit, reader, id)
}

// Filter narrows a list; empty fields do not.
type Filter struct {
	Kind  string `query:"kind" where:"kind = ?"`
	State State  `query:"state" where:"state = ?"`
}

// List shows what the reader may know of: verified organizations, their own, and to an operator all.
func (s *Service) List(ctx context.Context, reader policy.Actor, f Filter, p db.Paging) (db.Page[View], error) {
	return records.List(ctx, s.unit, reader, f, p)
}

// View is an organization as one reader may see it: Contact is nil unless they may know how to reach it.
type View struct {
	Organization
	Contact *Contact
	work.Acts
}

func show(_ *gorm.DB, reader policy.Actor, rows []Organization) ([]View, error) {
	out := make([]View, len(rows))
	for i, o := range rows {
		contact := o.Contact
		o.Contact = Contact{}
		out[i] = View{Organization: o}
		if policy.Allowed(reader, policy.OrgContact, o.Facts()) {
			out[i].Contact = &contact
		}
	}
	return out, nil
}
