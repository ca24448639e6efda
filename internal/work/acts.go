package work

import (
	"errors"

	"gorm.io/gorm"

	"jiebang/internal/fault"
	"jiebang/internal/policy"
)

// Act is one operation on a record of a kind, so that a record can tell which ones this caller may take on it now: who may is policy's to
// say, and in which state the record's own method.
type Act[P, V any] struct {
	Operation string // its operationId in the API
	Action    policy.Action
	// When refuses it by the state that the record is in. It is given copies, so that it may try the very method that the use case calls. What
	// would only be refused for what is written, or left out, does not close it: the caller learns by trying what is missing. nil: any state.
	When func(r P, v *V) error
	// Asks refuses it by what stands in other tables; it is asked last, where nothing else closes it.
	Asks func(q *gorm.DB, r P) error
	// Facts, if set, puts other facts in the place of the record's: those of its open revision.
	Facts func(f policy.Facts, v *V) policy.Facts
}

// Acts is what a View embeds that tells what its reader may do with the record.
type Acts struct {
	// Actions are the operations that this reader may take on the record as it is now. It is nil in lists.
	Actions []string
}

func (a *Acts) acts() *Acts { return a }

// acting is a View that embeds Acts.
type acting interface{ acts() *Acts }

// tellActs writes into a View what its reader may do. known are the record's facts as they were read for some action.
func (k Records[R, P, V]) tellActs(q *gorm.DB, reader policy.Actor, row R, view *V, known policy.Facts) error {
	tells, yes := any(view).(acting)
	if !yes {
		return nil
	}
	out := []string{}
	if reader.SignedIn() {
		for _, act := range k.Acts {
			may, err := k.may(q, reader, row, view, known, act)
			if err != nil {
				return err
			}
			if may {
				out = append(out, act.Operation)
			}
		}
	}
	tells.acts().Actions = out
	return nil
}

func (k Records[R, P, V]) may(q *gorm.DB, reader policy.Actor, row R, view *V, facts policy.Facts, act Act[P, V]) (bool, error) {
	if act.When != nil {
		copied, seen := row, *view
		if closes(act.When(&copied, &seen)) {
			return false, nil
		}
	}
	may, err := k.allowed(q, reader, row, view, facts, act)
	if err != nil || !may || act.Asks == nil {
		return may, err
	}
	err = act.Asks(q, &row)
	var refusal *fault.Error
	if err == nil || errors.As(err, &refusal) {
		return !closes(err), nil
	}
	return false, err
}

// allowed asks policy.
func (k Records[R, P, V]) allowed(q *gorm.DB, reader policy.Actor, row R, view *V, facts policy.Facts, act Act[P, V]) (bool, error) {
	of := func(f policy.Facts) policy.Facts {
		if act.Facts != nil {
			return act.Facts(f, view)
		}
		return f
	}
	if policy.Allowed(reader, act.Action, of(facts)) {
		return true, nil
	}
	// A truth that only other tables know is asked for where it would make the difference.
	best := facts
	best.SoleOwner, best.NoAdmin = true, true
	asks := policy.Asks(act.Action, policy.SoleOwner) && !facts.SoleOwner || policy.Asks(act.Action, policy.NoAdmin) && !facts.NoAdmin
	if !asks || !policy.Allowed(reader, act.Action, of(best)) {
		return false, nil
	}
	facts, err := FactsOf(q, P(&row), act.Action)
	return err == nil && policy.Allowed(reader, act.Action, of(facts)), err
}

// closes tells whether an act is refused because of how the record stands, and not because of what is written.
func closes(err error) bool {
	var f *fault.Error
	return errors.As(err, &f) && f.Kind != fault.Invalid
}
