// Package policy decides who may do what. It is pure: an actor, an action and the facts of one object go in, a decision comes
// out. Every use case asks it; the table below is the whole of it. It does not judge states (a draft cannot be withdrawn):
// those rules belong to the object's own package.
package policy

import (
	"slices"

	"github.com/google/uuid"

	"jiebang/internal/fault"
)

// Actor is who asks: the zero Actor is a visitor without an account.
type Actor struct {
	Account     uuid.UUID
	Username    string
	Operator    bool        // works for the bureau that runs the marketplace
	Member      []uuid.UUID // organizations the account belongs to
	Admin       []uuid.UUID // those of them that it administers
	RegistrarAt []string    // codes of the registration offices where it is a registrar today
	Broker      bool        // is a technology broker today
}

// SignedIn tells whether the actor has an account.
func (a Actor) SignedIn() bool { return a.Account != uuid.Nil }

// MemberOf tells whether the actor belongs to the organization.
func (a Actor) MemberOf(org uuid.UUID) bool { return org != uuid.Nil && slices.Contains(a.Member, org) }

// Facts are what a decision may depend on. An object's package fills in what applies and leaves the rest empty.
type Facts struct {
	Public      bool        // published: anyone may read it
	Draft       bool        // not handed in yet: its writers' own affair
	Owner       uuid.UUID   // the organization it belongs to
	Others      []uuid.UUID // other organizations that take part: the receiving side, the other party
	Author      uuid.UUID   // the account that entered or submitted it
	Submitter   uuid.UUID   // the account that submitted it, where that may be another than the author
	Office      string      // the registration office that it belongs to
	Reviewer    uuid.UUID   // the account that decided first
	Account     uuid.UUID   // the account that it is about
	SingleOwner bool        // the owner has one member only, so the operator is the second pair of eyes
}

// Relation is one way of standing towards an object.
type Relation string

// The relations, from the widest to the narrowest.
const (
	Anyone         Relation = "anyone"
	Reader         Relation = "reader of what is published"
	SignedIn       Relation = "signed in"
	Self           Relation = "the account itself"
	Author         Relation = "the account that entered it"
	Member         Relation = "member of the owner"
	Admin          Relation = "administrator of the owner"
	SecondMember   Relation = "member of the owner, not the one who submitted"
	Counterpart    Relation = "member of another organization that takes part"
	Registrar      Relation = "registrar of the office"
	Clerk          Relation = "registrar of the office who entered it"
	FirstReviewer  Relation = "registrar of the office, no tie to the contract, not one who entered or submitted it"
	SecondReviewer Relation = "the same, and not the first reviewer"
	AnyRegistrar   Relation = "registrar of any office"
	Operator       Relation = "operator"
	OtherOperator  Relation = "operator, not the one who entered it"
	SecondOperator Relation = "operator, not the one who submitted, where the owner has one member"
	Broker         Relation = "registered broker"
)

// holds tells whether the actor stands in the relation towards an object with these facts.
func (r Relation) holds(a Actor, f Facts) bool {
	switch r {
	case Anyone:
		return true
	case Reader:
		return f.Public
	case SignedIn:
		return a.SignedIn()
	case Self:
		return a.SignedIn() && a.Account == f.Account
	case Author:
		return a.SignedIn() && a.Account == f.Author
	case Member:
		return a.MemberOf(f.Owner)
	case Admin:
		return slices.Contains(a.Admin, f.Owner)
	case SecondMember:
		return a.MemberOf(f.Owner) && a.Account != f.Author
	case Counterpart:
		return slices.ContainsFunc(f.Others, a.MemberOf)
	case Registrar:
		return !f.Draft && f.Office != "" && slices.Contains(a.RegistrarAt, f.Office)
	case Clerk:
		return f.Office != "" && slices.Contains(a.RegistrarAt, f.Office) && a.Account == f.Author
	case FirstReviewer:
		return Registrar.holds(a, f) && a.Account != f.Author && a.Account != f.Submitter && !Member.holds(a, f) && !Counterpart.holds(a, f)
	case SecondReviewer:
		return FirstReviewer.holds(a, f) && a.Account != f.Reviewer
	case AnyRegistrar:
		return len(a.RegistrarAt) > 0
	case Operator:
		return a.Operator
	case OtherOperator:
		return a.Operator && a.Account != f.Author
	case SecondOperator:
		return a.Operator && f.SingleOwner && a.Account != f.Author
	case Broker:
		return a.Broker
	}
	return false
}

// Check is nil when the actor may act. Otherwise the answer tells no more than the actor may know: who may read the object
// learns that the action is not theirs (403), everybody else that there is no such object (404), a visitor to sign in (401).
func Check(a Actor, action Action, f Facts) error {
	rule, known := rules[action]
	if !known {
		panic("policy: no rule for " + string(action)) // a programming error, met by the first test of the use case
	}
	for _, r := range rule.Allow {
		if r.holds(a, f) {
			return nil
		}
	}
	seen := rule.Seen == "" || (rule.Seen != action && Allowed(a, rule.Seen, f))
	switch {
	case !seen:
		return fault.NotVisible.New()
	case !a.SignedIn():
		return fault.SignInRequired.New()
	case ownDecision(a, rule, f):
		return fault.OwnDecision.New()
	}
	return fault.NotAllowed.New()
}

// Allowed is Check as a yes or no, for what a response may contain.
func Allowed(a Actor, action Action, f Facts) bool { return Check(a, action, f) == nil }

// ownDecision tells whether the actor would be allowed, were they not the same person as before.
func ownDecision(a Actor, rule Rule, f Facts) bool {
	for _, r := range rule.Allow {
		switch r {
		case SecondMember:
			if Member.holds(a, f) {
				return true
			}
		case FirstReviewer, SecondReviewer:
			if Registrar.holds(a, f) {
				return true
			}
		case SecondOperator, OtherOperator:
			if a.Operator && a.Account == f.Author {
				return true
			}
		}
	}
	return false
}
