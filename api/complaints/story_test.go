package complaints_test

import (
	"slices"
	"strings"
	"testing"

	"jiebang/api/apitest"
)

// A report from its form to the record's return: it leaves lists, search and introductions with the decision and comes back with the appeal, each
// side hears its part, and nothing that the owner reads tells who reported.
func TestAReportFromEndToEnd(t *testing.T) {
	apitest.Each(t, func(h *apitest.House) {
		s := apitest.NewStage(h)
		intro, _ := s.Introduction()
		public := func() bool {
			if got := s.Visitor().Get("/v1/results/" + s.Result); got.Status != 200 {
				got.Refused(404, "not_found")
				return false
			}
			return true
		}
		found := func() bool {
			return slices.ContainsFunc(s.Visitor().Get("/v1/search?q=%E5%BA%9F%E6%B0%94").Want(200).Items(), func(item any) bool { return item.(apitest.J)["id"] == s.Result })
		}
		told := func(who *apitest.Client, deed string) bool {
			return slices.ContainsFunc(who.Get("/v1/inbox?limit=50").Want(200).Items(), func(item any) bool { return item.(apitest.J)["path"] == deed })
		}
		h.Eventually("it is found", found)

		body := s.ComplaintBody()
		body["object_id"] = s.Result
		body["text"] = "该装置的专利权人是我单位，发布单位未获许可，暗号青梧。"
		r := s.Stranger.Post("/v1/complaints", body).Want(201)
		at := "/v1/complaints/" + r.Text("id")
		s.Stranger.Post("/v1/complaints", body).Refused(409, "reported_already")
		s.Editor.Get(at).Refused(404, "not_found")
		if n := len(s.Editor.Get("/v1/complaints").Want(200).Items()); n != 0 || !public() {
			t.Errorf("the owner reads %d reports, and everybody the result: %v", n, public())
		}
		named := apitest.J{"outcome": "upheld", "reason": "经" + s.Stranger.Username + "反映并核实，予以下架。"}
		s.Operator.Act(at+"/answer", s.Operator.Get(at).ETag, named).Refused(400, "invalid_input")
		r = s.Operator.Act(at+"/answer", s.Operator.Get(at).ETag, apitest.ComplaintUpheld).Want(200)
		if r.Text("reported_by", "username") != s.Stranger.Username || r.Text("owner", "id") != s.Uni {
			t.Errorf("the bureau reads %s", r.Raw)
		}
		if public() || strings.Contains(string(s.Visitor().Get("/v1/results?limit=50").Want(200).Raw), s.Result) {
			t.Error("it is public still")
		}
		h.Eventually("it has left search, and the introduction has ended", func() bool {
			return !found() && s.Editor.Get("/v1/introductions/"+intro).Want(200).Text("state") == "lapsed"
		})
		own := s.Editor.Get("/v1/results/" + s.Result).Want(200)
		if own.Body["taken_down"] != true || own.Text("state") != "withdrawn" {
			t.Errorf("its owner reads %s", own.Raw)
		}
		s.Editor.Act("/v1/results/"+s.Result+"/submit", own.ETag, nil).Refused(409, "taken_down")
		h.Eventually("both sides are told", func() bool { return told(s.Editor, at) && told(s.Chief, at) && told(s.Stranger, at) })

		silent := func(step string) {
			h.Helper()
			for _, path := range []string{at, "/v1/complaints", "/v1/results/" + s.Result, "/v1/inbox?limit=50", "/v1/changes", "/v1/introductions/" + intro} {
				for _, who := range []*apitest.Client{s.Editor, s.Chief} {
					raw := string(who.Get(path).Want(200).Raw)
					for _, secret := range []string{s.Stranger.Username, "渤岬泵阀", "青梧", "reported_by", "decided_by", s.Operator.Username} {
						if strings.Contains(raw, secret) {
							t.Errorf("%s: %s tells the owner %s: %s", step, path, secret, raw)
						}
					}
				}
			}
		}
		silent("upheld")
		s.Editor.Act(at+"/appeal", s.Editor.Get(at).ETag, apitest.ComplaintAppeal).Want(200)
		silent("appealed")
		if raw := string(s.Stranger.Get(at).Want(200).Raw); strings.Contains(raw, "转让登记") || strings.Contains(raw, "owner") && strings.Contains(raw, s.Uni) {
			t.Errorf("whoever reported reads %s", raw)
		}
		s.Operator.Act(at+"/settle", s.Operator.Get(at).ETag, apitest.ComplaintOverturned).Refused(403, "own_decision")
		s.Deputy.Act(at+"/settle", s.Deputy.Get(at).ETag, apitest.ComplaintOverturned).Want(200)
		silent("overturned")
		if !public() {
			t.Error("it is not public again")
		}
		h.Eventually("it is found again", found)
		if v := s.Editor.Get("/v1/results/" + s.Result).Want(200); v.Body["taken_down"] != nil {
			t.Errorf("its owner reads %s", v.Raw)
		}
	})
}

// A need that became a challenge is not taken down before that has ended: bidders rely on it.
func TestANeedThatAChallengeHoldsIsRefused(t *testing.T) {
	apitest.Each(t, func(h *apitest.House) {
		s := apitest.NewStage(h)
		r := s.Stranger.Post("/v1/complaints", apitest.J{"object_kind": "need", "object_id": s.Need, "ground": "untrue", "text": "该需求所述的生产线并不存在，附现场照片。"}).Want(201)
		if err := s.App.DB.Writer.WithContext(s.Context()).Exec("UPDATE needs SET held_by = ? WHERE id = ?", "0197f000-0000-7000-8000-0000000000aa", s.Need).Error; err != nil {
			t.Fatal(err)
		}
		at := "/v1/complaints/" + r.Text("id")
		s.Operator.Act(at+"/answer", s.Operator.Get(at).ETag, apitest.ComplaintUpheld).Refused(409, "need_held")
		if got := s.Stranger.Get(at).Want(200); got.Text("state") != "filed" {
			t.Errorf("half of it was done: %s", got.Raw)
		}
	})
}
