package notices

import (
	"strings"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/fault"
	"jiebang/internal/policy"
	"jiebang/internal/when"
	"jiebang/internal/work"
)

// ObjectionState is where an objection stands: received → accepted → answered; incomplete while something of its form is missing.
type ObjectionState string

// The states.
const (
	Received   ObjectionState = "received"
	Incomplete ObjectionState = "incomplete" // to be completed until the last day
	Accepted   ObjectionState = "accepted"
	Answered   ObjectionState = "answered"
)

// open are the states in which a decision waits for it.
var open = []ObjectionState{Received, Incomplete, Accepted}

// ObjectionStates are all states, in their order.
var ObjectionStates = []ObjectionState{Received, Incomplete, Accepted, Answered}

// ObjectionWays are all ways of an objection once it is filed; it begins as received, incomplete, or answered by the rule.
var ObjectionWays = work.Ways[ObjectionState]{
	{Operation: "completeObjection", Action: policy.ObjectionFill, Text: fault.Text{ZH: "补齐", EN: "completed"}, From: []ObjectionState{Incomplete}, To: Received},
	{Operation: "requestObjectionCompletion", Action: policy.ObjectionWant, Text: fault.Text{ZH: "要求补正", EN: "to be completed"}, From: []ObjectionState{Received}, To: Incomplete},
	{Operation: "acceptObjection", Action: policy.ObjectionTake, Text: fault.Text{ZH: "受理", EN: "taken up"}, From: []ObjectionState{Received}, To: Accepted},
	{Operation: "answerObjection", Action: policy.ObjectionEnd, Text: fault.Text{ZH: "答复", EN: "answered"}, From: open, To: Answered},
	{Operation: "withdrawObjection", Action: policy.ObjectionBack, Text: fault.Text{ZH: "撤回", EN: "taken back"}, From: open, To: Answered},
	{Name: "lapse", Text: fault.Text{ZH: "期满未补齐", EN: "not completed in time"}, From: []ObjectionState{Incomplete}, To: Answered},
	{Operation: "eraseObjection", Action: policy.ObjectionErase, Text: fault.Text{ZH: "清除", EN: "erased"}, From: []ObjectionState{Answered}},
}

// Outcome is how an objection ended.
type Outcome string

// The outcomes.
const (
	Upheld      Outcome = "upheld"
	Dismissed   Outcome = "dismissed"
	TakenBack   Outcome = "withdrawn"
	OutOfTime   Outcome = "out_of_time"
	NotAccepted Outcome = "not_accepted" // it was of no form that is taken up: see Grounds
)

// Grounds say why an objection was not taken up.
type Grounds string

// The grounds.
const (
	Anonymous     Grounds = "anonymous"
	StillLacking  Grounds = "incomplete"     // it was not completed by the last day
	FalseIdentity Grounds = "false_identity" // the name or seal was not theirs
	NoSubstance   Grounds = "not_about_this" // it says nothing against what the notice proposes
)

var grounds = []Grounds{Anonymous, StillLacking, FalseIdentity, NoSubstance}

// FilerKind is who objects: a person under their own name, or a unit.
type FilerKind string

// The kinds of filer.
const (
	Person FilerKind = "person"
	Body   FilerKind = "unit"
)

// Lack is something of its form that an objection lacks.
type Lack string

// What may be lacking.
const (
	LacksContact        Lack = "contact"              // a telephone number or an address
	LacksRepresentative Lack = "legal_representative" // a unit's, by name
	LacksSignature      Lack = "signature"            // of the legal representative
	LacksSeal           Lack = "seal"                 // of the unit
	LacksEvidence       Lack = "evidence"             // asked for by who handles it
)

// Filer is who objects and how they are reached. It is sealed at rest.
type Filer struct {
	Name       string `json:"name"`
	Telephone  string `json:"telephone,omitempty"`
	Address    string `json:"address,omitempty"`
	CreditCode string `json:"credit_code,omitempty"` // of a unit
	// LegalRepresentative of a unit; Signed and Sealed say that the letter bears their signature and the unit's seal. The scan hangs on the
	// objection as a file.
	LegalRepresentative string `json:"legal_representative,omitempty"`
	Signed              bool   `json:"signed,omitempty"`
	Sealed              bool   `json:"sealed,omitempty"`
}

// lacks is what of the form is missing beside the name.
func (f Filer) lacks(kind FilerKind) []Lack {
	var out []Lack
	missing := func(is bool, l Lack) {
		if is {
			out = append(out, l)
		}
	}
	if kind == Person {
		missing(blank(f.Telephone) && blank(f.Address), LacksContact)
		return out
	}
	missing(blank(f.LegalRepresentative), LacksRepresentative)
	missing(!f.Signed, LacksSignature)
	missing(!f.Sealed, LacksSeal)
	return out
}

func blank(s string) bool { return strings.TrimSpace(s) == "" }

// Objection is what became of one. Its row holds nothing of who objected but the account, and nothing of what they say.
type Objection struct {
	work.Head
	NoticeID             uuid.UUID
	State                ObjectionState
	Filer                FilerKind
	AuthorID             *uuid.UUID // the account that filed it; nobody's, where there was none
	FiledAt              time.Time  // by the server's clock, once the notice was locked
	Lacks                []Lack     `gorm:"serializer:json"`
	AnswerDue            when.Day   `json:",omitzero"` // none while it is incomplete
	AnswerDueProvisional bool       // a year on the way has no calendar yet
	AnswerFrom           when.Day   `json:",omitzero"` // the day on which it was complete, from which the answer is reckoned
	Outcome              Outcome
	Grounds              Grounds // of one that was not accepted
	AnsweredAt           *time.Time
	AnsweredBy           *uuid.UUID // nobody, where the rule or the filer ended it
	ErasedAt             *time.Time // when name, text and answer were erased
}

func (Objection) TableName() string { return "objections" }
func (*Objection) Noun() string     { return "objection" }

// Facts of the row itself; whose people may not handle it stands beside its notice.
func (o *Objection) Facts() policy.Facts {
	f := policy.Facts{}
	if o.AuthorID != nil {
		f.Author = *o.AuthorID
	}
	return f
}

// FactsIn completes Facts by the ties of its notice. One that an organization holds for its own members is handled in that organization, too, by
// another person than who opened it.
func (o *Objection) FactsIn(q *gorm.DB, _ policy.Action) (policy.Facts, error) {
	f := o.Facts()
	q = q.Session(&gorm.Session{}) // several statements of one handle
	n, err := work.Load[Notice](q, o.NoticeID)
	if err != nil {
		return f, err
	}
	if n.AudienceID != nil {
		f.Owner = *n.AudienceID
		if n.OpenedBy != nil {
			f.Submitter = *n.OpenedBy
		}
	}
	err = q.Model(&tieRow{}).Where("notice_id = ?", o.NoticeID).Pluck("tie", &f.Named).Error
	return f, err
}

// file decides what becomes of an objection as it comes in. A notice that was taken back has nothing to object to; that is refused before.
func (o *Objection) file(n *Notice, f Filer, at time.Time) {
	o.NoticeID, o.FiledAt = n.ID, at
	switch {
	case !n.InTime(at):
		o.end(OutOfTime, "", nil, at)
	case !fault.Says(f.Name): // marks are no name
		o.end(NotAccepted, Anonymous, nil, at)
	default:
		o.hold(f)
	}
}

// hold keeps it open: received, or incomplete where something is missing.
func (o *Objection) hold(f Filer) {
	o.State, o.Lacks = Received, f.lacks(o.Filer)
	if len(o.Lacks) > 0 {
		o.State = Incomplete
	}
}

// clock sets when the answer is due: so many working days from when it was complete.
func (o *Objection) clock(n *Notice, calendar when.Calendar, at time.Time) {
	o.AnswerDue, o.AnswerDueProvisional, o.AnswerFrom = when.Day{}, false, when.Day{}
	if o.State == Received {
		o.AnswerFrom = when.DayOf(at)
		o.reckon(n, calendar)
	}
}

// reckon reckons the day of the answer, from when it was complete; one of before, of which that is not kept, from when it was filed.
func (o *Objection) reckon(n *Notice, calendar when.Calendar) {
	from := o.AnswerFrom
	if from.IsZero() {
		from = when.DayOf(o.FiledAt)
	}
	o.AnswerDue, o.AnswerDueProvisional = calendar.AddWorkingDays(from, n.AnswerDays)
}

// Complete fills in what was missing; it is in time until the last day.
func (o *Objection) Complete(n *Notice, f Filer, at time.Time) error {
	if err := ObjectionWays.In(o.State, "completeObjection"); err != nil {
		return err
	}
	if !n.InTime(at) {
		return over(n, at)
	}
	if still := f.lacks(o.Filer); len(still) > 0 {
		var bad fault.Fields
		for _, l := range still {
			at := lackPlaces[l]
			bad.Check(false, at, fault.Required, "仍缺：%[1]s", "Still missing: %[2]s", l.Text().ZH, l.Text().EN)
		}
		return bad.Err()
	}
	o.Lacks = nil
	return ObjectionWays.Take(&o.State, "completeObjection")
}

var lackPlaces = map[Lack]string{
	LacksContact: "/filer/telephone", LacksRepresentative: "/filer/legal_representative", LacksSignature: "/filer/signed", LacksSeal: "/filer/sealed",
}

// Want says what is missing of one that looked complete; it may be completed until the last day.
func (o *Objection) Want(n *Notice, lacks []Lack, at time.Time) error {
	if err := ObjectionWays.In(o.State, "requestObjectionCompletion"); err != nil {
		return err
	}
	if !n.InTime(at) {
		return over(n, at)
	}
	o.Lacks, o.AnswerDue, o.AnswerDueProvisional = lacks, when.Day{}, false
	return ObjectionWays.Take(&o.State, "requestObjectionCompletion")
}

// Accept takes it up.
func (o *Objection) Accept() error { return ObjectionWays.Take(&o.State, "acceptObjection") }

// Answer ends it. What was taken up is upheld or dismissed; what was not may only be refused for its form; both may have been taken back.
func (o *Objection) Answer(outcome Outcome, g Grounds, by uuid.UUID, now time.Time) error {
	from := []ObjectionState{Accepted}
	if outcome == NotAccepted || outcome == TakenBack {
		from = ObjectionWays.From("answerObjection")
	}
	if err := work.In(o.State, from...); err != nil {
		return err
	}
	o.end(outcome, g, &by, now)
	return nil
}

// Withdraw is the filer's own end of it.
func (o *Objection) Withdraw(now time.Time) error {
	if err := ObjectionWays.In(o.State, "withdrawObjection"); err != nil {
		return err
	}
	o.end(TakenBack, "", nil, now)
	return nil
}

// Lapse ends one that was not completed by the last day.
func (o *Objection) Lapse(now time.Time) error {
	if err := ObjectionWays.In(o.State, "lapse"); err != nil {
		return err
	}
	o.end(NotAccepted, StillLacking, nil, now)
	return nil
}

// Erase forgets who objected and what was said, once it is answered.
func (o *Objection) Erase(now time.Time) error {
	if err := ObjectionWays.In(o.State, "eraseObjection"); err != nil {
		return err
	}
	if o.ErasedAt != nil {
		return fault.WrongState.New()
	}
	o.ErasedAt, o.AuthorID = &now, nil
	return nil
}

func (o *Objection) end(outcome Outcome, g Grounds, by *uuid.UUID, now time.Time) {
	o.State, o.Outcome, o.Grounds, o.AnsweredBy, o.AnsweredAt = Answered, outcome, g, by, &now
}

// over refuses what came after the last day, and names both times.
func over(n *Notice, at time.Time) error {
	return fault.NoticeOver.Because("公示期已于 %[1]s（北京时间）届满；服务器时间 %[2]s。", "The period ended with %[1]s in Shanghai; the server's time is %[2]s.",
		n.LastDay, at.In(when.Shanghai).Format("2006-01-02 15:04:05 -07:00"))
}
