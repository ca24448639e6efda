package api_test

import (
	"testing"

	"jiebang/api/apitest"
)

// What a code means stands beside it, and beside the terms, which can be sent back as they were read.
func TestNamesStandBesideCodes(t *testing.T) {
	apitest.Each(t, func(h *apitest.House) {
		s := apitest.NewStage(h)
		id, _, _ := s.Contract("draft")
		r := s.Editor.Get("/v1/contracts/" + id).Want(200)
		for at, want := range map[string]string{"kind_name": "技术开发", "subkind_name": "委托开发", "field_name": "环境保护与资源综合利用"} {
			if got := r.Text(at); got != want {
				t.Errorf("%s is %q, want %q", at, got, want)
			}
		}
		if r.Text("office_name") == "" || r.Text("party_names", 0, "pointer") != "/terms/sellers/0" || r.Text("party_names", 0, "nature_name") != "高等院校" || r.Text("party_names", 1, "region_name") != "辽宁省沈阳市铁西区" {
			t.Errorf("%s", r.Raw)
		}
		s.Editor.Put("/v1/contracts/"+id, r.ETag, apitest.J{"kind": "development", "terms": r.At("terms")}).Want(200)

		_, _, application := s.Contract("submitted")
		r = s.First.Get("/v1/applications/" + application).Want(200)
		if r.Text("kind_name") != "认定登记" || r.Text("office_name") == "" || r.Text("party_names", 0, "nature_name") != "高等院校" {
			t.Errorf("%s", r.Raw)
		}
		deal, _ := s.Deal()
		if got := s.Editor.Get("/v1/deals/" + deal).Want(200).Text("stage_name"); got != "线索" {
			t.Errorf("a lead is called %q", got)
		}
		intro, tag := s.Introduction()
		if got := s.Editor.Act("/v1/introductions/"+intro+"/decline", tag, apitest.J{"reason": "too_early"}).Want(200).Text("decline_reason_name"); got != "时机过早" {
			t.Errorf("it is declined for %q", got)
		}
	})
}
