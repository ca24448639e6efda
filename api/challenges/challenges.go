// Package challenges is the HTTP edge of 揭榜挂帅: the routes of rounds, challenges and what belongs to them, and the translation between
// the API's types and theirs.
package challenges

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"jiebang/api/edge"
	"jiebang/api/wire"
	"jiebang/internal/challenges"
	"jiebang/internal/programmes"
	"jiebang/internal/work"
)

// Routes hangs the operations on rounds and challenges on the edge.
func Routes(e *edge.Edge, p *programmes.Service, s *challenges.Service) {
	programmeRoutes(e, p)
	bidRoutes(e, s)
	challenge := edge.Kind[challenges.View, wire.Challenge]{Path: "/v1/challenges", Get: s.Get, Wire: written}
	edge.Create(e, "createChallenge", challenge, input, s.Create)
	edge.Read(e, "getChallenge", challenge)
	edge.List(e, "listChallenges", challenge, s.List)
	edge.Decide(e, "replaceChallenge", challenge, input, s.Replace)
	edge.Delete(e, "deleteChallenge", s.Delete)
	edge.Change(e, "submitChallenge", challenge, s.Submit)
	edge.Change(e, "takeBackChallenge", challenge, s.TakeBack)
	edge.Decide(e, "returnChallenge", challenge, wire.Reason, s.Return)
	edge.Change(e, "shelveChallenge", challenge, s.Shelve)
	edge.Decide(e, "refineChallenge", challenge, func(b *wire.RefineInput) ([]string, error) { return b.Experts, nil }, s.Refine)
	edge.Decide(e, "publishChallenge", challenge, publishing, s.Publish)
	edge.Decide(e, "cancelChallenge", challenge, wire.Reason, s.Cancel)
	edge.Decide(e, "addChallengeAddendum", challenge, addendum, s.Amend)
	edge.List(e, "listChallengeAddenda", edge.Kind[challenges.Addendum, wire.Addendum]{Path: "/v1/challenges", Wire: writtenAddendum}, s.ListAddenda)
	edge.List(e, "listChallengeSteps", edge.Kind[challenges.TakenView, wire.ChallengeStep]{Path: "/v1/challenges", Wire: writtenStep}, s.ListSteps)

	edge.Decide(e, "beginChallengeReview", challenge, func(b *wire.ChallengeReviewInput) (int, error) { return wire.Value(b.Reviewers), nil }, s.BeginReview)
	edge.Decide(e, "redrawChallengeReviewers", challenge, func(b *wire.RedrawInput) (challenges.RedrawInput, error) {
		return challenges.RedrawInput{Wanted: wire.Value(b.Reviewers), Reason: b.Reason}, nil
	}, s.RedrawReview)
	edge.Decide(e, "answerChallengeBids", challenge, answers, s.AnswerBids)
	edge.Change(e, "concludeChallengeReview", challenge, s.ConcludeReview)
	edge.Decide(e, "dismissChallengeBids", challenge, wire.Reason, s.Dismiss)
	edge.Decide(e, "proposeChallengeAward", challenge, proposal, s.Propose)
	edge.Decide(e, "reconsiderChallenge", challenge, wire.Reason, s.Reconsider)
	edge.Change(e, "awardChallenge", challenge, s.Award)
	edge.List(e, "listChallengeAwards", edge.Kind[challenges.Award, wire.ChallengeAward]{Path: "/v1/challenges", Wire: writtenAward}, s.ListAwards)

	edge.Plain(e, "getReviewedPlan", func(ctx context.Context, call work.Call, q struct {
		Item uuid.UUID `path:"id"`
	},
	) (wire.ReviewedPlan, error) {
		plan, err := s.ReviewedPlan(ctx, call.Actor, q.Item)
		return writtenPlan(plan), err
	})

	question := edge.Kind[challenges.QuestionView, wire.ChallengeQuestion]{Path: "/v1/challenge-questions", Get: s.GetQuestion, Wire: writtenQuestion}
	edge.CreateUnder(e, "askChallenge", question, func(b *wire.QuestionInput) (string, error) { return b.Question, nil }, s.Ask)
	edge.Read(e, "getChallengeQuestion", question)
	edge.List(e, "listChallengeQuestions", question, s.ListQuestions)
	edge.Decide(e, "answerChallengeQuestion", question, answer, s.AnswerQuestion)

	comment := edge.Kind[challenges.CommentView, wire.ChallengeComment]{Path: "/v1/challenge-comments", Get: s.GetComment, Wire: writtenComment}
	edge.CreateUnder(e, "commentChallenge", comment, commentInput, s.Comment)
	edge.Read(e, "getChallengeComment", comment)
	edge.List(e, "listChallengeComments", comment, s.ListComments)
	edge.Decide(e, "settleChallengeComment", comment, answer, s.Settle)
}

func proposal(b *wire.AwardProposal) (challenges.Proposal, error) {
	in := challenges.Proposal{Reason: b.Reason}
	for _, w := range b.Winners {
		in.Winners = append(in.Winners, challenges.Choice{Bid: w.BidId, Reason: w.Reason})
	}
	return in, nil
}

func writtenPlan(p challenges.Reviewed) wire.ReviewedPlan {
	w := wire.ReviewedPlan{
		ItemId: p.Item, Pseudonym: p.Pseudonym, ChallengeNumber: p.Number, ChallengeTitle: p.Title, Blind: p.Blind, LeadName: wire.Some(p.Lead), Offer: writtenOffer(&p.Offer),
	}
	if len(p.Files) > 0 {
		files := make([]wire.ReviewedFile, len(p.Files))
		for i, f := range p.Files {
			files[i] = wire.ReviewedFile{Id: f.ID, Name: f.Name, Size: f.Size}
		}
		w.Files = &files
	}
	return w
}

func writtenAward(a *challenges.Award) wire.ChallengeAward {
	return wire.ChallengeAward{
		Id: a.ID, Version: a.Version, ChallengeId: a.ChallengeID, BidId: a.BidID, WinnerId: a.WinnerID, WinnerName: a.WinnerName, Amount: wire.MoneyOf(a.Amount),
		Grant: wire.MoneyOf(a.Grant), State: wire.AwardState(a.State), Reason: a.Reason, CreatedAt: a.CreatedAt, UpdatedAt: a.UpdatedAt,
	}
}

func answer(b *wire.AnswerInput) (string, error) { return b.Answer, nil }

func answers(b *wire.BidAnswersInput) ([]challenges.Answered, error) {
	out := make([]challenges.Answered, len(b.Answers))
	for i, a := range b.Answers {
		out[i] = challenges.Answered{Bids: a.BidIds, Text: a.Answer}
	}
	return out, nil
}

func commentInput(b *wire.CommentInput) (challenges.CommentInput, error) {
	return challenges.CommentInput{Place: wire.Value(b.Place), Comment: b.Comment}, nil
}

func publishing(b *wire.PublishingInput) (time.Time, error) {
	return challenges.ReadDeadline(b.Deadline)
}

func addendum(b *wire.AddendumInput) (challenges.AddendumInput, error) {
	deadline, err := challenges.ReadDeadline(b.Deadline)
	return challenges.AddendumInput{Change: b.Change, Deadline: deadline}, err
}

func written(v *challenges.View) wire.Challenge {
	w := wire.Challenge{
		CreatedBy: wire.SomePerson(v.CreatedBy), SubmittedBy: wire.SomePerson(v.SubmittedBy), PublishedBy: wire.SomePerson(v.PublishedBy),
		Actions: wire.ActionsOf(v.Acts), Id: v.ID, Version: v.Version, RoundId: v.RoundID, RoundCode: v.Round.Code, RoundName: wire.Some(v.Round.Name), OwnerRegion: wire.Some(v.Region), OwnerRegionName: wire.RegionName(v.Region),
		NeedId: v.NeedID, Number: v.Number, State: wire.ChallengeState(v.State), StateName: v.State.Text().ZH, Title: v.Title, Problem: v.Problem, Background: wire.Some(v.Background),
		Keywords: wire.List(&v.Keywords), Field: wire.Field(v.Field), FieldName: wire.FieldName(v.Field), Chains: wire.ChainsOf(v.Chains), Indicators: make([]wire.ChallengeIndicator, len(v.Indicators)),
		Reward: writtenReward(v.Reward), Provides: wire.Some(v.Provides), IpArrangement: wire.Some(v.IPArrangement), Bottleneck: v.Bottleneck,
		WantedLevel: wire.Some(wire.SolutionLevel(v.WantedLevel)), Masked: v.Masked, Confidential: wire.Some(v.Confidential), ReturnReason: wire.Some(v.ReturnReason),
		EndReason: wire.Some(v.EndReason), Deadline: v.Deadline, TakesBids: v.TakesBids, PublishedTimes: wire.Some(v.Nth), SecretDigest: wire.Some(v.SecretDigest), PanelId: v.PanelID, AnswersDue: wire.OptionalDate(v.AnswersDue), AnswersDueProvisional: wire.Some(v.AnswersDueProvisional),
		SubmittedAt: v.SubmittedAt, PublishedAt: v.PublishedAt, CreatedAt: v.CreatedAt, UpdatedAt: v.UpdatedAt,
	}
	if _, ids := wire.ExternalIDsOf(v.External); len(ids) > 0 {
		w.ExternalIds = &ids
	}
	if v.Owner.ID != uuid.Nil {
		w.Owner = wire.Ptr(wire.RefOf(v.Owner))
	}
	for i, x := range v.Indicators {
		w.Indicators[i] = wire.ChallengeIndicator{
			Name: x.Name, Unit: wire.Some(x.Unit), Comparison: wire.Some(wire.IndicatorComparison(x.Comparison)), Value: wire.Some(x.Value), Upper: wire.Some(x.Upper), Method: wire.Some(x.Method),
		}
	}
	if v.Deadline != nil {
		w.DeadlineShanghai = wire.Ptr(challenges.Reading(*v.Deadline))
	}
	if len(v.Advised) > 0 {
		experts := make([]string, 0, len(v.Advised))
		for _, p := range v.Advised {
			if p != nil {
				experts = append(experts, p.Name)
			}
		}
		w.Experts = &experts
	}
	return w
}

func writtenReward(r challenges.Reward) wire.Reward {
	w := wire.Reward{Amount: wire.MoneyOf(r.Amount), Mode: wire.RewardMode(r.Mode), Funders: make([]wire.Funder, len(r.Funders)), Terms: wire.Some(r.Terms)}
	for i, f := range r.Funders {
		w.Funders[i] = wire.Funder{Kind: wire.FunderKind(f.Kind), Name: wire.Some(f.Name), Amount: wire.MoneyOf(f.Amount)}
	}
	return w
}

func input(b *wire.ChallengeInput) (challenges.Input, error) {
	in := challenges.Input{Round: b.RoundId, Owner: b.OwnerId, Need: b.NeedId, Content: challenges.Content{
		Title: b.Title, Problem: b.Problem, Background: wire.Value(b.Background), Keywords: wire.List(b.Keywords), Field: string(b.Field), Chains: wire.List(b.Chains),
		Provides: wire.Value(b.Provides), IPArrangement: wire.Value(b.IpArrangement), Bottleneck: wire.Value(b.Bottleneck), WantedLevel: wire.Text(b.WantedLevel),
		Masked: wire.Value(b.Masked), Confidential: wire.Value(b.Confidential),
	}}
	for _, x := range wire.List(b.Indicators) {
		in.Content.Indicators = append(in.Content.Indicators, challenges.Indicator{
			Name: x.Name, Unit: wire.Value(x.Unit), Comparison: challenges.Comparison(wire.Text(x.Comparison)), Value: wire.Text(x.Value), Upper: wire.Text(x.Upper), Method: wire.Value(x.Method),
		})
	}
	var err error
	if in.External, err = wire.ExternalIDs(nil, b.ExternalIds); err != nil {
		return in, err
	}
	in.Content.Reward, err = reward(b.Reward)
	return in, err
}

func reward(b wire.RewardInput) (challenges.Reward, error) {
	r := challenges.Reward{Mode: challenges.PayMode(b.Mode), Terms: wire.Value(b.Terms)}
	var err error
	if r.Amount, err = wire.Fen(b.Amount, "/reward/amount"); err != nil {
		return r, err
	}
	for i, f := range wire.List(b.Funders) {
		amount, err := wire.Fen(f.Amount, fmt.Sprintf("/reward/funders/%d/amount", i))
		if err != nil {
			return r, err
		}
		r.Funders = append(r.Funders, challenges.Funder{Kind: challenges.FunderKind(f.Kind), Name: wire.Value(f.Name), Amount: amount})
	}
	return r, nil
}

func writtenAddendum(a *challenges.Addendum) wire.Addendum {
	return wire.Addendum{Id: a.ID, Nth: a.Nth, Change: a.Change, DeadlineBefore: a.Was, Deadline: a.Deadline, CreatedAt: a.CreatedAt}
}

func writtenStep(t *challenges.TakenView) wire.ChallengeStep {
	return wire.ChallengeStep{Nth: t.Nth, Step: t.Step, State: wire.ChallengeState(t.State), By: wire.Some(t.By), Note: wire.Some(t.Note), CreatedAt: t.CreatedAt}
}

func writtenQuestion(x *challenges.QuestionView) wire.ChallengeQuestion {
	return wire.ChallengeQuestion{
		Actions: wire.ActionsOf(x.Acts), Id: x.ID, Version: x.Version, ChallengeId: x.ChallengeID, Question: x.Question.Question, Answer: wire.Some(x.Answer),
		AnsweredAt: x.AnsweredAt, CreatedAt: x.CreatedAt,
	}
}

func writtenComment(x *challenges.CommentView) wire.ChallengeComment {
	return wire.ChallengeComment{
		Actions: wire.ActionsOf(x.Acts), Id: x.ID, Version: x.Version, ChallengeId: x.ChallengeID, Place: wire.Some(x.Place), By: x.By, Comment: x.Comment.Comment,
		Answer: wire.Some(x.Answer), SettledAt: x.SettledAt, CreatedAt: x.CreatedAt,
	}
}
