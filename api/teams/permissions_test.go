package teams_test

import (
	"testing"

	"jiebang/api/apitest"
)

func TestWhoMayDoWhat(t *testing.T) {
	apitest.Matrix(t, "teams", func(s *apitest.Stage) []apitest.Role {
		return []apitest.Role{
			apitest.As("visitor", s.Visitor()), apitest.As("stranger", s.Stranger), apitest.As("owner: who wrote it", s.Editor), apitest.As("owner: another member", s.Chief),
			apitest.As("registrar", s.First), apitest.As("operator", s.Operator),
		}
	}, func(s *apitest.Stage) map[string]func() apitest.Call {
		draft, _ := s.TeamIn("draft")
		body := apitest.J{"owner_id": s.Uni, "title": "改过的名称", "field": "environment", "introduction": "改过的正文，说得更清楚一些了。", "leader": apitest.J{"name": "林砚舟"}}
		live := func(part string, body apitest.J) func() apitest.Call {
			return func() apitest.Call {
				id, etag := s.TeamIn("published")
				return apitest.Call{Method: "PUT", Path: "/v1/teams/" + id + part, ETag: etag, Body: body}
			}
		}
		return map[string]func() apitest.Call{
			"createTeam":         apitest.Create("/v1/teams", func() apitest.J { return body }),
			"listTeams":          apitest.Get("/v1/teams"),
			"getTeam":            apitest.Get("/v1/teams/" + draft),
			"deleteTeam":         apitest.Remove("teams", "", apitest.In("draft", s.TeamIn)),
			"dropTeamRevision":   apitest.Remove("teams", "/revision", s.TeamRevision),
			"setTeamOffer":       live("/offer", apitest.J{"contact": apitest.J{"name": "林老师"}, "paused": true, "withheld_names": []any{}}),
			"replaceTeam":        apitest.Put("teams", apitest.In("draft", s.TeamIn), body),
			"submitTeam":         apitest.Act("teams", "submit", apitest.In("draft", s.TeamIn), nil),
			"returnTeam":         apitest.Act("teams", "return", apitest.In("submitted", s.TeamIn), apitest.J{"reason": "请补充成员"}),
			"takeBackTeam":       apitest.Act("teams", "take-back", apitest.In("submitted", s.TeamIn), nil),
			"publishTeam":        apitest.Act("teams", "publish", apitest.In("submitted", s.TeamIn), nil),
			"withdrawTeam":       apitest.Act("teams", "withdraw", apitest.In("published", s.TeamIn), nil),
			"keepTeamProgrammes": live("/programmes", apitest.J{"programmes": []apitest.J{{"name": "带土移植", "from": "2026-01-01"}}}),
		}
	})
}
