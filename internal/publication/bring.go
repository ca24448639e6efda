package publication

import (
	"bytes"
	"encoding/json"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/policy"
	"jiebang/internal/work"
)

// Open is an open revision: the content that it would have its record have, and where it stands.
type Open[C any] struct {
	Content C
	State   State
}

// Drafts gives the open revisions of those records that have one.
func (l Listings[R, P, C, V]) Drafts(q *gorm.DB, ids []uuid.UUID) (map[uuid.UUID]*Open[C], error) {
	var r R
	open, err := openOf(q, P(&r).Noun(), ids)
	out := make(map[uuid.UUID]*Open[C], len(open))
	for id, rev := range open {
		o := &Open[C]{State: rev.State}
		if err := json.Unmarshal(rev.Content, &o.Content); err != nil {
			return nil, err
		}
		out[id] = o
	}
	return out, err
}

// Same tells whether two contents say the same.
func Same[C any](a, b C) (bool, error) {
	one, err := json.Marshal(a)
	if err != nil {
		return false, err
	}
	other, err := json.Marshal(b)
	return bytes.Equal(one, other), err
}

// Write is Replace for a use case of many records: within its transaction, and at whatever version the record is. live, if set, writes what goes live
// at once, by the action that this asks; submit hands what was written to a second person.
func (l Listings[R, P, C, V]) Write(tx *work.Tx, id uuid.UUID, content C, offer policy.Action, live func(r P) error, submit bool) error {
	return l.held(tx, id, l.Actions.Edit, func(h held[P]) error {
		state := State("")
		if h.rev.open() {
			state = h.rev.State
		}
		err := l.Writable(h.record, state)
		switch {
		case err != nil:
		case h.record.Listed().State == l.Names.Public:
			var revised bool
			revised, err = l.writePublic(tx, h, content, offer, live)
			submit = submit && revised
		default:
			err = l.move(tx, h, l.Actions.Edit, func() error {
				if live != nil {
					if err := live(h.record); err != nil {
						return err
					}
				}
				return l.edit(h.record, content)
			})
		}
		if err != nil || !submit {
			return err
		}
		return l.HandIn(tx, id)
	})
}

func (l Listings[R, P, C, V]) writePublic(tx *work.Tx, h held[P], content C, offer policy.Action, live func(r P) error) (revised bool, err error) {
	if live != nil {
		if err := l.may(tx, h, offer, h.record.Base().Version, false); err != nil {
			return false, err
		}
		if err := l.move(tx, h, offer, func() error { return live(h.record) }); err != nil {
			return false, err
		}
	}
	if same, err := Same(content, *h.record.Written()); err != nil || same && !h.rev.open() {
		return false, err
	}
	_, err = l.revise(tx, h, content)
	return true, err
}

// Writable refuses what Write refuses by the state of a record, and of its open revision; empty: there is none.
func (l Listings[R, P, C, V]) Writable(r P, revision State) error {
	if revision != "" {
		return work.In(revision, Draft)
	}
	return r.Listed().MayBeEdited(l.Names)
}

// mayNow asks policy about a record as it is now, or its open revision.
func (l Listings[R, P, C, V]) mayNow(tx *work.Tx, h held[P], action policy.Action) error {
	version := h.record.Base().Version
	if h.rev.open() {
		version = h.rev.Version
	}
	return l.may(tx, h, action, version, h.rev.open())
}

// HandIn, GiveBack and Release are Submit, Return and Publish for a use case of many records.
func (l Listings[R, P, C, V]) HandIn(tx *work.Tx, id uuid.UUID) error {
	return l.held(tx, id, l.Actions.Submit, func(h held[P]) error {
		_, err := l.submit(tx, h)
		return err
	})
}

// GiveBack returns one record, with a reason.
func (l Listings[R, P, C, V]) GiveBack(tx *work.Tx, id uuid.UUID, reason string) error {
	return l.held(tx, id, l.Actions.Return, func(h held[P]) error {
		_, err := l.giveBack(tx, h, reason)
		return err
	})
}

// Release publishes one record.
func (l Listings[R, P, C, V]) Release(tx *work.Tx, id uuid.UUID) error {
	return l.held(tx, id, l.Actions.Publish, func(h held[P]) error { return l.publish(tx, h) })
}

// Alive is Live for a use case of many records.
func (l Listings[R, P, C, V]) Alive(tx *work.Tx, id uuid.UUID, action policy.Action, method func(r P) error) error {
	h, err := l.hold(tx, id)
	if err != nil {
		return err
	}
	if err := l.may(tx, h, action, h.record.Base().Version, false); err != nil {
		return err
	}
	return l.move(tx, h, action, func() error { return method(h.record) })
}

// held runs a step of one record, at whatever version it is.
func (l Listings[R, P, C, V]) held(tx *work.Tx, id uuid.UUID, action policy.Action, step func(h held[P]) error) error {
	h, err := l.hold(tx, id)
	if err != nil {
		return err
	}
	if err := l.mayNow(tx, h, action); err != nil {
		return err
	}
	return step(h)
}
