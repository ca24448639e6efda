// Package deals is the HTTP edge of introductions and deals: their routes, and the translation between the API's types and theirs.
package deals

import (
	"context"

	"github.com/google/uuid"

	"jiebang/api/edge"
	"jiebang/api/wire"
	"jiebang/internal/contracts"
	"jiebang/internal/db"
	"jiebang/internal/deals"
	"jiebang/internal/policy"
	"jiebang/internal/work"
)

// Routes hangs the operations on introductions and deals on the edge.
func Routes(e *edge.Edge, s *deals.Service, c *contracts.Service) {
	introduction := edge.Kind[deals.IntroductionView, wire.Introduction]{Path: "/v1/introductions", Get: s.GetIntroduction, Wire: written}
	edge.Create(e, "proposeIntroduction", introduction, proposal, s.Propose)
	edge.Read(e, "getIntroduction", introduction)
	edge.List(e, "listIntroductions", introduction, s.ListIntroductions)
	edge.Change(e, "acceptIntroduction", introduction, s.Accept)
	edge.Decide(e, "declineIntroduction", introduction, refusal, s.Decline)

	edge.Decide(e, "withdrawIntroduction", introduction, takenBack, s.Withdraw)

	deal := edge.Kind[withContract, wire.Deal]{Path: "/v1/deals", Wire: writtenDeal, Get: func(ctx context.Context, reader policy.Actor, id uuid.UUID) (withContract, error) {
		v, err := s.GetDeal(ctx, reader, id)
		if err != nil {
			return withContract{}, err
		}
		return named(ctx, reader, c, v)
	}}
	edge.Read(e, "getDeal", deal)
	edge.List(e, "listDeals", deal, func(ctx context.Context, reader policy.Actor, f deals.DealFilter, p db.Paging) (db.Page[withContract], error) {
		page, err := s.ListDeals(ctx, reader, f, p)
		if err != nil {
			return db.Page[withContract]{}, err
		}
		items, err := allNamed(ctx, reader, c, page.Items)
		return db.Page[withContract]{Items: items, Next: page.Next, Total: page.Total, More: page.More}, err
	})
	edge.Decide(e, "advanceDeal", deal, progress, step(c, s.Advance))
	edge.Decide(e, "revertDeal", deal, back, step(c, s.Revert))
	edge.Decide(e, "openPriceNotice", deal, priceNotice, step(c, s.OpenPriceNotice))
	edge.Decide(e, "withdrawPriceNotice", deal, wire.Reason, step(c, s.WithdrawPriceNotice))
	edge.Decide(e, "recordPrice", deal, priceRecord, step(c, s.RecordPrice))
	edge.CreateUnder(e, "noteDeal", deal, dealNote, func(ctx context.Context, call work.Call, id uuid.UUID, text string) (work.Answer[withContract], error) {
		a, err := s.AddNote(ctx, call, id, text)
		return namedAnswer(ctx, call.Actor, c, a, err)
	})
	edge.List(e, "listDealSteps", edge.Kind[deals.StepView, wire.DealStep]{Path: "/v1/deals", Wire: writtenStep}, s.ListSteps)
}

// withContract is a deal with the contract that it led to, as its reader may know that.
type withContract struct {
	deals.DealView
	contract contracts.Brief
}

// allNamed says which contracts deals led to: one query for a page, whether any of them did or not.
func allNamed(ctx context.Context, reader policy.Actor, c *contracts.Service, views []deals.DealView) ([]withContract, error) {
	ids := make([]uuid.UUID, len(views))
	for i := range views {
		ids[i] = wire.Value(views[i].ContractID)
	}
	briefs, err := c.Briefs(ctx, reader, ids)
	out := make([]withContract, len(views))
	for i, v := range views {
		out[i].DealView = v
		out[i].contract = briefs[ids[i]]
	}
	return out, err
}

func named(ctx context.Context, reader policy.Actor, c *contracts.Service, v deals.DealView) (withContract, error) {
	out, err := allNamed(ctx, reader, c, []deals.DealView{v})
	return out[0], err
}

func namedAnswer(ctx context.Context, reader policy.Actor, c *contracts.Service, a deals.DealAnswer, err error) (work.Answer[withContract], error) {
	out := work.Answer[withContract]{ID: a.ID, Replayed: a.Replayed}
	if err == nil {
		out.View, err = named(ctx, reader, c, a.View)
	}
	return out, err
}

// step is a use case that moves a deal, whose answer names the contract as every reading does.
func step[C any](c *contracts.Service, run func(context.Context, work.Call, uuid.UUID, int64, C) (deals.DealAnswer, error)) func(context.Context, work.Call, uuid.UUID, int64, C) (work.Answer[withContract], error) {
	return func(ctx context.Context, call work.Call, id uuid.UUID, version int64, in C) (work.Answer[withContract], error) {
		a, err := run(ctx, call, id, version, in)
		return namedAnswer(ctx, call.Actor, c, a, err)
	}
}

func proposal(b *wire.IntroductionInput) (deals.Proposal, error) {
	return deals.Proposal{From: b.FromId, Result: b.ResultId, Team: b.TeamId, Need: b.NeedId, Mandate: b.MandateId, Message: b.Message}, nil
}

func refusal(b *wire.DeclineInput) (deals.Refusal, error) {
	return deals.Refusal{Reason: deals.DeclineReason(b.Reason), Note: wire.Value(b.Note)}, nil
}

func takenBack(b *wire.WithdrawIntroductionInput) (string, error) { return wire.Value(b.Note), nil }

func progress(b *wire.AdvanceInput) (deals.Progress, error) {
	return deals.Progress{Stage: deals.Stage(b.Stage), Note: wire.Value(b.Note)}, nil
}

func back(b *wire.RevertInput) (deals.Progress, error) {
	return deals.Progress{Stage: deals.Stage(b.Stage), Note: b.Reason}, nil
}

func dealNote(b *wire.DealNoteInput) (string, error) { return b.Note, nil }

func written(v *deals.IntroductionView) wire.Introduction {
	w := wire.Introduction{
		Actions:    wire.ActionsOf(v.Acts),
		ProposedBy: wire.SomePerson(v.ProposedBy), AnsweredBy: wire.SomePerson(v.AnsweredBy),
		Id: v.ID, Version: v.Version, State: wire.IntroductionState(v.State), From: wire.RefOf(v.From),
		To: wire.RefOf(v.To), ResultId: v.ResultID, TeamId: v.TeamID, NeedId: v.NeedID, ResultTitle: wire.Some(v.ResultTitle), TeamTitle: wire.Some(v.TeamTitle), NeedTitle: wire.Some(v.NeedTitle), Message: v.Message, AnswerDue: wire.DateOf(v.AnswerDue),
		DeclineReason: wire.Some(wire.DeclineReason(v.DeclineReason)), DeclineNote: wire.Some(v.DeclineNote), DealId: v.DealID, DealVersion: wire.Some(v.DealVersion),
		DeclineReasonName: wire.Some(v.DeclineReason.Text().ZH), LapseReasonName: wire.Some(v.LapseReason.Text().ZH),
		LapseReason: wire.Some(wire.LapseReason(v.LapseReason)), WithdrawNote: wire.Some(v.WithdrawNote), EndedAt: v.EndedAt,
		MandateId: v.MandateID, Brokers: wire.BrokersOf(v.Brokers),
		AnsweredAt: v.AnsweredAt, CreatedAt: v.CreatedAt,
	}
	if c := v.Contacts; c != nil {
		w.Contacts = &wire.Contacts{From: *wire.ContactOf(c.From), To: *wire.ContactOf(c.To)}
	}
	return w
}

func writtenDeal(v *withContract) wire.Deal {
	w := wire.Deal{
		Actions: wire.ActionsOf(v.Acts),
		Id:      v.ID, Version: v.Version, Stage: wire.DealStage(v.Stage), StageName: wire.Some(v.Stage.Text().ZH), IntroductionId: v.IntroductionID,
		Supplier: wire.RefOf(v.Supplier), Demander: wire.RefOf(v.Demander),
		ResultId: v.ResultID, TeamId: v.TeamID, NeedId: v.NeedID, ResultTitle: wire.Some(v.ResultTitle), TeamTitle: wire.Some(v.TeamTitle), NeedTitle: wire.Some(v.NeedTitle), StepsTotal: &v.StepsTotal, ChallengeId: v.ChallengeID, Title: wire.Some(v.Title), ContractId: v.ContractID, ContractNumber: wire.Some(v.contract.Number), ContractTitle: wire.Some(v.contract.Title), LostReason: wire.Some(v.LostReason), MandateId: v.MandateID, Brokers: wire.BrokersOf(v.Brokers),
		Pricing: writtenPricing(v.Pricing), Steps: make([]wire.DealStep, len(v.Steps)), CreatedAt: v.CreatedAt,
	}
	if v.Price != nil {
		w.Price = wire.Ptr(wire.MoneyOf(*v.Price))
	}
	if c := v.Contacts; c != nil {
		w.Contacts = &wire.DealContacts{Supplier: *wire.ContactOf(c.Supplier), Demander: *wire.ContactOf(c.Demander)}
	}
	for i := range v.Steps {
		w.Steps[i] = writtenStep(&v.Steps[i])
	}
	agreed := make([]wire.DealSide, len(v.Agreed))
	for i, side := range v.Agreed {
		agreed[i] = wire.DealSide(side)
	}
	if len(agreed) > 0 {
		w.AgreedBy = &agreed
	}
	return w
}

func writtenStep(s *deals.StepView) wire.DealStep {
	return wire.DealStep{
		Kind: wire.Some(wire.DealStepKind(s.Kind)), Stage: wire.DealStage(s.Stage), Side: wire.Some(wire.DealSide(s.Side)), By: wire.Some(s.By),
		Note: s.Note, CreatedAt: s.CreatedAt,
	}
}
