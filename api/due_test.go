package api_test

import (
	"strings"
	"testing"
	"time"

	"jiebang/api/apitest"
)

// A need ends with its deadline's day in Shanghai, an introduction with the day on which its answer is due; and not a moment before.
func TestWhatIsDueHappensByItself(t *testing.T) {
	apitest.Each(t, func(h *apitest.House) {
		s := apitest.NewStage(h)
		r := s.Buyer.Post("/v1/needs", j{"owner_id": s.Firm, "title": "喷涂车间废气异味大", "field": "environment", "problem": "喷涂车间排气有异味，周边居民投诉。", "deadline": "2026-03-20"}).Want(201)
		need := "/v1/needs/" + r.Text("id")
		r = s.Buyer.Act(need+"/submit", r.ETag, nil).Want(200)
		s.Buyer2.Act(need+"/publish", r.ETag, nil).Want(200)
		intro, _ := s.Introduction() // proposed on 10 March: its answer is due on the 24th
		h.Clock.Set("2026-03-20T15:59:50Z")
		if n, err := h.App.Jobs.Run(t.Context()); err != nil || n != 0 {
			t.Errorf("%d jobs before the day was over, %v", n, err)
		}
		s.Buyer.Get(need).Want(200)
		h.Clock.Set("2026-03-20T16:00:00Z")
		h.Eventually("the need is closed", func() bool {
			n := s.Buyer.Get(need).Want(200)
			return n.Text("state") == "closed" && n.Text("close_reason") == "expired"
		})
		h.Visitor().Get(need).Refused(404, "not_found")

		h.Clock.Set("2026-03-24T16:00:00Z")
		if got := s.Editor.Get("/v1/introductions/" + intro).Want(200); got.Text("state") != "lapsed" {
			t.Errorf("it waits for a job: %s", got.Raw)
		}
		h.Eventually("the introduction's end is written", func() bool { return s.Editor.Get("/v1/introductions/"+intro).Want(200).At("version") == 2.0 })
		late := s.Editor.Get("/v1/introductions/" + intro).Want(200)
		s.Editor.Act("/v1/introductions/"+intro+"/accept", late.ETag, nil).Refused(409, "wrong_state")
		s.Buyer.Post("/v1/introductions", j{"from_id": s.Firm, "result_id": late.Body["result_id"], "need_id": late.Body["need_id"], "message": "还想再约一次，请答复。"}).Want(201)
		h.Agrees()
	})
}

// The worked case of a decision that is due in a year whose holidays nobody knew.
func TestADueDayIsReckonedAgainWhenItsYearsCalendarIsLoaded(t *testing.T) {
	apitest.Each(t, func(h *apitest.House) {
		m := newMarket(h)
		h.Clock.Set("2026-12-14T02:00:00Z")
		h.Operator, h.Deputy, m.editor = h.Again(h.Operator), h.Again(h.Deputy), h.Again(m.editor)
		_, application := m.file(nil)
		a := m.editor.Get("/v1/applications/" + application).Want(200)
		if a.Text("due_on") != "2027-01-05" || a.At("due_provisional") != true {
			t.Fatalf("due on %s", a.Raw)
		}
		days := []any{j{"day": "2027-01-01", "kind": "off"}, j{"day": "2027-01-04", "kind": "off"}}
		worked := h.Operator.Post("/v1/calendars", j{"year": 2027, "source": "关于2027年部分节假日安排的通知", "days": append(days, j{"day": "2027-10-01", "kind": "work"})}).Refused(400, "invalid_input")
		if worked.Text("errors", 0, "pointer") != "/days/2/kind" {
			t.Errorf("a day that is off by law is worked: %s", worked.Raw)
		}
		c := h.Operator.Post("/v1/calendars", j{"year": 2027, "source": "关于2027年部分节假日安排的通知", "days": days}).Want(201)
		h.Visitor().Get("/v1/calendars/"+c.Text("id")).Refused(404, "not_found")
		c = h.Deputy.Act("/v1/calendars/"+c.Text("id")+"/confirm", c.ETag, nil).Want(200)
		h.Eventually("the due day is reckoned again", func() bool {
			a = m.editor.Get("/v1/applications/" + application).Want(200)
			return a.Text("due_on") == "2027-01-06" && a.At("due_provisional") == false
		})
		var steps int64
		if err := h.App.DB.Reader.Table("audit").Where("action = 'application.due_reckoned' AND object_id = ?", application).Count(&steps).Error; err != nil || steps != 1 {
			t.Errorf("%d recorded steps, %v", steps, err)
		}
		h.Operator.Post("/v1/calendars", j{"year": 2027, "source": "关于2027年部分节假日安排的通知", "days": days}).Refused(409, "calendar_loaded")
		h.Operator.Post("/v1/calendars", j{"year": 2028, "source": "关于2028年部分节假日安排的通知", "days": []any{j{"day": "2028-05-01", "kind": "off"}}}).Refused(400, "invalid_input")
		// What is filed from now on knows the year.
		_, second := m.file(j{"title": "第二份合同"})
		if a := m.editor.Get("/v1/applications/" + second).Want(200); a.Text("due_on") != "2027-01-06" || a.At("due_provisional") != false {
			t.Errorf("filed afterwards: %s", a.Raw)
		}
		// Corrected: what was decided by the table before stands, what is filed now goes by the new one.
		h.Operator.Put("/v1/calendars/"+c.Text("id"), c.ETag, j{"year": 2027, "source": "更正的通知全文", "days": days[:1]}).Want(200)
		c = h.Operator.Get("/v1/calendars/" + c.Text("id")).Want(200)
		h.Operator.Act("/v1/calendars/"+c.Text("id")+"/confirm", c.ETag, nil).Refused(403, "own_decision")
		h.Deputy.Act("/v1/calendars/"+c.Text("id")+"/confirm", c.ETag, nil).Want(200)
		_, third := m.file(j{"title": "第三份合同"})
		if a := m.editor.Get("/v1/applications/" + third).Want(200); a.Text("due_on") != "2027-01-05" {
			t.Errorf("filed after the correction: %s", a.Raw)
		}
	})
}

// A result rests once its owner's word has run out, and comes back when it is confirmed again.
func TestAResultThatIsNoLongerConfirmedLeavesSearch(t *testing.T) {
	apitest.Each(t, func(h *apitest.House) {
		s := apitest.NewStage(h)
		found := func() int {
			return len(h.Visitor().Get("/v1/search?q=%E8%AE%B0%E5%BD%95&kind=result&owner_id=" + s.Uni).Want(200).Items())
		}
		h.Eventually("the result is found", func() bool { return found() == 1 })
		r := s.Editor.Get("/v1/results/" + s.Result).Want(200)
		r = s.Editor.Put("/v1/results/"+s.Result+"/offer", r.ETag, j{"confirmed_until": "2026-03-15"}).Want(200)
		h.Clock.Set("2026-03-15T16:00:00Z")
		h.Eventually("it rests", func() bool { return found() == 0 })
		h.Visitor().Get("/v1/results/" + s.Result).Want(200)
		// It is listed, and is in no list that is counted by facets, nor in a count.
		if all, counted := h.Visitor().Get("/v1/results").Want(200), h.Visitor().Get("/v1/results?facets=true").Want(200); len(all.Items()) != 1 || len(counted.Items()) != 0 || strings.Contains(string(counted.Raw), `"count"`) {
			t.Errorf("listed %s\ncounted %s", all.Raw, counted.Raw)
		}
		s.Editor.Put("/v1/results/"+s.Result+"/offer", r.ETag, j{"confirmed_until": "2026-12-31"}).Want(200)
		h.Eventually("it is back", func() bool { return found() == 1 })
	})
}

// What is assigned can still be found, and is matched no longer.
func TestWhatIsAssignedIsMatchedNoLonger(t *testing.T) {
	apitest.Each(t, func(h *apitest.House) {
		s := apitest.NewStage(h)
		matches := func() int { return len(s.Buyer.Get("/v1/needs/" + s.Need + "/matches").Want(200).Items()) }
		h.Eventually("it is matched", func() bool { return matches() == 1 })
		r := s.Editor.Get("/v1/results/" + s.Result).Want(200)
		s.Editor.Put("/v1/results/"+s.Result+"/offer", r.ETag, j{"availability": "assigned"}).Want(200)
		h.Eventually("it is matched no longer", func() bool { return matches() == 0 })
		if n := len(h.Visitor().Get("/v1/search?q=%E8%AE%B0%E5%BD%95&kind=result&owner_id=" + s.Uni).Want(200).Items()); n != 1 {
			t.Errorf("%d are found", n)
		}
	})
}

// What was open before there were jobs has them from the migration, due at once: each finds out when it really ends, and no use case leaves
// the trail without a row for that.
func TestAJobOfOldRecordsFindsItsTime(t *testing.T) {
	apitest.Each(t, func(h *apitest.House) {
		s := apitest.NewStage(h)
		r := s.Buyer.Post("/v1/needs", j{"owner_id": s.Firm, "title": "喷涂车间废气异味大", "field": "environment", "problem": "喷涂车间排气有异味，周边居民投诉。", "deadline": "2026-03-20"}).Want(201)
		need := r.Text("id")
		r = s.Buyer.Act("/v1/needs/"+need+"/submit", r.ETag, nil).Want(200)
		s.Buyer2.Act("/v1/needs/"+need+"/publish", r.ETag, nil).Want(200)
		intro, _ := s.Introduction()
		if err := h.App.DB.Writer.Exec("UPDATE jobs SET due_at = ? WHERE object_id IN ?", h.Clock.Now().Add(-time.Hour), []string{need, intro}).Error; err != nil {
			t.Fatal(err)
		}
		for id, ends := range map[string]string{need: "2026-03-20T16:00:00Z", intro: "2026-03-24T16:00:00Z"} {
			h.Eventually("the job waits for its time", func() bool {
				var job struct {
					DueAt     time.Time
					Attempts  int
					LastError string
				}
				err := h.App.DB.Reader.Table("jobs").Where("object_id = ?", id).Take(&job).Error
				return err == nil && job.DueAt.Format(time.RFC3339) == ends && job.Attempts == 0 && job.LastError == ""
			})
		}
		if n, err := h.App.Jobs.CountParked(t.Context()); err != nil || n != 0 {
			t.Errorf("%d parked, %v", n, err)
		}
	})
}

// An open need is over from the first moment of the day after its deadline, wherever one looks, whether the job that writes that down has
// run or not.
func TestAnOpenNeedEndsWithItsDayWhereverOneLooks(t *testing.T) {
	apitest.Each(t, func(h *apitest.House) {
		s := apitest.NewStage(h)
		r := s.Buyer.Post("/v1/needs", j{"owner_id": s.Firm, "title": "锅炉除尘布袋糊袋频繁", "field": "environment", "problem": "锅炉除尘布袋糊袋频繁，三个月换一次，希望有耐湿的滤料。",
			"keywords": []any{"除尘布袋"}, "deadline": "2026-03-20"}).Want(201)
		id := r.Text("id")
		need := "/v1/needs/" + id
		r = s.Buyer.Act(need+"/submit", r.ETag, nil).Want(200)
		s.Buyer2.Act(need+"/publish", r.ETag, nil).Want(200)
		res := s.Editor.Post("/v1/results", j{"owner_id": s.Uni, "title": "锅炉除尘布袋耐湿滤料", "field": "environment", "abstract": "锅炉除尘布袋糊袋频繁的解决办法：耐湿滤料，寿命一年以上。"}).Want(201)
		result := "/v1/results/" + res.Text("id")
		res = s.Editor.Act(result+"/submit", res.ETag, nil).Want(200)
		s.Chief.Act(result+"/publish", res.ETag, nil).Want(200)

		v := h.Visitor()
		q := "?q=%E9%99%A4%E5%B0%98%E5%B8%83%E8%A2%8B"
		text := j{"kind": "need", "text": "锅炉除尘布袋糊袋频繁，三个月换一次"}
		items := func(path string) func() int {
			return func() int {
				n := 0
				for _, i := range v.Get(path).Want(200).Items() {
					if m, record := i.(map[string]any); record && m["id"] == id || !record {
						n++
					}
				}
				return n
			}
		}
		looks := map[string]func() int{
			"list": items("/v1/needs?limit=100"), "list by state": items("/v1/needs?state=open&limit=100"), "search": items("/v1/search" + q),
			"suggestions": items("/v1/suggestions" + q + "&kind=need"), "matches of a result": items(result + "/matches"), "matches of a text": func() int {
				n := 0
				for _, i := range v.Post("/v1/matches", text).Want(200).Items() {
					if i.(map[string]any)["id"] == id {
						n++
					}
				}
				return n
			},
			"total": func() int { return int(v.Get("/v1/search" + q + "&kind=need").Want(200).At("total").(float64)) },
			"of a kind": func() int {
				n := 0
				for _, value := range v.Get("/v1/search"+q).Want(200).At("facets", 0, "values").([]any) {
					if value.(map[string]any)["value"] == "need" {
						n++
					}
				}
				return n
			},
		}
		h.Clock.Set("2026-03-20T15:59:59Z")
		if err := h.App.DB.Writer.Exec("UPDATE jobs SET due_at = ? WHERE object_id = ?", h.Clock.Now().AddDate(1, 0, 0), id).Error; err != nil {
			t.Fatal(err)
		}
		for name, look := range looks {
			h.Eventually("the need is found: "+name, func() bool { return look() > 0 })
		}
		v.Get(need).Want(200)
		intro := s.Editor.Post("/v1/introductions", j{"from_id": s.Uni, "need_id": id, "message": "本校的滤料合适，想先了解工况。"}).Want(201)

		h.Clock.Set("2026-03-20T16:00:00Z")
		v.Get(need).Refused(404, "not_found")
		for name, look := range looks {
			if n := look(); n != 0 {
				t.Errorf("%s: %d are found of what is over", name, n)
			}
		}
		own := s.Buyer.Get(need).Want(200)
		if own.Text("state") != "closed" || own.Text("close_reason") != "expired" {
			t.Errorf("its owner reads %s", own.Raw)
		}
		if n := len(s.Buyer.Get("/v1/needs?state=closed&owner_id=" + s.Firm).Want(200).Items()); n != 1 {
			t.Errorf("%d are closed", n)
		}
		s.Editor.Post("/v1/introductions", j{"from_id": s.Uni, "need_id": id, "result_id": res.Text("id"), "message": "本校的滤料合适，想先了解工况。"}).Refused(400, "invalid_input")
		s.Buyer.Act("/v1/introductions/"+intro.Text("id")+"/accept", intro.ETag, nil).Refused(409, "listing_over")

		// Its owner goes on from there at once: what the day did is written down first.
		s.Buyer.Act(need+"/close", own.ETag, j{"reason": "solved"}).Refused(409, "wrong_state")
		again := s.Buyer.Put(need, own.ETag, j{"owner_id": s.Firm, "title": "锅炉除尘布袋糊袋频繁", "field": "environment", "problem": "锅炉除尘布袋糊袋频繁，三个月换一次，希望有耐湿的滤料。", "deadline": "2026-06-30"}).Want(200)
		again = s.Buyer.Act(need+"/submit", again.ETag, nil).Want(200)
		s.Buyer2.Act(need+"/publish", again.ETag, nil).Want(200)
		v.Get(need).Want(200)
		h.Eventually("it is found again", func() bool { return items("/v1/search"+q)() == 1 })
		var steps int64
		if err := h.App.DB.Reader.Table("audit").Where("action = 'need.expire' AND object_id = ?", id).Count(&steps).Error; err != nil || steps != 1 {
			t.Errorf("%d recorded steps, %v", steps, err)
		}
	})
}

// An introduction ends by itself, with a reason for both sides, when what it is about leaves the public, and cannot be accepted before that is
// noticed; whoever proposed it may take it back until it is answered.
func TestAnIntroductionEndsWithWhatItIsAbout(t *testing.T) {
	apitest.Each(t, func(h *apitest.House) {
		s := apitest.NewStage(h)
		ended := func(id, reason string) {
			t.Helper()
			for _, side := range []*apitest.Client{s.Buyer, s.Editor} {
				h.Eventually("it has ended: "+reason, func() bool {
					i := side.Get("/v1/introductions/" + id).Want(200)
					return i.Text("state") == "lapsed" && i.Text("lapse_reason") == reason && i.Text("ended_at") != ""
				})
			}
		}
		closed, _ := s.Introduction()
		need := s.Buyer.Get("/v1/introductions/" + closed).Want(200).Text("need_id")
		s.Buyer.Act("/v1/needs/"+need+"/close", s.Buyer.Get("/v1/needs/"+need).Want(200).ETag, j{"reason": "solved"}).Want(200)
		ended(closed, "need_closed")

		taken, tag := s.Introduction()
		s.Editor.Act("/v1/introductions/"+taken+"/withdraw", tag, j{}).Refused(403, "not_allowed")
		s.Buyer.Act("/v1/introductions/"+taken+"/withdraw", tag, j{"note": "已另有方案"}).Want(200)
		i := s.Editor.Get("/v1/introductions/" + taken).Want(200)
		if i.Text("state") != "withdrawn" || i.Text("withdraw_note") != "已另有方案" {
			t.Errorf("taken back: %s", i.Raw)
		}
		s.Editor.Act("/v1/introductions/"+taken+"/accept", i.ETag, nil).Refused(409, "wrong_state")
		s.Buyer.Act("/v1/introductions/"+taken+"/withdraw", i.ETag, j{}).Refused(409, "wrong_state")
		s.Buyer.Post("/v1/introductions", j{"from_id": s.Firm, "result_id": s.Result, "need_id": i.Text("need_id"), "message": "还是想再约一次，请答复。"}).Want(201)

		open, tag := s.Introduction()
		s.Editor.Act("/v1/introductions/"+open+"/decline", tag, j{"reason": "other"}).Refused(400, "invalid_input")
		s.Editor.Act("/v1/introductions/"+open+"/decline", tag, j{"reason": "other", "note": " "}).Refused(400, "invalid_input")
		result := s.Editor.Get("/v1/results/" + s.Result).Want(200)
		s.Editor.Act("/v1/results/"+s.Result+"/withdraw", result.ETag, nil).Want(200)
		if r := s.Editor.Act("/v1/introductions/"+open+"/accept", tag, nil); r.Status != 409 && r.Status != 412 {
			t.Errorf("accepted: %s", r.Raw)
		}
		ended(open, "result_withdrawn")
	})
}

// Each side finds what it was asked and what it asks, over all its organizations, with the titles of what that is about; the log of a deal is
// read by pages, names sides and people, and takes notes in any stage.
func TestBoxesTitlesAndTheLogOfADeal(t *testing.T) {
	apitest.Each(t, func(h *apitest.House) {
		s := apitest.NewStage(h)
		intro, tag := s.Introduction()
		count := func(c *apitest.Client, query string) int {
			return len(c.Get("/v1/introductions" + query).Want(200).Items())
		}
		for query, want := range map[string][2]int{"": {1, 1}, "?box=received": {0, 1}, "?box=sent": {1, 0}, "?box=received&organization_id=" + s.Uni: {-1, 1}, "?overdue=true": {0, 0},
			"?state=proposed&sort=due&due_by=2026-03-24": {1, 1}, "?due_by=2026-03-23": {0, 0}} {
			for i, c := range []*apitest.Client{s.Buyer, s.Editor} {
				if want[i] >= 0 && count(c, query) != want[i] {
					t.Errorf("%s %q: %d, want %d", c.Username, query, count(c, query), want[i])
				}
			}
			if query != "?box=received&organization_id="+s.Uni && count(s.Stranger, query) != 0 {
				t.Errorf("a stranger lists %q", query)
			}
		}
		s.Buyer.Get("/v1/introductions?box=received&organization_id="+s.Uni).Refused(403, "not_allowed")
		i := s.Editor.Get("/v1/introductions/" + intro).Want(200)
		title := s.Editor.Get("/v1/results/" + s.Result).Want(200).Text("title")
		if i.Text("result_title") != title || i.Text("need_title") == "" {
			t.Errorf("titles: %s", i.Raw)
		}
		r := s.Editor.Act("/v1/introductions/"+intro+"/accept", tag, nil).Want(200)
		deal := "/v1/deals/" + r.Text("deal_id")

		// What is withdrawn and written anew keeps the title for others that they have read.
		w := s.Editor.Act("/v1/results/"+s.Result+"/withdraw", s.Editor.Get("/v1/results/"+s.Result).Want(200).ETag, nil).Want(200)
		s.Editor.Put("/v1/results/"+s.Result, w.ETag, j{"owner_id": s.Uni, "title": "尚未公开的新题目", "field": "environment", "abstract": "喷涂车间的废气净化，去除率百分之九十五以上。"}).Want(200)
		if got := s.Buyer.Get(deal).Want(200).Text("result_title"); got != title {
			t.Errorf("the other side reads %q", got)
		}
		if got := s.Editor.Get(deal).Want(200).Text("result_title"); got != "尚未公开的新题目" {
			t.Errorf("its owner reads %q", got)
		}

		d := s.Editor.Get(deal).Want(200)
		for range 25 {
			n := s.Buyer.Post(deal+"/notes", j{"note": "约定下周看样机"}).Want(201)
			if n.At("version") != d.At("version") {
				t.Fatalf("a note moves the version: %s", n.Raw)
			}
		}
		d = s.Editor.Act(deal+"/advance", d.ETag, j{"stage": "contacting"}).Want(200)
		if d.At("steps_total") != 27.0 || len(d.At("steps").([]any)) != 20 || d.At("steps", 0, "kind") != "noted" || d.At("steps", 19, "kind") != "advanced" || d.At("steps", 19, "side") != "supplier" {
			t.Errorf("the deal: %s", d.Raw)
		}
		page := s.Editor.Get(deal + "/steps?limit=2").Want(200)
		if page.At("items", 0, "kind") != "advanced" || page.At("items", 1, "by") == nil || page.At("items", 1, "side") != "demander" {
			t.Errorf("the log: %s", page.Raw)
		}
		if rest := s.Editor.Get(deal + "/steps?limit=100&cursor=" + page.Text("next_cursor")).Want(200); len(rest.Items()) != 25 || rest.At("items", 24, "kind") != "opened" {
			t.Errorf("the rest of the log: %s", rest.Raw)
		}
		d = s.Buyer.Act(deal+"/revert", d.ETag, j{"stage": "lead", "reason": "联系人换了"}).Want(200)
		if d.Text("stage") != "lead" {
			t.Errorf("back: %s", d.Raw)
		}
	})
}
