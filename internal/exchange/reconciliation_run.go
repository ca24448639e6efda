package exchange

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/codes"
	"jiebang/internal/contracts"
	"jiebang/internal/fault"
	"jiebang/internal/jobs"
	"jiebang/internal/offices"
	"jiebang/internal/policy"
	"jiebang/internal/text"
	"jiebang/internal/when"
	"jiebang/internal/work"
)

// What happens to a reconciliation in the background; who asked for it was asked then.
const (
	comparing work.Deed = "reconciliation.begin"
	compared  work.Deed = "reconciliation.go_on"
	finished  work.Deed = "reconciliation.end"
	settled   work.Deed = "reconciliation.settle_row"
	took      work.Deed = "reconciliation.take"
)

// CompareHandler compares tables. One that its process died of goes on behind the last row that was compared.
func (s *Service) CompareHandler() jobs.Handler {
	return jobs.Handler{Kind: compareJob, Timeout: 2 * time.Hour, Attempts: 5, Errand: s.compare}
}

// TakeHandler takes over what only a table has, likewise.
func (s *Service) TakeHandler() jobs.Handler {
	return jobs.Handler{Kind: takeJob, Timeout: 2 * time.Hour, Attempts: 5, Errand: s.takeOver}
}

// held is a reconciliation under way.
type held struct {
	*Service
	rec   *Reconciliation
	actor policy.Actor
	call  work.Call
}

func (s *Service) hold(ctx context.Context, id uuid.UUID, by func(*Reconciliation) *uuid.UUID, operation string, states ...TableState) (*held, error) {
	rec, err := work.Load[Reconciliation](s.unit.Query(ctx), id)
	if fault.NotVisible.Of(err) || err == nil && work.In(rec.State, states...) != nil {
		return nil, nil
	} else if err != nil {
		return nil, err
	}
	actor, err := s.actor(ctx, *by(rec))
	if refused, is := fault.As(err); is && lasting(refused) {
		return &held{s, rec, policy.Actor{Account: *by(rec)}, work.Call{Operation: operation}}, refused
	}
	return &held{s, rec, actor, work.Call{Operation: operation, Actor: actor}}, err
}

// lasting tells whether a refusal stays one when it is tried again.
func lasting(refused *fault.Error) bool {
	return refused.Kind != fault.Unavailable && refused.Kind != fault.TooMany
}

// locked reads a reconciliation for a step, unless somebody else goes on with it.
func (h *held) locked(tx *work.Tx, state TableState) (*Reconciliation, error) {
	r, err := reconciliations.LockStored(tx, h.rec.ID)
	if err == nil && (r.State != state || r.Place != h.rec.Place || !same(r.StartedAt, h.rec.StartedAt)) {
		err = errStopped
	}
	return r, err
}

func (s *Service) compare(ctx context.Context, j jobs.Job) (func(tx *work.Tx) error, error) {
	h, err := s.hold(ctx, j.ObjectID, func(r *Reconciliation) *uuid.UUID { return r.StartedBy }, "compare a table", TableQueued, TableComparing)
	if h == nil {
		return nil, err
	}
	if err == nil {
		err = h.compareAll(ctx)
	}
	var refused *fault.Error
	switch {
	case errors.Is(err, errStopped):
		return nil, nil
	case errors.As(err, &refused) && lasting(refused):
		return func(tx *work.Tx) error { return h.endComparison(tx, refused) }, nil
	case err != nil:
		return nil, err
	}
	return func(tx *work.Tx) error { return h.endComparison(tx, nil) }, nil
}

// compareAll reads the table and compares it by batches.
func (h *held) compareAll(ctx context.Context) error {
	file, err := h.fetch(ctx, h.actor, *h.rec.FileID)
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }()
	return h.compareFile(ctx, file)
}

func (h *held) compareFile(ctx context.Context, file *upload) error {
	in, err := openSource(file, file.size, newHeadings(registrationFields(), h.rec.Mapping), Layout{Sheet: h.rec.Sheet, HeadingRow: h.rec.HeadingRow, Lines: file.lines})
	if err != nil {
		return asRefusal(err)
	}
	defer func() { _ = in.close() }()
	if err := h.begin(ctx, in); err != nil {
		return err
	}
	names, err := offices.Names(h.unit.Query(ctx))
	if err != nil {
		return err
	}
	seen := &rowsBefore{numbers: map[string]int{}, alike: map[string][]TableRow{}}
	var some []TableRow
	place, last, today := h.rec.Place, 0, when.DayOf(h.unit.Now())
	for n := 1; ; n++ {
		e, err := in.next()
		if errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return err
		}
		if n > MaxRows {
			return fault.FileRefused.Because("超过 %[1]d 行，请拆成几个文件。", "There are more than %[1]d rows; split the file.", MaxRows)
		}
		row := h.read(in, e, names, today, seen)
		if last = e.number; e.number <= place {
			continue
		}
		if some = append(some, row); len(some) == batchRows {
			if err := h.batch(ctx, some); err != nil {
				return err
			}
			some = some[:0]
		}
	}
	if last == 0 {
		return fault.FileRefused.Because("表头之下没有数据行。", "There is no row of data below the headings.")
	}
	if len(some) > 0 {
		return h.batch(ctx, some)
	}
	return nil
}

// begin notes that it runs, and what was found of headings.
func (h *held) begin(ctx context.Context, in *source) error {
	_, err := h.unit.Do(ctx, h.call, func(tx *work.Tx) error {
		r, err := reconciliations.LockStored(tx, h.rec.ID)
		if err != nil {
			return err
		}
		if r.State == TableComparing {
			*h.rec = *r
			return tx.Record(comparing, work.RefOf(r), nil, map[string]any{"place": r.Place})
		}
		err = work.Move(tx, r, comparing, func() error {
			r.Headings, r.About = in.headings, in.about
			return work.Step(&r.State, TableComparing, TableQueued)
		})
		*h.rec = *r
		return err
	})
	if fault.WrongState.Of(err) {
		return errStopped
	}
	return err
}

// rowsBefore are the rows of a table that came before, by what two of one contract have in common.
type rowsBefore struct {
	numbers map[string]int
	alike   map[string][]TableRow
}

// twin is the first row before that may be of the same contract as one.
func (b *rowsBefore) twin(row *TableRow) *TableRow {
	keys := row.Content.Alike()
	for _, key := range keys {
		for i := range b.alike[key] {
			if before := &b.alike[key][i]; before.Content.SameAs(row.Content) {
				return before
			}
		}
	}
	for _, key := range keys {
		if len(b.alike[key]) < 20 {
			b.alike[key] = append(b.alike[key], *row)
		}
	}
	return nil
}

// read makes a row of what the table says. A number that stands in an earlier row is a row of its own that cannot be read; of two rows of one contract the
// second is a twin.
func (h *held) read(in *source, e entry, offices map[string]string, today when.Day, seen *rowsBefore) TableRow {
	row := TableRow{ReconciliationID: h.rec.ID, Row: e.number, Outcome: RowUnreadable}
	if refused, is := fault.As(e.bad); is && e.cells == nil {
		row.Problems = in.problems(refused)
		return row
	}
	former, bad := readRegistered(e.cells, h.rec.Office, offices, today)
	if refused, is := fault.As(e.bad); is {
		bad = append(refused.Fields, bad...)
	}
	row.OfficialNumber, row.Title = text.Clip(former.OfficialNumber, 100), text.Clip(former.Terms.Title, 200)
	if form := codes.NumberForm(former.OfficialNumber); form != "" {
		if before, twice := seen.numbers[form]; twice {
			bad.Check(false, "/official_number", fault.Repeated, "登记编号 %[1]s 在第 %[2]d 行已有。", "The number %[1]s stands in row %[2]d already.", former.OfficialNumber, before)
		} else {
			seen.numbers[form] = e.number
		}
	}
	if d := former.RegisteredOn; !h.rec.From.IsZero() && !d.IsZero() {
		bad.Check(!d.Before(h.rec.From) && !d.After(h.rec.To), "/registered_on", fault.OutOfRange, "登记日期不在核对期间 %[1]s 至 %[2]s 之内。", "The day is not from %[1]s to %[2]s, which is what is compared.", h.rec.From, h.rec.To)
	}
	if refused, is := fault.As(bad.Err()); is {
		row.Problems = in.problems(refused)
		return row
	}
	row.Outcome, row.Content = RowOnlyThere, &former
	if before := seen.twin(&row); before != nil {
		row.Outcome = RowTwin
		row.Problems = []RowProblem{{Code: fault.Repeated.Code, ZH: fmt.Sprintf("与第 %d 行（%s）疑似同一合同。", before.Row, before.OfficialNumber), EN: fmt.Sprintf("It may be the contract of row %d (%s).", before.Row, before.OfficialNumber), Warning: true}}
	}
	return row
}

// batch compares some rows with what is registered here, and writes them with how far it has come.
func (h *held) batch(ctx context.Context, some []TableRow) error {
	var tally Tally
	_, err := h.unit.Do(ctx, h.call, func(tx *work.Tx) error {
		r, err := h.locked(tx, TableComparing)
		if err != nil {
			return err
		}
		rows := append([]TableRow(nil), some...) // the transaction may run twice
		if err := compareRows(tx.DB, r.Office, rows); err != nil {
			return err
		}
		tally = r.Tally
		tally.add(rows)
		if err := tx.CreateInBatches(&rows, 100).Error; err != nil {
			return err
		}
		if err := tally.write(tx, r.ID); err != nil {
			return err
		}
		return tx.Record(compared, work.RefOf(r), map[string]any{"place": r.Place}, map[string]any{"place": tally.Place})
	})
	if err == nil {
		h.rec.Tally = tally
	}
	return err
}

// compareRows says of rows that could be read what this system has of them.
func compareRows(q *gorm.DB, office string, rows []TableRow) error {
	var said []contracts.Former
	var at []int
	for i := range rows {
		if rows[i].Content != nil {
			said, at = append(said, *rows[i].Content), append(at, i)
		}
	}
	found, err := contracts.Compare(q, office, said)
	if err != nil {
		return err
	}
	for n, f := range found {
		row := &rows[at[n]]
		if f.Contract == nil {
			continue
		}
		row.ContractNumber, row.Differs = f.Contract.Number, f.Differs
		if row.Outcome == RowTwin && f.Same { // the row before is the one that is not
			row.Problems = nil
		}
		if f.Contract.Office == office {
			row.ContractID = &f.Contract.ID
		}
		switch {
		case f.Same:
			row.Outcome = RowSame
		case f.Twin:
			row.Outcome = RowTwin
		default:
			row.Outcome = RowDiffers
		}
	}
	return nil
}

// endComparison notes what only this system has, and that it has ended: well, or failed for a reason.
func (h *held) endComparison(tx *work.Tx, why *fault.Error) error {
	tx.Call.Actor = h.actor
	r, err := reconciliations.LockStored(tx, h.rec.ID)
	if err != nil {
		return err
	}
	if r.State != TableQueued && r.State != TableComparing {
		return jobs.ErrNothing
	}
	if why == nil {
		if err := r.missing(tx); err != nil {
			return err
		}
	}
	return work.Move(tx, r, finished, func() error {
		r.EndedAt = &tx.Now
		if why == nil {
			r.About = int(r.Total)
			return work.Step(&r.State, TableCompared, TableQueued, TableComparing)
		}
		r.Problem = problemOf(why)
		return work.Step(&r.State, TableFailed, TableQueued, TableComparing)
	})
}

// problemOf is why something as a whole did not go on.
func problemOf(why *fault.Error) *Problem {
	told := why.Told()
	p := &Problem{why.Code, told.ZH, told.EN}
	for _, f := range why.Fields {
		p.ZH += f.Message.ZH
		p.EN += " " + f.Message.EN
	}
	return p
}

// missing writes a row for each contract that the office has registered in the period and that no row of the table names. Without a period it is
// from the first to the last day in the table.
func (r *Reconciliation) missing(tx *work.Tx) error {
	first, last := r.From, r.To
	if first.IsZero() {
		for after := 0; ; {
			var rows []TableRow
			if err := tx.Where("reconciliation_id = ? AND row_number > ? AND content IS NOT NULL", r.ID, after).Order("row_number").Limit(500).Find(&rows).Error; err != nil {
				return err
			}
			for i := range rows {
				after = rows[i].Row
				if rows[i].Content == nil {
					continue
				}
				if d := rows[i].Content.RegisteredOn; first.IsZero() || d.Before(first) {
					first = d
				}
				if d := rows[i].Content.RegisteredOn; d.After(last) {
					last = d
				}
			}
			if len(rows) < 500 {
				break
			}
		}
	}
	if first.IsZero() {
		return nil
	}
	r.FoundFrom, r.FoundTo = first, last
	named := func(q *gorm.DB) *gorm.DB {
		return q.Model(&TableRow{}).Select("contract_id").Where("reconciliation_id = ? AND contract_id IS NOT NULL", r.ID)
	}
	for after, place := uuid.Nil, r.Place; ; {
		found, err := contracts.Missing(tx.DB, r.Office, first, last, named, after, batchRows)
		if err != nil || len(found) == 0 {
			return err
		}
		rows := make([]TableRow, len(found))
		for i := range found {
			c := &found[i]
			place++
			rows[i] = TableRow{ReconciliationID: r.ID, Row: place, Outcome: RowOnlyHere, Title: text.Clip(c.Title, 200), ContractID: &c.ID, ContractNumber: c.Number}
			if c.OfficialNumber != nil {
				rows[i].OfficialNumber = *c.OfficialNumber
			}
			after = c.ID
		}
		r.add(rows)
		if err := tx.CreateInBatches(&rows, 100).Error; err != nil {
			return err
		}
	}
}
