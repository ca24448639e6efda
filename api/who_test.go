package api_test

import (
	"testing"

	"jiebang/api/apitest"
)

// Whatever somebody enters, hands in or answers says who did, to those who may know, and to nobody else.
func TestRecordsSayWhoWroteThem(t *testing.T) {
	apitest.Each(t, func(h *apitest.House) {
		s := apitest.NewStage(h)
		who := func(by *apitest.Client, path string, want map[string]string) {
			h.Helper()
			r := by.Get(path).Want(200)
			for place, name := range want {
				if name == "" && r.Body[place] == nil {
					continue
				}
				if name == "" || r.Text(place, "username") != name || r.Text(place, "name") == "" {
					h.Errorf("%s as %s reads: %s is %v, want %q", path, by.Username, place, r.Body[place], name)
				}
			}
		}
		contract, _, application := s.Contract("submitted")
		who(s.Editor, "/v1/contracts/"+contract, map[string]string{"entered_by": s.Editor.Username})
		who(s.Buyer, "/v1/contracts/"+contract, map[string]string{"entered_by": s.Editor.Username})
		who(s.Editor, "/v1/applications/"+application, map[string]string{"submitted_by": s.Editor.Username})

		intro, tag := s.Introduction()
		proposer := s.Buyer.Get("/v1/introductions/"+intro).Want(200).Text("proposed_by", "username")
		if proposer == "" {
			h.Error("the side that proposed is not told who did")
		}
		who(s.Editor, "/v1/introductions/"+intro, map[string]string{"proposed_by": "", "answered_by": ""})
		s.Editor.Act("/v1/introductions/"+intro+"/accept", tag, nil).Want(200)
		for _, by := range []*apitest.Client{s.Buyer, s.Editor} {
			who(by, "/v1/introductions/"+intro, map[string]string{"proposed_by": proposer, "answered_by": s.Editor.Username})
		}

		challenge, _ := s.ChallengeIn("published")
		who(s.Buyer2, "/v1/challenges/"+challenge, map[string]string{"created_by": s.Buyer.Username, "submitted_by": s.Buyer.Username, "published_by": s.Operator.Username})
		who(h.Visitor(), "/v1/challenges/"+challenge, map[string]string{"created_by": "", "submitted_by": "", "published_by": ""})
		bid, _ := s.BidIn("submitted")
		who(s.Editor, "/v1/bids/"+bid, map[string]string{"created_by": s.Editor.Username, "submitted_by": s.Editor.Username})

		mandate, _ := s.MandateIn("agreed")
		principal := s.Buyer.Get("/v1/mandates/" + mandate).Want(200)
		if principal.Text("proposed_by", "username") != s.Broker().Username || principal.Text("answered_by", "username") == "" || principal.Body["ended_by"] != nil {
			h.Errorf("the mandate reads %s", principal.Raw)
		}

		prepared := s.Editor.Post("/v1/imports", apitest.J{"kind": "result", "owner_id": s.Uni}).Want(201).Text("id")
		who(s.Editor, "/v1/imports/"+prepared, map[string]string{"created_by": s.Editor.Username, "started_by": ""})
	})
}
