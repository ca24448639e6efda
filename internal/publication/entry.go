// Package publication is how four eyes publish whatever is listed, once for every kind: a draft is submitted, and published or returned by
// another person than the one who submitted it; what is published can be taken off, and be published again by the same way.
//
// Editing what is published makes a revision beside it. Everybody else goes on reading what was published until the revision has passed
// the same eyes. It decides states and versions; what a record says, and when that may be put before others, is the kind's own.
package publication

import (
	"time"

	"github.com/google/uuid"

	"jiebang/internal/fault"
	"jiebang/internal/policy"
	"jiebang/internal/work"
)

// State is where a listing, or a revision of one, stands.
type State string

// The states that all kinds share. What is public, and what was taken off, each kind calls by its own name (Names).
const (
	Draft     State = "draft"
	Submitted State = "submitted"
	closed    State = "closed" // of a revision: it is no more

	everPublic State = "published before" // told of a draft that others may have seen; no record is in it
)

// Names are a kind's words for what is public and for what was taken off: published and withdrawn, open and closed.
type Names struct{ Public, Off State }

// Entry is what every listing carries of its way to the public. It is embedded in the record.
type Entry struct {
	State        State
	OwnerID      uuid.UUID
	CreatedBy    *uuid.UUID // nil of records from before that was kept
	SubmittedBy  *uuid.UUID
	PublishedBy  *uuid.UUID // the last time, a revision included
	ReturnReason string
	PublishedAt  *time.Time // the last time that it came before the public; a revision does not move it
	// TakenDown is the version at which the bureau took it down, be it public by then or not (notPublic); 0 while nothing is decided against it.
	TakenDown int64
}

// Listed gives the entry of a record that embeds it.
func (e *Entry) Listed() *Entry { return e }

// Standing is what policy asks about a record that embeds it.
func (e *Entry) Standing(n Names) policy.Facts {
	f := policy.Facts{Public: e.State == n.Public, Owner: e.OwnerID}
	if e.SubmittedBy != nil {
		f.Submitter = *e.SubmittedBy
	}
	return f
}

// Submit hands a draft, or what was taken off, to a second person.
func (e *Entry) Submit(by uuid.UUID, n Names) error {
	if err := work.In(e.State, Draft, n.Off); err != nil {
		return err
	}
	if e.TakenDown != 0 {
		return fault.TakenDown.New()
	}
	e.State = Submitted
	e.SubmittedBy, e.ReturnReason = &by, ""
	return nil
}

// Return sends it back to its writers.
func (e *Entry) Return(reason string) error {
	if err := work.Step(&e.State, Draft, Submitted); err != nil {
		return err
	}
	e.SubmittedBy, e.ReturnReason = nil, reason
	return nil
}

// TakeBack gives it back to its writers, because whoever submitted it wants that, before a second person has acted.
func (e *Entry) TakeBack() error {
	if err := work.Step(&e.State, Draft, Submitted); err != nil {
		return err
	}
	e.SubmittedBy = nil
	return nil
}

// Publish makes it public.
func (e *Entry) Publish(by uuid.UUID, now time.Time, n Names) error {
	if err := work.In(e.State, Submitted); err != nil {
		return err
	}
	if e.TakenDown != 0 { // it was submitted before that was decided
		return fault.TakenDown.New()
	}
	e.State = n.Public
	e.PublishedAt, e.PublishedBy = &now, &by
	return nil
}

// Withdraw takes it off.
func (e *Entry) Withdraw(n Names) error { return work.Step(&e.State, n.Off, n.Public) }

// MayBeEdited tells whether its writers may write it anew, or a revision of it.
func (e *Entry) MayBeEdited(n Names) error {
	return work.In(e.State, Draft, n.Off, n.Public)
}

// MayHang tells whether a file may be hung on it, or taken off, in its state. What everybody may read changes only while a second person
// has yet to look at it.
func (e *Entry) MayHang(n Names, public bool) error {
	if public {
		return work.In(e.State, Draft, n.Off)
	}
	return work.In(e.State, Draft, n.Public, n.Off)
}

// MayBeDeleted tells whether it is a draft that never was before the public, so that nothing can refer to it.
func (e *Entry) MayBeDeleted() error {
	if e.PublishedAt != nil {
		return work.In(everPublic, Draft) // no state by which it could be deleted
	}
	return work.In(e.State, Draft)
}
