package demo

import (
	"bytes"
	_ "embed"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
	"go.yaml.in/yaml/v3"

	"jiebang/internal/accounts"
	"jiebang/internal/challenges"
	"jiebang/internal/db"
	"jiebang/internal/jobs"
	"jiebang/internal/kinds"
	"jiebang/internal/money"
	"jiebang/internal/notices"
	"jiebang/internal/people"
	"jiebang/internal/policy"
	"jiebang/internal/programmes"
	"jiebang/internal/review"
	"jiebang/internal/when"
	"jiebang/internal/work"
)

//go:embed challenges.yaml
var challengeDocument []byte

type challengeData struct {
	Experts    []struct{ Username, Name string }
	Challenges []challenge
}

type challenge struct {
	Key, Owner, Title, Problem, Background, Field, Level, Poster, Bureau, IP, Provides, Stage, Reason, Targets string
	Chains, Winners                                                                                            []string
	Bottleneck, Masked                                                                                         bool
	Ago                                                                                                        int
	Indicators                                                                                                 []challenges.Indicator
	Comments                                                                                                   []struct{ Place, Comment string }
	Bids                                                                                                       []bid
	Measured                                                                                                   []measured
}

// measured is what experts find of one target in the end.
type measured struct {
	Indicator, Value, Evidence string
	Met                        bool
}

type bid struct {
	By, Price, Approach, Score string
	Draft                      bool
}

// The days of a challenge's story, from its draft on.
const (
	daySubmit, dayShelve, dayRefine, dayPublish = 1, 2, 3, 6
	dayBid                                      = 20
	dayOpen                                     = dayPublish + 30
	dayReview, dayScore, dayRank, dayPropose    = dayOpen + 1, dayOpen + 4, dayOpen + 5, dayOpen + 7
	dayAward                                    = dayPropose + 17 // behind any holiday
)

// lastDay is the day of the last step that leads to a stage.
var lastDay = map[challenges.State]int{
	challenges.Draft: 0, challenges.Submitted: daySubmit, challenges.Reserve: dayShelve, challenges.Refining: dayRefine, challenges.Published: dayPublish,
	challenges.Cancelled: dayPublish, challenges.Unclaimed: dayOpen, challenges.Reviewing: dayReview, challenges.Confirming: dayRank, challenges.Notice: dayPropose,
	challenges.Awarded: dayAward, challenges.Running: dayPaid, challenges.Accepted: dayFinal, challenges.Failed: dayFinal,
}

// planChallenges tells the stories of a round of challenges.
func (s *seeder) planChallenges() error {
	var d challengeData
	decoder := yaml.NewDecoder(bytes.NewReader(challengeDocument))
	decoder.KnownFields(true)
	if err := decoder.Decode(&d); err != nil {
		return fmt.Errorf("demo: challenges.yaml: %w", err)
	}
	var round uuid.UUID
	s.at(s.day(12, 2, 9), "the round of challenges", func() (err error) {
		for _, e := range d.Experts {
			in := accounts.SignUpInput{Username: e.Username, Password: Password, Name: e.Name}
			if _, err := s.Accounts.SignUp(s, work.Call{Operation: "demo"}, in); err != nil {
				return err
			}
			s.experts = append(s.experts, e.Username)
			id, err := create(s, s.role["operator"], s.People.Enter, people.Input{
				Kind: policy.Expert, Username: e.Username, Certificate: "科技专家库（演示）", ValidFrom: when.DayOf(s.day(12, 2, 0)), Expertise: d.expertise(),
			})
			if err == nil {
				err = change(s, s.role["operator_second"], s.People.Confirm, id, 1)
			}
			if err != nil {
				return err
			}
		}
		round, err = create(s, s.role["operator"], s.Programmes.Create, s.round())
		if err != nil {
			return err
		}
		return change(s, s.role["operator_second"], s.Programmes.Open, round, 1)
	})
	for _, c := range d.Challenges {
		s.planChallenge(c, &round)
	}
	return nil
}

// expertise is in everything that the challenges are about, so that a few experts will do.
func (d challengeData) expertise() people.Expertise {
	var out people.Expertise
	for _, c := range d.Challenges {
		if !slices.Contains(out.Fields, c.Field) {
			out.Fields = append(out.Fields, c.Field)
		}
		for _, chain := range c.Chains {
			if !slices.Contains(out.Chains, chain) {
				out.Chains = append(out.Chains, chain)
			}
		}
	}
	return out
}

func (s *seeder) round() programmes.Input {
	year := when.DayOf(s.today).Year()
	return programmes.Input{
		Code: fmt.Sprintf("SY%d-1", year), Year: year, Name: fmt.Sprintf("%d 年第一批揭榜挂帅项目（演示）", year), Level: programmes.City,
		PostFrom: s.base.AddMonths(-12).First(), PostTo: s.base.AddMonths(3).Last(), Budget: 30_000_000 * money.Yuan,
		Rules: programmes.Rules{
			Notice: notices.Lawful(7), Reviewers: 3, Threshold: 75_000, Blind: true, Winners: 2, MostRunning: 3,
			GrantShare: 3000, OwnShare: 5000, AnswerDays: 10, ObjectionsDays: 10,
			Criteria: []programmes.Criterion{{Name: "技术路线", Weight: 4000}, {Name: "团队基础", Weight: 2000}, {Name: "实施计划", Weight: 2500}, {Name: "经费预算", Weight: 1500}},
		},
	}
}

// planChallenge tells one challenge's story up to its stage.
func (s *seeder) planChallenge(c challenge, round *uuid.UUID) {
	stage := challenges.State(c.Stage)
	last, known := lastDay[stage]
	if !known {
		panic("demo: no story leads to " + c.Stage)
	}
	start := when.DayOf(s.today).AddDays(-c.Ago - last)
	operator, editor := s.role, func() string { return s.editor[c.Owner] }
	var id uuid.UUID
	bids := map[string]uuid.UUID{}
	step := func(day, hour int, what string, do func() error) {
		if day <= last {
			s.at(start.AddDays(day).Start().Add(time.Duration(hour)*time.Hour), c.Key+": "+what, do)
		}
	}
	decided := func(do func(version int64) error) func() error {
		return func() error {
			call, err := s.call(operator["operator"])
			if err != nil {
				return err
			}
			v, err := s.Challenges.Get(s, call.Actor, id)
			if err != nil {
				return err
			}
			return do(v.Version)
		}
	}
	step(0, 10, "draft", func() (err error) {
		content, err := c.content()
		if err != nil {
			return err
		}
		id, err = create(s, editor(), s.Challenges.Create, challenges.Input{Round: *round, Owner: s.orgs[c.Owner], Content: content})
		return err
	})
	step(daySubmit, 10, "submit", decided(func(v int64) error { return change(s, editor(), s.Challenges.Submit, id, v) }))
	step(dayShelve, 10, "shelve", decided(func(v int64) error { return change(s, operator["operator"], s.Challenges.Shelve, id, v) }))
	step(dayRefine, 10, "refine", decided(func(v int64) error {
		if err := decide(s, operator["operator"], s.Challenges.Refine, id, v, s.experts[:2]); err != nil {
			return err
		}
		return s.discuss(c, id, editor(), stage != challenges.Refining)
	}))
	deadline := start.AddDays(dayOpen).Start()
	step(dayPublish, 10, "publish", decided(func(v int64) error { return decide(s, operator["operator"], s.Challenges.Publish, id, v, deadline) }))
	if stage == challenges.Cancelled {
		step(dayPublish, 15, "cancel", decided(func(v int64) error { return decide(s, operator["operator"], s.Challenges.Cancel, id, v, c.Reason) }))
		return
	}
	step(dayBid, 10, "bids", func() error { return s.bid(c, id, bids) })
	step(dayOpen, 1, "opening", func() error { return s.job(s.Challenges.Handler(s.Files), id) })
	if stage == challenges.Unclaimed {
		return
	}
	step(dayReview, 10, "draw", decided(func(v int64) error {
		return decide(s, operator["operator"], s.Challenges.BeginReview, id, v, 0)
	}))
	step(dayScore, 10, "scores", func() error { return s.score(c, id, bids) })
	step(dayRank, 10, "rank", decided(func(v int64) error { return change(s, operator["operator"], s.Challenges.ConcludeReview, id, v) }))
	step(dayPropose, 10, "propose", decided(func(v int64) error {
		p := challenges.Proposal{Reason: "评审意见一致，报价在榜金之内。"}
		for _, w := range c.Winners {
			p.Winners = append(p.Winners, challenges.Choice{Bid: bids[w], Reason: "评审排名第一，已有中试基础。"})
		}
		return decide(s, editor(), s.Challenges.Propose, id, v, p)
	}))
	step(dayAward, 10, "award", func() error {
		settled, _, err := notices.Settled(s.Unit.Query(s), kinds.Subject{Kind: "challenge", ID: id})
		if err != nil {
			return err
		}
		if err := s.job(notices.Ending(), settled.Notice.ID); err != nil {
			return err
		}
		if err := decided(func(v int64) error { return change(s, operator["operator"], s.Challenges.Award, id, v) })(); err != nil {
			return err
		}
		return s.begin()
	})
	step(dayAnswer, 10, "answers", func() error { return s.answer(c, bids) })
	s.planProject(c, &id, step)
}

// content is what the poster writes.
func (c challenge) content() (challenges.Content, error) {
	out := challenges.Content{
		Title: c.Title, Problem: c.Problem, Background: c.Background, Field: c.Field, Chains: c.Chains, Indicators: c.Indicators, Provides: c.Provides,
		IPArrangement: c.IP, Bottleneck: c.Bottleneck, WantedLevel: c.Level, Masked: c.Masked, Reward: challenges.Reward{Mode: challenges.PayMilestones},
	}
	for kind, amount := range map[challenges.FunderKind]string{challenges.PosterPays: c.Poster, challenges.BureauPays: c.Bureau} {
		fen, err := money.Parse(amount)
		if err != nil {
			return out, err
		}
		out.Reward.Amount += fen
		out.Reward.Funders = append(out.Reward.Funders, challenges.Funder{Kind: kind, Amount: fen})
	}
	slices.SortFunc(out.Reward.Funders, func(a, b challenges.Funder) int { return int(b.Amount - a.Amount) })
	return out, nil
}

// discuss has the experts comment, and the poster settle what they said.
func (s *seeder) discuss(c challenge, id uuid.UUID, editor string, settle bool) error {
	for i, x := range c.Comments {
		comment, err := under(s, s.experts[i%2], s.Challenges.Comment, id, challenges.CommentInput{Place: x.Place, Comment: x.Comment})
		if err != nil {
			return err
		}
		if settle {
			if err := decide(s, editor, s.Challenges.Settle, comment, 1, "已按意见修改。"); err != nil {
				return err
			}
		}
	}
	return nil
}

// bid drafts and hands in the bids for a challenge.
func (s *seeder) bid(c challenge, id uuid.UUID, bids map[string]uuid.UUID) error {
	for _, b := range c.Bids {
		price, err := money.Parse(b.Price)
		if err != nil {
			return err
		}
		half := price / 2
		by := s.editor[b.By]
		start := when.DayOf(s.clock.Now()).AddDays(-dayBid)
		offer := challenges.Offer{
			Members: []challenges.Person{{Name: "项目组（演示）", OrganizationCode: s.codes[b.By], Part: "总体负责"}},
			Plan:    challenges.Plan{Approach: b.Approach}, Price: challenges.Yuan{Fen: price},
			Milestones: []challenges.Milestone{
				{Title: "完成样机与中期测试", Due: start.AddDays(dayFirstDue), Amount: challenges.Yuan{Fen: half}},
				{Title: "全部指标通过验收", Due: start.AddDays(daySecondDue), Amount: challenges.Yuan{Fen: price - half}},
			},
		}
		if bids[b.By], err = create(s, by, s.Challenges.CreateBid, challenges.BidInput{Challenge: id, Owner: s.orgs[b.By], Offer: offer}); err != nil {
			return err
		}
		if !b.Draft {
			if err := change(s, by, s.Challenges.SubmitBid, bids[b.By], 1); err != nil {
				return err
			}
		}
	}
	return nil
}

// score has the drawn reviewers accept, and give each bid the same on every criterion.
func (s *seeder) score(c challenge, id uuid.UUID, bids map[string]uuid.UUID) error {
	given := map[uuid.UUID]review.Score{}
	for _, b := range c.Bids {
		score, ok := review.ParseScore(b.Score)
		if !ok {
			return fmt.Errorf("no score for %s", b.By)
		}
		given[bids[b.By]] = score
	}
	operator, err := s.call(s.role["operator"])
	if err != nil {
		return err
	}
	v, err := s.Challenges.Get(s, operator.Actor, id)
	if err != nil {
		return err
	}
	items, err := review.Items(s.Unit.Query(s), *v.PanelID)
	if err != nil {
		return err
	}
	for _, expert := range s.experts {
		if err := s.scoreAs(expert, *v.PanelID, items, given); err != nil {
			return err
		}
	}
	panel, err := s.Review.Get(s, operator.Actor, *v.PanelID)
	if err != nil {
		return err
	}
	if err := change(s, s.role["operator"], s.Review.CloseScoring, panel.ID, panel.Version); err != nil {
		return err
	}
	for _, expert := range s.experts {
		if err := s.agreeAs(expert, *v.PanelID, items, given); err != nil {
			return err
		}
	}
	return change(s, s.role["operator"], s.Review.Finish, panel.ID, panel.Version+1)
}

// agreeAs has a reviewer record what was agreed on about the items that they lead.
func (s *seeder) agreeAs(expert string, panel uuid.UUID, items []review.Item, given map[uuid.UUID]review.Score) error {
	call, err := s.call(expert)
	if err != nil {
		return err
	}
	mine, err := s.Review.ListReviews(s, call.Actor, review.ReviewFilter{Panel: panel}, db.Paging{Limit: 1})
	if err != nil || len(mine.Items) == 0 {
		return err
	}
	v, err := s.Review.GetReview(s, call.Actor, mine.Items[0].ID)
	for _, x := range v.Items {
		if err != nil {
			return err
		}
		if !x.Leads || x.Withdrawn {
			continue
		}
		of := slices.IndexFunc(items, func(i review.Item) bool { return i.ID == x.ID })
		in := review.AgreeInput{Item: x.ID, Score: given[items[of].RefID], Reason: "经合议，各位专家意见一致，与个人评分相符。"}
		var a review.ReviewAnswer
		a, err = s.Review.Agree(s, call, v.ID, v.Version, in)
		v.Version = a.View.Version
	}
	return err
}

func (s *seeder) scoreAs(expert string, panel uuid.UUID, items []review.Item, given map[uuid.UUID]review.Score) error {
	call, err := s.call(expert)
	if err != nil {
		return err
	}
	mine, err := s.Review.ListReviews(s, call.Actor, review.ReviewFilter{Panel: panel}, db.Paging{Limit: 1})
	if err != nil || len(mine.Items) == 0 {
		return err
	}
	r := mine.Items[0]
	a, err := s.Review.Accept(s, call, r.ID, r.Version)
	for _, i := range items {
		if err != nil {
			return err
		}
		in := review.ScoreInput{Item: i.ID, Final: true, Comment: "方案与指标逐项对应，进度安排可行。"}
		for range a.View.Panel.Rules.Criteria {
			in.Marks = append(in.Marks, review.Mark{Score: given[i.RefID], Reason: "依据方案正文评定。"})
		}
		a, err = s.Review.Score(s, call, r.ID, a.View.Version, in)
	}
	return err
}

// job does what a job would do at this moment of the story.
func (s *seeder) job(h jobs.Handler, object uuid.UUID) error {
	j := jobs.Job{Kind: h.Kind, ObjectID: object, Now: s.clock.Now()}
	do := func(tx *work.Tx) error { return h.Do(tx, j) }
	if h.Errand != nil {
		done, err := h.Errand(s, j)
		if err != nil {
			return err
		}
		do = done
	}
	_, err := s.Unit.Do(s, work.Call{Operation: "demo"}, do)
	return err
}
