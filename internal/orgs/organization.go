package orgs

import (
	"strings"
	"time"

	"github.com/google/uuid"

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

// cleaned is the input as it is stored, if it holds what a schema cannot say.
func (in Input) cleaned() (Input, error) {
	var bad fault.Fields
	codes.CreditCodeInto(&bad, &in.CreditCode, "/credit_code")
	_, known := ref.RegionOf(in.Region)
	bad.Check(known, "/region", fault.UnknownRegion, "没有这个区划代码", "There is no such region code")
	in.Contact.Clean(&bad, "/contact")
	return in, bad.Err()
}

// Clean reads the ways to reach a contact where they stand in an input, and adds to bad those that cannot work: a number that is too
// short or lacks its area code, an address that no mail server takes.
func (c *Contact) Clean(bad *fault.Fields, at string) {
	bad.Length(c.Name, at+"/name", 1, 50)
	if c.Phone = strings.TrimSpace(c.Phone); c.Phone != "" {
		if phone, err := codes.Phone(c.Phone); err == nil {
			c.Phone = phone
		} else {
			bad.Check(false, at+"/phone", fault.BadFormat, "这个号码打不通：请填 11 位手机号、带区号的座机（如 024-23890000，分机写作 转801），或以 + 和国家代码开头的国际号码。",
				"This number cannot be called: give a mobile of 11 digits, a fixed line with its area code (024-23890000, an extension as ext. 801), or + and the country code.")
		}
	}
	if c.Email = text.Narrow(c.Email); c.Email != "" {
		_, err := mail.Parse(c.Email)
		bad.Check(err == nil, at+"/email", fault.BadFormat, "这个邮箱收不到邮件：须形如 name@example.com，@ 前只用英文字母、数字与 . _ - +，@ 后为完整域名。",
			"No mail reaches this address: it must be like name@example.com, with ASCII letters, digits and . _ - + before the @ and a whole domain behind it.")
	}
}
