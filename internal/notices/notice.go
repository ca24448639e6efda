// Package notices makes public, for a period, what is about to be decided (公示), and takes the objections to it: of a result's price, an
// award, a grant. It counts the days, decides who may object, how and until when, and keeps who did from everybody but those who
// answer. What a notice is about is no affair of its: it knows a subject by kind, identifier and title. The package that owns the subject
// opens the notice, and asks whether it is settled.
package notices

import (
	"time"

	"github.com/google/uuid"

	"jiebang/internal/fault"
	"jiebang/internal/kinds"
	"jiebang/internal/money"
	"jiebang/internal/policy"
	"jiebang/internal/text"
	"jiebang/internal/when"
	"jiebang/internal/work"
)

// State is where a notice stands: running until its last day is over and no objection is open any more, then closed; or withdrawn.
type State string

// The states.
const (
	Running   State = "running"
	Closed    State = "closed"
	Withdrawn State = "withdrawn"
)

// Line is one of those who are proposed, for what, and with how much.
type Line struct {
	Name         string     `json:"name"`
	Organization uuid.UUID  `json:"organization_id,omitzero"` // its record, where it has one
	CreditCode   string     `json:"credit_code,omitempty"`
	What         string     `json:"what"`
	Amount       *money.Fen `json:"amount,omitempty"`
}

// Notice is what everybody reads, or the members of one organization where it is for them alone. Its first and last day are reckoned when it is opened, and stay whatever a calendar says later.
type Notice struct {
	work.Head
	State        State
	SubjectKind  string
	SubjectID    uuid.UUID
	SubjectTitle string
	Title        string
	Text         string
	Contact      string // who takes objections on paper, and where
	Lines        []Line `gorm:"serializer:json"`
	Period       Period `gorm:"embedded;embeddedPrefix:period_"`
	FirstDay     when.Day
	LastDay      when.Day
	AnswerDays   int        // working days for the answer to an objection
	EndedAt      *time.Time // when it was closed or withdrawn
	Reason       string     // why it was withdrawn
	OpenedBy     *uuid.UUID // nobody, where a job did
	AudienceID   *uuid.UUID `json:",omitzero"` // whose members read it, and object; nil: everybody
}

func (Notice) TableName() string { return "notices" }
func (*Notice) Noun() string     { return "notice" }

// Facts: everybody reads it, unless it is for the members of one organization.
func (n *Notice) Facts() policy.Facts {
	if n.AudienceID == nil {
		return policy.Facts{Public: true}
	}
	return policy.Facts{Owner: *n.AudienceID}
}

// Subject is what it is about.
func (n *Notice) Subject() kinds.Subject {
	return kinds.Subject{Kind: n.SubjectKind, ID: n.SubjectID, Title: n.SubjectTitle}
}

// InTime tells whether an objection at a moment is in time: until the last instant of the last day in Shanghai.
func (n *Notice) InTime(at time.Time) bool { return n.State == Running && at.Before(n.LastDay.End()) }

// Close ends a period that is over.
func (n *Notice) Close(now time.Time) error {
	if err := work.Step(&n.State, Closed, Running); err != nil {
		return err
	}
	n.EndedAt = &now
	return nil
}

// Withdraw takes it back before it is closed.
func (n *Notice) Withdraw(reason string, now time.Time) error {
	if err := work.Step(&n.State, Withdrawn, Running); err != nil {
		return err
	}
	n.Reason, n.EndedAt = reason, &now
	return nil
}

// Input is what a notice says.
type Input struct {
	Title   string
	Text    string
	Contact string
	Lines   []Line
	Period  Period
	// AnswerDays is how many working days an answer to an objection may take; 0 means AnswerDays.
	AnswerDays int
	// Concealed are ties (orgs.IDTie, NameTie, CodeTie) of organizations that the notice does not name, such as a masked poster: their people
	// handle no objection to it either. Those of its lines follow by themselves.
	Concealed []string
	// Audience is the organization for whose members alone it is (在本单位公示); its administrators handle the objections. Empty: everybody's.
	Audience uuid.UUID
}

// AnswerDays is how many working days an answer takes at most where nothing is said.
const AnswerDays = 10

// maxLines bounds whom one notice proposes.
const maxLines = 500

func (in Input) check() error {
	var bad fault.Fields
	text.Named(&bad, in.Title, "/title", 5, 200)
	bad.Length(in.Text, "/text", 0, 20000)
	bad.Length(in.Contact, "/contact", 0, 500)
	bad.Check(len(in.Lines) >= 1, "/lines", fault.TooFew, "至少公示一项", "At least one line")
	bad.Check(len(in.Lines) <= maxLines, "/lines", fault.TooManyItems, "至多 %[1]d 项", "At most %[1]d lines", maxLines)
	bad.Check(in.AnswerDays >= 0 && in.AnswerDays <= 60, "/answer_days", fault.OutOfRange, "答复期限为 1 至 60 个工作日", "An answer takes 1 to 60 working days")
	in.Period.check(&bad)
	return bad.Err()
}
