package deals

import (
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/db"
	"jiebang/internal/fault"
	"jiebang/internal/mandates"
	"jiebang/internal/policy"
	"jiebang/internal/text"
	"jiebang/internal/when"
	"jiebang/internal/work"
)

// State is where an introduction stands: proposed → accepted or declined; withdrawn when its proposer takes it back; or lapsed, when nobody
// answered in time or what it is about is public no longer.
type State string

const (
	Proposed  State = "proposed"
	Accepted  State = "accepted"
	Declined  State = "declined"
	Withdrawn State = "withdrawn"
	Lapsed    State = "lapsed"
)

// LapseReason says to both sides why an introduction ended by itself.
type LapseReason string

const (
	NoAnswer        LapseReason = "no_answer"
	ResultWithdrawn LapseReason = "result_withdrawn"
	TeamWithdrawn   LapseReason = "team_withdrawn"
	NeedClosed      LapseReason = "need_closed"
	NeedExpired     LapseReason = "need_expired"
)

// DeclineReason says why the other side does not want to talk; it goes back to the one who proposed.
type DeclineReason string

const (
	ReasonTooEarly               DeclineReason = "too_early"
	ReasonBenefitUnclear         DeclineReason = "benefit_unclear"
	ReasonCommercialRouteUnclear DeclineReason = "commercial_route_unclear"
	ReasonDescriptionUnclear     DeclineReason = "description_unclear"
	ReasonScientificDoubt        DeclineReason = "scientific_doubt"
	ReasonPrice                  DeclineReason = "price"
	ReasonAlreadyHasOne          DeclineReason = "already_has_one"
	ReasonOther                  DeclineReason = "other"
)

var declineReasons = []DeclineReason{
	ReasonTooEarly, ReasonBenefitUnclear, ReasonCommercialRouteUnclear, ReasonDescriptionUnclear, ReasonScientificDoubt,
	ReasonPrice, ReasonAlreadyHasOne, ReasonOther,
}

// answerDays is how many working days the other side has for its answer: two weeks, so that an institute's office can ask its
// people and an enterprise in a hurry still knows by when. With that day it lapses, and may be proposed again.
const answerDays = 10

// Introduction is one organization's wish to talk with another about a result, a team, a need, or how one of the first two meets the last.
type Introduction struct {
	work.Head
	State         State
	FromID        uuid.UUID // who proposes
	ToID          uuid.UUID // who is asked
	Subject       `gorm:"embedded"`
	Message       string
	ProposedBy    uuid.UUID
	AnsweredBy    *uuid.UUID
	AnsweredAt    *time.Time
	AnswerDue     when.Day
	DeclineReason DeclineReason
	DeclineNote   string
	LapseReason   LapseReason
	WithdrawNote  string
	EndedAt       *time.Time // when it was withdrawn or lapsed
	DealID        *uuid.UUID
	MandateID     *uuid.UUID `json:",omitzero"` // under which it was made
	// ConcealedID is the side whose name is kept until it is accepted: the owner of a need that was masked when it was proposed.
	ConcealedID *uuid.UUID `json:",omitzero"`
}

// conceals tells whether it keeps a side's name from a reader. Who proposes for that side, under its mandate, knows it.
func (i *Introduction) conceals(side uuid.UUID, reader policy.Actor) bool {
	if i.ConcealedID == nil || *i.ConcealedID != side || i.DealID != nil {
		return false
	}
	return side == i.ToID || reader.MemberOf(i.ToID)
}

func (Introduction) TableName() string { return "introductions" }
func (*Introduction) Noun() string     { return "introduction" }

// Facts: it belongs to the side that proposes, and the other side takes part.
func (i *Introduction) Facts() policy.Facts {
	return policy.Facts{Owner: i.FromID, Others: []uuid.UUID{i.ToID}, Author: i.ProposedBy}
}

// FactsIn adds the brokers under whose mandate it was made.
func (i *Introduction) FactsIn(q *gorm.DB, _ policy.Action) (policy.Facts, error) {
	return withAgents(q, i.Facts(), i.MandateID)
}

func withAgents(q *gorm.DB, f policy.Facts, mandate *uuid.UUID) (policy.Facts, error) {
	if mandate == nil {
		return f, nil
	}
	var err error
	f.Agents, err = mandates.Agents(q, *mandate)
	return f, err
}

// answerDue is the last day for an answer to what is proposed now. Where no calendar of holidays is known yet it goes by weekends and the
// holidays that have their day by law.
func answerDue(now time.Time, calendar when.Calendar) when.Day {
	due, _ := calendar.AddWorkingDays(when.DayOf(now), answerDays)
	return due
}

// unanswered says of rows what AsOf says of an introduction: proposed, and its answer was due before today. It is the columns' side of the one rule.
const unanswered = "(state = 'proposed' AND answer_due < " + db.Today + ")"

// AsOf lapses what was not answered by its day, from the first moment of the next day on. Whoever reads introductions reads them so; the job
// writes it down.
func (i *Introduction) AsOf(day when.Day) {
	if i.State == Proposed && i.AnswerDue.Before(day) {
		ended := i.AnswerDue.End()
		i.State, i.LapseReason, i.EndedAt = Lapsed, NoAnswer, &ended
	}
}

// Lapse ends it by itself.
func (i *Introduction) Lapse(reason LapseReason, now time.Time) error {
	if err := work.Step(&i.State, Lapsed, Proposed); err != nil {
		return err
	}
	i.LapseReason, i.EndedAt = reason, &now
	return nil
}

// Withdraw takes it back, while it is not answered; the other side reads the note, if there is one.
func (i *Introduction) Withdraw(note string, now time.Time) error {
	var bad fault.Fields
	bad.Length(note, "/note", 0, 1000)
	if err := bad.Err(); err != nil {
		return err
	}
	if err := work.Step(&i.State, Withdrawn, Proposed); err != nil {
		return err
	}
	i.WithdrawNote, i.EndedAt = note, &now
	return nil
}

// Accept is the other side's consent; deal is the one that it opens.
func (i *Introduction) Accept(by uuid.UUID, now time.Time, deal uuid.UUID) error {
	if err := i.answer(Accepted, by, now); err != nil {
		return err
	}
	i.DealID = &deal
	return nil
}

// Decline is the other side's refusal, with a reason from the list that helps the proposer.
func (i *Introduction) Decline(by uuid.UUID, now time.Time, reason DeclineReason, note string) error {
	var bad fault.Fields
	fault.Offered(&bad, reason, "/reason", declineReasons)
	bad.Length(note, "/note", 0, 1000)
	if reason == ReasonOther {
		text.Wanted(&bad, note, "/note", "理由为“其他”时须写明原因", "Say why, where the reason is other")
	}
	if err := bad.Err(); err != nil {
		return err
	}
	if err := i.answer(Declined, by, now); err != nil {
		return err
	}
	i.DeclineReason, i.DeclineNote = reason, note
	return nil
}

// answer takes one answer. That nobody answers what they proposed, not even a member of both organizations, is policy.
func (i *Introduction) answer(state State, by uuid.UUID, now time.Time) error {
	if err := work.Step(&i.State, state, Proposed); err != nil {
		return err
	}
	i.AnsweredBy, i.AnsweredAt = &by, &now
	return nil
}

// otherSide tells who is asked, from the owners of what a proposal names (uuid.Nil: not named): of a result or team, whose place in the input is
// at, and of a need. One of them is the other organization; where both are named, the remaining one belongs to the organization that proposes.
func otherSide(from, supplier, needOwner uuid.UUID, at string) (uuid.UUID, error) {
	var owners, others []uuid.UUID
	for _, owner := range []uuid.UUID{supplier, needOwner} {
		if owner == uuid.Nil {
			continue
		}
		owners = append(owners, owner)
		if owner != from {
			others = append(others, owner)
		}
	}
	if supplier == uuid.Nil && needOwner != uuid.Nil {
		at = "/need_id"
	}
	switch {
	case len(owners) == 0:
		return uuid.Nil, fault.InvalidInput.At(at, fault.Required, "成果、团队与需求至少填一项", "Name a result, a team, a need, or one of the first two and a need")
	case len(others) == 0:
		return uuid.Nil, fault.InvalidInput.At(at, fault.OwnListing, "所列各项都属于本单位，没有可对接的另一方", "All of it is your own, there is nobody to meet")
	case len(others) == 2:
		return uuid.Nil, fault.InvalidInput.At(at, fault.NotYours, "同时填写成果（或团队）与需求时，其中一项须属于本单位", "Of a result or team and a need, one must be your own")
	}
	return others[0], nil
}
