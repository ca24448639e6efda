package api_test

import (
	"net/url"
	"strings"
	"testing"

	"jiebang/api/apitest"
)

// tells tells whether an answer says who the firm is.
func tells(s *apitest.Stage, r *apitest.Response) bool {
	text := string(r.Raw)
	for _, said := range []string{s.Firm, "辽浑智造", "210106", "铁西", "ERP-"} {
		if strings.Contains(text, said) {
			return true
		}
	}
	return false
}

func has(r *apitest.Response, id string) bool {
	for _, item := range r.Items() {
		if item.(map[string]any)["id"] == id {
			return true
		}
	}
	return false
}

// A need that is published without its owner's name is read, listed, searched and matched like any other, and nothing of it tells whose it is.
func TestAMaskedNeedIsReadAndFoundAndTellsNobodyWhoseItIs(t *testing.T) {
	apitest.Each(t, func(h *apitest.House) {
		s := apitest.NewStage(h)
		need := s.MaskedNeed("换热器结垢快")
		path, v := "/v1/needs/"+need, h.Visitor()
		h.Eventually("it is found", func() bool {
			return has(v.Get("/v1/search?kind=need&q="+url.QueryEscape("换热器结垢")).Want(200), need)
		})
		for _, who := range []*apitest.Client{v, s.Stranger, s.Editor, s.First} {
			if r := who.Get(path).Want(200); tells(s, r) || r.At("masked") != true || r.Text("owner", "name") != "（名称不公开）" {
				t.Errorf("it tells whose it is: %s", r.Raw)
			}
			for filter, found := range map[string]bool{
				"": true, "?sort=title": true, "?region=210000": true, "?region=210100": true, "?region=210106": false, "?region=210112": false,
				"?owner_id=" + s.Firm: false, "?external_scheme=erp&external_id=ERP-" + url.QueryEscape("换热器结垢快"): false, "?facets=true": true, "?facets=true&region=210106": false,
			} {
				r := who.Get("/v1/needs" + filter).Want(200)
				if has(r, need) != found {
					t.Errorf("%s finds it: %v", filter, !found)
				}
				if found && strings.Contains(string(r.Raw), "ERP-") {
					t.Errorf("%s tells what its owner calls it", filter)
				}
			}
			for filter, found := range map[string]bool{"": true, "&region=210100": true, "&region=210106": false, "&owner_id=" + s.Firm: false} {
				if r := who.Get("/v1/search?kind=need&q=" + url.QueryEscape("换热器结垢") + filter).Want(200); has(r, need) != found || found && tells(s, r) {
					t.Errorf("the search with %s: %s", filter, r.Raw)
				}
			}
			if r := who.Get("/v1/search?kind=need&q=" + url.QueryEscape("辽浑智造")).Want(200); has(r, need) {
				t.Error("it is found by its owner's name")
			}
			if r := who.Get("/v1/external-ids?scheme=erp&id=ERP-" + url.QueryEscape("换热器结垢快")).Want(200); len(r.Items()) != 0 {
				t.Errorf("what its owner calls it finds it: %s", r.Raw)
			}
		}
		for _, who := range []*apitest.Client{s.Buyer, s.Operator} {
			if r := who.Get(path).Want(200); r.Text("owner", "id") != s.Firm || r.Text("external_ids", 0, "scheme") != "erp" {
				t.Errorf("its own people and the bureau read whose it is: %s", r.Raw)
			}
		}
		if r := s.Buyer.Get("/v1/needs?owner_id=" + s.Firm).Want(200); !has(r, need) {
			t.Errorf("it is in the owner's own list: %s", r.Raw)
		}
	})
}

// Nobody learns by asking for an introduction whose a masked need is: neither in what is asked nor by a refusal, a pause or an error; and both
// sides know once it is accepted.
func TestIntroductionsToAMaskedNeedKeepTheNameUntilBothAgree(t *testing.T) {
	apitest.Each(t, func(h *apitest.House) {
		s := apitest.NewStage(h)
		need, other := s.MaskedNeed("换热器结垢快"), s.MaskedNeed("循环水药剂贵")
		ask := func(need string) *apitest.Response {
			return s.Editor.Post("/v1/introductions", apitest.J{"from_id": s.Uni, "result_id": s.Result, "need_id": need, "message": "我们有一种电化学除垢装置，可以先试用。"})
		}
		r := ask(need).Want(201)
		if tells(s, r) || r.Text("to", "name") != "（名称不公开）" {
			t.Errorf("the proposer reads whom it asks: %s", r.Raw)
		}
		path := "/v1/introductions/" + r.Text("id")
		own := s.Buyer.Get(path).Want(200)
		if own.Text("from", "id") != s.Uni || own.Text("to", "id") != s.Firm {
			t.Errorf("who is asked reads both sides: %s", own.Raw)
		}
		s.Buyer.Act(path+"/decline", own.ETag, apitest.J{"reason": "too_early"}).Want(200)
		for _, read := range []string{path, "/v1/introductions?box=sent", "/v1/inbox"} {
			if r := s.Editor.Get(read).Want(200); tells(s, r) {
				t.Errorf("%s tells who declined: %s", read, r.Raw)
			}
		}
		// The pause is that need's alone: another of the same owner, masked or not, may be asked.
		ask(need).Refused(429, "introduction_paused")
		open := ask(other).Want(201)
		named := s.Editor.Post("/v1/introductions", apitest.J{"from_id": s.Uni, "result_id": s.Result, "need_id": s.Need, "message": "我们有一种电化学除垢装置，可以先试用。"}).Want(201)
		if named.Text("to", "id") != s.Firm {
			t.Errorf("a need that tells its owner: %s", named.Raw)
		}
		// Nor does a refusal of the named one pause the masked.
		at := "/v1/introductions/" + named.Text("id")
		s.Buyer.Act(at+"/decline", s.Buyer.Get(at).Want(200).ETag, apitest.J{"reason": "too_early"}).Want(200)
		third := s.MaskedNeed("冷凝器结垢")
		ask(third).Want(201)

		at = "/v1/introductions/" + open.Text("id")
		s.Buyer.Act(at+"/accept", s.Buyer.Get(at).Want(200).ETag, nil).Want(200)
		if r := s.Editor.Get(at).Want(200); r.Text("to", "id") != s.Firm || r.At("contacts") == nil {
			t.Errorf("once both want to talk, each knows the other: %s", r.Raw)
		}
		if r := s.Editor.Get("/v1/needs/" + other).Want(200); r.Text("owner", "name") != "（名称不公开）" {
			t.Errorf("the need itself stays as it is: %s", r.Raw)
		}

		// The other way round: the owner asks about a result for its masked need.
		uni2 := s.Buyer.Post("/v1/introductions", apitest.J{"from_id": s.Firm, "result_id": s.Result, "need_id": need, "message": "想了解这项成果能否用于循环水。"}).Want(201)
		if r := s.Editor.Get("/v1/introductions/" + uni2.Text("id")).Want(200); tells(s, r) {
			t.Errorf("who is asked reads who asks, before it has agreed: %s", r.Raw)
		}
		// A broker cannot find out by naming organizations one after the other.
		broker := s.Broker()
		mandate := func(principal string) string {
			return broker.Post("/v1/mandates", s.MandateBody(func(b apitest.J) { b["principal_id"], b["need_id"] = principal, third; delete(b, "result_id") })).Text("errors", 0, "code")
		}
		if right, wrong := mandate(s.Firm), mandate(s.Uni); right != wrong || right != "unknown_need" {
			t.Errorf("naming the owner is answered by %q, another by %q", right, wrong)
		}
	})
}

// What was public with the name cannot be masked, and texts of a masked need do not tell it.
func TestAMaskIsWholeOrNotAtAll(t *testing.T) {
	apitest.Each(t, func(h *apitest.House) {
		s := apitest.NewStage(h)
		body := apitest.J{"owner_id": s.Firm, "title": "换热器结垢快", "problem": "辽浑智造装备有限公司的换热器三个月就要酸洗一次。", "field": "environment", "masked": true}
		if r := s.Buyer.Post("/v1/needs", body).Want(400); r.Text("errors", 0, "pointer") != "/problem" || r.Text("errors", 0, "code") != "tells_name" {
			t.Errorf("a text that names its owner: %s", r.Raw)
		}
		body["problem"] = "换热器三个月就要酸洗一次，影响生产。"
		r := s.Buyer.Get("/v1/needs/" + s.Need).Want(200)
		if r := s.Buyer.Put("/v1/needs/"+s.Need, r.ETag, body).Want(400); r.Text("errors", 0, "pointer") != "/masked" {
			t.Errorf("a name that was public is hidden: %s", r.Raw)
		}
		// A masked need may tell its owner later, by a revision.
		need := s.MaskedNeed("循环水药剂贵")
		body["masked"], body["external_ids"] = false, apitest.Named("循环水药剂贵")
		r = s.Buyer.Put("/v1/needs/"+need, s.Buyer.Get("/v1/needs/"+need).Want(200).ETag, body).Want(200)
		r = s.Buyer.Act("/v1/needs/"+need+"/submit", r.ETag, nil).Want(200)
		s.Buyer2.Act("/v1/needs/"+need+"/publish", r.ETag, nil).Want(200)
		if r := h.Visitor().Get("/v1/needs/" + need).Want(200); r.Text("owner", "id") != s.Firm {
			t.Errorf("it tells its owner now: %s", r.Raw)
		}
	})
}

// A challenge keeps the poster's name with the need that it was, or tells it with it: one of them alone would tell it of both.
func TestAMaskedChallengeIsOfAMaskedNeed(t *testing.T) {
	apitest.Each(t, func(h *apitest.House) {
		s := apitest.NewStage(h)
		masked := s.MaskedNeed("换热器结垢快")
		round, _ := s.RoundIn("open")
		for _, of := range []struct {
			need string
			mask bool
			well int
		}{{s.Need, true, 400}, {masked, false, 400}, {s.Need, false, 201}, {masked, true, 201}} {
			body := s.ChallengeBody(round)
			body["need_id"], body["masked"] = of.need, of.mask
			r := s.Buyer.Post("/v1/challenges", body).Want(of.well)
			if of.well != 201 {
				if r.Text("errors", 0, "pointer") != "/need_id" || r.Text("errors", 0, "code") != "tells_name" {
					t.Errorf("masked %v of %s: %s", of.mask, of.need, r.Raw)
				}
				continue
			}
			s.Buyer.Act("/v1/challenges/"+r.Text("id")+"/submit", r.ETag, nil).Want(200)
			if !of.mask {
				continue
			}
			// While the challenge keeps the name, so does its need.
			body = apitest.J{"owner_id": s.Firm, "title": "换热器结垢快", "problem": "换热器三个月就要酸洗一次，影响生产。", "field": "environment", "external_ids": apitest.Named("换热器结垢快")}
			if r := s.Buyer.Put("/v1/needs/"+masked, s.Buyer.Get("/v1/needs/"+masked).Want(200).ETag, body).Want(400); r.Text("errors", 0, "pointer") != "/masked" {
				t.Errorf("the need tells the name: %s", r.Raw)
			}
		}
	})
}
