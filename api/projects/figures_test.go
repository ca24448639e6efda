package projects_test

import (
	"testing"

	"jiebang/api/apitest"
)

// What the bureau counts of challenges: each figure from what happened, and to the public nothing that a single contract could be read from.
func TestFiguresOfChallenges(t *testing.T) {
	apitest.Each(t, func(h *apitest.House) {
		s := apitest.NewStage(h)
		s.ChallengeIn("draft")
		lost, tag := s.FailedReview()
		s.Operator.Act("/v1/challenges/"+lost+"/dismiss-bids", tag, j{"reason": "均未达到入围线。"}).Want(200)
		won, _ := s.OpenedIn("awarded")
		project := s.ProjectsOf(won, 1)[s.Uni]
		s.BidIn("submitted") // sealed, and its number nobody's to know
		day := h.Clock.Now()
		pledge := s.PledgeBody()
		pledge["ends_on"] = "2027-12-31"
		p := s.Buyer.Put("/v1/projects/"+project+"/pledge", s.Buyer.Get("/v1/projects/"+project).ETag, pledge).Want(200)
		p = s.Editor.Act("/v1/projects/"+project+"/sign", p.ETag, nil).Want(200)
		p = s.Buyer.Act("/v1/projects/"+project+"/countersign", p.ETag, nil).Want(200)

		const path = "/v1/challenge-figures"
		holds := func(r *apitest.Response, want map[string]float64) {
			t.Helper()
			for name, n := range want {
				if got := r.At(name); got != n {
					t.Errorf("%s is %v, want %v", name, got, n)
				}
			}
		}
		r := s.Visitor().Get(path + "?year=2026").Want(200)
		holds(r, map[string]float64{
			"collected": 3, "published": 3, "closed": 2, "unclaimed": 1, "running": 1, "bids_received": 2, "bids_opened": 2, "bids_eligible": 2, "bidders": 1,
		})
		if r.Text("rewards", "amount") != "7800000.00" || len(r.At("outside").([]any)) != 0 || r.At("bureau") != nil {
			t.Errorf("%s", r.Raw)
		}
		holds(s.Visitor().Get(path+"?year=2025").Want(200), map[string]float64{"collected": 0, "running": 0, "bids_received": 0})
		holds(s.Visitor().Get(path+"?on="+day.AddDate(0, 0, -1).Format("2006-01-02")).Want(200), map[string]float64{"running": 0, "published": 3})
		s.Visitor().Get(path+"?on="+day.AddDate(0, 0, 2).Format("2006-01-02")).Refused(400, "invalid_input")
		round := s.Operator.Get("/v1/challenges/" + won).Want(200).Text("round_id")
		holds(s.Visitor().Get(path+"?round_id="+round).Want(200), map[string]float64{"published": 1, "unclaimed": 0, "bids_received": 1})

		// What is published again is neither taken up nor unclaimed until it is opened again; its bids of before stay counted.
		s.Operator.Act("/v1/challenges/"+lost+"/publish", s.Operator.Get("/v1/challenges/"+lost).ETag, j{"deadline": "2038-12-15"}).Want(200)
		holds(s.Visitor().Get(path).Want(200), map[string]float64{"closed": 1, "unclaimed": 0, "bids_received": 2})

		// A bidder from another province counts once; the public is told of no province with fewer than three.
		if err := h.App.DB.Writer.Exec("UPDATE organizations SET region = '430104' WHERE id = ?", s.Uni).Error; err != nil {
			t.Fatal(err)
		}
		if r := s.Operator.Get(path).Want(200); r.Text("outside", 0, "region") != "430000" || r.At("outside", 0, "bidders") != 1.0 {
			t.Errorf("%s", r.Raw)
		}
		if r := s.Visitor().Get(path).Want(200); r.At("outside", 0, "region") != nil || r.At("outside", 0, "bidders") != 1.0 {
			t.Errorf("%s", r.Raw)
		}

		// Money, targets and contracts are sums of what few have: the bureau's own. Signing in shows no more.
		if err := h.App.DB.Writer.Exec("UPDATE projects SET bottleneck = ? WHERE id = ?", true, project).Error; err != nil {
			t.Fatal(err)
		}
		contract, today := s.Signed(p.Text("deal_id")), h.Clock.Now().UTC().Format("2006-01-02")
		milestone := "/v1/milestones/" + p.Text("milestones", 0, "id")
		s.Buyer.Post(milestone+"/payments", j{"amount": apitest.Money("333333.33"), "paid_on": today, "advance": true}).Want(201)
		s.Operator.Post(milestone+"/grants", j{"amount": apitest.Money("1000.00"), "paid_on": today}).Want(201)
		s.Register(s.Editor.Get("/v1/contracts/"+contract).Want(200).Text("application_id"), s.First, s.Second)
		e := s.Operator.Act("/v1/projects/"+project+"/experts", s.Operator.Get("/v1/projects/"+project).ETag, j{"experts": []any{s.Expert().Username}}).Want(200)
		e = s.Expert().Act("/v1/projects/"+project+"/checks", e.ETag, s.CheckBody("96.2", true)).Want(200)
		s.Operator.Act("/v1/projects/"+project+"/accept", e.ETag, j{"reason": "全部指标达到。", "level": "international_advanced", "solved": true}).Want(200)
		r = s.Operator.Get(path + "?round_id=" + round).Want(200)
		if r.Text("bureau", "paid", "amount") != "333333.33" || r.Text("bureau", "granted", "amount") != "1000.00" || r.At("bureau", "targets_met") != 1.0 ||
			r.At("bureau", "followed_here", "contracts") != 1.0 || r.At("bureau", "followed_elsewhere", "contracts") != 0.0 || r.At("solved", 0, "problems") != 1.0 {
			t.Errorf("%s", r.Raw)
		}
		for _, reader := range []*apitest.Client{s.Visitor(), s.Stranger, s.Editor, s.Buyer, s.First} {
			if r := reader.Get(path + "?round_id=" + round).Want(200); r.At("bureau") != nil || r.Text("solved", 0, "level") != "international_advanced" {
				t.Errorf("%s", r.Raw)
			}
		}
	})
}
