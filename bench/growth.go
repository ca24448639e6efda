package main

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"runtime"
	"runtime/metrics"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/google/uuid"

	"jiebang/bench/rig"
	"jiebang/internal/app"
	"jiebang/internal/db"
	"jiebang/internal/ledger"
	"jiebang/internal/policy"
	"jiebang/internal/when"
)

// sizes are how many contracts, with an application and a ledger entry each, and how many results the two systems hold that are compared.
// Both spread them over the same months, the last twelve and the running one: what grows is how dense they are.
var sizes = [2]int{1_000, 100_000}

// readSizes takes sizes that were named instead: two of them, "200,2000".
func readSizes(named string) error {
	if named == "" {
		return nil
	}
	small, large, _ := strings.Cut(named, ",")
	var errs [2]error
	sizes[0], errs[0] = strconv.Atoi(small)
	sizes[1], errs[1] = strconv.Atoi(large)
	if errors.Join(errs[:]...) != nil || sizes[0] < 1 || sizes[1] < sizes[0] {
		return fmt.Errorf("-growth takes a small and a large number, such as 200,2000, and not %q", named)
	}
	return nil
}

// question is something that should not cost more because there is more of what it does not ask for.
type question struct {
	name   string
	unit   string
	wanted float64 // the ratio between the two sizes at most
	ask    func(ctx context.Context, g *grown) (float64, error)
}

// wantedMiB is how much memory a process may have after it has begun, at the large size.
const wantedMiB = 200

// questions are all of them, in the order of the table and of being asked: what changes the system or takes it down comes last.
var questions = []question{
	{"turnover of a year by day, an operator", "p10 ms", 1.5, year("by=day", operator)},
	{"turnover of a year by day, an office's registrar", "p10 ms", 1.5, year("by=day&office=SY01", registrar)},
	{"turnover by two dimensions (office, buyer's region)", "p10 ms", 1.5, year("office=SY01&group_by=buyer_region", operator)},
	{"turnover by two regions", "p10 ms", 1.5, year("seller_region=210100&group_by=buyer_region&region_level=province", operator)},
	{"turnover of unfinished months", "p10 ms", 1.5, ragged("", operator)},
	{"turnover of unfinished months by two dimensions", "p10 ms", 1.5, ragged("&office=SY01&group_by=kind", operator)},
	{"turnover as of a day within a month", "p10 ms", 1.5, asOf("", operator)},
	{"turnover as of a day, by two dimensions", "p10 ms", 1.5, asOf("&office=SY01&group_by=kind", operator)},
	{"turnover of a year, the public", "p10 ms", 1.5, year("by=month", visitor)},
	{"turnover of a year by kind and office, the public", "p10 ms", 1.5, year("office=SY01&group_by=kind", visitor)},
	{"turnover as of a month's end, the public", "p10 ms", 1.5, asOfMonth("&group_by=kind", visitor)},
	{"the public's first question in a process", "ms", 1.5, firstPublic},
	{"result by external id, the public", "p10 ms", 1.5, asking(byExternal("/v1/results?external_scheme=bench&external_id="), visitor)},
	{"any record by external id, the public", "p10 ms", 1.5, asking(byExternal("/v1/external-ids?scheme=bench&id="), visitor)},
	{"results, the first page, the public", "p10 ms", 1.5, reading("/v1/results?limit=20", visitor)},
	{"results of a field, the public", "p10 ms", 1.5, reading("/v1/results?field=environment", visitor)},
	{"own results in a state, of a few", "p10 ms", 1.5, asking(of("/v1/results?state=draft&owner_id=", steadyOne), member)},
	{"own results in a state, of as many as there are", "p10 ms", 1.5, asking(of("/v1/results?state=draft&owner_id=", growingOne), editor)},
	{"own results in a state, no owner named, of a few", "p10 ms", 1.5, reading("/v1/results?state=draft", member)},
	{"own results in a state, no owner named, of as many as there are", "p10 ms", 1.5, reading("/v1/results?state=draft", editor)},
	{"own results, last changed first", "p10 ms", 1.5, asking(of("/v1/results?sort=updated&owner_id=", steadyOne), member)},
	{"contracts of an organization that has 50, a member", "p10 ms", 1.5, asking(of("/v1/contracts?organization_id=", steadyOne), member)},
	{"contracts of an organization that has 50, an operator", "p10 ms", 1.5, asking(of("/v1/contracts?organization_id=", steadyOne), operator)},
	{"contracts of an organization that has most, a member", "p10 ms", 1.5, asking(of("/v1/contracts?organization_id=", growingOne), editor)},
	{"contracts of an organization that has most, an operator", "p10 ms", 1.5, asking(of("/v1/contracts?organization_id=", growingOne), operator)},
	{"contracts of one's own, no organization named, of 50", "p10 ms", 1.5, reading("/v1/contracts?limit=20", member)},
	{"contracts of an office, its registrar", "p10 ms", 1.5, reading("/v1/contracts?office=SY01", registrar)},
	{"ledger entries of a region that has 50", "p10 ms", 1.5, reading("/v1/ledger/entries?buyer_region="+steadyBuyers[0], operator)},
	{"ledger entries of a region that has many", "p10 ms", 1.5, reading("/v1/ledger/entries?seller_region=210106", operator)},
	{"ledger entries of a city", "p10 ms", 1.5, reading("/v1/ledger/entries?seller_region=210100", operator)},
	{"ledger entries of a region that has 50, an office's registrar", "p10 ms", 1.5, reading("/v1/ledger/entries?buyer_region="+steadyBuyers[0], registrar)},
	{"search of a phrase that 20 results have", "p10 ms", 3, searching(`"`+rarePhrase+`"`, "")},
	{"search of a phrase that a tenth has", "p10 ms", 3, searching(`"`+commonPhrase+`"`, "")},
	{"search of words, the newest first", "p10 ms", 3, searching("废水 处理", "&sort=newest")},
	{"search of a phrase that a tenth has, the newest first", "p10 ms", 3, searching(`"`+commonPhrase+`"`, "&sort=newest")},
	{"verify, the ledger", "ms", 110, verifyLedger},
	{"verify, everything", "ms", 110, verifyAll},
	{"verify, everything: processor time of the program", "ms", 110, verifyCPU},
	{"memory that verify holds", "MiB", 1.5, verifyMemory},
	{"start, from serve to ready", "ms", 5, startTime},
	{fmt.Sprintf("memory after start (%d MiB at most)", wantedMiB), "MiB", 5, startMemory},
	{"of that, what lies in no file", "MiB", 5, startAnonymous},
	{"of that, the heap of the program", "MiB", 5, startHeap},
}

// grown is one system of a size.
type grown struct {
	*rig.Rig
	*settlers
	registry          *registry
	registrar         *rig.Client
	editor, member    *rig.Client // of what grows, and of what does not
	size              int
	first, last       when.Day // of what is in it
	verified, touched float64  // processor time in milliseconds, and MiB, of the last verification
	began             begun    // what the last start took
}

func operator(g *grown) *rig.Client  { return g.Operator }
func registrar(g *grown) *rig.Client { return g.registrar }
func visitor(g *grown) *rig.Client   { return g.Visitor() }
func editor(g *grown) *rig.Client    { return g.editor }
func member(g *grown) *rig.Client    { return g.member }

func steadyOne(g *grown) uuid.UUID  { return g.few.ID }
func growingOne(g *grown) uuid.UUID { return g.growing.ID }

// measureGrowth asks the questions of systems of both sizes.
func measureGrowth(ctx context.Context, b *bench) error {
	found := map[db.Dialect][2]map[string]float64{}
	var order []db.Dialect
	for i, size := range sizes {
		var s *settlers
		err := b.each(ctx, rig.Options{Watch: func(a *app.App) (err error) { s, err = fill(ctx, a, size); return err }}, func(r *rig.Rig) error {
			g, err := grow(ctx, r, size, s)
			if err != nil {
				return err
			}
			dialect := r.App.DB.Dialect
			of := found[dialect]
			of[i] = map[string]float64{}
			if found[dialect] = of; i == 0 {
				order = append(order, dialect)
			}
			for _, q := range questions {
				if of[i][q.name], err = q.ask(ctx, g); err != nil {
					return fmt.Errorf("%s: %w", q.name, err)
				}
				fmt.Fprintf(os.Stderr, "  %s, %d: %s: %s %s\n", dialect, size, q.name, number(of[i][q.name]), q.unit)
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	for _, dialect := range order {
		s := Section{Figure: "growth", Title: fmt.Sprintf("%d contracts and as many results beside %d", sizes[1], sizes[0]), Database: string(dialect), Load: load()}
		for _, q := range questions {
			s.add(fmt.Sprintf("%s (wanted: %g at most)", q.name, q.wanted), q.unit, found[dialect][1][q.name], fmt.Sprintf("with %d", sizes[0]), found[dialect][0][q.name])
		}
		b.report.Sections = append(b.report.Sections, s)
	}
	return nil
}

// asking measures a request, spelled differently each time so that no answer kept for others is given: what a tenth of forty took at most, or of
// as many as two seconds allow, since the slower ones tell of what else the machine does.
func asking(path func(g *grown) string, who func(g *grown) *rig.Client) func(context.Context, *grown) (float64, error) {
	return func(ctx context.Context, g *grown) (float64, error) {
		var n atomic.Uint64
		var all times
		client := who(g)
		start := time.Now()
		for i := range 45 {
			began := time.Now()
			if _, err := client.Get(ctx, spelled(path(g), n.Add(1))); err != nil {
				return 0, err
			}
			if i >= 5 {
				all.all = append(all.all, time.Since(began))
				if time.Since(start) > 2*time.Second {
					break
				}
			}
		}
		return all.at(.1), nil
	}
}

// reading asks for a path that is the same in every system.
func reading(path string, who func(g *grown) *rig.Client) func(context.Context, *grown) (float64, error) {
	return asking(func(*grown) string { return path }, who)
}

// of is a path that names an organization at its end.
func of(path string, whose func(g *grown) uuid.UUID) func(g *grown) string {
	return func(g *grown) string { return path + whose(g).String() }
}

// byExternal is a path that names a result at its end by what it is called elsewhere: one that is published, in the middle of all.
func byExternal(path string) func(g *grown) string {
	return func(g *grown) string {
		i := g.size / 2
		for i%10 == 0 || i%10 == 7 || among(i, g.size, 2*steady) && i < g.size-1 {
			i++
		}
		return path + rig.Word(i)
	}
}

// searching searches, without an account.
func searching(words, more string) func(context.Context, *grown) (float64, error) {
	return reading("/v1/search?q="+url.QueryEscape(words)+more, visitor)
}

func turnover(query func(g *grown) string, who func(g *grown) *rig.Client) func(context.Context, *grown) (float64, error) {
	return asking(func(g *grown) string { return "/v1/turnover?" + query(g) }, who)
}

// year asks for the twelve whole months.
func year(query string, who func(g *grown) *rig.Client) func(context.Context, *grown) (float64, error) {
	return turnover(func(g *grown) string {
		return fmt.Sprintf("from=%s&to=%s&%s", g.first, g.first.Month().AddMonths(11).Last(), query)
	}, who)
}

// ragged begins and ends within a month.
func ragged(query string, who func(g *grown) *rig.Client) func(context.Context, *grown) (float64, error) {
	return turnover(func(g *grown) string {
		return fmt.Sprintf("from=%s&to=%s%s", g.first.AddDays(11), g.first.Month().AddMonths(11).First().AddDays(16), query)
	}, who)
}

// asOf asks for all months as of a day within one.
func asOf(query string, who func(g *grown) *rig.Client) func(context.Context, *grown) (float64, error) {
	return turnover(func(g *grown) string {
		return fmt.Sprintf("from=%s&to=%s&as_of=%s%s", g.first, g.last.Month().Last(), g.first.Month().AddMonths(9).First().AddDays(19), query)
	}, who)
}

func asOfMonth(query string, who func(g *grown) *rig.Client) func(context.Context, *grown) (float64, error) {
	return turnover(func(g *grown) string {
		return fmt.Sprintf("from=%s&to=%s&as_of=%s%s", g.first, g.last.Month().Last(), g.first.Month().AddMonths(9).Last(), query)
	}, who)
}

// firstPublic asks a ledger of its own, as a process does that has just begun.
func firstPublic(ctx context.Context, g *grown) (float64, error) {
	q := ledger.Query{From: g.first, To: g.last.Month().Last(), By: ledger.Monthly, GroupBy: ledger.ByKind}
	var all times
	for range 5 {
		fresh := ledger.New(g.App.Unit)
		began := time.Now()
		if _, err := fresh.Turnover(ctx, policy.Actor{}, q); err != nil {
			return 0, err
		}
		all.all = append(all.all, time.Since(began))
	}
	return all.at(.5), nil
}

func verifyLedger(ctx context.Context, g *grown) (float64, error) {
	began := time.Now()
	r, err := g.App.Ledger.Verify(ctx)
	if err == nil && len(r.Problems) > 0 {
		err = fmt.Errorf("%d problems, the first: %s", len(r.Problems), r.Problems[0])
	}
	return float64(time.Since(began)) / float64(time.Millisecond), err
}

// live is how much of the heap was in use when the collector last looked: what it has not come to yet is none of what somebody holds.
func live() float64 {
	sample := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	metrics.Read(sample)
	return float64(sample[0].Value.Uint64()) / (1 << 20)
}

// verifyAll verifies everything, while what is on the heap is looked at every few milliseconds.
func verifyAll(ctx context.Context, g *grown) (float64, error) {
	runtime.GC()
	idle, most := live(), live()
	done, looked := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(looked)
		for tick := time.NewTicker(20 * time.Millisecond); ; {
			select {
			case <-done:
				tick.Stop()
				return
			case <-tick.C:
				most = max(most, live())
			}
		}
	}()
	used := cpu()
	began := time.Now()
	v, err := g.App.Verify(ctx)
	wall := time.Since(began)
	g.verified = float64(cpu()-used) / float64(time.Millisecond)
	close(done)
	<-looked
	g.touched = most - idle
	if err == nil && len(v.Problems) > 0 {
		err = fmt.Errorf("%d problems, the first: %s", len(v.Problems), v.Problems[0])
	}
	return float64(wall) / float64(time.Millisecond), err
}

func verifyCPU(_ context.Context, g *grown) (float64, error) { return g.verified, nil }

func verifyMemory(_ context.Context, g *grown) (float64, error) { return g.touched, nil }
