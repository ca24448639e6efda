package challenges_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"jiebang/api/apitest"
	"jiebang/api/edge/edgetest"
	"jiebang/internal/challenges"
	"jiebang/internal/db"
	"jiebang/internal/db/dbtest"
)

// From every state, every step that does not begin there is refused to everybody, and changes nothing: whoever may take it elsewhere is told
// that the state is wrong. Steps and states are the state machine's own.
func TestNoStepBeginsWhereItShouldNot(t *testing.T) {
	spec, err := edgetest.Spec()
	if err != nil {
		t.Fatal(err)
	}
	paths := map[string]string{}
	for _, op := range spec.Operations() {
		paths[op.ID] = op.Path
	}
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		s := apitest.NewStage(apitest.New(t, o))
		bodies := stepBodies(s)
		roles := map[string]*apitest.Client{
			"visitor": s.Visitor(), "stranger": s.Stranger, "poster": s.Buyer, "another of the poster": s.Buyer2, "expert": s.Expert(), "operator": s.Operator, "deputy": s.Deputy,
		}
		id, _ := s.ChallengeIn("published")
		tried := 0
		for _, state := range challenges.States {
			err := s.App.DB.Writer.WithContext(t.Context()).Exec("UPDATE challenges SET state = ? WHERE id = ?", state, id).Error
			if err != nil {
				t.Fatal(err)
			}
			tag := s.Operator.Get("/v1/challenges/" + id).Want(200).ETag
			for _, step := range challenges.Steps {
				if step.Operation == "" || slices.Contains(step.From, state) {
					continue
				}
				path := "/v1/challenges/" + id + paths[step.Operation][len("/v1/challenges/{id}"):]
				may := 0
				for name, client := range roles {
					r := client.Act(path, tag, bodies[step.Operation])
					switch {
					case r.Status == 409 && r.Text("code") == "wrong_state":
						may++
					case r.Status != 401 && r.Status != 403 && r.Status != 404:
						t.Errorf("%s from %s by %s: %d %v", step.Name, state, name, r.Status, r.Body)
					}
					tried++
				}
				if may == 0 {
					t.Errorf("%s from %s: nobody is told that it is the state's fault", step.Name, state)
				}
			}
			if now := s.Operator.Get("/v1/challenges/" + id).Want(200).ETag; now != tag {
				t.Errorf("something changed from %s", state)
			}
		}
		t.Logf("%d forbidden steps tried", tried)
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
