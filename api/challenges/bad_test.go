package challenges_test

import (
	"net/http"
	"strings"
	"testing"

	"jiebang/api/apitest"
)

// Two thousand pages in any text of a challenge, a bid, a question, a comment, a review or an objection are refused as too much, and nothing is written.
func TestTwoThousandPagesAreRefused(t *testing.T) {
	apitest.Each(t, func(h *apitest.House) {
		s := apitest.NewStage(h)
		pages := strings.Repeat("本页写满了字。", 2000*1000/7)
		round, _ := s.RoundIn("open")
		published, _ := s.ChallengeIn("published")
		refining, _ := s.ChallengeIn("refining")
		comment, commentTag := s.Comment()
		question, questionTag := s.Question()
		notice := s.Notice(s.Firm)
		challenge, bid := s.ChallengeBody(round), s.BidBody(published)
		challenge["problem"] = pages
		bid["offer"].(j)["plan"] = j{"approach": pages}
		terms := s.ChallengeBody(round)
		terms["reward"].(j)["terms"] = pages
		objection := s.ObjectionBody()
		objection["text"] = pages
		count := func() (n int64) {
			for _, table := range []string{"challenges", "bids", "challenge_questions", "challenge_comments", "objections", "audit"} {
				var of int64
				q := s.App.DB.Reader.WithContext(h.Context()).Table(table)
				if table == "audit" {
					q = q.Where("account_id IS NOT NULL") // the system's own jobs begin when it starts
				}
				if err := q.Count(&of).Error; err != nil {
					h.Fatal(err)
				}
				n += of
			}
			return n
		}
		before := count()
		for _, r := range []*apitest.Response{
			s.Buyer.Post("/v1/challenges", challenge), s.Buyer.Post("/v1/challenges", terms), s.Editor.Post("/v1/bids", bid),
			s.Stranger.Post("/v1/challenges/"+published+"/questions", j{"question": pages}),
			s.Buyer.Act("/v1/challenge-questions/"+question+"/answer", questionTag, j{"answer": pages}),
			s.Expert().Post("/v1/challenges/"+refining+"/comments", j{"comment": pages}),
			s.Buyer.Act("/v1/challenge-comments/"+comment+"/settle", commentTag, j{"answer": pages}),
			h.Visitor().Post("/v1/notices/"+notice+"/objections", objection),
		} {
			if r.Status != 400 && r.Status != 413 {
				h.Errorf("%s: %d %.300s", r.Request, r.Status, r.Raw)
			}
		}
		if now := count(); now != before {
			h.Errorf("%d rows were written", now-before)
		}
	})
}

// What hangs on a bid is a file that is what its name says, of some size; what is refused leaves the bid as it was.
func TestFilesOfABidThatAreNone(t *testing.T) {
	apitest.Each(t, func(h *apitest.House) {
		s := apitest.NewStage(h)
		bid, _ := s.BidIn("draft")
		begin := func(name string, size int, public bool) *apitest.Response {
			return s.Editor.Post("/v1/uploads", j{"object_kind": "bid", "object_id": bid, "name": name, "size": size, "public": public})
		}
		begin("空.pdf", 0, false).Refused(400, "invalid_input")
		begin("大.pdf", 200<<20+1, false).Refused(400, "invalid_input")
		begin("公开.pdf", 100, true).Refused(400, "invalid_input")
		for name, data := range map[string]string{
			"程序.pdf": "MZ\x90\x00\x03\x00\x00\x00\x04\x00" + strings.Repeat("\x00", 200), "网页.txt": "<!DOCTYPE html><script>alert(1)</script>", "图.png": "%PDF-1.7\n这不是图",
			"压缩.docx": "PK\x03\x04 坏的压缩包",
		} {
			u := begin(name, len(data), false).Want(201)
			path := "/v1/uploads/" + u.Text("id")
			s.Editor.Do(http.MethodPut, path+"/content", apitest.Bytes(data), nil).Want(200)
			if r := s.Editor.Post(path+"/complete", j{}); r.Status/100 != 4 {
				h.Errorf("%s: %d %s", name, r.Status, r.Raw)
			}
		}
		short := begin("短.txt", 100, false).Want(201).Text("id")
		s.Editor.Do(http.MethodPut, "/v1/uploads/"+short+"/content", apitest.Bytes(strings.Repeat("长", 100)), nil).Refused(400, "invalid_input")
		r := s.Editor.Act("/v1/bids/"+bid+"/submit", s.Editor.Get("/v1/bids/"+bid).ETag, nil).Want(200)
		if doc := s.Editor.Get("/v1/bids/" + bid + "/receipt").Want(200).Text("document"); !strings.Contains(doc, `"files":[]`) || r.Text("state") != "submitted" {
			h.Errorf("the document has a file that was refused: %s", doc)
		}
	})
}

// Weights that do not make the whole, scores beyond the scale, winners whose prices sum to more than the reward, and a bid that is taken back after the opening.
func TestNumbersThatDoNotAddUp(t *testing.T) {
	apitest.Each(t, func(h *apitest.House) {
		s := apitest.NewStage(h)
		for _, weights := range [][]int{{9999}, {5000, 5001}, {10000, 0}, {-1, 10001}, {}} {
			body := s.RoundBody()
			criteria := []any{}
			for i, w := range weights {
				criteria = append(criteria, j{"name": string(rune('甲' + i)), "weight_bp": w})
			}
			body["rules"].(j)["criteria"] = criteria
			s.Operator.Post("/v1/rounds", body).Refused(400, "invalid_input")
		}
		s.Experts()
		second, secondEditor, _ := h.Organization("浑滨大学", "university", "210114")
		challenge, _ := s.ChallengeIn("published")
		path := "/v1/challenges/" + challenge
		var bids []string
		for _, by := range []struct {
			client *apitest.Client
			org    string
		}{{s.Editor, s.Uni}, {secondEditor, second}} {
			body := s.BidBody(challenge)
			body["owner_id"] = by.org
			offer := body["offer"].(j)
			offer["members"].([]any)[0].(j)["organization_code"] = s.Operator.Get("/v1/organizations/" + by.org).Want(200).Text("credit_code")
			offer["price"], offer["milestones"] = apitest.Money("1300000.01"), []any{j{"title": "样机", "due": "2027-06-30", "amount": apitest.Money("1300000.01")}}
			b := by.client.Post("/v1/bids", body).Want(201)
			by.client.Act("/v1/bids/"+b.Text("id")+"/submit", b.ETag, nil).Want(200)
			bids = append(bids, b.Text("id"))
		}
		s.Open(challenge)
		s.Editor.Act("/v1/bids/"+bids[0]+"/withdraw", s.Editor.Get("/v1/bids/"+bids[0]).ETag, nil).Refused(409, "bids_closed")
		panel := s.Operator.Act(path+"/review", s.Operator.Get(path).ETag, nil).Want(200).Text("panel_id")
		marks := func(score string) (out []any) {
			for range 4 {
				out = append(out, j{"score": score, "reason": "依据方案正文评定。"})
			}
			return out
		}
		for _, expert := range s.Reviewers() {
			mine := expert.Get("/v1/reviews?panel_id=" + panel).Want(200)
			if len(mine.Items()) == 0 {
				continue
			}
			review := "/v1/reviews/" + mine.Text("items", 0, "id")
			got := expert.Act(review+"/accept", expert.Get(review).ETag, nil).Want(200)
			for _, score := range []string{"100.001", "-1", "101", "八十", "1e2", ""} {
				expert.Act(review+"/score", got.ETag, j{"item_id": got.Text("items", 0, "id"), "marks": marks(score), "final": true}).Refused(400, "invalid_input")
			}
			if now := expert.Get(review).ETag; now != got.ETag {
				h.Errorf("a score that was refused changed the review: %s, %s", got.ETag, now)
			}
			for i := range got.At("items").([]any) {
				got = expert.Act(review+"/score", got.ETag, j{"item_id": got.Text("items", i, "id"), "marks": marks("90"), "final": true}).Want(200)
			}
		}
		r := s.Operator.Act("/v1/review-panels/"+panel+"/close-scoring", s.Operator.Get("/v1/review-panels/"+panel).ETag, nil).Want(200)
		s.AgreeAll(panel, s.Reviewers())
		s.Operator.Act("/v1/review-panels/"+panel+"/finish", r.ETag, nil).Want(200)
		r = s.Operator.Act(path+"/conclude-review", s.Operator.Get(path).ETag, nil).Want(200)
		refused := s.Buyer.Act(path+"/propose", r.ETag, s.Proposal(bids...)).Refused(400, "invalid_input")
		if at := refused.Text("errors", 0, "pointer"); at != "/winners/1/bid_id" {
			h.Errorf("the second is too much, and the place is %s", at)
		}
		if awards := s.Operator.Get(path + "/awards").Want(200).Items(); len(awards) != 0 || s.Operator.Get(path).Text("state") != "confirming" {
			h.Errorf("half a proposal is left: %v", awards)
		}
		s.Buyer.Act(path+"/propose", r.ETag, s.Proposal(bids[0])).Want(200)
	})
}
