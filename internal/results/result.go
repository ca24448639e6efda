package results

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"gorm.io/gorm"

	"jiebang/internal/fault"
	"jiebang/internal/listing"
	"jiebang/internal/money"
	"jiebang/internal/orgs"
	"jiebang/internal/policy"
	"jiebang/internal/publication"
	"jiebang/internal/text"
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

// The forms of a price.
const (
	Fixed      = "fixed"
	Between    = "range"
	Negotiable = "negotiable"
)

// Price is what the owner asks. No price at all means unknown; negotiable (面议) has no amounts. Neither is zero: a fixed price of 0 is
// free.
type Price struct {
	Kind string
	Min  *money.Fen `json:",omitempty"` // a fixed price, or the lower end
	Max  *money.Fen `json:",omitempty"`
}

// UnmarshalJSON also reads what was stored before amounts could be absent: as 0, where the form has none.
func (p *Price) UnmarshalJSON(b []byte) error {
	type plain Price
	if err := json.Unmarshal(b, (*plain)(p)); err != nil {
		return err
	}
	zero := func(f *money.Fen) bool { return f != nil && *f == 0 }
	if p.Kind != Between && zero(p.Max) {
		p.Max = nil
	}
	if p.Kind == Negotiable && zero(p.Min) {
		p.Min = nil
	}
	return nil
}

// check holds amounts to the form of the price.
func (p *Price) check(bad *fault.Fields) {
	bad.Check(p.Min == nil || *p.Min >= 0, "/price/min", fault.OutOfRange, "金额不能小于零", "An amount is not less than 0")
	bad.Check(p.Max == nil || *p.Max >= 0, "/price/max", fault.OutOfRange, "金额不能小于零", "An amount is not less than 0")
	switch p.Kind {
	case Fixed:
		bad.Check(p.Min != nil && p.Max == nil, "/price", fault.Amounts, "一口价填 min，不填 max；免费填 0", "A fixed price has min and no max; free is 0")
	case Between:
		bad.Check(p.Min != nil && p.Max != nil && *p.Min < *p.Max, "/price", fault.Amounts, "区间价填 min 与 max，且 min 小于 max；min 可为 0", "A range has min and max, and min is the lower; it may be 0")
	case Negotiable:
		bad.Check(p.Min == nil && p.Max == nil, "/price", fault.Amounts, "面议不填金额；免费为 fixed、min 为 0", "A negotiable price has no amounts; free is fixed with min 0")
	default:
		fault.Offered(bad, p.Kind, "/price/kind", []string{Fixed, Between, Negotiable})
	}
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
	Grants            []Grant `gorm:"serializer:json;column:rights_grants"` // 赋权, in the order of their record
	listing.Held
	listing.Along `gorm:"-" json:"-"`
}

// Content is what the owner writes, and a second person looks at before others see it.
type Content struct {
	Title         string
	Abstract      string   // the public summary
	Keywords      []string `gorm:"serializer:json"`
	Field         string
	Chains        []string `gorm:"serializer:json"` // codes of industry chains
	TRL           *int     `gorm:"column:trl"`      // technology readiness, GB/T 22900, 1–9; nil when unknown
	TransferModes []string `gorm:"serializer:json"`
	Application   string
	Advantage     string
	Solves        []string    `gorm:"serializer:json" json:",omitempty"` // who has which problem that this solves, in their words
	Confidential  string      // never shown to others, never indexed
	Inventors     []Inventor  `gorm:"serializer:json" json:",omitempty"`
	Bottleneck    *Bottleneck `gorm:"serializer:json" json:",omitempty"` // nil: it solves none
	Rights        []Right     `gorm:"serializer:json" json:",omitempty"` // the intellectual property in it
}

func (Result) TableName() string { return "results" }
func (*Result) Noun() string     { return "result" }

// Facts is what policy asks about a result.
func (r *Result) Facts() policy.Facts { return r.Known(r.Standing(rules.Names)) }

// FactsIn adds what only other tables know.
func (r *Result) FactsIn(q *gorm.DB, action policy.Action) (policy.Facts, error) {
	return orgs.FactsOfOwner(q, r.Facts(), action)
}

// Written gives what a second person looks at.
func (r *Result) Written() *Content { return &r.Content }

// Check holds the rules of the content. The OpenAPI description says the bounds too; here they hold for imports as well.
func (c Content) Check() error {
	var bad fault.Fields
	text.Named(&bad, c.Title, "/title", 2, 200)
	bad.Length(c.Abstract, "/abstract", 10, 5000)
	bad.Length(c.Application, "/application", 0, 2000)
	bad.Length(c.Advantage, "/advantage", 0, 2000)
	bad.Length(c.Confidential, "/confidential", 0, 20000)
	listing.CheckSubject(&bad, c.Keywords, c.Field, c.Chains)
	bad.Check(c.TRL == nil || *c.TRL >= 1 && *c.TRL <= 9, "/trl", fault.OutOfRange, "技术成熟度为 1 至 9", "TRL is 1 to 9")
	for i, m := range c.TransferModes {
		fault.Offered(&bad, m, fmt.Sprintf("/transfer_modes/%d", i), transferModes)
	}
	bad.Check(len(c.Solves) <= maxSolves, "/solves", fault.TooManyItems, "至多 %[1]d 句", "At most %[1]d sentences", maxSolves)
	for i, s := range c.Solves {
		bad.Length(s, fmt.Sprintf("/solves/%d", i), 5, 200)
		bad.Check(!slices.Contains(c.Solves[:i], s), fmt.Sprintf("/solves/%d", i), fault.Twice, "与前面一句相同", "The same as a sentence before")
	}
	c.checkMakers(&bad)
	c.checkRights(&bad)
	return bad.Err()
}

// maxSolves is how many sentences say whose problem a result solves.
const maxSolves = 5

// Warn names what the writer may want to look at again before it is submitted.
func (c Content) Warn() fault.Fields {
	texts := []string{"/title", c.Title, "/abstract", c.Abstract, "/application", c.Application, "/advantage", c.Advantage}
	for i, s := range c.Solves {
		texts = append(texts, fmt.Sprintf("/solves/%d", i), s)
	}
	out := listing.Warn(c.Keywords, texts...)
	if len(c.Solves) == 0 {
		out = append(out, fault.Advised.Field("/solves", "请用一至五句话写明解决谁的什么问题，用车间、农户、医院里的人自己的说法；企业正是这样检索和描述需求的。",
			"Say in one to five sentences who has which problem that this solves, as the workshop, farm or hospital would say it: that is how needs are written and looked for."))
	}
	return append(out, c.warnRights()...)
}

// InChains are the codes of the industry chains that it is of.
func (c Content) InChains() []string { return c.Chains }

// Ready tells whether a result may be put before others today: it always may.
func (Content) Ready(time.Time) error { return nil }

// Offered gives what goes live at once.
func (r *Result) Offered() *Offer { return &r.Offer }

// Complete writes out what leaving a list empty means, and keywords as they are kept.
func (c Content) Complete() Content {
	c.Keywords, c.Chains = text.Keywords(c.Keywords), listing.List(c.Chains)
	c.TransferModes, c.Inventors = listing.List(c.TransferModes), listing.List(c.Inventors)
	c.Solves, c.Rights = listing.List(c.Solves), listing.List(c.Rights)
	return c
}

// Cleaned is the offer as it is stored, if it is sound.
func (o Offer) Cleaned() (Offer, error) {
	o.Availability = cmp.Or(o.Availability, Available)
	var bad fault.Fields
	if o.Price != nil {
		o.Price.check(&bad)
	}
	fault.Offered(&bad, o.Availability, "/availability", availabilities)
	o.Contact = listing.CleanContact(&bad, o.Contact)
	return o, bad.Err()
}

// Drafted takes the price.
func (o Offer) Drafted(was Offer) Offer {
	was.Price = o.Price
	return was
}
