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
	Kind         string
	CreditCode   string // GB 32100-2015, unique
	Region       string // GB/T 2260, six digits
	Introduction string
	Contact      Contact `gorm:"embedded;embeddedPrefix:contact_"`
	CreatedBy    uuid.UUID
	VerifiedBy   *uuid.UUID
	VerifiedAt   *time.Time
}

func (Organization) TableName() string { return "organizations" }
func (*Organization) Noun() string     { return "organization" }

// Facts: what is verified is public.
func (o *Organization) Facts() policy.Facts {
	return policy.Facts{Public: o.State == Verified, Owner: o.ID, Author: o.CreatedBy}
}

// Verify is the operator's word that the organization is what it says.
func (o *Organization) Verify(by uuid.UUID, now time.Time) error {
	if err := work.Step(&o.State, Verified, Pending); err != nil {
		return err
	}
	o.VerifiedBy, o.VerifiedAt = &by, &now
	return nil
}

// Input is what an organization takes. Lengths and lists are checked by the OpenAPI description.
type Input struct {
	Name, Kind, CreditCode, Region, Introduction string
	Contact                                      Contact
}

// check holds what a schema cannot say.
func (in Input) check() error {
	var bad fault.Fields
	_, err := codes.CreditCode(in.CreditCode)
	bad.Check(err == nil, "/credit_code", fault.CheckCharacter, "统一社会信用代码校验不符，请核对", "The check characters do not fit")
	_, known := ref.RegionOf(in.Region)
	bad.Check(known, "/region", fault.UnknownRegion, "没有这个区划代码", "There is no such region code")
	return bad.Err()
}
