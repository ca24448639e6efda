// Package exchange brings records in from outside, through the same use cases that people call: rows are read as their writer
// meant them or refused by line, never guessed in silence.
package exchange

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode"

	"github.com/go-json-experiment/json"
	"github.com/google/uuid"

	"jiebang/internal/fault"
	"jiebang/internal/policy"
	"jiebang/internal/results"
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
		return fmt.Sprintf("line %d: %v", e.Line, e.Err)
	}
	places := make([]string, len(refused.Fields))
	for i, f := range refused.Fields {
		places[i] = strings.TrimSpace(f.Pointer+" "+f.Code) + ": " + f.Message.String()
	}
	return fmt.Sprintf("line %d: %s", e.Line, strings.Join(places, " | "))
}

// Outcome says in a word what became of a file: all, some or none of its lines went in, or were there.
func (r Report) Outcome() string {
	switch in := r.Created + r.Known; {
	case in == 0:
		return "none"
	case len(r.Refused) > 0 || r.Broken:
		return "some"
	}
	return "all"
}

// Report counts what became of a file's lines.
type Report struct {
	Lines, Created, Known, Published, TitlesDerived int
	Refused                                         []RowError
	Broken                                          bool // the file broke off behind the last of Lines
}

// maxRefusals is how many refused lines are kept before the import gives up.
const maxRefusals = 1000

// ErrTooManyRefused ends an import of a file that is evidently of another kind.
var ErrTooManyRefused = errors.New("more than 1000 lines were refused: this is probably another kind of file")

// Results imports JSON Lines, gzip or not, in batches; progress is told after each. Running it again does nothing twice.
func Results(ctx context.Context, service *results.Service, in io.Reader, o ResultImport, progress func(Report)) (Report, error) {
	var report Report
	if o.Publisher.SignedIn() && o.Publisher.Account == o.Submitter.Account {
		return report, fault.OwnDecision.Because("提交人与发布人须为两人。", "Who submits and who publishes are two people.")
	}
	file, err := lines.Open(in)
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
	seen := seenRows{}
	for {
		line, number, err := file.Next()
		switch {
		case errors.Is(err, io.EOF):
			return report, flush()
		case errors.Is(err, lines.ErrLong):
			report.Lines = number
			report.refuse(fault.InvalidInput.At("", fault.TooLong, "该行超过 1 MiB，已跳过，其余各行照常读入。", "The line is longer than 1 MiB and is left out; the others are read."))
			continue
		case err != nil: // what was read whole goes in
			report.Broken = true
			broken := fault.InvalidInput.Because("文件在第 %[1]d 行之后中断，此前完整的各行已处理；请换用完整的文件再次导入。", "The file breaks off after line %[1]d; the whole lines before it were taken. Import a whole one again.", number-1)
			return report, errors.Join(broken, flush())
		}
		report.Lines = number
		input, err := o.read(line, &report)
		if err == nil {
			err = seen.once(input, number)
		}
		if err != nil {
			report.refuse(err)
			if len(report.Refused) > maxRefusals {
				return report, errors.Join(ErrTooManyRefused, flush())
			}
			continue
		}
		if batch = append(batch, input); len(batch) == results.MaxBulk {
			if err := flush(); err != nil {
				return report, err
			}
		}
	}
}

func (r *Report) refuse(err error) { r.Refused = append(r.Refused, RowError{r.Lines, err}) }

// seenRows remembers by their ids which rows a file had, and what they said.
type seenRows map[string]seenRow

type seenRow struct {
	line   int
	digest [sha256.Size]byte
}

// once refuses a second row of one id that says something else: which of the two is meant is not for us to guess.
func (s seenRows) once(in results.Input, line int) error {
	said, err := json.Marshal(in, json.Deterministic(true))
	if err != nil {
		return err
	}
	id, digest := in.External[0].ID, sha256.Sum256(said)
	before, twice := s[id]
	switch {
	case !twice:
		s[id] = seenRow{line, digest}
	case before.digest != digest:
		return fault.InvalidInput.At("/id", fault.Repeated, "编号 %[1]s 在第 %[2]d 行已有，内容与本行（第 %[3]d 行）不同；请只保留一行。",
			"The id %[1]s stands in line %[2]d with other content than here, in line %[3]d; keep one of them.", id, before.line, line)
	}
	return nil
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
