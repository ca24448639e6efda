// Package deals is the HTTP edge of introductions and deals: their routes, and the translation between the API's types and theirs.
package deals

import (
	"jiebang/api/edge"
	"jiebang/api/wire"
	"jiebang/internal/deals"
)

// Routes hangs the operations on introductions and deals on the edge.
func Routes(e *edge.Edge, s *deals.Service) {
	introduction := edge.Kind[deals.IntroductionView, wire.Introduction]{Path: "/v1/introductions", Get: s.GetIntroduction, Wire: written}
	edge.Create(e, "proposeIntroduction", introduction, proposal, s.Propose)
	edge.Read(e, "getIntroduction", introduction)
	edge.List(e, "listIntroductions", introduction, s.ListIntroductions)
	edge.Change(e, "acceptIntroduction", introduction, s.Accept)
	edge.Decide(e, "declineIntroduction", introduction, refusal, s.Decline)

	deal := edge.Kind[deals.DealView, wire.Deal]{Path: "/v1/deals", Get: s.GetDeal, Wire: writtenDeal}
	edge.Read(e, "getDeal", deal)
	edge.List(e, "listDeals", deal, s.ListDeals)
	edge.Decide(e, "advanceDeal", deal, progress, s.Advance)
}

func proposal(b *wire.IntroductionInput) (deals.Proposal, error) {
	return deals.Proposal{From: b.FromId, Result: b.ResultId, Need: b.NeedId, Message: b.Message}, nil
}

func refusal(b *wire.DeclineInput) (deals.Refusal, error) {
	return deals.Refusal{Reason: deals.DeclineReason(b.Reason), Note: wire.Value(b.Note)}, nil
}

func progress(b *wire.AdvanceInput) (deals.Progress, error) {
	return deals.Progress{Stage: deals.Stage(b.Stage), Note: wire.Value(b.Note)}, nil
}

func written(v *deals.IntroductionView) wire.Introduction {
	w := wire.Introduction{
		Actions: wire.ActionsOf(v.Acts),
		Id:      v.ID, Version: v.Version, State: wire.IntroductionState(v.State), From: wire.RefOf(v.From),
		To: wire.RefOf(v.To), ResultId: v.ResultID, NeedId: v.NeedID, Message: v.Message, AnswerDue: wire.DateOf(v.AnswerDue),
		DeclineReason: wire.Some(wire.DeclineReason(v.DeclineReason)), DeclineNote: wire.Some(v.DeclineNote), DealId: v.DealID, DealVersion: wire.Some(v.DealVersion),
		AnsweredAt: v.AnsweredAt, CreatedAt: v.CreatedAt,
	}
	if c := v.Contacts; c != nil {
		w.Contacts = &wire.Contacts{From: *wire.ContactOf(c.From), To: *wire.ContactOf(c.To)}
	}
	return w
}

func writtenDeal(v *deals.DealView) wire.Deal {
	w := wire.Deal{
		Actions: wire.ActionsOf(v.Acts),
		Id:      v.ID, Version: v.Version, Stage: wire.DealStage(v.Stage), IntroductionId: v.IntroductionID,
		Supplier: wire.RefOf(v.Supplier), Demander: wire.RefOf(v.Demander),
		ResultId: v.ResultID, NeedId: v.NeedID, ContractId: v.ContractID, LostReason: wire.Some(v.LostReason),
		Steps: make([]wire.DealStep, len(v.Steps)), CreatedAt: v.CreatedAt,
	}
	for i, s := range v.Steps {
		w.Steps[i] = wire.DealStep{Stage: wire.DealStage(s.Stage), Note: s.Note, CreatedAt: s.CreatedAt}
	}
	return w
}
