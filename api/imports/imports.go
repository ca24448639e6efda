// Package imports is the HTTP edge of imports, exports and batches: their routes, and the translation between the API's types and theirs.
package imports

import (
	"context"

	"github.com/google/uuid"

	"jiebang/api/edge"
	"jiebang/api/wire"
	"jiebang/internal/exchange"
	"jiebang/internal/work"
)

// Routes hangs the operations on imports, exports and batches on the edge.
func Routes(e *edge.Edge, s *exchange.Service) {
	one := edge.Kind[exchange.View, wire.Import]{Path: "/v1/imports", Get: s.Get, Wire: written}
	edge.Create(e, "createImport", one, input, s.Create)
	edge.Read(e, "getImport", one)
	edge.List(e, "listImports", one, s.List)
	edge.Decide(e, "startImport", one, func(b *wire.ImportStart) (bool, error) { return wire.Value(b.DryRun), nil }, s.Start)
	edge.Change(e, "cancelImport", one, s.Cancel)
	edge.List(e, "listImportRows", edge.Kind[exchange.RowOutcome, wire.ImportRow]{Wire: row}, s.Rows)
	edge.Flow(e, "downloadImportWorkbook", func(ctx context.Context, call work.Call, q struct {
		ID uuid.UUID `path:"id"`
	}) (edge.Flowing, error) {
		return flowing(s.Workbook(ctx, call.Actor, q.ID))
	})
	edge.Flow(e, "downloadImportTemplate", func(_ context.Context, _ work.Call, q struct {
		Kind string `path:"kind"`
	}) (edge.Flowing, error) {
		return flowing(s.Template(q.Kind))
	})
	edge.Flow(e, "exportRecords", func(ctx context.Context, call work.Call, q exchange.Filter) (edge.Flowing, error) {
		return flowing(s.Export(ctx, call.Actor, q))
	})
	reconciliations(e, s)
	edge.Plain(e, "runBatch", func(ctx context.Context, call work.Call, q struct {
		Body *wire.BatchInput `body:"yes"`
	}) (wire.Batch, error) {
		out, err := s.Each(ctx, call, exchange.Step{
			Kind: string(q.Body.Kind), Action: exchange.Action(q.Body.Action), IDs: wire.List(q.Body.Ids), Import: wire.Value(q.Body.ImportId),
			Deciding: deciding(q.Body.Applications), Reason: wire.Value(q.Body.Reason), Note: wire.Value(q.Body.Note), Username: wire.Value(q.Body.Username),
			Until: wire.OptionalDay(q.Body.ConfirmedUntil),
		})
		return batch(out), err
	})
}

func flowing(d exchange.Document, err error) (edge.Flowing, error) {
	return edge.Flowing{Write: d.Write, MediaType: d.MediaType, Name: d.Name}, err
}

func input(b *wire.ImportInput) (exchange.Input, error) {
	in := exchange.Input{Kind: string(b.Kind), Owner: b.OwnerId, SaveMapping: wire.Value(b.SaveMapping), Settings: exchange.Settings{
		Scheme: wire.Value(b.Scheme), Field: wire.Text(b.Field), Sheet: wire.Value(b.Sheet), HeadingRow: wire.Value(b.HeadingRow),
		Whole: wire.Value(b.AllOrNothing), Submit: wire.Value(b.Submit), Mapping: map[string]string{},
	}}
	for _, m := range wire.List(b.Mapping) {
		in.Mapping[m.Heading] = m.Field
	}
	return in, nil
}

func written(i *exchange.View) wire.Import {
	w := wire.Import{
		CreatedBy: wire.SomePerson(i.CreatedBy), StartedBy: wire.SomePerson(i.StartedBy),
		Actions: wire.ActionsOf(i.Acts), Id: i.ID, Version: i.Version, Kind: wire.ImportKind(i.Kind), Owner: wire.RefOf(i.Owner), Scheme: i.Scheme, Field: wire.Some(wire.Field(i.Settings.Field)),
		Sheet: wire.Some(i.Sheet), HeadingRow: wire.Some(i.HeadingRow), AllOrNothing: i.Whole, Submit: i.Submit, DryRun: i.DryRun, State: wire.ImportState(i.State), Outcome: wire.Some(wire.ImportOutcome(i.Outcome())), Written: i.Written(),
		FileId: i.FileID, Rows: i.Total, About: i.About, Created: i.Created, Changed: i.Changed, Revised: i.Revised, Unchanged: i.Unchanged, Refused: i.Refused,
		Headings: headings(i.Headings), Failure: failure(i.Problem), StartedAt: i.StartedAt, EndedAt: i.EndedAt, CreatedAt: i.CreatedAt, UpdatedAt: i.UpdatedAt,
	}
	return w
}

func headings(all []exchange.Heading) []wire.ImportHeading {
	out := []wire.ImportHeading{}
	for _, h := range all {
		out = append(out, wire.ImportHeading{Column: h.Column, Heading: h.Text, Field: wire.Some(h.Field), Unit: wire.Some(h.Unit)})
	}
	return out
}

func failure(p *exchange.Problem) *wire.ImportProblem {
	if p == nil {
		return nil
	}
	return &wire.ImportProblem{Code: p.Code, Message: p.ZH, MessageEn: p.EN}
}

func row(r *exchange.RowOutcome) wire.ImportRow {
	w := wire.ImportRow{Row: r.Row, Outcome: wire.RowOutcome(r.Outcome), ExternalId: wire.Some(r.Identity), ObjectId: r.ObjectID, Errors: problems(r.Told(false))}
	if warnings := problems(r.Told(true)); len(warnings) > 0 {
		w.Warnings = &warnings
	}
	return w
}

func problems(all []exchange.RowProblem) []wire.RowProblem {
	out := make([]wire.RowProblem, len(all))
	for i, p := range all {
		out[i] = wire.RowProblem{Column: wire.Some(p.Column), Heading: wire.Some(p.Heading), Pointer: wire.Some(p.Pointer), Code: p.Code, Message: p.ZH, MessageEn: p.EN}
	}
	return out
}

func deciding(all *[]wire.BatchApplication) (out []exchange.Deciding) {
	for _, a := range wire.List(all) {
		out = append(out, exchange.Deciding{ID: a.Id, Version: a.Version, OfficialNumber: wire.Value(a.OfficialNumber), TwinReason: wire.Value(a.TwinReason)})
	}
	return out
}

func batch(b exchange.Stepped) wire.Batch {
	w := wire.Batch{More: b.Left, Items: make([]wire.BatchOutcome, len(b.Fates))}
	for i, f := range b.Fates {
		w.Items[i] = wire.BatchOutcome{Id: f.ID, Done: f.Err == nil, Version: wire.Some(f.Version)}
		if f.Err == nil {
			w.Done++
			continue
		}
		w.Refused++
		t := f.Err.Told()
		w.Items[i].Code, w.Items[i].Message, w.Items[i].MessageEn = wire.Some(f.Err.Code), wire.Some(t.ZH), wire.Some(t.EN)
	}
	return w
}
