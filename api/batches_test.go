package api_test

import (
	"fmt"
	"testing"

	"jiebang/api/apitest"
)

// deciding names applications for a batch with the versions that somebody reads now.
func deciding(c *apitest.Client, ids ...string) []any {
	out := make([]any, len(ids))
	for i, id := range ids {
		out[i] = j{"id": id, "version": c.Get("/v1/applications/" + id).Want(200).At("version")}
	}
	return out
}

// outcomes are what became of each, by its place: done, or the code of its refusal.
func outcomes(r *apitest.Response) (out []string) {
	for i := range r.Want(200).Items() {
		said := "done"
		if r.At("items", i, "done") != true {
			said = r.Text("items", i, "code")
			if r.Text("items", i, "message") == "" || r.Text("items", i, "message_en") == "" {
				said += " without a word"
			}
		}
		out = append(out, said)
	}
	return out
}

// Registrars decide the same about several applications: each by its own rules, with an outcome of its own.
func TestRegistrarsDecideAboutSeveralApplicationsAtOnce(t *testing.T) {
	apitest.Each(t, func(h *apitest.House) {
		s := apitest.NewStage(h)
		want := func(r *apitest.Response, all ...string) {
			t.Helper()
			if got := outcomes(r); fmt.Sprint(got) != fmt.Sprint(all) {
				t.Errorf("%v, expected %v", got, all)
			}
		}
		decide := func(c *apitest.Client, action string, more j, all ...any) *apitest.Response {
			body := j{"kind": "application", "action": action, "applications": all}
			for k, v := range more {
				body[k] = v
			}
			return c.Do("POST", "/v1/batches", body, nil)
		}
		a, _ := s.Application("submitted")
		b, _ := s.Application("submitted")
		c, _ := s.Application("submitted")
		second, _ := s.Application("second_review")
		read := deciding(s.First, a, b, c, second)

		// Who cannot know of them is told nothing; a registrar of another office neither.
		want(decide(s.Stranger, "start_review", nil, read[0]), "not_found")
		want(decide(s.Far, "start_review", nil, read[0], read[1]), "not_found", "not_found")
		s.Visitor().Do("POST", "/v1/batches", j{"kind": "application", "action": "pass", "applications": read[:1]}, nil).Refused(401, "sign_in_required")

		// What is done, what stands elsewhere, and what was read before somebody else was faster.
		r := decide(s.First, "start_review", nil, read...)
		want(r, "done", "done", "done", "wrong_state")
		if r.At("done") != 3.0 || r.At("refused") != 1.0 || r.At("items", 0, "version") != 2.0 || r.At("items", 3, "version") != nil {
			t.Errorf("counts and versions: %s", r.Raw)
		}
		want(decide(s.First, "pass", nil, read[0]), "version_stale")
		want(decide(s.Second, "pass", nil, deciding(s.Second, a)...), "taken_by_another")

		// A call whose answer was lost is sent again: what was done is told as done, once; without its key it is stale.
		read = deciding(s.First, a, b, c)
		body := j{"kind": "application", "action": "pass", "note": "材料齐全", "applications": read}
		key := map[string]string{"Idempotency-Key": "pass-of-the-morning"}
		want(s.First.Do("POST", "/v1/batches", body, key), "done", "done", "done")
		again := s.First.Do("POST", "/v1/batches", body, key)
		want(again, "done", "done", "done")
		if again.At("items", 0, "version") != 3.0 {
			t.Errorf("a repeat: %s", again.Raw)
		}
		want(s.First.Do("POST", "/v1/batches", body, nil), "version_stale", "version_stale", "version_stale")
		body["note"] = "另一意见"
		want(s.First.Do("POST", "/v1/batches", body, key), "idempotency_key_reused", "idempotency_key_reused", "idempotency_key_reused")

		// The second review is another person's, and a twin wants its own reason.
		read = deciding(s.Second, a, b, c)
		want(decide(s.First, "grant", nil, read...), "own_decision", "own_decision", "own_decision")
		for i := range read[:2] {
			read[i].(j)["twin_reason"] = "另一批次，内容不同"
		}
		read[0].(j)["official_number"] = "2026210102000001"
		read[1].(j)["official_number"] = "2026210102000001"
		want(decide(s.Second, "grant", nil, read...), "done", "official_number_taken", "twin_unexplained")
		want(decide(s.Second, "refuse", j{"reason": "标的不属于技术合同"}, deciding(s.Second, b, c)...), "done", "done")

		// Papers are asked for, and what somebody has goes to another or back.
		d, _ := s.Application("under_review")
		e, _ := s.Application("under_review")
		want(decide(s.First, "hand_over", j{"username": s.Second.Username}, deciding(s.First, d)...), "done")
		want(decide(s.First, "hand_over", j{"username": "nobody.here"}, deciding(s.First, e)...), "invalid_input")
		want(decide(s.First, "request_supplement", j{"note": "请补充签章页"}, deciding(s.First, d, e)...), "taken_by_another", "done")
		want(decide(s.First, "release", nil, deciding(s.First, e)...), "done")

		// What no outcome of one record could say is refused as a whole.
		invalid := func(pointer string, body j) {
			t.Helper()
			r := s.First.Do("POST", "/v1/batches", body, nil).Refused(400, "invalid_input")
			if got := r.Text("errors", 0, "pointer"); got != pointer {
				t.Errorf("%s: %s", pointer, r.Raw)
			}
		}
		one := deciding(s.First, d)
		invalid("/applications", j{"kind": "application", "action": "pass"})
		invalid("/applications/1/id", j{"kind": "application", "action": "release", "applications": []any{one[0], one[0]}})
		invalid("/reason", j{"kind": "application", "action": "refuse", "applications": one})
		invalid("/note", j{"kind": "application", "action": "request_supplement", "applications": one})
		invalid("/username", j{"kind": "application", "action": "hand_over", "applications": one})
		invalid("/action", j{"kind": "application", "action": "publish", "applications": one})
		invalid("/action", j{"kind": "result", "action": "grant", "ids": []string{d}})
		invalid("/applications", j{"kind": "result", "action": "submit", "ids": []string{d}, "applications": one})
		h.Agrees()
	})
}
