package needs_test

import (
	"testing"

	"jiebang/api/apitest"
)

func TestWhoMayDoWhat(t *testing.T) {
	apitest.Matrix(t, "needs", func(s *apitest.Stage) []apitest.Role {
		return []apitest.Role{
			apitest.As("visitor", s.Visitor()), apitest.As("stranger", s.Stranger), apitest.As("owner: who wrote it", s.Buyer), apitest.As("owner: another member", s.Buyer2),
			apitest.As("registrar", s.First), apitest.As("operator", s.Operator),
		}
	}, func(s *apitest.Stage) map[string]func() apitest.Call {
		draft, _ := s.NeedIn("draft")
		body := apitest.J{"owner_id": s.Firm, "title": "改过的标题", "field": "environment", "problem": "改过的正文，说得更清楚一些了。"}
		return map[string]func() apitest.Call{
			"createNeed":       apitest.Create("/v1/needs", func() apitest.J { return body }),
			"listNeeds":        apitest.Get("/v1/needs"),
			"getNeed":          apitest.Get("/v1/needs/" + draft),
			"deleteNeed":       apitest.Remove("needs", "", apitest.In("draft", s.NeedIn)),
			"dropNeedRevision": apitest.Remove("needs", "/revision", s.NeedRevision),
			"setNeedOffer": func() apitest.Call {
				id, etag := s.NeedIn("open")
				return apitest.Call{Method: "PUT", Path: "/v1/needs/" + id + "/offer", ETag: etag, Body: apitest.J{"contact": apitest.J{"name": "李工"}}}
			},
			"replaceNeed":  apitest.Put("needs", apitest.In("draft", s.NeedIn), body),
			"submitNeed":   apitest.Act("needs", "submit", apitest.In("draft", s.NeedIn), nil),
			"returnNeed":   apitest.Act("needs", "return", apitest.In("submitted", s.NeedIn), apitest.J{"reason": "请补充指标"}),
			"takeBackNeed": apitest.Act("needs", "take-back", apitest.In("submitted", s.NeedIn), nil),
			"publishNeed":  apitest.Act("needs", "publish", apitest.In("submitted", s.NeedIn), nil),
			"closeNeed":    apitest.Act("needs", "close", apitest.In("open", s.NeedIn), apitest.J{"reason": "solved"}),
		}
	})
}
