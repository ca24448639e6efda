// Package exchange brings records in from outside, through the same use cases that people call: rows are read as their writer
// meant them or refused by line, never guessed in silence.
package exchange

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode"

	"github.com/google/uuid"

	"jiebang/internal/external"
	"jiebang/internal/fault"
	"jiebang/internal/listing"
	"jiebang/internal/policy"
	"jiebang/internal/tables"
	"jiebang/internal/text"
	"jiebang/internal/work"
	"jiebang/search/lines"
)

// ResultImport says whose results a file holds and who acts for them.
type ResultImport struct {
	Owner     uuid.UUID
	Submitter policy.Actor // drafts and submits
	Publisher policy.Actor // the second pair of eyes; the zero Actor leaves the results submitted
	Scheme    string       // scheme of the external ids, which are the rows' id
	Field     string       // technology field of rows that name none; empty refuses them
	// DeriveTitles lets a row without a title take the first clause of its abstract. Without it such a row is refused.
	DeriveTitles bool
}

// RowError is one line that was refused, and why.
type RowError struct {
	Line int
	Err  error
}

// Error names the line, and each member that is wrong with what is wanted.
func (e RowError) Error() string {
	var refused *fault.Error
	if !errors.As(e.Err, &refused) || len(refused.Fields) == 0 {
		return fmt.Sprintf("第 %[1]d 行 line %[1]d: %[2]v", e.Line, e.Err)
	}
	places := make([]string, len(refused.Fields))
	for i, f := range refused.Fields {
		places[i] = strings.TrimSpace(f.Pointer+" "+f.Code) + ": " + f.Message.String()
	}
	return fmt.Sprintf("第 %[1]d 行 line %[1]d: %[2]s", e.Line, strings.Join(places, " | "))
}

// Outcome says in a word what became of a file: all, some or none of its lines went in, or were there.
func (r Report) Outcome() string {
	switch in := r.Created + r.Known + r.Changed; {
	case in == 0:
		return "none"
	case len(r.Refused) > 0 || r.Broken:
		return "some"
	}
	return "all"
}

// Report counts what became of a file's lines.
type Report struct {
	Lines, Created, Known, Changed, Published, TitlesDerived int
	Refused                                                  []RowError
	Warned                                                   []RowError // lines that went in, with placeholders for texts
	Broken                                                   bool       // the file broke off behind the last of Lines
}

// maxRefusals is how many refused lines are kept before the import gives up.
const maxRefusals = 1000

// ErrTooManyRefused ends an import of a file that is evidently of another kind.
var ErrTooManyRefused = errors.New("拒收已超过 1000 行，很可能是另一种文件，请核对。 More than 1000 lines were refused: this is probably another kind of file; look at it")

// Results imports JSON Lines, gzip or not, in batches; progress is told after each. Running it again does nothing twice. It reads, writes and submits
// rows as imports over the API do.
func (s *Service) Results(ctx context.Context, in io.Reader, o ResultImport, progress func(Report)) (Report, error) {
	var report Report
	if o.Publisher.SignedIn() && o.Publisher.Account == o.Submitter.Account {
		return report, fault.OwnDecision.Because("提交人与发布人须为两人。", "Who submits and who publishes are two people.")
	}
	var bad fault.Fields
	if o.Scheme = external.Scheme(&bad, o.Scheme, "/scheme"); len(bad) > 0 {
		return report, bad.Err()
	}
	file, err := lines.Open(in)
	if err != nil {
		return report, err
	}
	k := s.kinds["result"]
	r := &running{Service: s, kind: k, actor: o.Submitter, seen: map[string]seenRow{}, imp: &Import{OwnerID: o.Owner, Settings: Settings{Scheme: o.Scheme, Field: o.Field, Submit: true}}}
	if r.names, err = namesOfChains(s.unit.Query(ctx)); err != nil {
		return report, err
	}
	r.in = lineSource(file, k.fields())
	var batch []item
	flush := func() error {
		if len(batch) == 0 {
			return nil
		}
		if err := r.linesBatch(ctx, batch, o, &report); err != nil {
			return fmt.Errorf("第 %[1]d 行之前 before line %[1]d: %[2]w", report.Lines, err)
		}
		slices.SortStableFunc(report.Refused, func(a, b RowError) int { return a.Line - b.Line })
		batch = batch[:0]
		progress(report)
		return nil
	}
	for {
		e, err := r.in.next()
		switch {
		case errors.Is(err, io.EOF):
			return report, flush()
		case err != nil: // what was read whole goes in
			report.Broken = true
			return report, errors.Join(err, flush())
		}
		report.Lines = e.number
		derived := o.DeriveTitles && e.derive()
		it := r.read(e)
		if it.bad != nil {
			report.refuse(it.bad)
			if len(report.Refused) > maxRefusals {
				return report, errors.Join(ErrTooManyRefused, flush())
			}
			continue
		}
		if derived {
			report.TitlesDerived++
		}
		if batch = append(batch, it); len(batch) == batchRows {
			if err := flush(); err != nil {
				return report, err
			}
		}
	}
}

// derive gives a row without a title the first clause of its abstract.
func (e entry) derive() bool {
	title, abstract := e.cells["title"], e.cells["abstract"]
	if e.cells == nil || title.cell.Text != "" || abstract.cell.Text == "" || abstract.cell.Kind != tables.Text {
		return false
	}
	clean, wrong := text.Clean(abstract.cell.Text, text.Long)
	if wrong != nil {
		return false
	}
	title.cell.Text = firstClause(clean)
	e.cells["title"] = title
	return true
}

func (r *Report) refuse(err error) { r.Refused = append(r.Refused, RowError{r.Lines, err}) }

// linesBatch writes and submits some rows, and publishes those that wait for it.
func (r *running) linesBatch(ctx context.Context, some []item, o ResultImport, report *Report) error {
	var outcomes []RowOutcome
	_, err := r.unit.Do(ctx, work.Call{Operation: "import results", Actor: o.Submitter}, func(tx *work.Tx) (err error) {
		outcomes, err = r.bring(tx, some, false)
		return err
	})
	if err != nil {
		return err
	}
	var ids []uuid.UUID
	for i, out := range outcomes {
		switch listing.Outcome(out.Outcome) {
		case listing.Created:
			report.Created++
		case listing.Refused:
			report.Refused = append(report.Refused, RowError{some[i].row, out.refusal})
		case listing.Unchanged:
			report.Known++
		default:
			report.Changed++
		}
		var placeholders fault.Fields // advice that most lines would get is left to the record itself
		for _, w := range out.warned {
			if w.Code == fault.Placeholder.Code {
				placeholders = append(placeholders, w)
			}
		}
		if err := placeholders.Err(); err != nil && len(report.Warned) < maxRefusals {
			report.Warned = append(report.Warned, RowError{some[i].row, err})
		}
		if out.ObjectID != nil && out.Outcome != string(listing.Refused) {
			ids = append(ids, *out.ObjectID)
		}
	}
	if !o.Publisher.SignedIn() || len(ids) == 0 {
		return nil
	}
	var waiting []uuid.UUID
	where, args := r.kind.where(Step{Action: Publish})
	if err := r.unit.Query(ctx).Table(r.kind.table()+" AS r").Where("r.id IN ?", ids).Where(where, args...).Pluck("r.id", &waiting).Error; err != nil || len(waiting) == 0 {
		return err
	}
	fates, err := r.kind.each(ctx, work.Call{Operation: "import results", Actor: o.Publisher}, Step{Action: Publish}, waiting)
	for _, f := range fates {
		if f.Err != nil {
			return f.Err
		}
		report.Published++
	}
	return err
}

// firstClause is the beginning of an abstract up to its first stop, forty characters at most. A stop between digits or inside
// brackets is none: 含银0.3%, (ACIM,三相).
func firstClause(abstract string) string {
	const least, most = 6, 40
	runes := []rune(strings.Join(strings.Fields(abstract), " "))
	depth := 0
	for i, r := range runes {
		switch {
		case i == most:
			return string(runes[:most]) + "…"
		case strings.ContainsRune("(（[【", r):
			depth++
		case strings.ContainsRune(")）]】", r):
			depth = max(0, depth-1)
		case i < least || depth > 0 || !strings.ContainsRune("。；;，,．.！!？?", r):
		case i+1 < len(runes) && unicode.IsDigit(runes[i-1]) && unicode.IsDigit(runes[i+1]):
		default:
			return string(runes[:i])
		}
	}
	return string(runes)
}
