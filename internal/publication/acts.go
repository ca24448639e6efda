package publication

import (
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/fault"
	"jiebang/internal/policy"
	"jiebang/internal/work"
)

// Operations are a kind's names for the operations on its listings: those that all kinds have are called by the kind ("Result" makes
// submitResult).
type Operations struct {
	Kind  string
	Off   string        // takes it off: withdrawResult, closeNeed
	Offer policy.Action // what setXOffer asks
	// MayPublish refuses an owner who drafts only, as the listings' own does.
	MayPublish func(q *gorm.DB, owner uuid.UUID) error
}

// Acts are the operations on the listings of a kind. While there is an open revision, submit, return and publish are about that. off, if there
// is one, tells whether a record may be taken off now, where the kind has a rule of its own.
func Acts[R, C any, P Listing[R, C], V any, PV interface {
	*V
	OpenRevision() *Revision
}](l Rules, o Operations, off ...func(r P) error) []work.Act[P, V] {
	// at is the entry as it stands for those who act: that of the open revision where there is one.
	at := func(r P, v *V) *Entry {
		e := r.Listed()
		if rev := PV(v).OpenRevision(); rev != nil {
			e.State = rev.State
		}
		return e
	}
	facts := func(f policy.Facts, v *V) policy.Facts {
		if rev := PV(v).OpenRevision(); rev != nil {
			f.Submitter = uuid.Nil
			if rev.SubmittedBy != nil {
				f.Submitter = *rev.SubmittedBy
			}
		}
		return f
	}
	takenOff := func(r P) error { return r.Listed().Withdraw(l.Names) }
	if len(off) > 0 {
		takenOff = off[0]
	}
	asks := func(q *gorm.DB, r P) error { return o.MayPublish(q, r.Listed().OwnerID) }
	return []work.Act[P, V]{
		{Operation: "replace" + o.Kind, Action: l.Actions.Edit, When: func(r P, _ *V) error { return r.Listed().MayBeEdited(l.Names) }},
		{Operation: "set" + o.Kind + "Offer", Action: o.Offer},
		{Operation: "submit" + o.Kind, Action: l.Actions.Submit, When: func(r P, v *V) error { return at(r, v).Submit(uuid.Nil, l.Names) }, Asks: asks, Facts: facts},
		{Operation: "return" + o.Kind, Action: l.Actions.Return, When: func(r P, v *V) error { return at(r, v).Return("") }, Facts: facts},
		{Operation: "takeBack" + o.Kind, Action: l.Actions.TakeBack, When: func(r P, v *V) error { return at(r, v).TakeBack() }, Facts: facts},
		{Operation: "publish" + o.Kind, Action: l.Actions.Publish, When: func(r P, v *V) error { return at(r, v).Publish(uuid.Nil, time.Time{}, l.Names) }, Asks: asks, Facts: facts},
		{Operation: "drop" + o.Kind + "Revision", Action: l.Actions.Edit, When: func(_ P, v *V) error {
			if PV(v).OpenRevision() == nil {
				return fault.NoRevision.New()
			}
			return nil
		}},
		{Operation: o.Off, Action: l.Actions.Withdraw, When: func(r P, _ *V) error { return takenOff(r) }},
		{Operation: "delete" + o.Kind, Action: l.Actions.Delete, When: func(r P, _ *V) error { return r.Listed().MayBeDeleted() }},
	}
}
