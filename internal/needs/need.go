package needs

import (
	"fmt"
	"time"

	"github.com/google/uuid"
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

// State is where a need stands: draft → submitted → open → closed; a returned one is a draft again, and a closed one can be submitted
// again.
type State = publication.State

const (
	Draft     = publication.Draft
	Submitted = publication.Submitted
	Open      = State("open")
	Closed    = State("closed")
)

// CloseReason says why a need is no longer open.
type CloseReason string

const (
	Solved    CloseReason = "solved"
	Expired   CloseReason = "expired"
	Withdrawn CloseReason = "withdrawn"
)

var closeReasons = []CloseReason{Solved, Expired, Withdrawn}

// AnyMode is the cooperation mode of an owner who has no preference; leaving the mode out says the same.
const AnyMode = "any"

var cooperationModes = []string{AnyMode, "joint_development", "commissioned_development", "license", "assignment", "consulting"}

// Budget is what the owner would spend, with one end or both. No budget at all is negotiable (面议); 0 is a
// value: there is no money.
type Budget struct {
	Min *money.Fen `json:",omitempty"`
	Max *money.Fen `json:",omitempty"`
}

// Offer is what an owner says of a need and may change from one hour to the next: it goes live at once.
type Offer struct {
	Budget *Budget `gorm:"serializer:json"`
	// Contact is whom to ask about this need; without one, the owner's. It is shown like the owner's.
	Contact *orgs.Contact `gorm:"serializer:json"`
}

// Need is one technical need.
type Need struct {
	work.Head
	publication.Entry `gorm:"embedded"`
	Content           `gorm:"embedded"`
	Offer             `gorm:"embedded"`
	CloseReason       CloseReason
	HeldBy            *uuid.UUID // the challenge that it became, until that ends
	listing.Held
	listing.Along `gorm:"-" json:"-"`
}

// Content is what the owner writes, and a second person looks at before others see it.
type Content struct {
	Title           string
	Problem         string
	Requirements    string // what can be measured once it is solved
	Constraints     string
	Keywords        []string `gorm:"serializer:json"`
	TechnicalTerms  []string `gorm:"serializer:json" json:",omitempty"` // what it may be called by specialists
	Field           string
	Chains          []string `gorm:"serializer:json"` // codes of industry chains
	Deadline        when.Day `json:",omitzero"`       // the last day on which a solution helps; none when there is no hurry
	CooperationMode string
	Urgent          bool
	Confidential    string // never shown to others, never indexed
	Masked          bool   `json:",omitempty"` // its owner's name is kept from others
}

func (Need) TableName() string { return "needs" }
func (*Need) Noun() string     { return "need" }

// Facts is what policy asks about a need.
func (n *Need) Facts() policy.Facts { return n.Known(n.Standing(rules.Names)) }

// FactsIn adds what only other tables know.
func (n *Need) FactsIn(q *gorm.DB, action policy.Action) (policy.Facts, error) {
	return orgs.FactsOfOwner(q, n.Facts(), action)
}

// Conceals tells whether others than its owner's members and the bureau are kept from knowing whose it is.
func (n *Need) Conceals() bool { return n.Masked }

// Written gives what a second person looks at.
func (n *Need) Written() *Content { return &n.Content }

// Check holds the rules of the content. The OpenAPI description says the bounds too; here they hold for whoever calls without it.
func (c Content) Check() error {
	var bad fault.Fields
	text.Named(&bad, c.Title, "/title", 2, 200)
	bad.Length(c.Problem, "/problem", 10, 5000)
	bad.Length(c.Requirements, "/requirements", 0, 5000)
	bad.Length(c.Constraints, "/constraints", 0, 5000)
	bad.Length(c.Confidential, "/confidential", 0, 20000)
	listing.CheckSubject(&bad, c.Keywords, c.Field, c.Chains)
	bad.Check(len(c.TechnicalTerms) <= 20, "/technical_terms", fault.TooManyItems, "至多 20 个专业说法", "At most 20 terms")
	for i, term := range c.TechnicalTerms {
		bad.Length(term, fmt.Sprintf("/technical_terms/%d", i), 1, 50)
	}
	fault.Offered(&bad, c.CooperationMode, "/cooperation_mode", cooperationModes)
	return bad.Err()
}

// Warn names what the writer may want to look at again before it is submitted.
func (c Content) Warn() fault.Fields {
	texts := []string{"/title", c.Title, "/problem", c.Problem, "/requirements", c.Requirements, "/constraints", c.Constraints}
	for i, term := range c.TechnicalTerms {
		texts = append(texts, fmt.Sprintf("/technical_terms/%d", i), term)
	}
	out := listing.Warn(c.Keywords, texts...)
	if len(c.TechnicalTerms) == 0 {
		out = append(out, fault.Advised.Field("/technical_terms", "如果知道，请写上这个问题可能的专业说法（材料、工艺、标准里的名称）；成果多用这些词写成。",
			"If you know, say what specialists may call it (names of materials, processes, in standards): results are mostly written in such words."))
	}
	return out
}

// Offered gives what goes live at once.
func (n *Need) Offered() *Offer { return &n.Offer }

// Complete writes out what leaving a field empty means.
func (c Content) Complete() Content {
	if c.CooperationMode == "" {
		c.CooperationMode = AnyMode
	}
	c.Keywords, c.Chains = text.Keywords(c.Keywords), listing.List(c.Chains)
	c.TechnicalTerms = text.Keywords(c.TechnicalTerms)
	return c
}

// InChains are the codes of the industry chains that it is of.
func (c Content) InChains() []string { return c.Chains }

// Ready refuses what nobody can help with any more: it had to be solved before today. One that waited until then is returned.
func (c Content) Ready(now time.Time) error {
	if !c.Deadline.IsZero() && c.Deadline.Before(when.DayOf(now)) {
		return fault.DeadlinePassed.Because("截止日为 %[1]s，请先修改（已提交的请退回修改）。", "The deadline was %[1]s; change it first, and return it for that if it is submitted.", c.Deadline)
	}
	return nil
}

// Cleaned is the offer as it is stored, if it is sound.
func (o Offer) Cleaned() (Offer, error) {
	var bad fault.Fields
	if b := o.Budget; b != nil {
		bad.Check(b.Min != nil || b.Max != nil, "/budget", fault.Required, "预算至少填一端，面议则不填预算", "Give one end, or no budget when it is negotiable")
		bad.Check(b.Min == nil || *b.Min >= 0, "/budget/min", fault.OutOfRange, "金额不能小于零", "An amount is not less than 0")
		bad.Check(b.Max == nil || *b.Max >= 0, "/budget/max", fault.OutOfRange, "金额不能小于零", "An amount is not less than 0")
		bad.Check(b.Min == nil || b.Max == nil || *b.Min <= *b.Max, "/budget", fault.Reversed, "预算下限高于上限", "The lower end is above the upper")
	}
	o.Contact = listing.CleanContact(&bad, o.Contact)
	return o, bad.Err()
}

// Drafted takes the budget.
func (o Offer) Drafted(was Offer) Offer {
	was.Budget = o.Budget
	return was
}

// Close takes it out of search and match, and says why.
func (n *Need) Close(reason CloseReason) error {
	if err := n.mayClose(); err != nil {
		return err
	}
	var bad fault.Fields
	fault.Offered(&bad, reason, "/reason", closeReasons)
	if err := bad.Err(); err != nil {
		return err
	}
	n.CloseReason = reason
	return n.Entry.Withdraw(rules.Names)
}

// mayClose tells whether it is open, and no challenge holds it.
func (n *Need) mayClose() error {
	if n.State != Open {
		return fault.In(n.State, Open)
	}
	return n.Free()
}
