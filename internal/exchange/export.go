package exchange

import (
	"cmp"
	"context"
	"encoding/csv"
	"io"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/google/uuid"

	"jiebang/internal/db"
	"jiebang/internal/external"
	"jiebang/internal/fault"
	"jiebang/internal/policy"
	"jiebang/internal/tables"
)

// Filter narrows an export; empty fields do not.
type Filter struct {
	Kind         string    `path:"kind"`
	Format       string    `query:"format"`
	Scheme       string    `query:"scheme"`
	Owner        uuid.UUID `query:"owner_id"`
	State        string    `query:"state"`
	Field        string    `query:"field"`
	UpdatedSince time.Time `query:"updated_since"`
}

// exportPage is how many records are read at once.
const exportPage = 200

// Export writes everything of a kind that the reader may know of and see, page by page, so that an import reads it again without loss. What a
// spreadsheet would take for a formula or a number is kept from that; the first page is read before anything is written, so that what is
// refused is told.
func (s *Service) Export(ctx context.Context, reader policy.Actor, f Filter) (Document, error) {
	k, err := s.kind(f.Kind, "path:kind")
	if err != nil {
		return Document{}, err
	}
	if !reader.SignedIn() {
		return Document{}, fault.SignInRequired.New()
	}
	var bad fault.Fields
	f.Scheme = cmp.Or(external.Scheme(&bad, f.Scheme, "query:scheme"), scheme)
	if err := bad.Err(); err != nil {
		return Document{}, err
	}
	names, err := namesOfChains(s.unit.Query(ctx))
	if err != nil {
		return Document{}, err
	}
	fields := append(k.fields(), beyond...)
	page := func(cursor string) ([][]string, string, error) {
		return k.page(ctx, reader, f, names, db.Paging{Limit: exportPage, Cursor: cursor, Query: "export", Sort: "changes"})
	}
	first, next, err := page("")
	if err != nil {
		return Document{}, err
	}
	each := func(row func(cells []string) error) error {
		for rows, next := first, next; ; {
			for _, r := range rows {
				if err := row(r); err != nil {
					return err
				}
			}
			if next == "" {
				return nil
			}
			var err error
			if rows, next, err = page(next); err != nil {
				return err
			}
		}
	}
	name := k.zh() + "-" + s.unit.Now().Format("20060102")
	switch f.Format {
	case "csv":
		return Document{name + ".csv", "text/csv; charset=utf-8", func(w io.Writer) error { return writeCSV(w, fields, each) }}, nil
	case "jsonl":
		return Document{name + ".jsonl", "application/x-ndjson", func(w io.Writer) error { return writeLines(w, fields, each) }}, nil
	}
	return Document{name + ".xlsx", XLSX, func(w io.Writer) error { return writeBook(w, k.zh(), fields, each) }}, nil
}

type eachRow func(row func(cells []string) error) error

// writeCSV begins with a mark, by which the Chinese spreadsheet knows UTF-8.
func writeCSV(w io.Writer, fields []Field, each eachRow) error {
	if _, err := io.WriteString(w, "\uFEFF"); err != nil {
		return err
	}
	out := csv.NewWriter(w)
	out.UseCRLF = true
	if err := out.Write(headsOf(fields)); err != nil {
		return err
	}
	n := 0
	err := each(func(cells []string) error {
		safe := make([]string, len(cells))
		for i, c := range cells {
			safe[i] = tables.Harmless(c)
		}
		if n++; n%exportPage == 0 {
			out.Flush()
		}
		return out.Write(safe)
	})
	out.Flush()
	if err == nil {
		err = out.Error()
	}
	return err
}

// writeLines writes what is not empty, by the names of the API; what no import reads is left out.
func writeLines(w io.Writer, fields []Field, each eachRow) error {
	return each(func(cells []string) error {
		line := make(map[string]string, len(fields))
		for i, f := range fields[:len(fields)-len(beyond)] {
			if cells[i] != "" {
				line[f.Name] = cells[i]
			}
		}
		b, err := json.Marshal(line, json.Deterministic(true))
		if err == nil {
			_, err = w.Write(append(b, '\n'))
		}
		return err
	})
}

func headsOf(fields []Field) []string {
	out := make([]string, len(fields))
	for i, f := range fields {
		out[i] = f.Heading
	}
	return out
}

func writeBook(w io.Writer, sheet string, fields []Field, each eachRow) error {
	widths := make([]float64, len(fields))
	for i := range widths {
		widths[i] = 20
	}
	b, err := tables.NewBook(sheet, widths)
	if err != nil {
		return err
	}
	row := func(n int, texts []string) error {
		cells := make([]tables.Cell, len(texts))
		for i, t := range texts {
			cells[i].Text = t
		}
		return b.Row(n, cells, n == 1)
	}
	n := 1
	if err := row(n, headsOf(fields)); err != nil {
		return err
	}
	if err := each(func(cells []string) error {
		n++
		return row(n, cells)
	}); err != nil {
		return err
	}
	return b.Write(w)
}
