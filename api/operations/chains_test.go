package operations_test

import (
	"net/url"
	"testing"

	"jiebang/api/apitest"
)

type j = apitest.J

// A listing is of industry chains that can be chosen on the day; it is found by them, and they are told by their names.
func TestListingsAreOfIndustryChains(t *testing.T) {
	apitest.Each(t, func(h *apitest.House) {
		s := apitest.NewStage(h)
		chain := j{"code": "low_altitude", "name": "低空经济", "name_en": "Low-altitude economy", "source": "低空经济发展行动计划", "valid_from": "2026-01-01"}
		made := s.Operator.Post("/v1/industry-chains", chain).Want(201)
		s.Operator.Post("/v1/industry-chains", chain).Refused(409, "chain_code_taken")
		draft := func(chains ...string) j {
			return j{"owner_id": s.Uni, "title": "巡检无人机蜂群调度软件", "field": "electronics", "abstract": "用于输电线路的无人机巡检，多机自动调度。", "chains": chains}
		}
		r := s.Editor.Post("/v1/results", draft("robotics", "low_altitude")).Want(201)
		if r.At("chains", 1, "name") != "低空经济" || r.At("chains", 0, "code") != "robotics" {
			h.Errorf("%s", r.Raw)
		}
		at := "/v1/results/" + r.Text("id")
		r = s.Editor.Act(at+"/submit", r.ETag, nil).Want(200)
		s.Chief.Act(at+"/publish", r.ETag, nil).Want(200)
		search := func() *apitest.Response {
			return h.Visitor().Get("/v1/search?chain=low_altitude&q=" + url.QueryEscape("无人机")).Want(200)
		}
		h.Eventually("the search by chain finds it", func() bool { return len(search().Items()) == 1 })
		found := search()
		labels := map[any]any{}
		for _, f := range found.At("facets").([]any) {
			if f := f.(map[string]any); f["name"] == "chain" {
				for _, v := range f["values"].([]any) {
					labels[v.(map[string]any)["value"]] = v.(map[string]any)["label"]
				}
			}
		}
		if labels["low_altitude"] != "低空经济" || labels["robotics"] != "机器人" {
			h.Errorf("%s", found.Raw)
		}

		for chains, want := range map[[2]string]string{{"nothing"}: "not_allowed", {"robotics", "robotics"}: "repeated", {"Robots"}: "pattern"} {
			list := []string{chains[0]}
			if chains[1] != "" {
				list = chains[:]
			}
			r := s.Editor.Post("/v1/results", draft(list...)).Refused(400, "invalid_input")
			if got := r.At("errors", 0, "code"); got != want {
				h.Errorf("%v: %s, want %s", chains, r.Raw, want)
			}
		}
		// It ends: what is of it stays so, and nothing new can be.
		chain["valid_to"] = "2026-02-01"
		s.Operator.Put("/v1/industry-chains/"+made.Text("id"), made.ETag, chain).Want(200)
		if r := h.Visitor().Get(at).Want(200); r.At("chains", 1, "code") != "low_altitude" {
			h.Errorf("%s", r.Raw)
		}
		s.Editor.Post("/v1/needs", j{"owner_id": s.Uni, "title": "一个难题", "field": "electronics", "problem": "一段足够长的问题描述，说明现状。", "chains": []string{"low_altitude"}}).Refused(400, "invalid_input")
		chain["code"] = "other"
		s.Operator.Put("/v1/industry-chains/"+made.Text("id"), s.Operator.Get("/v1/industry-chains/"+made.Text("id")).ETag, chain).Refused(400, "invalid_input")
		if n := len(h.Visitor().Get("/v1/industry-chains?on=2026-03-01&limit=100").Want(200).Items()); n != 15 {
			h.Errorf("%d chains can be chosen", n)
		}
	})
}
