package results

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"gorm.io/gorm"

	"jiebang/internal/codes"
	"jiebang/internal/fault"
	"jiebang/internal/money"
	"jiebang/internal/orgs"
	"jiebang/internal/policy"
	"jiebang/internal/publication"
	"jiebang/internal/when"
	"jiebang/internal/work"
)

// State is where a result stands: draft → submitted → published → withdrawn; a returned one is a draft again, and a withdrawn one can be
// submitted again.
type State = publication.State

const (
	Draft     = publication.Draft
	Submitted = publication.Submitted
	Published = State("published")
	Withdrawn = State("withdrawn")
)

// transferModes are the ways in which a result may reach an enterprise; free trial is 先用后转.
var transferModes = []string{"assignment", "license_exclusive", "license_sole", "license_ordinary", "joint_development", "equity", "free_trial"}

// Price is what the owner asks. No price at all means unknown; negotiable (面议) has no amounts. Neither is zero.
type Price struct {
	Kind string // fixed, range or negotiable
	Min  money.Fen
	Max  money.Fen
}

// Availability tells whether a result is still to be had.
type Availability string

// The availabilities. What is licensed exclusively or assigned can be read and found, and is matched no longer.
const (
	Available           Availability = "available"
	InNegotiation       Availability = "in_negotiation"
	ExclusivelyLicensed Availability = "exclusively_licensed"
	Assigned            Availability = "assigned"
)

var availabilities = []Availability{Available, InNegotiation, ExclusivelyLicensed, Assigned}

// Offer is what an owner says of a result and may change from one hour to the next: it goes live at once.
type Offer struct {
	Price        *Price `gorm:"serializer:json"`
	Availability Availability
	// Contact is whom to ask about this result; without one, the owner's. It is shown like the owner's.
	Contact *orgs.Contact `gorm:"serializer:json"`
	// ConfirmedUntil is the last day for which the owner has said that all this holds; none: until further notice.
	ConfirmedUntil when.Day `json:",omitzero"`
}

// Result is one research result.
type Result struct {
	work.Head
	publication.Entry `gorm:"embedded"`
	Content           `gorm:"embedded"`
	Offer             `gorm:"embedded"`

	ownerName string  // where it was read along
	external  *string // what it is called elsewhere, likewise: external.Read
}

// Content is what the owner writes, and a second person looks at before others see it.
type Content struct {
	Title         string
	Abstract      string   // the public summary
	Keywords      []string `gorm:"serializer:json"`
	Field         string
	TRL           *int     `gorm:"column:trl"` // technology readiness, GB/T 22900, 1–9; nil when unknown
	TransferModes []string `gorm:"serializer:json"`
	Application   string
	Advantage     string
	Confidential  string // never shown to others, never indexed
}

func (Result) TableName() string { return "results" }
func (*Result) Noun() string     { return "result" }

// Facts is what policy asks about a result.
func (r *Result) Facts() policy.Facts {
	f := policy.Facts{Public: r.State == Published, Owner: r.OwnerID}
	if r.SubmittedBy != nil {
		f.Submitter = *r.SubmittedBy
	}
	return f
}

// FactsIn adds what only other tables know.
func (r *Result) FactsIn(q *gorm.DB, action policy.Action) (policy.Facts, error) {
	return orgs.FactsOfOwner(q, r.Facts(), action)
}

// Written gives what a second person looks at.
func (r *Result) Written() *Content { return &r.Content }

// Check holds the rules of the content. The OpenAPI description says the bounds too; here they hold for imports as well.
func (c Content) Check() error {
	var bad fault.Fields
	bad.Length(c.Title, "/title", 2, 200)
	bad.Length(c.Abstract, "/abstract", 10, 5000)
	bad.Length(c.Application, "/application", 0, 2000)
	bad.Length(c.Advantage, "/advantage", 0, 2000)
	bad.Length(c.Confidential, "/confidential", 0, 20000)
	bad.Check(len(c.Keywords) <= 20, "/keywords", fault.TooManyItems, "至多 20 个关键词", "At most 20 keywords")
	for i, k := range c.Keywords {
		bad.Length(k, fmt.Sprintf("/keywords/%d", i), 1, 50)
	}
	bad.Check(codes.Fields.Has(codes.Field(c.Field)), "/field", fault.NotOffered, "没有这个技术领域", "There is no such field")
	bad.Check(c.TRL == nil || *c.TRL >= 1 && *c.TRL <= 9, "/trl", fault.OutOfRange, "技术成熟度为 1 至 9", "TRL is 1 to 9")
	for i, m := range c.TransferModes {
		bad.Check(slices.Contains(transferModes, m), fmt.Sprintf("/transfer_modes/%d", i), fault.NotOffered, "没有这种转化方式", "There is no such transfer mode")
	}
	return bad.Err()
}

// Ready tells whether a result may be put before others today: it always may.
func (Content) Ready(time.Time) error { return nil }

// complete writes out what leaving a list empty means.
func (c Content) complete() Content {
	if c.Keywords == nil {
		c.Keywords = []string{}
	}
	if c.TransferModes == nil {
		c.TransferModes = []string{}
	}
	return c
}

// check holds the rules of the offer; field names where each part of it stands in the input.
func (o Offer) check() error {
	var bad fault.Fields
	if p := o.Price; p != nil {
		switch p.Kind {
		case "fixed":
			bad.Check(p.Min > 0 && p.Max == 0, "/price", fault.Amounts, "一口价只填 min", "A fixed price has min only")
		case "range":
			bad.Check(p.Min > 0 && p.Max > p.Min, "/price", fault.Amounts, "区间价须 0 < min < max", "A range has 0 < min < max")
		case "negotiable":
			bad.Check(p.Min == 0 && p.Max == 0, "/price", fault.Amounts, "面议不填金额", "A negotiable price has no amounts")
		}
	}
	bad.Check(slices.Contains(availabilities, o.Availability), "/availability", fault.NotOffered, "没有这种状态", "There is no such availability")
	if c := o.Contact; c != nil {
		bad.Length(c.Name, "/contact/name", 1, 50)
	}
	return bad.Err()
}

// same tells whether two offers say the same.
func (o Offer) same(other Offer) bool {
	a, errA := json.Marshal(o)
	b, errB := json.Marshal(other)
	return errA == nil && errB == nil && bytes.Equal(a, b)
}
