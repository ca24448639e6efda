package publication

import (
	"github.com/google/uuid"

	"jiebang/internal/work"
)

// notPublic says of what was taken down that it was not public by then, so that lifting the decision makes nothing public.
const notPublic = -1

// The deeds by which a listing leaves the public by a decision of the bureau, and is free again.
const (
	takeDown = ".take_down"
	putBack  = ".put_back"
)

// TakeDown takes a record off by a decision of the bureau, in the decision's own transaction, which has asked policy. It leaves the public by
// its kind's own rule, with its revision, and is not submitted or published again until PutBack. What was taken down already stays so.
func (l Listings[R, P, C, V]) TakeDown(tx *work.Tx, id uuid.UUID) error {
	h, err := l.hold(tx, id)
	if err != nil || h.record.Listed().TakenDown != 0 {
		return err
	}
	e := h.record.Listed()
	version, was := h.next(h.record.Base().Version), e.State == l.Names.Public
	err = work.MoveTo(tx, h.record, version, work.Deed(h.record.Noun()+takeDown), func() error {
		if !was {
			e.TakenDown = notPublic
			return nil
		}
		e.TakenDown = version
		if l.Down != nil {
			return l.Down(h.record)
		}
		return e.Withdraw(l.Names)
	})
	if err != nil || !was {
		return err
	}
	return l.close(tx, h, l.Actions.Withdraw)
}

// PutBack lifts what TakeDown did, unless another decision stands, which is asked once the record is held. A record that was public and that
// nobody has touched since is public again, as two people saw it; any other is its owner's to submit.
func (l Listings[R, P, C, V]) PutBack(tx *work.Tx, id uuid.UUID, stands func() (bool, error)) error {
	h, err := l.holdStored(tx, id)
	if err != nil || h.record.Listed().TakenDown == 0 {
		return err
	}
	if still, err := stands(); err != nil || still {
		return err
	}
	e := h.record.Listed()
	again := e.State == l.Names.Off && e.TakenDown == h.record.Base().Version
	err = work.MoveTo(tx, h.record, h.next(h.record.Base().Version), work.Deed(h.record.Noun()+putBack), func() error {
		e.TakenDown = 0
		if again {
			e.State = l.Names.Public
		}
		return nil
	})
	if err == nil && again && l.Published != nil {
		err = l.Published(tx, h.record)
	}
	return err
}
