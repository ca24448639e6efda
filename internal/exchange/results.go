// Package exchange brings records in from outside, through the same use cases that people call: rows are read as their writer
// meant them or refused by line, never guessed in silence.
package exchange

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/go-json-experiment/json"
	"github.com/google/uuid"

	"jiebang/internal/external"
	"jiebang/internal/fault"
	"jiebang/internal/policy"
	"jiebang/internal/results"
	"jiebang/internal/work"
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

func (e RowError) Error() string { return fmt.Sprintf("line %d: %v", e.Line, e.Err) }

// Report counts what became of a file's lines.
type Report struct {
	Lines, Created, Known, Published, TitlesDerived int
	Refused                                         []RowError
}

// maxLine bounds one line of a file, maxRefusals how many refused lines are kept before the import gives up.
const (
	maxLine     = 1 << 20
	maxRefusals = 1000
)

// ErrTooManyRefused ends an import of a file that is evidently of another kind.
var ErrTooManyRefused = errors.New("more than 1000 lines were refused: this is probably another kind of file")

// row is one line of JSON Lines.
type row struct {
	ID            string   `json:"id"`
	Title         string   `json:"title"`
	Abstract      string   `json:"abstract"`
	Keywords      []string `json:"keywords"`
	Field         string   `json:"field"`
	TRL           *int     `json:"trl"`
	TransferModes []string `json:"transfer_modes"`
	Application   string   `json:"application"`
	Advantage     string   `json:"advantage"`
	Discipline    string   `json:"discipline"` // read and left out: a result has no place for it yet
}

// Results imports JSON Lines, gzip or not, in batches; progress is told after each. Running it again does nothing twice.
func Results(ctx context.Context, service *results.Service, in io.Reader, o ResultImport, progress func(Report)) (Report, error) {
	var report Report
	if o.Publisher.SignedIn() && o.Publisher.Account == o.Submitter.Account {
		return report, fault.OwnDecision.Because("提交人与发布人须为两人。", "Who submits and who publishes are two people.")
	}
	lines, err := open(in)
	if err != nil {
		return report, err
	}
	var batch []results.Input
	flush := func() error {
		if len(batch) == 0 {
			return nil
		}
		if err := importBatch(ctx, service, batch, o, &report); err != nil {
			return fmt.Errorf("before line %d: %w", report.Lines, err)
		}
		batch = batch[:0]
		progress(report)
		return nil
	}
	for lines.Scan() {
		report.Lines++
		text := bytes.TrimSpace(bytes.TrimPrefix(lines.Bytes(), []byte("\uFEFF")))
		if len(text) == 0 {
			continue
		}
		input, err := o.read(text, &report)
		if err != nil {
			report.Refused = append(report.Refused, RowError{report.Lines, err})
			if len(report.Refused) > maxRefusals {
				return report, ErrTooManyRefused
			}
			continue
		}
		if batch = append(batch, input); len(batch) == results.MaxBulk {
			if err := flush(); err != nil {
				return report, err
			}
		}
	}
	if err := lines.Err(); err != nil {
		return report, fmt.Errorf("after line %d: %w", report.Lines, err)
	}
	return report, flush()
}

func importBatch(ctx context.Context, service *results.Service, batch []results.Input, o ResultImport, report *Report) error {
	waiting, known, err := service.Import(ctx, work.Call{Operation: "import results", Actor: o.Submitter}, o.Owner, batch)
	if err != nil {
		return err
	}
	report.Created += len(batch) - known
	report.Known += known
	if !o.Publisher.SignedIn() || len(waiting) == 0 {
		return nil
	}
	if err := service.PublishAll(ctx, work.Call{Operation: "import results", Actor: o.Publisher}, waiting); err != nil {
		return err
	}
	report.Published += len(waiting)
	return nil
}

// read turns a line into a result, or says what is wrong with it.
func (o ResultImport) read(line []byte, report *Report) (results.Input, error) {
	if !utf8.Valid(line) {
		return results.Input{}, fault.MalformedBody.Because("不是 UTF-8 编码", "not UTF-8")
	}
	var r row
	if err := json.Unmarshal(line, &r, json.RejectUnknownMembers(true)); err != nil {
		return results.Input{}, fault.MalformedBody.Because("不是这种 JSON 对象", "not a JSON object of this kind")
	}
	r.ID = clean(r.ID)
	if r.ID == "" || len(r.ID) > 200 {
		return results.Input{}, fault.InvalidInput.At("/id", fault.Required, "每行须有编号", "Each line needs an id")
	}
	derived := r.Title == "" && o.DeriveTitles
	if derived {
		r.Title = firstClause(r.Abstract)
	}
	if r.Field == "" {
		r.Field = o.Field
	}
	in := results.Input{
		Owner: o.Owner,
		Content: results.Content{
			Title: clean(r.Title), Abstract: clean(r.Abstract), Keywords: cleanAll(r.Keywords), Field: r.Field, TRL: r.TRL,
			TransferModes: cleanAll(r.TransferModes), Application: clean(r.Application), Advantage: clean(r.Advantage),
		},
		External: []external.ID{{Scheme: o.Scheme, ID: r.ID}},
	}
	if err := in.Check(); err != nil {
		return in, err
	}
	if derived {
		report.TitlesDerived++
	}
	return in, nil
}

// clean takes out what no text needs and PostgreSQL cannot store.
func clean(s string) string {
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if r == 0 || unicode.Is(unicode.Cs, r) {
			return -1
		}
		return r
	}, s))
}

func cleanAll(in []string) []string {
	out := make([]string, len(in))
	for i, s := range in {
		out[i] = clean(s)
	}
	return out
}

// firstClause is the beginning of an abstract up to its first stop, forty characters at most. A stop between digits or inside
// brackets is none: 含银0.3%, (ACIM,三相).
func firstClause(abstract string) string {
	const least, most = 6, 40
	runes := []rune(clean(abstract))
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

// open reads lines, through gzip when the file is compressed.
func open(in io.Reader) (*bufio.Scanner, error) {
	buffered := bufio.NewReader(in)
	var source io.Reader = buffered
	if head, err := buffered.Peek(2); err == nil && head[0] == 0x1f && head[1] == 0x8b {
		unzipped, err := gzip.NewReader(buffered)
		if err != nil {
			return nil, fmt.Errorf("gzip: %w", err)
		}
		source = unzipped
	}
	lines := bufio.NewScanner(source)
	lines.Buffer(make([]byte, 0, 64<<10), maxLine)
	return lines, nil
}
