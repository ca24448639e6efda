package needs

import (
	"github.com/google/uuid"

	"jiebang/internal/fault"
	"jiebang/internal/work"
)

// A need that became a challenge is held until that ends: it takes no introductions, is found and matched as the challenge, and neither its
// owner nor its own deadline closes it. When that was, to the second, is its owner's to know: the challenge of a poster who keeps its name was
// handed in at the same one.
const (
	hold    work.Deed = "need.hold"
	release work.Deed = "need.release"
)

// Reopened is the outcome of a challenge that leaves its need open: it goes on as a need. Any other is why the need closes with it.
const Reopened CloseReason = ""

// Free refuses what a need cannot have while a challenge holds it.
func (n *Need) Free() error {
	if n.HeldBy != nil {
		return fault.NeedHeld.New()
	}
	return nil
}

// Hold holds it for a challenge; what is open alone becomes one, and another's hold stands.
func (n *Need) Hold(challenge uuid.UUID) error {
	if err := n.mayClose(); err != nil {
		return err
	}
	n.HeldBy = &challenge
	return nil
}

// Release ends the hold, as the outcome has it.
func (n *Need) Release(outcome CloseReason) error {
	n.HeldBy = nil
	if outcome == Reopened {
		return nil
	}
	return n.Close(outcome)
}

// Hold holds an open need for the challenge that it became, and joins its transaction. Once more for the same challenge does nothing; what is
// not open is refused by its state, what another challenge holds by need_held. Whether the need is the poster's is the challenge's to ask.
func Hold(tx *work.Tx, need, challenge uuid.UUID) error {
	n, err := listings.Lock(tx, need) // as of today: past its deadline it is open no more
	if err != nil {
		return err
	}
	if n.holds(challenge) {
		return nil
	}
	if err := n.Hold(challenge); err != nil {
		return err
	}
	return listings.FollowWithin(tx, need, hold, func(n *Need) error { return n.Hold(challenge) })
}

// Release ends the hold of a challenge that has ended, and joins its transaction: Reopened, or the reason for which the need closes with it.
// What this challenge does not hold, or holds no more, stays as it is. Its own deadline counts again: a need that is past it closes for that.
func Release(tx *work.Tx, need, challenge uuid.UUID, outcome CloseReason) error {
	n, err := listings.LockStored(tx, need)
	if err != nil {
		return err
	}
	if !n.holds(challenge) {
		return nil
	}
	if outcome != Reopened {
		return listings.TakeOff(tx, need, release, func(n *Need) error { return n.Release(outcome) })
	}
	return listings.FollowWithin(tx, need, release, func(n *Need) error {
		if err := n.Release(outcome); err != nil {
			return err
		}
		return writeExpiry(tx, n)
	})
}

func (n *Need) holds(challenge uuid.UUID) bool { return n.HeldBy != nil && *n.HeldBy == challenge }
