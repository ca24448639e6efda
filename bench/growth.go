package main

import (
	"context"
	"fmt"
	"os"
	"runtime"
	"runtime/metrics"
	"sync/atomic"
	"time"

	"jiebang/bench/rig"
	"jiebang/internal/app"
	"jiebang/internal/db"
	"jiebang/internal/ledger"
	"jiebang/internal/policy"
	"jiebang/internal/when"
)

// sizes are how many contracts, with an application and a ledger entry each, the two systems hold that are compared. Both spread them
// over the same months, the last twelve and the running one: what grows is how dense they are.
var sizes = [2]int{1_000, 100_000}

// question is something that should not cost more because there is more of what it does not ask for.
type question struct {
	name   string
	unit   string
	wanted float64 // the ratio between the two sizes at most
	ask    func(ctx context.Context, g *grown) (float64, error)
}

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
	{"verify, the ledger", "ms", 110, verifyLedger},
	{"verify, everything", "ms", 110, verifyAll},
	{"verify, everything: processor time of the program", "ms", 110, verifyCPU},
	{"memory that verify holds", "MiB", 1.5, verifyMemory},
}

// grown is one system of a size.
type grown struct {
	*rig.Rig
	registry          *registry
	registrar         *rig.Client
	size              int
	first, last       when.Day // of what is in it
	verified, touched float64  // processor time in milliseconds, and MiB, of the last verification
}

func operator(g *grown) *rig.Client  { return g.Operator }
func registrar(g *grown) *rig.Client { return g.registrar }
func visitor(g *grown) *rig.Client   { return g.Visitor() }

// measureGrowth asks the questions of systems of both sizes.
func measureGrowth(ctx context.Context, b *bench) error {
	found := map[db.Dialect][2]map[string]float64{}
	var order []db.Dialect
	for i, size := range sizes {
		err := b.each(ctx, rig.Options{Watch: func(a *app.App) error { return fill(ctx, a, size) }}, func(r *rig.Rig) error {
			g, err := grow(ctx, r, size)
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
		s := Section{Figure: "growth", Title: fmt.Sprintf("%d contracts beside %d", sizes[1], sizes[0]), Database: string(dialect), Load: load()}
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
