package organizations_test

import (
	"testing"

	"jiebang/api/apitest"
	"jiebang/internal/codes"
)

// A credit code says what kind of body it was given to: who verifies an organization sees where that is another. Whoever enters one is told at once
// what they may do with it.
func TestAKindThatDoesNotFitTheCreditCodeStandsOut(t *testing.T) {
	apitest.Each(t, func(h *apitest.House) {
		code, err := codes.CompleteCreditCode("12210100", "MA000001")
		if err != nil {
			t.Fatal(err)
		}
		person := h.Person("somebody")
		body := h.OrganizationBody("辽浑智造装备有限公司")
		body["kind"], body["credit_code"] = "enterprise", code
		r := person.Post("/v1/organizations", body).Want(201)
		if r.Text("remarks", 0, "code") != "kind_differs_from_code" || r.Text("remarks", 0, "other") != "/credit_code" {
			t.Errorf("%s", r.Raw)
		}
		if again := person.Get("/v1/organizations/" + r.Text("id")).Want(200); r.At("actions") == nil || len(r.At("actions").([]any)) != len(again.At("actions").([]any)) {
			t.Errorf("its creator may do now %v, and a moment later %v", r.At("actions"), again.At("actions"))
		}
		verified := h.Operator.Act("/v1/organizations/"+r.Text("id")+"/verify", h.Operator.Get("/v1/organizations/"+r.Text("id")).ETag, nil).Want(200)
		if verified.At("remarks") == nil {
			t.Errorf("who verifies it is not told: %s", verified.Raw)
		}
		if public := h.Visitor().Get("/v1/organizations/" + r.Text("id")).Want(200); public.At("remarks") != nil {
			t.Errorf("told to everybody: %s", public.Raw)
		}
	})
}
