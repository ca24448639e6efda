// Command realtexts carries the real texts through a running system: it imports them as an organization's results, enters the
// development needs over HTTP, asks for their matches, and tells how fast that was and how good.
//
//	go run ./bench/realtexts           with the texts of $JIEBANG_SHARED/data, or of ../shared/data beside the checkout
//	go run ./bench/realtexts FOLDER
//
// The system is a fresh one with the embedded database, in a temporary folder, and is deleted at the end.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"time"

	"jiebang/bench/rig"
	"jiebang/internal/db"
	"jiebang/internal/exchange"
)

const (
	field  = "advanced_manufacturing" // the texts tell none of the reference list's fields
	scheme = "import"

	documents = "csl.jsonl.gz"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, os.Args[1:])
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "realtexts:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	rig.Quiet()
	dir, err := folder(args)
	if err != nil {
		return err
	}
	r, err := rig.Start(ctx, rig.Options{Database: db.SQLite})
	if err != nil {
		return err
	}
	return errors.Join(carry(ctx, r, dir, os.Stdout), r.Close())
}

// folder finds the real texts, or says where they should be.
func folder(args []string) (string, error) {
	var dir string
	switch shared := os.Getenv("JIEBANG_SHARED"); {
	case len(args) > 0:
		dir = args[0]
	case shared != "":
		dir = filepath.Join(shared, "data")
	default:
		root, err := rig.Root()
		if err != nil {
			return "", err
		}
		dir = filepath.Join(root, "..", "shared", "data")
	}
	if _, err := os.Stat(filepath.Join(dir, documents)); err != nil { //nolint:gosec // whoever runs this names the folder
		return "", fmt.Errorf("the real texts are not in %s (%w): name their folder, the one with %s", dir, err, documents)
	}
	return dir, nil
}

func carry(ctx context.Context, r *rig.Rig, dir string, out io.Writer) error {
	university, err := r.Organization(ctx, "盛北理工大学", "university")
	if err != nil {
		return err
	}
	firm, err := r.Organization(ctx, "辽浑智造装备有限公司", "enterprise")
	if err != nil {
		return err
	}
	for _, round := range []string{"first import", "second import"} {
		text, err := load(ctx, r, university, dir)
		if err != nil {
			return err
		}
		if _, err := io.WriteString(out, round+": "+text); err != nil {
			return err
		}
	}
	needs, err := readNeeds(dir)
	if err != nil {
		return err
	}
	asked, err := askAll(ctx, r, firm, needs)
	if err != nil {
		return err
	}
	_, err = io.WriteString(out, asked.text())
	return err
}

// load imports the file as the command "import results" does, waits until all of it can be found, and tells how it went.
func load(ctx context.Context, r *rig.Rig, o rig.Organization, dir string) (string, error) {
	options := exchange.ResultImport{Owner: o.ID, Scheme: scheme, Field: field, DeriveTitles: true}
	var err error
	if options.Submitter, err = r.App.ActorNamed(ctx, o.Editor.Username); err != nil {
		return "", err
	}
	if options.Publisher, err = r.App.ActorNamed(ctx, o.Second.Username); err != nil {
		return "", err
	}
	file, err := os.Open(filepath.Join(dir, documents)) //nolint:gosec // whoever runs this names the folder
	if err != nil {
		return "", err
	}
	defer file.Close()
	start := time.Now()
	report, err := r.App.Exchange.Results(ctx, file, options, func(exchange.Report) {})
	if err != nil {
		return "", err
	}
	imported := time.Since(start)
	if err := r.CaughtUp(ctx); err != nil {
		return "", err
	}
	var text strings.Builder
	fmt.Fprintf(&text, "%d lines in %.1f s, %.0f rows/s\n", report.Lines, imported.Seconds(), float64(report.Lines)/imported.Seconds())
	fmt.Fprintf(&text, "  created %d, already there %d, published %d, titles derived %d, refused %d\n",
		report.Created, report.Known, report.Published, report.TitlesDerived, len(report.Refused))
	fmt.Fprintf(&text, "  the index holds %d documents, the last of them %.1f s after the import\n", r.App.Index.Count(), (time.Since(start) - imported).Seconds())
	for _, refused := range report.Refused {
		text.WriteString("  " + refused.Error() + "\n")
	}
	return text.String(), nil
}
