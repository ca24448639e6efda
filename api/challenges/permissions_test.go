package challenges_test

import (
	"testing"

	"jiebang/api/apitest"
)

func TestWhoMayDoWhat(t *testing.T) {
	apitest.Matrix(t, "challenges", func(s *apitest.Stage) []apitest.Role {
		return []apitest.Role{
			apitest.As("visitor", s.Visitor()), apitest.As("stranger", s.Stranger), apitest.As("poster's member who wrote it", s.Buyer), apitest.As("another member of the poster", s.Buyer2),
			apitest.As("expert who was asked", s.Expert()), apitest.As("registrar", s.First), apitest.As("operator who entered the round", s.Operator), apitest.As("another operator", s.Deputy),
			apitest.As("bidder's member who drafted it", s.Editor), apitest.As("another member of the bidder", s.Chief),
		}
	}, func(s *apitest.Stage) map[string]func() apitest.Call {
		round, _ := s.RoundIn("draft")
		refining, _ := s.ChallengeIn("refining")
		published, _ := s.ChallengeIn("published")
		comment, _ := s.Comment()
		s.Experts()
		listed, _ := s.Listed()
		question, _ := s.Question()
		template := func() (string, string) {
			r := s.Operator.Post("/v1/criteria-templates", s.TemplateBody()).Want(201)
			return r.Text("id"), r.ETag
		}
		known, _ := template()
		in := func(state string) func() (string, string) {
			return func() (string, string) { return s.ChallengeIn(state) }
		}
		reason := apitest.J{"reason": "指标与现有国家标准不一致，请核对。"}
		return map[string]func() apitest.Call{
			"createRound": apitest.Create("/v1/rounds", s.RoundBody),
			"listRounds":  apitest.Get("/v1/rounds"),
			"getRound":    apitest.Get("/v1/rounds/" + round),
			"replaceRound": func() apitest.Call {
				id, tag := s.RoundIn("draft")
				return apitest.Call{Method: "PUT", Path: "/v1/rounds/" + id, ETag: tag, Body: s.RoundBody()}
			},
			"deleteRound":            apitest.Remove("rounds", "", func() (string, string) { return s.RoundIn("draft") }),
			"openRound":              apitest.Act("rounds", "open", func() (string, string) { return s.RoundIn("draft") }, nil),
			"closeRound":             apitest.Act("rounds", "close", func() (string, string) { return s.RoundIn("open") }, nil),
			"createCriteriaTemplate": apitest.Create("/v1/criteria-templates", s.TemplateBody),
			"listCriteriaTemplates":  apitest.Get("/v1/criteria-templates"),
			"getCriteriaTemplate":    apitest.Get("/v1/criteria-templates/" + known),
			"replaceCriteriaTemplate": func() apitest.Call {
				id, tag := template()
				return apitest.Call{Method: "PUT", Path: "/v1/criteria-templates/" + id, ETag: tag, Body: s.TemplateBody()}
			},
			"deleteCriteriaTemplate": apitest.Remove("criteria-templates", "", template),

			"createChallenge": apitest.Create("/v1/challenges", func() apitest.J { round, _ := s.RoundIn("open"); return s.ChallengeBody(round) }),
			"listChallenges":  apitest.Get("/v1/challenges"),
			"getChallenge":    apitest.Get("/v1/challenges/" + refining),
			"replaceChallenge": func() apitest.Call {
				round, _ := s.RoundIn("open")
				id, tag := s.ChallengeIn("draft")
				return apitest.Call{Method: "PUT", Path: "/v1/challenges/" + id, ETag: tag, Body: s.ChallengeBody(round)}
			},
			"deleteChallenge":          apitest.Remove("challenges", "", in("draft")),
			"submitChallenge":          apitest.Act("challenges", "submit", in("draft"), nil),
			"takeBackChallenge":        apitest.Act("challenges", "take-back", in("submitted"), nil),
			"returnChallenge":          apitest.Act("challenges", "return", in("reserve"), reason),
			"shelveChallenge":          apitest.Act("challenges", "shelve", in("submitted"), nil),
			"refineChallenge":          apitest.Act("challenges", "refine", in("reserve"), apitest.J{"experts": []any{s.Expert().Username}}),
			"publishChallenge":         apitest.Act("challenges", "publish", in("refining"), apitest.J{"deadline": "2038-12-15"}),
			"cancelChallenge":          apitest.Act("challenges", "cancel", in("published"), reason),
			"addChallengeAddendum":     apitest.Act("challenges", "addenda", in("published"), apitest.J{"change": "第一项指标改为连续测定七日。", "deadline": "2038-12-22"}),
			"beginChallengeReview":     apitest.Act("challenges", "review", func() (string, string) { return s.OpenedIn("reviewing") }, apitest.J{"reviewers": 3}),
			"redrawChallengeReviewers": apitest.Act("challenges", "redraw", s.Lacking, apitest.J{"reason": "一名专家因利益冲突退出。"}),
			"answerChallengeBids": func() apitest.Call {
				id, tag := s.OpenedIn("awarded")
				return apitest.Call{Method: "POST", Path: "/v1/challenges/" + id + "/answers", ETag: tag, Body: apitest.J{
					"answers": []any{apitest.J{"bid_ids": []any{s.BidOf(id)}, "answer": "评审第一，已定榜。"}},
				}}
			},
			"concludeChallengeReview": apitest.Act("challenges", "conclude-review", func() (string, string) { return s.OpenedIn("reviewed") }, nil),
			"dismissChallengeBids":    apitest.Act("challenges", "dismiss-bids", s.FailedReview, reason),
			"proposeChallengeAward": func() apitest.Call {
				id, tag := s.OpenedIn("confirming")
				return apitest.Call{Method: "POST", Path: "/v1/challenges/" + id + "/propose", ETag: tag, Body: s.Proposal(s.BidOf(id))}
			},
			"reconsiderChallenge":  apitest.Act("challenges", "reconsider", s.Objected, reason),
			"awardChallenge":       apitest.Act("challenges", "award", s.Noticed, nil),
			"answerBid":            apitest.Act("bids", "answer", s.Ended, apitest.J{"answer": "评审第一，已定榜。"}),
			"getReviewedPlan":      func() apitest.Call { return apitest.Get("/v1/review-items/" + s.UnderReview() + "/plan")() },
			"listChallengeAwards":  apitest.Get("/v1/challenges/" + published + "/awards"),
			"listChallengeAddenda": apitest.Get("/v1/challenges/" + published + "/addenda"),
			"listChallengeSteps":   apitest.Get("/v1/challenges/" + published + "/steps"),

			"askChallenge": func() apitest.Call {
				id, _ := s.ChallengeIn("published")
				return apitest.Call{Method: "POST", Path: "/v1/challenges/" + id + "/questions", Body: apitest.J{"question": "试验期间的水、电由谁承担？"}, Creates: true}
			},
			"listChallengeQuestions":  apitest.Get("/v1/challenges/" + published + "/questions"),
			"getChallengeQuestion":    apitest.Get("/v1/challenge-questions/" + question),
			"answerChallengeQuestion": apitest.Act("challenge-questions", "answer", s.Question, apitest.J{"answer": "由发榜方承担。"}),
			"commentChallenge":        apitest.Create("/v1/challenges/"+refining+"/comments", func() apitest.J { return apitest.J{"comment": "请写明测定标准。"} }),
			"listChallengeComments":   apitest.Get("/v1/challenges/" + refining + "/comments"),
			"getChallengeComment":     apitest.Get("/v1/challenge-comments/" + comment),

			"createBid":       apitest.Create("/v1/bids", func() apitest.J { challenge, _ := s.ChallengeIn("published"); return s.BidBody(challenge) }),
			"listBidReceipts": apitest.Get("/v1/challenges/" + published + "/receipts"),
			"listBids":        apitest.Get("/v1/bids"),
			"getBid":          func() apitest.Call { id, _ := s.BidIn("submitted"); return apitest.Get("/v1/bids/" + id)() },
			"replaceBid": func() apitest.Call {
				id, tag := s.BidIn("submitted")
				return apitest.Call{Method: "PUT", Path: "/v1/bids/" + id, ETag: tag, Body: apitest.J{"offer": s.OfferBody()}}
			},
			"deleteBid":   apitest.Remove("bids", "", func() (string, string) { return s.BidIn("draft") }),
			"submitBid":   apitest.Act("bids", "submit", func() (string, string) { return s.BidIn("draft") }, nil),
			"withdrawBid": apitest.Act("bids", "withdraw", func() (string, string) { return s.BidIn("submitted") }, nil),
			"getBidReceipt": func() apitest.Call {
				id, _ := s.BidIn("submitted")
				return apitest.Get("/v1/bids/" + id + "/receipt")()
			},

			"createBlacklistEntry": apitest.Create("/v1/blacklist", s.ListedBody),
			"listBlacklist":        apitest.Get("/v1/blacklist"),
			"getBlacklistEntry":    apitest.Get("/v1/blacklist/" + listed),
			"replaceBlacklistEntry": func() apitest.Call {
				id, tag := s.Listed()
				return apitest.Call{Method: "PUT", Path: "/v1/blacklist/" + id, ETag: tag, Body: s.ListedBody()}
			},
			"deleteBlacklistEntry": apitest.Remove("blacklist", "", s.Listed),

			"settleChallengeComment": apitest.Act("challenge-comments", "settle", s.Comment, apitest.J{"answer": "已写明按 HJ 38 连续测定七日。"}),
		}
	})
}
