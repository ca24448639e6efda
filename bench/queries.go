package main

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"sync/atomic"

	"gorm.io/gorm"

	"jiebang/api/edge"
	"jiebang/bench/rig"
	"jiebang/internal/app"
	"jiebang/internal/when"
)

// counter counts the SQL statements of requests; those of the background are told by their context and left out. BEGIN and
// COMMIT are not counted.
type counter struct{ all, writes atomic.Int64 }

func (c *counter) watch(a *app.App) error {
	count := func(also *atomic.Int64) func(*gorm.DB) {
		return func(q *gorm.DB) {
			if edge.RequestID(q.Statement.Context) != "" {
				c.all.Add(1)
				also.Add(1)
			}
		}
	}
	var none atomic.Int64
	for i, g := range []*gorm.DB{a.DB.Writer, a.DB.Reader} {
		if i > 0 && g == a.DB.Writer {
			break
		}
		err := errors.Join(
			g.Callback().Query().After("gorm:query").Register("bench:query", count(&none)),
			g.Callback().Row().After("gorm:row").Register("bench:row", count(&none)),
			g.Callback().Raw().After("gorm:raw").Register("bench:raw", count(&c.writes)),
			g.Callback().Create().After("gorm:create").Register("bench:create", count(&c.writes)),
			g.Callback().Update().After("gorm:update").Register("bench:update", count(&c.writes)),
			g.Callback().Delete().After("gorm:delete").Register("bench:delete", count(&c.writes)),
		)
		if err != nil {
			return err
		}
	}
	return nil
}

// measureQueries sends one request of each class and counts what it asks of the database.
func measureQueries(ctx context.Context, b *bench) error {
	c := &counter{}
	return b.each(ctx, rig.Options{Watch: c.watch}, func(r *rig.Rig) error {
		s := Section{Figure: "queries", Title: "SQL statements per request", Database: string(r.App.DB.Dialect), Load: load()}
		var least float64 // the first request is the baseline
		ask := func(name string, send func() (*rig.Answer, error)) (*rig.Answer, error) {
			c.all.Store(0)
			c.writes.Store(0)
			a, err := send()
			if err != nil {
				return nil, fmt.Errorf("%s: %w", name, err)
			}
			n := float64(c.all.Load())
			if least == 0 {
				least = n
			}
			s.add(name, fmt.Sprintf("statements, %d of them writes", c.writes.Load()), n, "get by a visitor", least)
			return a, nil
		}
		if err := askEach(ctx, r, ask); err != nil {
			return err
		}
		b.report.Sections = append(b.report.Sections, s)
		return nil
	})
}

// askEach goes through the classes of operation.
func askEach(ctx context.Context, r *rig.Rig, ask func(name string, send func() (*rig.Answer, error)) (*rig.Answer, error)) error {
	g, err := newRegistry(ctx, r)
	if err != nil {
		return err
	}
	o, visitor := g.sellers[0], r.Visitor()
	ids, err := r.Published(ctx, o, 0, 100)
	if err != nil {
		return err
	}
	waiting, err := r.Submitted(ctx, o, 100, 1)
	if err != nil {
		return err
	}
	if err := r.Posted(ctx, g.sellers[:1], 40); err != nil {
		return err
	}
	if err := r.CaughtUp(ctx); err != nil {
		return err
	}
	need, err := o.Editor.Post(ctx, "/v1/needs", rig.J{"owner_id": o.ID, "title": "喷涂车间废气怎么治", "field": "environment", "problem": "喷涂车间有机废气浓度低、风量大,希望找到运行费用低的净化办法。"})
	if err != nil {
		return err
	}
	steps := []struct {
		name string
		by   *rig.Client
		path string
	}{
		{"get by a visitor", visitor, "/v1/results/" + ids[0].String()},
		{"get by a member", o.Editor, "/v1/results/" + ids[0].String()},
		{"list of 50 by a visitor", visitor, "/v1/results?limit=50"},
		{"the public hall, 20 challenges, by a visitor", visitor, "/v1/hall"},
		{"search, 20 hits, by a visitor", visitor, "/v1/search?q=" + url.QueryEscape("有机废气")},
		{"match of a need, 10, by a member", o.Editor, "/v1/needs/" + need.ID().String() + "/matches?limit=10"},
	}
	for _, step := range steps {
		if _, err := ask(step.name, func() (*rig.Answer, error) { return step.by.Get(ctx, step.path) }); err != nil {
			return err
		}
	}
	draft := rig.J{"owner_id": o.ID, "title": "膜法水处理装置", "abstract": "面向海水养殖尾水的膜法处理装置,出水可以循环使用。", "field": "environment"}
	if _, err := ask("create a result", func() (*rig.Answer, error) { return o.Editor.Post(ctx, "/v1/results", draft) }); err != nil {
		return err
	}
	publish := "/v1/results/" + waiting[0].String() + "/publish"
	if _, err := ask("publish a result", func() (*rig.Answer, error) { return o.Second.Act(ctx, publish, `"1"`, nil) }); err != nil {
		return err
	}
	return askContract(ctx, g, visitor, ask)
}

// askContract is the way of one contract, and the figures that it moves.
func askContract(ctx context.Context, g *registry, visitor *rig.Client, ask func(name string, send func() (*rig.Answer, error)) (*rig.Answer, error)) error {
	o := g.sellers[0]
	if err := g.register(ctx, 0); err != nil { // a figure is there already, as it mostly is
		return err
	}
	a, err := ask("create a contract", func() (*rig.Answer, error) {
		return o.Editor.Post(ctx, "/v1/contracts", rig.J{"kind": "development", "terms": g.terms(o)})
	})
	if err != nil {
		return err
	}
	a, err = ask("submit it", func() (*rig.Answer, error) {
		return o.Editor.Act(ctx, "/v1/contracts/"+a.Text("id")+"/submit", a.ETag, nil)
	})
	if err != nil {
		return err
	}
	path := "/v1/applications/" + a.Text("application_id")
	a, err = ask("start its review", func() (*rig.Answer, error) { return g.first.Act(ctx, path+"/start-review", `"1"`, nil) })
	if err != nil {
		return err
	}
	a, err = ask("pass it", func() (*rig.Answer, error) { return g.first.Act(ctx, path+"/pass", a.ETag, rig.J{}) })
	if err != nil {
		return err
	}
	if _, err := ask("grant it, which posts to the ledger", func() (*rig.Answer, error) {
		return g.second.Act(ctx, path+"/grant", a.ETag, rig.J{"twin_reason": "另一批次，内容不同"})
	}); err != nil {
		return err
	}
	year := g.today[:4]
	turnover := "/v1/turnover?from=" + year + "-01-01&to=" + year + "-12-31"
	for _, filter := range []struct{ name, query string }{
		{"turnover of a year by month", ""},
		{"the same by buyer's region", "&group_by=buyer_region"},
		{"the same as of the end of a month", "&as_of=" + when.MustDay(g.today).Month().First().AddDays(-1).String()},
	} {
		if _, err := ask(filter.name, func() (*rig.Answer, error) { return visitor.Get(ctx, turnover+filter.query) }); err != nil {
			return err
		}
	}
	return nil
}
