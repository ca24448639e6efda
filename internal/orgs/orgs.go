// Package orgs decides what an organization is, who belongs to it, and when an operator has verified it, and tells others its name.
// What members may do is asked of policy.
package orgs

import (
	"context"
	"database/sql/driver"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"golang.org/x/text/unicode/norm"
	"gorm.io/gorm"

	"jiebang/internal/accounts"
	"jiebang/internal/codes"
	"jiebang/internal/db"
	"jiebang/internal/fault"
	"jiebang/internal/policy"
	"jiebang/internal/ref"
	"jiebang/internal/work"
)

// records is how organizations are read and written.
var records = work.Records[Organization, *Organization, View]{
	Read: policy.OrgRead, Show: show,
	Columns: work.Columns{
		string(policy.Public): "state = 'verified'", string(policy.Author): "created_by IN ?", string(policy.Member): "id IN ?",
		string(policy.Named): "('id:' || CAST(id AS text)) IN ?",
	},
	Acts: []work.Act[*Organization, View]{
		{Operation: "updateOrganization", Action: policy.OrgEdit},
		{Operation: "verifyOrganization", Action: policy.OrgVerify, When: func(o *Organization, _ *View) error { return o.Verify(uuid.Nil, time.Time{}) }},
		{Operation: "refuseOrganization", Action: policy.OrgRefuse, When: func(o *Organization, _ *View) error { return o.Refuse("") }},
		{Operation: "requestVerification", Action: policy.OrgAskAgain, When: func(o *Organization, _ *View) error { return o.AskAgain() }},
		{Operation: "acceptOrganizationChange", Action: policy.OrgAccept, When: func(o *Organization, _ *View) error { return o.Accept(uuid.Nil, time.Time{}) }},
		{Operation: "refuseOrganizationChange", Action: policy.OrgReject, When: func(o *Organization, _ *View) error { return o.Reject("") }},
		{Operation: "withdrawOrganizationChange", Action: policy.OrgTakeBack, When: func(o *Organization, _ *View) error { return o.TakeBack() }},
		{Operation: "suspendOrganization", Action: policy.OrgSuspend, When: func(o *Organization, _ *View) error { return o.Suspend("", uuid.Nil, time.Time{}) }},
		{Operation: "liftSuspension", Action: policy.OrgLift, When: func(o *Organization, _ *View) error { return o.Lift() }},
		{Operation: "addMember", Action: policy.OrgAddMember},
		{Operation: "changeMemberRole", Action: policy.OrgMemberRole},
		{Operation: "confirmAdministrator", Action: policy.OrgConfirm},
		{Operation: "removeMember", Action: policy.OrgRemoveMember},
		{Operation: "inviteByMail", Action: policy.InvitationCreate},
		{Operation: "createApiKey", Action: policy.KeyCreate},
		{Operation: "createWebhook", Action: policy.WebhookCreate},
	},
}

type (
	// Answer is the outcome of a use case that changed an organization.
	Answer = work.Answer[View]
	// Service runs the use cases about organizations and their members.
	Service struct {
		unit  *work.Unit
		holds []Hold
	}
)

// New gives the use cases about organizations.
func New(unit *work.Unit) *Service {
	unit.Knows("organizations", fault.UnknownOrganization, records.Known)
	return &Service{unit: unit}
}

// Create enters an organization, pending, with its creator as the first administrator.
func (s *Service) Create(ctx context.Context, call work.Call, in Input) (Answer, error) {
	id := work.NewID()
	// What the answer shows, it shows to whoever is its administrator by then.
	call.Actor.Member, call.Actor.Admin = append(slices.Clone(call.Actor.Member), id), append(slices.Clone(call.Actor.Admin), id)
	return records.Do(ctx, s.unit, call, func(tx *work.Tx) (*Organization, error) {
		if err := policy.Check(call.Actor, policy.OrgCreate, policy.Facts{}); err != nil {
			return nil, err
		}
		in, err := in.cleaned()
		if err != nil {
			return nil, err
		}
		head := tx.NewHead()
		head.ID = id
		o := &Organization{
			Head: head, State: Pending, Checked: in.checked(),
			Introduction: in.Introduction, Contact: in.Contact, CreatedBy: call.Actor.Account,
		}
		if err := o.apart(tx.DB, in.checked()); err != nil {
			return nil, err
		}
		if err := o.enteredOnce(tx); err != nil {
			return nil, err
		}
		if err := work.Insert(tx, work.Did(policy.OrgCreate), o); err != nil {
			return nil, err
		}
		return o, offer(tx, Membership{OrganizationID: o.ID, AccountID: call.Actor.Account, Admin: true, CreatedAt: tx.Now, AcceptedAt: &tx.Now, AddedBy: &call.Actor.Account}, o)
	})
}

// Verify is done by an operator, who did not enter it. Of several that claim one credit code, one can be verified.
func (s *Service) Verify(ctx context.Context, call work.Call, id uuid.UUID, version int64) (Answer, error) {
	a, err := records.Change(ctx, s.unit, call, id, version, policy.OrgVerify, func(tx *work.Tx, o *Organization) error {
		if err := o.nameAlone(tx.DB); err != nil {
			return err
		}
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
	Kind       string     `query:"kind" where:"kind = ?"`
	State      State      `query:"state" where:"state = ?"`
	Region     RegionPart `query:"region" where:"region LIKE ?"`
	Name       NamePart   `query:"name" where:"(REPLACE(REPLACE(REPLACE(REPLACE(LOWER(name), '（', '('), '）', ')'), ' ', ''), '　', '') LIKE ? ESCAPE '!' OR id IN (SELECT f.organization_id FROM organization_names f WHERE REPLACE(REPLACE(REPLACE(REPLACE(LOWER(f.name), '（', '('), '）', ')'), ' ', ''), '　', '') LIKE ? ESCAPE '!'))"`
	CreditCode string     `query:"credit_code" where:"credit_code = ?"`
	Since      time.Time  `query:"updated_since" where:"updated_at >= ?"`
	Grade      GradeKind  `query:"grade" where:"id IN (SELECT g.organization_id FROM grades g WHERE g.kind = ? AND g.state = 'confirmed' AND g.valid_from <= {today} AND (g.valid_to IS NULL OR g.valid_to >= {today}))"`
	Suspended  *bool      `query:"suspended" where:"(suspended_at IS NOT NULL) = ?"`
	Changing   OpenChange `query:"change" where:"(proposal IS NOT NULL AND ? = 'open')"`
}

// OpenChange asks for organizations with a proposed change.
type OpenChange string

// RegionPart is a region with all that is in it: a county, a city with its counties, a province.
type RegionPart string

// Value is the pattern that finds the region and what is in it.
func (p RegionPart) Value() (driver.Value, error) {
	code := string(p)
	for len(code) > 2 && strings.HasSuffix(code, "00") {
		code = strings.TrimSuffix(code, "00")
	}
	return code + "%", nil
}

// NamePart is part of a name, whatever its width, case and blanks.
type NamePart string

// Value is the pattern that finds the part anywhere in a name.
func (p NamePart) Value() (driver.Value, error) {
	return "%" + strings.NewReplacer("!", "!!", "%", "!%", "_", "!_").Replace(plain(string(p))) + "%", nil
}

// plain writes a name as Filter compares it.
func plain(name string) string {
	return strings.Join(strings.Fields(strings.ToLower(norm.NFKC.String(name))), "")
}

// List shows what the reader may know of: verified organizations, their own, and to an operator all. A credit code is read as people write it.
func (s *Service) List(ctx context.Context, reader policy.Actor, f Filter, p db.Paging) (db.Page[View], error) {
	if f.Changing != "" {
		if err := policy.Check(reader, policy.OrgChanging, policy.Facts{}); err != nil {
			return db.Page[View]{}, err
		}
	}
	if f.Region != "" {
		var bad fault.Fields
		if ref.CheckRegion(&bad, string(f.Region), "query:region"); len(bad) > 0 {
			return db.Page[View]{}, bad.Err()
		}
	}
	if f.CreditCode != "" {
		code, err := codes.ReadCreditCode(f.CreditCode, "query:credit_code")
		if err != nil {
			return db.Page[View]{}, err
		}
		f.CreditCode = code
	}
	return records.List(ctx, s.unit, reader, f, p)
}

// View is an organization as one reader may see it: Contact is nil unless they may know how to reach it; who entered and verified it, why it
// was refused and what is proposed of it are its members' and the bureau's affair.
type View struct {
	Organization
	Contact        *Contact
	Remarks        []Remark // what whoever verifies it should look at; of what is proposed, where something is
	By, VerifiedBy *accounts.Person
	ProposedBy     *accounts.Person
	HeldBy         *accounts.Person // who suspended it
	FormerNames    []FormerName     // the latest first
	Grades         []GradeKind      // what it is today, by certificates that were confirmed
	work.Acts
}

func show(q *gorm.DB, reader policy.Actor, rows []Organization) ([]View, error) {
	out := make([]View, len(rows))
	var ids []uuid.UUID
	all := make([]uuid.UUID, len(rows))
	for i, o := range rows {
		all[i] = o.ID
		contact, proposal := o.Contact, o.Proposal
		o.Contact, o.Proposal = Contact{}, nil
		out[i] = View{Organization: o}
		v := &out[i]
		if !policy.Allowed(reader, policy.OrgContact, o.Facts()) && o.CreatedBy != reader.Account {
			v.RefusalReason = ""
		}
		if !policy.Allowed(reader, policy.OrgContact, o.Facts()) {
			v.SuspendedBy, v.SuspensionReason = nil, ""
		}
		if !policy.Allowed(reader, policy.OrgContact, o.Facts()) {
			continue
		}
		v.Contact, v.Proposal, v.Remarks = &contact, proposal, o.remarks()
		if proposal.open() {
			v.Remarks = proposal.remarks()
		}
		ids = append(ids, o.CreatedBy)
		if o.SuspendedBy != nil {
			ids = append(ids, *o.SuspendedBy)
		}
		if o.VerifiedBy != nil {
			ids = append(ids, *o.VerifiedBy)
		}
		if proposal != nil {
			ids = append(ids, proposal.By)
		}
	}
	people, err := accounts.People(q, ids)
	if err != nil {
		return nil, err
	}
	told := func(id *uuid.UUID) *accounts.Person {
		if id == nil {
			return nil
		}
		p, known := people[*id]
		if !known {
			return nil
		}
		return &p
	}
	held, err := gradesOf(q, all)
	if err != nil {
		return nil, err
	}
	former, err := formerNames(q, all)
	if err != nil {
		return nil, err
	}
	for i := range out {
		v := &out[i]
		v.Grades, v.FormerNames = held[v.ID], former[v.ID]
		if v.Contact == nil {
			continue
		}
		v.By, v.VerifiedBy = told(&v.CreatedBy), told(v.Organization.VerifiedBy)
		v.HeldBy = told(v.SuspendedBy)
		if v.Proposal != nil {
			v.ProposedBy = told(&v.Proposal.By)
		}
	}
	return out, nil
}
