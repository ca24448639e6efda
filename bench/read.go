package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"strings"
	"sync/atomic"

	"github.com/labstack/echo/v4"

	"jiebang/bench/rig"
)

// stock is how many published results a system holds in which reads and publications are measured.
const stock = 2000

const bareEcho = "bare Echo"

func measureGet(ctx context.Context, b *bench) error {
	return b.each(ctx, rig.Options{}, func(r *rig.Rig) error {
		o, err := r.Organization(ctx, "盛北理工大学", "university")
		if err != nil {
			return err
		}
		ids, err := r.Published(ctx, o, 0, stock)
		if err != nil {
			return err
		}
		s, err := compareReads(ctx, r, o.Editor, "/v1/results/"+ids[stock/2].String(), "/v1/results/:id")
		s.Figure, s.Title = "get", "GET of one published result"
		b.report.Sections = append(b.report.Sections, s)
		return err
	})
}

func measureList(ctx context.Context, b *bench) error {
	return b.each(ctx, rig.Options{}, func(r *rig.Rig) error {
		o, err := r.Organization(ctx, "盛北理工大学", "university")
		if err != nil {
			return err
		}
		if _, err := r.Published(ctx, o, 0, stock); err != nil {
			return err
		}
		s, err := compareReads(ctx, r, o.Editor, "/v1/results?limit=50&state=published", "/v1/results")
		s.Figure, s.Title = "list", "GET of a list of 50 results"
		b.report.Sections = append(b.report.Sections, s)
		return err
	})
}

// compareReads measures a path beside a bare Echo handler that returns the same bytes and headers.
func compareReads(ctx context.Context, r *rig.Rig, member *rig.Client, path, route string) (Section, error) {
	if err := r.CaughtUp(ctx); err != nil {
		return Section{}, err
	}
	s := Section{Database: string(r.App.DB.Dialect), Load: load()}
	for _, reader := range []struct {
		name    string
		client  *rig.Client
		clients []int
		ask     func(*rig.Client, string) func(context.Context, int) error
	}{
		{"visitor", r.Visitor(), []int{1, 8}, getting},
		{"visitor, none kept", r.Visitor(), []int{8}, spelling},
		{"signed in", member, []int{8}, getting},
	} {
		sample, err := reader.client.Get(ctx, path)
		if err != nil {
			return s, err
		}
		url, server, err := rig.Serve(ctx, bare(route, sample))
		if err != nil {
			return s, err
		}
		same := &rig.Client{URL: url, Token: reader.client.Token}
		if err := mustEqual(ctx, sample, same, path); err != nil {
			return s, errors.Join(err, server.Close())
		}
		for _, clients := range reader.clients {
			ours, theirs, err := compare(ctx, clients, reader.ask(reader.client, path), getting(same, path))
			if err != nil {
				return s, errors.Join(err, server.Close())
			}
			name := fmt.Sprintf("%s, %d at once", reader.name, clients)
			s.add(name, "requests/s", ours.perSecond(), bareEcho, theirs.perSecond())
			s.add(name, "p50 ms", ours.at(.50), bareEcho, theirs.at(.50))
			s.add(name, "p99 ms", ours.at(.99), bareEcho, theirs.at(.99))
			s.add(name, "CPU ms each", ours.cpuEach(), bareEcho, theirs.cpuEach())
		}
		if err := server.Close(); err != nil {
			return s, err
		}
		s.Notes = []string{fmt.Sprintf("%d bytes; %d results in the database", len(sample.Raw), stock)}
	}
	return s, nil
}

// bare is the least that can answer so: Echo, one route, bytes that are there already.
func bare(route string, a *rig.Answer) *echo.Echo {
	e := echo.New()
	e.GET(route, func(c echo.Context) error {
		h := c.Response().Header()
		for name, values := range a.Header {
			if name != "Date" && name != "Content-Length" { // net/http adds these
				h[name] = values
			}
		}
		return c.Blob(http.StatusOK, a.Header.Get("Content-Type"), a.Raw)
	})
	return e
}

// mustEqual sees that the bare handler answers as the system did, but for the day's time.
func mustEqual(ctx context.Context, want *rig.Answer, client *rig.Client, path string) error {
	got, err := client.Get(ctx, path)
	if err != nil {
		return err
	}
	a, b := maps.Clone(want.Header), maps.Clone(got.Header)
	for _, h := range []http.Header{a, b} {
		h.Del("Date")
	}
	same := maps.EqualFunc(a, b, func(x, y []string) bool { return strings.Join(x, "\n") == strings.Join(y, "\n") })
	if !same || !bytes.Equal(want.Raw, got.Raw) {
		return fmt.Errorf("the baseline answers otherwise: %v instead of %v", b, a)
	}
	return nil
}

func getting(c *rig.Client, path string) func(context.Context, int) error {
	return func(ctx context.Context, _ int) error {
		_, err := c.Get(ctx, path)
		return err
	}
}

// spelling is getting by another spelling of the address each time, so that no answer that was kept for visitors can be used.
func spelling(c *rig.Client, path string) func(context.Context, int) error {
	var n atomic.Uint64
	return func(ctx context.Context, _ int) error {
		_, err := c.Get(ctx, spelled(path, n.Add(1)))
		return err
	}
}

// spelled writes the letters and digits behind the collection, or of the query, as escapes, where n has a bit.
func spelled(path string, n uint64) string {
	collection := len("/v1/results")
	if query := strings.IndexByte(path, '?'); query > 0 {
		collection = query
	}
	var out strings.Builder
	out.WriteString(path[:collection])
	escape := 0 // bytes of one that are still to come
	for _, b := range []byte(path[collection:]) {
		if b == '%' {
			escape = 3
		}
		if escape > 0 || strings.IndexByte("?&=/-_", b) >= 0 {
			escape = max(0, escape-1)
			out.WriteByte(b)
			continue
		}
		if n&1 == 1 {
			fmt.Fprintf(&out, "%%%02x", b)
		} else {
			out.WriteByte(b)
		}
		n >>= 1
	}
	return out.String()
}
