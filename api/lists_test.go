package api_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"jiebang/api/apitest"
	"jiebang/internal/db"
	"jiebang/internal/db/dbtest"
)

// titles are those of a list, in its order.
func titles(r *apitest.Response) []string {
	out := []string{}
	for _, i := range r.Want(200).Items() {
		out = append(out, i.(map[string]any)["title"].(string))
	}
	return out
}

func same(t *testing.T, what string, got []string, want ...string) {
	t.Helper()
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("%s: %v, want %v", what, got, want)
	}
}

// What is public is listed by its publication, one's own is found by its title; both are counted where that is asked, and a copy is kept by
// what has changed since.
func TestListsOfListings(t *testing.T) {
	apitest.Each(t, func(h *apitest.House) {
		s := apitest.NewStage(h)
		s.TeamIn("published") // each list has one of the stage's own
		for _, k := range []struct {
			path, owner, text string
			writer, second    *apitest.Client
		}{{"/v1/results", s.Uni, "abstract", s.Editor, s.Chief}, {"/v1/needs", s.Firm, "problem", s.Buyer, s.Buyer2}, {"/v1/teams", s.Uni, "introduction", s.Editor, s.Chief}} {
			begun := map[string]*apitest.Response{}
			tick := func() { h.Clock.Set(h.Clock.Now().Add(time.Minute).Format(time.RFC3339)) }
			for _, title := range []string{"甲 100%_纯", "乙 Membrane", "丙项"} {
				tick()
				body := j{"owner_id": k.owner, "title": title, "field": "environment", k.text: "用于喷涂车间的废气净化，运行稳定。" + title}
				if k.path == "/v1/teams" {
					body["leader"] = j{"name": "林砚舟"}
				}
				begun[title] = k.writer.Post(k.path, body).Want(201)
			}
			publish := func(title string) {
				tick()
				path := k.path + "/" + begun[title].Text("id")
				r := k.writer.Act(path+"/submit", begun[title].ETag, nil).Want(200)
				begun[title] = k.second.Act(path+"/publish", r.ETag, nil).Want(200)
			}
			publish("丙项")
			publish("甲 100%_纯")
			v, of := h.Visitor(), "?owner_id="+k.owner
			first := v.Get(k.path + of + "&limit=1&count=true").Want(200)
			same(t, "by publication", titles(first), "甲 100%_纯")
			if total := first.At("total"); total != 3.0 { // with the stage's own
				t.Errorf("%v in all", total)
			}
			same(t, "its next page", titles(v.Get(k.path+of+"&limit=1&cursor="+first.Text("next_cursor"))), "丙项")
			same(t, "by title", titles(k.writer.Get(k.path + of + "&sort=title"))[:3], "丙项", "乙 Membrane", "甲 100%_纯")
			since := h.Clock.Now().UTC().Format(time.RFC3339)
			same(t, "since", titles(v.Get(k.path+of+"&updated_since="+since)), "甲 100%_纯")
			tick()
			path := k.path + "/" + begun["丙项"].Text("id")
			offer := j{}
			if k.path == "/v1/teams" {
				offer["withheld_names"] = []any{} // a team says each time who took back their consent
			}
			k.writer.Put(path+"/offer", begun["丙项"].ETag, offer).Want(200)
			same(t, "changes", titles(v.Get(k.path+of+"&sort=changes&updated_since="+since)), "甲 100%_纯", "丙项")
			same(t, "updated", titles(v.Get(k.path+of+"&sort=updated&updated_since="+since)), "丙项", "甲 100%_纯")

			drafts := k.writer.Get(k.path + "?state=draft&count=true").Want(200)
			same(t, "drafts", titles(drafts), "乙 Membrane")
			if drafts.At("total") != 1.0 || drafts.At("total_is_more") != nil {
				t.Errorf("drafts: %s", drafts.Raw)
			}
			same(t, "found by its title", titles(k.writer.Get(k.path+"?q=MEMB")), "乙 Membrane")
			same(t, "signs are no pattern", titles(k.writer.Get(k.path+"?q=0%25_")), "甲 100%_纯")
			same(t, "signs are no pattern", titles(k.writer.Get(k.path+"?q=1%25")))
			same(t, "a stranger's", titles(s.Stranger.Get(k.path+"?q=Memb")))
			s.Stranger.Get(k.path+of+"&q=Memb").Refused(400, "invalid_input")
			v.Get(k.path+"?q=Memb").Refused(401, "sign_in_required")
			v.Get(k.path+"?updated_since=yesterday").Refused(400, "invalid_input")

			// Whoever has written a new title finds the record by it, and by the published one, until the revision is dropped.
			body := j{"owner_id": k.owner, "title": "丁项 Anew_2", "field": "environment", k.text: "用于喷涂车间的废气净化，运行稳定。丙项"}
			if k.path == "/v1/teams" {
				body["leader"] = j{"name": "林砚舟"}
			}
			k.writer.Put(path, k.writer.Get(path).Want(200).ETag, body).Want(200)
			same(t, "by the title of its revision", titles(k.writer.Get(k.path+"?q=anew_")), "丙项")
			same(t, "by the published title", titles(k.writer.Get(k.path+"?q="+url.QueryEscape("丙"))), "丙项")
			same(t, "signs are no pattern in a revision", titles(k.writer.Get(k.path+"?q=anew2")))
			same(t, "a stranger by the title of a revision", titles(s.Stranger.Get(k.path+"?q=anew_")))
			same(t, "an operator by the title of a revision", titles(h.Operator.Get(k.path+"?q=anew_")), "丙项")
			k.writer.Do("DELETE", path+"/revision", nil, map[string]string{"If-Match": k.writer.Get(path + "?revision=open").Want(200).ETag}).Want(200)
			same(t, "by the title of a revision that was dropped", titles(k.writer.Get(k.path+"?q=anew_")))

			// Who made it is for its own people and the bureau.
			own, seen := k.writer.Get(path).Want(200), v.Get(path).Want(200)
			if own.Text("created_by") == "" || own.Text("submitted_by") != own.Text("created_by") || own.Text("published_by") == own.Text("created_by") {
				t.Errorf("who made it: %s", own.Raw)
			}
			if seen.At("created_by") != nil || seen.At("published_by") != nil || s.Stranger.Get(path).Want(200).At("submitted_by") != nil {
				t.Errorf("a visitor reads %s", seen.Raw)
			}
		}
	})
}

// Who submitted something takes it back until a second person has acted; so with a revision of what is public, which stays as it is.
func TestWhatWasSubmittedIsTakenBack(t *testing.T) {
	apitest.Each(t, func(h *apitest.House) {
		s := apitest.NewStage(h)
		for _, k := range []struct {
			path           string
			writer, second *apitest.Client
			submitted      func(string) (string, string)
			revision       func() (string, string)
		}{{"/v1/results/", s.Editor, s.Chief, s.ResultIn, s.ResultRevision}, {"/v1/needs/", s.Buyer, s.Buyer2, s.NeedIn, s.NeedRevision}, {"/v1/teams/", s.Editor, s.Chief, s.TeamIn, s.TeamRevision}} {
			id, tag := k.submitted("submitted")
			k.second.Act(k.path+id+"/take-back", tag, nil).Refused(403, "not_allowed")
			r := k.writer.Act(k.path+id+"/take-back", tag, nil).Want(200)
			if r.Text("state") != "draft" || r.At("submitted_by") != nil {
				t.Errorf("taken back: %s", r.Raw)
			}
			k.second.Act(k.path+id+"/publish", r.ETag, nil).Refused(409, "wrong_state")
			r = k.second.Act(k.path+id+"/submit", r.ETag, nil).Want(200)
			r = k.writer.Act(k.path+id+"/publish", r.ETag, nil).Want(200) // who wrote it first is not who submitted it now
			k.second.Act(k.path+id+"/take-back", r.ETag, nil).Refused(409, "wrong_state")

			id, tag = k.revision()
			r = k.writer.Act(k.path+id+"/submit", tag, nil).Want(200)
			r = k.writer.Act(k.path+id+"/take-back", r.ETag, nil).Want(200)
			if rev := k.writer.Get(k.path+id).Want(200).Text("revision", "state"); rev != "draft" {
				t.Errorf("the revision is %s", rev)
			}
			k.second.Act(k.path+id+"/publish", r.ETag, nil).Refused(409, "wrong_state")
			h.Visitor().Get(k.path + id).Want(200)
		}
	})
}

// Every kind of hit tells what one asks first: readiness, price, budget, deadline, urgency, and where the owner is.
func TestHitsTellTheirTerms(t *testing.T) {
	apitest.Each(t, func(h *apitest.House) {
		s := apitest.NewStage(h)
		publish := func(path string, writer, second *apitest.Client, body j) string {
			r := writer.Post(path, body).Want(201)
			at := path + "/" + r.Text("id")
			r = writer.Act(at+"/submit", r.ETag, nil).Want(200)
			second.Act(at+"/publish", r.ETag, nil).Want(200)
			return at
		}
		result := publish("/v1/results", s.Editor, s.Chief, j{"owner_id": s.Uni, "title": "锅炉除尘布袋耐湿滤料", "field": "environment", "abstract": "锅炉除尘布袋糊袋频繁的解决办法：耐湿滤料，寿命一年以上。",
			"trl": 7, "price": j{"kind": "range", "min": apitest.Money("300000.00"), "max": apitest.Money("500000.00")}})
		need := publish("/v1/needs", s.Buyer, s.Buyer2, j{"owner_id": s.Firm, "title": "锅炉除尘布袋糊袋频繁", "field": "environment", "problem": "锅炉除尘布袋糊袋频繁，三个月换一次，希望有耐湿的滤料。",
			"budget": j{"max": apitest.Money("450000.00")}, "deadline": "2026-06-30", "urgent": true})
		asked := map[string]any{"trl": 7.0, "region": "210112", "price": j{"kind": "range", "min": apitest.Money("300000.00"), "max": apitest.Money("500000.00")}}
		wanted := map[string]any{"deadline": "2026-06-30", "urgent": true, "region": "210106", "budget": j{"max": apitest.Money("450000.00")}}
		draft := s.Editor.Post("/v1/results", j{"owner_id": s.Uni, "title": "锅炉除尘布袋耐湿滤料", "field": "environment", "abstract": "锅炉除尘布袋糊袋频繁的解决办法：耐湿滤料，寿命一年以上。"}).Want(201)
		v := h.Visitor()
		for name, c := range map[string]struct {
			get  func() *apitest.Response
			want map[string]any
		}{
			"search results": {func() *apitest.Response { return v.Get("/v1/search?kind=result&q=%E6%BB%A4%E6%96%99") }, asked},
			"search needs":   {func() *apitest.Response { return v.Get("/v1/search?kind=need&q=%E6%BB%A4%E6%96%99") }, wanted},
			"match a need":   {func() *apitest.Response { return v.Get(need + "/matches?limit=1") }, asked},
			"match a result": {func() *apitest.Response { return v.Get(result + "/matches?limit=1") }, wanted},
			"match a text": {func() *apitest.Response {
				return v.Post("/v1/matches", j{"kind": "need", "text": "耐湿滤料", "limit": 1})
			}, wanted},
			"similar": {func() *apitest.Response { return s.Editor.Get("/v1/results/" + draft.Text("id") + "/similar") }, asked},
		} {
			h.Eventually(name+" finds it", func() bool { // what else is there may be found before it
				r := c.get().Want(200)
				if len(r.Items()) == 0 {
					return false
				}
				terms := r.At("items", 0, "terms").(map[string]any)
				return terms["region"] == c.want["region"] && (terms["trl"] != nil || terms["urgent"] == true)
			})
			terms := c.get().Want(200).At("items", 0, "terms").(map[string]any)
			for key, want := range c.want {
				if fmt.Sprint(terms[key]) != fmt.Sprint(want) {
					t.Errorf("%s: %s is %v, want %v", name, key, terms[key], want)
				}
			}
			if terms["region_name"] == nil {
				t.Errorf("%s: %v", name, terms)
			}
		}
	})
}

// The published lists of 揭榜挂帅 are counted where that is asked, and a copy is kept by what has changed since; each reader's count is of what
// they may read.
func TestPublishedListsAreCountedAndKeptUp(t *testing.T) {
	apitest.Each(t, func(h *apitest.House) {
		s := apitest.NewStage(h)
		round, etag := s.RoundIn("draft")
		s.ChallengeIn("published")
		s.ChallengeIn("draft")
		notice := s.Notice(s.Uni)
		h.Clock.Set(h.Clock.Now().Add(time.Hour).Format(time.RFC3339))
		since := "updated_since=" + h.Clock.Now().UTC().Format(time.RFC3339)
		h.SignInAgain()
		for _, path := range []string{"/v1/challenges", "/v1/notices", "/v1/rounds"} {
			for _, who := range []*apitest.Client{h.Visitor(), s.Stranger, s.Buyer, h.Operator} {
				all := who.Get(path + "?count=true&limit=100").Want(200)
				if n := float64(len(all.Items())); n == 0 || all.At("total") != n || all.At("total_is_more") != nil {
					t.Errorf("%s to %s: %v in all, %v are listed", path, who.Username, all.At("total"), n)
				}
				if none := who.Get(path + "?count=true&" + since).Want(200); len(none.Items()) != 0 || none.At("total") != 0.0 {
					t.Errorf("%s to %s: nothing has changed since, and %s", path, who.Username, none.Raw)
				}
				if uncounted := who.Get(path).Want(200); uncounted.At("total") != nil {
					t.Errorf("%s counts unasked", path)
				}
			}
			h.Visitor().Get(path+"?updated_since=yesterday").Refused(400, "invalid_input")
		}
		// A draft is counted by those alone who may read it.
		if a, b := h.Visitor().Get("/v1/challenges?count=true").At("total"), s.Buyer.Get("/v1/challenges?count=true").At("total"); a.(float64) >= b.(float64) {
			t.Errorf("a visitor counts %v challenges, its poster %v", a, b)
		}
		if a, b := h.Visitor().Get("/v1/rounds?count=true").At("total"), h.Operator.Get("/v1/rounds?count=true").At("total"); a.(float64) >= b.(float64) {
			t.Errorf("a visitor counts %v rounds, an operator %v", a, b)
		}
		s.Deputy.Act("/v1/rounds/"+round+"/open", etag, nil).Want(200)
		if r := h.Visitor().Get("/v1/rounds?count=true&" + since).Want(200); len(r.Items()) != 1 || r.Text("items", 0, "id") != round || r.At("total") != 1.0 {
			t.Errorf("what was opened since: %s", r.Raw)
		}
		if n := h.Visitor().Get("/v1/notices/" + notice).Want(200); n.Text("period_text") == "" || n.Text("period_text_en") == "" || strings.Contains(n.Text("period_text"), "day") {
			t.Errorf("the period is told as %q, %q", n.Text("period_text"), n.Text("period_text_en"))
		}
	})
}

// Accept-Language orders the texts of problem documents, and nothing of an answer that went well: there both languages stand side by side.
func TestAnAnswerHasBothLanguagesWhateverIsAskedFor(t *testing.T) {
	s := apitest.NewStage(apitest.New(t, dbtest.New(t, db.SQLite)))
	for _, path := range []string{"/v1/reference/decline_reason", "/v1/turnover?from=2026-01-01&to=2026-12-31&group_by=kind"} {
		in := func(language string) *apitest.Response {
			return s.Visitor().Do("GET", path, nil, map[string]string{"Accept-Language": language}).Want(200)
		}
		if zh, en := in("zh"), in("en"); string(zh.Raw) != string(en.Raw) {
			t.Errorf("%s: %.300s\n%.300s", path, zh.Raw, en.Raw)
		}
	}
	in := func(language string) string {
		return s.Visitor().Do("GET", "/v1/turnover", nil, map[string]string{"Accept-Language": language}).Want(400).Text("title")
	}
	if zh, en := in("zh"), in("en"); zh == en {
		t.Errorf("a problem says %q in either language", zh)
	}
}
