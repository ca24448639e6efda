package contracts_test

import (
	"testing"

	"jiebang/api/apitest"
)

// Whoever decides about an amendment, or looks at what stands out, reads what codes mean and not the codes alone.
func TestCodesThatChangeOrStandOutAreNamed(t *testing.T) {
	apitest.Each(t, func(h *apitest.House) {
		s := apitest.NewStage(h)
		id, tag, _ := s.Contract("registered")
		terms := apitest.Terms(s.Uni, s.Firm, apitest.J{"field": "new_materials"})
		terms["buyers"] = []any{apitest.J{"name": "辽浑智造装备有限公司", "nature": "150", "region": "210203", "organization_id": s.Firm}}
		r := s.Editor.Do("POST", "/v1/contracts/"+id+"/amendments", apitest.J{"terms": terms, "reason": "买方迁址"}, map[string]string{"If-Match": tag, "Idempotency-Key": "amend-1"}).Want(201)
		a := s.First.Get("/v1/applications/" + r.Text("id")).Want(200)
		found := map[string][2]string{}
		for i := range a.At("changes").([]any) {
			found[a.Text("changes", i, "pointer")] = [2]string{a.Text("changes", i, "before_name"), a.Text("changes", i, "after_name")}
		}
		for pointer, want := range map[string][2]string{
			"/terms/field":           {"环境保护与资源综合利用", "新材料及其应用"},
			"/terms/buyers/0/region": {"辽宁省沈阳市铁西区", "辽宁省大连市西岗区"},
		} {
			if found[pointer] != want {
				t.Errorf("%s: %v", pointer, found[pointer])
			}
		}
		for i := range a.At("remarks").([]any) {
			if a.Text("remarks", i, "pointer") == "/terms/buyers/0/region" && (a.Text("remarks", i, "entered_name") != "辽宁省大连市西岗区" || a.Text("remarks", i, "organization_code_name") != "辽宁省沈阳市铁西区") {
				t.Errorf("%s", a.Raw)
			}
		}
	})
}
