package needs

import (
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/codes"
	"jiebang/internal/fault"
	"jiebang/internal/money"
	"jiebang/internal/orgs"
	"jiebang/internal/policy"
	"jiebang/internal/when"
	"jiebang/internal/work"
)

// State is where a need stands: draft → submitted → open → closed; a returned one is a draft again.
type State string

const (
	Draft     State = "draft"
	Submitted State = "submitted"
	Open      State = "open"
	Closed    State = "closed"
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

// Budget is what the owner would spend, with one end or both. No budget at all is negotiable (面议), which is not zero.
type Budget struct {
	Min *money.Fen `json:",omitempty"`
	Max *money.Fen `json:",omitempty"`
}

// Need is one technical need.
type Need struct {
	work.Head
	State        State
	OwnerID      uuid.UUID
	SubmittedBy  *uuid.UUID
	Content      `gorm:"embedded"`
	External     work.ExternalID `gorm:"embedded"`
	ReturnReason string
	CloseReason  CloseReason
	PublishedAt  *time.Time
	ownerName    string // where it was read along
}

// Content is what the owner writes.
type Content struct {
	Title           string
	Problem         string
	Requirements    string // what can be measured once it is solved
	Constraints     string
	Keywords        []string `gorm:"serializer:json"`
	Field           string
	Budget          *Budget  `gorm:"serializer:json"`
	Deadline        when.Day `json:",omitzero"` // the last day on which a solution helps; none when there is no hurry
	CooperationMode string
	Urgent          bool
	Confidential    string // never shown to others, never indexed
}

func (Need) TableName() string { return "needs" }
func (*Need) Noun() string     { return "need" }

// Facts is what policy asks about a need.
func (n *Need) Facts() policy.Facts {
	f := policy.Facts{Public: n.State == Open, Owner: n.OwnerID}
	if n.SubmittedBy != nil {
		f.Submitter = *n.SubmittedBy
	}
	return f
}

// FactsIn adds what only other tables know.
func (n *Need) FactsIn(q *gorm.DB, action policy.Action) (policy.Facts, error) {
	return orgs.FactsOfOwner(q, n.Facts(), action)
}

// check holds the rules of the content. The OpenAPI description says the bounds too; here they hold for whoever calls without it.
func (c Content) check() error {
	var bad fault.Fields
	bad.Length(c.Title, "/title", 2, 200)
	bad.Length(c.Problem, "/problem", 10, 5000)
	bad.Length(c.Requirements, "/requirements", 0, 5000)
	bad.Length(c.Constraints, "/constraints", 0, 5000)
	bad.Length(c.Confidential, "/confidential", 0, 20000)
	bad.Check(len(c.Keywords) <= 20, "/keywords", fault.TooManyItems, "至多 20 个关键词 At most 20 keywords")
	for i, k := range c.Keywords {
		bad.Length(k, fmt.Sprintf("/keywords/%d", i), 1, 50)
	}
	bad.Check(codes.Fields.Has(codes.Field(c.Field)), "/field", fault.NotOffered, "没有这个技术领域 There is no such field")
	bad.Check(slices.Contains(cooperationModes, c.CooperationMode), "/cooperation_mode", fault.NotOffered, "没有这种合作方式 There is no such mode of cooperation")
	if b := c.Budget; b != nil {
		bad.Check(b.Min != nil || b.Max != nil, "/budget", fault.Required, "预算至少填一端，面议则不填预算 Give one end, or no budget when it is negotiable")
		bad.Check(b.Min == nil || *b.Min > 0, "/budget/min", fault.NotPositive, "预算须大于零 It must be more than 0")
		bad.Check(b.Max == nil || *b.Max > 0, "/budget/max", fault.NotPositive, "预算须大于零 It must be more than 0")
		bad.Check(b.Min == nil || b.Max == nil || *b.Min <= *b.Max, "/budget", fault.Reversed, "预算下限高于上限 The lower end is above the upper")
	}
	return bad.Err()
}

// complete writes out what leaving a field empty means.
func (c Content) complete() Content {
	if c.CooperationMode == "" {
		c.CooperationMode = AnyMode
	}
	if c.Keywords == nil {
		c.Keywords = []string{} // the column holds a list, be it empty
	}
	return c
}

// Edit replaces the content of a draft.
func (n *Need) Edit(c Content, x work.ExternalID) error {
	if n.State != Draft {
		return fault.In(n.State, Draft)
	}
	c = c.complete()
	if err := c.check(); err != nil {
		return err
	}
	n.Content, n.External = c, x
	return nil
}

// Submit hands a draft to a second person. Nobody can help with what had to be solved before today.
func (n *Need) Submit(by uuid.UUID, today when.Day) error {
	if n.State != Draft {
		return fault.In(n.State, Draft)
	}
	if n.overdue(today) {
		return fault.DeadlinePassed.Because("截止日为 %[1]s。 The deadline was %[1]s.", n.Deadline)
	}
	n.State, n.SubmittedBy, n.ReturnReason = Submitted, &by, ""
	return nil
}

// Return sends it back to its writers.
func (n *Need) Return(reason string) error {
	if err := work.Step(&n.State, Draft, Submitted); err != nil {
		return err
	}
	n.SubmittedBy, n.ReturnReason = nil, reason
	return nil
}

// Publish opens it to answers. One that waited until its deadline was over is to be returned instead.
func (n *Need) Publish(now time.Time) error {
	if n.State != Submitted {
		return fault.In(n.State, Submitted)
	}
	if n.overdue(when.DayOf(now)) {
		return fault.DeadlinePassed.Because("截止日为 %[1]s，请退回修改。 The deadline was %[1]s; return it to be changed.", n.Deadline)
	}
	n.State, n.PublishedAt = Open, &now
	return nil
}

// Close takes it out of search and match, and says why.
func (n *Need) Close(reason CloseReason) error {
	if n.State != Open {
		return fault.In(n.State, Open)
	}
	if !slices.Contains(closeReasons, reason) {
		return fault.InvalidInput.At("/reason", fault.NotOffered, "关闭原因不在列表之中 The reason is not on the list")
	}
	n.State, n.CloseReason = Closed, reason
	return nil
}

// overdue tells whether the deadline is over; the day itself is still in time.
func (n *Need) overdue(today when.Day) bool {
	return !n.Deadline.IsZero() && n.Deadline.Before(today)
}
