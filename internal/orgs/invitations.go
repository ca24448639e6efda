package orgs

import (
	"context"
	_ "embed"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/accounts"
	"jiebang/internal/db"
	"jiebang/internal/fault"
	"jiebang/internal/mail"
	"jiebang/internal/policy"
	"jiebang/internal/work"
)

// InvitationState is how far an invitation has come. One that is open and past its time opens nothing; nothing need happen for that.
type InvitationState string

// The states of an invitation.
const (
	InvitationOpen      InvitationState = "open"
	InvitationAccepted  InvitationState = "accepted"
	InvitationWithdrawn InvitationState = "withdrawn"
	InvitationDeclined  InvitationState = "declined" // by whoever has its secret
)

// Bounds on invitations of one organization, and on those to one mailbox.
const (
	invitationLife = 7 * 24 * time.Hour
	invitationDay  = 24 * time.Hour
	invitationEach = 200 // of an organization in a day
	invitationBox  = 5   // to a mailbox in a day
)

// Invitation asks whoever reads the mails of an address to become a member. Who has the secret of its mail may accept it by whatever
// account is theirs: most people who are invited have none yet.
type Invitation struct {
	work.Head
	OrganizationID uuid.UUID
	Address        string
	Admin          bool
	State          InvitationState
	Hash           string `json:"-"`
	InvitedBy      uuid.UUID
	ExpiresAt      time.Time
	AcceptedBy     *uuid.UUID
	AcceptedAt     *time.Time
}

func (Invitation) TableName() string { return "invitations" }
func (*Invitation) Noun() string     { return "invitation" }

// Facts: it belongs to the organization.
func (i *Invitation) Facts() policy.Facts {
	return policy.Facts{Owner: i.OrganizationID, Author: i.InvitedBy}
}

// good tells whether it can be accepted now.
func (i *Invitation) good(now time.Time) bool {
	return i.State == InvitationOpen && now.Before(i.ExpiresAt)
}

// accept is done once, in time.
func (i *Invitation) accept(by uuid.UUID, now time.Time) error {
	if !i.good(now) {
		return fault.LinkInvalid.New()
	}
	i.State, i.AcceptedBy, i.AcceptedAt = InvitationAccepted, &by, &now
	return nil
}

// decline is the answer of somebody who does not wish to belong.
func (i *Invitation) decline(now time.Time) error {
	if !i.good(now) {
		return fault.LinkInvalid.New()
	}
	return work.Step(&i.State, InvitationDeclined, InvitationOpen)
}

// withdraw takes it back before it was accepted.
func (i *Invitation) withdraw() error {
	return work.Step(&i.State, InvitationWithdrawn, InvitationOpen)
}

//go:embed mails/invitation.tmpl
var invitationText string

// inviting is what the text of the mail is made of.
type inviting struct {
	Organization, By string
	Admin            bool
	Code             string // credit code
}

var invitationMail = mail.NewKind[inviting]("organization.invitation", invitationText)

var invitations = work.Records[Invitation, *Invitation, InvitationView]{
	Read: policy.InvitationRead, Show: showInvitations,
	Columns: work.Columns{string(policy.Admin): "organization_id IN ?"},
	Acts: []work.Act[*Invitation, InvitationView]{
		{Operation: "withdrawInvitation", Action: policy.InvitationWithdraw, When: func(i *Invitation, _ *InvitationView) error { return i.withdraw() }},
	},
}

type (
	// InvitationView is an invitation as an administrator may see it.
	InvitationView struct {
		Invitation
		Organization Ref
		By           accounts.Person
		AcceptedBy   *accounts.Person
		work.Acts
	}
	// InvitationAnswer is the outcome of a use case that changed an invitation.
	InvitationAnswer = work.Answer[InvitationView]
)

func showInvitations(q *gorm.DB, reader policy.Actor, rows []Invitation) ([]InvitationView, error) {
	standings, ids := make([]Standing, len(rows)), make([]uuid.UUID, 0, 2*len(rows))
	for i, r := range rows {
		standings[i] = Standing{Organization: r.OrganizationID}
		if ids = append(ids, r.InvitedBy); r.AcceptedBy != nil {
			ids = append(ids, *r.AcceptedBy)
		}
	}
	organizations, err := Shown(q, reader, standings)
	if err != nil {
		return nil, err
	}
	people, err := accounts.People(q, ids)
	if err != nil {
		return nil, err
	}
	out := make([]InvitationView, len(rows))
	for i, r := range rows {
		out[i] = InvitationView{Invitation: r, Organization: organizations[i], By: people[r.InvitedBy]}
		if r.AcceptedBy != nil {
			p := people[*r.AcceptedBy]
			out[i].AcceptedBy = &p
		}
	}
	return out, nil
}

// Invite is whom to invite, by address.
type Invite struct {
	Email string
	Admin bool
}

// InviteByMail invites somebody who need not have an account; by an administrator.
func (s *Service) InviteByMail(ctx context.Context, call work.Call, id uuid.UUID, in Invite) (InvitationAnswer, error) {
	return invitations.Do(ctx, s.unit, call, func(tx *work.Tx) (*Invitation, error) {
		o, err := work.Load[Organization](db.ForUpdate(tx.DB), id) // so that bounds hold for many at once, too
		if err != nil {
			return nil, err
		}
		if err := policy.Check(call.Actor, policy.InvitationCreate, o.Facts()); err != nil {
			return nil, err
		}
		if o.State != Verified { // its name stands in mails to strangers
			return nil, fault.OrganizationPending.Because("核验通过后可用邮箱邀请；在此之前可按用户名邀请。", "It may invite by mail once it is verified, and by user name before that.")
		}
		var bad fault.Fields
		address := mail.Into(&bad, in.Email, "/email")
		if err := bad.Err(); err != nil {
			return nil, err
		}
		if err := mayInvite(tx, o.ID, address); err != nil {
			return nil, err
		}
		secret, hash := accounts.NewSecret()
		i := &Invitation{
			Head: tx.NewHead(), OrganizationID: o.ID, Address: string(address), Admin: in.Admin, State: InvitationOpen, Hash: hash,
			InvitedBy: call.Actor.Account, ExpiresAt: tx.Now.Add(invitationLife),
		}
		if err := work.Insert(tx, work.Did(policy.InvitationCreate), i); err != nil {
			return nil, err
		}
		people, err := accounts.People(tx.DB, []uuid.UUID{i.InvitedBy})
		if err != nil {
			return nil, err
		}
		data := inviting{Organization: o.Name, By: people[i.InvitedBy].Name, Admin: i.Admin, Code: o.CreditCode}
		return i, invitationMail.Write(tx, mail.To{Address: address}, data, mail.Offer{Secret: secret, Until: i.ExpiresAt})
	})
}

func mayInvite(tx *work.Tx, organization uuid.UUID, address mail.Address) error {
	since := tx.Now.Add(-invitationDay)
	var n int64
	if err := tx.Model(&Invitation{}).Where("organization_id = ? AND created_at > ?", organization, since).Count(&n).Error; err != nil {
		return err
	}
	toBox, err := mail.Lately(tx.DB, address, since, invitationMail)
	if err != nil {
		return err
	}
	if n >= invitationEach || toBox >= invitationBox {
		f := fault.RateLimited.New()
		f.RetryAfter = invitationDay
		return f
	}
	return nil
}

// Invitation reads one.
func (s *Service) Invitation(ctx context.Context, reader policy.Actor, id uuid.UUID) (InvitationView, error) {
	return invitations.Get(ctx, s.unit, reader, id)
}

// InvitationFilter narrows a list; empty fields do not.
type InvitationFilter struct {
	Organization uuid.UUID `query:"organization_id" where:"organization_id = ?"`
}

// Invitations lists those of the organizations that the reader administers.
func (s *Service) Invitations(ctx context.Context, reader policy.Actor, f InvitationFilter, p db.Paging) (db.Page[InvitationView], error) {
	if err := CheckKnown(s.unit.Query(ctx), reader, f.Organization, "query:organization_id"); err != nil {
		return db.Page[InvitationView]{}, err
	}
	return invitations.List(ctx, s.unit, reader, f, p)
}

// WithdrawInvitation takes one back; its secret opens nothing from then on.
func (s *Service) WithdrawInvitation(ctx context.Context, call work.Call, id uuid.UUID, version int64) (InvitationAnswer, error) {
	return invitations.Change(ctx, s.unit, call, id, version, policy.InvitationWithdraw, func(_ *work.Tx, i *Invitation) error { return i.withdraw() })
}

// Invited is an invitation as those see it who have its secret: who is invited, where, and until when.
type Invited struct {
	Organization             Ref
	State                    State
	Kind, CreditCode, Region string
	By                       accounts.Person
	Address                  string
	Admin                    bool
	ExpiresAt                time.Time
}

// LookUpInvitation shows an invitation to whoever has its secret, before they accept it.
func (s *Service) LookUpInvitation(ctx context.Context, call work.Call, secret string) (Invited, error) {
	if err := policy.Check(call.Actor, policy.InvitationLookUp, policy.Facts{}); err != nil {
		return Invited{}, err
	}
	q := s.unit.Query(ctx)
	i, err := openInvitation(q, secret, s.unit.Now())
	if err != nil {
		return Invited{}, err
	}
	return invited(q, call.Actor, i)
}

// AcceptInvitation makes the caller a member, by the secret of the mail.
func (s *Service) AcceptInvitation(ctx context.Context, call work.Call, secret string) (Invited, error) {
	var out Invited
	_, err := s.unit.Do(ctx, call, func(tx *work.Tx) error {
		if err := policy.Check(call.Actor, policy.InvitationAccept, policy.Facts{}); err != nil {
			return err
		}
		i, err := openInvitation(db.ForUpdate(tx.DB), secret, tx.Now)
		if fault.LinkInvalid.Of(err) {
			out, err = acceptedBefore(tx.DB, call.Actor, secret, err)
			return err
		} else if err != nil {
			return err
		}
		if err := work.Move(tx, i, work.Did(policy.InvitationAccept), func() error { return i.accept(call.Actor.Account, tx.Now) }); err != nil {
			return err
		}
		if err := enter(tx, i, call.Actor.Account); err != nil {
			return err
		}
		out, err = invited(tx.DB, call.Actor, i)
		return err
	})
	return out, err
}

// DeclineInvitation answers an invitation with no, by the secret of the mail. Done again it is no error.
func (s *Service) DeclineInvitation(ctx context.Context, call work.Call, secret string) error {
	_, err := s.unit.Do(ctx, call, func(tx *work.Tx) error {
		if err := policy.Check(call.Actor, policy.InvitationDecline, policy.Facts{}); err != nil {
			return err
		}
		var before []Invitation
		if err := tx.Where("hash = ? AND state = ?", accounts.Digest(secret), InvitationDeclined).Find(&before).Error; err != nil || len(before) > 0 {
			return err
		}
		i, err := openInvitation(db.ForUpdate(tx.DB), secret, tx.Now)
		if err != nil {
			return err
		}
		return work.Move(tx, i, work.Did(policy.InvitationDecline), func() error { return i.decline(tx.Now) })
	})
	return err
}

// acceptedBefore answers an acceptance that was made before, whose answer was lost: by the same account, which is a member still.
func acceptedBefore(q *gorm.DB, actor policy.Actor, secret string, refusal error) (Invited, error) {
	var rows []Invitation
	if err := q.Where("hash = ? AND state = ? AND accepted_by = ?", accounts.Digest(secret), InvitationAccepted, actor.Account).Find(&rows).Error; err != nil {
		return Invited{}, err
	}
	if len(rows) == 0 || !actor.MemberOf(rows[0].OrganizationID) {
		return Invited{}, refusal
	}
	return invited(q, actor, &rows[0])
}

// enter makes the account a member, also where membership was only offered to it. Whoever is one already keeps what they are.
//
// The organization is locked first, as it is by whoever takes the membership away.
func enter(tx *work.Tx, i *Invitation, account uuid.UUID) error {
	if _, err := records.Lock(tx, i.OrganizationID); err != nil {
		return err
	}
	var rows []Membership
	if err := db.ForUpdate(tx.DB).Where("organization_id = ? AND account_id = ?", i.OrganizationID, account).Find(&rows).Error; err != nil {
		return err
	}
	m := Membership{OrganizationID: i.OrganizationID, AccountID: account, Admin: i.Admin, CreatedAt: tx.Now, AcceptedAt: &tx.Now, AddedBy: &i.InvitedBy}
	ref := work.Ref{Noun: "membership", ID: i.OrganizationID, Version: 1}
	switch {
	case len(rows) == 0:
		if err := tx.Create(&m).Error; db.Duplicate(err) {
			return fault.AlreadyMember.New()
		} else if err != nil {
			return err
		}
		return tx.Record(memberAdded, ref, nil, m)
	case rows[0].AcceptedAt != nil:
		return fault.AlreadyMember.New()
	}
	m.CreatedAt, m.Admin, m.AddedBy, m.AppointedBy, m.ConfirmedBy = rows[0].CreatedAt, m.Admin || rows[0].Admin, rows[0].AddedBy, nil, rows[0].ConfirmedBy
	if err := tx.Model(&m).Select("admin", "accepted_at", "appointed_by").Updates(&m).Error; err != nil {
		return err
	}
	return tx.Record(work.Did(policy.OrgJoin), ref, rows[0], m)
}

func openInvitation(q *gorm.DB, secret string, now time.Time) (*Invitation, error) {
	var rows []Invitation
	err := q.Where("hash = ?", accounts.Digest(secret)).Find(&rows).Error
	if err == nil && (len(rows) == 0 || !rows[0].good(now)) {
		err = fault.LinkInvalid.New()
	}
	if err != nil {
		return nil, err
	}
	return &rows[0], nil
}

func invited(q *gorm.DB, reader policy.Actor, i *Invitation) (Invited, error) {
	refs, err := Shown(q, reader, []Standing{{Organization: i.OrganizationID}})
	if err != nil {
		return Invited{}, err
	}
	o, err := work.Load[Organization](q, i.OrganizationID)
	if err != nil {
		return Invited{}, err
	}
	people, err := accounts.People(q, []uuid.UUID{i.InvitedBy})
	return Invited{refs[0], o.State, o.Kind, o.CreditCode, o.Region, people[i.InvitedBy], i.Address, i.Admin, i.ExpiresAt}, err
}
