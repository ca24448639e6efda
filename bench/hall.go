package main

import (
	"context"
	"fmt"
	"net/url"

	"jiebang/bench/rig"
)

// baseline is what a page of the hall is asked beside.
type baseline struct{ called, address string }

// posted is how many challenges are in the hall where it is measured.
var posted = 10_000

// measureHall asks the hall beside the list of results, and by words beside the search of results by the same words, in turn: as visitors whose
// answers are not kept, and signed in.
func measureHall(ctx context.Context, b *bench) error {
	c := &counter{}
	return b.each(ctx, rig.Options{Watch: c.watch}, func(r *rig.Rig) error {
		var of []rig.Organization
		for _, name := range []string{"辽浑智造装备有限公司", "渤岬泵阀重工有限公司", "沈渊旧能装备有限公司", "盛北理工大学"} {
			o, err := r.Organization(ctx, name, map[bool]string{true: "university", false: "enterprise"}[name == "盛北理工大学"])
			if err != nil {
				return err
			}
			of = append(of, o)
		}
		if _, err := r.Published(ctx, of[3], 0, min(stock, posted)); err != nil {
			return err
		}
		if err := r.Posted(ctx, of[:3], posted); err != nil {
			return err
		}
		if err := r.CaughtUp(ctx); err != nil {
			return err
		}
		s := Section{Figure: "hall", Title: "GET of a page of 50 of the public hall", Database: string(r.App.DB.Dialect), Load: load()}
		words := "limit=50&q=" + url.QueryEscape("有机废气 能耗")
		list, search := baseline{"list of results", "/v1/results?limit=50&state=published"}, baseline{"search of results", "/v1/search?kind=result&" + words}
		for _, page := range []struct {
			name, path string
			baseline
		}{
			{"what closes first", "/v1/hall?limit=50", list},
			{"narrowed by chain and reward", "/v1/hall?limit=50&chain=environmental&reward=from_1m", list},
			{"by words", "/v1/hall?" + words, search},
		} {
			for _, reader := range []struct {
				name    string
				client  *rig.Client
				clients int
				ask     func(*rig.Client, string) func(context.Context, int) error
			}{{"visitor, none kept, 1 at once", r.Visitor(), 1, spelling}, {"visitor, none kept, 8 at once", r.Visitor(), 8, spelling}, {"signed in, 8 at once", of[3].Editor, 8, getting}} {
				ours, theirs, err := compare(ctx, reader.clients, reader.ask(reader.client, page.path), reader.ask(reader.client, page.address))
				if err != nil {
					return err
				}
				name := page.name + ": " + reader.name
				s.add(name, "p50 ms", ours.at(.50), page.called, theirs.at(.50))
				s.add(name, "p99 ms", ours.at(.99), page.called, theirs.at(.99))
				s.add(name, "CPU ms each", ours.cpuEach(), page.called, theirs.cpuEach())
			}
			var statements [2]float64
			for i, path := range []string{page.path, page.address} {
				if _, err := r.Visitor().Get(ctx, spelled(path, 1)); err != nil { // who asks first on a day makes ready
					return err
				}
				c.all.Store(0)
				if _, err := r.Visitor().Get(ctx, spelled(path, 2)); err != nil {
					return err
				}
				statements[i] = float64(c.all.Load())
			}
			s.add(page.name+": a visitor", "statements", statements[0], page.called, statements[1])
		}
		s.Notes = []string{fmt.Sprintf("%d challenges in the hall, %d results in the database", posted, min(stock, posted))}
		b.report.Sections = append(b.report.Sections, s)
		return nil
	})
}
