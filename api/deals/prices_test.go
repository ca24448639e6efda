package deals_test

import (
	"slices"
	"testing"

	"jiebang/api/apitest"
)

// file drafts a licence of a deal's result and tries to file it.
func file(s *apitest.Stage, deal, signed, price string) *apitest.Response {
	s.Helper()
	r := s.Editor.Post("/v1/contracts", apitest.J{"kind": "license", "deal_id": deal, "terms": s.LicenceTerms(signed, price)}).Want(201)
	return s.Editor.Act("/v1/contracts/"+r.Text("id")+"/submit", r.ETag, nil)
}

func stateOf(c *apitest.Client, deal string) string {
	return c.Get("/v1/deals/"+deal).Want(200).Text("pricing", "state")
}

func open(s *apitest.Stage, deal string, change apitest.J) *apitest.Response {
	body := s.PriceNoticeBody()
	for k, v := range change {
		body[k] = v
	}
	return s.Editor.Act("/v1/deals/"+deal+"/price-notice", s.Editor.Get("/v1/deals/"+deal).ETag, body)
}

func actions(r *apitest.Response) (out []string) {
	list, _ := r.At("actions").([]any)
	for _, a := range list {
		out = append(out, a.(string))
	}
	return out
}

// A university shows its own people what it agreed; one of them objects in time and is answered, and the deal goes on.
func TestAPriceIsShownBeforeItIsSigned(t *testing.T) {
	apitest.Each(t, func(h *apitest.House) {
		s := apitest.NewStage(h)
		deal, _ := s.AgreedDeal()
		r := s.Editor.Get("/v1/deals/" + deal).Want(200)
		if got := actions(r); r.Text("pricing", "state") != "missing" || !slices.Contains(got, "openPriceNotice") || !slices.Contains(got, "recordPrice") || slices.Contains(got, "withdrawPriceNotice") {
			t.Errorf("the supplier reads %s and may %v", r.Body, got)
		}
		file(s, deal, "2026-03-02", "1250000.00").Refused(409, "price_not_shown")
		open(s, deal, apitest.J{"days": 14}).Refused(400, "invalid_input")
		r = open(s, deal, nil).Want(200)
		notice := r.Text("pricing", "notice_id")
		if got := actions(r); slices.Contains(got, "openPriceNotice") || slices.Contains(got, "recordPrice") || !slices.Contains(got, "withdrawPriceNotice") {
			t.Errorf("while it runs the supplier may %v", got)
		}
		open(s, deal, nil).Refused(409, "notice_running")
		h.Eventually("both sides are told", func() bool {
			for _, c := range []*apitest.Client{s.Chief, s.Buyer} {
				told := false
				for _, item := range c.Get("/v1/inbox").Want(200).Items() {
					told = told || item.(map[string]any)["event"] == "deal.open_price_notice"
				}
				if !told {
					return false
				}
			}
			return true
		})
		file(s, deal, "2026-03-02", "1250000.00").Refused(409, "price_not_shown")

		// Its own people and the bureau read it; the other side learns how it stands and nothing more.
		for _, c := range []*apitest.Client{s.Editor, s.Chief, s.Operator} {
			if n := c.Get("/v1/notices/" + notice).Want(200); n.Text("lines", 0, "amount", "amount") != "1250000.00" {
				t.Errorf("the notice says %s", n.Body)
			}
		}
		for _, c := range []*apitest.Client{s.Visitor(), s.Buyer, s.Stranger, s.First} {
			c.Get("/v1/notices/"+notice).Refused(404, "not_found")
			for _, item := range c.Get("/v1/notices").Want(200).Items() {
				if item.(map[string]any)["id"] == notice {
					t.Error("a list shows it to who may not read it")
				}
			}
			c.Post("/v1/notices/"+notice+"/objections", s.ObjectionBody()).Refused(404, "not_found")
		}
		theirs := s.Buyer.Get("/v1/deals/" + deal).Want(200)
		pricing := theirs.At("pricing").(map[string]any)
		for _, hidden := range []string{"price", "notice_id", "way", "mode", "open_objections", "evidence", "shown_title"} {
			if _, there := pricing[hidden]; there {
				t.Errorf("the other side reads %s: %v", hidden, pricing)
			}
		}
		if pricing["state"] != "running" || pricing["last_day"] == nil || pricing["sign_from"] == nil || slices.Contains(actions(theirs), "openPriceNotice") {
			t.Errorf("the other side reads %v", pricing)
		}

		// Who opened it answers nothing: another administrator does, or the bureau.
		objection, tag := "", `"1"`
		objection = s.Chief.Post("/v1/notices/"+notice+"/objections", s.ObjectionBody()).Want(201).Text("id")
		s.Editor.Act("/v1/objections/"+objection+"/accept", tag, nil).Refused(404, "not_found") // who opened it learns not who objects
		s.Chief.Act("/v1/objections/"+objection+"/accept", tag, nil).Refused(403, "not_allowed")
		s.EndPriceNotice(deal)
		if got := stateOf(s.Buyer, deal); got != "objected" {
			t.Errorf("with an objection open it is %s", got)
		}
		last := s.Editor.Get("/v1/deals/"+deal).Text("pricing", "last_day")
		file(s, deal, last, "1250000.00").Refused(409, "price_not_shown")
		s.Chief.Post("/v1/notices/"+notice+"/objections", s.ObjectionBody()).Refused(409, "notice_over")
		tag = s.Operator.Act("/v1/objections/"+objection+"/accept", tag, nil).Want(200).ETag
		s.Operator.Act("/v1/objections/"+objection+"/answer", tag, apitest.J{"outcome": "dismissed", "text": "经核查，价格经评估确定。"}).Want(200)
		r = s.Editor.Get("/v1/deals/" + deal).Want(200)
		if r.Text("pricing", "state") != "shown" {
			t.Fatalf("once it is answered: %s", r.Body)
		}
		from := r.Text("pricing", "sign_from")
		file(s, deal, last, "1250000.00").Refused(409, "price_not_shown") // signed before its end
		h.Clock.Set(from + "T01:00:00Z")
		h.SignInAgain()
		file(s, deal, from, "1249999.99").Refused(409, "price_not_shown") // for less than was shown
		filed := file(s, deal, from, "1250000.00").Want(200)
		got := s.Editor.Get("/v1/deals/" + deal).Want(200)
		if got.Text("stage") != "contracted" {
			t.Errorf("afterwards: %s", got.Body)
		}
		// A lower price by an amendment has to be shown as well, and can be.
		s.Register(filed.Text("application_id"), s.First, s.Second)
		amend := func(price string) *apitest.Response {
			return h.As(s.Editor).Post("/v1/contracts/"+filed.Text("id")+"/amendments", apitest.J{"terms": s.LicenceTerms(from, price), "reason": "双方协商调整价款"})
		}
		amend("1200000.00").Refused(409, "price_not_shown")
		if !slices.Contains(actions(got), "openPriceNotice") {
			t.Errorf("a price that is to be changed cannot be shown: %s", got.Body)
		}
		amend("1300000.00").Want(201)
	})
}

// An objection that is upheld stands in the way until another notice has run its course.
func TestAnUpheldObjectionStaysInTheWay(t *testing.T) {
	apitest.Each(t, func(h *apitest.House) {
		s := apitest.NewStage(h)
		deal, _ := s.AgreedDeal()
		r := s.Chief.Act("/v1/deals/"+deal+"/price-notice", s.Chief.Get("/v1/deals/"+deal).ETag, s.PriceNoticeBody()).Want(200)
		notice := r.Text("pricing", "notice_id")
		objection := s.Chief.Post("/v1/notices/"+notice+"/objections", s.ObjectionBody()).Want(201).Text("id")
		tag := s.Editor.Act("/v1/objections/"+objection+"/accept", `"1"`, nil).Want(200).ETag // an administrator of the unit, who did not open it
		s.Editor.Act("/v1/objections/"+objection+"/answer", tag, apitest.J{"outcome": "upheld", "text": "价格明显低于评估值。"}).Want(200)
		s.EndPriceNotice(deal)
		from := s.Editor.Get("/v1/deals/"+deal).Text("pricing", "sign_from")
		if got := stateOf(s.Editor, deal); got != "upheld" {
			t.Errorf("it is %s", got)
		}
		file(s, deal, from, "1250000.00").Refused(409, "price_not_shown")
		record := s.PriceRecordBody() // from before the objection was upheld
		s.Editor.Act("/v1/deals/"+deal+"/price-record", s.Editor.Get("/v1/deals/"+deal).ETag, record).Refused(400, "invalid_input")
		open(s, deal, apitest.J{"price": apitest.Money("1500000.00")}).Want(200)
		if got := stateOf(s.Editor, deal); got != "running" {
			t.Errorf("with another notice it is %s", got)
		}
		s.EndPriceNotice(deal)
		from = s.Editor.Get("/v1/deals/"+deal).Text("pricing", "sign_from")
		h.Clock.Set(from + "T01:00:00Z")
		h.SignInAgain()
		file(s, deal, from, "1500000.00").Want(200)
	})
}

// What was shown elsewhere is recorded with its evidence; a deal that is given up shows nothing any more; development needs none.
func TestAPriceIsRecordedTakenBackOrNotAskedFor(t *testing.T) {
	apitest.Each(t, func(h *apitest.House) {
		s := apitest.NewStage(h)
		deal, tag := s.AgreedDeal()
		body := s.PriceRecordBody()
		body["last_day"] = "2026-02-14"
		s.Editor.Act("/v1/deals/"+deal+"/price-record", tag, body).Refused(400, "invalid_input")
		body["last_day"], body["file_id"] = "2026-02-15", s.Result
		s.Editor.Act("/v1/deals/"+deal+"/price-record", tag, body).Refused(400, "invalid_input")
		delete(body, "file_id")
		r := s.Editor.Act("/v1/deals/"+deal+"/price-record", tag, body).Want(200)
		if r.Text("pricing", "state") != "shown" || r.Text("pricing", "sign_from") != "2026-02-16" || r.Text("pricing", "evidence") == "" {
			t.Errorf("recorded: %s", r.Body)
		}
		file(s, deal, "2026-02-15", "1250000.00").Refused(409, "price_not_shown")
		application := file(s, deal, "2026-03-01", "1250000.00").Want(200).Text("application_id")
		s.First.Act("/v1/applications/"+application+"/request-supplement", s.First.Get("/v1/applications/"+application).ETag, apitest.J{"note": "补充许可范围"}).Want(200)
		supply := func(price string) *apitest.Response {
			return s.Editor.Act("/v1/applications/"+application+"/answer-supplement", s.Editor.Get("/v1/applications/"+application).ETag, apitest.J{"note": "已补充", "terms": s.LicenceTerms("2026-03-01", price)})
		}
		supply("1200000.00").Refused(409, "price_not_shown") // what was filed for the price that was shown is not mended to a lower one
		supply("1260000.00").Want(200)

		sold, tag := s.AgreedDeal()
		paper := s.File(sold, "deal", "成交确认书.txt", []byte("拍卖成交确认书"), false)
		s.Editor.Act("/v1/deals/"+sold+"/price-record", tag, apitest.J{
			"file_id": paper, "mode": "auction", "way": "license", "price": apitest.Money("1300000.00"), "last_day": "2026-02-20", "place": "沈阳产权交易所", "number": "PM-2026-7",
		}).Want(200)
		s.Buyer.Do("DELETE", "/v1/files/"+paper, nil, map[string]string{"If-Match": `"1"`}).Refused(409, "file_handed_in") // evidence stays
		file(s, sold, "2026-03-01", "1300000.00").Want(200)

		back, tag := s.ShownDeal()
		r = s.Editor.Act("/v1/deals/"+back+"/price-notice/withdraw", tag, apitest.J{"reason": "价格须重新商定"}).Want(200)
		if r.Text("pricing", "state") != "missing" {
			t.Errorf("taken back: %s", r.Body)
		}
		lost, tag := s.ShownDeal()
		notice := s.Editor.Get("/v1/deals/"+lost).Text("pricing", "notice_id")
		s.Buyer.Act("/v1/deals/"+lost+"/advance", tag, apitest.J{"stage": "lost", "note": "预算取消了"}).Want(200)
		if got := s.Editor.Get("/v1/notices/" + notice).Want(200).Text("state"); got != "withdrawn" {
			t.Errorf("of what was given up the notice is %s", got)
		}

		development, _ := s.AgreedDeal()
		r = s.Editor.Post("/v1/contracts", apitest.J{"kind": "development", "deal_id": development, "terms": apitest.Terms(s.Uni, s.Firm, nil)}).Want(201)
		s.Editor.Act("/v1/contracts/"+r.Text("id")+"/submit", r.ETag, nil).Want(200)
	})
}
