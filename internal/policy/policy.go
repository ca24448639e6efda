// Package policy decides who may do what. It is pure: an actor, an action and the facts of one record go in, a decision comes
// out. Every use case asks it. It does not judge states (a draft cannot be withdrawn): those rules belong to the record's own
// package.
//
// Each capability has a file with one line per action. An action says by an expression (Who) who may, and by which reading
// action everybody else is told "not yours" instead of "there is no such record". The same expression narrows lists: Narrow
// gives it as a condition on columns, so that a list shows what Check would let pass, row by row.
package policy

import (
	"slices"

	"github.com/google/uuid"

	"jiebang/internal/fault"
)

// Register names a dated register of people. Who is in one today may do what goes with it.
type Register string

// The registers.
const (
	Broker    Register = "broker"    // technology brokers (技术经纪人)
	Registrar Register = "registrar" // of contracts (合同登记员), each at an office
	Expert    Register = "expert"    // who reviews (专家)
)

// Actor is who asks: the zero Actor is a visitor without an account.
type Actor struct {
	Account   uuid.UUID
	Username  string
	Operator  bool                  // works for the bureau that runs the marketplace
	Member    []uuid.UUID           // organizations the account belongs to
	Admin     []uuid.UUID           // those of them that it administers
	Ties      []string              // by what the organizations are known that it belongs or is invited to, in whatever state they are
	Registers map[Register][]string // the registers that it is in today, and at which offices; "" where a register has none
	Key       *Key                  // by which a program calls for the account; nil of a person
}

// SignedIn tells whether the actor has an account.
func (a Actor) SignedIn() bool { return a.Account != uuid.Nil }

// MemberOf tells whether the actor belongs to the organization.
func (a Actor) MemberOf(org uuid.UUID) bool { return org != uuid.Nil && slices.Contains(a.Member, org) }

// Is tells whether the actor is in a register today, at whatever office.
func (a Actor) Is(r Register) bool { return len(a.Registers[r]) > 0 }

// Reviewer tells whether the actor is in the register of experts today.
func (a Actor) Reviewer() bool { return a.Is(Expert) }

// Broker tells whether the actor is a technology broker today.
func (a Actor) Broker() bool { return a.Is(Broker) }

// RegistrarAt lists the offices where the actor is a registrar today.
func (a Actor) RegistrarAt() []string { return a.Registers[Registrar] }

// Facts are what a decision may depend on: who stands how towards a record, and what is true of it. A record's package fills in
// what applies and leaves the rest empty.
type Facts struct {
	// Organizations.
	Owner  uuid.UUID   // it belongs to this one
	Others []uuid.UUID // these take part: the receiving side, the other parties
	Former []uuid.UUID // these took part once; some of them may still
	Tied   []uuid.UUID // these have a stake in it, whether they may read it or not
	Named  []string    // by what those are known that it names, in the form of Actor.Ties
	// Accounts.
	Author    uuid.UUID   // entered it
	Writers   []uuid.UUID // wrote something in it
	Advisers  []uuid.UUID // experts who were asked about it
	Submitter uuid.UUID   // handed it in
	Decider   uuid.UUID   // decided first
	Subject   uuid.UUID   // it is about this one
	Reviewers []uuid.UUID // are asked to review it, or do
	Agents    []uuid.UUID // are the brokers under whose mandate it is
	// The rest.
	Office    string // the registration office that it belongs to
	Public    bool   // published: anyone may read it
	Draft     bool   // not handed in yet: its writers' own affair
	NoAdmin   bool   // the owner has no administrator
	Opened    bool   // a sealed bid that was opened
	Upheld    bool   // a report that was found to be right, whatever became of it since
	Imported  bool   // a contract that was taken over from another system, so that its office files for it
	SoleOwner bool   // the owner has one member only, so the operator is the second pair of eyes
}

// Action is one thing that somebody may want to do. Several operations of the API may stand for one action.
type Action string

// Rule says who may act, and by which reading action an actor who may not is told so instead of "no such record".
type Rule struct {
	Action Action
	Who    Who
	Seen   Action // empty: that the record exists is no secret; the action itself: whoever may not read it is not told that it exists
}

var rules = map[Action]Rule{}

func define(r Rule) Action {
	if _, twice := rules[r.Action]; twice {
		panic("policy: two rules for " + string(r.Action))
	}
	rules[r.Action] = r
	return r.Action
}

// read defines a reading action: whoever may not is told that there is no such record. Any of the expressions suffices.
func read(name Action, who ...Who) Action { return define(Rule{name, anyOf(who), name}) }

// act defines an action on a record that others may know of by a reading action.
func act(name, seen Action, who ...Who) Action { return define(Rule{name, anyOf(who), seen}) }

// open defines an action whose object is no secret, or that has none yet.
func open(name Action, who ...Who) Action { return define(Rule{name, anyOf(who), ""}) }

// Check is nil when the actor may act. Otherwise the answer tells no more than the actor may know: who may read the record
// learns that the action is not theirs (403), everybody else that there is no such record (404), a visitor to sign in (401).
func Check(a Actor, action Action, f Facts) error {
	rule := ruleOf(action)
	if rule.Who.holds(&a, &f, false) {
		if a.Key != nil && pairs(rule.Who) {
			return fault.NotAllowed.Because("此项须由另一人办理；密钥代表创建它的人，不能充当第二人。", "This takes another person. A key acts for whoever made it and is never the second one.")
		}
		return nil
	}
	seen := rule.Seen == "" || (rule.Seen != action && ruleOf(rule.Seen).Who.holds(&a, &f, false))
	switch {
	case !seen:
		return fault.NotVisible.New()
	case !a.SignedIn():
		return fault.SignInRequired.New()
	case rule.Who.holds(&a, &f, true): // were they not the same person as before
		return fault.OwnDecision.New()
	}
	return fault.NotAllowed.New()
}

// Allowed is Check as a yes or no.
func Allowed(a Actor, action Action, f Facts) bool {
	rule := ruleOf(action)
	return rule.Who.holds(&a, &f, false) && (a.Key == nil || !pairs(rule.Who))
}

// Asks tells whether a rule depends on a truth about the record, so that a package need not find it out for nothing.
func Asks(action Action, truth Truth) bool { return ruleOf(action).Who.mentions(truth) }

func ruleOf(action Action) Rule {
	rule, known := rules[action]
	if !known {
		panic("policy: no rule for " + string(action)) // a programming error, met by the first test of the use case
	}
	return rule
}

// Table lists the rules by the name of their action.
func Table() []Rule {
	all := make([]Rule, 0, len(rules))
	for _, r := range rules {
		all = append(all, r)
	}
	slices.SortFunc(all, func(a, b Rule) int { return cmpAction(a.Action, b.Action) })
	return all
}
