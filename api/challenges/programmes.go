package challenges

import (
	"jiebang/api/edge"
	"jiebang/api/wire"
	"jiebang/internal/notices"
	"jiebang/internal/programmes"
	"jiebang/internal/review"
)

// programmeRoutes hangs the operations on rounds and templates of criteria on the edge.
func programmeRoutes(e *edge.Edge, s *programmes.Service) {
	round := edge.Kind[programmes.View, wire.Round]{Path: "/v1/rounds", Get: s.Get, Wire: writtenRound}
	edge.Create(e, "createRound", round, roundInput, s.Create)
	edge.Read(e, "getRound", round)
	edge.List(e, "listRounds", round, s.List)
	edge.Decide(e, "replaceRound", round, roundInput, s.Replace)
	edge.Delete(e, "deleteRound", s.Delete)
	edge.Change(e, "openRound", round, s.Open)
	edge.Change(e, "closeRound", round, s.Close)

	template := edge.Kind[programmes.TemplateView, wire.CriteriaTemplate]{Path: "/v1/criteria-templates", Get: s.GetTemplate, Wire: writtenTemplate}
	edge.Create(e, "createCriteriaTemplate", template, templateInput, s.CreateTemplate)
	edge.Read(e, "getCriteriaTemplate", template)
	edge.List(e, "listCriteriaTemplates", template, s.ListTemplates)
	edge.Decide(e, "replaceCriteriaTemplate", template, templateInput, s.ReplaceTemplate)
	edge.Delete(e, "deleteCriteriaTemplate", s.DeleteTemplate)
}

func writtenRound(v *programmes.View) wire.Round {
	r, panel := v.Rules, v.Rules.Panel()
	return wire.Round{
		Actions: wire.ActionsOf(v.Acts), Id: v.ID, Version: v.Version, Code: v.Code, Year: v.Year, Name: v.Name, Level: wire.RoundLevel(v.Level),
		Chains: wire.ChainsOf(v.Chains), State: wire.RoundState(v.State), PostFrom: wire.DateOf(v.PostFrom), PostTo: wire.DateOf(v.PostTo),
		Budget: wire.MoneyOf(v.Budget), Committed: wire.MoneyOf(v.Committed), EnteredBy: wire.SomePerson(v.EnteredBy), CreatedAt: v.CreatedAt, UpdatedAt: v.UpdatedAt,
		Rules: wire.RoundRules{
			NoticeDays: r.Notice.Length, NoticeUnit: wire.DayUnit(r.Notice.Unit), NoticeDayOne: r.Notice.DayOneCounts, NoticeMoves: r.Notice.LastOff == notices.NextWorkingDay, Reviewers: r.Reviewers,
			Criteria: writtenCriteria(r.Criteria), Threshold: r.Threshold, Blind: r.Blind, Winners: r.Winners, ShowBids: r.ShowBids, MostRunning: r.MostRunning,
			GrantShareBp: r.GrantShare, OwnShareBp: r.OwnShare, AnswerDays: r.AnswerDays, ObjectionDays: r.ObjectionsDays,
			Outliers: wire.Ptr(wire.OutlierRule(panel.Outliers)), OutliersFrom: wire.Some(panel.OutliersFrom), Ties: wire.Ptr(wire.TieRule(panel.Ties)),
			Decides: wire.Ptr(wire.PanelDecider(panel.Decides)),
		},
	}
}

func writtenCriteria(criteria []programmes.Criterion) []wire.Criterion {
	out := make([]wire.Criterion, len(criteria))
	for i, c := range criteria {
		out[i] = wire.Criterion{Name: c.Name, WeightBp: c.Weight}
	}
	return out
}

func criteria(in []wire.CriterionInput) []programmes.Criterion {
	out := make([]programmes.Criterion, len(in))
	for i, c := range in {
		out[i] = programmes.Criterion{Name: c.Name, Weight: c.WeightBp}
	}
	return out
}

func roundInput(b *wire.RoundInput) (programmes.Input, error) {
	r := b.Rules
	in := programmes.Input{
		Code: b.Code, Year: b.Year, Name: b.Name, Level: programmes.Level(b.Level), Chains: wire.List(b.Chains), PostFrom: wire.DayOf(b.PostFrom), PostTo: wire.DayOf(b.PostTo),
		Rules: programmes.Rules{
			Notice: notices.Period{Length: r.NoticeDays, Unit: notices.Unit(r.NoticeUnit), DayOneCounts: r.NoticeDayOne, LastOff: programmes.LastOff(r.NoticeMoves)}, Reviewers: r.Reviewers,
			Criteria: criteria(r.Criteria), Threshold: r.Threshold, Blind: r.Blind, Winners: r.Winners, ShowBids: r.ShowBids, MostRunning: r.MostRunning,
			GrantShare: r.GrantShareBp, OwnShare: r.OwnShareBp, AnswerDays: r.AnswerDays, ObjectionsDays: r.ObjectionDays,
			Outliers: review.OutlierRule(wire.Value(r.Outliers)), OutliersFrom: wire.Value(r.OutliersFrom), Ties: review.TieRule(wire.Value(r.Ties)),
			Decides: review.Decider(wire.Value(r.Decides)),
		},
	}
	var err error
	in.Budget, err = wire.Fen(b.Budget, "/budget")
	return in, err
}

func writtenTemplate(v *programmes.TemplateView) wire.CriteriaTemplate {
	return wire.CriteriaTemplate{
		Actions: wire.ActionsOf(v.Acts), Id: v.ID, Version: v.Version, Name: v.Name, Criteria: writtenCriteria(v.Criteria), CreatedAt: v.CreatedAt, UpdatedAt: v.UpdatedAt,
	}
}

func templateInput(b *wire.CriteriaTemplateInput) (programmes.TemplateInput, error) {
	return programmes.TemplateInput{Name: b.Name, Criteria: criteria(b.Criteria)}, nil
}
