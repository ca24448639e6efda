package publication

import (
	"context"
	"encoding/json"

	"github.com/google/uuid"

	"jiebang/internal/fault"
	"jiebang/internal/work"
)

// Replace writes a draft anew, or what was taken off. Of what is published it makes the open revision, or writes that anew. live deals with
// what is in the input and goes live at once: it takes it over into a draft, and must find it unchanged of what is published.
func (l Listings[R, P, C, V]) Replace(ctx context.Context, u *work.Unit, call work.Call, id uuid.UUID, version int64, content C,
	live func(tx *work.Tx, r P, published bool) error) (work.Answer[V], error) {
	return l.whole(ctx, u, call, id, func(tx *work.Tx, h held[P]) (P, error) {
		e := h.record.Listed()
		if err := l.may(tx, h, l.Actions.Edit, version, h.rev.open()); err != nil {
			return nil, err
		}
		if err := live(tx, h.record, e.State == l.Names.Public); err != nil {
			return nil, err
		}
		if e.State != l.Names.Public {
			return h.record, l.move(tx, h, l.Actions.Edit, func() error { return l.edit(h.record, content) })
		}
		return l.revise(tx, h, content)
	})
}

// edit writes a record itself.
func (l Listings[R, P, C, V]) edit(r P, content C) error {
	if err := r.Listed().MayBeEdited(l.Names); err != nil {
		return err
	}
	if err := content.Check(); err != nil {
		return err
	}
	if err := l.takes(r, content); err != nil {
		return err
	}
	*r.Written() = content
	return nil
}

func (l Listings[R, P, C, V]) takes(r P, content C) error {
	if l.Takes == nil {
		return nil
	}
	return l.Takes(r, content)
}

func (l Listings[R, P, C, V]) revise(tx *work.Tx, h held[P], content C) (P, error) {
	if err := content.Check(); err != nil {
		return nil, err
	}
	if err := l.takes(h.record, content); err != nil {
		return nil, err
	}
	if err := l.changes(tx, h, content); err != nil {
		return nil, err
	}
	rev, err := l.write(tx, h, content)
	if err != nil {
		return nil, err
	}
	return l.as(h.record, rev)
}

// changes refuses a revision that would change nothing of what is published: neither what is written nor what hangs on it.
func (l Listings[R, P, C, V]) changes(tx *work.Tx, h held[P], content C) error {
	if same, err := Same(content, *h.record.Written()); err != nil || !same {
		return err
	}
	if h.rev.open() {
		if pending, err := l.Files.Pending(tx.DB, work.RefOf(h.record)); err != nil || pending {
			return err
		}
	}
	return fault.InvalidInput.At("", fault.Unchanged, "与已发布的内容相同，没有变更", "Nothing is changed of what is published")
}

// write makes the open revision of a record, or writes it anew.
func (l Listings[R, P, C, V]) write(tx *work.Tx, h held[P], content C) (*revision, error) {
	text, err := json.Marshal(content)
	if err != nil {
		return nil, err
	}
	rev := &revision{
		ObjectKind: h.record.Noun(), ObjectID: h.record.Base().ID, Version: h.next(h.record.Base().Version), State: Draft, Content: text,
		MadeBy: tx.Call.Actor.Account, MadeAt: tx.Now,
	}
	var before *revision
	if h.rev.open() {
		before = h.rev
		rev.ReturnReason = before.ReturnReason
	}
	return rev, rev.write(tx, revised(l.Actions.Edit), before)
}

// Revise prepares for hanging something public on a record, or taking it off. Of what is published that changes the open revision, which must
// not be before a second person yet; where there is none, make opens one. ofRevision is false where the record itself is still to be
// looked at.
func (l Listings[R, P, C, V]) Revise(tx *work.Tx, id uuid.UUID, make bool) (ofRevision bool, err error) {
	h, err := l.hold(tx, id)
	if err != nil || h.record.Listed().State != l.Names.Public {
		return false, err
	}
	switch {
	case h.rev.open() && h.rev.State != Draft:
		return true, fault.In(h.rev.State, Draft)
	case h.rev.open() || !make:
		return true, nil
	}
	_, err = l.write(tx, h, *h.record.Written())
	return true, err
}
