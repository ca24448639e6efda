// Package kinds is the registry of kinds of record: what search, external ids, files and whatever else hangs on "any record" must
// know of a kind, in one entry. Each kind's package has its entry; package app lists them. It decides nothing about records: who may
// read one is asked of policy, by the actions that the entry names.
package kinds

import (
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/fault"
	"jiebang/internal/policy"
	"jiebang/internal/when"
	"jiebang/internal/work"
)

// Kind is one kind of record.
type Kind struct {
	Noun string // its name in the audit trail, in Changes, in search and in the API: "result"
	ZH   string // 科技成果
	Path string // where it is read: "/v1/results"

	Read  policy.Action // who may know of one
	Inner policy.Action // who may read what is confidential of it
	Edit  policy.Action // who may hang something on it

	// Hangs refuses to hang a file on a record, or take one off, in the state that it is in; public files are read by whoever may read the
	// record. Of a kind without it, nothing is hung on its records.
	Hangs func(r work.Record, public bool) error

	// Revise prepares for hanging something public on a record that is public already: it becomes part of the record's open revision, which
	// make opens where there is none. Of a kind without it, and where it says no, Hangs alone decides.
	Revise func(tx *work.Tx, id uuid.UUID, make bool) (ofRevision bool, err error)

	// Written gives a record with what its open revision says in place of what is public, or the record itself where none is open. A kind without it
	// has no revisions.
	Written func(q *gorm.DB, r work.Record) (work.Record, error)

	// TakeDown takes a record off by a decision of the bureau, and PutBack lifts that, unless another decision stands; both join the decision's
	// transaction. Kinds without them are not reported.
	TakeDown func(tx *work.Tx, id uuid.UUID) error
	PutBack  func(tx *work.Tx, id uuid.UUID, stands func() (bool, error)) error

	// Handed tells, of a kind whose records are handed in with their files, until when one must have been hung on a record to stay there, and to be
	// seen by a reader; the zero time is: nothing stays, and all is seen.
	Handed func(q *gorm.DB, reader policy.Actor, r work.Record) (handed, seen time.Time, err error)

	// Hold locks what the time of a record runs by, before the record itself is locked to hang something on it, and tells what to refuse whoever
	// may hang something there, such as that it is too late.
	Hold func(tx *work.Tx, id uuid.UUID) (refusal, err error)

	// Sealed tells, of a kind whose files are sealed by a key of their own (keys.Inner), whose key that is. Of such files names and types are
	// sealed as well, and none is public.
	Sealed func(r work.Record) uuid.UUID

	// Load reads records by their ids, whoever asks, in one query; those that are gone are left out.
	Load func(q *gorm.DB, ids []uuid.UUID) ([]work.Record, error)
	// After reads those that a visitor may know of, by their ids, from behind one on, at most limit of them.
	After func(q *gorm.DB, id uuid.UUID, limit int) ([]work.Record, error)
	// Every reads as After does, whoever may know of them.
	Every func(q *gorm.DB, id uuid.UUID, limit int) ([]work.Record, error)
	// Own reads an organization's own records, in whatever state, those that changed last in front, at most limit of them.
	Own func(q *gorm.DB, owner uuid.UUID, limit int) ([]work.Record, error)
	// Document is what search may know of a record of this kind; nil where the kind is not searched.
	Document func(work.Record) Document
	// Until names the column of the last day on which a record can be found (Document.Until), in kinds that have one, and Over finds those
	// whose last day was before today and not before from.
	Until string
	Over  func(q *gorm.DB, from, today when.Day) ([]uuid.UUID, error)
	// Counterparts are the kinds that a record of this kind is matched with, and theirs with this: it is enough that one of two names the other.
	Counterparts []string
}

// Of completes an entry by the ways in which its records are read.
func Of[R any, P interface {
	*R
	work.Record
}, V any](records work.Records[R, P, V], k Kind) Kind {
	var row R
	k.Noun, k.Read = P(&row).Noun(), records.Read
	k.Load = func(q *gorm.DB, ids []uuid.UUID) ([]work.Record, error) {
		rows, err := work.ByIDs[R](q, ids)
		return asRecords[R, P](rows), err
	}
	k.After = func(q *gorm.DB, id uuid.UUID, limit int) ([]work.Record, error) {
		return k.Every(records.Visible(q, policy.Actor{}), id, limit)
	}
	k.Every = func(q *gorm.DB, id uuid.UUID, limit int) ([]work.Record, error) {
		var rows []R
		err := q.Model(new(R)).Where("id > ?", id).Order("id").Limit(limit).Find(&rows).Error
		return asRecords[R, P](rows), err
	}
	k.Own = func(q *gorm.DB, owner uuid.UUID, limit int) ([]work.Record, error) {
		var rows []R
		err := q.Model(new(R)).Where("owner_id = ?", owner).Order("updated_at DESC, id DESC").Limit(limit).Find(&rows).Error
		return asRecords[R, P](rows), err
	}
	if column := k.Until; column != "" {
		k.Over = func(q *gorm.DB, from, today when.Day) ([]uuid.UUID, error) {
			var ids []uuid.UUID
			q = q.Model(new(R)).Where(column+" < ?", today)
			if !from.IsZero() {
				q = q.Where(column+" >= ?", from)
			}
			err := q.Pluck("id", &ids).Error
			return ids, err
		}
	}
	return k
}

func asRecords[R any, P interface {
	*R
	work.Record
}](rows []R) []work.Record {
	out := make([]work.Record, len(rows))
	for i := range rows {
		out[i] = P(&rows[i])
	}
	return out
}

// Registry is all kinds of record there are.
type Registry struct {
	all    []Kind
	byNoun map[string]Kind
}

// New makes a registry. A kind that comes twice, or is not whole, is a programming error.
func New(all ...Kind) *Registry {
	r := &Registry{slices.Clone(all), make(map[string]Kind, len(all))}
	for _, k := range all {
		if _, twice := r.byNoun[k.Noun]; twice || k.Noun == "" || k.ZH == "" || k.Path == "" || k.Read == "" || k.Inner == "" || k.Edit == "" {
			panic(fmt.Sprintf("kinds: the entry %q comes twice or is not whole", k.Noun))
		}
		r.byNoun[k.Noun] = k
	}
	for _, k := range all {
		for _, name := range k.Counterparts {
			other := r.byNoun[name]
			if other.Document == nil {
				panic(fmt.Sprintf("kinds: %s is matched with %s, which is not searched", k.Noun, name))
			}
			if !slices.Contains(other.Counterparts, k.Noun) {
				other.Counterparts = append(slices.Clone(other.Counterparts), k.Noun)
				r.byNoun[name] = other
			}
		}
	}
	for i, k := range all {
		r.all[i] = r.byNoun[k.Noun]
	}
	return r
}

// All lists the kinds in the order in which they were registered.
func (r *Registry) All() []Kind { return r.all }

// Of finds a kind by its noun.
func (r *Registry) Of(noun string) (Kind, bool) {
	k, known := r.byNoun[noun]
	return k, known
}

// One reads one record as far as the reader may know of it; of a kind that does not exist there are none.
func (r *Registry) One(q *gorm.DB, reader policy.Actor, noun string, id uuid.UUID) (Kind, work.Record, error) {
	k, known := r.Of(noun)
	if !known {
		return k, nil, fault.NotVisible.New()
	}
	found, err := k.Load(q, []uuid.UUID{id})
	if err == nil && len(found) == 0 {
		err = fault.NotVisible.New()
	}
	if err != nil {
		return k, nil, err
	}
	return k, found[0], Check(q, reader, k.Read, found[0])
}

// Check asks policy whether somebody may do something with a record.
func Check(q *gorm.DB, actor policy.Actor, action policy.Action, record work.Record) error {
	facts, err := work.FactsOf(q, record, action)
	if err != nil {
		return err
	}
	return policy.Check(actor, action, facts)
}
