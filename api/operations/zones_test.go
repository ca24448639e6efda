package operations_test

import (
	"testing"

	"jiebang/api/apitest"
)

// A zone of the city's own lies in a region that has a code, is kept under its own, and ends with its last day.
func TestZonesLieInARegion(t *testing.T) {
	apitest.Each(t, func(h *apitest.House) {
		body := func(change apitest.J) apitest.J {
			out := apitest.J{"code": "shenfu", "name": "沈抚示范区", "name_en": "Shenfu demonstration zone", "parent": "210100", "source": "沈抚改革创新示范区建设方案", "valid_from": "2026-01-01"}
			for k, v := range change {
				out[k] = v
			}
			return out
		}
		for pointer, change := range map[string]apitest.J{"/parent": {"parent": "210000"}, "/valid_to": {"valid_to": "2025-12-31"}} {
			if r := h.Operator.Post("/v1/zones", body(change)).Refused(400, "invalid_input"); r.Text("errors", 0, "pointer") != pointer {
				h.Errorf("%s", r.Raw)
			}
		}
		h.Operator.Post("/v1/zones", body(apitest.J{"parent": "219999"})).Refused(400, "invalid_input")
		r := h.Operator.Post("/v1/zones", body(nil)).Want(201)
		h.Operator.Post("/v1/zones", body(nil)).Refused(409, "zone_code_taken")
		at := "/v1/zones/" + r.Text("id")
		if r.Text("parent_name") != "辽宁省沈阳市" || r.Text("parent_name_en") != "Shenyang, Liaoning" {
			h.Errorf("%s", r.Raw)
		}
		h.Operator.Put(at, r.ETag, body(apitest.J{"code": "other"})).Refused(400, "invalid_input")
		h.Operator.Put(at, r.ETag, body(apitest.J{"valid_to": "2026-12-31"})).Want(200)
		v := h.Visitor()
		for query, want := range map[string]int{"": 1, "?parent=210100": 1, "?parent=210112": 0, "?on=2026-12-31": 1, "?on=2027-01-01": 0, "?code=shenfu": 1} {
			if n := len(v.Get("/v1/zones" + query).Want(200).Items()); n != want {
				h.Errorf("%s: %d zones", query, n)
			}
		}
		tag := v.Get(at).Want(200).ETag
		v.Do("GET", at, nil, map[string]string{"If-None-Match": tag}).Want(304)
		v.Do("HEAD", at, nil, nil).Want(200)
	})
}
