package api_test

import (
	"testing"

	"jiebang/api/apitest"
)

// Where all that a body may say may be left out, it may be left out itself, and means the same.
func TestABodyThatSaysNothingMayBeLeftOut(t *testing.T) {
	apitest.Each(t, func(h *apitest.House) {
		s := apitest.NewStage(h)
		intro, tag := s.Introduction()
		r := s.Buyer.Act("/v1/introductions/"+intro+"/withdraw", tag, nil).Want(200)
		if r.At("state") != "withdrawn" {
			t.Errorf("%s", r.Raw)
		}
		id, tag := s.Application("under_review")
		r = s.First.Act("/v1/applications/"+id+"/pass", tag, nil).Want(200)
		s.Second.Act("/v1/applications/"+id+"/grant", r.ETag, nil).Want(200)
	})
}

// Every list tells its total where that is asked, and its orders are those that it names.
func TestListsOfTheDeskAreCountedAndSorted(t *testing.T) {
	apitest.Each(t, func(h *apitest.House) {
		s := apitest.NewStage(h)
		s.Contract("registered")
		s.Contract("draft")
		s.Deal()
		for path, orders := range map[string][]string{
			"/v1/contracts?organization_id=" + s.Uni:     {"newest", "updated", "title", "turnover"},
			"/v1/introductions?organization_id=" + s.Uni: {"newest", "due", "updated"},
			"/v1/deals?organization_id=" + s.Uni:         {"newest", "updated"},
			"/v1/applications?office=SY01&state=granted": {"due", "newest"},
		} {
			who := s.Editor
			if path[:len("/v1/a")] == "/v1/a" {
				who = s.First
			}
			all := len(who.Get(path).Want(200).At("items").([]any))
			for _, order := range orders {
				r := who.Get(path + "&count=true&limit=1&sort=" + order).Want(200)
				if total := r.At("total"); total != float64(all) {
					t.Errorf("%s by %s: %v of %d", path, order, total, all)
				}
			}
			who.Get(path+"&sort=whatever").Refused(400, "invalid_input")
		}
	})
}
