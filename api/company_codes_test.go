package api_test

import (
	"net/url"
	"strings"
	"testing"

	"jiebang/api/apitest"
)

// Wherever the code of a company is taken or asked for it is read as an organization's own is: in lower case, full width and with blanks it is
// the same, and what is no code because of one character is refused with the place of that character.
func TestCompaniesAreKnownByTheirCodesEverywhere(t *testing.T) {
	apitest.Each(t, func(h *apitest.House) {
		s := apitest.NewStage(h)
		code := h.CreditCode()
		typed := strings.ToLower(code[:6]) + " " + strings.Map(func(r rune) rune {
			if r >= '0' && r <= '9' {
				return r - '0' + '０'
			}
			return r
		}, code[6:])
		wrong := code[:16] + string(code[17]) + string(code[16])
		if code[16] == code[17] {
			wrong = code[:17] + map[bool]string{true: "1", false: "2"}[code[17] == '2']
		}
		entry := s.ListedBody()
		entry["code"] = typed
		listed := s.Operator.Post("/v1/blacklist", entry).Want(201)
		if listed.Text("code") != code {
			h.Errorf("kept as %s", listed.Text("code"))
		}
		link := func(holder, held string) apitest.J {
			return apitest.J{
				"kind": "shares", "holder": apitest.J{"kind": "company", "name": "持股公司", "code": holder}, "held": apitest.J{"kind": "company", "name": "被持股公司", "code": held},
				"share_bp": 6000, "valid_from": "2026-01-01", "evidence": "公司登记信息查询结果",
			}
		}
		if held := s.Operator.Post("/v1/control-links", link("HRB 12345", typed)).Want(201); held.Text("held", "code") != code || held.Text("holder", "code") != "HRB12345" {
			h.Errorf("kept as %s", held.Raw)
		}
		for path, n := range map[string]int{"/v1/blacklist?code=": 1, "/v1/control-links?held_code=": 1, "/v1/organizations?credit_code=": 0} {
			if got := len(s.Operator.Get(path + url.QueryEscape(typed)).Want(200).Items()); got != n {
				h.Errorf("%s finds %d", path, got)
			}
			r := s.Operator.Get(path+wrong).Refused(400, "invalid_input")
			if r.Text("errors", 0, "code") != "check_character" {
				h.Errorf("%s with a wrong check character answers %s", path, r.Raw)
			}
		}
		for pointer, body := range map[string]apitest.J{"/holder/code": link(wrong, code), "/held/code": link(code, wrong)} {
			if r := s.Operator.Post("/v1/control-links", body).Refused(400, "invalid_input"); r.Text("errors", 0, "pointer") != pointer || r.Text("errors", 0, "code") != "check_character" {
				h.Errorf("a link with a wrong code is answered by %s", r.Raw)
			}
		}
		s.Operator.Get("/v1/control?code="+wrong+"&other_code="+code).Refused(400, "invalid_input")
		s.Operator.Get("/v1/contracts?party_code="+wrong).Refused(400, "invalid_input")
	})
}
