package apitest

import "fmt"

// OfferBody is what the university offers for a challenge.
func (s *Stage) OfferBody() J {
	return J{
		"members":    []any{J{"name": "林砚舟", "organization_code": s.codeOf(s.Uni), "part": "技术负责人"}},
		"plan":       J{"approach": fmt.Sprintf("等离子体与吸附浓缩联用，先在一条喷漆线上连续运行七日（第 %d 稿）。", s.Serial())},
		"milestones": []any{J{"title": "完成一条线七日测定", "due": "2027-06-30", "amount": Money("1250000.00")}},
		"price":      Money("1250000.00"),
	}
}

func (s *Stage) codeOf(organization string) string {
	return s.Operator.Get("/v1/organizations/" + organization).Want(200).Text("credit_code")
}

// BidBody is a bid of the university for a challenge.
func (s *Stage) BidBody(challenge string) J {
	return J{"challenge_id": challenge, "owner_id": s.Uni, "offer": s.OfferBody()}
}

// BidIn makes a bid of the university for a challenge of its own, in a state: draft, submitted or withdrawn.
func (s *Stage) BidIn(state string) (id, etag string) {
	challenge, _ := s.ChallengeIn("published")
	r := s.Editor.Post("/v1/bids", s.BidBody(challenge)).Want(201)
	path := "/v1/bids/" + r.Text("id")
	for _, verb := range []string{"submit", "withdraw"} {
		if r.Text("state") != state {
			r = s.Editor.Act(path+"/"+verb, r.ETag, nil).Want(200)
		}
	}
	if got := r.Text("state"); got != state {
		s.T.Fatalf("the stage makes no bid in state %s; it made one in %s", state, got)
	}
	return r.Text("id"), r.ETag
}

// ListedBody is an entry of the blacklist, of an organization that nobody else has entered.
func (s *Stage) ListedBody() J {
	return J{"name": "沈渊旧能装备有限公司", "code": s.House.CreditCode(), "valid_from": "2026-03-01", "valid_to": "2028-02-29", "reason": "项目验收材料弄虚作假，沈科监〔2026〕3 号。"}
}

// Listed makes one.
func (s *Stage) Listed() (id, etag string) {
	r := s.Operator.Post("/v1/blacklist", s.ListedBody()).Want(201)
	return r.Text("id"), r.ETag
}
