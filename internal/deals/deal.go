package deals

import (
	"slices"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/fault"
	"jiebang/internal/money"
	"jiebang/internal/orgs"
	"jiebang/internal/policy"
	"jiebang/internal/text"
	"jiebang/internal/work"
)

// Stage is how far a deal has come: lead → contacting → negotiating → agreed → contracted, or lost from any of them before
// the contract.
type Stage string

const (
	StageLead        Stage = "lead"
	StageContacting  Stage = "contacting"
	StageNegotiating Stage = "negotiating"
	StageAgreed      Stage = "agreed"
	StageContracted  Stage = "contracted"
	StageLost        Stage = "lost"
)

// reachedFrom tells which stages either side reaches alone, and from where. A deal begins as a lead, both sides lead it to agreed together, and
// its contract does the rest.
var reachedFrom = map[Stage][]Stage{
	StageContacting:  {StageLead},
	StageNegotiating: {StageContacting},
	StageLost:        {StageLead, StageContacting, StageNegotiating, StageAgreed},
}

// earlier are the stages to which a deal may go back, in their order.
var earlier = []Stage{StageLead, StageContacting, StageNegotiating}

// Side is one of the two sides of a deal, or who acts for one; empty where a step follows from something else.
type Side string

const (
	Supplier Side = "supplier"
	Demander Side = "demander"
	ByBroker Side = "broker" // of a note: one of the brokers under whose mandate it began, who is of neither side
)

// StepKind says what a step of the log is.
type StepKind string

const (
	StepOpened     StepKind = "opened"
	StepAdvanced   StepKind = "advanced"
	StepAgreed     StepKind = "agreed" // one side said so; with the second the stage is reached
	StepNoted      StepKind = "noted"
	StepReverted   StepKind = "reverted"
	StepLost       StepKind = "lost"
	StepContracted StepKind = "contracted"
	StepReopened   StepKind = "reopened"
	StepPriced     StepKind = "priced" // the supplier showed its price, recorded how it was set, or took a notice back
)

// Deal is what two organizations make of an introduction, or of an award.
type Deal struct {
	work.Head
	Stage          Stage
	IntroductionID *uuid.UUID // none of what an award began
	SupplierID     uuid.UUID  // who brings the technology
	DemanderID     uuid.UUID  // who needs it
	Subject        `gorm:"embedded"`
	// Of what the award of a challenge began: which, what it is called, and the price that was awarded. This package knows no challenges.
	ChallengeID *uuid.UUID
	Title       string
	Price       *money.Fen
	LostReason  string
	ContractID  *uuid.UUID
	MandateID   *uuid.UUID `json:",omitzero"` // of the introduction
	// Who said for each side that they agree; both are set from agreed on.
	SupplierAgreedBy, DemanderAgreedBy *uuid.UUID
}

func (Deal) TableName() string { return "deals" }
func (*Deal) Noun() string     { return "deal" }

// stands refuses to lead on a deal one of whose sides is suspended; giving it up, and going back, is open to the other.
func (d *Deal) stands(q *gorm.DB) error { return orgs.MustStand(q, d.SupplierID, d.DemanderID) }

// Facts: it belongs to the supplier, and the demander takes part; both may do the same.
func (d *Deal) Facts() policy.Facts {
	return policy.Facts{Owner: d.SupplierID, Others: []uuid.UUID{d.DemanderID}}
}

// FactsIn adds the brokers under whose mandate it began.
func (d *Deal) FactsIn(q *gorm.DB, _ policy.Action) (policy.Facts, error) {
	return withAgents(q, d.Facts(), d.MandateID)
}

// Step is one line of a deal's log, which only grows.
type Step struct {
	ID        uuid.UUID `gorm:"primaryKey"`
	DealID    uuid.UUID
	Kind      StepKind // empty of steps from before that was kept
	Stage     Stage    // the stage that the deal has from then on
	Side      Side
	Note      string
	AccountID uuid.UUID
	CreatedAt time.Time `gorm:"autoCreateTime:false"`
}

func (Step) TableName() string { return "deal_steps" }

// SideOf tells for which side an actor acts. Of one who belongs to both it is the side that has not said yes.
func (d *Deal) SideOf(a policy.Actor) Side {
	switch supplies, demands := a.MemberOf(d.SupplierID), a.MemberOf(d.DemanderID); {
	case supplies && (!demands || d.SupplierAgreedBy == nil):
		return Supplier
	case demands:
		return Demander
	}
	return ""
}

// Advance moves an open deal one stage on, or ends it as lost with the note as its reason; to agreed only both sides together.
func (d *Deal) Advance(side Side, by uuid.UUID, to Stage, note string) (StepKind, error) {
	var bad fault.Fields
	if to == StageLost {
		text.Wanted(&bad, note, "/note", "终止须说明理由", "Say why it is lost")
	}
	bad.Length(note, "/note", 0, 2000)
	if err := bad.Err(); err != nil {
		return "", err
	}
	if to == StageAgreed {
		return StepAgreed, d.agree(side, by)
	}
	before, byHand := reachedFrom[to]
	switch {
	case !byHand:
		return "", fault.WrongState.Because("撮合项目始于“线索”，签约随合同提交登记自动到达，两者都不能手工推进。", "A deal begins as a lead and is contracted when its contract is filed; neither is done by hand.")
	case !slices.Contains(before, d.Stage):
		return "", fault.In(d.Stage, before...)
	}
	d.Stage = to
	if to != StageLost {
		return StepAdvanced, nil
	}
	d.LostReason = note
	d.disagree()
	return StepLost, nil
}

// agree is one side's word that the two have agreed. With the second side's, by another person, the deal is agreed.
func (d *Deal) agree(side Side, by uuid.UUID) error {
	if d.Stage != StageNegotiating {
		return fault.In(d.Stage, StageNegotiating)
	}
	mine, theirs := &d.SupplierAgreedBy, d.DemanderAgreedBy
	if side == Demander {
		mine, theirs = &d.DemanderAgreedBy, d.SupplierAgreedBy
	}
	switch {
	case *mine != nil:
		return fault.AlreadyAgreed.New()
	case theirs != nil && *theirs == by:
		return fault.OwnDecision.New()
	}
	*mine = &by
	if theirs != nil {
		d.Stage = StageAgreed
	}
	return nil
}

func (d *Deal) disagree() { d.SupplierAgreedBy, d.DemanderAgreedBy = nil, nil }

// Revert takes a deal back to an earlier stage, or one that was lost up again, with a reason. What was agreed has to be agreed anew.
func (d *Deal) Revert(to Stage, reason string) error {
	var bad fault.Fields
	bad.Length(reason, "/reason", 2, 2000)
	bad.Check(slices.Contains(earlier, to), "/stage", fault.NotOffered, "只能退回到线索、接洽或洽谈阶段", "A deal goes back to lead, contacting or negotiating")
	if err := bad.Err(); err != nil {
		return err
	}
	from := append([]Stage{}, earlier[slices.Index(earlier, to)+1:]...)
	if err := work.Step(&d.Stage, to, append(from, StageAgreed, StageLost)...); err != nil {
		return err
	}
	d.LostReason = ""
	d.disagree()
	return nil
}

// MayHang tells whether a file may be hung on it, or taken off: while it is under way. What two organizations have between them is not
// public.
func (d *Deal) MayHang(public bool) error {
	if public {
		return fault.InvalidInput.At("/public", fault.NotOffered, "撮合项目的附件不公开", "Files of a deal are not public")
	}
	return d.underWay()
}

// underWay refuses a deal that has come to its end.
func (d *Deal) underWay() error {
	return work.In(d.Stage, openStages...)
}

// openStages are those of a deal that is under way.
var openStages = []Stage{StageLead, StageContacting, StageNegotiating, StageAgreed}

// Sign notes the contract that an agreed deal has led to.
func (d *Deal) Sign(contract uuid.UUID) error {
	if d.Stage == StageContracted {
		return fault.DealHasContract.New()
	}
	if d.Stage != StageAgreed {
		return fault.DealNotAgreed.Because("当前为“%[1]s”阶段。", "Its stage is %[2]s.", d.Stage.Text().ZH, d.Stage)
	}
	d.Stage, d.ContractID = StageContracted, &contract
	return nil
}

// Unsign takes the contract back that was not registered.
func (d *Deal) Unsign() error {
	if err := work.Step(&d.Stage, StageAgreed, StageContracted); err != nil {
		return err
	}
	d.ContractID = nil
	return nil
}
