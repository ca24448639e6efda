package ledger

import (
	"jiebang/api/edge"
	"jiebang/api/wire"
	"jiebang/internal/fault"
	"jiebang/internal/ledger"
	"jiebang/internal/when"
)

// closingRoutes hangs the operations on closings of months on the edge.
func closingRoutes(e *edge.Edge, s *ledger.Service) {
	one := edge.Kind[ledger.ClosingView, wire.LedgerClosing]{Path: "/v1/ledger-closings", Get: s.Closing, Wire: closing}
	edge.Create(e, "proposeLedgerClosing", one, func(b *wire.LedgerClosingInput) (when.Month, error) {
		m, err := when.ParseMonth(b.Month)
		if err != nil {
			return m, fault.InvalidInput.At("/month", fault.BadFormat, "月份形如 2026-01", "A month is written 2026-01")
		}
		return m, nil
	}, s.ProposeClosing)
	edge.Read(e, "getLedgerClosing", one)
	edge.List(e, "listLedgerClosings", one, s.Closings)
	edge.Change(e, "confirmLedgerClosing", one, s.ConfirmClosing)
	edge.Delete(e, "dropLedgerClosing", s.DropClosing)
}

func closing(c *ledger.ClosingView) wire.LedgerClosing {
	return wire.LedgerClosing{
		Actions: wire.ActionsOf(c.Acts), Id: c.ID, Version: c.Version, Month: c.Month.String(), Closed: c.Closed,
		ProposedBy: wire.SomePerson(c.ProposedBy), ConfirmedBy: wire.SomePerson(c.ConfirmedBy), ConfirmedAt: c.ConfirmedAt, CreatedAt: c.CreatedAt,
	}
}
