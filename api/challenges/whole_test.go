package challenges_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"jiebang/api/apitest"
)

// A challenge of a poster that keeps its name, from publication to the registered contract: five bids, of which one is the poster's own
// subsidiary's, one is late and one was withdrawn; three blind reviewers; an objection; two winners in parallel, one of which is dropped at a
// milestone; acceptance, and what the figures say of it.
func TestAChallengeFromPublicationToTheRegisteredContract(t *testing.T) {
	apitest.Each(t, func(h *apitest.House) {
		s := apitest.NewStage(h)
		later := func(at time.Time) {
			h.Clock.Set(at.UTC().Format(time.RFC3339Nano))
			h.SignInAgain()
		}
		challenge, _ := s.ChallengeIn("published", func(body j) { body["masked"] = true })
		path := "/v1/challenges/" + challenge
		deadline, err := time.Parse(time.RFC3339Nano, s.Operator.Get(path).Want(200).Text("deadline"))
		if err != nil {
			t.Fatal(err)
		}
		second, secondEditor, _ := h.Organization("浑滨大学", "university", "210114")
		subsidiary, tied, _ := h.Organization("辽浑检测有限公司", "enterprise", "210106")
		late, lateEditor, _ := h.Organization("燕澄数智科技有限公司", "enterprise", "110108")
		withdrawn, withdrawnEditor, _ := h.Organization("深岚芯测科技有限公司", "enterprise", "440305")
		code := func(organization string) string {
			return s.Operator.Get("/v1/organizations/" + organization).Want(200).Text("credit_code")
		}
		s.Operator.Post("/v1/control-links", j{
			"kind": "shares", "holder": j{"kind": "company", "name": "辽浑智造装备有限公司", "code": code(s.Firm)}, "held": j{"kind": "company", "name": "辽浑检测有限公司", "code": code(subsidiary)},
			"share_bp": 6000, "valid_from": "2020-01-01", "evidence": "公司登记信息查询结果，2026-03-01。",
		}).Want(201)
		draft := func(by *apitest.Client, organization, name, approach, price string) *apitest.Response {
			return by.Post("/v1/bids", j{"challenge_id": challenge, "owner_id": organization, "offer": j{
				"members": []any{j{"name": "秦望舒", "organization_code": code(organization), "part": "技术负责人"}},
				"plan":    j{"approach": approach + "本方案由" + name + "提出，秦望舒主持。"}, "price": apitest.Money(price),
				"milestones": []any{
					j{"title": "样机", "due": "2026-12-31", "amount": apitest.Money(price)},
				},
			}}).Want(201)
		}
		submit := func(by *apitest.Client, bid *apitest.Response) *apitest.Response {
			return by.Act("/v1/bids/"+bid.Text("id")+"/submit", bid.ETag, nil)
		}
		first := submit(s.Editor, draft(s.Editor, s.Uni, "盛北理工大学", "甲：等离子体与吸附浓缩联用，先在一条线上连续运行七日。", "1300000.00")).Want(200)
		other := submit(secondEditor, draft(secondEditor, second, "浑滨大学", "乙：生物滴滤与光催化串联，占地小、无二次污染。", "1200000.00")).Want(200)
		own := submit(tied, draft(tied, subsidiary, "辽浑检测有限公司", "丙：活性炭在线再生，改造量小，运行费用低。", "900000.00")).Want(200)
		gone := submit(withdrawnEditor, draft(withdrawnEditor, withdrawn, "深岚芯测科技有限公司", "丁：沸石转轮浓缩后蓄热燃烧，去除率高。", "1100000.00")).Want(200)
		withdrawnEditor.Act("/v1/bids/"+gone.Text("id")+"/withdraw", gone.ETag, nil).Want(200)
		slow := draft(lateEditor, late, "燕澄数智科技有限公司", "戊：以数据模型优化吸附脱附周期，硬件不变。", "800000.00")
		if own.Text("receipt") == "" || len(own.Text("receipt")) != len(first.Text("receipt")) {
			t.Error("the receipt of a tied bidder differs before the opening")
		}

		// Before the deadline nobody but a bidder reads a bid, or learns how many there are.
		for _, reader := range []*apitest.Client{h.Visitor(), s.Buyer, s.Operator, s.Stranger, s.Expert(), secondEditor} {
			if status := reader.Get("/v1/bids/" + first.Text("id")).Status; status != 404 && status != 401 {
				t.Errorf("%s reads a sealed bid: %d", reader.Username, status)
			}
			if r := reader.Get(path + "/receipts").Want(200); r.At("received") != nil || len(r.At("digests").([]any)) > 0 {
				t.Errorf("%s learns of bids: %s", reader.Username, r.Raw)
			}
		}
		later(deadline)
		if r := submit(lateEditor, lateEditor.Get("/v1/bids/"+slow.Text("id"))).Refused(409, "bids_closed"); !strings.Contains(string(r.Raw), "202") {
			t.Errorf("it is not told when the deadline was: %s", r.Raw)
		}
		s.Open(challenge)

		// All receipts are public, and each is the bidder's own; who is tied to the poster is out, and is not told why while the name is kept.
		digests := s.Visitor().Get(path + "/receipts").Want(200).At("digests").([]any)
		if len(digests) != 3 || !slices.Contains(digests, any(first.Text("receipt"))) || !slices.Contains(digests, any(own.Text("receipt"))) {
			t.Errorf("receipts: %v", digests)
		}
		if r := tied.Get("/v1/bids/" + own.Text("id")).Want(200); r.Text("state") != "ineligible" || !strings.Contains(fmt.Sprint(r.Body["reasons"]), "withheld") {
			t.Errorf("the poster's subsidiary: %s", r.Raw)
		}
		if r := s.Operator.Get("/v1/bids/" + own.Text("id")).Want(200); !strings.Contains(fmt.Sprint(r.Body["evidence"]), "tied_to_poster") {
			t.Errorf("the evidence: %s", r.Raw)
		}
		if r := s.Operator.Get(path).Want(200); r.Text("state") != "reviewing" {
			t.Fatalf("it is %s", r.Text("state"))
		}

		// Three reviewers are drawn; they read plans without names, and score by themselves.
		s.Experts()
		r := s.Operator.Act(path+"/review", s.Operator.Get(path).ETag, nil).Want(200)
		panel := "/v1/review-panels/" + r.Text("panel_id")
		reviewers := 0
		for _, expert := range s.Reviewers() {
			mine := expert.Get("/v1/reviews?panel_id=" + r.Text("panel_id")).Want(200)
			if len(mine.Items()) == 0 {
				continue
			}
			reviewers++
			review := "/v1/reviews/" + mine.Text("items", 0, "id")
			got := expert.Act(review+"/accept", expert.Get(review).ETag, nil).Want(200)
			items := got.At("items").([]any)
			if len(items) != 2 {
				t.Fatalf("%d items are under review", len(items))
			}
			for i := range items {
				item := got.Text("items", i, "id")
				plan := expert.Get("/v1/review-items/" + item + "/plan").Want(200)
				for _, name := range []string{"盛北理工", "浑滨", "秦望舒", code(s.Uni), code(second), "辽浑", s.Firm} {
					if strings.Contains(string(plan.Raw), name) {
						t.Errorf("a blind reviewer reads %s: %s", name, plan.Raw)
					}
				}
				score := map[bool]string{true: "90", false: "82.5"}[strings.HasPrefix(plan.Text("offer", "plan", "approach"), "甲")]
				marks := make([]any, 4)
				for k := range marks {
					marks[k] = j{"score": score, "reason": "依据方案正文评定。"}
				}
				got = expert.Act(review+"/score", got.ETag, j{"item_id": item, "marks": marks, "final": true}).Want(200)
			}
		}
		if reviewers != 3 {
			t.Errorf("%d reviewers were drawn", reviewers)
		}
		closed := s.Operator.Act(panel+"/close-scoring", s.Operator.Get(panel).ETag, nil).Want(200)
		s.Operator.Act(panel+"/finish", closed.ETag, nil).Refused(409, "scores_missing")
		s.AgreeAll(strings.TrimPrefix(panel, "/v1/review-panels/"), s.Reviewers())
		s.Operator.Act(panel+"/finish", closed.ETag, nil).Want(200)
		r = s.Operator.Act(path+"/conclude-review", s.Operator.Get(path).ETag, nil).Want(200)

		// The poster takes two; an objection is answered before the award.
		s.Buyer.Act(path+"/propose", r.ETag, s.Proposal(own.Text("id"))).Refused(400, "invalid_input")
		s.Buyer.Act(path+"/propose", r.ETag, s.Proposal(first.Text("id"), other.Text("id"))).Want(200)
		notice := "/v1/notices/" + s.NoticeOf(challenge).ID.String()
		if raw := string(s.Visitor().Get(notice).Want(200).Raw); strings.Contains(raw, "辽浑智造") || !strings.Contains(raw, "盛北理工大学") {
			t.Errorf("the notice: %s", raw)
		}
		objection := s.Stranger.Post(notice+"/objections", j{"filer": j{"kind": "person", "name": "郑守正", "telephone": "024-00009999"}, "text": "甲方案的连续运行数据与公开论文不一致，请核实。"}).Want(201)
		later(s.NoticeOf(challenge).LastDay.End())
		s.EndNotice(challenge)
		s.Operator.Act(path+"/award", s.Operator.Get(path).ETag, nil).Refused(409, "notice_runs")
		answer := "/v1/objections/" + objection.Text("id")
		s.Buyer.Get(answer).Refused(404, "not_found")
		a := s.Operator.Act(answer+"/accept", s.Operator.Get(answer).ETag, nil).Want(200)
		s.Operator.Act(answer+"/answer", a.ETag, j{"outcome": "dismissed", "text": "经核对原始记录，数据一致。"}).Want(200)
		r = s.Operator.Act(path+"/award", s.Operator.Get(path).ETag, nil).Want(200)
		if r.Text("state") != "awarded" || r.Text("answers_due") == "" {
			t.Errorf("awarded: %s", r.Raw)
		}
		for bid, state := range map[*apitest.Response]string{first: "won", other: "won", own: "ineligible"} {
			if got := s.Operator.Get("/v1/bids/" + bid.Text("id")).Want(200).Text("state"); got != state {
				t.Errorf("a bid is %s, want %s", got, state)
			}
		}

		// Each winner has a project; both are pledged, one is dropped, the other is accepted.
		projects := s.ProjectsOf(challenge, 2)
		mine, theirs := projects[s.Uni], projects[second]
		s.Lead(mine, "running")
		pledged := s.Buyer.Put("/v1/projects/"+theirs+"/pledge", s.Buyer.Get("/v1/projects/"+theirs).ETag, s.PledgeBody()).Want(200)
		pledged = secondEditor.Act("/v1/projects/"+theirs+"/sign", pledged.ETag, nil).Want(200)
		pledged = s.Buyer.Act("/v1/projects/"+theirs+"/countersign", pledged.ETag, nil).Want(200)
		if got := s.Operator.Get(path).Want(200).Text("state"); got != "running" {
			t.Errorf("with all signed the challenge is %s", got)
		}
		s.Buyer.Act("/v1/projects/"+theirs+"/eliminate", pledged.ETag, j{"reason": "样机未达到阶段指标，按约定退出。"}).Want(200)

		// The contract is registered, and figures tell that a challenge led to it.
		deal := s.Buyer.Get("/v1/projects/" + mine).Want(200).Text("deal_id")
		contract := s.Signed(deal)
		s.Register(s.Editor.Get("/v1/contracts/"+contract).Want(200).Text("application_id"), s.First, s.Second)
		day := h.Clock.Now().Add(8 * time.Hour).Format(time.DateOnly) // in Shanghai
		figures := s.Operator.Get("/v1/turnover?from=" + day[:7] + "-01&to=" + day + "&from_challenge=yes").Want(200)
		if !strings.Contains(string(figures.Raw), `"contracts":1`) {
			t.Errorf("turnover from challenges: %s", figures.Raw)
		}
		p := "/v1/projects/" + mine
		e := s.Operator.Act(p+"/experts", s.Operator.Get(p).ETag, j{"experts": []any{s.Expert().Username}}).Want(200)
		e = s.Expert().Act(p+"/checks", e.ETag, s.CheckBody("96.2", true)).Want(200)
		s.Operator.Act(p+"/accept", e.ETag, j{"reason": "全部指标达到。", "level": "domestic_lead"}).Want(200)
		if got := s.Visitor().Get(path).Want(200).Text("state"); got != "accepted" {
			t.Errorf("in the end the challenge is %s", got)
		}

		// The indicators: of five bids two were not in, one fell; what the contract is worth is told to the bureau alone.
		r = s.Operator.Get("/v1/challenge-figures?round_id=" + r.Text("round_id")).Want(200)
		for name, want := range map[string]float64{
			"collected": 1, "published": 1, "closed": 1, "unclaimed": 0, "running": 0, "bids_received": 3, "bids_opened": 3, "bids_eligible": 2, "bidders": 3,
		} {
			if got := r.At(name); got != want {
				t.Errorf("%s: %v, want %v", name, got, want)
			}
		}
		if r.At("bureau", "followed_here", "contracts") != 1.0 || r.At("bureau", "targets_met") != 1.0 {
			t.Errorf("%s", r.Raw)
		}
	})
}
