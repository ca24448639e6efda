package publication

import (
	"context"
	"encoding/json"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/db"
	"jiebang/internal/fault"
	"jiebang/internal/policy"
	"jiebang/internal/when"
	"jiebang/internal/work"
)

// Listing is a record that four eyes publish: it embeds an Entry, and Written is what they look at.
type Listing[R, C any] interface {
	*R
	work.Record
	Listed() *Entry
	Written() *C
}

// Content is what is written of a listing. Check holds its rules, and Ready what must hold besides on the day on which it is put before
// others.
type Content interface {
	Check() error
	Ready(now time.Time) error
}

// Actions are what policy is asked for a kind of listing.
type Actions struct{ Inner, Edit, Submit, TakeBack, Publish, Return, Withdraw, Delete policy.Action }

// Listings runs the use cases of one kind of listing.
//
// The record and its open revision share one count of versions: each takes the next number that neither has had, so that a tag of one
// never fits the other.
type Listings[R any, P Listing[R, C], C Content, V any] struct {
	work.Records[R, P, V]
	Rules
	// Freed lets go what is kept for a draft elsewhere, before it is deleted.
	Freed func(tx *work.Tx, draft P) error
	// Files are the files that hang on a record: they change with its revision.
	Files Attachments
	// Over names what the day alone does to records of a kind that it changes (AsOf), such as taking off what has a last day.
	Over work.Deed
	// Published, if set, writes what follows from a publication, with the record as it is then.
	Published func(tx *work.Tx, r P) error
	// Takes, if set, refuses content that cannot take the place of what a record has.
	Takes func(r P, c C) error
	// Down, if set, takes a public record off where the bureau takes it down, by a rule of the kind's own.
	Down func(r P) error
}

// Attachments is what hangs on records of any kind and is published with them (package files).
type Attachments interface {
	// Pending tells whether something was hung on a published record, or taken off, that its open revision has yet to bring before the public.
	Pending(q *gorm.DB, record work.Ref) (bool, error)
	// Settle makes what is pending public, or drops it.
	Settle(tx *work.Tx, record work.Ref, published bool) error
}

// Rules are what a kind of listing calls by its own names.
type Rules struct {
	Names   Names
	Actions Actions
	// MayPublish refuses an owner who drafts only.
	MayPublish func(q *gorm.DB, owner uuid.UUID) error
	// People names accounts.
	People func(q *gorm.DB, ids []uuid.UUID) (map[uuid.UUID]string, error)
}

// held is a record locked together with its revision.
type held[P any] struct {
	record P
	rev    *revision // nil where there never was one
	read   int64     // the version that readers have seen, where that is not the record's: see passDay
}

// hold locks a record and reads its revision: whoever changes either waits for the other.
func (l Listings[R, P, C, V]) hold(tx *work.Tx, id uuid.UUID) (held[P], error) {
	h, err := l.holdStored(tx, id)
	if err != nil || l.Over == "" {
		return h, err
	}
	return l.passDay(tx, h)
}

// passDay writes down first what the day has done to a record, if its job has not yet: readers have seen it so since the day began, at the
// version that is stored.
func (l Listings[R, P, C, V]) passDay(tx *work.Tx, h held[P]) (held[P], error) {
	today := *h.record
	dated, is := any(P(&today)).(interface{ AsOf(day when.Day) })
	if !is {
		return h, nil
	}
	dated.AsOf(db.DayOf(tx.DB))
	if P(&today).Listed().State == h.record.Listed().State {
		return h, nil
	}
	h.read = h.record.Base().Version
	err := work.MoveTo(tx, h.record, h.next(h.read), l.Over, func() error {
		*h.record = today
		return nil
	})
	if err == nil && h.rev.open() {
		if err = l.close(tx, h, l.Actions.Withdraw); err == nil {
			h.rev, err = load(tx.DB, h.record.Noun(), h.record.Base().ID)
		}
	}
	return h, err
}

// holdStored is hold for the record as it is stored, whatever the day has made of it.
func (l Listings[R, P, C, V]) holdStored(tx *work.Tx, id uuid.UUID) (held[P], error) {
	r, err := l.LockStored(tx, id)
	if err != nil {
		return held[P]{}, err
	}
	h := held[P]{record: r}
	if h.record.Listed().PublishedAt != nil { // before, there is nothing to revise
		h.rev, err = load(tx.DB, h.record.Noun(), id)
	}
	return h, err
}

// next is the version after all that the record and its revisions have had.
func (h held[P]) next(record int64) int64 {
	if h.rev != nil {
		return max(record, h.rev.Version) + 1
	}
	return record + 1
}

// may asks policy and compares the version: of the open revision, where the action is about that, otherwise of the record.
func (l Listings[R, P, C, V]) may(tx *work.Tx, h held[P], action policy.Action, expected int64, ofRevision bool) error {
	facts, err := work.FactsOf(tx.DB, h.record, action)
	if err != nil {
		return err
	}
	version := h.record.Base().Version
	if ofRevision {
		version, facts.Submitter = h.rev.Version, uuid.Nil
		if h.rev.SubmittedBy != nil {
			facts.Submitter = *h.rev.SubmittedBy
		}
	}
	if err := policy.Check(tx.Call.Actor, action, facts); err != nil {
		return err
	}
	if version != expected && (ofRevision || h.read == 0 || h.read != expected) {
		if ofRevision {
			return fault.VersionStale.Because("有未发布的修订稿：请以 ?revision=open 读取，并用其 ETag。", "There is an open revision: read it by ?revision=open and send its ETag.")
		}
		return fault.VersionStale.New()
	}
	return nil
}

// revised names what happens to a revision by the action.
func revised(a policy.Action) work.Deed { return work.Deed(string(a) + "_revision") }

// as is the record as its revision would have it.
func (l Listings[R, P, C, V]) as(r P, rev *revision) (P, error) {
	shown := *r
	p := P(&shown)
	var c C
	if err := json.Unmarshal(rev.Content, &c); err != nil {
		return nil, err
	}
	*p.Written() = c
	p.Base().Version, p.Base().UpdatedAt = rev.Version, rev.UpdatedAt
	return p, nil
}

// move changes the record itself.
func (l Listings[R, P, C, V]) move(tx *work.Tx, h held[P], action policy.Action, method func() error) error {
	return work.MoveTo(tx, h.record, h.next(h.record.Base().Version), work.Did(action), method)
}

// step changes the open revision.
func (l Listings[R, P, C, V]) step(tx *work.Tx, h held[P], action policy.Action, method func(*revision) error) (P, error) {
	after := *h.rev
	if err := method(&after); err != nil {
		return nil, err
	}
	after.Version = h.next(h.record.Base().Version)
	if err := after.write(tx, revised(action), h.rev); err != nil {
		return nil, err
	}
	return l.as(h.record, &after)
}

// Submit hands a draft, what was taken off, or the open revision to a second person; the owner must be one who may publish.
func (l Listings[R, P, C, V]) Submit(ctx context.Context, u *work.Unit, call work.Call, id uuid.UUID, version int64) (work.Answer[V], error) {
	return l.whole(ctx, u, call, id, func(tx *work.Tx, h held[P]) (P, error) {
		if err := l.may(tx, h, l.Actions.Submit, version, h.rev.open()); err != nil {
			return nil, err
		}
		return l.submit(tx, h)
	})
}

// submit is Submit for what was held and may be submitted.
func (l Listings[R, P, C, V]) submit(tx *work.Tx, h held[P]) (P, error) {
	if err := l.MayPublish(tx.DB, h.record.Listed().OwnerID); err != nil {
		return nil, err
	}
	by := tx.Call.Actor.Account
	if h.rev.open() {
		return l.step(tx, h, l.Actions.Submit, func(rev *revision) error {
			p, err := l.as(h.record, rev)
			if err == nil {
				err = l.changes(tx, h, *p.Written())
			}
			if err == nil {
				err = (*p.Written()).Ready(tx.Now)
			}
			if err != nil {
				return err
			}
			rev.SubmittedBy, rev.ReturnReason = &by, ""
			return work.Step(&rev.State, Submitted, Draft)
		})
	}
	return h.record, l.move(tx, h, l.Actions.Submit, func() error {
		if err := h.record.Listed().Submit(by, l.Names); err != nil {
			return err
		}
		return (*h.record.Written()).Ready(tx.Now)
	})
}

// Return sends what was submitted back with a reason; by another than the one who submitted it.
func (l Listings[R, P, C, V]) Return(ctx context.Context, u *work.Unit, call work.Call, id uuid.UUID, version int64, reason string) (work.Answer[V], error) {
	return l.whole(ctx, u, call, id, func(tx *work.Tx, h held[P]) (P, error) {
		if err := l.may(tx, h, l.Actions.Return, version, h.rev.open()); err != nil {
			return nil, err
		}
		return l.giveBack(tx, h, reason)
	})
}

// giveBack is Return for what was held and may be returned.
func (l Listings[R, P, C, V]) giveBack(tx *work.Tx, h held[P], reason string) (P, error) {
	if h.rev.open() {
		return l.step(tx, h, l.Actions.Return, func(rev *revision) error {
			rev.SubmittedBy, rev.ReturnReason = nil, reason
			return work.Step(&rev.State, Draft, Submitted)
		})
	}
	return h.record, l.move(tx, h, l.Actions.Return, func() error { return h.record.Listed().Return(reason) })
}

// TakeBack gives what was submitted back to its writers; by the one who submitted it, until a second person has acted.
func (l Listings[R, P, C, V]) TakeBack(ctx context.Context, u *work.Unit, call work.Call, id uuid.UUID, version int64) (work.Answer[V], error) {
	return l.whole(ctx, u, call, id, func(tx *work.Tx, h held[P]) (P, error) {
		if err := l.may(tx, h, l.Actions.TakeBack, version, h.rev.open()); err != nil {
			return nil, err
		}
		if h.rev.open() {
			return l.step(tx, h, l.Actions.TakeBack, func(rev *revision) error {
				rev.SubmittedBy = nil
				return work.Step(&rev.State, Draft, Submitted)
			})
		}
		return h.record, l.move(tx, h, l.Actions.TakeBack, h.record.Listed().TakeBack)
	})
}

// Publish makes what was submitted public; by another than the one who submitted it. A revision takes the place of what was published.
func (l Listings[R, P, C, V]) Publish(ctx context.Context, u *work.Unit, call work.Call, id uuid.UUID, version int64) (work.Answer[V], error) {
	return l.Do(ctx, u, call, func(tx *work.Tx) (P, error) {
		h, err := l.hold(tx, id)
		if err != nil {
			return nil, err
		}
		if err := l.may(tx, h, l.Actions.Publish, version, h.rev.open()); err != nil {
			return nil, err
		}
		return h.record, l.publish(tx, h)
	})
}

// publish is Publish for what was held and may be published.
func (l Listings[R, P, C, V]) publish(tx *work.Tx, h held[P]) error {
	by := tx.Call.Actor.Account
	if err := l.MayPublish(tx.DB, h.record.Listed().OwnerID); err != nil { // it may have been suspended since
		return err
	}
	err := l.move(tx, h, l.Actions.Publish, func() error {
		if !h.rev.open() {
			if err := h.record.Listed().Publish(by, tx.Now, l.Names); err != nil {
				return err
			}
		} else if err := l.takeOver(h, by); err != nil {
			return err
		}
		return (*h.record.Written()).Ready(tx.Now)
	})
	if err == nil {
		err = l.close(tx, h, l.Actions.Publish)
	}
	if err == nil && l.Published != nil {
		err = l.Published(tx, h.record)
	}
	return err
}

// takeOver writes the content of a submitted revision into the record.
func (l Listings[R, P, C, V]) takeOver(h held[P], publisher uuid.UUID) error {
	if h.rev.State != Submitted {
		return fault.In(h.rev.State, Submitted)
	}
	p, err := l.as(h.record, h.rev)
	if err == nil {
		err = l.takes(h.record, *p.Written())
	}
	if err != nil {
		return err
	}
	*h.record.Written() = *p.Written()
	by := *h.rev.SubmittedBy
	h.record.Listed().SubmittedBy, h.record.Listed().PublishedBy = &by, &publisher
	return nil
}

// close ends the open revision, if there is one. The record has moved on before, so that its version is the later one.
func (l Listings[R, P, C, V]) close(tx *work.Tx, h held[P], action policy.Action) error {
	if !h.rev.open() {
		return nil
	}
	after := *h.rev
	after.State, after.Content, after.Version = closed, json.RawMessage("{}"), max(h.rev.Version, h.record.Base().Version)
	if err := l.Files.Settle(tx, work.RefOf(h.record), action == l.Actions.Publish); err != nil {
		return err
	}
	return after.write(tx, revised(action), h.rev)
}

// Drop ends the open revision; what is published stays as it is.
func (l Listings[R, P, C, V]) Drop(ctx context.Context, u *work.Unit, call work.Call, id uuid.UUID, version int64) (work.Answer[V], error) {
	return l.Do(ctx, u, call, func(tx *work.Tx) (P, error) {
		h, err := l.hold(tx, id)
		if err != nil {
			return nil, err
		}
		if !h.rev.open() { // nothing to compare a version with: only who may know of revisions learns that there is none
			if err := l.may(tx, h, l.Actions.Edit, h.record.Base().Version, false); err != nil {
				return nil, err
			}
			return nil, fault.NoRevision.New()
		}
		if err := l.may(tx, h, l.Actions.Edit, version, true); err != nil {
			return nil, err
		}
		return h.record, l.close(tx, h, l.Actions.Edit)
	})
}

// Withdraw takes a published record off, whatever becomes of it besides, and closes its revision.
func (l Listings[R, P, C, V]) Withdraw(ctx context.Context, u *work.Unit, call work.Call, id uuid.UUID, version int64, besides func(r P) error) (work.Answer[V], error) {
	return l.Live(ctx, u, call, id, version, l.Actions.Withdraw, func(tx *work.Tx, r P) error { return besides(r) }, true)
}

// Live changes a record itself, whatever its open revision: what goes live at once, and its withdrawal, which closes the revision.
func (l Listings[R, P, C, V]) Live(ctx context.Context, u *work.Unit, call work.Call, id uuid.UUID, version int64, action policy.Action,
	method func(tx *work.Tx, r P) error, closes bool) (work.Answer[V], error) {
	return l.Do(ctx, u, call, func(tx *work.Tx) (P, error) {
		h, err := l.hold(tx, id)
		if err != nil {
			return nil, err
		}
		if err := l.may(tx, h, action, version, false); err != nil {
			return nil, err
		}
		if err := l.move(tx, h, action, func() error { return method(tx, h.record) }); err != nil || !closes {
			return h.record, err
		}
		return h.record, l.close(tx, h, action)
	})
}

// Follow changes a record because of another use case, within its transaction and without its revision: it asks neither policy nor version.
func (l Listings[R, P, C, V]) Follow(tx *work.Tx, id uuid.UUID, deed work.Deed, method func(r P) error) error {
	h, err := l.holdStored(tx, id)
	if err != nil {
		return err
	}
	return work.MoveTo(tx, h.record, h.next(h.record.Base().Version), deed, func() error { return method(h.record) })
}

// FollowWithin is Follow for what happens at a time that is not for everybody (work.MoveWithin).
func (l Listings[R, P, C, V]) FollowWithin(tx *work.Tx, id uuid.UUID, deed work.Deed, method func(r P) error) error {
	h, err := l.holdStored(tx, id)
	if err != nil {
		return err
	}
	return work.MoveWithin(tx, h.record, h.next(h.record.Base().Version), deed, func() error { return method(h.record) })
}

// TakeOff is Withdraw for what takes a record off by itself, such as its deadline, within a transaction of its own: it asks neither policy
// nor version.
func (l Listings[R, P, C, V]) TakeOff(tx *work.Tx, id uuid.UUID, deed work.Deed, method func(r P) error) error {
	h, err := l.holdStored(tx, id)
	if err != nil {
		return err
	}
	if err := work.MoveTo(tx, h.record, h.next(h.record.Base().Version), deed, func() error { return method(h.record) }); err != nil {
		return err
	}
	return l.close(tx, h, l.Actions.Withdraw)
}

// Delete removes a draft that never was before the public.
func (l Listings[R, P, C, V]) Delete(ctx context.Context, u *work.Unit, call work.Call, id uuid.UUID, version int64) (work.Done, error) {
	return u.Do(ctx, call, func(tx *work.Tx) error {
		h, err := l.hold(tx, id)
		if err != nil {
			return err
		}
		if err := l.may(tx, h, l.Actions.Delete, version, false); err != nil {
			return err
		}
		if err := h.record.Listed().MayBeDeleted(); err != nil {
			return err
		}
		if err := l.Freed(tx, h.record); err != nil {
			return err
		}
		return work.Remove(tx, h.record, work.Did(l.Actions.Delete))
	})
}

// whole runs a use case whose answer is the record, or its open revision whole.
func (l Listings[R, P, C, V]) whole(ctx context.Context, u *work.Unit, call work.Call, id uuid.UUID, fn func(tx *work.Tx, h held[P]) (P, error)) (work.Answer[V], error) {
	a, err := l.Do(ctx, u, call, func(tx *work.Tx) (P, error) {
		h, err := l.hold(tx, id)
		if err != nil {
			return nil, err
		}
		return fn(tx, h)
	})
	if err == nil && a.Replayed { // the revision as it is now, while there is one
		if v, err := l.Open(ctx, u, call.Actor, a.ID); err == nil {
			a.View = v
		}
	}
	return a, err
}
