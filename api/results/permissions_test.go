package results_test

import (
	"testing"

	"jiebang/api/apitest"
)

func TestWhoMayDoWhat(t *testing.T) {
	apitest.Matrix(t, "results", func(s *apitest.Stage) []apitest.Role {
		return []apitest.Role{
			apitest.As("visitor", s.Visitor()), apitest.As("stranger", s.Stranger), apitest.As("owner: who wrote it", s.Editor), apitest.As("owner: another member", s.Chief),
			apitest.As("registrar", s.First), apitest.As("operator", s.Operator),
		}
	}, func(s *apitest.Stage) map[string]func() apitest.Call {
		draft, _ := s.ResultIn("draft")
		body := apitest.J{"owner_id": s.Uni, "title": "改过的标题", "field": "environment", "abstract": "改过的正文，说得更清楚一些了。"}
		return map[string]func() apitest.Call{
			"createResult":       apitest.Create("/v1/results", func() apitest.J { return body }),
			"listResults":        apitest.Get("/v1/results"),
			"getResult":          apitest.Get("/v1/results/" + draft),
			"deleteResult":       apitest.Remove("results", "", apitest.In("draft", s.ResultIn)),
			"dropResultRevision": apitest.Remove("results", "/revision", s.ResultRevision),
			"setResultOffer": func() apitest.Call {
				id, etag := s.ResultIn("published")
				return apitest.Call{Method: "PUT", Path: "/v1/results/" + id + "/offer", ETag: etag, Body: apitest.J{"contact": apitest.J{"name": "李工"}}}
			},
			"recordRightsGrant": func() apitest.Call {
				id, etag := s.ResultWithInventor()
				return apitest.Call{Method: "POST", Path: "/v1/results/" + id + "/rights-grants", ETag: etag, Body: s.RightsGrantBody()}
			},
			"endRightsGrant": func() apitest.Call {
				id, etag, grant := s.GrantedResult()
				return apitest.Call{Method: "POST", Path: "/v1/results/" + id + "/rights-grants/end", ETag: etag, Body: apitest.J{"grant_id": grant, "reason": "双方协议解除"}}
			},
			"replaceResult":  apitest.Put("results", apitest.In("draft", s.ResultIn), body),
			"submitResult":   apitest.Act("results", "submit", apitest.In("draft", s.ResultIn), nil),
			"returnResult":   apitest.Act("results", "return", apitest.In("submitted", s.ResultIn), apitest.J{"reason": "请补充指标"}),
			"takeBackResult": apitest.Act("results", "take-back", apitest.In("submitted", s.ResultIn), nil),
			"publishResult":  apitest.Act("results", "publish", apitest.In("submitted", s.ResultIn), nil),
			"withdrawResult": apitest.Act("results", "withdraw", apitest.In("published", s.ResultIn), nil),
		}
	})
}
