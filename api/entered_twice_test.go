package api_test

import (
	"testing"

	"jiebang/api/apitest"
	"jiebang/internal/db"
	"jiebang/internal/db/dbtest"
)

// What would tell everything twice is refused, and the first is named: a search that is saved already, and an address that is called already. What is
// another, in words, filters or address, is not.
func TestWhatWouldTellEverythingTwiceIsRefused(t *testing.T) {
	s := apitest.NewStage(apitest.New(t, dbtest.New(t, db.SQLite)))
	search := func(change apitest.J) apitest.J {
		body := apitest.J{"name": "废气治理", "q": "有机废气", "field": "environment", "frequency": "daily"}
		for k, v := range change {
			body[k] = v
		}
		return body
	}
	first := s.Editor.Post("/v1/saved-searches", search(nil)).Want(201)
	again := s.Editor.Post("/v1/saved-searches", search(apitest.J{"name": "另一个名字", "frequency": "weekly"})).Refused(400, "invalid_input")
	if again.Text("errors", 0, "code") != "repeated" || again.Text("errors", 0, "pointer") != "/q" {
		t.Errorf("%s", again.Raw)
	}
	other := s.Editor.Post("/v1/saved-searches", search(apitest.J{"field": "agriculture"})).Want(201)
	s.Buyer.Post("/v1/saved-searches", search(nil)).Want(201) // somebody else's
	s.Editor.Do("PUT", "/v1/saved-searches/"+first.Text("id"), search(apitest.J{"name": "改了名字"}), map[string]string{"If-Match": first.ETag}).Want(200)
	s.Editor.Do("PUT", "/v1/saved-searches/"+other.Text("id"), search(nil), map[string]string{"If-Match": other.ETag}).Refused(400, "invalid_input")

	hook := func(address string) apitest.J {
		return apitest.J{"url": address, "kinds": []any{"result"}, "enabled": false}
	}
	at := "/v1/organizations/" + s.Uni + "/webhooks"
	one := s.Editor.Post(at, hook("https://erp.invalid/a")).Want(201)
	if r := s.Editor.Post(at, hook("https://erp.invalid/a")).Refused(400, "invalid_input"); r.Text("errors", 0, "pointer") != "/url" || r.Text("errors", 0, "code") != "repeated" {
		t.Errorf("%s", r.Raw)
	}
	two := s.Editor.Post(at, hook("https://erp.invalid/b")).Want(201)
	s.Editor.Do("PUT", "/v1/webhooks/"+two.Text("id"), hook("https://erp.invalid/a"), map[string]string{"If-Match": two.ETag}).Refused(400, "invalid_input")
	s.Editor.Do("PUT", "/v1/webhooks/"+one.Text("id"), hook("https://erp.invalid/a"), map[string]string{"If-Match": one.ETag}).Want(200)
}

// Contracts are found by the day of their registration.
func TestContractsAreFoundByTheDayOfRegistration(t *testing.T) {
	s := apitest.NewStage(apitest.New(t, dbtest.New(t, db.SQLite)))
	s.Contract("registered")
	s.Contract("submitted")
	for query, n := range map[string]int{"registered_from=2026-03-10": 1, "registered_from=2026-03-11": 0, "registered_to=2026-03-09": 0, "registered_from=2026-03-01&registered_to=2026-03-31": 1} {
		if got := len(s.First.Get("/v1/contracts?office=SY01&" + query).Want(200).Items()); got != n {
			t.Errorf("%s finds %d, want %d", query, got, n)
		}
	}
	s.First.Get("/v1/contracts?office=SY01&registered_from=2026-03-10&registered_to=2026-03-01").Refused(400, "invalid_input")
}
