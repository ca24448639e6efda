package contracts

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/fault"
	"jiebang/internal/money"
	"jiebang/internal/policy"
	"jiebang/internal/ref"
	"jiebang/internal/when"
	"jiebang/internal/work"
)

// ApplicationKind says what is applied for.
type ApplicationKind string

// The kinds of application.
const (
	Registration ApplicationKind = "registration" // 认定登记
	Recording    ApplicationKind = "recording"    // 备案：在其他地区登记的合同
	Takeover     ApplicationKind = "takeover"     // 接收：此前或在另一系统登记的合同
	Amendment    ApplicationKind = "amendment"    // 变更登记
	Cancellation ApplicationKind = "cancellation" // 注销登记
	Revoking     ApplicationKind = "revocation"   // 撤销登记：登记机构自己提出
)

// Application is one request to an office about one contract. There is one at a time.
type Application struct {
	work.Head
	ContractID     uuid.UUID
	Nth            int64 // of its contract's applications, from 1
	Kind           ApplicationKind
	State          State
	Office         string
	Regime         string // the rules of the day it was filed on, which it keeps
	Terms          Terms  `gorm:"serializer:json"` // as they shall be
	TermsBefore    *Terms `gorm:"serializer:json"` // of an amendment: as they were when it was filed
	Reason         string
	SubmittedBy    uuid.UUID
	FiledOn        when.Day
	ClockFrom      when.Day `json:",omitzero"` // the clock of the rules runs from here: filing, or the day on which the papers were complete
	DueOn          when.Day
	DueProvisional bool       // the holidays of a year within the period are not known yet
	TakenBy        *uuid.UUID // who works on it, or took it last
	TakenAt        *time.Time
	FirstReviewer  *uuid.UUID // who decides first: who has it, and later who passed it
	PassedAt       *time.Time
	SecondReviewer *uuid.UUID
	ReviewNote     string
	RefusalReason  string
	TwinReason     string // why it was granted beside a twin of its contract
	DecidedAt      *time.Time

	SupplementWanted  string // what is missing
	SupplementAskedBy *uuid.UUID
	SupplementAskedAt *time.Time
	SupplementAnswer  string
	Revocation        *Revocation `gorm:"serializer:json" json:",omitzero"` // of a proposal to revoke the registration: why
	Opinions          []Opinion   `gorm:"serializer:json" json:",omitzero"` // of experts, the latest last

	HandedAt *time.Time // when its papers were handed in last; they stay as they were then

	officialNumber string // what granting notes on the contract
	supplied       bool   // the applicant has just completed it, perhaps with other terms
	backTo         State  // where a withdrawal leaves the contract
}

func (Application) TableName() string { return "contract_applications" }
func (*Application) Noun() string     { return "application" }

// Facts is what an application itself knows of what policy asks: the parties as they shall be, who submitted it and who decided
// first. Its office is not among them: who entered the contract and whose it is stands with the contract, and as long as nobody has
// looked there, nobody is a registrar of it who might decide in spite of a tie.
func (a *Application) Facts() policy.Facts {
	f := policy.Facts{Tied: a.Terms.organizations(), Named: a.Terms.ties(), Submitter: a.SubmittedBy}
	if a.FirstReviewer != nil {
		f.Decider = *a.FirstReviewer
	}
	return f
}

// FactsIn adds what its contract knows: who entered it and wrote in it, whose it is, and the parties as they are; and with that its office.
func (a *Application) FactsIn(q *gorm.DB, _ policy.Action) (policy.Facts, error) {
	c, err := work.Load[Contract](q, a.ContractID)
	if err != nil {
		return policy.Facts{}, err
	}
	writers, err := writersOf(q, c.ID)
	return a.factsOf(c, writers), err
}

// factsOf are the facts of an application about a contract in which these wrote.
func (a *Application) factsOf(c *Contract, writers []uuid.UUID) policy.Facts {
	f, of := a.Facts(), c.Facts()
	f.Office, f.Owner, f.Author, f.Writers = a.Office, of.Owner, of.Author, writers
	f.Tied = append(f.Tied, c.Terms.organizations()...)
	f.Named = append(f.Named, c.Terms.ties()...)
	if a.State == Granted { // who was party to it goes on reading it, whoever is by now
		f.Others = a.Terms.organizations()
		return f
	}
	for _, party := range of.Others {
		if !a.State.final() || slices.Contains(a.Terms.organizations(), party) {
			f.Others = append(f.Others, party)
		}
	}
	return f
}

// Filing is who files, when and why.
type Filing struct {
	Head     work.Head
	By       uuid.UUID
	Reason   string
	Calendar when.Calendar // as it is known on that day
	Regime   string        // of the first application for the same, whose rules a repeated one keeps; empty for the rules of the day
}

// apply opens an application about the contract under the rules of the day (《技术合同认定登记管理办法》), whose clock starts now.
func (c *Contract) apply(f Filing, kind ApplicationKind, terms Terms) (*Application, ref.Regime, error) {
	today := when.DayOf(f.Head.CreatedAt)
	regime, known := ref.RegimeOn(today)
	if f.Regime != "" {
		regime, known = ref.RegimeOf(f.Regime)
	}
	if !known {
		return nil, regime, fault.NotInTerm.Because("%[1]s 没有适用的登记办法。", "No rules of registration are in force on %[1]s.", today)
	}
	if err := terms.ratesBy(today); err != nil {
		return nil, regime, err
	}
	technology, err := terms.Technology()
	if err != nil {
		return nil, regime, err
	}
	due, provisional := dueOf(regime, technology, today, f.Calendar)
	return &Application{
		Head: f.Head, ContractID: c.ID, Kind: kind, State: Submitted, Office: c.Office, Regime: regime.Code, Terms: terms,
		Reason: f.Reason, SubmittedBy: f.By, FiledOn: today, ClockFrom: today, DueOn: due, DueProvisional: provisional,
		HandedAt: &f.Head.CreatedAt,
	}, regime, nil
}

// dueOf is when a decision is due by the clock of the rules.
func dueOf(regime ref.Regime, technology money.Fen, from when.Day, calendar when.Calendar) (due when.Day, provisional bool) {
	clock := regime.Clock
	if regime.NeedsExperts(technology) {
		clock = regime.ExpertClock
	}
	return clock.Due(from, calendar)
}

// reckon finds the due day again, by a calendar that knows more or from another day.
func (a *Application) reckon(calendar when.Calendar) error {
	regime, known := ref.RegimeOf(a.Regime)
	if !known {
		return fault.NotInTerm.New()
	}
	technology, err := a.Terms.Technology()
	if err != nil {
		return err
	}
	a.DueOn, a.DueProvisional = dueOf(regime, technology, cmp.Or(a.ClockFrom, a.FiledOn), calendar)
	return nil
}

// NeedsExperts tells whether a contract of this technology amount goes to experts by the rules that the application is under.
func (a *Application) NeedsExperts() bool {
	regime, _ := ref.RegimeOf(a.Regime)
	technology, err := a.Terms.Technology()
	return err == nil && regime.NeedsExperts(technology)
}

// Take is a registrar's beginning of the first review; free tells that whoever had begun it is a registrar no longer.
func (a *Application) Take(by uuid.UUID, now time.Time, free bool) error {
	from := []State{Submitted}
	if free {
		from = append(from, UnderReview)
	}
	if err := work.Step(&a.State, UnderReview, from...); err != nil {
		return err
	}
	a.hold(by, now)
	return nil
}

func (a *Application) hold(by uuid.UUID, now time.Time) {
	a.FirstReviewer, a.TakenBy, a.TakenAt = &by, &by, &now
}

// Pass ends the first review well. Whoever passes it is the first reviewer. A technology amount that calls for experts leads to them first. The
// second review is asked for under every regime: that of 2000 did not have it, but offices work so since 国科火字〔2022〕159号.
func (a *Application) Pass(by uuid.UUID, note string, now time.Time) error {
	if a.State != UnderReview {
		return fault.In(a.State, UnderReview)
	}
	if err := bounded("/note", note, 0, 2000); err != nil {
		return err
	}
	a.State, a.FirstReviewer, a.PassedAt, a.ReviewNote = SecondReview, &by, &now, note
	if a.NeedsExperts() {
		a.State = ExpertReview
	}
	return nil
}

// Grant is what granting takes.
type Grant struct {
	OfficialNumber string // may come later
	TwinReason     string // why it is another contract than its twin, where there is one
}

// Grant is the second reviewer's yes.
func (a *Application) Grant(by uuid.UUID, in Grant, now time.Time) error {
	if a.State != SecondReview {
		return fault.In(a.State, SecondReview)
	}
	var bad fault.Fields
	number := checkNumber(&bad, in.OfficialNumber, "/official_number", 0, 40)
	bad.Length(in.TwinReason, "/twin_reason", 0, 2000)
	if err := bad.Err(); err != nil {
		return err
	}
	if number != "" && a.Kind == Revoking {
		return fault.InvalidInput.At("/official_number", fault.Unexpected, "撤销登记不填登记编号", "A revocation gives no number")
	}
	a.State, a.SecondReviewer, a.officialNumber, a.TwinReason, a.DecidedAt = Granted, &by, number, strings.TrimSpace(in.TwinReason), &now
	return nil
}

// Refuse is the no of the first reviewer, or of the second while it is theirs to decide; also when missing papers never came.
func (a *Application) Refuse(by uuid.UUID, reason string, now time.Time) error {
	if err := work.In(a.State, UnderReview, ExpertReview, SecondReview, SupplementRequested); err != nil {
		return err
	}
	if err := bounded("/reason", reason, 2, 2000); err != nil {
		return err
	}
	if a.State == SecondReview {
		a.SecondReviewer = &by
	} else {
		a.FirstReviewer = &by
	}
	a.State, a.RefusalReason, a.DecidedAt = Refused, reason, &now
	return nil
}

// movesContract tells whether the contract changes with the application: step by step with the one for its registration,
// otherwise once it is granted.
func (a *Application) movesContract() bool {
	return a.Kind == Registration || a.Kind == Recording || a.State == Granted
}

// bounded checks what a registrar writes; the OpenAPI description says the bounds too.
func bounded(pointer, s string, least, most int) error {
	var bad fault.Fields
	bad.Length(s, pointer, least, most)
	return bad.Err()
}
