package indicators

import (
	"context"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/fault"
	"jiebang/internal/offices"
	"jiebang/internal/policy"
	"jiebang/internal/ref"
	"jiebang/internal/work"
)

// Scope is whose figure it is: of all, of one registration office, or of a region.
type Scope struct {
	Office string
	Region string
}

// check holds a scope against what there is, and against what an indicator can be cut by.
func (s Scope) check(q *gorm.DB, bad *fault.Fields, d Definition, at func(name string) string) error {
	by := scopes[d.Code]
	if d.How == Reported {
		by = either
	}
	if s.Region != "" {
		ref.CheckRegion(bad, s.Region, at("region"))
		bad.Check(by != nowhere && by != byOffice && (by != byCity || ref.City(s.Region) == s.Region), at("region"), fault.NotOffered,
			"该指标不按此地区统计", "This indicator is not told by such a region")
	}
	bad.Check(s.Office == "" || s.Region == "", at("region"), fault.OneOf, "机构与地区只能给出其一", "Give an office or a region, not both")
	if s.Office == "" {
		return nil
	}
	bad.Check(by == either || by == byOffice, at("office"), fault.NotOffered, "该指标不按机构统计", "This indicator is not told by office")
	return offices.Check(q, bad, s.Office, at("office"))
}

// known refuses to narrow a list by what is not there.
func (s *Service) known(ctx context.Context, code string, of Scope) error {
	q := s.unit.Query(ctx)
	if code != "" {
		if _, err := defined(q, code, "query:code"); err != nil {
			return err
		}
	}
	var bad fault.Fields
	if of.Region != "" {
		ref.CheckRegion(&bad, of.Region, "query:region")
	}
	if of.Office != "" {
		if err := offices.Check(q, &bad, of.Office, "query:office"); err != nil {
			return err
		}
	}
	return bad.Err()
}

// Comparison is how an actual is held against a target.
type Comparison string

// The comparisons. "Over 50 %" is more than 50 %: 50.00 % does not reach it.
const (
	AtLeast  Comparison = "at_least"
	MoreThan Comparison = "more_than"
	AtMost   Comparison = "at_most"
)

// TargetState tells whether a target is in force.
type TargetState string

// The states of a target.
const (
	TargetProposed  TargetState = "proposed"
	TargetConfirmed TargetState = "confirmed"
	TargetReplaced  TargetState = "replaced" // by one that was confirmed later
	TargetRefused   TargetState = "refused"
	TargetWithdrawn TargetState = "withdrawn"
)

// Target is what an indicator is to reach in a year. A change is a target of its own; the row of before stays.
type Target struct {
	work.Head
	Code        string
	Year        int
	Scope       `gorm:"embedded"`
	Value       Value
	Comparison  Comparison
	Source      string // the paper that sets it
	State       TargetState
	ProposedBy  uuid.UUID
	ConfirmedBy *uuid.UUID
	ConfirmedAt *time.Time
	Reason      string // why it was refused
}

func (Target) TableName() string { return "indicator_targets" }
func (*Target) Noun() string     { return "indicator_target" }

// Facts: what was confirmed is public; who proposed it does not confirm it.
func (t *Target) Facts() policy.Facts {
	return policy.Facts{Public: t.State == TargetConfirmed || t.State == TargetReplaced, Submitter: t.ProposedBy}
}

func (t *Target) confirm(by uuid.UUID, now time.Time) error {
	if err := work.Step(&t.State, TargetConfirmed, TargetProposed); err != nil {
		return err
	}
	t.ConfirmedBy, t.ConfirmedAt = &by, &now
	return nil
}

func (t *Target) refuse(reason string) error {
	t.Reason = reason
	return work.Step(&t.State, TargetRefused, TargetProposed)
}

func (t *Target) withdraw() error { return work.Step(&t.State, TargetWithdrawn, TargetProposed) }

func (t *Target) replace() error { return work.Step(&t.State, TargetReplaced, TargetConfirmed) }

// Bound says how exactly an actual is known: "nearly 50 %" is less than 50 %, and "over 50 %" is more.
type Bound string

// The bounds.
const (
	Exact Bound = "exact"
	Below Bound = "below"
	Above Bound = "above"
)

// meets tells whether a value, as exactly as it is known, reaches what is asked; known is false where that cannot be told. sign is how
// the value itself compares with the target.
func (c Comparison) meets(sign int, b Bound) (met, known bool) {
	switch {
	case b == Below && sign <= 0: // less than something that is at most the target
		return c == AtMost, true
	case b == Above && sign >= 0:
		return c != AtMost, true
	case b != Exact:
		return false, false
	case c == AtMost:
		return sign <= 0, true
	case c == MoreThan:
		return sign > 0, true
	}
	return sign >= 0, true
}
