package api_test

import (
	"testing"

	"jiebang/api/apitest"
)

// What a suspended organization has open is held everywhere, and goes on from where it stood once that is lifted.
func TestASuspensionHoldsEverythingOpen(t *testing.T) {
	apitest.Each(t, func(h *apitest.House) {
		s := bazaar(h)
		intro, tag := s.Introduction()
		deal, _ := s.Deal()
		draft, draftTag := s.ResultIn("draft")
		submitted, submittedTag := s.ResultIn("submitted")
		team, _ := s.TeamIn("published")
		at := "/v1/organizations/" + s.Uni
		found := func(who *apitest.Client) bool {
			for _, item := range who.Get("/v1/search?q=%E5%BA%9F%E6%B0%94").Want(200).Items() {
				if item.(map[string]any)["id"] == s.Result {
					return true
				}
			}
			return false
		}
		listed := func(who *apitest.Client, query string) int {
			return len(who.Get("/v1/results?limit=50" + query).Want(200).Items())
		}
		matched := func() bool {
			for _, item := range s.Buyer.Get("/v1/needs/" + s.Need + "/matches?limit=20").Want(200).Items() {
				if item.(map[string]any)["id"] == s.Result {
					return true
				}
			}
			return false
		}
		all := listed(s.Visitor(), "")
		if all == 0 || !found(s.Visitor()) || !matched() {
			h.Fatal("nothing is found before")
		}

		r := s.Operator.Act(at+"/suspend", s.Operator.Get(at).ETag, j{"reason": "营业执照已被吊销"}).Want(200)
		h.Agrees()
		s.Operator.Act(at+"/suspend", r.ETag, j{"reason": "营业执照已被吊销"}).Refused(409, "organization_suspended")
		for who, client := range map[string]*apitest.Client{"visitor": s.Visitor(), "stranger": s.Stranger} {
			client.Get("/v1/results/"+s.Result).Refused(404, "not_found")
			client.Get("/v1/teams/"+team).Refused(404, "not_found")
			if n := len(client.Get("/v1/teams").Want(200).Items()); n != 0 {
				h.Errorf("%s: %d teams in lists", who, n)
			}
			if n := listed(client, "") + listed(client, "&owner_id="+s.Uni); n != 0 {
				h.Errorf("%s: %d in lists", who, n)
			}
			o := client.Get(at).Want(200)
			if o.Body["suspended_at"] == nil || o.Body["suspension_reason"] != nil || o.Body["suspended_by"] != nil {
				h.Errorf("%s reads %s", who, o.Raw)
			}
		}
		h.Eventually("it has left search and matches", func() bool { return !found(s.Visitor()) && !matched() })
		if o := s.Chief.Get(at).Want(200); o.Text("suspension_reason") != "营业执照已被吊销" {
			h.Errorf("a member reads %s", o.Raw)
		}
		s.Editor.Get("/v1/results/" + s.Result).Want(200)
		if n := listed(s.Editor, "&owner_id="+s.Uni); n == 0 {
			h.Error("its members do not find their own")
		}
		if n := len(s.Operator.Get("/v1/organizations?suspended=true").Want(200).Items()); n != 1 {
			h.Errorf("%d are suspended", n)
		}

		// Nothing is submitted, published, introduced or led on; by neither side.
		s.Editor.Act("/v1/results/"+draft+"/submit", draftTag, nil).Refused(409, "organization_suspended")
		s.Chief.Act("/v1/results/"+submitted+"/publish", submittedTag, nil).Refused(409, "organization_suspended")
		s.Editor.Act("/v1/introductions/"+intro+"/accept", tag, nil).Refused(409, "organization_suspended")
		r = s.Buyer.Get("/v1/deals/" + deal).Want(200)
		for _, action := range r.At("actions").([]any) {
			if action == "advanceDeal" {
				h.Errorf("told that it goes on: %s", r.Raw)
			}
		}
		s.Buyer.Act("/v1/deals/"+deal+"/advance", r.ETag, j{"stage": "contacting", "note": "已电话联系"}).Refused(409, "organization_suspended")
		s.Editor.Post("/v1/introductions", j{"from_id": s.Uni, "need_id": s.Need, "message": "我们的装置看来适合，想先了解数据。"}).Refused(409, "organization_suspended")
		s.Buyer.Post("/v1/introductions", j{"from_id": s.Firm, "result_id": s.Result, "message": "看来适合，想先了解数据。"}).Refused(400, "invalid_input")
		s.Editor.Post("/v1/results", j{"owner_id": s.Uni, "title": "暂停期间起草的成果", "field": "environment", "abstract": "喷涂车间的废气净化，去除率百分之九十五以上。"}).Want(201)

		s.Operator.Act(at+"/lift-suspension", s.Operator.Get(at).ETag, nil).Want(200)
		s.Operator.Act(at+"/lift-suspension", s.Operator.Get(at).ETag, nil).Refused(409, "not_suspended")
		if n := listed(s.Visitor(), ""); n != all {
			h.Errorf("%d in lists, before %d", n, all)
		}
		s.Visitor().Get("/v1/results/" + s.Result).Want(200)
		s.Visitor().Get("/v1/teams/" + team).Want(200)
		h.Eventually("it is found again", func() bool { return found(s.Visitor()) && matched() })
		s.Editor.Act("/v1/introductions/"+intro+"/accept", tag, nil).Want(200)
		s.Buyer.Act("/v1/deals/"+deal+"/advance", r.ETag, j{"stage": "contacting", "note": "已电话联系"}).Want(200)
		s.Chief.Act("/v1/results/"+submitted+"/publish", submittedTag, nil).Want(200)
	})
}
