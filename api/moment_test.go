package api_test

import (
	"testing"
	"time"

	"jiebang/api/apitest"
	"jiebang/internal/db"
	"jiebang/internal/db/dbtest"
)

// A second is how long a process may go by what it knew: of who a token stands for, and of what visitors are told. These tests run two
// processes' worth of the system on one database.

// replicas are two systems on one database.
func replicas(t *testing.T) (here, there *apitest.House) {
	t.Helper()
	o := dbtest.New(t, db.Postgres)
	here = apitest.New(t, o)
	there = here.Replica()
	return here, there
}

// within repeats an attempt until it is answered with a status, which must be so once a second has gone by.
func within(t *testing.T, what string, attempt func() int, want int) {
	t.Helper()
	began := time.Now()
	for {
		asked := time.Since(began) // an answer may take its time, but not begin later than a second after
		status := attempt()
		if status == want {
			t.Logf("%s: asked after %v", what, asked)
			return
		}
		if asked > time.Second {
			t.Fatalf("%s: still %d when asked after %v", what, status, asked)
		}
		time.Sleep(10 * time.Millisecond)
	}
}

func TestWhatPolicyTakesIsGoneEverywhereWithinASecond(t *testing.T) {
	here, there := replicas(t)
	s := apitest.NewStage(here)

	// A session that is ended.
	person := here.Person("leaving")
	elsewhere := there.As(person)
	elsewhere.Get("/v1/me").Want(200)
	here.As(person).Do("DELETE", "/v1/sessions/current", nil, nil).Want(204)
	here.As(person).Get("/v1/me").Refused(401, "token_invalid") // here at once
	within(t, "an ended session", func() int { return elsewhere.Get("/v1/me").Status }, 401)

	// A membership that begins is known here at once, and there within a second too.
	result, tag := s.ResultIn("draft")
	guest := here.Person("guest")
	r := s.Editor.Get("/v1/organizations/" + s.Uni).Want(200)
	there.As(guest).Get("/v1/results/"+result).Refused(404, "not_found")
	s.Editor.Act("/v1/organizations/"+s.Uni+"/members", r.ETag, j{"username": "guest"}).Want(200)
	guest.Post("/v1/organizations/"+s.Uni+"/join", nil).Want(204)
	guest.Get("/v1/results/" + result).Want(200)
	within(t, "a new membership", func() int { return there.As(guest).Get("/v1/results/" + result).Status }, 200)

	// A result that is withdrawn, by itself and in a list.
	r = s.Editor.Act("/v1/results/"+result+"/submit", tag, nil).Want(200)
	r = s.Chief.Act("/v1/results/"+result+"/publish", r.ETag, nil).Want(200)
	list := "/v1/results?limit=1&owner_id=" + s.Uni
	within(t, "a publication", func() int { return there.Visitor().Get("/v1/results/" + result).Status }, 200)
	there.As(s.Stranger).Get("/v1/results/" + result).Want(200)
	within(t, "a publication, in the list", func() int {
		if there.Visitor().Get(list).Want(200).Text("items", 0, "id") == result {
			return 200
		}
		return 404
	}, 200)
	s.Editor.Act("/v1/results/"+result+"/withdraw", r.ETag, nil).Want(200)
	here.Visitor().Get("/v1/results/"+result).Refused(404, "not_found") // here at once
	if first := here.Visitor().Get(list).Want(200).Text("items", 0, "id"); first == result {
		t.Error("a withdrawn result is listed where it was withdrawn")
	}
	s.Stranger.Get("/v1/results/"+result).Refused(404, "not_found")
	within(t, "a withdrawn result, to somebody signed in", func() int { return there.As(s.Stranger).Get("/v1/results/" + result).Status }, 404)
	within(t, "a withdrawn result", func() int { return there.Visitor().Get("/v1/results/" + result).Status }, 404)
	within(t, "a withdrawn result, in the list", func() int {
		if there.Visitor().Get(list).Want(200).Text("items", 0, "id") == result {
			return 200
		}
		return 404
	}, 404)
}

// What is kept for visitors is theirs alone: whoever signs in reads for themself, and what they read is kept for nobody.
func TestWhatVisitorsAreToldIsKeptApart(t *testing.T) {
	apitest.Each(t, func(h *apitest.House) {
		s := apitest.NewStage(h)
		r := s.Editor.Post("/v1/results", j{
			"owner_id": s.Uni, "title": "一项成果", "field": "environment", "abstract": "一段足够长的公开摘要。", "confidential": "配方",
		}).Want(201)
		path := "/v1/results/" + r.Text("id")
		r = s.Editor.Act(path+"/submit", r.ETag, nil).Want(200)
		s.Chief.Act(path+"/publish", r.ETag, nil).Want(200)
		for range 2 {
			for _, c := range []struct {
				client *apitest.Client
				inner  bool
			}{{s.Editor, true}, {h.Visitor(), false}, {s.Stranger, false}, {h.Operator, true}, {h.Visitor(), false}} {
				if shown := c.client.Get(path).Want(200).Body["confidential"] != nil; shown != c.inner {
					h.Errorf("the confidential part is shown to %q: %v", c.client.Username, shown)
				}
				listed := c.client.Get("/v1/results?owner_id="+s.Uni).Want(200).At("items", 0, "confidential")
				if shown := listed != nil; shown != c.inner {
					h.Errorf("the confidential part is listed to %q: %v", c.client.Username, shown)
				}
			}
		}
	})
}

// A replay tells what the call did, also at a replica that has just read the record as it was before.
func TestAReplayAtAnotherReplicaTellsWhatTheCallDid(t *testing.T) {
	here := apitest.New(t, dbtest.New(t, db.Postgres))
	s := apitest.NewStage(here)
	editor := here.Replica().As(s.Editor)
	id, etag := s.ResultIn("published")
	path := "/v1/results/" + id
	editor.Get(path).Want(200) // the replica remembers it as published
	call := map[string]string{"If-Match": etag, "Idempotency-Key": "once"}
	first := s.Editor.Do("POST", path+"/withdraw", nil, call).Want(200)
	again := editor.Do("POST", path+"/withdraw", nil, call).Want(200)
	if again.Text("state") != "withdrawn" || again.ETag != first.ETag {
		t.Errorf("the call answered %s, its replay %s %s", first.ETag, again.Text("state"), again.ETag)
	}
}
