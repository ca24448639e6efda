package challenges_test

import (
	"strings"
	"testing"

	"jiebang/api/apitest"
)

// Files are hung on a challenge while its poster writes it, and frozen with its terms at publication.
func TestAChallengesFilesAreFrozenWithItsTerms(t *testing.T) {
	apitest.Each(t, func(h *apitest.House) {
		s := apitest.NewStage(h)
		round, _ := s.RoundIn("open")
		body := s.ChallengeBody(round)
		body["masked"] = true
		r := s.Buyer.Post("/v1/challenges", body).Want(201)
		id := r.Text("id")
		begin := func(by *apitest.Client, name string, public bool) *apitest.Response {
			return by.Post("/v1/uploads", j{"object_kind": "challenge", "object_id": id, "name": name, "size": 12, "public": public})
		}
		hang := func(name string, public bool) string {
			upload := begin(s.Buyer, name, public).Want(201).Text("id")
			s.Buyer.Do("PUT", "/v1/uploads/"+upload+"/content", apitest.Bytes("车间工况"), nil).Want(200)
			return s.Buyer.Post("/v1/uploads/"+upload+"/complete", j{}).Want(201).Text("id")
		}
		open, inner := hang("车间工况.txt", true), hang("现有供应商.txt", false)
		begin(s.Stranger, "别人的.txt", true).Refused(404, "not_found")
		list := "/v1/files?object_kind=challenge&object_id=" + id
		s.Visitor().Get(list).Refused(404, "not_found")

		path := "/v1/challenges/" + id
		r = s.Buyer.Act(path+"/submit", r.ETag, nil).Want(200)
		begin(s.Buyer, "补充.txt", true).Refused(409, "wrong_state") // it is looked at
		r = s.Operator.Act(path+"/shelve", r.ETag, nil).Want(200)
		r = s.Operator.Act(path+"/refine", r.ETag, j{"experts": []any{s.Expert().Username}}).Want(200)
		hang("凝练后的工况.txt", true)
		s.Operator.Act(path+"/publish", r.ETag, j{"deadline": "2026-03-12"}).Want(200)

		for _, reader := range []*apitest.Client{s.Visitor(), s.Stranger, s.Expert()} {
			seen := reader.Get(list).Want(200)
			if len(seen.Items()) != 2 || strings.Contains(string(seen.Raw), "供应商") || strings.Contains(string(seen.Raw), s.Firm) || strings.Contains(string(seen.Raw), s.Account(s.Buyer)) {
				t.Errorf("%s sees %s", reader.Username, seen.Raw)
			}
			reader.Get("/v1/files/" + open).Want(200)
			reader.Get("/v1/files/"+inner).Refused(404, "not_found")
		}
		for _, reader := range []*apitest.Client{s.Buyer2, s.Operator} {
			if n := len(reader.Get(list).Want(200).Items()); n != 3 {
				t.Errorf("%s sees %d files", reader.Username, n)
			}
		}
		begin(s.Buyer, "发榜之后.txt", true).Refused(409, "wrong_state")
		tag := s.Buyer.Get("/v1/files/" + open).Want(200).ETag
		s.Buyer.Do("DELETE", "/v1/files/"+open, nil, map[string]string{"If-Match": tag}).Refused(409, "wrong_state")
	})
}

// What a challenge is called elsewhere goes with its draft, and is one's alone.
func TestWhatAChallengeIsCalledElsewhere(t *testing.T) {
	apitest.Each(t, func(h *apitest.House) {
		s := apitest.NewStage(h)
		round, _ := s.RoundIn("open")
		body := s.ChallengeBody(round)
		body["external_ids"] = []any{j{"scheme": "erp", "id": "T-1"}, j{"scheme": "省平台", "id": "2026-7"}}
		r := s.Buyer.Post("/v1/challenges", body).Want(201)
		if r.Text("external_ids", 1, "id") != "2026-7" {
			t.Errorf("%s", r.Raw)
		}
		refused := s.Buyer.Post("/v1/challenges", body).Refused(409, "external_id_taken")
		if !strings.Contains(string(refused.Raw), body["title"].(string)) {
			t.Errorf("it does not say which has it: %s", refused.Raw)
		}
		found := s.Buyer.Get("/v1/external-ids?scheme=erp&id=T-1").Want(200)
		if len(found.Items()) != 1 || found.Text("items", 0, "kind") != "challenge" || found.Text("items", 0, "kind_name") != "榜题" {
			t.Errorf("%s", found.Raw)
		}
		if n := len(s.Stranger.Get("/v1/external-ids?scheme=erp&id=T-1").Want(200).Items()); n != 0 {
			t.Errorf("a stranger finds %d drafts", n)
		}
		delete(body, "external_ids")
		r = s.Buyer.Put("/v1/challenges/"+r.Text("id"), r.ETag, body).Want(200)
		body["external_ids"] = []any{j{"scheme": "erp", "id": "T-1"}}
		second := s.Buyer.Post("/v1/challenges", body).Want(201)
		s.Buyer.Do("DELETE", "/v1/challenges/"+second.Text("id"), nil, map[string]string{"If-Match": second.ETag}).Want(204)
		s.Buyer.Put("/v1/challenges/"+r.Text("id"), r.ETag, body).Want(200)
	})
}

// The contract of a winner from elsewhere, registered there, is recorded as one that came from the challenge.
func TestAContractRegisteredElsewhereNamesItsChallenge(t *testing.T) {
	apitest.Each(t, func(h *apitest.House) {
		s := apitest.NewStage(h)
		challenge, _ := s.ChallengeIn("published")
		draft, _ := s.ChallengeIn("draft")
		terms := apitest.Terms("", s.Firm, j{"sellers": []any{j{"name": "京畿自动化研究院有限公司", "nature": "150", "region": "110105", "credit_code": apitest.Outside(2)}}})
		elsewhere := j{"office": "北京技术市场管理办公室", "official_number": "2026110000001", "registered_on": "2026-03-05"}
		body := j{"kind": "development", "terms": terms, "registered_elsewhere": elsewhere, "challenge_id": "01980a3c-5d1e-7c2a-9b4f-2f6f8f1f0c99"}
		s.Buyer.Post("/v1/contracts", body).Refused(400, "invalid_input")
		body["challenge_id"] = challenge
		r := s.Buyer.Post("/v1/contracts", body).Want(201)
		r = s.Buyer.Act("/v1/contracts/"+r.Text("id")+"/submit", r.ETag, nil).Want(200)
		h.Register(r.Text("application_id"), s.First, s.Second)
		entries := s.Operator.Get("/v1/ledger/entries?challenge_id=" + challenge).Want(200)
		if len(entries.Items()) != 1 {
			t.Errorf("%s", entries.Raw)
		}
		absorbed := s.Operator.Get("/v1/turnover?by=year&from=2026-01-01&to=2026-12-31&elsewhere=true&challenge_id=" + challenge).Want(200)
		if absorbed.At("total", "contracts").(float64) != 1 {
			t.Errorf("%s", absorbed.Raw)
		}
		body["challenge_id"], elsewhere["official_number"] = draft, "2026110000002"
		s.Editor.Post("/v1/contracts", body).Refused(403, "not_allowed")
	})
}
