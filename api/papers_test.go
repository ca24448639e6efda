package api_test

import (
	"fmt"
	"slices"
	"testing"

	"jiebang/api/apitest"
)

// Papers go with an application: they are hung on the contract before it is handed in, are its writers' own until then, and stay from then on.
func TestPapersGoWithAnApplication(t *testing.T) {
	apitest.Each(t, func(h *apitest.House) {
		s := apitest.NewStage(h)
		id, _, registration := s.Contract("submitted")
		named := func(who *apitest.Client) []string {
			var names []string
			for _, f := range who.Get("/v1/files?object_kind=contract&object_id=" + id).Want(200).At("items").([]any) {
				names = append(names, f.(map[string]any)["name"].(string))
			}
			return names
		}
		reads := func(when string, want map[*apitest.Client][]string) {
			t.Helper()
			for who, names := range want {
				if got := named(who); !slices.Equal(got, names) {
					t.Errorf("%s: %s reads %v, want %v", when, who.Username, got, names)
				}
			}
		}
		data := []byte("签章页")
		path := "/v1/applications/" + registration
		r := s.First.Act(path+"/request-supplement", s.First.Get(path).Want(200).ETag, apitest.J{"note": "请补充签章页"}).Want(200)
		signed := s.File(id, "contract", "sign.txt", data, false)
		reads("before the answer", map[*apitest.Client][]string{s.Chief: {"sign.txt"}, s.Buyer: nil, s.First: nil, s.Operator: nil})
		s.First.Get("/v1/files/"+signed).Refused(404, "not_found")
		s.First.Get("/v1/files/"+signed+"/content").Refused(404, "not_found")
		wrong := s.File(id, "contract", "wrong.txt", data, false)
		s.Editor.Do("DELETE", "/v1/files/"+wrong, nil, map[string]string{"If-Match": `"1"`}).Want(204)
		s.Editor.Act(path+"/answer-supplement", r.ETag, apitest.J{"note": "已补充"}).Want(200)
		reads("after the answer", map[*apitest.Client][]string{s.Chief: {"sign.txt"}, s.Buyer: {"sign.txt"}, s.First: {"sign.txt"}})
		s.Editor.Do("DELETE", "/v1/files/"+signed, nil, map[string]string{"If-Match": `"1"`}).Refused(409, "wrong_state")

		s.Register(registration, s.First, s.Second)
		s.Editor.Do("DELETE", "/v1/files/"+signed, nil, map[string]string{"If-Match": `"1"`}).Refused(409, "file_handed_in")
		s.File(id, "contract", "agreement.txt", data, false)
		reads("before the amendment", map[*apitest.Client][]string{s.Editor: {"sign.txt", "agreement.txt"}, s.Buyer: {"sign.txt"}, s.Second: {"sign.txt"}})
		larger := apitest.Terms(s.Uni, s.Firm, apitest.J{"turnover": apitest.Money("1300000.00")})
		amendment := s.Editor.Post("/v1/contracts/"+id+"/amendments", apitest.J{"terms": larger, "reason": "追加内容"}).Want(201).Text("id")
		reads("with the amendment", map[*apitest.Client][]string{s.Buyer: {"sign.txt", "agreement.txt"}, s.Second: {"sign.txt", "agreement.txt"}})
		s.Register(amendment, s.First, s.Second)
		s.File(id, "contract", "end.txt", data, false)
		s.Editor.Post("/v1/contracts/"+id+"/cancellations", apitest.J{"reason": "双方协商解除"}).Want(201)
		reads("with the cancellation", map[*apitest.Client][]string{s.Buyer: {"sign.txt", "agreement.txt", "end.txt"}})
	})
}

// An amendment says what the whole contract shall say, so that it can undo what was amended since it was read: where the version is named, it
// does not.
func TestAnAmendmentHeedsTheVersionThatWasRead(t *testing.T) {
	apitest.Each(t, func(h *apitest.House) {
		s := apitest.NewStage(h)
		id, read, _ := s.Contract("registered")
		body := func(yuan string) apitest.J {
			return apitest.J{"terms": apitest.Terms(s.Uni, s.Firm, apitest.J{"turnover": apitest.Money(yuan)}), "reason": "追加内容"}
		}
		key := 0
		post := func(what, tag string, body apitest.J) *apitest.Response {
			key++
			return s.Editor.Do("POST", "/v1/contracts/"+id+"/"+what, body, map[string]string{"If-Match": tag, "Idempotency-Key": fmt.Sprint("amend-", key)})
		}
		s.Register(post("amendments", `"1", `+read, body("1300000.00")).Want(201).Text("id"), s.First, s.Second)
		post("amendments", read, body("1400000.00")).Refused(412, "version_stale")
		post("cancellations", read, apitest.J{"reason": "双方协商解除"}).Refused(412, "version_stale")
		post("amendments", "*", body("1400000.00")).Refused(428, "version_required")
		post("cancellations", s.Editor.Get("/v1/contracts/"+id).Want(200).ETag, apitest.J{"reason": "双方协商解除"}).Want(201)
	})
}
