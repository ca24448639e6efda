package challenges_test

import (
	"fmt"
	"testing"
	"time"

	"jiebang/api/apitest"
	"jiebang/internal/challenges"
)

// From every state, every step that does not begin there is refused to everybody, and changes nothing: whoever may take it elsewhere is told
// that the state is wrong. Steps and states are the state machine's own.
func TestNoStepBeginsWhereItShouldNot(t *testing.T) {
	apitest.Each(t, func(h *apitest.House) {
		s := apitest.NewStage(h)
		bodies := stepBodies(s)
		roles := []apitest.Role{
			apitest.As("visitor", s.Visitor()), apitest.As("stranger", s.Stranger), apitest.As("poster", s.Buyer), apitest.As("another of the poster", s.Buyer2),
			apitest.As("expert", s.Expert()), apitest.As("operator", s.Operator), apitest.As("deputy", s.Deputy),
		}
		id, _ := s.ChallengeIn("published")
		m := apitest.MachineOf("challenges", id, challenges.States, challenges.Steps)
		m.Seen = func() string { return s.Operator.Get("/v1/challenges/" + id).Want(200).ETag }
		s.Forbidden(m, roles, bodies)
	})
}

// stepBodies are what each step's operation takes.
func stepBodies(s *apitest.Stage) map[string]any {
	reason := j{"reason": "指标与现有国家标准不一致，请核对。"}
	return map[string]any{
		"returnChallenge": reason, "cancelChallenge": reason, "dismissChallengeBids": reason, "reconsiderChallenge": reason,
		"refineChallenge":       j{"experts": []any{s.Expert().Username}},
		"publishChallenge":      j{"deadline": s.Clock.Now().Add(24 * time.Hour).Format(time.RFC3339)},
		"proposeChallengeAward": j{"reason": "技术路线成熟，报价合理。", "winners": []any{j{"bid_id": fmt.Sprintf("%08d-0000-4000-8000-000000000000", s.Serial()), "reason": "评审第一。"}}},
	}
}
