package organizations

import (
	"context"

	"jiebang/api/edge"
	"jiebang/api/wire"
	"jiebang/internal/orgs"
	"jiebang/internal/work"
)

// gradeRoutes hangs the operations on grades of organizations on the edge.
func gradeRoutes(e *edge.Edge, s *orgs.Service) {
	grade := edge.Kind[orgs.GradeView, wire.Grade]{Path: "/v1/grades", Get: s.Grade, Wire: writtenGrade}
	edge.Create(e, "proposeGrade", grade, gradeInput, s.ProposeGrade)
	edge.Read(e, "getGrade", grade)
	edge.List(e, "listGrades", grade, s.ListGrades)
	edge.Change(e, "confirmGrade", grade, s.ConfirmGrade)
	edge.Decide(e, "refuseGrade", grade, reason, s.RefuseGrade)
	edge.Change(e, "withdrawGrade", grade, s.WithdrawGrade)
	edge.Decide(e, "endGrade", grade, func(b *wire.GradeEndInput) (orgs.GradeEnding, error) {
		return orgs.GradeEnding{LastDay: wire.OptionalDay(b.LastDay), Reason: b.Reason}, nil
	}, s.EndGrade)
	edge.Plain(e, "countGrades", func(ctx context.Context, call work.Call, q orgs.GradeQuestion) (wire.GradeCounts, error) {
		counted, err := s.CountGrades(ctx, call.Actor, q)
		if err != nil {
			return wire.GradeCounts{}, err
		}
		out := wire.GradeCounts{On: wire.DateOf(counted.Day), Items: make([]wire.GradeCount, len(counted.Kinds))}
		for i, k := range counted.Kinds {
			out.Items[i] = wire.GradeCount{Kind: wire.GradeKind(k), Organizations: counted.Held[i]}
		}
		return out, nil
	})
}

func writtenGrade(g *orgs.GradeView) wire.Grade {
	return wire.Grade{
		Actions: wire.ActionsOf(g.Acts),
		Id:      g.ID, Version: g.Version, OrganizationId: g.OrganizationID, OrganizationName: wire.Some(g.Organization.Name), Kind: wire.GradeKind(g.Kind), KindName: wire.Some(g.Kind.Text().ZH),
		State: wire.GradeState(g.State), ValidFrom: wire.DateOf(g.ValidFrom), ValidTo: wire.OptionalDate(g.ValidTo), Certificate: g.Certificate,
		ProposedBy: wire.SomePerson(g.By), ConfirmedBy: wire.SomePerson(g.ApprovedBy), ConfirmedAt: g.ConfirmedAt, Reason: wire.Some(g.Reason),
		CreatedAt: g.CreatedAt, UpdatedAt: g.UpdatedAt,
	}
}

func gradeKinds(kinds []orgs.GradeKind) []wire.GradeKind {
	out := make([]wire.GradeKind, len(kinds))
	for i, k := range kinds {
		out[i] = wire.GradeKind(k)
	}
	return out
}

func gradeInput(b *wire.GradeInput) (orgs.GradeInput, error) {
	return orgs.GradeInput{
		OrganizationID: b.OrganizationId, Kind: orgs.GradeKind(b.Kind), ValidFrom: wire.DayOf(b.ValidFrom), ValidTo: wire.OptionalDay(b.ValidTo), Certificate: b.Certificate,
	}, nil
}
