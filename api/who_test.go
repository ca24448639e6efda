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

		operator := s.Operator.Username
		listed, _ := s.Listed()
		who(s.Operator, "/v1/blacklist/"+listed, map[string]string{"entered_by": operator})
		link := s.Operator.Post("/v1/control-links", apitest.J{
			"kind": "shares", "holder": apitest.J{"kind": "company", "name": "持股公司", "code": "HRB-1"}, "held": apitest.J{"kind": "company", "name": "被持股公司", "code": "HRB-2"},
			"share_bp": 6000, "valid_from": "2026-01-01", "evidence": "公司登记信息查询结果",
		}).Want(201).Text("id")
		who(s.Operator, "/v1/control-links/"+link, map[string]string{"entered_by": operator})
		round, _ := s.RoundIn("open")
		who(s.Operator, "/v1/rounds/"+round, map[string]string{"entered_by": operator})
		who(s.Editor, "/v1/rounds/"+round, map[string]string{"entered_by": ""})
		owing, _ := s.Owing()
		if granted := s.Operator.Get("/v1/grants?project_id=" + owing).Want(200); granted.Text("items", 0, "recorded_by", "username") != operator {
			h.Errorf("grants read %s", granted.Raw)
		}
		if granted := s.Buyer.Get("/v1/grants?project_id=" + owing).Want(200); len(granted.Items()) == 0 || granted.Items()[0].(map[string]any)["recorded_by"] != nil {
			h.Errorf("to the poster grants read %s", granted.Raw)
		}
		indicator := s.Operator.Post("/v1/indicator-definitions", apitest.J{
			"code": "tested_lines", "name": "中试线数", "name_en": "Pilot lines", "unit": "count", "measured": "条", "measured_en": "lines", "shape": "stock",
			"definition": "年末已投用的中试线", "definition_en": "Pilot lines in use", "source": "各区报送",
		}).Want(201)
		if indicator.Text("entered_by", "username") != operator {
			h.Errorf("a definition reads %s", indicator.Raw)
		}
		for _, d := range h.Visitor().Get("/v1/indicator-definitions?limit=100").Want(200).At("items").([]any) {
			if d.(map[string]any)["entered_by"] != nil {
				h.Errorf("everybody reads who entered %v", d)
			}
		}
		calendar := s.Operator.Post("/v1/calendars", apitest.J{"year": 2027, "source": "关于2027年部分节假日安排的通知", "days": []any{apitest.J{"day": "2027-01-01", "kind": "off"}}}).Want(201)
		if calendar.Text("proposal", "proposed_by", "username") != operator || calendar.Body["loaded_by"] != nil {
			h.Errorf("a calendar that waits reads %s", calendar.Raw)
		}
		h.Deputy.Act("/v1/calendars/"+calendar.Text("id")+"/confirm", calendar.ETag, nil).Want(200)
		who(s.Operator, "/v1/calendars/"+calendar.Text("id"), map[string]string{"loaded_by": operator, "confirmed_by": h.Deputy.Username})
		who(s.Editor, "/v1/calendars/"+calendar.Text("id"), map[string]string{"loaded_by": "", "confirmed_by": ""})

		result, _ := s.ResultIn("published")
		file := s.File(result, "result", "检测报告.pdf", []byte("%PDF-1.4 检测报告"), false)
		who(s.Editor, "/v1/files/"+file, map[string]string{"added_by": s.Editor.Username})
		if list := s.Operator.Get("/v1/files?object_kind=result&object_id=" + result).Want(200); list.Text("items", 0, "added_by", "username") != s.Editor.Username {
			h.Errorf("the operator's list of files reads %s", list.Raw)
		}
	})
}
