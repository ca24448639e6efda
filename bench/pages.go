package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"net/url"

	"jiebang/bench/rig"
)

// measurePages asks pages of the portal beside the operations whose answers they show, asked one after the other by the same reader.
func measurePages(ctx context.Context, b *bench) error {
	return b.each(ctx, rig.Options{}, func(r *rig.Rig) error {
		o, err := r.Organization(ctx, "盛北理工大学", "university")
		if err != nil {
			return err
		}
		ids, err := r.Published(ctx, o, 0, stock)
		if err != nil {
			return err
		}
		if err := r.CaughtUp(ctx); err != nil {
			return err
		}
		api := o.Editor
		people := &rig.Client{URL: api.URL, Token: api.Token, Username: api.Username, Browser: true}
		const problem = "喷漆线排出来的废气量大、浓度不高，现在用活性炭吸附，两个月就要换一次。希望有不用频繁换料的净化办法。"
		one := "/v1/results/" + ids[stock/2].String()
		s := Section{Figure: "pages", Title: "pages of the portal beside the answers that they show, signed in", Database: string(r.App.DB.Dialect), Load: load()}
		for _, page := range []struct {
			name       string
			page, same func(ctx context.Context, _ int) error
		}{
			{"one result", getting(people, "/results/"+ids[stock/2].String()), all(getting(api, one), getting(api, one+"/matches?limit=6"))},
			{"list of 50", getting(people, "/results"), getting(api, "/v1/results?limit=50&state=published")},
			{"matches for a text", func(ctx context.Context, _ int) error {
				_, err := people.Form(ctx, "/match", url.Values{"text": {problem}})
				return err
			}, all(matching(api, "result", problem), matching(api, "team", problem))},
			{"the desk", getting(people, "/desk"), all(getting(api, "/v1/introductions?box=received&state=proposed&sort=due&limit=6"), getting(api, "/v1/results?state=submitted&limit=6"),
				getting(api, "/v1/needs?state=submitted&limit=6"), getting(api, "/v1/teams?state=submitted&limit=6"), getting(api, "/v1/mandates?state=proposed&limit=6"),
				getting(api, "/v1/commission-claims?state=flagged&limit=6"), getting(api, "/v1/commissions?state=due&limit=6"), getting(api, "/v1/bids?state=draft&limit=6"),
				getting(api, "/v1/challenges?state=confirming&limit=6"), getting(api, "/v1/projects?state=pledging&limit=6"), getting(api, "/v1/complaints?state=upheld&limit=6"), getting(api, "/v1/received-invitations"), getting(api, "/v1/inbox?unread=true&limit=6"))},
		} {
			ours, theirs, err := compare(ctx, 8, page.page, page.same)
			if err != nil {
				return fmt.Errorf("%s: %w", page.name, err)
			}
			s.add(page.name, "p50 ms", ours.at(.50), "the operations", theirs.at(.50))
			s.add(page.name, "CPU ms each", ours.cpuEach(), "the operations", theirs.cpuEach())
		}
		for _, path := range []string{"/", "/results", "/results/" + ids[0].String(), "/match", "/desk"} {
			got, err := people.Get(ctx, path)
			if err != nil {
				return err
			}
			s.add("bytes of "+path[:min(len(path), 20)], "kB gzip", float64(packed(got.Raw))/1000, "wanted at most", 25)
		}
		b.report.Sections = append(b.report.Sections, s)
		return nil
	})
}

func all(each ...func(context.Context, int) error) func(context.Context, int) error {
	return func(ctx context.Context, n int) error {
		for _, one := range each {
			if err := one(ctx, n); err != nil {
				return err
			}
		}
		return nil
	}
}

func matching(c *rig.Client, kind, text string) func(context.Context, int) error {
	return func(ctx context.Context, _ int) error {
		_, err := c.Post(ctx, "/v1/matches", rig.J{"kind": kind, "text": text, "limit": 10})
		return err
	}
}

func packed(text []byte) int {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, _ = w.Write(text) // a buffer takes everything
	_ = w.Close()
	return b.Len()
}
