package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"jiebang/internal/app"
	"jiebang/search"
	"jiebang/search/lines"
)

type synonymsCommand struct {
	Try trySynonyms `cmd:"" help:"试用同义词表 Show what a table of synonyms would change about searches, without taking it over."`
}

type trySynonyms struct {
	File    string   `arg:"" type:"existingfile" help:"同义词表 The table: a group a line, commas between; => for one way."`
	Query   []string `short:"q" sep:"none" help:"检索词，可重复 A search; may be given several times."`
	Queries string   `type:"existingfile" help:"每行一个检索词的文件 A file with a search a line."`
}

// Run compares the searches with and without the table on the index of this data folder.
func (c trySynonyms) Run(ctx context.Context, config app.Config) error {
	if err := config.MustExist(); err != nil {
		return err
	}
	table, err := search.ReadSynonymsFile(c.File)
	if err != nil {
		return apart{err}
	}
	texts, err := c.texts()
	if err != nil {
		return apart{err}
	}
	return withApp(ctx, config, func(a *app.App) error {
		if _, err := a.Settle(ctx); err != nil {
			return err
		}
		effects, err := a.Index.TrySynonyms(ctx, table, texts)
		for _, e := range effects {
			printEffect(e)
		}
		return err
	})
}

func (c trySynonyms) texts() ([]string, error) {
	texts := c.Query
	if c.Queries != "" {
		file, err := os.Open(c.Queries)
		if err != nil {
			return nil, err
		}
		defer func() { _ = file.Close() }()
		in, err := lines.OpenText(file)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", c.Queries, err)
		}
		for {
			line, n, err := in.Next()
			if errors.Is(err, io.EOF) {
				break
			}
			if lines.Alone(err) { // what the others find does not depend on it
				fmt.Fprintf(os.Stderr, "%s:%d: %v\n", c.Queries, n, err)
				continue
			}
			if err != nil {
				return nil, fmt.Errorf("%s:%d: %w", c.Queries, n, err)
			}
			texts = append(texts, string(line))
		}
	}
	if len(texts) == 0 {
		return nil, errors.New("请用 -q 或 --queries 给出检索词。 Give searches with -q or --queries")
	}
	return texts, nil
}

func printEffect(e search.SynonymEffect) {
	fmt.Printf("%s: %d → %d 条 hits (%s → %s)\n", e.Text, e.Before, e.After, e.BeforeReading, e.AfterReading)
	for _, x := range e.Synonyms {
		fmt.Printf("    %s = %s\n", x.Word, strings.Join(x.Also, ", "))
	}
	for _, m := range e.Moves {
		fmt.Printf("    %s: %s → %s\n", m.ID, rank(m.Before), rank(m.After))
	}
}

// rank writes a place in a list; 0 is not in it.
func rank(n int) string {
	if n == 0 {
		return "–"
	}
	return fmt.Sprint(n)
}
