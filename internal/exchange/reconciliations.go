package exchange

import (
	"bytes"
	"context"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/accounts"
	"jiebang/internal/db"
	"jiebang/internal/fault"
	"jiebang/internal/files"
	"jiebang/internal/jobs"
	"jiebang/internal/offices"
	"jiebang/internal/people"
	"jiebang/internal/policy"
	"jiebang/internal/tables"
	"jiebang/internal/when"
	"jiebang/internal/work"
)

// NationalSystem is the other system where the caller names none.
const NationalSystem = "全国技术合同管理与服务系统"

// ReconciliationAnswer is the outcome of a use case that changed a reconciliation.
type ReconciliationAnswer = work.Answer[ReconciliationView]

// ReconciliationInput is what a reconciliation takes.
type ReconciliationInput struct {
	Office     string
	Source     string   // what the other system is called; empty: the national one
	From, To   when.Day // of the days of registration that the table covers; none: from the first to the last in it
	Sheet      string
	HeadingRow int
	Mapping    map[string]string // of headings to the names of columns; "-" leaves a column out
}

// Reconcile prepares a reconciliation: its file is hung on it then, and it is started; by a registrar of the office.
func (s *Service) Reconcile(ctx context.Context, call work.Call, in ReconciliationInput) (ReconciliationAnswer, error) {
	return reconciliations.Do(ctx, s.unit, call, func(tx *work.Tx) (*Reconciliation, error) {
		if err := policy.Check(call.Actor, policy.ReconciliationCreate, policy.Facts{Office: in.Office}); err != nil {
			return nil, err
		}
		var bad fault.Fields
		if err := offices.Check(tx.DB, &bad, in.Office, "/office"); err != nil {
			return nil, err
		}
		if in.Source == "" {
			in.Source = NationalSystem
		}
		today := when.DayOf(tx.Now)
		bad.Check(in.From.IsZero() == in.To.IsZero(), "/registered_to", fault.Required, "起止日期须一并填写，或都不填", "Give both days, or neither")
		bad.Check(!in.To.Before(in.From) || in.To.IsZero(), "/registered_to", fault.BeforeStart, "止日早于起日", "It ends before it begins")
		when.NotAhead(&bad, in.From, today, "/registered_from")
		columns := newHeadings(registrationFields())
		for _, heading := range slices.Sorted(maps.Keys(in.Mapping)) {
			if _, known := columns.field(in.Mapping[heading]); !known && in.Mapping[heading] != "-" {
				fault.Offered(&bad, in.Mapping[heading], "/mapping", append(namesIn(registrationFields()), "-"))
			}
		}
		if err := bad.Err(); err != nil {
			return nil, err
		}
		r := &Reconciliation{Head: tx.NewHead(), Office: in.Office, Source: in.Source, From: in.From, To: in.To, Sheet: in.Sheet, HeadingRow: in.HeadingRow, Mapping: in.Mapping,
			State: TableWaiting, CreatedBy: call.Actor.Account}
		if r.Mapping == nil {
			r.Mapping = map[string]string{}
		}
		return r, work.Insert(tx, work.Did(policy.ReconciliationCreate), r)
	})
}

// ReconciliationFilter narrows a list of reconciliations; empty fields do not.
type ReconciliationFilter struct {
	Office string     `query:"office" where:"office = ?"`
	State  TableState `query:"state" where:"state = ?"`
}

// Reconciliations lists those of the reader's offices; of all for an operator.
func (s *Service) Reconciliations(ctx context.Context, reader policy.Actor, f ReconciliationFilter, p db.Paging) (db.Page[ReconciliationView], error) {
	asked := policy.Facts{Office: f.Office}
	if own := reader.RegistrarAt(); f.Office == "" && len(own) > 0 {
		asked.Office = own[0]
	}
	if err := policy.Check(reader, policy.ReconciliationList, asked); err != nil {
		return db.Page[ReconciliationView]{}, err
	}
	var bad fault.Fields
	if f.Office != "" {
		if err := offices.Check(s.unit.Query(ctx), &bad, f.Office, "query:office"); err != nil {
			return db.Page[ReconciliationView]{}, err
		}
	}
	if err := bad.Err(); err != nil {
		return db.Page[ReconciliationView]{}, err
	}
	return reconciliations.List(ctx, s.unit, reader, f, p)
}

// Reconciliation reads one.
func (s *Service) Reconciliation(ctx context.Context, reader policy.Actor, id uuid.UUID) (ReconciliationView, error) {
	return reconciliations.Get(ctx, s.unit, reader, id)
}

const (
	compareJob jobs.Kind = "reconciliation.compare"
	takeJob    jobs.Kind = "reconciliation.take_over"
)

// Compare has the file that was hung on a reconciliation last compared with what is registered here, in the background. What was settled before is
// settled no more: the rows are others.
func (s *Service) Compare(ctx context.Context, call work.Call, id uuid.UUID, version int64) (ReconciliationAnswer, error) {
	return reconciliations.Change(ctx, s.unit, call, id, version, policy.ReconciliationEdit, func(tx *work.Tx, r *Reconciliation) error {
		file, err := files.Last(tx.DB, r.Noun(), r.ID)
		if err != nil {
			return err
		}
		if file == uuid.Nil {
			return fault.ImportHasNoFile.New()
		}
		if err := r.start(call.Actor.Account, file, tx.Now); err != nil {
			return err
		}
		if err := tx.Where("reconciliation_id = ?", r.ID).Delete(&TableRow{}).Error; err != nil {
			return err
		}
		return jobs.At(tx, compareJob, r.ID, tx.Now)
	})
}

// Settling is what is noted about a row.
type Settling struct {
	Row  int
	Note string
	Take bool // of a possible twin: it is another contract, and is taken over with the others
}

// Settle notes what became of a row that the two systems have otherwise.
func (s *Service) Settle(ctx context.Context, call work.Call, id uuid.UUID, version int64, in Settling) (ReconciliationAnswer, error) {
	return reconciliations.Change(ctx, s.unit, call, id, version, policy.ReconciliationEdit, func(tx *work.Tx, r *Reconciliation) error {
		if err := r.maySettle(); err != nil {
			return err
		}
		var bad fault.Fields
		in.Note = strings.TrimSpace(in.Note)
		bad.Length(in.Note, "/note", 2, 1000)
		if err := bad.Err(); err != nil {
			return err
		}
		var rows []TableRow
		if err := tx.Where("reconciliation_id = ? AND row_number = ?", r.ID, in.Row).Find(&rows).Error; err != nil {
			return err
		}
		if len(rows) == 0 {
			return fault.InvalidInput.At("/row", fault.UnknownRecord, "没有这一行", "There is no such row")
		}
		row := rows[0]
		if in.Take && r.State != TableCompared {
			return fault.In(r.State, TableCompared)
		}
		first, took := row.SettledAt == nil, row.Take
		if err := row.settle(call.Actor.Account, in.Note, in.Take, tx.Now); err != nil {
			return err
		}
		if first {
			r.Unsettled--
		}
		if row.Take != took { // it is among those that only the table has, or no longer
			by := int64(1)
			if took {
				by = -1
			}
			r.OnlyThere, r.Twins = r.OnlyThere+by, r.Twins-by
		}
		if err := tx.Model(&TableRow{}).Where("reconciliation_id = ? AND row_number = ?", r.ID, in.Row).
			Updates(map[string]any{"settled_by": row.SettledBy, "settled_at": row.SettledAt, "note": row.Note, "take": row.Take}).Error; err != nil {
			return err
		}
		return tx.Record(settled, work.RefOf(r), nil, map[string]any{"row": row.Row, "outcome": row.Outcome, "official_number": row.OfficialNumber, "note": row.Note, "take_over": row.Take})
	})
}

// Propose asks a second registrar of the office to confirm that what only the table has is taken over.
func (s *Service) Propose(ctx context.Context, call work.Call, id uuid.UUID, version int64) (ReconciliationAnswer, error) {
	return reconciliations.Change(ctx, s.unit, call, id, version, policy.ReconciliationEdit, func(tx *work.Tx, r *Reconciliation) error {
		return r.propose(call.Actor.Account, tx.Now)
	})
}

// ConfirmTakeover has what only the table has taken over, in the background; by another registrar than who proposed it.
func (s *Service) ConfirmTakeover(ctx context.Context, call work.Call, id uuid.UUID, version int64) (ReconciliationAnswer, error) {
	return reconciliations.Change(ctx, s.unit, call, id, version, policy.ReconciliationConfirm, func(tx *work.Tx, r *Reconciliation) error {
		proposer := r.ProposedBy
		if err := r.confirm(call.Actor.Account, tx.Now); err != nil {
			return err
		}
		if registrars, err := people.RegistrarsAt(tx.DB, r.Office, when.DayOf(tx.Now)); err != nil {
			return err
		} else if !slices.Contains(registrars, *proposer) {
			return fault.NotAllowed.Because("提请人已不是该机构的登记员，请退回后重新提请。", "Who proposed it is no registrar of the office any more: return it, and propose it anew.")
		}
		return jobs.At(tx, takeJob, r.ID, tx.Now)
	})
}

// ReturnTakeover ends a proposal: by who made it, or another registrar who does not agree.
func (s *Service) ReturnTakeover(ctx context.Context, call work.Call, id uuid.UUID, version int64, reason string) (ReconciliationAnswer, error) {
	return reconciliations.Change(ctx, s.unit, call, id, version, policy.ReconciliationEdit, func(_ *work.Tx, r *Reconciliation) error {
		var bad fault.Fields
		reason = strings.TrimSpace(reason)
		bad.Length(reason, "/reason", 2, 1000)
		if err := bad.Err(); err != nil {
			return err
		}
		return r.giveBack(reason)
	})
}

// TableRowFilter narrows the rows of a reconciliation.
type TableRowFilter struct {
	Reconciliation uuid.UUID    `path:"id" where:"reconciliation_id = ?"`
	Outcome        TableOutcome `query:"outcome" where:"outcome = ?"`
	Unsettled      *bool        `query:"unsettled"`
}

// TableRows lists the rows of a reconciliation, in their order.
func (s *Service) TableRows(ctx context.Context, reader policy.Actor, f TableRowFilter, p db.Paging) (db.Page[TableRow], error) {
	var out db.Page[TableRow]
	err := s.unit.View(ctx, func(q *gorm.DB) error {
		if _, err := reconciliations.Load(q, reader, f.Reconciliation); err != nil {
			return err
		}
		rows := db.Filter(q.Model(&TableRow{}), f)
		if f.Unsettled != nil && *f.Unsettled {
			rows = rows.Where("outcome IN ? AND settled_at IS NULL", unsettled)
		} else if f.Unsettled != nil {
			rows = rows.Where("NOT (outcome IN ? AND settled_at IS NULL)", unsettled)
		}
		var err error
		if out, err = db.List(rows, p, db.Order[TableRow]{Columns: []string{"row_number"}, Key: func(r *TableRow) []any { return []any{int64(r.Row)} }}); err != nil {
			return err
		}
		people := accounts.Roll{}
		for i := range out.Items {
			people.Name(out.Items[i].SettledBy, &out.Items[i].Settler)
		}
		return people.Call(q)
	})
	return out, err
}

// RegistrationTemplate is a workbook with the columns of a table of registered contracts.
func (s *Service) RegistrationTemplate() (Document, error) {
	var columns []tables.FormColumn
	for _, c := range registrationColumns {
		columns = append(columns, tables.FormColumn{Heading: c.Heading, Required: c.Required, Hint: c.Hint, Example: c.Example, Options: c.Options})
	}
	content, err := tables.Form("登记数据", columns)
	return written("登记数据核对模板.xlsx", content), err
}

// ReconciliationReport is a workbook with every row that is not the same in both systems, and how it was settled.
func (s *Service) ReconciliationReport(ctx context.Context, reader policy.Actor, id uuid.UUID) (Document, error) {
	var content []byte
	err := s.unit.View(ctx, func(q *gorm.DB) error {
		r, err := reconciliations.Load(q, reader, id)
		if err != nil {
			return err
		}
		if err := work.In(r.State, TableCompared, TableProposed, TableTaking, TableDone, TableFailed); err != nil {
			return err
		}
		content, err = r.report(q)
		return err
	})
	return written("登记数据核对-"+id.String()[:8]+".xlsx", content), err
}

var reportHeadings = []string{"行号", "结果", "合同登记编号", "合同名称", "成交额（元）", "登记日期", "卖方", "买方", "本系统编号", "差异", "处理说明", "处理人", "处理时间"}

// report writes the rows that differ, page by page.
func (r *Reconciliation) report(q *gorm.DB) ([]byte, error) {
	b, err := tables.NewBook("核对结果", []float64{8, 14, 22, 40, 16, 14, 30, 30, 20, 60, 40, 16, 20})
	if err != nil {
		return nil, err
	}
	line := func(n int, texts ...string) error {
		cells := make([]tables.Cell, len(texts))
		for i, t := range texts {
			cells[i].Text = t
		}
		return b.Row(n, cells, n == 1)
	}
	if err := line(1, reportHeadings...); err != nil {
		return nil, err
	}
	for n, after := 1, 0; ; {
		var rows []TableRow
		if err := q.Where("reconciliation_id = ? AND outcome <> ? AND row_number > ?", r.ID, RowSame, after).Order("row_number").Limit(batchRows).Find(&rows).Error; err != nil {
			return nil, err
		}
		people := accounts.Roll{}
		for i := range rows {
			people.Name(rows[i].SettledBy, &rows[i].Settler)
		}
		if err := people.Call(q); err != nil {
			return nil, err
		}
		for i := range rows {
			row := &rows[i]
			n++
			if err := line(n, row.reported()...); err != nil {
				return nil, err
			}
			after = row.Row
		}
		if len(rows) < batchRows {
			var out bytes.Buffer
			err := b.Write(&out)
			return out.Bytes(), err
		}
	}
}

// written is a document whose content is there.
func written(name string, content []byte) Document {
	return Document{name, XLSX, func(w io.Writer) error { _, err := w.Write(content); return err }}
}

// reported is a row as the report has it. One that only this system has is in no row of the table.
func (r *TableRow) reported() []string {
	number := ""
	if r.Outcome != RowOnlyHere {
		number = strconv.Itoa(r.Row)
	}
	var what []string
	for _, d := range r.Differs {
		name := differenceNames[d.Place]
		what = append(what, name+"：表中 "+orDash(d.There)+"，本系统 "+orDash(d.Here))
	}
	if said := explain(r.Problems); said != "" {
		what = append(what, said)
	}
	by, at := "", ""
	if r.Settler != nil {
		by = r.Settler.Name
	}
	if r.SettledAt != nil {
		at = r.SettledAt.In(when.Shanghai).Format("2006-01-02 15:04")
	}
	amount, day, seller, buyer := "", "", "", ""
	if c := r.Content; c != nil {
		amount, day, seller, buyer = c.Terms.Turnover.String(), c.RegisteredOn.String(), c.Terms.Sellers[0].Name, c.Terms.Buyers[0].Name
	}
	return []string{number, r.Outcome.Text().ZH, r.OfficialNumber, r.Title, amount, day, seller, buyer, r.ContractNumber, strings.Join(what, "\n"), r.Note, by, at}
}

func orDash(s string) string {
	if s == "" {
		return "—"
	}
	return s
}

// differenceNames are what the places of differences are called.
var differenceNames = map[string]string{
	"official_number": "登记编号", "state": "状态", "office": "登记机构", "turnover": "成交额", "technology_amount": "技术交易额", "kind": "合同类别", "signed_on": "签订日期", "registered_on": "登记日期",
	"seller": "卖方", "buyer": "买方", "seller_region": "卖方所在地", "buyer_region": "买方所在地",
}
