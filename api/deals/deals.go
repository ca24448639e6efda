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

	edge.Decide(e, "withdrawIntroduction", introduction, takenBack, s.Withdraw)

	deal := edge.Kind[deals.DealView, wire.Deal]{Path: "/v1/deals", Get: s.GetDeal, Wire: writtenDeal}
	edge.Read(e, "getDeal", deal)
	edge.List(e, "listDeals", deal, s.ListDeals)
	edge.Decide(e, "advanceDeal", deal, progress, s.Advance)
	edge.Decide(e, "revertDeal", deal, back, s.Revert)
	edge.CreateUnder(e, "noteDeal", deal, dealNote, s.AddNote)
	edge.List(e, "listDealSteps", edge.Kind[deals.StepView, wire.DealStep]{Path: "/v1/deals", Wire: writtenStep}, s.ListSteps)
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
		Actions: wire.ActionsOf(v.Acts),
		Id:      v.ID, Version: v.Version, State: wire.IntroductionState(v.State), From: wire.RefOf(v.From),
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

func writtenDeal(v *deals.DealView) wire.Deal {
	w := wire.Deal{
		Actions: wire.ActionsOf(v.Acts),
		Id:      v.ID, Version: v.Version, Stage: wire.DealStage(v.Stage), StageName: wire.Some(v.Stage.Text().ZH), IntroductionId: v.IntroductionID,
		Supplier: wire.RefOf(v.Supplier), Demander: wire.RefOf(v.Demander),
		ResultId: v.ResultID, TeamId: v.TeamID, NeedId: v.NeedID, ResultTitle: wire.Some(v.ResultTitle), TeamTitle: wire.Some(v.TeamTitle), NeedTitle: wire.Some(v.NeedTitle), StepsTotal: &v.StepsTotal, ChallengeId: v.ChallengeID, Title: wire.Some(v.Title), ContractId: v.ContractID, LostReason: wire.Some(v.LostReason), MandateId: v.MandateID, Brokers: wire.BrokersOf(v.Brokers),
		Steps: make([]wire.DealStep, len(v.Steps)), CreatedAt: v.CreatedAt,
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
