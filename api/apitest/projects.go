package apitest

import (
	"github.com/google/uuid"

	"jiebang/internal/challenges"
	"jiebang/internal/deals"
	"jiebang/internal/money"
	"jiebang/internal/projects"
	"jiebang/internal/when"
	"jiebang/internal/work"
)

// Awarded makes a challenge of the enterprise that was awarded to so many winners, the university in front, with a project and a deal each.
// It is led to the award by hand: bids and their review have tests of their own.
func (s *Stage) Awarded(winners ...string) (challenge string, ids []string) {
	challenge, _ = s.ChallengeIn("published")
	if len(winners) == 0 {
		winners = []string{s.Uni}
	}
	_, err := s.App.Unit.Do(s.Context(), work.Call{Operation: "award"}, func(tx *work.Tx) error {
		c, err := work.Load[challenges.Challenge](tx.DB, uuid.MustParse(challenge))
		if err != nil {
			return err
		}
		if err := work.Move(tx, c, "challenge.award", func() error { c.State = challenges.Awarded; return nil }); err != nil {
			return err
		}
		for _, w := range winners {
			price := money.Fen(130_000_000)
			deal, err := deals.OpenAwarded(tx, deals.Award{Challenge: c.ID, Title: c.Title, Poster: c.OwnerID, Winner: uuid.MustParse(w), Price: &price})
			if err != nil {
				return err
			}
			p, err := projects.Open(tx, projects.Opening{
				Award: work.NewID(), Challenge: c.ID, Winner: uuid.MustParse(w), Deal: &deal, Agreed: 100_000_000, GrantMost: 30_000_000,
				Stages: []projects.Stage{
					{Title: "中试装置联调", DueOn: when.MustDay("2026-03-16"), Amount: 65_000_000}, {Title: "现场连续运行", DueOn: when.MustDay("2026-12-31"), Amount: 65_000_000},
				},
			})
			if err != nil {
				return err
			}
			ids = append(ids, p.ID.String())
		}
		return nil
	})
	if err != nil {
		s.T.Fatal(err)
	}
	return challenge, ids
}

// PledgeBody is what the poster writes of a pledge.
func (s *Stage) PledgeBody() J {
	return J{"ends_on": "2027-03-31", "barred_years": 3, "consequences": "退回已拨付的财政经费。"}
}

// ProjectIn makes a project of the university in a state: pledging, drafted, signed by the winner, or running.
func (s *Stage) ProjectIn(state string) (id, etag string) {
	_, ids := s.Awarded()
	return s.Lead(ids[0], state)
}

// Lead leads a project on to a state.
func (s *Stage) Lead(id, state string) (project, etag string) {
	path := "/v1/projects/" + id
	r := s.Buyer.Get(path).Want(200)
	if state == "pledging" {
		return id, r.ETag
	}
	if r = s.Buyer.Put(path+"/pledge", r.ETag, s.PledgeBody()).Want(200); state == "drafted" {
		return id, r.ETag
	}
	if r = s.Editor.Act(path+"/sign", r.ETag, nil).Want(200); state == "signed" {
		return id, r.ETag
	}
	r = s.Buyer.Act(path+"/countersign", r.ETag, nil).Want(200)
	if state == "running" {
		return id, r.ETag
	}
	r = s.Operator.Act(path+"/experts", r.ETag, J{"experts": []any{s.Expert().Username}}).Want(200)
	r = s.Expert().Act(path+"/checks", r.ETag, s.CheckBody("96.2", true)).Want(200)
	if state != "checked" {
		s.T.Fatalf("the stage makes no project in state %s", state)
	}
	return id, r.ETag
}

// CheckBody is what an expert finds of the challenge's one target.
func (s *Stage) CheckBody(measured string, met bool) J {
	return J{"indicator": "非甲烷总烃去除率", "measured": measured, "met": met, "evidence": "第三方检测报告 2026-119 号"}
}

// MilestoneIn makes the first milestone of a running project in a state: planned, submitted, or of a project whose contract is signed.
func (s *Stage) MilestoneIn(state string) (id, etag string) {
	project, _ := s.ProjectIn("running")
	r := s.Buyer.Get("/v1/projects/" + project).Want(200)
	id = r.Text("milestones", 0, "id")
	m := s.Editor.Get("/v1/milestones/" + id).Want(200)
	switch state {
	case "submitted":
		m = s.Editor.Act("/v1/milestones/"+id+"/submit", m.ETag, J{"evidence": "联调记录与检测报告见附件。"}).Want(200)
	case "contracted":
		s.Signed(r.Text("deal_id"))
	}
	return id, m.ETag
}

// Signed makes the contract of an awarded deal and hands it in.
func (s *Stage) Signed(deal string) (contract string) {
	r := s.Editor.Act("/v1/deals/"+deal+"/advance", s.Editor.Get("/v1/deals/"+deal).ETag, J{"stage": "agreed"}).Want(200)
	s.Buyer.Act("/v1/deals/"+deal+"/advance", r.ETag, J{"stage": "agreed"}).Want(200)
	r = s.Editor.Post("/v1/contracts", J{"kind": "development", "deal_id": deal, "terms": Terms(s.Uni, s.Firm, nil)}).Want(201)
	s.Editor.Act("/v1/contracts/"+r.Text("id")+"/submit", r.ETag, nil).Want(200)
	return r.Text("id")
}

// Late has it written down that a milestone's day went by, as its job does.
func (s *Stage) Late(milestone string) { s.run(projects.Lateness(), milestone) }

// Checked is a project whose one target an expert found met.
func (s *Stage) Checked() (id, etag string) { return s.ProjectIn("checked") }

// Owing is a project that failed with fault after the bureau had granted 1,000 yuan, which is to come back.
func (s *Stage) Owing() (id, etag string) {
	milestone, _ := s.MilestoneIn("contracted")
	amount := func(yuan string) J { return J{"amount": Money(yuan), "paid_on": "2026-03-10"} }
	s.Buyer.Post("/v1/milestones/"+milestone+"/payments", amount("500000.00")).Want(201)
	s.Operator.Post("/v1/milestones/"+milestone+"/grants", amount("1000.00")).Want(201)
	id = s.Buyer.Get("/v1/milestones/" + milestone).Want(200).Text("project_id")
	path := "/v1/projects/" + id
	return id, s.Operator.Act(path+"/fail", s.Operator.Get(path).ETag, J{"reason": "挪用经费，未开展试验。", "with_fault": true, "recovery": Money("1000.00"), "recovery_due": "2026-12-31"}).Want(200).ETag
}

// Other is another verified organization, which is neither the poster nor the university.
func (s *Stage) Other() string {
	return s.Stranger.Get("/v1/me").Want(200).Text("organizations", 0, "id")
}
