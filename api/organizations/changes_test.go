package organizations_test

import (
	"net/url"
	"testing"

	"jiebang/api/apitest"
)

// What an operator verified changes only with another verification; until then everybody reads what was verified.
func TestCheckedFactsChangeWithAnotherVerification(t *testing.T) {
	apitest.Each(t, func(h *apitest.House) {
		s := apitest.NewStage(h)
		path := "/v1/organizations/" + s.Uni
		r := s.Editor.Get(path).Want(200)
		body := J{"name": "盛北理工大学", "kind": "university", "credit_code": r.Text("credit_code"), "region": "210112",
			"introduction": "以装备制造见长。", "contact": J{"name": "新联系人"}}
		r = s.Editor.Put(path, r.ETag, body).Want(200)
		if r.Text("introduction") != "以装备制造见长。" || r.Text("contact", "name") != "新联系人" || r.Body["change"] != nil {
			t.Errorf("free facts: %s", r.Raw)
		}
		body["name"], body["introduction"] = "盛北工业大学", "更名中。"
		r = s.Editor.Put(path, r.ETag, body).Want(200)
		if r.Text("name") != "盛北理工大学" || r.Text("change", "name") != "盛北工业大学" || r.Text("introduction") != "更名中。" ||
			r.Text("change", "proposed_by", "username") != s.Editor.Username {
			t.Errorf("proposed: %s", r.Raw)
		}
		for _, other := range []*apitest.Client{h.Visitor(), s.Buyer} {
			if seen := other.Get(path).Want(200); seen.Text("name") != "盛北理工大学" || seen.Body["change"] != nil || seen.Body["created_by"] != nil {
				t.Errorf("others see %s", seen.Raw)
			}
		}
		if l := h.Operator.Get("/v1/organizations?change=open").Want(200); len(l.Items()) != 1 {
			t.Errorf("%s", l.Raw)
		}
		s.Editor.Get("/v1/organizations?change=open").Refused(403, "not_allowed")
		h.Operator.Act(path+"/change/refuse", r.ETag, J{"reason": "缺少批复文件"}).Want(200)
		if r = s.Editor.Get(path).Want(200); r.Text("change", "refusal_reason") != "缺少批复文件" || r.Text("name") != "盛北理工大学" {
			t.Errorf("refused: %s", r.Raw)
		}
		h.Operator.Act(path+"/change/accept", r.ETag, nil).Refused(409, "no_open_change")
		r = s.Editor.Put(path, r.ETag, body).Want(200) // asked again
		r = h.Operator.Act(path+"/change/accept", r.ETag, nil).Want(200)
		if r.Text("name") != "盛北工业大学" || r.Body["change"] != nil {
			t.Errorf("accepted: %s", r.Raw)
		}
		s.Editor.Act(path+"/change/withdraw", r.ETag, nil).Refused(409, "no_open_change")
		h.Eventually("what it lists is found by the new name", func() bool {
			l := h.Visitor().Get("/v1/search?q=" + url.QueryEscape("盛北工业大学")).Want(200)
			return len(l.Items()) > 0
		})
	})
}

// A verification is refused with a reason, mended and asked for again.
func TestAVerificationIsRefusedAndAskedForAgain(t *testing.T) {
	apitest.Each(t, func(h *apitest.House) {
		s := apitest.NewStage(h)
		id, tag := s.Pending()
		path := "/v1/organizations/" + id
		r := h.Operator.Act(path+"/refuse", tag, J{"reason": "名称与执照不符"}).Want(200)
		h.Operator.Act(path+"/verify", r.ETag, nil).Refused(409, "wrong_state")
		r = s.Editor.Get(path).Want(200)
		if r.Text("state") != "refused" || r.Text("refusal_reason") != "名称与执照不符" {
			t.Errorf("%s", r.Raw)
		}
		h.Visitor().Get(path).Refused(404, "not_found")
		body := s.OrganizationBody("更正后的单位")
		r = s.Editor.Put(path, r.ETag, body).Want(200)
		if r.Text("state") != "refused" || r.Text("name") != "更正后的单位" || r.Text("credit_code") != body["credit_code"] {
			t.Errorf("%s", r.Raw)
		}
		r = s.Editor.Act(path+"/request-verification", r.ETag, nil).Want(200)
		if r.Text("state") != "pending" || r.Body["refusal_reason"] != nil {
			t.Errorf("%s", r.Raw)
		}
		r = h.Operator.Act(path+"/verify", r.ETag, nil).Want(200)
		if r.Text("verified_by", "username") != "operator" || r.Text("created_by", "username") != s.Editor.Username {
			t.Errorf("%s", r.Raw)
		}
		body["credit_code"] = s.Editor.Get("/v1/organizations/" + s.Uni).Want(200).Text("credit_code")
		s.Editor.Put(path, r.ETag, body).Refused(409, "credit_code_taken")
	})
}

func TestMembersComeAndGo(t *testing.T) {
	apitest.Each(t, func(h *apitest.House) {
		s := apitest.NewStage(h)
		path := "/v1/organizations/" + s.Uni
		tag := func() string { return s.Operator.Get(path).Want(200).ETag }
		members := func(c *apitest.Client, query string) *apitest.Response {
			return c.Get(path + "/members" + query).Want(200)
		}
		l := members(s.Chief, "")
		if len(l.Items()) != 2 || l.Text("items", 0, "role") != "administrator" || l.Text("items", 1, "added_by", "username") != s.Editor.Username || l.Text("items", 1, "since") == "" {
			t.Errorf("%s", l.Raw)
		}
		s.Buyer.Get(path+"/members").Refused(403, "not_allowed")
		chief, editor := s.Account(s.Chief), s.Account(s.Editor)
		act := func(c *apitest.Client, verb string, body J) *apitest.Response {
			return c.Act(path+"/"+verb, tag(), body)
		}
		act(s.Editor, "remove-member", J{"account_id": editor}).Refused(409, "last_administrator")
		act(s.Editor, "change-role", J{"account_id": editor, "admin": false}).Refused(409, "last_administrator")
		s.Editor.Do("POST", path+"/leave", nil, nil).Refused(409, "last_administrator")
		act(s.Editor, "change-role", J{"account_id": s.Account(s.Buyer), "admin": true}).Refused(409, "not_member")
		act(s.Editor, "change-role", J{"account_id": chief, "admin": true}).Want(200)
		if me := s.Chief.Get("/v1/me").Want(200); me.Text("organizations", 0, "role") != "administrator" || me.Text("organizations", 0, "kind") != "university" || me.Text("organizations", 0, "state") != "verified" {
			t.Errorf("%s", me.Raw)
		}
		s.Editor.Do("POST", path+"/leave", nil, nil).Want(204)
		s.Editor.Do("POST", path+"/leave", nil, nil).Want(204) // the answer was lost
		s.Stranger.Do("POST", path+"/leave", nil, nil).Refused(404, "not_found")
		s.Editor.Get(path+"/members").Refused(403, "not_allowed")
		past := members(s.Chief, "?past=true")
		if len(past.Items()) != 1 || past.Text("items", 0, "ended_by", "username") != s.Editor.Username {
			t.Errorf("%s", past.Raw)
		}

		// An offer is declined, another taken back; who left may be asked again.
		guest := h.Person("guest")
		offer := func(name string) { act(s.Chief, "members", J{"username": name}).Want(200) }
		offer("guest")
		guest.Do("POST", path+"/leave", nil, nil).Want(204)
		guest.Do("POST", path+"/join", nil, nil).Refused(404, "not_found")
		act(s.Chief, "members", J{"username": "guest"}).Refused(409, "too_many_offers") // who declined is left alone for a while
		guest = h.Person("another.guest")
		offer("another.guest")
		act(s.Chief, "remove-member", J{"account_id": s.Account(guest)}).Want(200)
		offer(s.Editor.Username)
		s.Editor.Do("POST", path+"/join", nil, nil).Want(204)
		if l := members(s.Editor, ""); len(l.Items()) != 2 {
			t.Errorf("%s", l.Raw)
		}
	})
}

func TestOrganizationsAreFoundByNameAndCode(t *testing.T) {
	apitest.Each(t, func(h *apitest.House) {
		s := apitest.NewStage(h)
		id, tag := s.Pending()
		r := s.Editor.Get("/v1/organizations/" + id).Want(200)
		body := s.OrganizationBody("ABC 百分（沈阳）_科技")
		body["credit_code"] = r.Text("credit_code")
		r = s.Editor.Put("/v1/organizations/"+id, tag, body).Want(200)
		h.Operator.Act("/v1/organizations/"+id+"/verify", r.ETag, nil).Want(200)
		found := func(query string, want int) {
			t.Helper()
			if l := h.Visitor().Get("/v1/organizations?" + query).Want(200); len(l.Items()) != want {
				t.Errorf("%s: %s", query, l.Raw)
			}
		}
		for part, want := range map[string]int{
			"百分(沈阳)": 1, "ａｂｃ百分": 1, "百 分": 1, "（沈阳）": 1, "理工": 1, "%": 0, "_": 1, "没有": 0, "a": 1,
		} {
			found("name="+url.QueryEscape(part), want)
		}
		code := r.Text("credit_code")
		found("credit_code="+code, 1)
		found("credit_code="+url.QueryEscape(" "+code+" "), 1)
		h.Visitor().Get("/v1/organizations?credit_code=123").Refused(400, "invalid_input")
		found("name=%E7%90%86%E5%B7%A5&region=210112", 1)
		found("name=%E7%90%86%E5%B7%A5&region=210100", 1) // the city with its districts
		found("name=%E7%90%86%E5%B7%A5&region=210000", 1)
		found("name=%E7%90%86%E5%B7%A5&region=210200", 0)
		h.Visitor().Get("/v1/organizations?region=219999").Refused(400, "invalid_input")
		all := h.Visitor().Get("/v1/organizations?limit=1&count=true").Want(200)
		if n, _ := all.At("total").(float64); n < 2 || len(all.Items()) != 1 {
			t.Errorf("counted %s", all.Raw)
		}
		h.Clock.Set("2026-03-11T02:00:00Z")
		if l := h.Visitor().Get("/v1/organizations?updated_since=2026-03-11T00:00:00Z").Want(200); len(l.Items()) != 0 {
			t.Errorf("nothing has changed since: %s", l.Raw)
		}
	})
}
