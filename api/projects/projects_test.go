package projects_test

import (
	"strings"
	"testing"

	"jiebang/api/apitest"
)

// From pledge to acceptance, with two winners in parallel: signatures, money within its bounds, an elimination at a milestone, experts.
func TestTwoTeamsRunUntilOneIsAccepted(t *testing.T) {
	apitest.Each(t, func(h *apitest.House) {
		s := apitest.NewStage(h)
		challenge, ids := s.Awarded(s.Uni, s.Other())
		at := func(i int) string { return "/v1/projects/" + ids[i] }
		state := func() string { return s.Operator.Get("/v1/challenges/" + challenge).Want(200).Text("state") }

		// The pledge holds what was agreed, and is signed by both sides of each project before the challenge runs.
		r := s.Buyer.Get(at(0)).Want(200)
		s.Editor.Act(at(0)+"/sign", r.ETag, nil).Refused(409, "pledge_missing")
		r = s.Buyer.Act(at(0)+"/deviations", r.ETag, j{"indicator": "非甲烷总烃去除率", "value": "93", "reason": "夏季湿度过高，双方商定。"}).Want(200)
		s.Editor.Act(at(0)+"/agree-deviation", r.ETag, j{"deviation_id": r.Text("deviations", 0, "id")}).Want(200)

		// What the other side does not want, or its own took back, stays in the record and holds the pledge up no longer.
		propose := func(value string) *apitest.Response {
			return s.Buyer.Act(at(0)+"/deviations", s.Buyer.Get(at(0)).ETag, j{"indicator": "非甲烷总烃去除率", "value": value, "reason": "夏季湿度过高。"}).Want(200)
		}
		r = propose("91")
		s.Buyer.Put(at(0)+"/pledge", r.ETag, s.PledgeBody()).Refused(400, "invalid_input")
		one := j{"deviation_id": r.Text("deviations", 1, "id")}
		s.Editor.Act(at(0)+"/end-deviation", r.ETag, one).Refused(400, "invalid_input")
		one["reason"] = "装置不变，指标不变。"
		r = s.Editor.Act(at(0)+"/end-deviation", r.ETag, one).Want(200)
		if d := r.At("deviations", 1); r.Text("deviations", 1, "state") != "refused" || r.Text("deviations", 1, "ended_by") == "" || r.Text("deviations", 1, "ended_at") == "" {
			t.Errorf("a deviation that was refused: %v", d)
		}
		r = propose("92")
		r = s.Buyer.Act(at(0)+"/end-deviation", r.ETag, j{"deviation_id": r.Text("deviations", 2, "id")}).Want(200)
		if r.Text("deviations", 2, "state") != "withdrawn" || r.Text("targets", 0, "indicator", "value") != "93" {
			t.Errorf("a deviation that was taken back: %v", r.At("deviations"))
		}
		s.Lead(ids[0], "running")
		if state() != "awarded" {
			t.Errorf("the challenge is %s before all have signed", state())
		}
		r = s.Buyer.Put(at(1)+"/pledge", s.Buyer.Get(at(1)).ETag, s.PledgeBody()).Want(200)
		r = s.Stranger.Act(at(1)+"/sign", r.ETag, nil).Want(200)
		s.Buyer.Act(at(1)+"/countersign", r.ETag, nil).Want(200)
		if state() != "running" {
			t.Errorf("the challenge is %s when all have signed", state())
		}

		// A milestone: evidence, rework, acceptance; late from the day after it was due.
		r = s.Buyer.Get(at(0)).Want(200)
		milestone, deal := "/v1/milestones/"+r.Text("milestones", 0, "id"), r.Text("deal_id")
		m := s.Editor.Act(milestone+"/submit", s.Editor.Get(milestone).ETag, j{"evidence": "联调记录见附件。"}).Want(200)
		s.Buyer.Act(milestone+"/return", m.ETag, j{"reason": "缺第三方检测报告。"}).Want(200)
		h.Clock.Set("2026-03-16T15:00:00Z")
		if got := s.Buyer.Get(milestone).Want(200); got.At("late") != false {
			t.Error("it is late on the day itself")
		}
		h.Clock.Set("2026-03-16T16:00:00Z") // the next day in Shanghai
		if got := s.Editor.Get(milestone).Want(200); got.At("late") != true {
			t.Error("it is not late on the day after")
		}
		if got := s.Buyer.Get(at(0)).Want(200).At("late_milestones"); got != float64(1) {
			t.Errorf("late milestones: %v", got)
		}
		s.Late(strings.TrimPrefix(milestone, "/v1/milestones/")) // whose job would do so at any moment
		m = s.Editor.Get(milestone).Want(200)
		m = s.Editor.Act(milestone+"/submit", m.ETag, j{"evidence": "补充第三方检测报告。"}).Want(200)
		s.Buyer.Act(milestone+"/accept", m.ETag, nil).Want(200)

		// Money: on the contract, no more than was agreed; the bureau's part no more than its share of what was paid, rounded down.
		pay := func(yuan string) *apitest.Response {
			return s.Buyer.Post(milestone+"/payments", j{"amount": apitest.Money(yuan), "paid_on": "2026-03-16"})
		}
		grant := func(yuan string) *apitest.Response {
			return s.Operator.Post(milestone+"/grants", j{"amount": apitest.Money(yuan), "paid_on": "2026-03-16"})
		}
		pay("1.00").Refused(409, "contract_missing")
		contract := s.Signed(deal)
		grant("0.01").Refused(409, "grant_too_much")
		pay("333333.33").Want(201)
		grant("100000.00").Refused(409, "grant_too_much")
		grant("99999.99").Want(201)
		grant("0.01").Refused(409, "grant_too_much")
		pay("216666.69").Refused(409, "pays_too_much") // the milestone has 650,000.00 in all
		pay("216666.68").Want(201)
		// What is recorded straight on the contract is held to the same: to what was agreed in all, and to the milestone that it names.
		straight := func(yuan string, milestone any) *apitest.Response {
			body := j{"amount": apitest.Money(yuan), "paid_on": "2026-03-16"}
			if milestone != nil {
				body["milestone_id"] = milestone
			}
			return s.Buyer.Post("/v1/contracts/"+contract+"/payments", body)
		}
		straight("450000.00", nil).Refused(409, "pays_too_much") // 1,000,000.00 were agreed, 550,000.01 are paid
		straight("0.01", r.Text("milestones", 0, "id")).Refused(409, "pays_too_much")
		other := s.Operator.Get(at(1)).Want(200).Text("milestones", 0, "id")
		straight("0.01", other).Refused(400, "invalid_input")
		payments := s.Buyer.Get("/v1/contracts/" + contract + "/payments").Want(200)
		if len(payments.Items()) != 2 || payments.Text("items", 0, "milestone_id") == "" {
			t.Errorf("on the contract: %s", payments.Raw)
		}
		s.Buyer.Post("/v1/payments/"+payments.Text("items", 1, "id")+"/reversals", j{"amount": apitest.Money("333333.33"), "paid_on": "2026-03-16", "note": "退款"}).Want(201)
		got := s.Operator.Get(at(0)).Want(200)
		if got.Text("money", "paid", "amount") != "216666.68" || got.Text("money", "grant_ceiling", "amount") != "65000.00" || got.Text("money", "excess", "amount") != "34999.99" {
			t.Errorf("after the poster took money back: %v", got.At("money"))
		}
		g := s.Operator.Get("/v1/grants?project_id="+ids[0]).Want(200).Text("items", 0, "id")
		back := j{"amount": apitest.Money("34999.99"), "paid_on": "2026-03-16", "note": "收回超出部分"}
		s.Operator.Post("/v1/grants/"+g+"/reversals", back).Want(201)
		s.Operator.Post("/v1/grants/"+g+"/reversals", j{"amount": apitest.Money("65000.01"), "paid_on": "2026-03-16", "note": "超出所余"}).Refused(400, "invalid_input")
		if got := s.Operator.Get(at(0)).Want(200); got.Text("money", "excess", "amount") != "0.00" {
			t.Errorf("after the excess came back: %v", got.At("money"))
		}

		// One is dropped without fault; the last that runs is not. Experts decide what was reached, by what was agreed.
		s.Buyer.Act(at(1)+"/eliminate", s.Buyer.Get(at(1)).ETag, j{"reason": "样机未达到阶段指标。"}).Want(200)
		s.Buyer.Act(at(0)+"/eliminate", s.Buyer.Get(at(0)).ETag, j{"reason": "样机未达到阶段指标。"}).Refused(409, "only_project")
		r = s.Operator.Get(at(0)).Want(200)
		s.Operator.Act(at(0)+"/experts", r.ETag, j{"experts": []any{s.Chief.Username}}).Refused(400, "invalid_input")
		r = s.Operator.Act(at(0)+"/experts", r.ETag, j{"experts": []any{s.Expert().Username}}).Want(200)
		s.Operator.Act(at(0)+"/accept", r.ETag, j{"reason": "全部指标达到。"}).Refused(409, "targets_unmet")
		s.Expert().Act(at(0)+"/checks", r.ETag, s.CheckBody("92.99", true)).Refused(400, "invalid_input")
		r = s.Expert().Act(at(0)+"/checks", r.ETag, s.CheckBody("93", true)).Want(200)
		r = s.Operator.Act(at(0)+"/accept", r.ETag, j{"reason": "全部指标达到。", "level": "domestic_lead"}).Want(200)
		if r.Text("state") != "accepted" || r.Text("outcome", "level") != "domestic_lead" || state() != "accepted" {
			t.Errorf("%s, and the challenge is %s", r.Raw, state())
		}
		s.Operator.Act(at(0)+"/fail", r.ETag, j{"reason": "改变结论。", "with_fault": false}).Refused(409, "wrong_state")
	})
}

// Two of one challenge that end at once leave it ended: the second sees the first. The first to reach the targets ends the rest.
func TestTheFirstToReachTheTargetsEndsTheRest(t *testing.T) {
	apitest.Each(t, func(h *apitest.House) {
		s := apitest.NewStage(h)
		challenge, ids := s.Awarded(s.Uni, s.Other())
		_, tag := s.Lead(ids[0], "checked")
		s.Operator.Act("/v1/projects/"+ids[0]+"/accept", tag, j{"reason": "先行达到全部指标。", "ends_others": true}).Want(200)
		if got := s.Stranger.Get("/v1/projects/" + ids[1]).Want(200).Text("state"); got != "overtaken" {
			t.Errorf("the other is %s", got)
		}
		if got := s.Operator.Get("/v1/challenges/" + challenge).Want(200).Text("state"); got != "accepted" {
			t.Errorf("the challenge is %s", got)
		}

		challenge, ids = s.Awarded()
		_, tag = s.Lead(ids[0], "running")
		s.Editor.Act("/v1/projects/"+ids[0]+"/withdraw", tag, j{"reason": "核心人员离职。"}).Want(200)
		if got := s.Operator.Get("/v1/challenges/" + challenge).Want(200).Text("state"); got != "failed" {
			t.Errorf("the challenge is %s", got)
		}
	})
}
