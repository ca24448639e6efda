package apitest

import (
	"fmt"
	"time"
)

// RoundBody is a round that takes challenges at any time.
func (s *Stage) RoundBody() J {
	return J{
		"code": fmt.Sprintf("SY2026-%d", s.Serial()), "year": 2026, "name": "2026 年揭榜挂帅项目", "level": "city", "post_from": "2020-01-01", "post_to": "2039-12-31",
		"budget": Money("30000000.00"),
		"rules": J{
			"notice_days": 7, "notice_unit": "calendar_days", "notice_day_one": false, "notice_moves": true, "reviewers": 3,
			"criteria":  []any{J{"name": "技术路线", "weight_bp": 4000}, J{"name": "团队基础", "weight_bp": 2000}, J{"name": "实施计划", "weight_bp": 2500}, J{"name": "经费预算", "weight_bp": 1500}},
			"threshold": 60000, "blind": true, "winners": 2, "show_bids": false, "most_running": 0, "grant_share_bp": 3000, "own_share_bp": 5000, "answer_days": 10, "objection_days": 15,
		},
	}
}

// RoundIn makes a round in a state: draft or open.
func (s *Stage) RoundIn(state string) (id, etag string) {
	r := s.Operator.Post("/v1/rounds", s.RoundBody()).Want(201)
	id = r.Text("id")
	if state == "open" {
		r = s.Deputy.Act("/v1/rounds/"+id+"/open", r.ETag, nil).Want(200)
	}
	return id, r.ETag
}

// ChallengeBody is a challenge of the enterprise that can be measured and paid.
func (s *Stage) ChallengeBody(round string) J {
	return J{
		"round_id": round, "owner_id": s.Firm, "title": fmt.Sprintf("大风量喷漆废气深度净化 %d", s.Serial()), "field": "environment",
		"problem":    "喷漆线废气风量大、浓度低，活性炭两个月一换，须找到可长期运行的净化办法。",
		"indicators": []any{J{"name": "非甲烷总烃去除率", "unit": "%", "comparison": "at_least", "value": "95", "method": "由第三方按 HJ 38 连续测定七日"}},
		"reward": J{"amount": Money("2600000.00"), "mode": "milestones", "funders": []any{
			J{"kind": "poster", "amount": Money("2000000.00")}, J{"kind": "bureau", "amount": Money("600000.00")},
		}},
		"ip_arrangement": "成果归揭榜方所有，发榜方享有五年独占使用权。",
	}
}

// ChallengeIn makes a challenge of the enterprise in a state: draft, submitted, reserve, refining or published for thirty days. What
// changes of it is changed before.
func (s *Stage) ChallengeIn(state string, changes ...func(body J)) (id, etag string) {
	round, _ := s.RoundIn("open")
	body := s.ChallengeBody(round)
	for _, change := range changes {
		change(body)
	}
	r := s.Buyer.Post("/v1/challenges", body).Want(201)
	id = r.Text("id")
	path := "/v1/challenges/" + id
	for _, step := range []struct {
		to, verb string
		by       *Client
		body     any
	}{
		{"submitted", "submit", s.Buyer, nil}, {"reserve", "shelve", s.Operator, nil}, {"refining", "refine", s.Operator, J{"experts": []any{s.Expert().Username}}},
		{"published", "publish", s.Operator, J{"deadline": s.Clock.Now().Add(30 * 24 * time.Hour).Format(time.RFC3339)}},
	} {
		if r.Text("state") == state {
			return id, r.ETag
		}
		r = step.by.Act(path+"/"+step.verb, r.ETag, step.body).Want(200)
	}
	if got := r.Text("state"); got != state {
		s.T.Fatalf("the stage makes no challenge in state %s; it made one in %s", state, got)
	}
	return id, r.ETag
}

// Expert is somebody who is asked to refine challenges.
func (s *Stage) Expert() *Client {
	if s.expert == nil {
		s.expert = s.Person("expert.bai")
	}
	return s.expert
}

// Comment is what the expert says of a challenge that is refined.
func (s *Stage) Comment() (id, etag string) {
	challenge, _ := s.ChallengeIn("refining")
	r := s.Expert().Post("/v1/challenges/"+challenge+"/comments", J{"place": "/indicators/0", "comment": "请写明测定标准与测定时长。"}).Want(201)
	return r.Text("id"), r.ETag
}

// Question is what somebody asks about a published challenge.
func (s *Stage) Question() (id, etag string) {
	challenge, _ := s.ChallengeIn("published")
	r := s.Stranger.Post("/v1/challenges/"+challenge+"/questions", J{"question": "试验期间的水、电由谁承担？"}).Want(201)
	return r.Text("id"), s.Buyer.Get("/v1/challenge-questions/" + r.Text("id")).Want(200).ETag
}

// TemplateBody is a template of criteria.
func (s *Stage) TemplateBody() J {
	return J{"name": fmt.Sprintf("评审指标 %d", s.Serial()), "criteria": []any{J{"name": "技术路线", "weight_bp": 10000}}}
}

// Discussed makes a published challenge with so many comments, questions and addenda, and returns its id.
func (s *Stage) Discussed(many int) string {
	id, _ := s.ChallengeIn("refining")
	path := "/v1/challenges/" + id
	for range many {
		r := s.Expert().Post(path+"/comments", J{"comment": "请写明测定标准。"}).Want(201)
		s.Buyer.Act("/v1/challenge-comments/"+r.Text("id")+"/settle", r.ETag, J{"answer": "已写明。"}).Want(200)
	}
	deadline := s.Clock.Now().Add(30 * 24 * time.Hour)
	r := s.Operator.Act(path+"/publish", s.Operator.Get(path).ETag, J{"deadline": deadline.Format(time.RFC3339)}).Want(200)
	for i := range many {
		s.Stranger.Post(path+"/questions", J{"question": "试验期间的水、电由谁承担？"}).Want(201)
		r = s.Operator.Act(path+"/addenda", r.ETag, J{"change": "测定时长改为七日。", "deadline": deadline.Add(time.Duration(i+1) * time.Hour).Format(time.RFC3339)}).Want(200)
	}
	return id
}
