// Command bench measures the system beside something that everybody can judge, in the same run, and prints ratios with the
// absolute figures beside them:
//
//	go run ./bench                 everything, on SQLite and, where JIEBANG_TEST_POSTGRES names one, on PostgreSQL
//	go run ./bench get queries     some
//	go run ./bench growth          what does not grow with what is there: a thousand contracts and results beside a hundred thousand, some minutes
//	go run ./bench -growth 200,2000 growth   the same of other sizes, to try it out
//	go run ./bench opening         a challenge with five hundred bids: ten gigabytes of disk for each database, and some minutes
//	go run ./bench -json
//
// README.md says what each figure means.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"runtime"
	"runtime/pprof"
	"slices"
	"strings"
	"time"

	"jiebang/bench/rig"
	"jiebang/internal/db"
)

// figure is something that can be measured.
type figure struct {
	name    string
	measure func(ctx context.Context, b *bench) error
	long    bool // measured where it is named
}

// figures are all there are, in the order of the table.
var figures = []figure{
	{"get", measureGet, false}, {"list", measureList, false}, {"pages", measurePages, false}, {"hall", measureHall, false}, {"visible", measureVisible, false}, {"register", measureRegister, false}, {"jobs", measureJobs, false},
	{"files", measureFiles, false}, {"queries", measureQueries, false}, {"lines", measureLines, false}, {"growth", measureGrowth, true},
	{"sealing", measureSealing, false}, {"opening", measureOpening, true},
}

// allNames are what a run can be asked for.
func allNames() []string {
	out := make([]string, len(figures))
	for i, f := range figures {
		out[i] = f.name
	}
	return out
}

// bench is one run.
type bench struct {
	postgres string // DSN, or empty
	only     string // the database that is measured; empty: each that there is
	report   Report
}

// each measures on each database there is, in a system of its own.
func (b *bench) each(ctx context.Context, o rig.Options, measure func(r *rig.Rig) error) error {
	for _, dialect := range []db.Dialect{db.SQLite, db.Postgres} {
		if dialect == db.Postgres && b.postgres == "" || b.only != "" && b.only != string(dialect) {
			continue
		}
		o.Database, o.Postgres = dialect, b.postgres
		r, err := rig.Start(ctx, o)
		if err != nil {
			return fmt.Errorf("%s: %w", dialect, err)
		}
		if err := errors.Join(measure(r), r.Close()); err != nil {
			return fmt.Errorf("%s: %w", dialect, err)
		}
	}
	return nil
}

func main() {
	if beginAgain() {
		return
	}
	asJSON := flag.Bool("json", false, "print JSON instead of a table")
	profile := flag.String("cpuprofile", "", "write a CPU profile to this file")
	growth := flag.String("growth", "", "sizes that growth compares instead of 1000,100000, such as 200,2000")
	only := flag.String("database", "", "measure on this one alone: sqlite or postgres")
	flag.Usage = func() {
		fmt.Fprintf(os.Stderr, "usage: go run ./bench [-json] [-cpuprofile FILE] %s\n", allNames())
	}
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := readSizes(*growth)
	if err == nil {
		err = run(ctx, flag.Args(), *asJSON, *profile, *only)
	}
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, names []string, asJSON bool, profile, only string) error {
	rig.Quiet()
	for _, n := range names {
		if !slices.ContainsFunc(figures, func(f figure) bool { return f.name == n }) {
			return fmt.Errorf("there is no figure %q", n)
		}
	}
	if profile != "" {
		file, err := os.Create(profile)
		if err != nil {
			return err
		}
		if err := pprof.StartCPUProfile(file); err != nil {
			return err
		}
		defer func() { pprof.StopCPUProfile(); _ = file.Close() }()
	}
	b := &bench{postgres: os.Getenv("JIEBANG_TEST_POSTGRES"), only: only}
	if only != "" && only != string(db.SQLite) && (only != string(db.Postgres) || b.postgres == "") {
		return fmt.Errorf("-database takes sqlite, or postgres where JIEBANG_TEST_POSTGRES names one, and not %q", only)
	}
	b.report.Machine = fmt.Sprintf("%s/%s, %d cores, %s", runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), runtime.Version())
	if b.postgres == "" {
		b.report.Notes = append(b.report.Notes, "SQLite only: JIEBANG_TEST_POSTGRES is not set (scripts/postgres.sh starts one)")
	}
	start := time.Now()
	for _, f := range figures {
		if !slices.Contains(names, f.name) && (f.long || len(names) > 0) {
			continue
		}
		fmt.Fprintf(os.Stderr, "%s (load %s) ...\n", f.name, load())
		if err := f.measure(ctx, b); err != nil { // what was measured before is worth its time
			return errors.Join(fmt.Errorf("%s: %w", f.name, err), b.report.print(os.Stdout))
		}
	}
	b.report.Seconds = time.Since(start).Seconds()
	if asJSON {
		out := json.NewEncoder(os.Stdout)
		out.SetIndent("", "  ")
		return out.Encode(b.report)
	}
	return b.report.print(os.Stdout)
}

// load is how many processes wanted a core in the last minute, ours included; nothing where the system does not tell.
func load() string {
	raw, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return "unknown"
	}
	return strings.Fields(string(raw) + " ")[0]
}
