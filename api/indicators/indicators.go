// Package indicators is the HTTP edge of indicators: their definitions, targets, reported actuals, figures and frozen reports.
package indicators

import (
	"context"

	"github.com/google/uuid"

	"jiebang/api/edge"
	"jiebang/api/wire"
	"jiebang/internal/fault"
	"jiebang/internal/indicators"
	"jiebang/internal/when"
	"jiebang/internal/work"
)

// Routes hangs the operations on indicators on the edge.
func Routes(e *edge.Edge, s *indicators.Service) {
	edge.Plain(e, "listIndicators", func(ctx context.Context, call work.Call, q indicators.Question) (wire.IndicatorFigures, error) {
		a, err := s.Figures(ctx, call.Actor, q)
		if err != nil {
			return wire.IndicatorFigures{}, err
		}
		return wire.IndicatorFigures{Year: a.Year, AsOf: wire.DateOf(a.AsOf), Disclosure: disclosure(a.Full), Items: figures(a.Figures)}, nil
	})
	edge.Plain(e, "getIndicator", func(ctx context.Context, call work.Call, q indicators.One) (wire.IndicatorFigure, error) {
		f, err := s.Figure(ctx, call.Actor, q)
		if err != nil {
			return wire.IndicatorFigure{}, err
		}
		return figure(&f), nil
	})
	edge.Plain(e, "getFunnel", func(ctx context.Context, call work.Call, q indicators.FunnelQuery) (wire.Funnel, error) {
		f, err := s.Funnel(ctx, call.Actor, q)
		if err != nil {
			return wire.Funnel{}, err
		}
		return funnel(f), nil
	})
	definition := edge.Kind[indicators.DefinitionView, wire.IndicatorDefinition]{Path: "/v1/indicator-definitions", Get: s.Definition, Wire: writtenDefinition}
	edge.Create(e, "createIndicatorDefinition", definition, definitionInput, s.CreateDefinition)
	edge.Read(e, "getIndicatorDefinition", definition)
	edge.List(e, "listIndicatorDefinitions", definition, s.ListDefinitions)

	target := edge.Kind[indicators.TargetView, wire.IndicatorTarget]{Path: "/v1/indicator-targets", Get: s.Target, Wire: writtenTarget}
	edge.Create(e, "proposeIndicatorTarget", target, targetInput, s.ProposeTarget)
	edge.Read(e, "getIndicatorTarget", target)
	edge.List(e, "listIndicatorTargets", target, s.ListTargets)
	edge.Change(e, "confirmIndicatorTarget", target, s.ConfirmTarget)
	edge.Decide(e, "refuseIndicatorTarget", target, wire.Reason, s.RefuseTarget)
	edge.Change(e, "withdrawIndicatorTarget", target, s.WithdrawTarget)

	actual := edge.Kind[indicators.ActualView, wire.IndicatorActual]{Path: "/v1/indicator-actuals", Get: s.Actual, Wire: writtenActual}
	edge.Create(e, "reportIndicatorActual", actual, actualInput, s.ReportActual)
	edge.Read(e, "getIndicatorActual", actual)
	edge.List(e, "listIndicatorActuals", actual, s.ListActuals)

	report := edge.Kind[indicators.ReportView, wire.Report]{Path: "/v1/reports", Get: s.Report, Wire: writtenReport}
	edge.Create(e, "freezeReport", report, reportInput, s.FreezeReport)
	edge.Read(e, "getReport", report)
	edge.List(e, "listReports", report, s.ListReports)
	edge.Flow(e, "downloadReport", func(ctx context.Context, call work.Call, q struct {
		ID     uuid.UUID               `path:"id"`
		Format indicators.ReportFormat `query:"format"`
	}) (edge.Flowing, error) {
		d, err := s.ReportFile(ctx, call.Actor, q.ID, q.Format)
		return edge.Flowing{Write: d.Write, MediaType: d.MediaType, Name: d.Name}, err
	})
}

func disclosure(full bool) wire.Disclosure {
	if full {
		return wire.DisclosureFull
	}
	return wire.DisclosurePublic
}

func definitionInput(b *wire.IndicatorDefinitionInput) (indicators.Content, error) {
	return indicators.Content{
		Code: b.Code, Name: b.Name, NameEN: b.NameEn, Unit: indicators.Unit(b.Unit), Measured: b.Measured, MeasuredEN: b.MeasuredEn,
		Shape: indicators.Shape(b.Shape), Definition: b.Definition, DefinitionEN: b.DefinitionEn, Source: b.Source,
	}, nil
}

func writtenDefinition(d *indicators.DefinitionView) wire.IndicatorDefinition {
	return wire.IndicatorDefinition{
		Actions: wire.ActionsOf(d.Acts), Id: d.ID, Version: d.Version, Code: d.Code, Name: d.Name, NameEn: d.NameEN, Unit: wire.IndicatorUnit(d.Unit),
		Measured: d.Measured, MeasuredEn: d.MeasuredEN, Shape: wire.IndicatorShape(d.Shape), How: wire.IndicatorHow(d.How),
		Definition: d.Content.Definition, DefinitionEn: d.DefinitionEN, Source: d.Source, EnteredBy: wire.SomePerson(d.EnteredBy), CreatedAt: d.CreatedAt, UpdatedAt: d.UpdatedAt,
	}
}

func targetInput(b *wire.IndicatorTargetInput) (indicators.TargetInput, error) {
	return indicators.TargetInput{
		Code: b.Code, Year: b.Year, Scope: indicators.Scope{Office: wire.Value(b.Office), Region: wire.Value(b.Region)}, Value: b.Value,
		Comparison: indicators.Comparison(wire.Text(b.Comparison)), Source: b.Source,
	}, nil
}

func writtenTarget(t *indicators.TargetView) wire.IndicatorTarget {
	return wire.IndicatorTarget{
		Actions: wire.ActionsOf(t.Acts), Id: t.ID, Version: t.Version, Code: t.Code, Year: t.Year, Office: wire.Some(t.Office), Region: wire.Some(t.Region),
		Value: t.Value.Text(t.Unit), Comparison: wire.TargetComparison(t.Comparison), Source: t.Source, State: wire.IndicatorTargetState(t.State),
		ProposedBy: wire.SomePerson(t.By), ConfirmedBy: wire.SomePerson(t.ApprovedBy), ConfirmedAt: t.ConfirmedAt, Reason: wire.Some(t.Reason),
		CreatedAt: t.CreatedAt, UpdatedAt: t.UpdatedAt,
	}
}

func actualInput(b *wire.IndicatorActualInput) (indicators.ActualInput, error) {
	return indicators.ActualInput{
		Code: b.Code, Year: b.Year, Scope: indicators.Scope{Office: wire.Value(b.Office), Region: wire.Value(b.Region)}, Value: b.Value,
		Bound: indicators.Bound(wire.Text(b.Bound)), DataFrom: wire.DayOf(b.DataFrom), DataTo: wire.DayOf(b.DataTo), Source: b.Source,
	}, nil
}

func writtenActual(a *indicators.ActualView) wire.IndicatorActual {
	return wire.IndicatorActual{
		Actions: wire.ActionsOf(a.Acts), Id: a.ID, Version: a.Version, Code: a.Code, Year: a.Year, Office: wire.Some(a.Office), Region: wire.Some(a.Region),
		Value: a.Value.Text(a.Unit), Bound: wire.IndicatorBound(a.Bound), DataFrom: wire.DateOf(a.DataFrom), DataTo: wire.DateOf(a.DataTo), Source: a.Source,
		ReportedBy: wire.SomePerson(a.By), CreatedAt: a.CreatedAt, UpdatedAt: a.UpdatedAt,
	}
}

func reportInput(b *wire.ReportInput) (indicators.ReportInput, error) {
	month, err := when.ParseMonth(b.Month)
	if err != nil {
		return indicators.ReportInput{}, fault.InvalidInput.At("/month", fault.BadFormat, "月份形如 2026-01", "A month is written 2026-01")
	}
	return indicators.ReportInput{Month: month}, nil
}

func writtenReport(r *indicators.ReportView) wire.Report {
	return wire.Report{
		Actions: wire.ActionsOf(r.Acts), Id: r.ID, Version: r.Version, Month: r.Month, AsOf: wire.DateOf(r.Said.AsOf), Disclosure: disclosure(r.Said.Full),
		Digest: r.Shown, Ledger: head(r.Said.Head), Figures: figures(r.Said.Figures), Files: "/v1/reports/" + r.ID.String() + "/file",
		FrozenBy: wire.SomePerson(r.By), CreatedAt: r.CreatedAt, UpdatedAt: r.UpdatedAt,
	}
}
