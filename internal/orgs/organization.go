package orgs

import (
	"strings"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/codes"
	"jiebang/internal/fault"
	"jiebang/internal/mail"
	"jiebang/internal/policy"
	"jiebang/internal/ref"
	"jiebang/internal/text"
	"jiebang/internal/work"
)

// State tells whether an operator has verified an organization. A pending one drafts and publishes nothing.
type State string

const (
	Pending  State = "pending"
	Verified State = "verified"
	Refused  State = "refused" // with a reason; it can be mended and asked for again
)

// Contact is the person to call. It is shown to members and operators, and to the other side of an accepted introduction.
type Contact struct{ Name, Phone, Email string }

// Checked are the facts that an operator verifies. Once they are, they change only with another verification.
type Checked struct {
	Name       string
	Kind       string
	CreditCode string // GB 32100-2015, unique
	Region     string // GB/T 2260, six digits
}

// Proposal is how the checked facts of a verified organization shall be. What was verified stays until an operator accepts it.
type Proposal struct {
	Checked
	By            uuid.UUID
	At            time.Time
	RefusalReason string // why an operator refused it; empty while it waits
}

func (p *Proposal) open() bool { return p != nil && p.RefusalReason == "" }

// Organization is a university, an institute, an enterprise or another body that takes part.
type Organization struct {
	work.Head
	State        State
	Checked      `gorm:"embedded"`
	Introduction string
	Contact      Contact `gorm:"embedded;embeddedPrefix:contact_"`
	CreatedBy    uuid.UUID
	VerifiedBy   *uuid.UUID
	VerifiedAt   *time.Time
	// RefusalReason is why an operator refused to verify it; empty otherwise.
	RefusalReason string
	Proposal      *Proposal `gorm:"serializer:json" json:",omitempty"`
	Suspension    `gorm:"embedded"`
}

// Suspension is since when, by whom and why a verified organization is suspended. It stays verified: its name and code are its own.
type Suspension struct {
	SuspendedAt      *time.Time `json:",omitempty"`
	SuspendedBy      *uuid.UUID `json:",omitempty"`
	SuspensionReason string     `json:",omitempty"`
}

// Suspended tells whether it is.
func (s *Suspension) Suspended() bool { return s.SuspendedAt != nil }

func (Organization) TableName() string { return "organizations" }
func (*Organization) Noun() string     { return "organization" }

// Facts: what is verified is public. Who proposed a change of it does not decide about that.
func (o *Organization) Facts() policy.Facts {
	f := policy.Facts{Public: o.State == Verified, Owner: o.ID, Author: o.CreatedBy, Named: []string{IDTie(o.ID)}}
	if o.Proposal.open() {
		f.Submitter = o.Proposal.By
	}
	return f
}

// FactsIn adds whether it has an administrator, where an action's rule asks for it.
func (o *Organization) FactsIn(q *gorm.DB, action policy.Action) (policy.Facts, error) {
	f := o.Facts()
	if !policy.Asks(action, policy.NoAdmin) {
		return f, nil
	}
	var n int64
	err := q.Model(&Membership{}).Where("organization_id = ? AND admin AND accepted_at IS NOT NULL", o.ID).Count(&n).Error
	f.NoAdmin = n == 0
	return f, err
}

// Verify is the operator's word that the organization is what it says.
func (o *Organization) Verify(by uuid.UUID, now time.Time) error {
	if err := work.Step(&o.State, Verified, Pending); err != nil {
		return err
	}
	o.VerifiedBy, o.VerifiedAt = &by, &now
	return nil
}

// Refuse is the operator's word that it cannot be verified as it stands.
func (o *Organization) Refuse(reason string) error {
	if err := work.Step(&o.State, Refused, Pending); err != nil {
		return err
	}
	o.RefusalReason = reason
	return given(reason)
}

// AskAgain asks for verification once what was wrong is mended.
func (o *Organization) AskAgain() error {
	if err := work.Step(&o.State, Pending, Refused); err != nil {
		return err
	}
	o.RefusalReason = ""
	return nil
}

// Edit writes what its members keep of it. Before it is verified all of it counts at once; afterwards the checked facts are proposed, and
// a proposal that is open stays where they are written as they were verified.
func (o *Organization) Edit(in Input, by uuid.UUID, now time.Time) {
	o.Introduction, o.Contact = in.Introduction, in.Contact
	switch wanted := in.checked(); {
	case o.State != Verified:
		o.Checked = wanted
	case wanted != o.Checked && (!o.Proposal.open() || o.Proposal.Checked != wanted):
		o.Proposal = &Proposal{Checked: wanted, By: by, At: now}
	}
}

// Accept is the operator's word that what is proposed is so.
func (o *Organization) Accept(by uuid.UUID, now time.Time) error {
	if !o.Proposal.open() {
		return fault.NoProposal.New()
	}
	o.Checked, o.Proposal = o.Proposal.Checked, nil
	o.VerifiedBy, o.VerifiedAt = &by, &now
	return nil
}

// Reject is the operator's word that what is proposed is not so; what was verified stays.
func (o *Organization) Reject(reason string) error {
	if !o.Proposal.open() {
		return fault.NoProposal.New()
	}
	p := *o.Proposal
	p.RefusalReason, o.Proposal = reason, &p
	return given(reason)
}

// TakeBack is its members' second thought about what they proposed, or that they have read why it was refused.
func (o *Organization) TakeBack() error {
	if o.Proposal == nil {
		return fault.NoProposal.New()
	}
	o.Proposal = nil
	return nil
}

// Suspend holds everything of the organization that is open, until it is lifted.
func (o *Organization) Suspend(reason string, by uuid.UUID, now time.Time) error {
	if err := work.In(o.State, Verified); err != nil {
		return err
	}
	if o.Suspended() {
		return fault.OrganizationHeld.New()
	}
	o.Suspension = Suspension{&now, &by, reason}
	return given(reason)
}

// Lift ends a suspension.
func (o *Organization) Lift() error {
	if !o.Suspended() {
		return fault.NotSuspended.New()
	}
	o.Suspension = Suspension{}
	return nil
}

// given holds the bounds of a reason.
func given(reason string) error {
	var bad fault.Fields
	bad.Length(reason, "/reason", 2, 2000)
	return bad.Err()
}

// Input is what an organization takes. Lengths and lists are checked by the OpenAPI description.
type Input struct {
	Name, Kind, CreditCode, Region, Introduction string
	Contact                                      Contact
}

func (in Input) checked() Checked { return Checked{in.Name, in.Kind, in.CreditCode, in.Region} }

// cleaned is the input as it is stored, if it holds what a schema cannot say.
func (in Input) cleaned() (Input, error) {
	var bad fault.Fields
	codes.CreditCodeInto(&bad, &in.CreditCode, "/credit_code")
	_, known := ref.RegionOf(in.Region)
	bad.Check(known, "/region", fault.UnknownRegion, "没有这个区划代码", "There is no such region code")
	if name, wrong := text.Clean(in.Name, text.Line); wrong != nil { // also what did not come through the edge
		bad.Check(false, "/name", wrong.Place, "%[1]s", "%[2]s", wrong.Message().ZH, wrong.Message().EN)
	} else {
		in.Name = name
		readable(&bad, name, "/name")
	}
	in.Contact.Clean(&bad, "/contact")
	return in, bad.Err()
}

// Clean reads the ways to reach a contact where they stand in an input, and adds to bad those that cannot work: a number that is too
// short or lacks its area code, an address that no mail server takes.
func (c *Contact) Clean(bad *fault.Fields, at string) {
	text.Named(bad, c.Name, at+"/name", 1, 50)
	if c.Phone = strings.TrimSpace(c.Phone); c.Phone != "" {
		if phone, err := codes.Phone(c.Phone); err == nil {
			c.Phone = phone
		} else {
			bad.Check(false, at+"/phone", fault.BadFormat, "这个号码打不通：请填 11 位手机号、带区号的座机（如 024-23890000，分机写作 转801），或以 + 和国家代码开头的国际号码。",
				"This number cannot be called: give a mobile of 11 digits, a fixed line with its area code (024-23890000, an extension as ext. 801), or + and the country code.")
		}
	}
	if c.Email = text.Narrow(c.Email); c.Email != "" {
		mail.Into(bad, c.Email, at+"/email")
	}
}
