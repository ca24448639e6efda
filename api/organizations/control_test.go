package organizations_test

import (
	"testing"

	"jiebang/api/apitest"
)

// An operator enters who holds what of whom; whether two companies are under one control is answered for a day, with the links that it goes
// by.
func TestControlIsAskedOfDatedLinks(t *testing.T) {
	apitest.Each(t, func(h *apitest.House) {
		company := func(name, code string) apitest.J { return apitest.J{"kind": "company", "name": name, "code": code} }
		link := func(holder, held apitest.J, share int) apitest.J {
			return apitest.J{"kind": "shares", "holder": holder, "held": held, "share_bp": share, "valid_from": "2026-01-01", "evidence": "公司登记信息，2026-03-01 查询"}
		}
		parent, middle, child := company("沈渊装备集团有限公司", "HRB-100"), company("沈渊投资有限公司", "HRB-200"), company("沈渊清能环境科技有限公司", "HRB-300")
		enter := func(body apitest.J) *apitest.Response { return h.Operator.Post("/v1/control-links", body).Want(201) }
		enter(link(parent, middle, 6000))
		enter(link(parent, child, 3000))
		last := enter(link(middle, child, 2001))
		ask := func(day string) *apitest.Response {
			return h.Operator.Get("/v1/control?code=HRB-100&other_code=hrb-300&on=" + day).Want(200)
		}
		r := ask("2026-02-01")
		if r.At("under_one_control") != true || r.At("ties", 0, "by", "name") != "沈渊装备集团有限公司" || len(r.At("ties", 0, "links").([]any)) != 3 {
			h.Errorf("%s", r.Raw)
		}
		if r := ask("2025-12-31"); r.At("under_one_control") != false {
			h.Errorf("before the links: %s", r.Raw)
		}
		ended := link(middle, child, 2001)
		ended["valid_to"] = "2026-02-28"
		at := "/v1/control-links/" + last.Text("id")
		h.Operator.Put(at, last.ETag, ended).Want(200)
		if r := ask("2026-03-01"); r.At("under_one_control") != false {
			h.Errorf("after the last day: %s", r.Raw)
		}

		h.Operator.Post("/v1/control-links", link(parent, child, 100)).Refused(409, "control_link_there")
		for body, pointer := range map[*apitest.J]string{
			ptr(link(company("另一公司", "HRB-400"), child, 9000)):                            "/share_bp", // 30 % and 90 %
			ptr(link(child, child, 100)):                                                  "/holder",
			ptr(link(apitest.J{"kind": "person", "name": "张三", "code": "1"}, child, 100)): "/holder/code",
			ptr(link(apitest.J{"kind": "company", "name": "无代码公司"}, child, 100)):          "/holder/code",
		} {
			r := h.Operator.Post("/v1/control-links", *body).Refused(400, "invalid_input")
			if got := r.Text("errors", 0, "pointer"); got != pointer {
				h.Errorf("%s, want %s", r.Raw, pointer)
			}
		}
		if n := len(h.Operator.Get("/v1/control-links?held_code=HRB-300&on=2026-03-01").Want(200).Items()); n != 1 {
			h.Errorf("%d links", n)
		}
		wrong := enter(link(company("误录公司", "HRB-500"), middle, 10))
		h.Operator.Do("DELETE", "/v1/control-links/"+wrong.Text("id"), nil, map[string]string{"If-Match": wrong.ETag}).Want(204)
	})
}

func ptr(j apitest.J) *apitest.J { return &j }
