package listing

import (
	"context"
	"reflect"
	"slices"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/accounts"
	"jiebang/internal/db"
	"jiebang/internal/external"
	"jiebang/internal/fault"
	"jiebang/internal/files"
	"jiebang/internal/kinds"
	"jiebang/internal/orgs"
	"jiebang/internal/policy"
	"jiebang/internal/publication"
	"jiebang/internal/ref"
	"jiebang/internal/when"
	"jiebang/internal/work"
)

// Record is a listing of an organization: what its owner writes and a second person looks at (Content), and what goes live at once (Offer).
type Record[R, C, O any] interface {
	publication.Listing[R, C]
	Offered() *O
	ReadAlong() *Along
}

// Content is what is written of a listing. Complete writes out what leaving a field empty means.
type Content[C any] interface {
	publication.Content
	Complete() C
	// InChains are the codes of the industry chains that it is of.
	InChains() []string
	// Warn names what its writer may want to look at again before it is submitted; it stops nobody.
	Warn() fault.Fields
}

// Offer is what an owner may change from one hour to the next.
type Offer[O any] interface {
	// Cleaned is the offer as it is stored, if it is sound.
	Cleaned() (O, error)
	// Drafted is what a draft takes of the offer in an input, where was stands: the rest is changed by itself alone.
	Drafted(was O) O
}

// Input is what drafting or replacing a listing takes. Of one that is public, Offer and External go live at once, by SetOffer.
type Input[C Content[C], O Offer[O]] struct {
	Owner    uuid.UUID
	Content  C
	Offer    O
	External []external.ID
}

// OfferInput is everything that goes live at once.
type OfferInput[O Offer[O]] struct {
	Offer    O
	External []external.ID
}

// Listings are the use cases of one kind of listing: those of publication, and how a draft and an offer are written.
type Listings[R any, P Record[R, C, O], C Content[C], O Offer[O], V any] struct {
	publication.Listings[R, P, C, V]
	Create, SetOffer policy.Action
	// Path is where the kind's records are, and Carried the place in the input of what a draft takes of an offer.
	Path, Carried string
	// Sound, if set, holds content of an owner's against other tables.
	Sound func(tx *work.Tx, owner uuid.UUID, c C) error
	// OnOffer, if set, writes what follows from an offer.
	OnOffer func(tx *work.Tx, r P) error
	// Ends tells whether something follows from an offer in time, so that OnOffer is needed for a new record.
	Ends func(o O) bool
	// Titles tells what records are called by people; Of makes it.
	Titles external.Titles
}

// Of completes a kind's listings by what is the same for those of every organization.
func Of[R any, P Record[R, C, O], C Content[C], O Offer[O], V any](l Listings[R, P, C, O, V], title func(P) string, more ...db.Order[R]) Listings[R, P, C, O, V] {
	l.MayPublish, l.People, l.Files = orgs.MustBeVerified, accounts.Names, files.Pending{}
	l.Orders = orders[R, P](title, more...)
	l.Titles = external.TitlesOf(title)
	l.Freed = func(tx *work.Tx, r P) error {
		if err := files.Free(tx, work.RefOf(r)); err != nil {
			return err
		}
		return external.Free(tx, work.RefOf(r))
	}
	return l
}

// Kind completes an entry of the registry by what the listings say themselves.
func (l *Listings[R, P, C, O, V]) Kind(k kinds.Kind) kinds.Kind {
	k.Path, k.Inner, k.Edit, k.Revise = l.Path, l.Actions.Inner, l.Actions.Edit, l.Revise
	k.TakeDown, k.PutBack = l.TakeDown, l.PutBack
	k.Written = func(q *gorm.DB, r work.Record) (work.Record, error) {
		open, err := l.Drafts(q, []uuid.UUID{r.Base().ID})
		if err != nil || open[r.Base().ID] == nil {
			return r, err
		}
		revised := *(*R)(r.(P))
		*P(&revised).Written() = open[r.Base().ID].Content
		return P(&revised), nil
	}
	k.Hangs = func(r work.Record, public bool) error { return r.(P).Listed().MayHang(l.Names, public) }
	return kinds.Of(l.Records, k)
}

// Cleaned is the input as it is stored, if its parts are sound.
func (in Input[C, O]) Cleaned() (Input[C, O], error) {
	in.Content = in.Content.Complete()
	if err := in.Content.Check(); err != nil {
		return in, err
	}
	var err error
	if in.Offer, err = in.Offer.Cleaned(); err != nil {
		return in, err
	}
	in.External, err = external.Clean(in.External, "/external_ids")
	return in, err
}

// sound is an input as it is stored, which refers to nothing that is not there.
func (l *Listings[R, P, C, O, V]) sound(tx *work.Tx, in Input[C, O]) (Input[C, O], error) {
	in, err := in.Cleaned()
	if err == nil {
		err = ref.CheckChains(tx.DB, in.Content.InChains(), "/chains", when.DayOf(tx.Now))
	}
	if err == nil && l.Sound != nil {
		err = l.Sound(tx, in.Owner, in.Content)
	}
	return in, err
}

// Draft is a new record of a sound input.
func (l *Listings[R, P, C, O, V]) Draft(tx *work.Tx, in Input[C, O]) P {
	r := P(new(R))
	*r.Base() = tx.NewHead()
	*r.Listed() = publication.Entry{State: publication.Draft, OwnerID: in.Owner, CreatedBy: &tx.Call.Actor.Account}
	*r.Written(), *r.Offered() = in.Content, in.Offer
	return r
}

// Service runs the use cases of a kind; the kind's own service embeds it.
type Service[R any, P Record[R, C, O], C Content[C], O Offer[O], V any] struct {
	publication.Service[R, P, C, V]
	unit     *work.Unit
	listings *Listings[R, P, C, O, V]
}

// NewService makes the use cases of a kind.
func NewService[R any, P Record[R, C, O], C Content[C], O Offer[O], V any](u *work.Unit, l *Listings[R, P, C, O, V]) Service[R, P, C, O, V] {
	return Service[R, P, C, O, V]{publication.NewService(u, &l.Listings), u, l}
}

// Create drafts a listing; by a member of its owner.
func (s Service[R, P, C, O, V]) Create(ctx context.Context, call work.Call, in Input[C, O]) (work.Answer[V], error) {
	return s.listings.Do(ctx, s.unit, call, func(tx *work.Tx) (P, error) {
		owner, err := orgs.LoadOwner(tx.DB, call.Actor, in.Owner, "/owner_id")
		if err != nil {
			return nil, err
		}
		if err := policy.Check(call.Actor, s.listings.Create, owner.Facts()); err != nil {
			return nil, err
		}
		in, err := s.listings.sound(tx, in)
		if err != nil {
			return nil, err
		}
		r := s.listings.Draft(tx, in)
		if err := work.Insert(tx, work.Did(s.listings.Create), r); err != nil {
			return nil, err
		}
		return r, external.Keep(tx, work.RefOf(r), owner.ID, in.External, "/external_ids", s.listings.Titles)
	})
}

// Replace writes a draft anew, or makes or replaces the open revision of what is public.
func (s Service[R, P, C, O, V]) Replace(ctx context.Context, call work.Call, id uuid.UUID, version int64, in Input[C, O]) (work.Answer[V], error) {
	return s.listings.Replace(ctx, s.unit, call, id, version, in.Content.Complete(), func(tx *work.Tx, r P, public bool) error {
		if in.Owner != r.Listed().OwnerID {
			return fault.InvalidInput.At("/owner_id", fault.Immutable, "所属单位不可更改", "The owner cannot change")
		}
		in, err := s.listings.sound(tx, in)
		if err != nil {
			return err
		}
		in.Offer = in.Offer.Drafted(*r.Offered())
		if public {
			return s.liveAlready(tx, in, r)
		}
		return s.live(tx, r, in.Offer, in.External)
	})
}

// liveAlready refuses what a revision cannot carry: it would be live at once or be lost.
func (s Service[R, P, C, O, V]) liveAlready(tx *work.Tx, in Input[C, O], r P) error {
	was, err := external.Of(tx.DB, r.Noun(), []uuid.UUID{r.Base().ID})
	if err != nil {
		return err
	}
	const zh, en = "已公开，此项即时生效，请用 PUT %[1]s/{id}/offer 修改", "It is public, and this goes live at once: change it by PUT %[1]s/{id}/offer"
	var bad fault.Fields
	bad.Check(reflect.DeepEqual(in.Offer, *r.Offered()), s.listings.Carried, fault.Immutable, zh, en, s.listings.Path)
	bad.Check(slices.Equal(in.External, was[r.Base().ID]), "/external_ids", fault.Immutable, zh, en, s.listings.Path)
	return bad.Err()
}

// live writes an offer and the external ids.
func (s Service[R, P, C, O, V]) live(tx *work.Tx, r P, offer O, ids []external.ID) error {
	*r.Offered() = offer
	if s.listings.OnOffer != nil {
		if err := s.listings.OnOffer(tx, r); err != nil {
			return err
		}
	}
	r.ReadAlong().External = nil // what was read along is no more
	return external.Keep(tx, work.RefOf(r), r.Listed().OwnerID, ids, "/external_ids", s.listings.Titles)
}

// SetOffer replaces what goes live at once, in any state; by a member of the owner.
func (s Service[R, P, C, O, V]) SetOffer(ctx context.Context, call work.Call, id uuid.UUID, version int64, in OfferInput[O]) (work.Answer[V], error) {
	return s.listings.Live(ctx, s.unit, call, id, version, s.listings.SetOffer, func(tx *work.Tx, r P) error {
		offer, err := in.Offer.Cleaned()
		if err != nil {
			return err
		}
		ids, err := external.Clean(in.External, "/external_ids")
		if err != nil {
			return err
		}
		return s.live(tx, r, offer, ids)
	}, false)
}
