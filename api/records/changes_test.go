package records_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"jiebang/api/apitest"
)

// settled waits until everything that was done has its position.
func settled(h *apitest.House) {
	h.Helper()
	for began := time.Now(); ; time.Sleep(5 * time.Millisecond) {
		if n, err := h.App.Relay.Pending(h.Context()); err == nil && n == 0 {
			return
		} else if time.Since(began) > 20*time.Second {
			h.Fatalf("%d Changes have no position, %v", n, err)
		}
	}
}

// follower reads the feed from where it was.
type follower struct {
	*apitest.Client
	cursor string
}

func follow(c *apitest.Client) *follower {
	return &follower{c, c.Get("/v1/changes?after=latest").Want(200).Text("cursor")}
}

// next is what there is since the last call, as "kind event version" of each entry, read by pages of that many.
func (f *follower) next(h *apitest.House, limit int) (out []string) {
	h.Helper()
	settled(h)
	for more := true; more; {
		r := f.Get(fmt.Sprintf("/v1/changes?limit=%d&after=%s", limit, f.cursor)).Want(200)
		for i := range r.Items() {
			out = append(out, strings.Join([]string{r.Text("items", i, "kind"), r.Text("items", i, "event"), fmt.Sprint(r.At("items", i, "version"))}, " "))
			if path, told := r.At("items", i, "path").(string); told != (r.At("items", i, "readable") == true) {
				h.Errorf("readable, and where: %s", r.Raw)
			} else if told {
				f.Get(path).Want(200)
			}
		}
		f.cursor, more = r.Text("cursor"), r.At("more") == true
	}
	return out
}

// Each reader is told of what they may know, and of what they once could have read: not one entry more, in order, however the feed is read.
func TestWhoIsToldOfWhichChange(t *testing.T) {
	apitest.Each(t, func(h *apitest.House) {
		s := apitest.NewStage(h)
		key := func(scope string) *apitest.Client {
			c := h.As(s.Editor)
			c.Token = s.Editor.Post("/v1/organizations/"+s.Uni+"/api-keys", apitest.J{"name": "同步程序", "scopes": []any{scope}, "expires_at": "2026-12-31T16:00:00Z"}).Want(201).Text("secret")
			return c
		}
		settled(h)
		followers := map[string]*follower{}
		for name, c := range map[string]*apitest.Client{
			"visitor": h.Visitor(), "stranger": s.Stranger, "owner": s.Chief, "operator": s.Operator, "key for results": key("results:read"), "key for needs": key("needs:read"),
		} {
			followers[name] = follow(c)
		}
		told := func(what string, want map[string][]string) {
			h.Helper()
			for name, f := range followers {
				limit := 100
				if name == "visitor" || name == "owner" {
					limit = 1
				}
				if got := f.next(h, limit); !slices.Equal(got, want[name]) {
					h.Errorf("%s: the %s is told %q, not %q", what, name, got, want[name])
				}
			}
		}
		all := func(inner, outer []string) map[string][]string {
			return map[string][]string{"visitor": outer, "stranger": outer, "owner": inner, "operator": inner, "key for results": inner, "key for needs": outer}
		}
		draft, tag := s.ResultIn("draft")
		told("a draft", all([]string{"result changed 1"}, nil))
		s.Editor.Do("DELETE", "/v1/results/"+draft, nil, map[string]string{"If-Match": tag}).Want(204)
		gone := all([]string{"result gone 1"}, nil)
		gone["operator"] = nil
		told("a draft that is deleted", gone)

		result, tag := s.ResultIn("published")
		told("what is published", all([]string{"result changed 1", "result changed 2", "result appeared 3"}, []string{"result appeared 3"}))
		revised := s.Editor.Put("/v1/results/"+result, tag, apitest.J{"owner_id": s.Uni, "title": "修订", "field": "environment", "abstract": "喷涂车间的废气净化，去除率百分之九十九以上。"}).Want(200)
		told("a revision of it", all([]string{"result changed 4"}, nil))
		revised = s.Editor.Act("/v1/results/"+result+"/submit", revised.ETag, nil).Want(200)
		s.Chief.Act("/v1/results/"+result+"/publish", revised.ETag, nil).Want(200)
		now := s.Editor.Get("/v1/results/" + result)
		told("the revision published", all([]string{"result changed 5", "result changed 6", "result changed 6"}, []string{"result changed 6"})) // and that it is closed
		now = s.Editor.Act("/v1/results/"+result+"/withdraw", now.ETag, nil).Want(200)
		off := all([]string{"result changed 7"}, []string{"result gone 7"})
		off["key for needs"] = []string{"result changed 7"} // was told of what was public, and reads it as a member
		told("what is withdrawn", off)
		s.Editor.Act("/v1/results/"+result+"/submit", now.ETag, nil).Want(200)
		told("what happens to it then", all([]string{"result changed 8"}, nil))

		o := s.Operator.Get("/v1/organizations/" + s.Uni)
		o = s.Operator.Act("/v1/organizations/"+s.Uni+"/suspend", o.ETag, apitest.J{"reason": "营业执照已被吊销"}).Want(200)
		off = all([]string{"result changed 3"}, []string{"result gone 3"})
		off["key for needs"] = []string{"result changed 3"}
		told("the owner is suspended", off)
		s.Operator.Act("/v1/organizations/"+s.Uni+"/lift-suspension", o.ETag, nil).Want(200)
		told("that is lifted", all([]string{"result appeared 3"}, []string{"result appeared 3"}))

		s.Contract("draft")
		told("a contract's draft", map[string][]string{"owner": {"contract changed 1"}, "operator": {"contract changed 1"}})

		s.BidIn("submitted")
		for name, f := range followers {
			for _, entry := range f.next(h, 100) {
				if kind, _, _ := strings.Cut(entry, " "); kind != "challenge" && kind != "need" || name == "visitor" && strings.Contains(entry, "gone") {
					h.Errorf("a bid: the %s is told %q", name, entry)
				}
			}
		}
		s.Notice(s.Firm)
		told("a notice", map[string][]string{"visitor": {"notice appeared 1"}, "stranger": {"notice appeared 1"}, "owner": {"notice appeared 1"}, "operator": {"notice appeared 1"}, "key for results": {"notice appeared 1"}, "key for needs": {"notice appeared 1"}})
		h.Visitor().Get("/v1/changes?after=c29tZXRoaW5n").Refused(400, "invalid_cursor")
		if r := h.Visitor().Get("/v1/changes?kind=need&limit=500").Want(200); len(r.Items()) == 0 || strings.Contains(string(r.Raw), `"result"`) {
			h.Errorf("one kind: %s", r.Raw)
		}
	})
}

// Whoever waits is told within a second, and nothing tells them of what they may not know of; who waits too often is refused.
func TestWaitingForAChange(t *testing.T) {
	apitest.Each(t, func(h *apitest.House) {
		s := apitest.NewStage(h)
		draft, tag := s.ResultIn("draft")
		draft2, tag2 := s.ResultIn("submitted")
		settled(h)
		f := follow(h.Visitor())
		type answer struct {
			r   *apitest.Response
			at  time.Time
			err error
		}
		answers := make(chan answer)
		wait := func(c *apitest.Client, seconds int) {
			r, err := c.Try("GET", fmt.Sprintf("/v1/changes?wait=%d&after=%s", seconds, f.cursor), nil, nil)
			answers <- answer{r, time.Now(), err}
		}
		go wait(h.Visitor(), 20)
		time.Sleep(100 * time.Millisecond)
		s.Editor.Act("/v1/results/"+draft+"/submit", tag, nil).Want(200) // nothing to a visitor
		select {
		case a := <-answers:
			h.Fatalf("they are told of a draft: %s, %v", a.r.Raw, a.err)
		case <-time.After(400 * time.Millisecond):
		}
		s.Chief.Act("/v1/results/"+draft2+"/publish", tag2, nil).Want(200)
		began := time.Now()
		a := <-answers
		if a.err != nil || a.at.Sub(began) > time.Second || len(a.r.Items()) != 1 {
			h.Fatalf("after %s: %s, %v", a.at.Sub(began), a.r.Raw, a.err)
		}
		// One account waits four times at once, and is let go when the server ends.
		f.cursor = a.r.Text("cursor")
		for range 4 {
			go wait(s.Stranger, 20)
		}
		time.Sleep(200 * time.Millisecond)
		s.Stranger.Get("/v1/changes?wait=1&after="+f.cursor).Refused(429, "rate_limited")
		s.Stranger.Get("/v1/changes?after=" + f.cursor).Want(200)
		h.App.Changes.Stop()
		for range 4 {
			if a := <-answers; a.err != nil || a.r.Status != 200 || len(a.r.Items()) != 0 {
				h.Errorf("let go: %v, %v", a.r, a.err)
			}
		}
	})
}
