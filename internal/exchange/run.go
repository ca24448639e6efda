package exchange

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/codes"
	"jiebang/internal/external"
	"jiebang/internal/fault"
	"jiebang/internal/jobs"
	"jiebang/internal/listing"
	"jiebang/internal/policy"
	"jiebang/internal/ref"
	"jiebang/internal/text"
	"jiebang/internal/work"
	"jiebang/search/lines"
)

// What happens to an import while it runs; who started it was asked then.
const (
	began      work.Deed = "import.begin"
	progressed work.Deed = "import.go_on"
	ended      work.Deed = "import.end"
)

// Handler runs imports. One that its process died of goes on behind the last row that was dealt with, since rows, their outcomes and that place are
// written together.
func (s *Service) Handler() jobs.Handler {
	return jobs.Handler{Kind: job, Timeout: 2 * time.Hour, Attempts: 5, Errand: s.run}
}

// errStopped says that the import was cancelled, or that somebody else goes on with it.
var errStopped = errors.New("exchange: the import goes on no more here")

// running is an import under way.
type running struct {
	*Service
	imp   *Import
	kind  kind
	actor policy.Actor
	names naming
	in    *source
	seen  map[string]seenRow
}

// seenRow is a row that the file had before.
type seenRow struct {
	row    int
	digest [sha256.Size]byte
}

// item is a row that was read.
type item struct {
	row int
	id  string
	set any
	bad *fault.Error
	// again: the row says what an earlier one of the same identity says
	again bool
}

func (s *Service) run(ctx context.Context, j jobs.Job) (func(tx *work.Tx) error, error) {
	imp, err := work.Load[Import](s.unit.Query(ctx), j.ObjectID)
	if fault.NotVisible.Of(err) || err == nil && imp.State != Queued && imp.State != Running {
		return nil, nil
	} else if err != nil {
		return nil, err
	}
	finish, err := s.goOn(ctx, imp)
	var refused *fault.Error
	switch {
	case errors.Is(err, errStopped):
		return nil, nil
	case errors.As(err, &refused) && lasting(refused):
		return func(tx *work.Tx) error { return s.end(tx, imp.ID, refused) }, nil
	}
	return finish, err
}

// goOn runs an import from where it is to its end.
func (s *Service) goOn(ctx context.Context, imp *Import) (func(tx *work.Tx) error, error) {
	actor, err := s.actor(ctx, *imp.StartedBy)
	if err != nil {
		return nil, err
	}
	file, err := s.fetch(ctx, actor, *imp.FileID)
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }()
	r := &running{Service: s, imp: imp, kind: s.kinds[imp.Kind], actor: actor, seen: map[string]seenRow{}}
	if err := r.open(ctx, file); err != nil {
		return nil, err
	}
	defer func() { _ = r.in.close() }()
	if err := r.begin(ctx); err != nil {
		return nil, err
	}
	all, err := r.rows(ctx)
	if err != nil {
		return nil, err
	}
	if imp.Whole && !imp.DryRun && imp.Refused == 0 {
		return func(tx *work.Tx) error { return r.writeAll(tx, all) }, nil
	}
	return func(tx *work.Tx) error { return s.end(tx, imp.ID, nil) }, nil
}

// open finds the headings of the file, by what its owner calls them.
func (r *running) open(ctx context.Context, file *upload) error {
	q := r.unit.Query(ctx)
	var err error
	if r.names, err = namesOfChains(q); err != nil {
		return err
	}
	r.in, err = r.source(q, r.imp, file)
	return asRefusal(err)
}

// asRefusal makes a fault of what a reader of lines says of a file.
func asRefusal(err error) error {
	var kind *lines.KindError
	var cut *lines.BrokenError
	switch {
	case errors.As(err, &kind):
		return fault.FileRefused.Because("%[1]s", "%[2]s", kind.ZH, kind.EN)
	case errors.As(err, &cut):
		return fault.FileRefused.Because("文件在第 %[1]d 行之后中断，请换用完整的文件。", "The file breaks off after line %[1]d; take a whole one.", cut.Behind)
	}
	return err
}

func namesOfChains(q *gorm.DB) (naming, error) {
	var rows []ref.IndustryChain
	n := naming{map[string]string{}, map[string]string{}}
	err := q.Find(&rows).Error
	for _, c := range rows {
		n.chains[codes.NameForm(c.Name)], n.called[c.Code] = c.Code, c.Name
	}
	return n, err
}

// begin notes that it runs, and what was found of headings.
func (r *running) begin(ctx context.Context) error {
	_, err := r.unit.Do(ctx, r.call(), func(tx *work.Tx) error {
		i, err := records.Lock(tx, r.imp.ID)
		if err != nil {
			return err
		}
		if i.State == Running {
			return tx.Record(began, work.RefOf(i), nil, i.Progress)
		}
		err = work.Move(tx, i, began, func() error {
			i.Headings, i.About = r.in.headings, r.in.about
			return work.Step(&i.State, Running, Queued)
		})
		*r.imp = *i
		return err
	})
	if fault.WrongState.Of(err) {
		return errStopped
	}
	return err
}

func (r *running) call() work.Call { return work.Call{Operation: "run an import", Actor: r.actor} }

// rows reads all rows and deals with them by batches. Those that an import of all or nothing shall write are returned.
func (r *running) rows(ctx context.Context) (all []item, err error) {
	whole := r.imp.Whole && !r.imp.DryRun
	try := r.imp.Whole || r.imp.DryRun // all or nothing is written at the end
	place := r.imp.Place
	var some []item
	last := 0
	for n := 1; ; n++ {
		e, err := r.in.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if refused, is := fault.As(err); is { // what was read whole is dealt with
			if len(some) > 0 {
				if err := r.batch(ctx, some, try); err != nil {
					return nil, err
				}
			}
			return nil, r.brokenOff(refused)
		}
		if err != nil {
			return nil, err
		}
		if n > MaxRows {
			return nil, fault.FileRefused.Because("超过 %[1]d 行，请拆成几个文件。", "There are more than %[1]d rows; split the file.", MaxRows)
		}
		if whole && n > MaxWhole {
			return nil, fault.FileRefused.Because("要求全部成功的导入至多 %[1]d 行；请改为逐行导入，或拆成几个文件。", "An import of all or nothing has %[1]d rows at most; take the others, or split the file.", MaxWhole)
		}
		it := r.read(e)
		last = e.number
		if whole {
			all = append(all, it)
		}
		if e.number <= place {
			continue
		}
		if some = append(some, it); len(some) == batchRows {
			if err := r.batch(ctx, some, try); err != nil {
				return nil, err
			}
			some = some[:0]
		}
	}
	if last == 0 {
		return nil, fault.FileRefused.Because("表头之下没有数据行。", "There is no row of data below the headings.")
	}
	if len(some) > 0 {
		err = r.batch(ctx, some, try)
	}
	return all, err
}

// brokenOff says beside where a file broke off what became of the rows before.
func (r *running) brokenOff(why *fault.Error) *fault.Error {
	if !fault.FileRefused.Of(why) {
		return why
	}
	out, t := *why, why.Told()
	switch p := r.imp.Progress; {
	case r.imp.DryRun:
		out.Detail = fault.Say("%[1]s此前完整的 %[3]d 行已检查。", "%[2]s The %[3]d whole rows before it were looked at.", t.ZH, t.EN, p.Total)
	case r.imp.Whole:
		out.Detail = fault.Say("%[1]s此前完整的 %[3]d 行已检查；因要求全部成功，没有写入任何一行。", "%[2]s The %[3]d whole rows before it were looked at; since it is all or nothing, none was written.", t.ZH, t.EN, p.Total)
	default:
		out.Detail = fault.Say("%[1]s此前完整的 %[3]d 行已照常处理，换用完整的文件再次导入时不会重复。", "%[2]s The %[3]d whole rows before it were dealt with; import a whole file again, nothing is doubled.", t.ZH, t.EN, p.Total)
	}
	return &out
}

// read makes an item of a row.
func (r *running) read(e entry) item {
	it := item{row: e.number}
	var bad fault.Fields
	if refused, is := fault.As(e.bad); is {
		if len(refused.Fields) == 0 || e.cells == nil {
			it.bad = refused
			return it
		}
		bad = refused.Fields
	}
	said := sha256.New()
	for _, f := range r.in.fields {
		if cell, given := e.cells[f.Name]; given {
			cell.names = r.names
			e.cells[f.Name] = cell
			fmt.Fprintf(said, "%s\x00%d\x00%s\x00", f.Name, cell.cell.Kind, cell.cell.Text)
		}
	}
	it.id = identity(e.cells[Identity], &bad)
	var wrong fault.Fields
	it.set, wrong = r.kind.read(e.cells, map[string]string{"field": r.imp.Settings.Field})
	bad = besides(bad, wrong)
	if it.id != "" {
		digest := [sha256.Size]byte(said.Sum(nil))
		before, twice := r.seen[it.id]
		switch {
		case !twice:
			r.seen[it.id] = seenRow{e.number, digest}
		case before.digest == digest:
			it.again = true
		default:
			bad.Check(false, "/"+Identity, fault.Repeated, "编号 %[1]s 在第 %[2]d 行已有，内容与本行（第 %[3]d 行）不同；请只保留一行。",
				"The id %[1]s stands in line %[2]d with other content than here, in line %[3]d; keep one of them.", it.id, before.row, e.number)
		}
	}
	if err, is := fault.As(bad.Err()); is {
		it.bad = err
	}
	return it
}

// batch deals with some rows in one transaction: it writes them, their outcomes, and how far the import has come.
func (r *running) batch(ctx context.Context, some []item, try bool) error {
	var progress Progress
	_, err := r.unit.Do(ctx, r.call(), func(tx *work.Tx) error {
		i, err := records.Lock(tx, r.imp.ID)
		if err != nil {
			return err
		}
		if i.State != Running || i.Place != r.imp.Place || !same(i.StartedAt, r.imp.StartedAt) {
			return errStopped
		}
		outcomes, err := r.bring(tx, some, try)
		if err != nil {
			return err
		}
		progress = i.Progress
		progress.add(outcomes)
		if err := tx.CreateInBatches(&outcomes, 200).Error; err != nil {
			return err
		}
		if err := progress.write(tx, i.ID); err != nil {
			return err
		}
		return tx.Record(progressed, work.RefOf(i), i.Progress, progress)
	})
	if err == nil {
		r.imp.Progress = progress
	}
	return err
}

func same(a, b *time.Time) bool { return a != nil && b != nil && a.Equal(*b) }

// bring writes rows, or tries to, and tells what became of each.
func (r *running) bring(tx *work.Tx, some []item, try bool) ([]RowOutcome, error) {
	out := make([]RowOutcome, len(some))
	var ids []external.ID
	var sets []any
	var at []int
	for n, it := range some {
		out[n] = RowOutcome{ImportID: r.imp.ID, Row: it.row, Identity: text.Clip(it.id, 200), Outcome: string(listing.Unchanged)}
		switch {
		case it.bad != nil:
			r.refuse(&out[n], it.bad)
		case !it.again:
			x, err := external.Clean([]external.ID{{Scheme: r.imp.Scheme, ID: it.id}}, "")
			if refused, is := fault.As(err); is {
				for i := range refused.Fields {
					refused.Fields[i].Pointer = "/" + Identity
				}
				r.refuse(&out[n], refused)
				continue
			}
			ids, sets, at = append(ids, x[0]), append(sets, it.set), append(at, n)
		}
	}
	if len(ids) == 0 {
		return out, nil
	}
	fates, err := r.kind.bring(tx, listing.Bringing{Owner: r.imp.OwnerID, Submit: r.imp.Submit, Try: try}, ids, sets)
	if err != nil {
		return nil, err
	}
	for i, f := range fates {
		o := &out[at[i]]
		o.Outcome = string(f.Outcome)
		if f.ID != uuid.Nil {
			o.ObjectID = &f.ID
		}
		if f.Err != nil {
			r.refuse(o, f.Err)
			continue
		}
		o.warned = f.Warnings
		for _, w := range f.Warnings {
			o.Problems = append(o.Problems, r.in.problem(w, true))
		}
	}
	return out, nil
}

// refuse notes that a row was refused, and why.
func (r *running) refuse(o *RowOutcome, err *fault.Error) {
	o.Outcome, o.Problems, o.refusal = string(listing.Refused), r.in.problems(err), err
}

// besides adds what is wrong with places of which nothing is told yet: what could not be read is told once.
func besides(bad, more fault.Fields) fault.Fields {
	for _, f := range more {
		if !slices.ContainsFunc(bad, func(b fault.Field) bool { return b.Pointer == f.Pointer }) {
			bad = append(bad, f)
		}
	}
	return bad
}

// problems are what is wrong with a row, by its columns; of no source they have none.
func (s *source) problems(err *fault.Error) []RowProblem {
	if len(err.Fields) == 0 {
		t := err.Text
		if !err.Detail.IsZero() {
			t = fault.Text{ZH: t.ZH + err.Detail.ZH, EN: t.EN + " " + err.Detail.EN}
		}
		return []RowProblem{{Code: err.Code, ZH: t.ZH, EN: t.EN}}
	}
	out := make([]RowProblem, len(err.Fields))
	for i, f := range err.Fields {
		out[i] = s.problem(f, false)
	}
	return out
}

func (s *source) problem(f fault.Field, warning bool) RowProblem {
	p := RowProblem{Pointer: f.Pointer, Code: f.Code, ZH: text.Clip(f.Message.ZH, 1000), EN: text.Clip(f.Message.EN, 1000), Warning: warning}
	if s != nil {
		p.Column, p.Heading = s.where(f.Pointer)
	}
	return p
}

// writeAll writes all rows of an import of all or nothing, in the transaction that ends it. One that is refused after all takes all back.
func (r *running) writeAll(tx *work.Tx, all []item) error {
	tx.Call.Actor = r.actor
	i, err := records.Lock(tx, r.imp.ID)
	if err != nil {
		return err
	}
	if i.State != Running {
		return jobs.ErrNothing
	}
	progress := Progress{About: i.About}
	refused, err := tx.Try(func() error {
		if err := tx.Where("import_id = ?", i.ID).Delete(&RowOutcome{}).Error; err != nil {
			return err
		}
		for some := range slices.Chunk(all, batchRows) {
			outcomes, err := r.bring(tx, some, false)
			if err != nil {
				return err
			}
			progress.add(outcomes)
			if progress.Refused > 0 {
				return fault.VersionStale.Because("数据在检查之后被他人改动，没有写入任何一行；请再次开始。", "Somebody changed a record since the rows were checked, and nothing was written; start it again.")
			}
			if err := tx.CreateInBatches(&outcomes, 200).Error; err != nil {
				return err
			}
		}
		return progress.write(tx, i.ID)
	})
	if err != nil {
		return err
	}
	return r.end(tx, i.ID, refused)
}

func (p *Progress) add(outcomes []RowOutcome) {
	for _, o := range outcomes {
		p.Total++
		p.Place = max(p.Place, o.Row)
		switch listing.Outcome(o.Outcome) {
		case listing.Created:
			p.Created++
		case listing.Changed:
			p.Changed++
		case listing.Revised:
			p.Revised++
		case listing.Unchanged:
			p.Unchanged++
		case listing.Refused:
			p.Refused++
		}
	}
	p.About = max(p.About, p.Total)
}

// write notes how far it has come.
func (p Progress) write(tx *work.Tx, id uuid.UUID) error {
	return tx.Model(&Import{}).Where("id = ?", id).Updates(map[string]any{
		"place": p.Place, "about": p.About, "rows_read": p.Total, "created": p.Created, "changed": p.Changed, "revised": p.Revised, "unchanged": p.Unchanged, "refused": p.Refused,
	}).Error
}

// end notes that an import has ended: well, or failed for a reason.
func (s *Service) end(tx *work.Tx, id uuid.UUID, why *fault.Error) error {
	i, err := records.LockStored(tx, id)
	if err != nil {
		return err
	}
	if i.State != Queued && i.State != Running {
		return jobs.ErrNothing
	}
	return work.Move(tx, i, ended, func() error {
		i.EndedAt = &tx.Now
		if why == nil {
			i.About = i.Total
			return work.Step(&i.State, Done, Queued, Running)
		}
		i.Problem = problemOf(why)
		return work.Step(&i.State, Failed, Queued, Running)
	})
}
