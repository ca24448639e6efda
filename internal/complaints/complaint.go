// Package complaints takes reports (举报) of what is listed: that it is another's, not true, infringes rights or breaks the law. An operator answers
// each with a typed outcome; what is upheld is taken down with a reason that its owner reads, and the owner may appeal once, to another operator.
// Who reported is told to the bureau alone.
package complaints

import (
	"strings"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/fault"
	"jiebang/internal/orgs"
	"jiebang/internal/policy"
	"jiebang/internal/text"
	"jiebang/internal/work"
)

// State is where a report stands: filed → upheld, dismissed or withdrawn; upheld → appealed → confirmed or overturned.
type State string

// The states.
const (
	Filed      State = "filed"
	Upheld     State = "upheld"
	Dismissed  State = "dismissed"
	Withdrawn  State = "withdrawn"
	Appealed   State = "appealed"
	Confirmed  State = "confirmed"
	Overturned State = "overturned"
)

// States are all states, in their order.
var States = []State{Filed, Upheld, Dismissed, Withdrawn, Appealed, Confirmed, Overturned}

// stand are the states in which the record that was reported stays down.
var stand = []State{Upheld, Appealed, Confirmed}

// Ways are all ways of a report. An answer leads to two states, and so does the word on an appeal.
var Ways = work.Ways[State]{
	{Operation: "answerComplaint", Action: policy.ComplaintAnswer, Text: fault.Text{ZH: "举报成立，下架", EN: "upheld, taken down"}, From: []State{Filed}, To: Upheld},
	{Operation: "answerComplaint", Action: policy.ComplaintAnswer, Text: fault.Text{ZH: "举报不成立", EN: "dismissed"}, From: []State{Filed}, To: Dismissed},
	{Operation: "withdrawComplaint", Action: policy.ComplaintWithdraw, Text: fault.Text{ZH: "举报人撤回", EN: "taken back"}, From: []State{Filed}, To: Withdrawn},
	{Operation: "appealComplaint", Action: policy.ComplaintAppeal, Text: fault.Text{ZH: "所属单位申诉", EN: "appealed"}, From: []State{Upheld}, To: Appealed},
	{Operation: "settleComplaint", Action: policy.ComplaintSettle, Text: fault.Text{ZH: "维持下架", EN: "confirmed"}, From: []State{Appealed}, To: Confirmed},
	{Operation: "settleComplaint", Action: policy.ComplaintSettle, Text: fault.Text{ZH: "申诉成立，撤销下架", EN: "overturned"}, From: []State{Appealed}, To: Overturned},
}

// Ground is what is wrong with what is reported.
type Ground string

// The grounds.
const (
	WrongOwner Ground = "wrong_owner"
	Untrue     Ground = "untrue"
	Infringing Ground = "infringing"
	Illegal    Ground = "illegal"
)

// Grounds are all grounds, in their order.
var Grounds = []Ground{WrongOwner, Untrue, Infringing, Illegal}

// Outcome is what an operator found.
type Outcome string

// The outcomes. Only what is right takes a record down.
const (
	Right    Outcome = "upheld"
	Unfound  Outcome = "unfounded"  // looked into, and not so
	Unproven Outcome = "unproven"   // it cannot be shown by what was brought
	Mended   Outcome = "mended"     // it was so, and the owner has mended it since
	NotOurs  Outcome = "not_for_us" // a dispute that a court or another authority decides
)

var outcomes = []Outcome{Right, Unfound, Unproven, Mended, NotOurs}

// The bounds of what is written, and of how much one person reports.
const (
	leastText, mostText = 10, 4000
	mostADay            = 10
	day                 = 24 * time.Hour
)

// Complaint is one report of one listing by one person.
type Complaint struct {
	work.Head
	State        State
	ObjectKind   string
	ObjectID     uuid.UUID
	Title        string // of that, when it was reported
	OwnerID      uuid.UUID
	AuthorID     uuid.UUID
	Ground       Ground
	Text         string
	Outcome      Outcome
	Reason       string // why; who reported and, of what was upheld, the owner read it
	DecidedBy    *uuid.UUID
	DecidedAt    *time.Time
	Appeal       string // what the owner says against it
	AppealedBy   *uuid.UUID
	AppealedAt   *time.Time
	AppealAnswer string
	SettledBy    *uuid.UUID
	SettledAt    *time.Time
}

func (Complaint) TableName() string { return "complaints" }
func (*Complaint) Noun() string     { return "complaint" }

// Facts of the row itself; the organizations of whoever reported are in other tables.
func (c *Complaint) Facts() policy.Facts {
	f := policy.Facts{Owner: c.OwnerID, Author: c.AuthorID, Named: []string{orgs.IDTie(c.OwnerID)}}
	if c.DecidedBy != nil {
		f.Decider = *c.DecidedBy
	}
	switch c.State {
	case Upheld, Appealed, Confirmed, Overturned:
		f.Upheld = true
	}
	return f
}

// FactsIn adds the organizations of whoever reported, as they are now.
func (c *Complaint) FactsIn(q *gorm.DB, _ policy.Action) (policy.Facts, error) {
	f := c.Facts()
	of, err := orgs.MembershipsOf(q.Session(&gorm.Session{NewDB: true}), []uuid.UUID{c.AuthorID})
	f.Tied = of[c.AuthorID]
	return f, err
}

// Input is what reporting takes.
type Input struct {
	Kind   string
	ID     uuid.UUID
	Ground Ground
	Text   string
}

func (in Input) check() error {
	var bad fault.Fields
	fault.Offered(&bad, in.Ground, "/ground", Grounds)
	says(&bad, in.Text, "/text")
	return bad.Err()
}

// Verdict is an operator's answer to a report, or to an appeal.
type Verdict[O ~string] struct {
	Outcome O
	Reason  string
}

func says(bad *fault.Fields, what, pointer string) {
	bad.Length(what, pointer, leastText, mostText)
	if strings.TrimSpace(what) != "" {
		text.Wanted(bad, what, pointer, "请写明", "Say it in words")
	}
}

// Answer is an operator's word on a report.
func (c *Complaint) Answer(v Verdict[Outcome], by uuid.UUID, now time.Time) error {
	if err := Ways.In(c.State, "answerComplaint"); err != nil {
		return err
	}
	var bad fault.Fields
	fault.Offered(&bad, v.Outcome, "/outcome", outcomes)
	says(&bad, v.Reason, "/reason")
	if err := bad.Err(); err != nil {
		return err
	}
	to := Dismissed
	if v.Outcome == Right {
		to = Upheld
	}
	c.Outcome, c.Reason, c.DecidedBy, c.DecidedAt = v.Outcome, v.Reason, &by, &now
	return Ways.To(&c.State, "answerComplaint", to)
}

// Withdraw takes a report back before it is answered.
func (c *Complaint) Withdraw() error { return Ways.Take(&c.State, "withdrawComplaint") }

// Object is the owner's appeal; there is one.
func (c *Complaint) Object(what string, by uuid.UUID, now time.Time) error {
	if err := Ways.In(c.State, "appealComplaint"); err != nil {
		return err
	}
	var bad fault.Fields
	says(&bad, what, "/text")
	if err := bad.Err(); err != nil {
		return err
	}
	c.Appeal, c.AppealedBy, c.AppealedAt = what, &by, &now
	return Ways.Take(&c.State, "appealComplaint")
}

// Settle is the word of another operator on the appeal: Confirmed or Overturned.
func (c *Complaint) Settle(v Verdict[State], by uuid.UUID, now time.Time) error {
	if err := Ways.In(c.State, "settleComplaint"); err != nil {
		return err
	}
	var bad fault.Fields
	fault.Offered(&bad, v.Outcome, "/outcome", []State{Confirmed, Overturned})
	says(&bad, v.Reason, "/reason")
	if err := bad.Err(); err != nil {
		return err
	}
	c.AppealAnswer, c.SettledBy, c.SettledAt = v.Reason, &by, &now
	return Ways.To(&c.State, "settleComplaint", v.Outcome)
}
