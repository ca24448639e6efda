package results

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
	"jiebang/internal/work"
)

// State is where a result stands: draft → submitted → published → withdrawn; a returned one is a draft again.
type State string

const (
	Draft     State = "draft"
	Submitted State = "submitted"
	Published State = "published"
	Withdrawn State = "withdrawn"
)

// transferModes are the ways in which a result may reach an enterprise; free trial is 先用后转.
var transferModes = []string{"assignment", "license_exclusive", "license_sole", "license_ordinary", "joint_development", "equity", "free_trial"}

// Price is what the owner asks. No price at all means unknown; negotiable (面议) has no amounts. Neither is zero.
type Price struct {
	Kind string // fixed, range or negotiable
	Min  money.Fen
	Max  money.Fen
}

// ExternalID is the result's identifier in another system.
type ExternalID = work.ExternalID

// Result is one research result.
type Result struct {
	work.Head
	State        State
	OwnerID      uuid.UUID
	SubmittedBy  *uuid.UUID
	Content      `gorm:"embedded"`
	External     ExternalID `gorm:"embedded"`
	ReturnReason string
	PublishedAt  *time.Time
	ownerName    string // where it was read along
}

// Content is what the owner writes.
type Content struct {
	Title         string
	Abstract      string   // the public summary
	Keywords      []string `gorm:"serializer:json"`
	Field         string
	TRL           *int     `gorm:"column:trl"` // technology readiness, GB/T 22900, 1–9; nil when unknown
	TransferModes []string `gorm:"serializer:json"`
	Price         *Price   `gorm:"serializer:json"`
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

// check holds the rules of the content. The OpenAPI description says the bounds too; here they hold for imports as well.
func (c Content) check() error {
	var bad fault.Fields
	bad.Length(c.Title, "/title", 2, 200)
	bad.Length(c.Abstract, "/abstract", 10, 5000)
	bad.Length(c.Application, "/application", 0, 2000)
	bad.Length(c.Advantage, "/advantage", 0, 2000)
	bad.Length(c.Confidential, "/confidential", 0, 20000)
	bad.Check(len(c.Keywords) <= 20, "/keywords", fault.TooManyItems, "至多 20 个关键词 At most 20 keywords")
	for i, k := range c.Keywords {
		bad.Length(k, fmt.Sprintf("/keywords/%d", i), 1, 50)
	}
	bad.Check(codes.Fields.Has(codes.Field(c.Field)), "/field", fault.NotOffered, "没有这个技术领域 There is no such field")
	bad.Check(c.TRL == nil || *c.TRL >= 1 && *c.TRL <= 9, "/trl", fault.OutOfRange, "技术成熟度为 1 至 9 TRL is 1 to 9")
	for i, m := range c.TransferModes {
		bad.Check(slices.Contains(transferModes, m), fmt.Sprintf("/transfer_modes/%d", i), fault.NotOffered, "没有这种转化方式 There is no such transfer mode")
	}
	if p := c.Price; p != nil {
		switch p.Kind {
		case "fixed":
			bad.Check(p.Min > 0 && p.Max == 0, "/price", fault.Amounts, "一口价只填 min A fixed price has min only")
		case "range":
			bad.Check(p.Min > 0 && p.Max > p.Min, "/price", fault.Amounts, "区间价须 0 < min < max A range has 0 < min < max")
		case "negotiable":
			bad.Check(p.Min == 0 && p.Max == 0, "/price", fault.Amounts, "面议不填金额 A negotiable price has no amounts")
		}
	}
	return bad.Err()
}

// Edit replaces the content of a draft.
func (r *Result) Edit(c Content, x ExternalID) error {
	if r.State != Draft {
		return fault.In(r.State, Draft)
	}
	if err := c.check(); err != nil {
		return err
	}
	r.Content, r.External = c, x
	return nil
}

// Submit hands a draft to a second person.
func (r *Result) Submit(by uuid.UUID) error {
	if err := work.Step(&r.State, Submitted, Draft); err != nil {
		return err
	}
	r.SubmittedBy, r.ReturnReason = &by, ""
	return nil
}

// Return sends it back to its writers.
func (r *Result) Return(reason string) error {
	if err := work.Step(&r.State, Draft, Submitted); err != nil {
		return err
	}
	r.SubmittedBy, r.ReturnReason = nil, reason
	return nil
}

// Publish makes it public.
func (r *Result) Publish(now time.Time) error {
	if err := work.Step(&r.State, Published, Submitted); err != nil {
		return err
	}
	r.PublishedAt = &now
	return nil
}

// Withdraw takes it out of search and match.
func (r *Result) Withdraw() error { return work.Step(&r.State, Withdrawn, Published) }
