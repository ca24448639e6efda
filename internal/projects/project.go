// Package projects runs what follows the award of a challenge: the pledge (军令状) of each winner, milestones and what is paid for them,
// elimination where several run in parallel (赛马), and acceptance. What the poster pays is a payment on the contract, what the bureau pays a
// grant of the programme; both are asked for here and kept there. The challenge itself is package challenges', which is told how its
// projects went.
package projects

import (
	"slices"
	"time"

	"github.com/google/uuid"

	"jiebang/internal/challenges"
	"jiebang/internal/fault"
	"jiebang/internal/money"
	"jiebang/internal/policy"
	"jiebang/internal/when"
	"jiebang/internal/work"
)

// State is where a project stands.
type State string

// The states of a project.
const (
	Pledging   State = "pledging" // both sides have not signed yet
	Running    State = "running"
	Accepted   State = "accepted"
	Failed     State = "failed"
	Eliminated State = "eliminated" // dropped at a milestone of a parallel award, without fault
	Overtaken  State = "overtaken"  // another reached the targets first, without fault
	Withdrawn  State = "withdrawn"  // by the winner
)

// States are all states, in their order.
var States = []State{Pledging, Running, Accepted, Failed, Eliminated, Overtaken, Withdrawn}

// Steps are all steps, and the whole of the state machine. Signing leads on when the other side has signed already.
var Steps = work.Ways[State]{
	{Name: "sign", Operation: "signProject", Action: policy.ProjectSign, Text: fault.Text{ZH: "揭榜方签署", EN: "signed by the winner"}, From: []State{Pledging}, To: Running},
	{Name: "countersign", Operation: "countersignProject", Action: policy.ProjectCounter, Text: fault.Text{ZH: "发榜方签署", EN: "signed by the poster"}, From: []State{Pledging}, To: Running},
	{Name: "eliminate", Operation: "eliminateProject", Action: policy.ProjectEliminate, Text: fault.Text{ZH: "阶段淘汰", EN: "dropped at a milestone"}, From: []State{Running}, To: Eliminated},
	{Name: "accept", Operation: "acceptProject", Action: policy.ProjectConclude, Text: fault.Text{ZH: "验收通过", EN: "accepted"}, From: []State{Running}, To: Accepted},
	{Name: "fail", Operation: "failProject", Action: policy.ProjectConclude, Text: fault.Text{ZH: "验收未通过", EN: "not accepted"}, From: []State{Running}, To: Failed},
	{Name: "withdraw", Operation: "withdrawProject", Action: policy.ProjectWithdraw, Text: fault.Text{ZH: "退出", EN: "withdrawn"}, From: []State{Pledging, Running}, To: Withdrawn},
	{Name: "overtake", Text: fault.Text{ZH: "他队先达标", EN: "overtaken"}, From: []State{Pledging, Running}, To: Overtaken},
}

// over tells whether a project in this state goes nowhere any more.
func (s State) over() bool { return s != Pledging && s != Running }

var stateWords = fault.Words[State]{
	Pledging:   {ZH: "待签军令状", EN: "Pledge to be signed"},
	Running:    {ZH: "实施中", EN: "Running"},
	Accepted:   {ZH: "通过验收", EN: "Accepted"},
	Failed:     {ZH: "未通过验收", EN: "Failed"},
	Eliminated: {ZH: "阶段淘汰", EN: "Eliminated"},
	Overtaken:  {ZH: "他队先达标", EN: "Overtaken"},
	Withdrawn:  {ZH: "已退出", EN: "Withdrawn"},
}

// Text is what people call it.
func (s State) Text() fault.Text { return stateWords.Of(s) }

// DeviationState is where a deviation stands.
type DeviationState string

// The states of a deviation.
const (
	Proposed  DeviationState = "proposed" // waits for the other side's word
	Agreed    DeviationState = "agreed"
	Refused   DeviationState = "refused" // by the other side
	TakenBack DeviationState = "withdrawn"
)

// Deviation is where the agreement differs from a published target, which stays beside it as it was published.
type Deviation struct {
	ID         uuid.UUID
	Indicator  string // by its name
	Value      string
	Upper      string
	Reason     string
	ByPoster   bool // who proposed it; the other side agrees
	ProposedBy uuid.UUID
	ProposedAt time.Time
	AgreedBy   *uuid.UUID
	AgreedAt   *time.Time
	// What was taken back or refused stays, with who ended it and why, and holds nothing up.
	Refused   bool       `json:",omitzero"`
	EndedBy   *uuid.UUID `json:",omitzero"`
	EndedAt   *time.Time `json:",omitzero"`
	EndReason string     `json:",omitzero"`
}

// State tells where it stands.
func (d Deviation) State() DeviationState {
	switch {
	case d.AgreedAt != nil:
		return Agreed
	case d.EndedAt == nil:
		return Proposed
	case d.Refused:
		return Refused
	}
	return TakenBack
}

// open tells whether it waits for the other side's word.
func (d Deviation) open() bool { return d.State() == Proposed }

// Pledge is the 军令状 of a project: its text, and who signed it for either side.
type Pledge struct {
	Text         string
	EndsOn       when.Day `json:",omitzero"`
	BarredYears  int      // how long a winner who fails with fault takes no part
	Consequences string
	WinnerBy     *uuid.UUID
	WinnerAt     *time.Time
	PosterBy     *uuid.UUID
	PosterAt     *time.Time
}

// signed tells whether anybody has.
func (p Pledge) signed() bool { return p.WinnerAt != nil || p.PosterAt != nil }

// Check is what one expert finds of one target.
type Check struct {
	Expert    uuid.UUID
	Indicator string
	Measured  string // a decimal number
	Met       bool
	Evidence  string
	Reason    string // why Met differs from what the number says
	At        time.Time
}

// Outcome is how a project ended.
type Outcome struct {
	Reason      string
	Level       string // reached
	Solved      bool   // the 卡脖子 problem
	ResultID    *uuid.UUID
	WithFault   bool
	Recovery    money.Fen // what goes back to the bureau
	RecoveryDue when.Day  `json:",omitzero"`
	Recovered   money.Fen
}

// Project is what one winner of a challenge does.
type Project struct {
	work.Head
	ChallengeID, AwardID, RoundID uuid.UUID
	WinnerID, PosterID            uuid.UUID
	DealID                        *uuid.UUID
	Title                         string
	State                         State
	Agreed                        money.Fen // what the poster pays in all
	GrantMost                     money.Fen // what the bureau adds at most
	Bottleneck                    bool
	Targets                       []challenges.Indicator `gorm:"serializer:json"` // as they were published
	Deviations                    []Deviation            `gorm:"serializer:json"`
	Pledge                        Pledge                 `gorm:"serializer:json"`
	Experts                       []uuid.UUID            `gorm:"serializer:json"`
	Checks                        []Check                `gorm:"serializer:json"`
	Outcome                       Outcome                `gorm:"serializer:json"`
	EndedAt                       *time.Time
}

func (Project) TableName() string { return "projects" }
func (*Project) Noun() string     { return "project" }

// Facts is what policy asks about a project.
func (p *Project) Facts() policy.Facts {
	return policy.Facts{Owner: p.WinnerID, Others: []uuid.UUID{p.PosterID}, Advisers: p.Experts}
}

// take leads the project a step on, or refuses.
func (p *Project) take(name string, now time.Time) error {
	if err := Steps.Take(&p.State, name); err != nil {
		return err
	}
	if p.State.over() {
		p.EndedAt = &now
	}
	return nil
}

// agreed are the targets as they were agreed: published, but for what both sides let differ.
func (p *Project) agreed() []challenges.Indicator {
	out := slices.Clone(p.Targets)
	for _, d := range p.Deviations {
		if d.AgreedAt == nil {
			continue
		}
		if i := slices.IndexFunc(out, func(t challenges.Indicator) bool { return t.Name == d.Indicator }); i >= 0 {
			out[i].Value, out[i].Upper = d.Value, d.Upper
		}
	}
	return out
}

// target is the agreed target with a name.
func (p *Project) target(name string) (challenges.Indicator, error) {
	all := p.agreed()
	i := slices.IndexFunc(all, func(t challenges.Indicator) bool { return t.Name == name })
	if i < 0 {
		return challenges.Indicator{}, fault.InvalidInput.At("/indicator", fault.NotOffered, "榜题没有这项指标", "The challenge has no such indicator")
	}
	return all[i], nil
}
