package deals

import (
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"jiebang/internal/fault"
	"jiebang/internal/policy"
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

// reachedFrom tells which stages the two sides reach by hand, and from where. A deal begins as a lead, and its contract does the rest.
var reachedFrom = map[Stage][]Stage{
	StageContacting:  {StageLead},
	StageNegotiating: {StageContacting},
	StageAgreed:      {StageNegotiating},
	StageLost:        {StageLead, StageContacting, StageNegotiating, StageAgreed},
}

// Deal is what two organizations make of an introduction.
type Deal struct {
	work.Head
	Stage          Stage
	IntroductionID uuid.UUID
	SupplierID     uuid.UUID // who brings the technology
	DemanderID     uuid.UUID // who needs it
	ResultID       *uuid.UUID
	NeedID         *uuid.UUID
	LostReason     string
	ContractID     *uuid.UUID
}

func (Deal) TableName() string { return "deals" }
func (*Deal) Noun() string     { return "deal" }

// Facts: it belongs to the supplier, and the demander takes part; both may do the same.
func (d *Deal) Facts() policy.Facts {
	return policy.Facts{Owner: d.SupplierID, Others: []uuid.UUID{d.DemanderID}}
}

// Step is one line of a deal's log, which only grows.
type Step struct {
	ID        uuid.UUID `gorm:"primaryKey"`
	DealID    uuid.UUID
	Stage     Stage // the stage that was reached
	Note      string
	AccountID uuid.UUID
	CreatedAt time.Time `gorm:"autoCreateTime:false"`
}

func (Step) TableName() string { return "deal_steps" }

// Advance moves an open deal one stage on, or ends it as lost with the note as its reason.
func (d *Deal) Advance(to Stage, note string) error {
	var bad fault.Fields
	bad.Check(to != StageLost || strings.TrimSpace(note) != "", "/note", fault.Required, "终止须说明理由", "Say why it is lost")
	bad.Length(note, "/note", 0, 2000)
	if err := bad.Err(); err != nil {
		return err
	}
	before, byHand := reachedFrom[to]
	switch {
	case !byHand:
		return fault.WrongState.Because("撮合项目始于“线索”，签约随合同提交登记自动到达，两者都不能手工推进。", "A deal begins as a lead and is contracted when its contract is filed; neither is done by hand.")
	case !slices.Contains(before, d.Stage):
		return fault.In(d.Stage, before...)
	case to == StageLost:
		d.LostReason = note
	}
	d.Stage = to
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
	stage := d.Stage
	return work.Step(&stage, stage, StageLead, StageContacting, StageNegotiating, StageAgreed)
}

// Sign notes the contract that an agreed deal has led to.
func (d *Deal) Sign(contract uuid.UUID) error {
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
