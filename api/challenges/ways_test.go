package challenges_test

import (
	"testing"

	"jiebang/api/apitest"
	"jiebang/internal/challenges"
	"jiebang/internal/notices"
	"jiebang/internal/programmes"
	"jiebang/internal/projects"
	"jiebang/internal/review"
)

// What holds of challenges (TestNoStepBeginsWhereItShouldNot) holds of all that goes with them.
func TestNothingBesideAChallengeBeginsWhereItShouldNot(t *testing.T) {
	apitest.Each(t, func(h *apitest.House) {
		s := apitest.NewStage(h)
		roles := []apitest.Role{
			apitest.As("visitor", s.Visitor()), apitest.As("stranger", s.Stranger), apitest.As("poster", s.Buyer), apitest.As("bidder", s.Editor),
			apitest.As("another of the bidder", s.Chief), apitest.As("operator", s.Operator), apitest.As("deputy", s.Deputy),
		}
		bid, _ := s.BidIn("submitted")
		bids := apitest.MachineOf("bids", bid, challenges.BidStates, challenges.BidWays)
		offer := map[string]any{"replaceBid": j{"offer": s.OfferBody()}, "answerBid": j{"answer": "评审第一，已定榜。"}}
		s.Forbidden(bids.But("answerBid"), roles, offer)
		// Before it is opened an operator is told of no bid; that it is answered begins behind that.
		if err := h.App.DB.Writer.WithContext(t.Context()).Exec("UPDATE bids SET opened_at = created_at WHERE id = ?", bid).Error; err != nil {
			t.Fatal(err)
		}
		s.Forbidden(apitest.MachineOf("bids", bid, challenges.BidStates, challenges.BidWays, "answerBid"), roles, offer)

		round, _ := s.RoundIn("draft")
		s.Forbidden(apitest.MachineOf("rounds", round, programmes.States, programmes.Ways), roles, map[string]any{"replaceRound": s.RoundBody()})

		milestone, _ := s.MilestoneIn("planned")
		s.Forbidden(apitest.MachineOf("milestones", milestone, projects.MilestoneStates, projects.MilestoneWays), roles, map[string]any{
			"submitMilestone": j{"evidence": "联调记录与检测报告见附件。"}, "returnMilestone": j{"reason": "缺第三方检测报告。"},
		})

		const agree = "recordReviewConsensus"
		reviewing := func(state string, operations ...string) {
			_, item, parts := s.Panel(s.Editor, s.Chief, s.Buyer, state)
			m := apitest.MachineOf("reviews", parts[0], review.ReviewStates, review.ReviewWays, operations...)
			if len(operations) == 0 {
				m = m.But(agree)
			}
			s.Forbidden(m, roles, map[string]any{
				"refuseReview": j{"reason": "conflict"}, "scoreReviewItem": s.Marks(item), "recuseFromReviewItem": j{"item_id": item, "reason": "与申报团队有合作"}, agree: s.Agreement(item),
			})
		}
		reviewing("accepted")
		reviewing("consensus", agree)

		objection, _ := s.Objection(s.Notice(s.Uni), s.Stranger, "received")
		s.Forbidden(apitest.MachineOf("objections", objection, notices.ObjectionStates, notices.ObjectionWays), roles, map[string]any{
			"completeObjection": j{"telephone": "13800000000"}, "requestObjectionCompletion": j{"lacks": []string{"evidence"}}, "answerObjection": j{"outcome": "dismissed", "text": "经核查，公示内容属实。"},
		})
	})
}
