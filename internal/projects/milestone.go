package projects

import (
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/fault"
	"jiebang/internal/money"
	"jiebang/internal/policy"
	"jiebang/internal/when"
	"jiebang/internal/work"
)

// MilestoneState is where a milestone stands.
type MilestoneState string

// The states of a milestone.
const (
	Planned MilestoneState = "planned"
	Handed  MilestoneState = "submitted" // with evidence, before the poster
	Rework  MilestoneState = "rework"    // the poster wants more
	Reached MilestoneState = "accepted"
)

// MilestoneStates are all states, in their order.
var MilestoneStates = []MilestoneState{Planned, Handed, Rework, Reached}

// MilestoneWays are all ways of a milestone, as long as its project runs.
var MilestoneWays = work.Ways[MilestoneState]{
	{Operation: "submitMilestone", Action: policy.MilestoneSubmit, Text: fault.Text{ZH: "提交材料", EN: "handed in"}, From: []MilestoneState{Planned, Rework}, To: Handed},
	{Operation: "withdrawMilestone", Action: policy.MilestoneBack, Text: fault.Text{ZH: "撤回材料", EN: "taken back"}, From: []MilestoneState{Handed}, To: Planned},
	{Operation: "acceptMilestone", Action: policy.MilestoneJudge, Text: fault.Text{ZH: "通过", EN: "accepted"}, From: []MilestoneState{Handed}, To: Reached},
	{Operation: "returnMilestone", Action: policy.MilestoneJudge, Text: fault.Text{ZH: "要求整改", EN: "to be reworked"}, From: []MilestoneState{Handed}, To: Rework},
}

var milestoneWords = fault.Words[MilestoneState]{
	Planned: {ZH: "未到", EN: "Planned"},
	Handed:  {ZH: "待发榜方验收", EN: "Before the poster"},
	Rework:  {ZH: "待整改", EN: "To be reworked"},
	Reached: {ZH: "已通过", EN: "Accepted"},
}

// Text is what people call it.
func (s MilestoneState) Text() fault.Text { return milestoneWords.Of(s) }

// Milestone is one step of a project, with what is paid for it.
type Milestone struct {
	work.Head
	ProjectID   uuid.UUID
	Nth         int
	Title       string
	DueOn       when.Day
	Amount      money.Fen // what poster and bureau pay for it, together
	State       MilestoneState
	Evidence    string
	SubmittedBy *uuid.UUID
	SubmittedAt *time.Time
	Reason      string // the poster's, of either word
	JudgedAt    *time.Time
	LateSince   *time.Time // when it was written down that its day went by
}

func (Milestone) TableName() string { return "milestones" }
func (*Milestone) Noun() string     { return "milestone" }

// Facts are the project's, which FactsIn reads.
func (*Milestone) Facts() policy.Facts { return policy.Facts{} }

// FactsIn says that a milestone is its project's affair.
func (m *Milestone) FactsIn(q *gorm.DB, _ policy.Action) (policy.Facts, error) {
	return work.FactsThrough[Project](q, m.ProjectID)
}

// late tells whether its day went by on a day without evidence that is before the poster or was accepted.
func (m *Milestone) late(today when.Day) bool {
	return (m.State == Planned || m.State == Rework) && m.DueOn.Before(today)
}

// submit hands the evidence to the poster.
func (m *Milestone) submit(evidence string, by uuid.UUID, now time.Time) error {
	if err := MilestoneWays.Take(&m.State, "submitMilestone"); err != nil {
		return err
	}
	m.Evidence, m.SubmittedBy, m.SubmittedAt = evidence, &by, &now
	return nil
}

// withdraw takes back what was handed in, before the poster has judged it; what was to be reworked is so again.
func (m *Milestone) withdraw() error {
	if err := MilestoneWays.Take(&m.State, "withdrawMilestone"); err != nil {
		return err
	}
	if m.JudgedAt != nil {
		m.State = Rework
	}
	m.SubmittedBy, m.SubmittedAt = nil, nil
	return nil
}

// judge is the poster's word, by one of its operations.
func (m *Milestone) judge(word, reason string, now time.Time) error {
	if err := MilestoneWays.Take(&m.State, word); err != nil {
		return err
	}
	m.Reason, m.JudgedAt = reason, &now
	return nil
}

// mayTake tells whether one of its operations may begin now.
func mayTake(operation string) func(*Milestone, *MilestoneView) error {
	return func(m *Milestone, _ *MilestoneView) error { return MilestoneWays.In(m.State, operation) }
}
