package indicators

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/accounts"
	"jiebang/internal/db"
	"jiebang/internal/fault"
	"jiebang/internal/ledger"
	"jiebang/internal/policy"
	"jiebang/internal/when"
	"jiebang/internal/work"
)

// Report is a month as it was told, with definitions and the ledger's head. It never changes: the database itself refuses that. There are two
// contents, each with its digest: what a visitor could read when it was frozen, and the bureau's own.
type Report struct {
	work.Head
	Month      string
	Content    string `json:"-"` // the audit trail has the digests
	Digest     string
	FullText   string `json:"-"`
	FullDigest string
	FrozenBy   uuid.UUID
}

func (Report) TableName() string { return "monthly_reports" }
func (*Report) Noun() string     { return "report" }

// Facts: that there is a report, and what it says to everybody, is public.
func (*Report) Facts() policy.Facts { return policy.Facts{Public: true} }

// ReportForm names the form of a content.
const ReportForm = "jiebang-report-1"

// ReportContent is what is frozen.
type ReportContent struct {
	Form    string
	Month   string
	AsOf    when.Day
	Full    bool
	Head    Head
	Figures []Figure
}

// digestOf is SHA-256 of a content, byte by byte.
func digestOf(content string) string {
	sum := sha256.Sum256([]byte(content))
	return "sha256:" + hex.EncodeToString(sum[:])
}

type (
	// ReportView is a report as one reader may see it. In a list it has no content.
	ReportView struct {
		Report
		Said  ReportContent
		Text  string // what Shown is made of
		Shown string // the digest of what this reader sees
		By    *accounts.Person
		work.Acts
	}
	// ReportAnswer is the outcome of freezing one.
	ReportAnswer = work.Answer[ReportView]
	// ReportInput is what freezing takes.
	ReportInput struct{ Month when.Month }
)

var reports = work.Records[Report, *Report, ReportView]{
	Read: policy.ReportRead, Columns: work.Columns{string(policy.Public): "TRUE"}, Show: showReports,
	Orders: []db.Order[Report]{{Columns: []string{"month"}, Desc: true, Key: func(r *Report) []any { return []any{r.Month} }}},
}

func showReports(q *gorm.DB, reader policy.Actor, rows []Report) ([]ReportView, error) {
	out := make([]ReportView, len(rows))
	var ids []uuid.UUID
	full := policy.Allowed(reader, policy.ReportReadFull, policy.Facts{Public: true})
	for i, r := range rows {
		v := &out[i]
		*v = ReportView{Report: r, Text: r.Content, Shown: r.Digest}
		if full {
			v.Text, v.Shown = r.FullText, r.FullDigest
			ids = append(ids, r.FrozenBy)
		}
		v.Report.Content, v.Report.FullText = "", ""
		if err := json.Unmarshal([]byte(v.Text), &v.Said); err != nil {
			return nil, fmt.Errorf("the report of %s cannot be read: %w", r.Month, err)
		}
	}
	people, err := accounts.People(q, ids)
	for i := range out {
		if p, known := people[out[i].FrozenBy]; known && full {
			out[i].By = &p
		}
	}
	return out, err
}

// FreezeReport keeps what all indicators are at the end of a month that is over; by an operator. There is one for each month.
func (s *Service) FreezeReport(ctx context.Context, call work.Call, in ReportInput) (ReportAnswer, error) {
	if err := policy.Check(call.Actor, policy.ReportFreeze, policy.Facts{}); err != nil {
		return ReportAnswer{}, err
	}
	if in.Month.After(ledger.Over(s.unit.Now())) {
		return ReportAnswer{}, fault.MonthNotOver.New()
	}
	// Nothing is recorded any more in a month that is over: what is read here is the same within the transaction, which must be short.
	public, err := s.contentOf(ctx, policy.Actor{}, in.Month)
	if err != nil {
		return ReportAnswer{}, err
	}
	full, err := s.contentOf(ctx, call.Actor, in.Month)
	if err != nil {
		return ReportAnswer{}, err
	}
	return reports.Do(ctx, s.unit, call, func(tx *work.Tx) (*Report, error) {
		var there int64
		if err := tx.Model(&Report{}).Where("month = ?", in.Month.String()).Count(&there).Error; err != nil {
			return nil, err
		}
		if there > 0 {
			return nil, fault.ReportFrozen.New()
		}
		r := &Report{
			Head: tx.NewHead(), Month: in.Month.String(), Content: public, Digest: digestOf(public), FullText: full, FullDigest: digestOf(full), FrozenBy: call.Actor.Account,
		}
		err := work.Insert(tx, work.Did(policy.ReportFreeze), r)
		if db.Duplicate(err) { // another came first, at once
			err = fault.ReportFrozen.New()
		}
		return r, err
	})
}

func (s *Service) contentOf(ctx context.Context, reader policy.Actor, month when.Month) (string, error) {
	a, err := s.Figures(ctx, reader, Question{Year: month.Year(), AsOf: month.Last()})
	if err != nil {
		return "", err
	}
	h, err := s.ledger.Head(ctx, reader)
	if err != nil {
		return "", err
	}
	text, err := json.Marshal(ReportContent{
		Form: ReportForm, Month: month.String(), AsOf: month.Last(), Full: a.Full, Head: Head{Seq: h.Seq, Hash: h.Hash, Month: h.Month.String()}, Figures: a.Figures,
	})
	return string(text), err
}

// Report reads one report.
func (s *Service) Report(ctx context.Context, reader policy.Actor, id uuid.UUID) (ReportView, error) {
	return reports.Get(ctx, s.unit, reader, id)
}

// ReportFilter narrows a list of reports; empty fields do not.
type ReportFilter struct {
	Month string `query:"month" where:"month = ?"`
}

// ListReports lists reports, the last month first.
func (s *Service) ListReports(ctx context.Context, reader policy.Actor, f ReportFilter, p db.Paging) (db.Page[ReportView], error) {
	return reports.List(ctx, s.unit, reader, f, p)
}
