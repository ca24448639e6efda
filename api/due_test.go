package api_test

import (
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
		h.Eventually("the introduction has lapsed", func() bool { return s.Editor.Get("/v1/introductions/"+intro).Want(200).Text("state") == "lapsed" })
		late := s.Editor.Get("/v1/introductions/" + intro).Want(200)
		s.Editor.Act("/v1/introductions/"+intro+"/accept", late.ETag, nil).Refused(409, "wrong_state")
		s.Buyer.Post("/v1/introductions", j{"from_id": s.Firm, "result_id": late.Body["result_id"], "need_id": late.Body["need_id"], "message": "还想再约一次，请答复。"}).Want(201)
		agree(h)
	})
}

// The worked case of a decision that is due in a year whose holidays nobody knew.
func TestADueDayIsReckonedAgainWhenItsYearsCalendarIsLoaded(t *testing.T) {
	apitest.Each(t, func(h *apitest.House) {
		m := newMarket(h)
		h.Clock.Set("2026-12-14T02:00:00Z")
		h.Operator, m.editor = h.Again(h.Operator), h.Again(m.editor)
		_, application := m.file(nil)
		a := m.editor.Get("/v1/applications/" + application).Want(200)
		if a.Text("due_on") != "2027-01-05" || a.At("due_provisional") != true {
			t.Fatalf("due on %s", a.Raw)
		}
		days := []any{j{"day": "2027-01-01", "kind": "off"}, j{"day": "2027-01-04", "kind": "off"}}
		c := h.Operator.Post("/v1/calendars", j{"year": 2027, "source": "关于2027年部分节假日安排的通知", "days": days}).Want(201)
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
