package apitest

import "fmt"

// Broker is a technology broker.
func (s *Stage) Broker() *Client {
	if s.broker == nil {
		s.broker = s.Person("wang.jingji")
		s.Enter(J{"kind": "broker", "username": s.broker.Username, "certificate": "技术经纪人证书 2026-017", "valid_from": "2026-01-01"})
	}
	return s.broker
}

// MandateBody is a mandate of the enterprise about all of its needs, three per cent of the technology amount.
func (s *Stage) MandateBody(changes ...func(body J)) J {
	body := J{
		"principal_id": s.Firm, "valid_from": "2026-03-01", "valid_to": "2027-02-28", "tail_months": 12, "base": "technology_amount", "rate_bp": 300,
		"brokers": []any{J{"username": s.Broker().Username, "share_bp": 10000}},
	}
	for _, change := range changes {
		change(body)
	}
	return body
}

// MandateIn makes a mandate of the enterprise: proposed or agreed.
func (s *Stage) MandateIn(state string, changes ...func(body J)) (id, etag string) {
	r := s.Broker().Post("/v1/mandates", s.MandateBody(changes...)).Want(201)
	if state == "agreed" {
		r = s.Buyer.Act("/v1/mandates/"+r.Text("id")+"/agree", r.ETag, J{"accept_conflicts": true}).Want(200)
	}
	return r.Text("id"), r.ETag
}

// IntroductionUnder has the broker ask the university for the enterprise, about its result, for a need of its own.
func (s *Stage) IntroductionUnder(mandate string) (id, etag string) {
	need, _ := s.NeedIn("open")
	r := s.Broker().Post("/v1/introductions", J{"from_id": s.Firm, "mandate_id": mandate, "result_id": s.Result, "need_id": need, "message": "受辽浑智造委托，想先了解中试数据。"}).Want(201)
	return r.Text("id"), r.ETag
}

// Today has a contract signed on the stage's day.
func Today(t J) { t["signed_on"], t["effective_on"] = "2026-03-10", "2026-03-10" }

// Claim is what is found when the two sides of an introduction under a mandate file a contract around its deal.
func (s *Stage) Claim(changes ...func(body J)) (id, etag string) {
	mandate, _ := s.MandateIn("agreed", changes...)
	s.IntroductionUnder(mandate)
	terms := Terms(s.Uni, s.Firm, nil)
	Today(terms)
	r := s.Editor.Post("/v1/contracts", J{"kind": "development", "terms": terms}).Want(201)
	s.Editor.Act("/v1/contracts/"+r.Text("id")+"/submit", r.ETag, nil).Want(200)
	return s.ClaimOf(mandate)
}

// ClaimOf waits for what is found for a mandate.
func (s *Stage) ClaimOf(mandate string) (id, etag string) {
	s.Helper()
	s.Eventually("the contract is claimed", func() bool {
		found := s.Operator.Get("/v1/commission-claims?mandate_id=" + mandate).Want(200).Items()
		if len(found) > 0 {
			id = found[0].(J)["id"].(string)
		}
		return id != ""
	})
	return id, s.Operator.Get("/v1/commission-claims/" + id).Want(200).ETag
}

// Commission is a line that a payment made on a contract whose claim was accepted.
func (s *Stage) Commission() (id, etag string) {
	claim, tag := s.Claim()
	r := s.Buyer.Act("/v1/commission-claims/"+claim+"/accept", tag, nil).Want(200)
	s.Editor.Post("/v1/contracts/"+r.Text("contract", "id")+"/payments", J{"amount": Money("1000.00"), "paid_on": "2026-03-10"}).Want(201)
	id = s.Lines(claim, 1)[0]["id"].(string)
	return id, s.Broker().Get("/v1/commissions/" + id).Want(200).ETag
}

// Lines waits for so many commission lines of a claim, the newest first.
func (s *Stage) Lines(claim string, many int) []J {
	s.Helper()
	var out []J
	s.Eventually(fmt.Sprintf("%d commission lines", many), func() bool {
		out = nil
		for _, l := range s.Operator.Get("/v1/commissions?claim_id=" + claim).Want(200).Items() {
			out = append(out, l.(J))
		}
		return len(out) == many
	})
	return out
}
