package work

import (
	"context"
	"slices"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/db"
	"jiebang/internal/fault"
	"jiebang/internal/policy"
)

// Records is how the use cases of one kind of record read and write it: R is the row, V what a reader sees of it. All that a
// reader may not see is absent in V already, so that whoever passes it on, the API, a page, an export, cannot leak it.
//
// A package has one for each kind, and writes down only what is the kind's own.
type Records[R any, P interface {
	*R
	Record
}, V any] struct {
	Read policy.Action // who may know of a record
	// Show turns rows into what the reader may see of each, in their order, in a fixed number of statements. It asks policy for
	// the parts and not for the whole: who may not know of a record is turned away before.
	Show func(q *gorm.DB, reader policy.Actor, rows []R) ([]V, error)
	// Columns says how the facts stand in the table, for lists.
	Columns Columns
	// Acts are the operations that change one, so that each record tells its reader which of them are open to them now.
	Acts []Act[P, V]
	// Orders are the ways to order a list, the usual one first; none means the newest first.
	Orders []db.Order[R]
	// Joined tells that Show reads rows that must agree with the record: all is read in one snapshot.
	Joined bool
	// Alone tells that Change takes the record to itself before it decides anything, since others decide by it while they hold it: what they
	// write, and the record's version does not tell, is seen.
	Alone bool
	// Rows reads rows by hand where GORM would take too long about it; nil reads them by GORM. Kinds that are read so often are
	// remembered for a moment, too (Recent): the row, of which each reader is shown their part.
	Rows func(q *gorm.DB) ([]R, error)
}

// Answer is what a finished use case tells: the record it was about as the caller may see it, in the state in which this very call
// left it, and whether the call had been done before by the same key. The answer to a replay is the record as it is now.
type Answer[V any] struct {
	ID       uuid.UUID
	View     V
	Replayed bool
}

// Get reads one record as the reader may see it.
func (k Records[R, P, V]) Get(ctx context.Context, u *Unit, reader policy.Actor, id uuid.UUID) (V, error) {
	return k.get(ctx, u, reader, id, k.Rows != nil)
}

// get is Get; recent tells whether a row will do that was read a moment ago.
func (k Records[R, P, V]) get(ctx context.Context, u *Unit, reader policy.Actor, id uuid.UUID, recent bool) (V, error) {
	var view V
	err := k.snapshot(ctx, u, func(q *gorm.DB) error {
		read := func() (R, error) { return k.one(q, id) }
		var row R
		var err error
		if recent {
			row, err = recentOf[R](u, P(&row).Noun()).Get(id, read)
		} else {
			row, err = read()
		}
		if err != nil {
			return err
		}
		facts, err := k.mayKnow(q, reader, &row)
		if err != nil {
			return err
		}
		view, err = k.ShowOne(q, reader, &row, facts)
		return err
	})
	return view, err
}

// rowsRemembered is how many rows of a kind are remembered at most.
const rowsRemembered = 1_000

// recentOf is what a unit remembers of a kind.
func recentOf[R any](u *Unit, noun string) *Recent[uuid.UUID, R] {
	if known, ok := u.recent.Load(noun); ok {
		return known.(*Recent[uuid.UUID, R])
	}
	made, _ := u.recent.LoadOrStore(noun, NewRecent(u.Commits, rowsRemembered, One[uuid.UUID, R]))
	return made.(*Recent[uuid.UUID, R])
}

// List reads one page of what the reader may know of, narrowed by a filter (see db.Filter).
func (k Records[R, P, V]) List(ctx context.Context, u *Unit, reader policy.Actor, filter any, p db.Paging) (db.Page[V], error) {
	return k.ListWithin(ctx, u, reader, filter, p, func(q *gorm.DB) *gorm.DB { return q })
}

// ListWithin is List narrowed once more, by what the fields of a filter cannot say.
func (k Records[R, P, V]) ListWithin(ctx context.Context, u *Unit, reader policy.Actor, filter any, p db.Paging, within func(*gorm.DB) *gorm.DB) (db.Page[V], error) {
	order, err := k.order(p)
	if err != nil {
		return db.Page[V]{}, err
	}
	return k.ListBy(ctx, u, reader, filter, p, order, within)
}

// ListBy is ListWithin in an order of the caller's, for rows that are found by a column of another table that says the same as one of theirs.
func (k Records[R, P, V]) ListBy(ctx context.Context, u *Unit, reader policy.Actor, filter any, p db.Paging, order db.Order[R], within func(*gorm.DB) *gorm.DB) (db.Page[V], error) {
	var out db.Page[V]
	err := k.snapshot(ctx, u, func(q *gorm.DB) error {
		page, err := db.ReadWith(within(db.Filter(k.Visible(q, reader), filter)), p, order, k.rows)
		if err != nil {
			return err
		}
		if len(page.Items) == 0 {
			if err := u.known(q, reader, filter); err != nil {
				return err
			}
		}
		out.Next, out.Total, out.More = page.Next, page.Total, page.More
		out.Items, err = k.Show(q, reader, page.Items)
		return err
	})
	return out, err
}

// Visible is what the reader may know of, for a query that goes on: the same rows that Check would let pass one by one.
func (k Records[R, P, V]) Visible(q *gorm.DB, reader policy.Actor) *gorm.DB {
	return Where(q.Model(new(R)), policy.Narrow(reader, k.Read), k.Columns)
}

// Load is Get for the use cases of other packages: the row itself, as far as the actor may know of it.
func (k Records[R, P, V]) Load(q *gorm.DB, reader policy.Actor, id uuid.UUID) (P, error) {
	row, err := k.one(q, id)
	if err != nil {
		return nil, err
	}
	_, err = k.mayKnow(q, reader, &row)
	return &row, err
}

// Lock reads one record to be changed, whoever asks; what else is changed along with it waits until this transaction ends.
func (k Records[R, P, V]) Lock(tx *Tx, id uuid.UUID) (P, error) {
	row, err := k.one(db.ForUpdate(tx.DB), id)
	return &row, err
}

// LockStored is Lock for the record as it is stored, whatever the day has made of it.
func (k Records[R, P, V]) LockStored(tx *Tx, id uuid.UUID) (P, error) {
	row, err := k.one(db.AsStored(db.ForUpdate(tx.DB)), id)
	return &row, err
}

// one reads one row, whoever asks.
func (k Records[R, P, V]) one(q *gorm.DB, id uuid.UUID) (R, error) {
	rows, err := k.rows(q.Model(new(R)).Where("id = ?", id).Limit(1))
	if err == nil && len(rows) == 0 {
		err = fault.NotVisible.New()
	}
	if err != nil {
		var none R
		return none, err
	}
	return rows[0], nil
}

// mayKnow refuses a reader who may not know of the record, and gives the facts by which it is judged.
func (k Records[R, P, V]) mayKnow(q *gorm.DB, reader policy.Actor, r P) (policy.Facts, error) {
	facts, err := FactsOf(q, r, k.Read)
	if err != nil {
		return facts, err
	}
	return facts, policy.Check(reader, k.Read, facts)
}

// Do runs a use case that ends with a record, and shows that to the caller.
func (k Records[R, P, V]) Do(ctx context.Context, u *Unit, call Call, fn func(tx *Tx) (P, error)) (Answer[V], error) {
	var view V
	done, err := u.Do(ctx, call, func(tx *Tx) error {
		r, err := fn(tx)
		if err != nil {
			return err
		}
		tx.subject = RefOf(r)
		facts, err := FactsOf(tx.DB, r, k.Read)
		if err != nil {
			return err
		}
		view, err = k.ShowOne(tx.DB, call.Actor, r, facts)
		return err
	})
	if err == nil && done.Replayed {
		view, err = k.get(ctx, u, call.Actor, done.ID, false) // what the first call did, another process may have done just now
	}
	return Answer[V]{done.ID, view, done.Replayed}, err
}

// Change runs a use case that changes one record by its method; see the function of the same name for the order of things.
func (k Records[R, P, V]) Change(ctx context.Context, u *Unit, call Call, id uuid.UUID, version int64, action policy.Action,
	method func(tx *Tx, r P) error) (Answer[V], error) {
	return k.Do(ctx, u, call, func(tx *Tx) (P, error) {
		q := tx.DB
		if k.Alone {
			q = db.ForUpdate(q)
		}
		r, err := Load[R](q, id)
		if err != nil {
			return nil, err
		}
		return r, Change(tx, P(r), version, action, func() error { return method(tx, r) })
	})
}

// Delete runs a use case that removes one record; see the function of the same name. before refuses, or frees what the record holds; nil where
// there is nothing to refuse or free.
func (k Records[R, P, V]) Delete(ctx context.Context, u *Unit, call Call, id uuid.UUID, version int64, action policy.Action, deed Deed,
	before func(tx *Tx, r P) error) (Done, error) {
	return u.Do(ctx, call, func(tx *Tx) error {
		r, err := k.Lock(tx, id)
		if err != nil {
			return err
		}
		return Delete(tx, r, version, action, deed, func() error {
			if before == nil {
				return nil
			}
			return before(tx, r)
		})
	})
}

// Note writes down what was found of a record by a use case that was refused for it, and whose own transaction could not. The caller's key stays
// that use case's: it was not done.
func (k Records[R, P, V]) Note(ctx context.Context, u *Unit, call Call, id uuid.UUID, deed Deed, found any) error {
	call.Key = ""
	_, err := u.Do(ctx, call, func(tx *Tx) error {
		r, err := Load[R](tx.DB, id)
		if err != nil {
			return err
		}
		return tx.Record(deed, RefOf(P(r)), nil, found)
	})
	return err
}

// ShowOne is Show for one record, which tells besides what its reader may do with it now. facts are the record's, as they were read.
func (k Records[R, P, V]) ShowOne(q *gorm.DB, reader policy.Actor, r P, facts policy.Facts) (V, error) {
	views, err := k.Show(q, reader, []R{*r})
	if err != nil {
		var none V
		return none, err
	}
	return views[0], k.tellActs(q, reader, *r, &views[0], facts)
}

func (k Records[R, P, V]) rows(q *gorm.DB) ([]R, error) {
	var rows []R
	var err error
	if k.Rows != nil {
		rows, err = k.Rows(q)
	} else {
		err = q.Find(&rows).Error
	}
	asOf(q, rows)
	return rows, err
}

func (k Records[R, P, V]) order(p db.Paging) (db.Order[R], error) {
	if len(k.Orders) == 0 && p.Sort == "" {
		return db.Newest(func(r *R) uuid.UUID { return P(r).Base().ID }), nil
	}
	i := slices.IndexFunc(k.Orders, func(o db.Order[R]) bool { return p.Sort == "" || o.Name == p.Sort })
	if i < 0 {
		return db.Order[R]{}, fault.InvalidInput.At("query:sort", fault.NotOffered, "不支持按此排序", "The list has no such order")
	}
	return k.Orders[i], nil
}

func (k Records[R, P, V]) snapshot(ctx context.Context, u *Unit, fn func(q *gorm.DB) error) error {
	if k.Joined {
		return u.View(ctx, fn)
	}
	return fn(u.Query(ctx))
}
