package challenges_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"jiebang/api/apitest"
	"jiebang/internal/challenges"
	"jiebang/internal/db"
	"jiebang/internal/work"
)

type j = apitest.J

func TestAChallengeFromDraftToPublication(t *testing.T) {
	apitest.Each(t, func(h *apitest.House) {
		s := apitest.NewStage(h)
		round, tag := s.RoundIn("draft")
		body := s.ChallengeBody(round)
		body["masked"], body["confidential"] = true, "现有供应商为某某公司。"
		body["indicators"] = []any{j{"name": "非甲烷总烃去除率", "unit": "%"}}

		// A round that is not open is nobody's but the bureau's.
		s.Buyer.Post("/v1/challenges", body).Refused(400, "invalid_input")
		s.Deputy.Act("/v1/rounds/"+round+"/open", tag, nil).Want(200)
		r := s.Buyer.Post("/v1/challenges", body).Want(201)
		path := "/v1/challenges/" + r.Text("id")
		r = s.Buyer.Act(path+"/submit", r.ETag, nil).Want(200)
		s.Operator.Act(path+"/publish", r.ETag, j{"deadline": "2026-03-12"}).Refused(409, "wrong_state")
		r = s.Operator.Act(path+"/shelve", r.ETag, nil).Want(200)
		r = s.Operator.Act(path+"/refine", r.ETag, j{"experts": []any{s.Expert().Username}}).Want(200)
		if got := s.Expert().Get("/v1/challenges").Want(200).Items(); len(got) != 1 {
			t.Errorf("the expert finds %d challenges", len(got))
		}

		// What cannot be measured, or has a comment open, is not published.
		c := s.Expert().Post(path+"/comments", j{"place": "/indicators/0", "comment": "请写明目标值与测定标准。"}).Want(201)
		s.Operator.Act(path+"/publish", r.ETag, j{"deadline": "2026-03-12"}).Refused(409, "comments_open")
		s.Buyer.Act("/v1/challenge-comments/"+c.Text("id")+"/settle", c.ETag, j{"answer": "下一稿写明。"}).Want(200)
		refused := s.Operator.Act(path+"/publish", r.ETag, j{"deadline": "2026-03-12"}).Refused(409, "not_measurable")
		var places []string
		for _, e := range refused.Body["errors"].([]any) {
			places = append(places, e.(map[string]any)["pointer"].(string))
		}
		if want := []string{"/indicators/0/comparison", "/indicators/0/value", "/indicators/0/method"}; !slices.Equal(places, want) {
			t.Errorf("it is told %v, want %v", places, want)
		}
		body["indicators"] = s.ChallengeBody(round)["indicators"]
		r = s.Buyer.Put(path, r.ETag, body).Want(200)
		s.Operator.Act(path+"/publish", r.ETag, j{"deadline": "2020-01-01"}).Refused(400, "invalid_input")
		r = s.Operator.Act(path+"/publish", r.ETag, j{"deadline": "2026-03-12"}).Want(200)
		if got := r.Text("number"); !strings.HasSuffix(got, "-001") {
			t.Errorf("its number is %s", got)
		}
		if got := r.Text("deadline"); got != "2026-03-12T16:00:00Z" {
			t.Errorf("a day ends at its end in Shanghai: %s", got)
		}
		if s.Operator.Get("/v1/rounds/"+round).Want(200).Text("committed", "amount") != "600000.00" {
			t.Error("the round has not promised the bureau's part")
		}

		// Its terms are frozen, and a masked poster is in nothing that others get.
		s.Buyer.Put(path, r.ETag, body).Refused(409, "wrong_state")
		for _, reader := range []*apitest.Client{s.Visitor(), s.Stranger, s.Expert()} {
			for _, at := range []string{path, "/v1/challenges", path + "/steps"} {
				seen := reader.Get(at).Want(200)
				if text := fmt.Sprint(seen.Body); strings.Contains(text, s.Firm) || strings.Contains(text, "辽浑") {
					t.Errorf("%s tells %s who posted it: %s", at, reader.Username, text)
				}
			}
		}
		if items := s.Stranger.Get("/v1/challenges?owner_id=" + s.Firm).Want(200).Items(); len(items) != 0 {
			t.Error("a masked poster is found by its id")
		}
		if strings.Contains(fmt.Sprint(s.Stranger.Get(path).Want(200).Body), "供应商") {
			t.Error("what is confidential is told")
		}

		// An addendum moves the deadline on, and never back.
		s.Operator.Act(path+"/addenda", r.ETag, j{"change": "测定时长改为七日。", "deadline": "2026-03-12"}).Refused(409, "deadline_too_soon")
		r = s.Operator.Act(path+"/addenda", r.ETag, j{"change": "测定时长改为七日。", "deadline": "2026-03-13T08:00:00+08:00"}).Want(200)
		if got := r.Text("deadline"); got != "2026-03-13T00:00:00Z" {
			t.Errorf("the deadline is %s", got)
		}
		if got := s.Visitor().Get(path + "/addenda").Want(200).Items(); len(got) != 1 {
			t.Errorf("%d addenda", len(got))
		}

		// Nobody is told who asked.
		q := s.Stranger.Post(path+"/questions", j{"question": "试验期间的水、电由谁承担？"}).Want(201)
		s.Buyer.Act("/v1/challenge-questions/"+q.Text("id")+"/answer", q.ETag, j{"answer": "由发榜方承担。"}).Want(200)
		s.Buyer.Act("/v1/challenge-questions/"+q.Text("id")+"/answer", s.Buyer.Get("/v1/challenge-questions/"+q.Text("id")).ETag, j{"answer": "由揭榜方承担。"}).Refused(409, "wrong_state")
		for _, reader := range []*apitest.Client{s.Visitor(), s.Buyer, s.Operator} {
			if text := fmt.Sprint(reader.Get(path + "/questions").Want(200).Body); strings.Contains(text, s.Account(s.Stranger)) || strings.Contains(text, s.Stranger.Username) {
				t.Errorf("%s is told who asked: %s", reader.Username, text)
			}
		}
		h.Clock.Set("2026-03-13T00:00:00Z")
		if r := s.Stranger.Post(path+"/questions", j{"question": "现在还能提问吗？"}).Want(409); r.Text("code") != "bids_closed" && r.Text("state") != "unclaimed" { // it may have been opened by then
			t.Errorf("%s", r.Raw)
		}
	})
}

// The money of a round is never promised twice.
func TestARoundPromisesNoMoreThanItHas(t *testing.T) {
	apitest.Each(t, func(h *apitest.House) {
		s := apitest.NewStage(h)
		body := s.RoundBody()
		body["budget"] = apitest.Money("1000000.00")
		r := s.Operator.Post("/v1/rounds", body).Want(201)
		round := r.Text("id")
		s.Deputy.Act("/v1/rounds/"+round+"/open", r.ETag, nil).Want(200)
		in := func(b j) { b["round_id"] = round }
		first, _ := s.ChallengeIn("published", in)
		second, tag := s.ChallengeIn("refining", in)
		publish := j{"deadline": "2026-03-12"}
		s.Operator.Act("/v1/challenges/"+second+"/publish", tag, publish).Refused(409, "budget_exceeded")
		s.Operator.Act("/v1/challenges/"+first+"/cancel", s.Operator.Get("/v1/challenges/"+first).ETag, j{"reason": "发榜方经营情况变化，终止。"}).Want(200)
		r = s.Operator.Act("/v1/challenges/"+second+"/publish", tag, publish).Want(200)
		if got := r.Text("number"); !strings.HasSuffix(got, "-002") {
			t.Errorf("a number is given once: %s", got)
		}
	})
}

// A draft of a round that nobody needs goes, and its code is free again; what was opened stays.
func TestADraftOfARoundIsDeleted(t *testing.T) {
	apitest.Each(t, func(h *apitest.House) {
		s := apitest.NewStage(h)
		body := s.RoundBody()
		r := s.Operator.Post("/v1/rounds", body).Want(201)
		s.Deputy.Post("/v1/rounds", body).Refused(409, "round_code_taken")
		if !slices.Contains(r.Body["actions"].([]any), any("deleteRound")) {
			t.Errorf("%s", r.Raw)
		}
		remove := func() *apitest.Response {
			return s.Operator.Do("DELETE", "/v1/rounds/"+r.Text("id"), nil, map[string]string{"If-Match": r.ETag})
		}
		remove().Want(204)
		s.Operator.Get("/v1/rounds/"+r.Text("id")).Refused(404, "not_found")
		r = s.Operator.Post("/v1/rounds", body).Want(201)
		r = s.Deputy.Act("/v1/rounds/"+r.Text("id")+"/open", r.ETag, nil).Want(200)
		remove().Refused(409, "wrong_state")
	})
}

// Who publishes waits for a comment that is being written, and is told of it: nothing is published beside an open comment.
func TestACommentThatIsBeingWrittenHoldsThePublication(t *testing.T) {
	apitest.Each(t, func(h *apitest.House) {
		s := apitest.NewStage(h)
		id, tag := s.ChallengeIn("refining")
		outcome := make(chan *apitest.Response, 1)
		_, err := h.App.Unit.Do(t.Context(), work.Call{Operation: "test"}, func(tx *work.Tx) error {
			c, err := work.Load[challenges.Challenge](db.ForUpdate(tx.DB), uuid.MustParse(id))
			if err != nil {
				return err
			}
			go func() { outcome <- s.Operator.Act("/v1/challenges/"+id+"/publish", tag, j{"deadline": "2026-03-12"}) }()
			time.Sleep(300 * time.Millisecond) // until it waits
			x := &challenges.Comment{Head: tx.NewHead(), ChallengeID: c.ID, AccountID: uuid.MustParse(s.Account(s.Expert())), Comment: "请写明测定标准。"}
			return work.Insert(tx, "challenge.comment", x)
		})
		if err != nil {
			t.Fatal(err)
		}
		(<-outcome).Refused(409, "comments_open")
	})
}
