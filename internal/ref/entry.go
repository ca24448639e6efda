package ref

import (
	"context"

	"github.com/google/uuid"

	"jiebang/internal/db"
	"jiebang/internal/fault"
	"jiebang/internal/policy"
	"jiebang/internal/text"
	"jiebang/internal/when"
	"jiebang/internal/work"
)

// Entry is an entry of a list of the bureau's own, such as industry chains and zones: dated, kept by an operator, read by everybody. Codes never
// change, since records keep them.
type Entry struct {
	Code   string
	Name   string
	NameEN string `gorm:"column:name_en"`
	Source string // the paper that names it
	// ValidFrom and ValidTo are the first and the last day on which it can be chosen; ValidTo none while it goes on.
	ValidFrom when.Day
	ValidTo   when.Day `json:",omitzero"`
}

func (e *Entry) entry() *Entry { return e }

func (e *Entry) check(bad *fault.Fields) {
	text.Named(bad, e.Name, "/name", 2, 50)
	text.Named(bad, e.NameEN, "/name_en", 2, 100)
	bad.Length(e.Source, "/source", 5, 200)
	bad.Check(e.ValidTo.IsZero() || !e.ValidTo.Before(e.ValidFrom), "/valid_to", fault.BeforeStart, "止日早于起日", "It ends before it begins")
}

// entryInput is what writing an entry P takes.
type entryInput[P any] interface {
	entry() *Entry
	check() error
	into(P)
}

// entryList is a list of entries R, which policy lets be written by edit; taken refuses a code that another has.
type entryList[R any, P interface {
	*R
	work.Record
	entry() *Entry
}, V any] struct {
	work.Records[R, P, V]
	edit  policy.Action
	taken fault.Definition
}

// byCode is the order of such lists.
func byCode[R any, P interface {
	*R
	work.Record
	entry() *Entry
}]() []db.Order[R] {
	return []db.Order[R]{{Name: "code", Columns: []string{"code", "id"}, Key: func(r *R) []any { return []any{P(r).entry().Code, P(r).Base().ID} }}}
}

func (l entryList[R, P, V]) create(ctx context.Context, u *work.Unit, call work.Call, in entryInput[P]) (work.Answer[V], error) {
	return l.Do(ctx, u, call, func(tx *work.Tx) (P, error) {
		if err := policy.Check(call.Actor, l.edit, policy.Facts{Public: true}); err != nil {
			return nil, err
		}
		if err := in.check(); err != nil {
			return nil, err
		}
		r := P(new(R))
		*r.Base() = tx.NewHead()
		in.into(r)
		err := work.Insert(tx, work.Did(l.edit), r)
		if db.Duplicate(err) {
			return nil, l.taken.New()
		}
		return r, err
	})
}

func (l entryList[R, P, V]) replace(ctx context.Context, u *work.Unit, call work.Call, id uuid.UUID, version int64, in entryInput[P]) (work.Answer[V], error) {
	return l.Change(ctx, u, call, id, version, l.edit, func(_ *work.Tx, r P) error {
		if in.entry().Code != r.entry().Code {
			return fault.InvalidInput.At("/code", fault.Immutable, "代码不可更改", "The code cannot change")
		}
		if err := in.check(); err != nil {
			return err
		}
		in.into(r)
		return nil
	})
}
