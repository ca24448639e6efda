package apitest

import (
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"jiebang/internal/db"
	"jiebang/internal/jobs"
	"jiebang/internal/kinds"
	"jiebang/internal/notices"
	"jiebang/internal/policy"
	"jiebang/internal/review"
	"jiebang/internal/when"
	"jiebang/internal/work"
)

// Open moves the clock past a challenge's deadline and opens it, as its job does.
func (s *Stage) Open(challenge string) {
	s.Helper()
	deadline, err := time.Parse(time.RFC3339Nano, s.Operator.Get("/v1/challenges/"+challenge).Want(200).Text("deadline"))
	if err != nil {
		s.Fatal(err)
	}
	if s.Clock.Now().Before(deadline) {
		s.Clock.Set(deadline.Format(time.RFC3339Nano))
		s.SignInAgain()
	}
	s.run(s.App.Challenges.Handler(s.App.Files), challenge)
	for range 500 {
		if s.Operator.Get("/v1/challenges/"+challenge).Want(200).Text("state") != "published" {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	s.Fatal("it does not open")
}

// run does a job at once.
func (s *Stage) run(h jobs.Handler, object string) {
	s.Helper()
	job := jobs.Job{Kind: h.Kind, ObjectID: uuid.MustParse(object), Now: s.Clock.Now()}
	do := func(tx *work.Tx) error { return h.Do(tx, job) }
	if h.Errand != nil {
		done, err := h.Errand(s.Context(), job)
		if errors.Is(err, jobs.ErrNothing) {
			return // the house's own runner was faster
		}
		if err != nil {
			s.Fatal(err)
		}
		do = done
	}
	if _, err := s.App.Unit.Do(s.Context(), work.Call{Operation: "job " + string(h.Kind)}, do); err != nil && !errors.Is(err, jobs.ErrNothing) {
		s.Fatal(err)
	}
}

// Experts sees to it that five may be drawn as reviewers.
func (s *Stage) Experts() {
	for len(s.experts) < 5 {
		e := s.Person(fmt.Sprintf("expert.number%d", len(s.experts)+1))
		s.Enter(J{"kind": "expert", "username": e.Username, "valid_from": when.DayOf(s.Clock.Now()).AddDays(-10).String(), "fields": []any{"environment"}, "chains": []any{"environmental"}})
		s.experts = append(s.experts, e)
	}
}

// actor is somebody as the use cases know them.
func (s *Stage) actor(username string) policy.Actor {
	s.Helper()
	actor, err := s.App.ActorNamed(s.Context(), username)
	if err != nil {
		s.Fatal(err)
	}
	return actor
}

// Review has the drawn reviewers of a challenge's panel accept and give every bid the same on every criterion, by the name of its lead.
func (s *Stage) Review(challenge string, scores map[string]string) {
	s.Helper()
	must := func(err error) {
		s.Helper()
		if err != nil {
			s.Fatal(err)
		}
	}
	q := s.App.Unit.Query(s.Context())
	panelID := uuid.MustParse(s.Operator.Get("/v1/challenges/" + challenge).Want(200).Text("panel_id"))
	items, err := review.Items(q, panelID)
	must(err)
	given := map[uuid.UUID]review.Score{}
	for _, i := range items {
		lead := s.Operator.Get("/v1/bids/"+i.RefID.String()).Want(200).Text("owner", "name")
		score, ok := review.ParseScore(scores[lead])
		if !ok {
			s.Fatalf("no score for %s", lead)
		}
		given[i.ID] = score
	}
	for _, e := range s.experts {
		actor := s.actor(e.Username)
		mine, err := s.App.Review.ListReviews(s.Context(), actor, review.ReviewFilter{Panel: panelID}, db.Paging{Limit: 10})
		must(err)
		for _, r := range mine.Items {
			call := work.Call{Operation: "tests", Actor: actor}
			a, err := s.App.Review.Accept(s.Context(), call, r.ID, r.Version)
			must(err)
			for _, i := range items {
				in := review.ScoreInput{Item: i.ID, Final: true, Comment: "方案可行。"}
				for range a.View.Panel.Rules.Criteria {
					in.Marks = append(in.Marks, review.Mark{Score: given[i.ID], Reason: "依据充分。"})
				}
				a, err = s.App.Review.Score(s.Context(), call, r.ID, a.View.Version, in)
				must(err)
			}
		}
	}
	call := work.Call{Operation: "tests", Actor: s.actor(s.Operator.Username)}
	panel, err := s.App.Review.Get(s.Context(), call.Actor, panelID)
	must(err)
	closed, err := s.App.Review.CloseScoring(s.Context(), call, panelID, panel.Version)
	must(err)
	s.AgreeAll(panelID.String(), s.experts)
	_, err = s.App.Review.Finish(s.Context(), call, panelID, closed.View.Version)
	must(err)
}

// EndNotice moves the clock past the last day of a challenge's notice and closes it, as its job does.
func (s *Stage) EndNotice(challenge string) {
	s.Helper()
	notice := s.NoticeOf(challenge)
	if at := notice.LastDay.End(); s.Clock.Now().Before(at) {
		s.Clock.Set(at.Format(time.RFC3339Nano))
		s.SignInAgain()
	}
	s.run(notices.Ending(), notice.ID.String())
}

// NoticeOf is the latest notice of a challenge.
func (s *Stage) NoticeOf(challenge string) *notices.Notice {
	s.Helper()
	settled, _, err := notices.Settled(s.App.Unit.Query(s.Context()), kinds.Subject{Kind: "challenge", ID: uuid.MustParse(challenge)})
	if err != nil || settled.Notice == nil {
		s.Fatalf("no notice: %v", err)
	}
	return settled.Notice
}

// OpenedIn makes a challenge of the enterprise that the university has bid for, in a state: reviewing (without a panel), reviewed, confirming,
// notice or awarded. What changes of the challenge is changed before it is handed in.
func (s *Stage) OpenedIn(state string, changes ...func(body J)) (id, etag string) {
	s.Helper()
	return s.opened(state, "88", changes...)
}

// FailedReview is a challenge whose only bid is below the threshold.
func (s *Stage) FailedReview() (id, etag string) {
	s.Helper()
	return s.opened("reviewed", "40")
}

func (s *Stage) opened(state, score string, changes ...func(body J)) (id, etag string) {
	s.Helper()
	id, _ = s.ChallengeIn("published", changes...)
	path := "/v1/challenges/" + id
	b := s.Editor.Post("/v1/bids", s.BidBody(id)).Want(201)
	s.Editor.Act("/v1/bids/"+b.Text("id")+"/submit", b.ETag, nil).Want(200)
	s.Open(id)
	r := s.Operator.Get(path).Want(200)
	if state == "reviewing" {
		return id, r.ETag
	}
	s.Experts()
	s.Operator.Act(path+"/review", r.ETag, nil).Want(200)
	s.Review(id, map[string]string{"盛北理工大学": score})
	r = s.Operator.Get(path).Want(200)
	if state == "reviewed" {
		return id, r.ETag
	}
	r = s.Operator.Act(path+"/conclude-review", r.ETag, nil).Want(200)
	if state == "confirming" {
		return id, r.ETag
	}
	r = s.Buyer.Act(path+"/propose", r.ETag, s.Proposal(b.Text("id"))).Want(200)
	if state == "notice" {
		return id, r.ETag
	}
	s.EndNotice(id)
	r = s.Operator.Act(path+"/award", s.Operator.Get(path).ETag, nil).Want(200)
	return id, r.ETag
}

// Proposal takes these bids.
func (s *Stage) Proposal(bids ...string) J {
	winners := make([]any, len(bids))
	for i, b := range bids {
		winners[i] = J{"bid_id": b, "reason": "评审入围，路线成熟。"}
	}
	return J{"reason": "评审意见一致，报价在榜金之内。", "winners": winners}
}

// BidOf is the university's bid for a challenge that is open.
func (s *Stage) BidOf(challenge string) string {
	s.Helper()
	return s.Operator.Get("/v1/bids?challenge_id="+challenge).Want(200).Text("items", 0, "id")
}

// Noticed is a challenge whose notice is over, without an objection.
func (s *Stage) Noticed() (id, etag string) {
	s.Helper()
	id, _ = s.OpenedIn("notice")
	s.EndNotice(id)
	return id, s.Operator.Get("/v1/challenges/" + id).Want(200).ETag
}

// Objected is a challenge to whose notice an objection was upheld.
func (s *Stage) Objected() (id, etag string) {
	s.Helper()
	id, _ = s.OpenedIn("notice")
	s.Object(id, notices.Upheld)
	return id, s.Operator.Get("/v1/challenges/" + id).Want(200).ETag
}

// Object has somebody object to a challenge's notice, and an operator answer.
func (s *Stage) Object(challenge string, outcome notices.Outcome) {
	s.Helper()
	notice := s.NoticeOf(challenge)
	call := func(by *Client) work.Call { return work.Call{Operation: "tests", Actor: s.actor(by.Username)} }
	a, err := s.App.Notices.File(s.Context(), call(s.Stranger), notice.ID, notices.ObjectionInput{
		Kind: notices.Person, From: notices.Filer{Name: "郑守正", Telephone: "024-00009999"}, Text: "拟定榜单位的中试数据与公开论文不符，请核实。",
	})
	if err == nil {
		a, err = s.App.Notices.Accept(s.Context(), call(s.Operator), a.ID, a.View.Version)
	}
	if err == nil {
		_, err = s.App.Notices.Answer(s.Context(), call(s.Operator), a.ID, a.View.Version, notices.AnswerInput{Outcome: outcome, Text: "经核实，答复如上。"})
	}
	if err != nil {
		s.Fatal(err)
	}
}

// UnderReview is an item that reviewers judge.
func (s *Stage) UnderReview() string {
	s.Helper()
	id, tag := s.OpenedIn("reviewing")
	s.Experts()
	panel := s.Operator.Act("/v1/challenges/"+id+"/review", tag, nil).Want(200).Text("panel_id")
	items, err := review.Items(s.App.Unit.Query(s.Context()), uuid.MustParse(panel))
	if err != nil || len(items) == 0 {
		s.Fatalf("nothing is under review: %v", err)
	}
	return items[0].ID.String()
}

// Lacking is a challenge one of whose reviewers has refused.
func (s *Stage) Lacking() (id, etag string) {
	s.Helper()
	id, tag := s.OpenedIn("reviewing")
	s.Experts()
	path := "/v1/challenges/" + id
	panel := s.Operator.Act(path+"/review", tag, nil).Want(200).Text("panel_id")
	for _, e := range s.experts {
		mine := e.Get("/v1/reviews?panel_id=" + panel).Want(200)
		if len(mine.Items()) > 0 {
			review := "/v1/reviews/" + mine.Text("items", 0, "id")
			e.Act(review+"/refuse", e.Get(review).ETag, J{"reason": "too_many"}).Want(200)
			return id, s.Operator.Get(path).Want(200).ETag
		}
	}
	s.Fatal("nobody was drawn")
	return id, ""
}

// Reviewers are those who may be drawn.
func (s *Stage) Reviewers() []*Client { return s.experts }

// ProjectsOf waits for the projects of an awarded challenge, and tells them by their winners.
func (s *Stage) ProjectsOf(challenge string, many int) map[string]string {
	s.Helper()
	for range 500 {
		r := s.Operator.Get("/v1/projects?challenge_id=" + challenge).Want(200)
		if items := r.Items(); len(items) == many {
			out := map[string]string{}
			for i := range items {
				out[r.Text("items", i, "winner", "id")] = r.Text("items", i, "id")
			}
			return out
		}
		time.Sleep(20 * time.Millisecond)
	}
	s.Fatal("the award makes no projects")
	return nil
}

// Ended is the university's bid for a challenge that was awarded.
func (s *Stage) Ended() (id, etag string) {
	s.Helper()
	challenge, _ := s.OpenedIn("awarded")
	id = s.BidOf(challenge)
	return id, s.Operator.Get("/v1/bids/" + id).Want(200).ETag
}
