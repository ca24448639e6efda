package contracts

import (
	"jiebang/api/edge"
	"jiebang/api/wire"
	"jiebang/internal/contracts"
)

// paymentRoutes hangs the operations on payments on the edge.
func paymentRoutes(e *edge.Edge, s *contracts.Service) {
	payment := edge.Kind[contracts.PaymentView, wire.Payment]{Path: "/v1/payments", Get: s.GetPayment, Wire: writtenPayment}
	edge.CreateUnder(e, "recordPayment", payment, paid, s.RecordPayment)
	edge.List(e, "listPayments", payment, s.ListPayments)
	edge.Read(e, "getPayment", payment)
	edge.CreateUnder(e, "reversePayment", payment, reversal, s.Reverse)
}

func paid(b *wire.PaymentInput) (contracts.PaymentInput, error) {
	amount, err := wire.Fen(b.Amount, "/amount")
	return contracts.PaymentInput{
		Amount: amount, PaidOn: wire.DayOf(b.PaidOn), Payer: contracts.Payer(wire.Text(b.Payer)), Advance: wire.Value(b.Advance), Milestone: b.MilestoneId,
		ExternalID: wire.Value(b.ExternalId), Note: wire.Value(b.Note),
	}, err
}

func reversal(b *wire.ReversalInput) (contracts.ReversalInput, error) {
	amount, err := wire.Fen(b.Amount, "/amount")
	return contracts.ReversalInput{Amount: amount, PaidOn: wire.DayOf(b.PaidOn), ExternalID: wire.Value(b.ExternalId), Note: b.Note}, err
}

func writtenPayment(p *contracts.PaymentView) wire.Payment {
	w := wire.Payment{
		Actions: wire.ActionsOf(p.Acts),
		Id:      p.ID, Version: p.Version, ContractId: p.ContractID, Reverses: p.Reverses, Amount: wire.MoneyOf(p.Amount), PaidOn: wire.DateOf(p.PaidOn), Payer: wire.PaymentPayer(p.Payer),
		Advance: wire.Some(p.Advance), MilestoneId: p.MilestoneID, ExternalId: wire.Some(p.ExternalID), Note: wire.Some(p.Note), RecordedBy: wire.Some(wire.PaymentSide(p.RecordedSide)), CreatedAt: p.CreatedAt,
	}
	if len(p.Alike) > 0 {
		w.Alike = &p.Alike
	}
	if p.Reverses == nil {
		w.Left = wire.Ptr(wire.MoneyOf(p.Left))
	}
	return w
}
