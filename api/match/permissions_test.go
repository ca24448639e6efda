package match_test

import (
	"testing"

	"jiebang/api/apitest"
)

func TestWhoMayDoWhat(t *testing.T) {
	apitest.Matrix(t, "match", func(s *apitest.Stage) []apitest.Role {
		return []apitest.Role{
			apitest.As("visitor", s.Visitor()), apitest.As("stranger", s.Stranger), apitest.As("owner: who wrote it", s.Editor), apitest.As("owner: another member", s.Chief), apitest.As("operator", s.Operator),
		}
	}, func(s *apitest.Stage) map[string]func() apitest.Call {
		result, _ := s.ResultIn("draft")
		team, _ := s.TeamIn("draft")
		need := s.Editor.Post("/v1/needs", apitest.J{
			"owner_id": s.Uni, "title": "实验室废气治理", "field": "environment", "problem": "实验室通风橱排出的废气需要治理。",
		}).Want(201).Text("id")
		round, _ := s.RoundIn("open")
		body := s.ChallengeBody(round)
		body["owner_id"] = s.Uni
		challenge := s.Editor.Post("/v1/challenges", body).Want(201).Text("id")
		return map[string]func() apitest.Call{
			"search":            apitest.Get("/v1/search?q=%E5%BA%9F%E6%B0%94"),
			"suggest":           apitest.Get("/v1/suggestions?q=%E5%BA%9F"),
			"matchText":         apitest.Post("/v1/matches", func() apitest.J { return apitest.J{"kind": "result", "text": "喷漆线废气量大，浓度不高"} }),
			"similarResults":    apitest.Get("/v1/results/" + result + "/similar"),
			"similarNeeds":      apitest.Get("/v1/needs/" + need + "/similar"),
			"matchNeed":         apitest.Get("/v1/needs/" + need + "/matches"),
			"matchResult":       apitest.Get("/v1/results/" + result + "/matches"),
			"searchHall":        apitest.Get("/v1/hall"),
			"matchChallenge":    apitest.Get("/v1/challenges/" + challenge + "/matches"),
			"similarChallenges": apitest.Get("/v1/challenges/" + challenge + "/similar"),
			"similarTeams":      apitest.Get("/v1/teams/" + team + "/similar"),
			"matchTeam":         apitest.Get("/v1/teams/" + team + "/matches"),
		}
	})
}
