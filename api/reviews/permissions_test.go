package reviews_test

import (
	"testing"

	"jiebang/api/apitest"
)

func TestWhoMayDoWhat(t *testing.T) {
	apitest.Matrix(t, "reviews", func(s *apitest.Stage) []apitest.Role {
		return []apitest.Role{
			apitest.As("visitor", s.Visitor()), apitest.As("stranger", s.Stranger), apitest.As("reviewer who leads", s.Editor), apitest.As("another reviewer", s.Chief), apitest.As("operator", s.Operator),
		}
	}, func(s *apitest.Stage) map[string]func() apitest.Call {
		panel, _, parts := s.Panel(s.Editor, s.Chief, s.Buyer, "accepted")
		// part is the leading reviewer's, with the item that they review.
		part := func(state string) (id, etag, item string) {
			_, item, parts := s.Panel(s.Editor, s.Chief, s.Buyer, state)
			return parts[0], s.Editor.Get("/v1/reviews/" + parts[0]).Want(200).ETag, item
		}
		act := func(verb, state string, body func(item string) any) func() apitest.Call {
			return func() apitest.Call {
				id, tag, item := part(state)
				return apitest.Call{Method: "POST", Path: "/v1/reviews/" + id + "/" + verb, ETag: tag, Body: body(item)}
			}
		}
		whole := func(state string) func() (string, string) {
			return func() (string, string) {
				id, _, _ := s.Panel(s.Editor, s.Chief, s.Buyer, state)
				return id, s.Operator.Get("/v1/review-panels/" + id).Want(200).ETag
			}
		}
		return map[string]func() apitest.Call{
			"listReviewPanels":     apitest.Get("/v1/review-panels"),
			"getReviewPanel":       apitest.Get("/v1/review-panels/" + panel),
			"closeScoring":         apitest.Act("review-panels", "close-scoring", whole("scored"), nil),
			"finishReviewPanel":    apitest.Act("review-panels", "finish", whole("agreed"), nil),
			"listReviews":          apitest.Get("/v1/reviews"),
			"getReview":            apitest.Get("/v1/reviews/" + parts[0]),
			"acceptReview":         act("accept", "asked", func(string) any { return nil }),
			"refuseReview":         act("refuse", "accepted", func(string) any { return apitest.J{"reason": "conflict"} }),
			"scoreReviewItem":      act("score", "accepted", func(item string) any { return s.Marks(item) }),
			"recuseFromReviewItem": act("recuse", "accepted", func(item string) any { return apitest.J{"item_id": item, "reason": "与申报团队有合作"} }),
			"recordReviewConsensus": act("consensus", "consensus", func(item string) any {
				return s.Agreement(item)
			}),
		}
	})
}
