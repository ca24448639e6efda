package imports

import (
	"cmp"
	"context"

	"github.com/google/uuid"

	"jiebang/api/edge"
	"jiebang/api/wire"
	"jiebang/internal/codes"
	"jiebang/internal/exchange"
	"jiebang/internal/work"
)

// reconciliations hangs the operations on tables of other systems on the edge.
func reconciliations(e *edge.Edge, s *exchange.Service) {
	one := edge.Kind[exchange.ReconciliationView, wire.Reconciliation]{Path: "/v1/reconciliations", Get: s.Reconciliation, Wire: reconciled}
	edge.Create(e, "createReconciliation", one, reconciling, s.Reconcile)
	edge.Read(e, "getReconciliation", one)
	edge.List(e, "listReconciliations", one, s.Reconciliations)
	edge.Change(e, "startReconciliation", one, s.Compare)
	edge.List(e, "listReconciliationRows", edge.Kind[exchange.TableRow, wire.ReconciliationRow]{Wire: tableRow}, s.TableRows)
	edge.Decide(e, "settleReconciliationRow", one, func(b *wire.ReconciliationSettling) (exchange.Settling, error) {
		return exchange.Settling{Row: b.Row, Note: b.Note, Take: wire.Value(b.TakeOver)}, nil
	}, s.Settle)
	edge.Change(e, "proposeTakeover", one, s.Propose)
	edge.Change(e, "confirmTakeover", one, s.ConfirmTakeover)
	edge.Decide(e, "returnTakeover", one, func(b *wire.TakeoverReturn) (string, error) { return b.Reason, nil }, s.ReturnTakeover)
	edge.Flow(e, "downloadReconciliationReport", func(ctx context.Context, call work.Call, q struct {
		ID uuid.UUID `path:"id"`
	}) (edge.Flowing, error) {
		return flowing(s.ReconciliationReport(ctx, call.Actor, q.ID))
	})
	edge.Flow(e, "downloadReconciliationTemplate", func(context.Context, work.Call, struct{}) (edge.Flowing, error) {
		return flowing(s.RegistrationTemplate())
	})
}

func reconciling(b *wire.ReconciliationInput) (exchange.ReconciliationInput, error) {
	in := exchange.ReconciliationInput{Office: b.Office, Source: wire.Value(b.Source), From: wire.OptionalDay(b.RegisteredFrom), To: wire.OptionalDay(b.RegisteredTo),
		Sheet: wire.Value(b.Sheet), HeadingRow: wire.Value(b.HeadingRow), Mapping: map[string]string{}}
	for _, m := range wire.List(b.Mapping) {
		in.Mapping[m.Heading] = m.Field
	}
	return in, nil
}

func reconciled(r *exchange.ReconciliationView) wire.Reconciliation {
	w := wire.Reconciliation{
		Actions: wire.ActionsOf(r.Acts), Id: r.ID, Version: r.Version, Office: r.Office, OfficeName: wire.Some(r.OfficeName), Source: r.Source,
		RegisteredFrom: wire.OptionalDate(cmp.Or(r.From, r.FoundFrom)), RegisteredTo: wire.OptionalDate(cmp.Or(r.To, r.FoundTo)), Sheet: wire.Some(r.Sheet), HeadingRow: wire.Some(r.HeadingRow), State: wire.ReconciliationState(r.State), FileId: r.FileID,
		About: r.About, Rows: r.Total, Same: r.Same, OnlyThere: r.OnlyThere, OnlyHere: r.OnlyHere, Differing: r.Differing, Twins: r.Twins, Unreadable: r.Unreadable,
		Taken: r.Taken, LeftOut: r.LeftOut, Unsettled: r.Unsettled, Headings: headings(r.Headings), Failure: failure(r.Problem), ReturnReason: wire.Some(r.Reason),
		CreatedBy: wire.SomePerson(r.CreatedBy), StartedBy: wire.SomePerson(r.StartedBy), StartedAt: r.StartedAt, ProposedBy: wire.SomePerson(r.ProposedBy), ProposedAt: r.ProposedAt,
		ConfirmedBy: wire.SomePerson(r.ConfirmedBy), ConfirmedAt: r.ConfirmedAt, EndedAt: r.EndedAt, CreatedAt: r.CreatedAt, UpdatedAt: r.UpdatedAt,
	}
	return w
}

func tableRow(r *exchange.TableRow) wire.ReconciliationRow {
	w := wire.ReconciliationRow{Row: r.Row, Outcome: wire.ReconciliationOutcome(r.Outcome), OfficialNumber: wire.Some(r.OfficialNumber), Title: wire.Some(r.Title),
		ContractId: r.ContractID, ContractNumber: wire.Some(r.ContractNumber), Note: wire.Some(r.Note), SettledBy: wire.SomePerson(r.Settler), SettledAt: r.SettledAt}
	if c := r.Content; c != nil {
		w.Turnover, w.RegisteredOn, w.SignedOn = wire.Ptr(wire.MoneyOf(c.Terms.Turnover)), wire.OptionalDate(c.RegisteredOn), wire.OptionalDate(c.Terms.SignedOn)
		if technology, err := c.Terms.Technology(); err == nil {
			w.TechnologyAmount = wire.Ptr(wire.MoneyOf(technology))
		}
		w.SubkindName, w.FieldName = wire.Term(codes.ContractSubkinds, c.Terms.Subkind), wire.Term(codes.Fields, c.Terms.Field)
		w.Seller, w.Buyer = wire.Some(c.Terms.Sellers[0].Name), wire.Some(c.Terms.Buyers[0].Name)
		w.SellerRegionName, w.BuyerRegionName = wire.RegionName(c.Terms.Sellers[0].Place()), wire.RegionName(c.Terms.Buyers[0].Place())
		w.RegisteredElsewhere = wire.Some(c.Elsewhere)
	}
	if r.Take {
		w.TakeOver = &r.Take
	}
	if len(r.Differs) > 0 {
		list := make([]wire.RegistrationDifference, len(r.Differs))
		for i, d := range r.Differs {
			list[i] = wire.RegistrationDifference{Place: wire.DifferencePlace(d.Place), There: wire.Some(d.There), Here: wire.Some(d.Here)}
		}
		w.Differences = &list
	}
	if wrong := problems(r.Problems); len(wrong) > 0 {
		w.Errors = &wrong
	}
	return w
}
