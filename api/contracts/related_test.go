package contracts_test

import (
	"testing"

	"jiebang/api/apitest"
)

// A contract of a parent with its subsidiary is registered and counted like anybody; the office sees that they are under one control,
// by which links, and what that leaves of the benefits.
func TestPartiesUnderOneControlAreShownToTheOffice(t *testing.T) {
	for _, c := range []struct {
		share  int
		wholly bool
	}{{10000, true}, {9900, false}} {
		apitest.Each(t, func(h *apitest.House) {
			s := apitest.NewStage(h)
			buyer := apitest.J{"kind": "company", "name": "吴澄微流诊断技术有限公司", "code": apitest.Outside(1)}
			seller := apitest.J{"kind": "company", "name": "吴澄控股有限公司", "code": apitest.Outside(2)}
			h.Operator.Post("/v1/control-links", apitest.J{"kind": "shares", "holder": seller, "held": buyer, "share_bp": c.share, "valid_from": "2026-01-01", "evidence": "公司登记信息查询结果"}).Want(201)
			terms := apitest.Terms(s.Uni, "", apitest.J{"turnover": apitest.Money("3000000.00")})
			terms["sellers"] = append(terms["sellers"].([]any), apitest.J{"name": "吴澄控股有限公司", "nature": "150", "region": "320506", "credit_code": apitest.Outside(2)})
			r := s.Editor.Post("/v1/contracts", apitest.J{"kind": "development", "terms": terms}).Want(201)
			filed := s.Editor.Act("/v1/contracts/"+r.Text("id")+"/submit", r.ETag, nil).Want(200)
			path := "/v1/applications/" + filed.Text("application_id")
			if a := s.Editor.Get(path).Want(200); a.At("related_parties") != nil {
				h.Errorf("links are told to others than the office: %s", a.Raw)
			}
			a := s.First.Get(path).Want(200)
			if a.Text("related_parties", 0, "seller") != "/terms/sellers/1" || a.At("related_parties", 0, "wholly_owned") != c.wholly ||
				a.At("related_parties", 0, "ties", 0, "links", 0, "share_bp") != float64(c.share) ||
				a.Text("related_parties", 0, "benefits", 0, "kind") != "local_award" || a.At("related_parties", 0, "benefits", 0, "open") != false {
				h.Errorf("%s", a.Raw)
			}
			h.Register(filed.Text("application_id"), s.First, s.Second)
		})
	}
}
