package listing

import (
	"context"
	"reflect"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/external"
	"jiebang/internal/fault"
	"jiebang/internal/orgs"
	"jiebang/internal/policy"
	"jiebang/internal/publication"
	"jiebang/internal/ref"
	"jiebang/internal/when"
	"jiebang/internal/work"
)

// Outcome is what became, or would become, of a row that was brought from elsewhere.
type Outcome string

// The outcomes.
const (
	Created   Outcome = "created"
	Changed   Outcome = "changed"   // a draft was written anew, or what goes live at once was changed
	Revised   Outcome = "revised"   // what is public got a revision, for a second person to look at
	Unchanged Outcome = "unchanged" // it says what is there
	Refused   Outcome = "refused"
)

// Brought is a row from elsewhere: what the record is called there, and what it says. Set writes what the row says over what is there, and leaves
// the rest as it is: a column that a table does not have is not emptied by it.
type Brought[C Content[C], O Offer[O]] struct {
	ID  external.ID
	Set func(content *C, offer *O)
}

// Fate is what became of one row.
type Fate struct {
	Outcome Outcome
	ID      uuid.UUID // the record; none where it was refused, or would be created
	Err     *fault.Error
	// Warnings are places that the writer may want to look at again, as the record itself tells them.
	Warnings fault.Fields
	// Version is the record's by then, where the step named the one that was read.
	Version int64
}

// Bringing is how rows are brought.
type Bringing struct {
	Owner  uuid.UUID
	Submit bool // hand what was written to a second person at once
	Try    bool // write nothing: tell what would become of each
}

// Bring writes rows of one owner from elsewhere, in a transaction of the caller's and by the caller: a row whose identifier the owner's records do
// not have becomes a draft, one that says something else than its record changes it, or makes a revision of what is public, and one that says the
// same is left alone. Each row has its own fate; what is refused is not written, and the others are. What is there and in no row stays as it
// is. The owner's row is held until the transaction ends, so that of two at once with the same rows the second finds what the first has written.
func (s Service[R, P, C, O, V]) Bring(tx *work.Tx, b Bringing, rows []Brought[C, O]) ([]Fate, error) {
	l := s.listings
	owner, err := orgs.LockOwner(tx, b.Owner, "/owner_id")
	if err != nil {
		return nil, err
	}
	if err := policy.Check(tx.Call.Actor, l.Create, owner.Facts()); err != nil {
		return nil, err
	}
	if b.Submit {
		if err := policy.Check(tx.Call.Actor, l.Actions.Submit, owner.Facts()); err != nil {
			return nil, err
		}
		if err := l.MayPublish(tx.DB, b.Owner); err != nil {
			return nil, err
		}
	}
	there, drafts, err := s.known(tx.DB, b.Owner, rows)
	if err != nil {
		return nil, err
	}
	out := make([]Fate, len(rows))
	var fresh []P
	var names [][]external.ID
	chains := map[string]error{}
	for i, row := range rows {
		r := there[row.ID]
		if r == nil {
			made, err := s.fresh(tx, b, row, chains)
			if out[i], err = fate(Fate{Outcome: Created}, err); err != nil {
				return nil, err
			}
			if made != nil {
				out[i].Warnings = (*made.Written()).Warn()
			}
			if out[i].Outcome == Created && !b.Try {
				out[i].ID = made.Base().ID
				fresh, names = append(fresh, made), append(names, []external.ID{row.ID})
			}
			continue
		}
		if out[i], err = s.over(tx, b, row, r, drafts, chains); err != nil {
			return nil, err
		}
	}
	if len(fresh) == 0 {
		return out, nil
	}
	deed := work.Did(l.Create)
	if b.Submit {
		deed = work.Did(l.Actions.Submit)
	}
	if err := work.InsertAll(tx, deed, fresh); err != nil {
		return nil, err
	}
	refs := make([]work.Ref, len(fresh))
	for i, r := range fresh {
		refs[i] = work.RefOf(r)
		if l.OnOffer != nil && l.Ends(*r.Offered()) {
			if err := l.OnOffer(tx, r); err != nil {
				return nil, err
			}
		}
	}
	return out, external.Add(tx, refs, b.Owner, func(i int) []external.ID { return names[i] }, "/external_ids", l.Titles)
}

// fate is what became of a row: a refusal is its own, any other error that of all.
func fate(well Fate, err error) (Fate, error) {
	refused, is := fault.As(err)
	switch {
	case err == nil:
		return well, nil
	case is:
		return Fate{Outcome: Refused, Err: refused}, nil
	}
	return Fate{}, err
}

// known finds the records that rows name, and the open revisions of those.
func (s Service[R, P, C, O, V]) known(q *gorm.DB, owner uuid.UUID, rows []Brought[C, O]) (map[external.ID]P, map[uuid.UUID]*publication.Open[C], error) {
	schemes := map[string][]string{}
	for _, row := range rows {
		schemes[row.ID.Scheme] = append(schemes[row.ID.Scheme], row.ID.ID)
	}
	there := map[external.ID]P{}
	var ids []uuid.UUID
	for scheme, names := range schemes {
		var r R
		held, err := external.Held(q, P(&r).Noun(), owner, scheme, names)
		if err != nil {
			return nil, nil, err
		}
		var wanted []uuid.UUID
		for _, id := range held {
			wanted = append(wanted, id)
		}
		found, err := work.ByIDs[R](q, wanted)
		if err != nil {
			return nil, nil, err
		}
		by := make(map[uuid.UUID]P, len(found))
		for i := range found {
			by[P(&found[i]).Base().ID] = &found[i]
			ids = append(ids, P(&found[i]).Base().ID)
		}
		for name, id := range held {
			if r := by[id]; r != nil {
				there[external.ID{Scheme: scheme, ID: name}] = r
			}
		}
	}
	drafts, err := s.listings.Drafts(q, ids)
	return there, drafts, err
}

// sound completes and checks a content and an offer.
func (s Service[R, P, C, O, V]) soundParts(tx *work.Tx, owner uuid.UUID, content C, offer O, chains map[string]error) (C, O, error) {
	content = content.Complete()
	var bad fault.Fields
	collect := func(err error) error {
		if f, is := fault.As(err); is {
			bad = append(bad, f.Fields...)
			if len(f.Fields) == 0 {
				return err
			}
			return nil
		}
		return err
	}
	if err := collect(content.Check()); err != nil {
		return content, offer, err
	}
	offer, err := offer.Cleaned()
	if err := collect(err); err != nil {
		return content, offer, err
	}
	if codes := content.InChains(); len(codes) > 0 { // a table names few of them again and again
		key := ""
		for _, c := range codes {
			key += c + "\n"
		}
		checked, known := chains[key]
		if !known {
			checked = ref.CheckChains(tx.DB, codes, "/chains", when.DayOf(tx.Now))
			chains[key] = checked
		}
		if err := collect(checked); err != nil {
			return content, offer, err
		}
	}
	if s.listings.Sound != nil {
		if err := collect(s.listings.Sound(tx, owner, content)); err != nil {
			return content, offer, err
		}
	}
	return content, offer, bad.Err()
}

// fresh makes the draft of a row that is new.
func (s Service[R, P, C, O, V]) fresh(tx *work.Tx, b Bringing, row Brought[C, O], chains map[string]error) (P, error) {
	in := Input[C, O]{Owner: b.Owner}
	row.Set(&in.Content, &in.Offer)
	var err error
	if in.Content, in.Offer, err = s.soundParts(tx, b.Owner, in.Content, in.Offer, chains); err != nil {
		return nil, err
	}
	r := s.listings.Draft(tx, in)
	if !b.Submit {
		return r, nil
	}
	if err := r.Listed().Submit(tx.Call.Actor.Account, s.listings.Names); err != nil {
		return nil, err
	}
	return r, in.Content.Ready(tx.Now)
}

// over writes a row over the record that has its identifier.
func (s Service[R, P, C, O, V]) over(tx *work.Tx, b Bringing, row Brought[C, O], r P, drafts map[uuid.UUID]*publication.Open[C], chains map[string]error) (Fate, error) {
	l := s.listings
	id := r.Base().ID
	base, revision := (*r.Written()).Complete(), publication.State("")
	if open := drafts[id]; open != nil {
		base, revision = open.Content.Complete(), open.State
	}
	was, err := (*r.Offered()).Cleaned()
	if err != nil {
		was = *r.Offered()
	}
	content, offer := base, was
	row.Set(&content, &offer)
	content, offer, err = s.soundParts(tx, b.Owner, content, offer, chains)
	if err != nil {
		return fate(Fate{}, err)
	}
	same, err := publication.Same(base, content)
	if err != nil {
		return Fate{}, err
	}
	sameOffer := reflect.DeepEqual(offer, was)
	if same && sameOffer {
		return Fate{Outcome: Unchanged, ID: id, Warnings: content.Warn()}, nil
	}
	public := r.Listed().State == l.Names.Public
	fateOf := Changed
	if public && !same {
		fateOf = Revised
	}
	var live func(r P) error
	if !sameOffer {
		live = func(r P) error {
			*r.Offered() = offer
			if l.OnOffer != nil {
				return l.OnOffer(tx, r)
			}
			return nil
		}
	}
	if b.Try {
		return fate(Fate{Outcome: fateOf, ID: id, Warnings: content.Warn()}, s.mayOver(tx, r, revision))
	}
	refused, err := tx.Try(func() error { return l.Write(tx, id, content, l.SetOffer, live, b.Submit) })
	if refused != nil {
		return Fate{Outcome: Refused, ID: id, Err: refused}, err
	}
	return Fate{Outcome: fateOf, ID: id, Warnings: content.Warn()}, err
}

// mayOver tells what writing over a record would be refused for, without writing.
func (s Service[R, P, C, O, V]) mayOver(tx *work.Tx, r P, revision publication.State) error {
	if err := policy.Check(tx.Call.Actor, s.listings.Actions.Edit, r.Facts()); err != nil {
		return err
	}
	return s.listings.Writable(r, revision)
}

// Each runs one step of many records, each with an outcome of its own, in one transaction.
func (s Service[R, P, C, O, V]) Each(ctx context.Context, call work.Call, ids []uuid.UUID, step func(tx *work.Tx, l *Listings[R, P, C, O, V], id uuid.UUID) error) ([]Fate, error) {
	var out []Fate
	_, err := s.unit.Do(ctx, call, func(tx *work.Tx) error {
		out = make([]Fate, len(ids))
		for i, id := range ids {
			refused, err := tx.Try(func() error { return step(tx, s.listings, id) })
			if err != nil {
				return err
			}
			out[i] = Fate{Outcome: Changed, ID: id}
			if refused != nil {
				out[i] = Fate{Outcome: Refused, ID: id, Err: refused}
			}
		}
		return nil
	})
	return out, err
}
