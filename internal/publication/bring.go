package publication

import (
	"bytes"
	"encoding/json"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/policy"
	"jiebang/internal/work"
)

// Drafts gives, of the records that have an open revision, the content that it would have them have.
func (l Listings[R, P, C, V]) Drafts(q *gorm.DB, ids []uuid.UUID) (map[uuid.UUID]C, error) {
	var r R
	open, err := openOf(q, P(&r).Noun(), ids)
	out := make(map[uuid.UUID]C, len(open))
	for id, rev := range open {
		var c C
		if err := json.Unmarshal(rev.Content, &c); err != nil {
			return nil, err
		}
		out[id] = c
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
// at once, by the action that this asks. It tells whether the content became a revision; submit hands it to a second person.
func (l Listings[R, P, C, V]) Write(tx *work.Tx, id uuid.UUID, content C, offer policy.Action, live func(r P) error, submit bool) (revised bool, err error) {
	h, err := l.hold(tx, id)
	if err != nil {
		return false, err
	}
	if err := l.mayNow(tx, h, l.Actions.Edit); err != nil {
		return false, err
	}
	if err := l.writable(h); err != nil {
		return false, err
	}
	if h.record.Listed().State != l.Names.Public {
		err = l.move(tx, h, l.Actions.Edit, func() error {
			if live != nil {
				if err := live(h.record); err != nil {
					return err
				}
			}
			return l.edit(h.record, content)
		})
	} else {
		revised, err = l.writePublic(tx, h, content, offer, live)
		submit = submit && revised
	}
	if err != nil || !submit {
		return revised, err
	}
	return revised, l.HandIn(tx, id)
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

// writable refuses what Write would refuse by the state of a record and its revision.
func (l Listings[R, P, C, V]) writable(h held[P]) error {
	if h.rev.open() {
		return work.In(h.rev.State, Draft)
	}
	return h.record.Listed().MayBeEdited(l.Names)
}

// Writable tells whether Write would be refused by the state of a record that was read.
func (l Listings[R, P, C, V]) Writable(q *gorm.DB, r P) error {
	rev, err := load(q, r.Noun(), r.Base().ID)
	if err != nil {
		return err
	}
	return l.writable(held[P]{record: r, rev: rev})
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
