package policy

import (
	"slices"
	"strings"

	"github.com/google/uuid"
)

// Who is an expression over an actor and the facts of a record: who may act. Its text is for the page of permissions.
type Who interface {
	String() string
	// holds tells whether the actor is meant. lifted leaves out what But takes away, to tell "another person must do it" from
	// "not yours".
	holds(a *Actor, f *Facts, lifted bool) bool
	// narrow is holds as a condition on the records that are not read yet.
	narrow(a *Actor) Condition
	mentions(t Truth) bool

	But(same ...Who) Who   // not where one of these holds: the same person, or a tie
	And(others ...Who) Who // only where these hold too
}

// Truth is something that holds of a record or not. As an expression it means everybody, where it holds.
type Truth string

// The truths.
const (
	Public    Truth = "anyone, once it is published"
	Filed     Truth = "handed in"
	SoleOwner Truth = "the owner has one member"
	NoAdmin   Truth = "the owner has no administrator"
	Opened    Truth = "it was opened"
	Upheld    Truth = "it was upheld"
	Imported  Truth = "it was taken over from another system"
)

func (t Truth) of(f *Facts) bool {
	switch t {
	case Public:
		return f.Public
	case Filed:
		return !f.Draft
	case SoleOwner:
		return f.SoleOwner
	case NoAdmin:
		return f.NoAdmin
	case Opened:
		return f.Opened
	case Upheld:
		return f.Upheld
	case Imported:
		return f.Imported
	}
	panic("policy: a truth that is none: " + string(t))
}

func (t Truth) String() string                        { return string(t) }
func (t Truth) holds(_ *Actor, f *Facts, _ bool) bool { return t.of(f) }
func (t Truth) narrow(*Actor) Condition               { return Condition{Column: string(t)} }
func (t Truth) mentions(other Truth) bool             { return t == other }
func (t Truth) But(same ...Who) Who                   { return but{t, same} }
func (t Truth) And(others ...Who) Who                 { return allOf(append([]Who{t}, others...)) }

// Stand is one way of standing towards a record: one of its facts is the actor's account or organization.
type Stand string

// The stands.
const (
	Member      Stand = "member of the owner"
	Admin       Stand = "administrator of the owner"
	Counterpart Stand = "member of another organization that takes part"
	Former      Stand = "member of an organization that took part once"
	Tied        Stand = "member of an organization that it concerns"              // who may not read it for that, and may not decide on it either
	Named       Stand = "member of, or invited to, an organization that it names" // by name or code, whatever that organization's state
	Author      Stand = "who entered it"
	Writer      Stand = "who wrote in it"
	Submitter   Stand = "who submitted it"
	Decider     Stand = "who decided first"
	Self        Stand = "the account itself"
	Reviewer    Stand = "reviewer of the panel"
	AtOffice    Stand = "registrar of its office"
	Adviser     Stand = "expert who was asked about it"
	Agent       Stand = "broker of its mandate"
)

func (s Stand) holds(a *Actor, f *Facts, _ bool) bool {
	switch s {
	case Member:
		return a.MemberOf(f.Owner)
	case Admin:
		return f.Owner != uuid.Nil && slices.Contains(a.Admin, f.Owner)
	case Counterpart:
		return slices.ContainsFunc(f.Others, a.MemberOf)
	case Former:
		return slices.ContainsFunc(f.Former, a.MemberOf)
	case Tied:
		return slices.ContainsFunc(f.Tied, a.MemberOf)
	case Named:
		return slices.ContainsFunc(f.Named, func(form string) bool { return slices.Contains(a.Ties, form) })
	case Author:
		return a.SignedIn() && a.Account == f.Author
	case Writer:
		return a.SignedIn() && slices.Contains(f.Writers, a.Account)
	case Submitter:
		return a.SignedIn() && a.Account == f.Submitter
	case Decider:
		return a.SignedIn() && a.Account == f.Decider
	case Self:
		return a.SignedIn() && a.Account == f.Subject
	case Adviser:
		return a.SignedIn() && slices.Contains(f.Advisers, a.Account)
	case Reviewer:
		return a.SignedIn() && slices.Contains(f.Reviewers, a.Account)
	case Agent:
		return a.SignedIn() && slices.Contains(f.Agents, a.Account)
	case AtOffice:
		return f.Office != "" && slices.Contains(a.Registers[Registrar], f.Office)
	}
	panic("policy: a stand that is none: " + string(s))
}

func (s Stand) narrow(a *Actor) Condition {
	switch s {
	case Member, Counterpart, Former, Tied:
		return among(string(s), a.Member)
	case Admin:
		return among(string(s), a.Admin)
	case Named:
		return among(string(s), a.Ties)
	case AtOffice:
		return among(string(s), a.Registers[Registrar])
	}
	if !a.SignedIn() {
		return nothing
	}
	return among(string(s), []uuid.UUID{a.Account})
}

func (s Stand) String() string        { return string(s) }
func (s Stand) mentions(Truth) bool   { return false }
func (s Stand) But(same ...Who) Who   { return but{s, same} }
func (s Stand) And(others ...Who) Who { return allOf(append([]Who{s}, others...)) }

// Role is what somebody is whatever the record.
type Role string

// The roles.
const (
	Anyone       Role = "anyone"
	SignedIn     Role = "signed in"
	Operator     Role = "operator"
	AnyRegistrar Role = "registrar of any office"
	AnyBroker    Role = "technology broker"
)

func (r Role) holds(a *Actor, _ *Facts, _ bool) bool {
	switch r {
	case Anyone:
		return true
	case SignedIn:
		return a.SignedIn()
	case Operator:
		return a.Operator
	case AnyRegistrar:
		return a.Is(Registrar)
	case AnyBroker:
		return a.Broker()
	}
	panic("policy: a role that is none: " + string(r))
}

func (r Role) narrow(a *Actor) Condition {
	if r.holds(a, nil, false) {
		return everything
	}
	return nothing
}

func (r Role) String() string        { return string(r) }
func (r Role) mentions(Truth) bool   { return false }
func (r Role) But(same ...Who) Who   { return but{r, same} }
func (r Role) And(others ...Who) Who { return allOf(append([]Who{r}, others...)) }

// anyOf holds where one of its parts does.
type anyOf []Who

func (w anyOf) holds(a *Actor, f *Facts, lifted bool) bool {
	return slices.ContainsFunc(w, func(part Who) bool { return part.holds(a, f, lifted) })
}

func (w anyOf) narrow(a *Actor) Condition { return either(w.conditions(a)...) }
func (w anyOf) mentions(t Truth) bool     { return mention(w, t) }
func (w anyOf) String() string            { return list(w, "; ") }
func (w anyOf) But(same ...Who) Who       { return but{w, same} }
func (w anyOf) And(others ...Who) Who     { return allOf(append([]Who{w}, others...)) }

func (w anyOf) conditions(a *Actor) []Condition {
	out := make([]Condition, len(w))
	for i, part := range w {
		out[i] = part.narrow(a)
	}
	return out
}

// allOf holds where each of its parts does.
type allOf []Who

func (w allOf) holds(a *Actor, f *Facts, lifted bool) bool {
	return !slices.ContainsFunc(w, func(part Who) bool { return !part.holds(a, f, lifted) })
}

func (w allOf) narrow(a *Actor) Condition { return both(anyOf(w).conditions(a)...) }
func (w allOf) mentions(t Truth) bool     { return mention(w, t) }
func (w allOf) String() string            { return list(w, ", and ") }
func (w allOf) But(same ...Who) Who       { return but{w, same} }
func (w allOf) And(others ...Who) Who     { return append(slices.Clone(w), others...) }

// but holds where the expression does and none of the exceptions.
type but struct {
	who  Who
	same []Who
}

func (w but) holds(a *Actor, f *Facts, lifted bool) bool {
	return w.who.holds(a, f, lifted) && (lifted || !anyOf(w.same).holds(a, f, false))
}

func (w but) narrow(a *Actor) Condition { return both(w.who.narrow(a), not(anyOf(w.same).narrow(a))) }
func (w but) mentions(t Truth) bool     { return w.who.mentions(t) || mention(w.same, t) }
func (w but) String() string            { return w.who.String() + ", but not " + list(w.same, " or ") }
func (w but) But(same ...Who) Who       { return but{w.who, append(slices.Clone(w.same), same...)} }
func (w but) And(others ...Who) Who     { return allOf(append([]Who{w}, others...)) }

func mention(parts []Who, t Truth) bool {
	return slices.ContainsFunc(parts, func(w Who) bool { return w.mentions(t) })
}

func list(parts []Who, between string) string {
	texts := make([]string, len(parts))
	for i, w := range parts {
		texts[i] = w.String()
	}
	return strings.Join(texts, between)
}

func cmpAction(a, b Action) int { return strings.Compare(string(a), string(b)) }
