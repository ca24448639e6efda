package contracts

import (
	"strings"
	"time"

	"github.com/google/uuid"

	"jiebang/internal/fault"
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
	Amendment    ApplicationKind = "amendment"    // 变更登记
	Cancellation ApplicationKind = "cancellation" // 注销登记
)

// Application is one request to an office about one contract. There is one at a time.
type Application struct {
	work.Head
	ContractID      uuid.UUID
	ApplicationKind ApplicationKind `gorm:"column:kind"`
	State           State
	Office          string
	Regime          string // the rules of the day it was filed on, which it keeps
	Terms           Terms  `gorm:"serializer:json"` // as they shall be
	Reason          string
	SubmittedBy     uuid.UUID
	FiledOn         when.Day
	DueOn           when.Day
	DueProvisional  bool // the holidays of a year within the period are not known yet
	FirstReviewer   *uuid.UUID
	SecondReviewer  *uuid.UUID
	ReviewNote      string
	RefusalReason   string
	DecidedAt       *time.Time

	// Contract is the one it is about; loaded with it.
	Contract *Contract `gorm:"-" json:"-"`

	officialNumber string // what granting notes on the contract
}

// TableName is the table of applications.
func (Application) TableName() string { return "contract_applications" }

// Kind names the record in the audit trail and in Changes.
func (*Application) Kind() string { return "application" }

// Facts is what policy asks about an application: those of its contract, with the parties as they shall be, who submitted it
// and who decided first.
func (a *Application) Facts() policy.Facts {
	f := a.Contract.Facts()
	f.Others = append(f.Others, a.Terms.organizations()...)
	f.Submitter = a.SubmittedBy
	if a.FirstReviewer != nil {
		f.Reviewer = *a.FirstReviewer
	}
	return f
}

// Filing is who files, when and why.
type Filing struct {
	Head   work.Head
	By     uuid.UUID
	Reason string
}

// apply opens an application about the contract under the rules of the day (《技术合同认定登记管理办法》), whose clock starts now.
func (c *Contract) apply(f Filing, kind ApplicationKind, terms Terms) (*Application, ref.Regime, error) {
	today := when.DayOf(f.Head.CreatedAt)
	regime, known := ref.RegimeOn(today)
	if !known {
		return nil, regime, fault.NotInTerm.Because("%s 没有适用的登记办法", today)
	}
	technology, err := terms.Technology()
	if err != nil {
		return nil, regime, err
	}
	clock := regime.Clock
	if regime.NeedsExperts(technology) {
		clock = regime.ExpertClock
	}
	due, provisional := clock.Due(today, ref.Calendar())
	return &Application{
		Head: f.Head, ContractID: c.ID, ApplicationKind: kind, State: Submitted, Office: c.Office, Regime: regime.Code, Terms: terms,
		Reason: f.Reason, SubmittedBy: f.By, FiledOn: today, DueOn: due, DueProvisional: provisional, Contract: c,
	}, regime, nil
}

// Take is a registrar's beginning of the first review.
func (a *Application) Take(by uuid.UUID) error {
	if a.State != Submitted {
		return fault.WrongState.Because("该办件已受理或已办结")
	}
	a.State, a.FirstReviewer = UnderReview, &by
	return nil
}

// Pass ends the first review well. Whoever passes it is the first reviewer, even if another took it. The second review is asked
// for under every regime: that of 2000 did not have it, but offices work so since 国科火字〔2022〕159号.
func (a *Application) Pass(by uuid.UUID, note string) error {
	if a.State != UnderReview {
		return fault.WrongState.Because("只有初审中的办件可以通过初审")
	}
	if err := text("/note", note, 0, 2000); err != nil {
		return err
	}
	a.State, a.FirstReviewer, a.ReviewNote = SecondReview, &by, note
	return nil
}

// Grant is the second reviewer's yes. The official number may come later.
func (a *Application) Grant(by uuid.UUID, officialNumber string, now time.Time) error {
	if a.State != SecondReview {
		return fault.WrongState.Because("只有复核中的办件可以通过复核")
	}
	if err := text("/official_number", officialNumber, 0, 40); err != nil {
		return err
	}
	a.State, a.SecondReviewer, a.officialNumber, a.DecidedAt = Granted, &by, strings.TrimSpace(officialNumber), &now
	return nil
}

// Refuse is the no of the first reviewer, or of the second while it is theirs to decide.
func (a *Application) Refuse(by uuid.UUID, reason string, now time.Time) error {
	if a.State != UnderReview && a.State != SecondReview {
		return fault.WrongState.Because("只有审核中的办件可以作出不予登记的决定")
	}
	if err := text("/reason", reason, 2, 2000); err != nil {
		return err
	}
	if a.State == UnderReview {
		a.FirstReviewer = &by
	} else {
		a.SecondReviewer = &by
	}
	a.State, a.RefusalReason, a.DecidedAt = Refused, reason, &now
	return nil
}

// movesContract tells whether the contract changes with the application: step by step with the one for its registration,
// otherwise once it is granted.
func (a *Application) movesContract() bool {
	return a.ApplicationKind == Registration || a.State == Granted
}

// text checks what a registrar writes; the contract of the API says the bounds too.
func text(pointer, s string, least, most int) error {
	var bad fault.Fields
	bad.Length(s, pointer, least, most)
	return bad.Err()
}
