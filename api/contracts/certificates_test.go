package contracts_test

import (
	"strings"
	"testing"

	"jiebang/api/apitest"
	"jiebang/internal/paper/papertest"
)

// A registered contract has a certificate that says both amounts in digits and in capital letters; a stranger who has its code learns that it is
// valid and neither amounts nor parties, and once the registration is cancelled, that it is not.
func TestACertificateIsCheckedByAnybody(t *testing.T) {
	apitest.Each(t, func(h *apitest.House) {
		s := apitest.NewStage(h)
		draft, _, _ := s.Contract("draft")
		s.Editor.Get("/v1/contracts/"+draft+"/certificate").Refused(409, "wrong_state")
		contract, _, _ := s.Contract("registered")
		print := func(who *apitest.Client) string {
			r := who.Get("/v1/contracts/" + contract + "/certificate").Want(200)
			if got := r.Header.Get("Content-Type"); got != "application/pdf" {
				h.Errorf("%s", got)
			}
			return papertest.Text(t, r.Raw)
		}
		text := print(s.Editor)
		for _, want := range []string{"1250000.00元", "壹佰贰拾伍万元整", "1050000.00元", "壹佰零伍万元整", "盛北理工大学", "辽浑智造装备有限公司", "SY01技术合同登记处", "技术开发（委托开发）", "2026-03-10"} {
			if !strings.Contains(text, want) {
				h.Errorf("%q is not in %s", want, text)
			}
		}
		code := papertest.Code(t, text)
		check := func() *apitest.Response { return h.Visitor().Get("/v1/certificates/" + code).Want(200) }
		r := check()
		if r.At("valid") != true || r.Text("office_name") != "SY01 技术合同登记处" || r.Text("registered_on") != "2026-03-10" {
			h.Errorf("%s", r.Raw)
		}
		for _, hidden := range []string{"1250000", "1050000", "盛北", "辽浑", s.Uni, contract} {
			if strings.Contains(string(r.Raw), hidden) {
				h.Errorf("a stranger reads %s: %s", hidden, r.Raw)
			}
		}
		amounts := func(turnover, technology string) *apitest.Response {
			return h.Visitor().Do("POST", "/v1/certificates/"+strings.ToLower(code)+"/amounts", apitest.J{"turnover": apitest.Money(turnover), "technology": apitest.Money(technology)}, nil)
		}
		if r := amounts("1250000.00", "1050000.00").Want(200); r.At("right") != true {
			h.Errorf("%s", r.Raw)
		}
		for range 20 {
			if r := amounts("1250000.00", "1050000.01").Want(200); r.At("right") != false {
				h.Errorf("%s", r.Raw)
			}
		}
		amounts("1250000.00", "1050000.00").Refused(429, "rate_limited")
		h.Clock.Set("2026-03-11T00:00:00Z")
		h.SignInAgain()
		if r := amounts("1250000.00", "1050000.00").Want(200); r.At("right") != true {
			h.Errorf("the next day: %s", r.Raw)
		}
		h.Visitor().Get("/v1/certificates/000000000000000000000000").Refused(404, "not_found")

		r = s.Editor.Post("/v1/contracts/"+contract+"/cancellations", apitest.J{"reason": "合同解除，双方已签协议"}).Want(201)
		s.Register(r.Text("id"), s.First, s.Second)
		if r := check(); r.At("valid") != false {
			h.Errorf("cancelled: %s", r.Raw)
		}
		if text := print(s.Buyer); !strings.Contains(text, "登记已注销") {
			h.Errorf("%s", text)
		}
	})
}
