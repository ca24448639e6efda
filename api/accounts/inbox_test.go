package accounts_test

import (
	"testing"

	"jiebang/api/apitest"
)

// The other side of an introduction is told of it, the proposer of the answer, both of the deal; nobody of what they did themselves, strangers of
// nothing; a title is there only while its reader may read the record; what was read is marked, one's own alone.
func TestPeopleAreToldWhatConcernsThem(t *testing.T) {
	apitest.Each(t, func(h *apitest.House) {
		s := apitest.NewStage(h)
		events := func(who *apitest.Client) map[string]apitest.J {
			out := map[string]apitest.J{}
			for _, i := range who.Get("/v1/inbox?limit=100").Want(200).Items() {
				item := i.(apitest.J)
				out[item["event"].(string)+" "+item["object_id"].(string)] = item
			}
			return out
		}
		intro, tag := s.Introduction()
		h.Eventually("the university is told", func() bool { return events(s.Editor)["introduction.propose "+intro] != nil })
		if events(s.Chief)["introduction.propose "+intro] == nil {
			h.Error("the other member is not told")
		}
		if events(s.Buyer)["introduction.propose "+intro] != nil {
			h.Error("who proposed it is told of it")
		}
		deal := s.Editor.Act("/v1/introductions/"+intro+"/accept", tag, nil).Want(200).Text("deal_id")
		h.Eventually("the proposer is told", func() bool {
			mine := events(s.Buyer)
			return mine["introduction.answer "+intro] != nil && mine["deal.open "+deal] != nil
		})
		if got := events(s.Buyer)["deal.open "+deal]["path"]; got != "/v1/deals/"+deal {
			h.Errorf("%v", got)
		}
		if events(s.Editor)["deal.open "+deal] != nil {
			h.Error("who accepted is told of the deal")
		}
		if n := len(events(s.Stranger)); n != 1 { // that their organization was verified
			h.Errorf("a stranger has %d lines", n)
		}

		// What its reader may read no more has no name: the editor leaves, and keeps only the line.
		result, _ := s.ResultIn("submitted")
		h.Eventually("the second person is told", func() bool { return events(s.Chief)["result.submit "+result] != nil })
		if got := events(s.Chief)["result.submit "+result]; got["title"] == nil {
			h.Errorf("%v", got)
		}
		o := s.Editor.Get("/v1/organizations/" + s.Uni)
		s.Editor.Act("/v1/organizations/"+s.Uni+"/remove-member", o.ETag, apitest.J{"account_id": h.Account(s.Chief)}).Want(200)
		if got := events(s.Chief)["result.submit "+result]; got == nil || got["title"] != nil {
			h.Errorf("after leaving: %v", got)
		}

		unread := func(who *apitest.Client) float64 {
			return who.Get("/v1/inbox?unread=true&count=true&limit=1").Want(200).At("total").(float64)
		}
		before := unread(s.Buyer)
		one := events(s.Buyer)["deal.open "+deal]["id"]
		read := func(who *apitest.Client, body apitest.J) float64 {
			return who.Do("POST", "/v1/inbox/read", body, nil).Want(200).At("marked").(float64)
		}
		if n := read(s.Editor, apitest.J{"ids": []any{one}}); n != 0 {
			h.Errorf("somebody else marked %v", n)
		}
		if n := read(s.Buyer, apitest.J{"ids": []any{one}}); n != 1 || unread(s.Buyer) != before-1 {
			h.Errorf("%v marked, %v left of %v", n, unread(s.Buyer), before)
		}
		if n := read(s.Buyer, apitest.J{"until": "2026-03-11T00:00:00Z"}); n != before-1 || unread(s.Buyer) != 0 {
			h.Errorf("%v marked, %v left", n, unread(s.Buyer))
		}
		s.Buyer.Do("POST", "/v1/inbox/read", apitest.J{}, nil).Refused(400, "invalid_input")
	})
}
