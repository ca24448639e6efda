package exchange

import (
	"context"
	"slices"

	"jiebang/internal/db"
	"jiebang/internal/external"
	"jiebang/internal/fault"
	"jiebang/internal/listing"
	"jiebang/internal/policy"
	"jiebang/internal/tables"
	"jiebang/internal/text"
	"jiebang/internal/work"

	"github.com/google/uuid"

	"golang.org/x/text/unicode/norm"
)

// Identity is the column of what a row is called elsewhere.
const Identity = "id"

// kind is a kind of record that is imported and exported.
type kind interface {
	noun() string
	zh() string
	fields() []Field
	// read turns cells into what a row says; bad are the places that are wrong, by the names of columns.
	read(cells map[string]reading, defaults map[string]string) (set any, bad fault.Fields)
	bring(tx *work.Tx, b listing.Bringing, ids []external.ID, sets []any) ([]listing.Fate, error)
	// page reads one page of what a reader may know of, and writes it by columns.
	page(ctx context.Context, reader policy.Actor, filter Filter, names naming, p db.Paging) (rows [][]string, next string, err error)
	table() string
	// where narrows the records of an import, as r, to those that a step is about.
	where(step Step) (sql string, args []any)
	// takes refuses a step that records of the kind do not know.
	takes(action Action) error
	// each runs a step of several records, each with an outcome of its own.
	each(ctx context.Context, call work.Call, step Step, ids []uuid.UUID) ([]listing.Fate, error)
}

// shape is a kind whose listings are of R.
type shape[R any, P listing.Record[R, C, O], C listing.Content[C], O listing.Offer[O], V any] struct {
	name, chinese string
	columns       []column[C, O, V]
	service       listing.Service[R, P, C, O, V]
	list          func(ctx context.Context, reader policy.Actor, f Filter, p db.Paging) (db.Page[V], error)
	beside        func(v *V) *listing.Beside
	state         func(v *V) (id uuid.UUID, state string)
	// confirm says until when the owner's word holds; nil of kinds that know no such day.
	confirm func(step Step) func(r P) error
}

func (s *shape[R, P, C, O, V]) noun() string { return s.name }
func (s *shape[R, P, C, O, V]) zh() string   { return s.chinese }

func (s *shape[R, P, C, O, V]) table() string {
	var r R
	return any(r).(interface{ TableName() string }).TableName()
}

func (s *shape[R, P, C, O, V]) where(step Step) (string, []any) {
	const revision = "EXISTS (SELECT 1 FROM revisions v WHERE v.object_kind = ? AND v.object_id = r.id AND v.state = ?)"
	switch step.Action {
	case Submit:
		return "(r.state = 'draft' OR " + revision + ")", []any{s.name, "draft"}
	case Confirm:
		return "(r.confirmed_until IS NULL OR r.confirmed_until < ?)", []any{step.Until}
	}
	return "(r.state = 'submitted' OR " + revision + ")", []any{s.name, "submitted"}
}

func (s *shape[R, P, C, O, V]) fields() []Field {
	out := []Field{{
		Name: Identity, Heading: "编号", Also: []string{"外部编号", "成果编号", "需求编号", "团队编号", "项目编号", "登记号", "登记编号", "成果登记号", "id", "external_id"}, Required: true, Numeric: true,
		Hint: "本单位给这条记录的编号，再次导入时以它认出同一条记录，请勿改动或重复使用", Example: "2026-001",
	}}
	for _, c := range s.columns {
		out = append(out, c.Field)
	}
	return out
}

func (s *shape[R, P, C, O, V]) read(cells map[string]reading, defaults map[string]string) (any, fault.Fields) {
	var bad fault.Fields
	var sets []func(*C, *O)
	for _, c := range s.columns {
		cell, given := cells[c.Name]
		if given && cell.cell.Kind == tables.Absent {
			given = false
		}
		if value := defaults[c.Name]; value != "" && (!given || cell.cell.Text == "") {
			cell.cell, given = tables.Cell{Text: value}, true
		}
		if !given {
			continue
		}
		cell.bad, cell.pointer = &bad, "/"+c.Name
		sets = append(sets, c.read(&cell))
	}
	return func(c *C, o *O) {
		for _, set := range sets {
			set(c, o)
		}
	}, bad
}

func (s *shape[R, P, C, O, V]) bring(tx *work.Tx, b listing.Bringing, ids []external.ID, sets []any) ([]listing.Fate, error) {
	rows := make([]listing.Brought[C, O], len(ids))
	for i := range ids {
		rows[i] = listing.Brought[C, O]{ID: ids[i], Set: sets[i].(func(*C, *O))}
	}
	return s.service.Bring(tx, b, rows)
}

func (s *shape[R, P, C, O, V]) takes(action Action) error {
	if action == Confirm && s.confirm == nil {
		return fault.InvalidInput.At("/action", fault.NotOffered, "此类记录不需要确认", "Records of this kind are not confirmed")
	}
	return nil
}

func (s *shape[R, P, C, O, V]) each(ctx context.Context, call work.Call, step Step, ids []uuid.UUID) ([]listing.Fate, error) {
	return s.service.Each(ctx, call, ids, func(tx *work.Tx, l *listing.Listings[R, P, C, O, V], id uuid.UUID) error {
		switch step.Action {
		case Submit:
			return l.HandIn(tx, id)
		case Publish:
			return l.Release(tx, id)
		case Return:
			return l.GiveBack(tx, id, step.Reason)
		}
		confirm := s.confirm(step)
		return l.Alive(tx, id, l.SetOffer, func(r P) error {
			if err := confirm(r); err != nil {
				return err
			}
			if l.OnOffer != nil {
				return l.OnOffer(tx, r)
			}
			return nil
		})
	})
}

// beyond are the columns of an export that no import reads: what the system itself says.
var beyond = []Field{{Name: "state", Heading: "状态"}, {Name: "owner", Heading: "所属单位"}, {Name: "record", Heading: "系统标识"}}

func (s *shape[R, P, C, O, V]) page(ctx context.Context, reader policy.Actor, f Filter, names naming, p db.Paging) ([][]string, string, error) {
	page, err := s.list(ctx, reader, f, p)
	if err != nil {
		return nil, "", err
	}
	out := make([][]string, len(page.Items))
	for i := range page.Items {
		v := &page.Items[i]
		b := s.beside(v)
		row := make([]string, 0, len(s.columns)+4)
		row = append(row, identityOf(b.External, f.Scheme))
		for _, c := range s.columns {
			row = append(row, c.write(v, names))
		}
		id, state := s.state(v)
		out[i] = append(row, state, b.Owner.Name, id.String())
	}
	return out, page.Next, nil
}

// identityOf is what a record is called in a scheme.
func identityOf(ids []external.ID, scheme string) string {
	i := slices.IndexFunc(ids, func(x external.ID) bool { return x.Scheme == scheme })
	if i < 0 {
		return ""
	}
	return ids[i].ID
}

// identity reads what a row is called.
func identity(r reading, bad *fault.Fields) string {
	r.bad, r.pointer = bad, "/"+Identity
	before := len(*bad)
	if r.exactText(text.Exact); len(*bad) > before {
		return ""
	}
	id := external.Number(bad, norm.NFC.String(r.cell.Text), r.pointer, external.MaxID)
	if len(*bad) > before {
		return ""
	}
	bad.Check(id != "" || slices.ContainsFunc(*bad, func(f fault.Field) bool { return f.Pointer == r.pointer }), r.pointer, fault.Required, "每行须有编号。", "Each line needs an id.")
	return id
}
