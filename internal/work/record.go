package work

import (
	"slices"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/db"
	"jiebang/internal/fault"
	"jiebang/internal/policy"
	"jiebang/internal/when"
)

// Head is what every record that people change begins with. Its version is the ETag of the API.
type Head struct {
	ID        uuid.UUID `gorm:"primaryKey"`
	Version   int64
	CreatedAt time.Time `gorm:"autoCreateTime:false"`
	UpdatedAt time.Time `gorm:"autoUpdateTime:false"`
}

// NewHead begins a new record.
func (tx *Tx) NewHead() Head {
	return Head{ID: NewID(), Version: 1, CreatedAt: tx.Now, UpdatedAt: tx.Now}
}

// Step leads a record's state on to another from one of those, or refuses (wrong_state) and tells them. What else may stand in the
// way is asked before.
func Step[S ~string](state *S, to S, from ...S) error {
	if !slices.Contains(from, *state) {
		return fault.In(*state, from...)
	}
	*state = to
	return nil
}

// In refuses, as Step does, a state that is none of those, and moves nothing.
func In[S ~string](state S, among ...S) error { return Step(&state, state, among...) }

// Base gives the head of a record that embeds it.
func (h *Head) Base() *Head { return h }

// Record is a row with a Head: Noun names its kind in the audit trail and in Changes, Facts is what policy asks about it.
//
// A record some of whose facts are in other tables has a method FactsIn(q, action) as well, which Change asks instead: it may
// leave out what the action's rule does not ask (policy.Asks).
type Record interface {
	Base() *Head
	Noun() string
	Facts() policy.Facts
}

// dated is a record that the day alone changes: AsOf makes of it what it is on a day. Whoever reads rows of it calls that at once, so that
// nobody sees one as it was; conditions on its columns say the same by db.Today. What the day has done is written down by a job.
type dated interface{ AsOf(day when.Day) }

// asOf has rows be what they are on the day on which q is asked.
func asOf[R any](q *gorm.DB, rows []R) {
	if len(rows) == 0 {
		return
	}
	if _, is := any(&rows[0]).(dated); !is {
		return
	}
	if day := db.DayOf(q); !day.IsZero() {
		for i := range rows {
			any(&rows[i]).(dated).AsOf(day)
		}
	}
}

// FactsOf gives the facts of a record for an action.
func FactsOf(q *gorm.DB, r Record, action policy.Action) (policy.Facts, error) {
	if more, ok := r.(interface {
		FactsIn(q *gorm.DB, action policy.Action) (policy.Facts, error)
	}); ok {
		return more.FactsIn(q, action)
	}
	return r.Facts(), nil
}

// Ref points at a record.
type Ref struct {
	Noun    string
	ID      uuid.UUID
	Version int64
}

// RefOf points at r as it is now.
func RefOf(r Record) Ref { return Ref{r.Noun(), r.Base().ID, r.Base().Version} }

// Deed is what happened to a record: it names the audit row and the Change. Most are what somebody may do, an action (Did); some
// only follow from another and have no rule, as a deal that an acceptance opens.
type Deed string

// Did is the deed of an action.
func Did(a policy.Action) Deed { return Deed(a) }

// Insert writes a new record, its audit row and its Change.
func Insert(tx *Tx, deed Deed, r Record) error {
	if err := tx.Create(r).Error; err != nil {
		return err
	}
	return tx.tell(deed, r, nil, false)
}

// InsertAll is Insert for many records of one kind, in as few statements as the database takes.
func InsertAll[R Record](tx *Tx, deed Deed, records []R) error {
	if len(records) == 0 {
		return nil
	}
	if err := tx.CreateInBatches(records, 100).Error; err != nil {
		return err
	}
	for _, r := range records {
		if err := tx.tell(deed, r, nil, false); err != nil {
			return err
		}
	}
	return nil
}

// tell leaves the audit row and the Change of what was done to r, which everybody could read before or not; both carry the deed's name.
func (tx *Tx) tell(deed Deed, r Record, before any, wasPublic bool) error {
	tx.EmitOf(deed, r, wasPublic, r.Facts().Public)
	return tx.Record(deed, RefOf(r), before, r)
}

// Save writes every column of a record that was loaded in this transaction, zero values included, and moves its version on.
// Nobody else can have moved it since, but if somebody has, nothing is written.
func Save(tx *Tx, r Record) error { return save(tx, r, r.Base().Version+1, tx.Now) }

func save(tx *Tx, r Record, version int64, at time.Time) error {
	h := r.Base()
	was := h.Version
	h.Version, h.UpdatedAt = version, at
	done := tx.Model(r).Where("version = ?", was).Select("*").Omit("id", "created_at").Updates(r)
	if done.Error == nil && done.RowsAffected != 1 {
		return fault.VersionStale.New()
	}
	return done.Error
}

// Change is the body of a use case that changes one record, in the order that all of them keep: policy, version, the pure
// state method, save, audit row, Change. The record must have been loaded in this transaction. expected is the version that the
// caller read.
func Change(tx *Tx, r Record, expected int64, action policy.Action, method func() error) error {
	if err := may(tx, r, expected, action); err != nil {
		return err
	}
	return Move(tx, r, Did(action), method)
}

// Move is Change for a record that another use case moves along within its own transaction: it asks neither policy nor version.
func Move(tx *Tx, r Record, deed Deed, method func() error) error {
	return MoveTo(tx, r, r.Base().Version+1, deed, method)
}

// MoveTo is Move to a version of the caller's choice, which must be later than the record's.
func MoveTo(tx *Tx, r Record, version int64, deed Deed, method func() error) error {
	before, err := snapshot(r)
	if err != nil {
		return err
	}
	public := r.Facts().Public
	if err := method(); err != nil {
		return err
	}
	if err := save(tx, r, version, tx.Now); err != nil {
		return err
	}
	return tx.tell(deed, r, before, public)
}

// MoveWithin is MoveTo for what happens at a time that is not for everybody: the record keeps the time of its last change, and the Change is
// told to those alone who may read it even if it were not public.
func MoveWithin(tx *Tx, r Record, version int64, deed Deed, method func() error) error {
	before, err := snapshot(r)
	if err != nil {
		return err
	}
	if err := method(); err != nil {
		return err
	}
	if err := save(tx, r, version, r.Base().UpdatedAt); err != nil {
		return err
	}
	tx.EmitOf(deed, r, false, false)
	return tx.Record(deed, RefOf(r), before, r)
}

// Delete is Change for a record that goes: by whoever may, at the version that they have seen. before refuses, or frees what the record holds.
func Delete(tx *Tx, r Record, expected int64, action policy.Action, deed Deed, before func() error) error {
	if err := may(tx, r, expected, action); err != nil {
		return err
	}
	if err := before(); err != nil {
		return err
	}
	return Remove(tx, r, deed)
}

// FactsThrough gives the facts of the record that another belongs to, for the FactsIn of that one.
func FactsThrough[R any, P interface {
	*R
	Record
}](q *gorm.DB, id uuid.UUID) (policy.Facts, error) {
	r, err := Load[R](q, id)
	if err != nil {
		return policy.Facts{}, err
	}
	return P(r).Facts(), nil
}

// may asks policy about a record, and compares its version.
func may(tx *Tx, r Record, expected int64, action policy.Action) error {
	facts, err := FactsOf(tx.DB, r, action)
	if err != nil {
		return err
	}
	if err := policy.Check(tx.Call.Actor, action, facts); err != nil {
		return err
	}
	if r.Base().Version != expected {
		return fault.VersionStale.New()
	}
	return nil
}

// Remove deletes a record that was loaded in this transaction, and leaves its audit row and its Change.
func Remove(tx *Tx, r Record, deed Deed) error {
	before, err := snapshot(r)
	if err != nil {
		return err
	}
	done := tx.Where("id = ? AND version = ?", r.Base().ID, r.Base().Version).Delete(r)
	if done.Error == nil && done.RowsAffected != 1 {
		return fault.VersionStale.New()
	}
	if done.Error != nil {
		return done.Error
	}
	tx.EmitOf(deed, r, r.Facts().Public, false)
	return tx.Record(deed, RefOf(r), before, nil)
}

// Load reads one record by id, or says that it is not there. Where several rows must agree, q is db.ForUpdate(tx.DB).
func Load[T any](q *gorm.DB, id uuid.UUID) (*T, error) {
	var rows []T
	if err := q.Where("id = ?", id).Limit(1).Find(&rows).Error; err != nil {
		return nil, err
	}
	if len(rows) == 0 {
		return nil, fault.NotVisible.New()
	}
	asOf(q, rows)
	return &rows[0], nil
}

// ByIDs reads the records with these ids in one query, in any order; those that are gone are left out.
func ByIDs[T any](q *gorm.DB, ids []uuid.UUID) ([]T, error) {
	var rows []T
	if len(ids) == 0 {
		return nil, nil
	}
	err := q.Where("id IN ?", db.Among(ids)).Find(&rows).Error
	asOf(q, rows)
	return rows, err
}
