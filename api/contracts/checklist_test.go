package contracts_test

import (
	"testing"

	"jiebang/api/apitest"
)

// Who writes a contract reads what is open before filing, mends it, and the registrar reads the same of what was filed.
func TestTheChecklistIsReadBeforeFilingAndAtTheDesk(t *testing.T) {
	apitest.Each(t, func(h *apitest.House) {
		s := apitest.NewStage(h)
		r := s.Editor.Post("/v1/contracts", apitest.J{"kind": "development", "terms": apitest.Terms(s.Uni, s.Firm, apitest.J{"effective_on": "2026-03-12"})}).Want(201)
		path := "/v1/contracts/" + r.Text("id")
		outcomes := func(reader *apitest.Client) (map[string]string, bool) {
			l := reader.Get(path + "/checklist").Want(200)
			out := map[string]string{}
			for i := range l.At("items").([]any) {
				out[l.Text("items", i, "code")] = l.Text("items", i, "outcome")
			}
			return out, l.At("ready").(bool)
		}
		if got, ready := outcomes(s.Editor); ready || got["text"] != "open" || got["payment"] != "open" || got["window"] != "open" || got["targets"] != "met" || got["novelty"] != "look" {
			t.Errorf("before: %v, %v", got, ready)
		}
		s.Buyer.Get(path+"/checklist").Refused(404, "not_found")
		r = s.Editor.Put(path, r.ETag, apitest.J{"kind": "development", "terms": apitest.Terms(s.Uni, s.Firm, apitest.J{"payment": apitest.J{"mode": "once"}})}).Want(200)
		s.File(r.Text("id"), "contract", "合同.txt", []byte("合同全文"), false)
		if got, ready := outcomes(s.Editor); !ready || got["text"] != "met" {
			t.Errorf("after: %v, %v", got, ready)
		}
		s.Editor.Act(path+"/submit", r.ETag, nil).Want(200)
		if got, ready := outcomes(s.First); !ready || got["window"] != "met" {
			t.Errorf("at the desk: %v, %v", got, ready)
		}
	})
}
