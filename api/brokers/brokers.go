// Package brokers is the HTTP edge of mandates, of the contracts that they led to, and of commissions: their routes, and the translation between
// the API's types and theirs.
package brokers

import (
	"context"

	"github.com/google/uuid"

	"jiebang/api/edge"
	"jiebang/api/wire"
	"jiebang/internal/commissions"
	"jiebang/internal/contracts"
	"jiebang/internal/mandates"
	"jiebang/internal/work"
)

// Routes hangs the operations on mandates and commissions on the edge.
func Routes(e *edge.Edge, m *mandates.Service, c *commissions.Service) {
	mandate := edge.Kind[mandates.View, wire.Mandate]{Path: "/v1/mandates", Get: m.Get, Wire: writtenMandate}
	edge.Create(e, "proposeMandate", mandate, terms, m.Propose)
	edge.Read(e, "getMandate", mandate)
	edge.List(e, "listMandates", mandate, m.List)
	edge.Decide(e, "agreeMandate", mandate, consent, m.Agree)
	edge.Decide(e, "declineMandate", mandate, wire.Reason, m.Decline)
	edge.Change(e, "withdrawMandate", mandate, m.Withdraw)
	edge.Decide(e, "endMandate", mandate, wire.Reason, m.End)
	edge.Plain(e, "getMandateProof", func(ctx context.Context, call work.Call, q struct {
		ID uuid.UUID `path:"id"`
	}) (wire.MandateProof, error) {
		proof, err := c.Proof(ctx, call.Actor, m, q.ID)
		if err != nil {
			return wire.MandateProof{}, err
		}
		return writtenProof(&proof), nil
	})

	claim := edge.Kind[commissions.ClaimView, wire.Claim]{Path: "/v1/commission-claims", Get: c.GetClaim, Wire: writtenClaim}
	edge.Read(e, "getClaim", claim)
	edge.List(e, "listClaims", claim, c.ListClaims)
	edge.Change(e, "acceptClaim", claim, c.AcceptClaim)
	edge.Decide(e, "rejectClaim", claim, wire.Reason, c.RejectClaim)

	line := edge.Kind[commissions.LineView, wire.Commission]{Path: "/v1/commissions", Get: c.GetLine, Wire: writtenLine}
	edge.Read(e, "getCommission", line)
	edge.List(e, "listCommissions", line, c.ListLines)
	edge.Change(e, "confirmCommission", line, c.ConfirmLine)
	edge.Decide(e, "disputeCommission", line, wire.Reason, c.DisputeLine)
	edge.Decide(e, "settleCommission", line, settlement, c.SettleLine)
	edge.Plain(e, "getCommissionStatement", func(ctx context.Context, call work.Call, q commissions.Question) (wire.CommissionStatement, error) {
		s, err := c.Statement(ctx, call.Actor, q)
		return writtenStatement(&s), err
	})
}

func terms(b *wire.MandateInput) (mandates.Terms, error) {
	in := mandates.Terms{
		Principal: b.PrincipalId, Result: b.ResultId, Need: b.NeedId, From: wire.DayOf(b.ValidFrom), To: wire.DayOf(b.ValidTo), TailMonths: b.TailMonths,
		Base: mandates.Base(wire.Text(b.Base)), RateBP: wire.Value(b.RateBp), Note: wire.Value(b.Note), Brokers: make([]mandates.Part, len(b.Brokers)),
	}
	for i, p := range b.Brokers {
		in.Brokers[i] = mandates.Part{Username: p.Username, Agency: p.AgencyId, ShareBP: p.ShareBp}
	}
	if b.Fee == nil {
		return in, nil
	}
	fee, err := wire.Fen(*b.Fee, "/fee/amount")
	in.Fee = &fee
	return in, err
}

func consent(b *wire.AgreeMandateInput) (mandates.Consent, error) {
	return mandates.Consent{Conflicts: wire.Value(b.AcceptConflicts)}, nil
}

func settlement(b *wire.SettleCommissionInput) (commissions.Settlement, error) {
	return commissions.Settlement{PaidOn: wire.DayOf(b.PaidOn), Reference: wire.Value(b.Reference)}, nil
}

func writtenMandate(m *mandates.View) wire.Mandate {
	w := wire.Mandate{
		Actions: wire.ActionsOf(m.Acts), Id: m.ID, Version: m.Version, State: wire.MandateState(m.State), StateName: wire.Some(m.State.Text().ZH),
		ProposedBy: wire.SomePerson(m.ProposedBy), AnsweredBy: wire.SomePerson(m.AnsweredBy), EndedBy: wire.SomePerson(m.EndedBy),
		Principal: wire.RefOf(m.Principal), ResultId: m.ResultID, NeedId: m.NeedID, Title: wire.Some(m.Title), ValidFrom: wire.DateOf(m.ValidFrom),
		ValidTo: wire.DateOf(m.ValidTo), EndedOn: wire.OptionalDate(m.EndedOn), TailMonths: m.TailMonths, TailEnds: wire.DateOf(m.TailEnds()),
		Base: wire.Some(wire.CommissionBase(m.RateBase)), RateBp: wire.Some(m.RateBP), Note: wire.Some(m.Note),
		Brokers: make([]wire.MandateBroker, len(m.Brokers)), ProposedAt: m.CreatedAt, AgreedAt: m.AgreedAt, Reason: wire.Some(m.Reason), UpdatedAt: m.UpdatedAt,
	}
	if m.Fee != nil {
		w.Fee = wire.Ptr(wire.MoneyOf(*m.Fee))
	}
	for i, b := range m.Brokers {
		w.Brokers[i] = wire.MandateBroker{Username: b.Person.Username, Name: b.Person.Name, ShareBp: b.ShareBP}
		if b.Agency != nil {
			w.Brokers[i].Agency = wire.Ptr(wire.RefOf(*b.Agency))
		}
	}
	if len(m.Conflicts) > 0 {
		list := make([]wire.MandateConflict, len(m.Conflicts))
		for i, c := range m.Conflicts {
			list[i] = wire.MandateConflict{MandateId: c.MandateID, ValidFrom: wire.DateOf(c.ValidFrom), ValidTo: wire.DateOf(c.ValidTo)}
		}
		w.Conflicts = &list
	}
	return w
}

func writtenProof(p *commissions.Proof) wire.MandateProof {
	w := wire.MandateProof{Mandate: writtenMandate(&p.Mandate), Introductions: make([]wire.MandateIntroduction, len(p.Made))}
	for i, m := range p.Made {
		w.Introductions[i] = wire.MandateIntroduction{IntroductionId: m.IntroductionID, Title: m.Title, ProposedAt: m.ProposedAt, MadeUnder: m.Under}
	}
	return w
}

func brief(b contracts.Brief) wire.BriefContract {
	return wire.BriefContract{Id: b.ID, Number: b.Number, Title: b.Title, State: wire.ContractState(b.State)}
}

func writtenClaim(c *commissions.ClaimView) wire.Claim {
	return wire.Claim{
		Actions: wire.ActionsOf(c.Acts), Id: c.ID, Version: c.Version, State: wire.ClaimState(c.State), MandateId: c.MandateID, IntroductionId: c.IntroductionID,
		Principal: wire.RefOf(c.Principal), Contract: brief(c.Contract), ByDeal: c.ByDeal, AnsweredAt: c.AnsweredAt, Reason: wire.Some(c.Reason), CreatedAt: c.CreatedAt,
	}
}

func writtenLine(l *commissions.LineView) wire.Commission {
	return wire.Commission{
		Actions: wire.ActionsOf(l.Acts), Id: l.ID, Version: l.Version, State: wire.CommissionState(l.State), ClaimId: l.ClaimID, MandateId: l.MandateID, PaymentId: l.PaymentID,
		Principal: wire.RefOf(l.Principal), Broker: wire.BrokerRef{Username: l.Broker.Username, Name: l.Broker.Name}, Contract: brief(l.Contract), Amount: wire.AmountOf(l.Amount),
		DueOn: wire.DateOf(l.DueOn), Reason: wire.Some(l.Reason), PaidOn: wire.OptionalDate(l.PaidOn), Reference: wire.Some(l.Reference), CreatedAt: l.CreatedAt,
	}
}

func writtenStatement(s *commissions.Statement) wire.CommissionStatement {
	w := wire.CommissionStatement{
		Broker: wire.BrokerRef{Username: s.Broker.Username, Name: s.Broker.Name}, Month: s.Month.String(), Before: wire.AmountOf(s.Before), Due: wire.AmountOf(s.Due),
		Paid: wire.AmountOf(s.Paid), Disputed: wire.AmountOf(s.Disputed), Open: wire.AmountOf(s.Open), ToReturn: wire.AmountOf(s.ToReturn),
		Lines: make([]wire.Commission, len(s.Lines)), More: s.More,
	}
	for i := range s.Lines {
		w.Lines[i] = writtenLine(&s.Lines[i])
	}
	return w
}
