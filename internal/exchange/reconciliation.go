package exchange

import (
	"slices"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/accounts"
	"jiebang/internal/contracts"
	"jiebang/internal/fault"
	"jiebang/internal/kinds"
	"jiebang/internal/offices"
	"jiebang/internal/policy"
	"jiebang/internal/when"
	"jiebang/internal/work"
)

// A reconciliation (核对) holds a table of another system, such as the national one, against what an office has registered here: what both have alike,
// what only one of them has, and what they say otherwise. What only the other has is taken over (接收), once a second registrar of the office has confirmed
// it; every other difference is settled by somebody's note.

// TableState is where a reconciliation stands.
type TableState string

// The states. What was compared may be compared again, with another file as well.
const (
	TableWaiting   TableState = "waiting" // for its file, and to be started
	TableQueued    TableState = "queued"
	TableComparing TableState = "comparing"
	TableCompared  TableState = "compared"
	TableFailed    TableState = "failed"   // the file cannot be read; Problem says why
	TableProposed  TableState = "proposed" // a second registrar is to confirm that what only the table has is taken over
	TableTaking    TableState = "taking"
	TableDone      TableState = "done"
)

var tableStateWords = fault.Words[TableState]{
	TableWaiting: {ZH: "待上传或待核对", EN: "Waiting"}, TableQueued: {ZH: "排队中", EN: "Queued"}, TableComparing: {ZH: "核对中", EN: "Comparing"}, TableCompared: {ZH: "已核对", EN: "Compared"},
	TableFailed: {ZH: "未能读取", EN: "Failed"}, TableProposed: {ZH: "待确认接收", EN: "Proposed"}, TableTaking: {ZH: "接收中", EN: "Taking over"}, TableDone: {ZH: "已完成", EN: "Done"},
}

// Text is what people call it.
func (s TableState) Text() fault.Text { return tableStateWords.Of(s) }

// TableOutcome is what became of a row.
type TableOutcome string

// The outcomes.
const (
	RowSame       TableOutcome = "same"       // both systems say the same
	RowOnlyThere  TableOutcome = "only_there" // only the table has it
	RowOnlyHere   TableOutcome = "only_here"  // registered here in the period, and in no row
	RowDiffers    TableOutcome = "differs"
	RowTwin       TableOutcome = "twin"       // one here may be the same contract, though its official number does not tell
	RowUnreadable TableOutcome = "unreadable" // what is wrong with it is told
	RowTaken      TableOutcome = "taken"      // it was taken over
	RowLeft       TableOutcome = "left"       // it was to be taken over and was not; why is told
)

var tableOutcomeWords = fault.Words[TableOutcome]{
	RowSame: {ZH: "一致", EN: "Same"}, RowOnlyThere: {ZH: "仅表中有", EN: "Only in the table"}, RowOnlyHere: {ZH: "仅本系统有", EN: "Only here"}, RowDiffers: {ZH: "不一致", EN: "Differs"},
	RowTwin: {ZH: "疑似同一合同", EN: "Possible twin"}, RowUnreadable: {ZH: "有误", EN: "Wrong"}, RowTaken: {ZH: "已接收", EN: "Taken over"}, RowLeft: {ZH: "未接收", EN: "Left out"},
}

// Text is what people call it.
func (o TableOutcome) Text() fault.Text { return tableOutcomeWords.Of(o) }

// unsettled are the outcomes that somebody has to settle.
var unsettled = []TableOutcome{RowOnlyHere, RowDiffers, RowTwin, RowUnreadable, RowLeft}

// Tally counts the rows of a reconciliation by what became of them. It is written with each batch, and moves no version.
type Tally struct {
	Place      int   // the last row that was compared, and then the last that was taken over
	About      int   // how many there are, roughly
	Total      int64 `gorm:"column:rows_read"`
	Same       int64
	OnlyThere  int64
	OnlyHere   int64
	Differing  int64
	Twins      int64
	Unreadable int64
	Taken      int64
	LeftOut    int64
	Unsettled  int64 // of those that somebody has to settle, how many nobody has
}

// Reconciliation is one table of another system, held against an office.
type Reconciliation struct {
	work.Head
	Office      string
	Source      string            // what the other system is called
	From        when.Day          `gorm:"column:registered_from" json:",omitzero"` // of the days of registration that the table covers; none: the first in it
	To          when.Day          `gorm:"column:registered_to" json:",omitzero"`
	FoundFrom   when.Day          `json:",omitzero"` // the days of which was compared
	FoundTo     when.Day          `json:",omitzero"`
	Sheet       string            `json:",omitzero"`
	HeadingRow  int               `json:",omitzero"`
	Mapping     map[string]string `gorm:"serializer:json"`
	State       TableState
	CreatedBy   uuid.UUID
	FileID      *uuid.UUID // that was compared
	StartedBy   *uuid.UUID
	StartedAt   *time.Time
	ProposedBy  *uuid.UUID
	ProposedAt  *time.Time
	ConfirmedBy *uuid.UUID
	ConfirmedAt *time.Time
	EndedAt     *time.Time
	Reason      string // why it was returned last
	Tally       `gorm:"embedded" json:"-"`
	Headings    []Heading `gorm:"serializer:json" json:"-"`
	Problem     *Problem  `gorm:"serializer:json"`
}

func (Reconciliation) TableName() string { return "reconciliations" }
func (*Reconciliation) Noun() string     { return "reconciliation" }

// Facts: a reconciliation is its office's, and who proposed to take over does not confirm it.
func (r *Reconciliation) Facts() policy.Facts {
	f := policy.Facts{Office: r.Office, Author: r.CreatedBy}
	if r.ProposedBy != nil {
		f.Submitter = *r.ProposedBy
	}
	return f
}

// TableRow is one row of a table, or one contract that only this system has; those follow the last row.
type TableRow struct {
	ReconciliationID uuid.UUID `gorm:"primaryKey"`
	Row              int       `gorm:"primaryKey;autoIncrement:false;column:row_number"`
	Outcome          TableOutcome
	OfficialNumber   string
	Title            string
	ContractID       *uuid.UUID // the one here, if it is the office's
	ContractNumber   string
	Content          *contracts.Former      `gorm:"serializer:json"` // what the row says
	Problems         []RowProblem           `gorm:"serializer:json;column:errors"`
	Differs          []contracts.Difference `gorm:"serializer:json"`
	Take             bool                   // of a twin: it is another contract and is taken over
	SettledBy        *uuid.UUID
	SettledAt        *time.Time
	Note             string
	Settler          *accounts.Person `gorm:"-"`
}

func (TableRow) TableName() string { return "reconciliation_rows" }

// settles tells whether somebody has to settle a row.
func (r *TableRow) settles() bool { return slices.Contains(unsettled, r.Outcome) }

// add counts rows.
func (t *Tally) add(rows []TableRow) {
	for i := range rows {
		r := &rows[i]
		if r.Outcome != RowOnlyHere {
			t.Total++
		}
		t.Place = max(t.Place, r.Row)
		*t.of(r.Outcome)++
		if r.settles() && r.SettledAt == nil {
			t.Unsettled++
		}
	}
	t.About = max(t.About, int(t.Total))
}

// of is the count of an outcome.
func (t *Tally) of(o TableOutcome) *int64 {
	switch o {
	case RowSame:
		return &t.Same
	case RowOnlyThere:
		return &t.OnlyThere
	case RowOnlyHere:
		return &t.OnlyHere
	case RowDiffers:
		return &t.Differing
	case RowTwin:
		return &t.Twins
	case RowTaken:
		return &t.Taken
	case RowLeft:
		return &t.LeftOut
	}
	return &t.Unreadable
}

// write notes how far it has come.
func (t Tally) write(tx *work.Tx, id uuid.UUID) error {
	return tx.Model(&Reconciliation{}).Where("id = ?", id).Updates(map[string]any{
		"place": t.Place, "about": t.About, "rows_read": t.Total, "same": t.Same, "only_there": t.OnlyThere, "only_here": t.OnlyHere, "differing": t.Differing,
		"twins": t.Twins, "unreadable": t.Unreadable, "taken": t.Taken, "left_out": t.LeftOut, "unsettled": t.Unsettled,
	}).Error
}

// start begins the comparison anew.
func (r *Reconciliation) start(by uuid.UUID, file uuid.UUID, now time.Time) error {
	if r.Taken > 0 { // its rows are what contracts say that they came from
		return fault.In(r.State, TableWaiting, TableCompared, TableFailed)
	}
	if err := work.Step(&r.State, TableQueued, TableWaiting, TableCompared, TableFailed); err != nil {
		return err
	}
	r.FoundFrom, r.FoundTo = when.Day{}, when.Day{}
	r.FileID, r.StartedBy, r.StartedAt, r.EndedAt = &file, &by, &now, nil
	r.ProposedBy, r.ProposedAt, r.ConfirmedBy, r.ConfirmedAt, r.Reason = nil, nil, nil, nil, ""
	r.Tally, r.Headings, r.Problem = Tally{}, nil, nil
	return nil
}

// propose asks a second registrar to confirm.
func (r *Reconciliation) propose(by uuid.UUID, now time.Time) error {
	if err := work.In(r.State, TableCompared); err != nil {
		return err
	}
	if r.OnlyThere == 0 {
		return fault.NothingToConfirm.Because("没有仅表中有的合同需要接收。", "There is no contract that only the table has.")
	}
	r.ProposedBy, r.ProposedAt, r.Reason, r.Problem = &by, &now, "", nil
	return work.Step(&r.State, TableProposed, TableCompared)
}

// giveBack ends a proposal, with a reason.
func (r *Reconciliation) giveBack(reason string) error {
	if err := work.Step(&r.State, TableCompared, TableProposed); err != nil {
		return err
	}
	r.ProposedBy, r.ProposedAt, r.Reason = nil, nil, reason
	return nil
}

// confirm begins to take over.
func (r *Reconciliation) confirm(by uuid.UUID, now time.Time) error {
	if err := work.Step(&r.State, TableTaking, TableProposed); err != nil {
		return err
	}
	r.ConfirmedBy, r.ConfirmedAt = &by, &now
	r.Place = 0
	return nil
}

// settle notes what became of a row that the two systems have otherwise.
func (r *TableRow) settle(by uuid.UUID, note string, take bool, now time.Time) error {
	if !r.settles() {
		return fault.NothingToConfirm.Because("该行没有需要说明的差异。", "There is nothing to settle in this row.")
	}
	if take && (r.Outcome != RowTwin || r.Content == nil) {
		return fault.InvalidInput.At("/take_over", fault.NotOffered, "只有疑似同一合同的行可由此接收", "Only a row that may be a twin is taken over so")
	}
	r.SettledBy, r.SettledAt, r.Note, r.Take = &by, &now, note, take
	return nil
}

// ReconciliationView is a reconciliation as its reader sees it.
type ReconciliationView struct {
	Reconciliation
	OfficeName                                    string
	CreatedBy, StartedBy, ProposedBy, ConfirmedBy *accounts.Person
	work.Acts
}

// reconciliations is how reconciliations are read and written.
var reconciliations = work.Records[Reconciliation, *Reconciliation, ReconciliationView]{
	Read: policy.ReconciliationRead, Show: showReconciliations,
	Columns: work.Columns{string(policy.AtOffice): "office IN ?", string(policy.Submitter): "proposed_by IN ?"},
	Acts: []work.Act[*Reconciliation, ReconciliationView]{
		{Operation: "startReconciliation", Action: policy.ReconciliationEdit, When: func(r *Reconciliation, _ *ReconciliationView) error {
			return r.start(uuid.Nil, uuid.Nil, time.Time{})
		}},
		{Operation: "settleReconciliationRow", Action: policy.ReconciliationEdit, When: func(r *Reconciliation, _ *ReconciliationView) error { return r.maySettle() }},
		{Operation: "proposeTakeover", Action: policy.ReconciliationEdit, When: func(r *Reconciliation, _ *ReconciliationView) error { return r.propose(uuid.Nil, time.Time{}) }},
		{Operation: "confirmTakeover", Action: policy.ReconciliationConfirm, When: func(r *Reconciliation, _ *ReconciliationView) error { return r.confirm(uuid.Nil, time.Time{}) }},
		{Operation: "returnTakeover", Action: policy.ReconciliationEdit, When: func(r *Reconciliation, _ *ReconciliationView) error { return r.giveBack("") }},
	},
}

// maySettle tells whether its rows may be settled: once they were compared, and not while they are taken over.
func (r *Reconciliation) maySettle() error { return work.In(r.State, TableCompared, TableDone) }

func showReconciliations(q *gorm.DB, _ policy.Actor, rows []Reconciliation) ([]ReconciliationView, error) {
	names, err := offices.Names(q)
	if err != nil {
		return nil, err
	}
	out, people := make([]ReconciliationView, len(rows)), accounts.Roll{}
	for i := range rows {
		out[i] = ReconciliationView{Reconciliation: rows[i], OfficeName: names[rows[i].Office]}
		people.Name(&rows[i].CreatedBy, &out[i].CreatedBy)
		people.Name(rows[i].StartedBy, &out[i].StartedBy)
		people.Name(rows[i].ProposedBy, &out[i].ProposedBy)
		people.Name(rows[i].ConfirmedBy, &out[i].ConfirmedBy)
	}
	return out, people.Call(q)
}

// ReconciliationKind is the entry of reconciliations in the registry: a file is hung on one while it is not under way.
var ReconciliationKind = kinds.Of(reconciliations, kinds.Kind{
	ZH: "登记数据核对", Path: "/v1/reconciliations", Inner: policy.ReconciliationRead, Edit: policy.ReconciliationEdit,
	Hangs: func(r work.Record, public bool) error {
		if public {
			return fault.NotAllowed.New()
		}
		if rec := r.(*Reconciliation); rec.Taken == 0 {
			return work.In(rec.State, TableWaiting, TableCompared, TableFailed)
		}
		return fault.WrongState.New()
	},
})
