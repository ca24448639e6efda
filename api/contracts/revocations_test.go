package contracts_test

import (
	"slices"
	"strings"
	"testing"

	"jiebang/api/apitest"
	"jiebang/internal/paper/papertest"
)

// An office revokes a registration: both sides are told when it is meant and when it is done, and anybody who has the certificate learns why and when.
func TestAnOfficeRevokesARegistration(t *testing.T) {
	apitest.Each(t, func(h *apitest.House) {
		s := apitest.NewStage(h)
		contract, _, _ := s.Contract("registered")
		at := "/v1/contracts/" + contract
		told := func(who *apitest.Client, text string) func() bool {
			return func() bool {
				return slices.ContainsFunc(who.Get("/v1/inbox?limit=50").Want(200).Items(), func(item any) bool {
					return strings.Contains(item.(apitest.J)["text"].(string), text)
				})
			}
		}
		why := apitest.J{"ground": "void", "reason": "生效判决确认合同无效", "evidence": "判决书存档 2026-撤-01"}
		r := s.First.Post(at+"/revocations", why).Want(201)
		application := r.Text("id")
		if r.Text("kind") != "revocation" || r.Text("state") != "second_review" || r.Text("revocation", "evidence") != "判决书存档 2026-撤-01" {
			h.Errorf("%s", r.Raw)
		}
		h.Eventually("both sides are told that it is meant", func() bool { return told(s.Editor, "拟撤销")() && told(s.Buyer, "拟撤销")() })
		seen := s.Buyer.Get("/v1/applications/" + application).Want(200)
		if strings.Contains(string(seen.Raw), "判决书存档") || seen.Text("revocation", "ground_name") != "合同无效" {
			h.Errorf("the buyer reads %s", seen.Raw)
		}
		// Whoever proposed it takes it back, and both sides are told that, too.
		s.First.Do("POST", "/v1/applications/"+application+"/withdraw", nil, map[string]string{"If-Match": r.ETag}).Want(200)
		h.Eventually("it was taken back", told(s.Editor, "撤回了撤销登记"))
		r = s.First.Post(at+"/revocations", why).Want(201)
		s.Second.Do("POST", "/v1/applications/"+r.Text("id")+"/grant", apitest.J{}, map[string]string{"If-Match": r.ETag}).Want(200)
		h.Eventually("both sides are told that it is done", func() bool {
			return told(s.Editor, "已被登记机构撤销")() && told(s.Buyer, "已被登记机构撤销")()
		})

		text := papertest.Text(t, s.Buyer.Get(at+"/certificate").Want(200).Raw)
		for _, want := range []string{"登记已撤销", "合同无效", "2026-03-10"} {
			if !strings.Contains(text, want) {
				h.Errorf("%q is not in %s", want, text)
			}
		}
		check := h.Visitor().Get("/v1/certificates/" + papertest.Code(t, text)).Want(200)
		if check.At("valid") != false || check.Text("revoked", "ground") != "void" || check.Text("revoked", "on") != "2026-03-10" || strings.Contains(string(check.Raw), "判决") {
			h.Errorf("a stranger reads %s", check.Raw)
		}
		if r := s.Editor.Get(at).Want(200); r.Text("state") != "revoked" || r.Text("revoked", "on") != "2026-03-10" {
			h.Errorf("the seller reads %s", r.Raw)
		}
		// The tax office and finance gave benefits by the rules, so they ought to be told; a registrar records that the first was.
		letters := s.Second.Get("/v1/authority-letters?state=open&contract_id=" + contract).Want(200)
		if len(letters.Items()) != 2 || letters.Text("items", 0, "authority") != "finance" || letters.Text("items", 1, "authority") != "tax" || letters.Text("items", 1, "cause") != "revoked" {
			h.Errorf("%s", letters.Raw)
		}
		one := s.Second.Get("/v1/authority-letters/" + letters.Text("items", 1, "id")).Want(200)
		sent := apitest.J{"sent_on": "2026-03-10", "recipient": "国家税务总局沈阳市税务局", "document_number": "沈技登函〔2026〕12号"}
		one = s.Second.Do("POST", "/v1/authority-letters/"+one.Text("id")+"/record-sent", sent, map[string]string{"If-Match": one.ETag}).Want(200)
		if one.Text("state") != "sent" || one.Text("done_by", "username") != s.Second.Username || s.First.Get("/v1/applications/counts?office=SY01").Want(200).At("letters").(float64) != 1 {
			h.Errorf("%s", one.Raw)
		}
		if r := s.Editor.Get(at + "/benefits").Want(200); !strings.Contains(r.Text("remark"), "已被撤销") {
			h.Errorf("%s", r.Raw)
		}
	})
}
