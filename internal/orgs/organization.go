// Package orgs decides what an organization is, who belongs to it, and when an operator has verified it; it keeps the
// registration offices too. What members may do is asked of policy.
package orgs

import (
	"time"

	"github.com/google/uuid"

	"jiebang/internal/codes"
	"jiebang/internal/fault"
	"jiebang/internal/policy"
	"jiebang/internal/ref"
	"jiebang/internal/work"
)

// State tells whether an operator has verified an organization. A pending one drafts and publishes nothing.
type State string

const (
	Pending  State = "pending"
	Verified State = "verified"
)

// Contact is the person to call. It is shown to members and operators, and to the other side of an accepted introduction.
type Contact struct{ Name, Phone, Email string }

// Organization is a university, an institute, an enterprise or another body that takes part.
type Organization struct {
	work.Head
	State        State
	Name         string
	OrgKind      string `gorm:"column:kind"`
	CreditCode   string // GB 32100-2015, unique
	Region       string // GB/T 2260, six digits
	Introduction string
	Contact      Contact `gorm:"embedded;embeddedPrefix:contact_"`
	CreatedBy    uuid.UUID
	VerifiedBy   *uuid.UUID
	VerifiedAt   *time.Time
}

func (*Organization) Kind() string { return "organization" }

// Facts: what is verified is public.
func (o *Organization) Facts() policy.Facts {
	return policy.Facts{Public: o.State == Verified, Owner: o.ID, Author: o.CreatedBy}
}

// Verify is the operator's word that the organization is what it says.
func (o *Organization) Verify(by uuid.UUID, now time.Time) error {
	if o.State != Pending {
		return fault.WrongState.Because("该单位已通过核验")
	}
	o.State, o.VerifiedBy, o.VerifiedAt = Verified, &by, &now
	return nil
}

// Input is what an organization takes. Lengths and lists are checked by the contract.
type Input struct {
	Name, Kind, CreditCode, Region, Introduction string
	Contact                                      Contact
}

// check holds what a schema cannot say.
func (in Input) check() error {
	var bad fault.Fields
	_, err := codes.CreditCode(in.CreditCode)
	bad.Check(err == nil, "/credit_code", "check_character", "统一社会信用代码校验不符，请核对 The check characters do not fit")
	_, known := ref.RegionOf(in.Region)
	bad.Check(known, "/region", "unknown_region", "没有这个区划代码 There is no such region code")
	return bad.Err()
}

// Membership is one account's place in one organization: offered by an administrator, and begun when the account accepts, so
// that nobody is tied to an organization against their will.
type Membership struct {
	OrganizationID uuid.UUID `gorm:"primaryKey"`
	AccountID      uuid.UUID `gorm:"primaryKey"`
	Admin          bool
	CreatedAt      time.Time  `gorm:"autoCreateTime:false"`
	AcceptedAt     *time.Time // nil: offered
}
