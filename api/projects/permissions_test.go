package projects_test

import (
	"testing"

	"jiebang/api/apitest"
)

type j = apitest.J

func TestWhoMayDoWhat(t *testing.T) {
	apitest.Matrix(t, "projects", func(s *apitest.Stage) []apitest.Role {
		return []apitest.Role{
			apitest.As("visitor", s.Visitor()), apitest.As("stranger", s.Stranger), apitest.As("winner's administrator", s.Editor), apitest.As("another member of the winner", s.Chief),
			apitest.As("poster's member", s.Buyer), apitest.As("another member of the poster", s.Buyer2), apitest.As("expert who checks", s.Expert()), apitest.As("operator", s.Operator),
		}
	}, func(s *apitest.Stage) map[string]func() apitest.Call {
		project, _ := s.Checked()
		milestone, _ := s.MilestoneIn("contracted")
		in := func(state string) func() (string, string) {
			return func() (string, string) { return s.ProjectIn(state) }
		}
		at := func(state string) func() (string, string) {
			return func() (string, string) { return s.MilestoneIn(state) }
		}
		reason := j{"reason": "样机未达到阶段指标。"}
		paid := j{"amount": apitest.Money("1000.00"), "paid_on": "2026-03-10"}
		s.Buyer.Post("/v1/milestones/"+milestone+"/payments", j{"amount": apitest.Money("500000.00"), "paid_on": "2026-03-10"}).Want(201)
		grant := s.Operator.Post("/v1/milestones/"+milestone+"/grants", paid).Want(201).Text("id")
		deviation := j{"indicator": "非甲烷总烃去除率", "value": "93", "reason": "夏季湿度过高，双方商定调整。"}
		return map[string]func() apitest.Call{
			"listProjects":     apitest.Get("/v1/projects"),
			"getProject":       apitest.Get("/v1/projects/" + project),
			"proposeDeviation": apitest.Act("projects", "deviations", in("pledging"), deviation),
			"agreeDeviation": func() apitest.Call {
				id, tag := s.ProjectIn("pledging")
				r := s.Buyer.Act("/v1/projects/"+id+"/deviations", tag, deviation).Want(200)
				return apitest.Call{Method: "POST", Path: "/v1/projects/" + id + "/agree-deviation", ETag: r.ETag, Body: j{"deviation_id": r.Text("deviations", 0, "id")}}
			},
			"endDeviation": func() apitest.Call {
				id, tag := s.ProjectIn("pledging")
				r := s.Buyer.Act("/v1/projects/"+id+"/deviations", tag, deviation).Want(200)
				return apitest.Call{Method: "POST", Path: "/v1/projects/" + id + "/end-deviation", ETag: r.ETag, Body: j{"deviation_id": r.Text("deviations", 0, "id"), "reason": "指标不变，另行复测。"}}
			},
			"draftPledge": func() apitest.Call {
				id, tag := s.ProjectIn("pledging")
				return apitest.Call{Method: "PUT", Path: "/v1/projects/" + id + "/pledge", ETag: tag, Body: s.PledgeBody()}
			},
			"signProject":        apitest.Act("projects", "sign", in("drafted"), nil),
			"countersignProject": apitest.Act("projects", "countersign", in("drafted"), nil),
			"eliminateProject": apitest.Act("projects", "eliminate", func() (string, string) {
				_, ids := s.Awarded(s.Uni, s.Other())
				return s.Lead(ids[0], "running")
			}, reason),
			"withdrawProject":     apitest.Act("projects", "withdraw", in("running"), reason),
			"nameProjectExperts":  apitest.Act("projects", "experts", in("running"), j{"experts": []any{s.Expert().Username}}),
			"checkTarget":         apitest.Act("projects", "checks", s.Checked, s.CheckBody("96.2", true)),
			"acceptProject":       apitest.Act("projects", "accept", s.Checked, j{"reason": "全部指标达到。"}),
			"failProject":         apitest.Act("projects", "fail", s.Checked, j{"reason": "未达到。", "with_fault": false}),
			"recordRecovery":      apitest.Act("projects", "recoveries", func() (string, string) { return s.Owing() }, j{"amount": apitest.Money("1.00")}),
			"getMilestone":        apitest.Get("/v1/milestones/" + milestone),
			"submitMilestone":     apitest.Act("milestones", "submit", at("planned"), j{"evidence": "联调记录见附件。"}),
			"withdrawMilestone":   apitest.Act("milestones", "withdraw", at("submitted"), nil),
			"acceptMilestone":     apitest.Act("milestones", "accept", at("submitted"), nil),
			"returnMilestone":     apitest.Act("milestones", "return", at("submitted"), reason),
			"payMilestone":        apitest.Create("/v1/milestones/"+milestone+"/payments", func() j { return paid }),
			"grantMilestone":      apitest.Create("/v1/milestones/"+milestone+"/grants", func() j { return paid }),
			"getChallengeFigures": apitest.Get("/v1/challenge-figures?year=2026"),
			"listGrants":          apitest.Get("/v1/grants"),
			"getGrant":            apitest.Get("/v1/grants/" + grant),
			"reverseGrant": apitest.Create("/v1/grants/"+grant+"/reversals", func() j {
				return j{"amount": apitest.Money("1.00"), "paid_on": "2026-03-10", "note": "记错，更正"}
			}),
		}
	})
}
