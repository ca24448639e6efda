package indicators

import (
	"github.com/google/uuid"

	"jiebang/api/wire"
	"jiebang/internal/indicators"
)

func figures(in []indicators.Figure) []wire.IndicatorFigure {
	out := make([]wire.IndicatorFigure, len(in))
	for i := range in {
		out[i] = figure(&in[i])
	}
	return out
}

func figure(f *indicators.Figure) wire.IndicatorFigure {
	w := wire.IndicatorFigure{
		Code: f.Code, Name: f.Name, NameEn: f.NameEN, Unit: wire.IndicatorUnit(f.Unit), Measured: f.Measured, MeasuredEn: f.MeasuredEN,
		Shape: wire.IndicatorShape(f.Shape), How: wire.IndicatorHow(f.How), Definition: f.Definition, DefinitionEn: f.DefinitionEN, Source: f.Source,
		Year: f.Year, AsOf: wire.DateOf(f.AsOf), Office: wire.Some(f.Office), Region: wire.Some(f.Region), Disclosure: disclosure(f.Full),
		Met: f.Met, ShareBp: f.Share, TimeShareBp: f.TimeShare, AheadBp: f.Ahead, DrillDown: wire.Some(f.DrillDown), Ledger: head(f.Head),
	}
	if f.Missing != "" {
		w.Missing = wire.Ptr(wire.IndicatorMissing(f.Missing))
	}
	if t := f.Target; t != nil {
		w.Target = &wire.IndicatorGoal{Id: uuid.MustParse(t.ID), Value: t.Value.Text(f.Unit), Comparison: wire.TargetComparison(t.Comparison), Source: t.Source}
	}
	if p := f.LastYear; p != nil {
		w.LastYear = &wire.IndicatorPast{On: wire.DateOf(p.On), Value: p.Value.Text(f.Unit), Bound: wire.IndicatorBound(p.Bound), ChangeBp: p.Change}
	}
	if c := f.Forecast; c != nil {
		w.Forecast = &wire.IndicatorForecast{Value: c.Value.Text(f.Unit), Years: c.Years, MeanShareBp: c.MeanShare, ShareBp: c.Share}
	}
	if f.Actual != nil {
		w.Actual = reading(f)
	}
	return w
}

func reading(f *indicators.Figure) *wire.IndicatorReading {
	r := f.Actual
	w := &wire.IndicatorReading{
		Value: r.Value.Text(f.Unit), Bound: wire.IndicatorBound(r.Bound), How: wire.IndicatorHow(f.How), Source: wire.Some(r.Source),
		DataFrom: wire.OptionalDate(r.DataFrom), DataTo: wire.OptionalDate(r.DataTo),
	}
	if !r.ReportedAt.IsZero() {
		w.ReportedAt = &r.ReportedAt
	}
	if q := r.Ratio; q != nil {
		w.Ratio = &wire.IndicatorRatio{
			Unit: wire.IndicatorUnit(q.Unit), City: q.City, Numerator: q.Numerator.Text(q.Unit), Denominator: q.Denominator.Text(q.Unit), Unknown: q.Unknown.Text(q.Unit),
		}
	}
	if len(r.Parts) > 0 {
		parts := make([]wire.IndicatorPart, len(r.Parts))
		for i, p := range r.Parts {
			parts[i] = wire.IndicatorPart{Name: p.Name, Value: p.Value.Text(f.Unit)}
		}
		w.Parts = &parts
	}
	if r.Withheld {
		w.Withheld = wire.Ptr(true)
	}
	return w
}

func head(h indicators.Head) wire.LedgerHead {
	return wire.LedgerHead{Seq: h.Seq, Hash: h.Hash, Month: wire.Some(h.Month)}
}
