// Package reviews is the HTTP edge of panels and reviews: their routes, and the translation between the API's types and theirs.
package reviews

import (
	"fmt"

	"github.com/google/uuid"

	"jiebang/api/edge"
	"jiebang/api/wire"
	"jiebang/internal/fault"
	"jiebang/internal/review"
)

// Routes hangs the operations on panels and reviews on the edge.
func Routes(e *edge.Edge, s *review.Service) {
	panel := edge.Kind[review.PanelView, wire.ReviewPanel]{Path: "/v1/review-panels", Get: s.Get, Wire: writtenPanel}
	edge.Read(e, "getReviewPanel", panel)
	edge.List(e, "listReviewPanels", panel, s.List)
	edge.Change(e, "closeScoring", panel, s.CloseScoring)
	edge.Change(e, "finishReviewPanel", panel, s.Finish)

	part := edge.Kind[review.ReviewView, wire.Review]{Path: "/v1/reviews", Get: s.GetReview, Wire: written}
	edge.Read(e, "getReview", part)
	edge.List(e, "listReviews", part, s.ListReviews)
	edge.Change(e, "acceptReview", part, s.Accept)
	edge.Decide(e, "refuseReview", part, refusal, s.Refuse)
	edge.Decide(e, "scoreReviewItem", part, scores, s.Score)
	edge.Decide(e, "recuseFromReviewItem", part, recusal, s.Recuse)
	edge.Decide(e, "recordReviewConsensus", part, agreement, s.Agree)
}

func refusal(b *wire.ReviewRefusal) (review.RefuseInput, error) {
	return review.RefuseInput{Reason: review.Reason(b.Reason), Note: wire.Value(b.Note)}, nil
}

func recusal(b *wire.ReviewRecusal) (review.RecuseInput, error) {
	return review.RecuseInput{Item: b.ItemId, Reason: b.Reason}, nil
}

// points reads a score of the API, whose form the description has seen; above 100 it is none.
func points(bad *fault.Fields, s string, pointer string) review.Score {
	score, ok := review.ParseScore(s)
	bad.Check(ok, pointer, fault.OutOfRange, "分值为 0 至 100，至多三位小数", "A score is 0 to 100, with three decimals at most")
	return score
}

func scores(b *wire.ReviewScoreInput) (review.ScoreInput, error) {
	in := review.ScoreInput{Item: b.ItemId, Comment: wire.Value(b.Comment), Final: b.Final}
	var bad fault.Fields
	for i, m := range b.Marks {
		in.Marks = append(in.Marks, review.Mark{Score: points(&bad, m.Score, fmt.Sprintf("/marks/%d/score", i)), Reason: wire.Value(m.Reason)})
	}
	return in, bad.Err()
}

func agreement(b *wire.ReviewConsensusInput) (review.AgreeInput, error) {
	var bad fault.Fields
	in := review.AgreeInput{Item: b.ItemId, Score: points(&bad, b.Score, "/score"), Reason: b.Reason}
	return in, bad.Err()
}

func rulesOf(r review.Rules) wire.ReviewRules {
	w := wire.ReviewRules{
		Criteria: make([]wire.ReviewCriterion, len(r.Criteria)), Threshold: r.Threshold.String(), MinReviewers: r.MinReviewers, Outliers: wire.OutlierRule(r.Outliers),
		OutliersFrom: wire.Some(r.OutliersFrom), Ties: wire.TieRule(r.Ties), Decides: wire.PanelDecider(r.Decides),
	}
	for i, c := range r.Criteria {
		w.Criteria[i] = wire.ReviewCriterion{Name: c.Name, WeightBp: c.Weight, About: wire.Some(c.About)}
	}
	return w
}

func meanOf(m review.Mean) wire.ReviewMean {
	return wire.ReviewMean{Points: m.String(), Numerator: m.Numerator, Denominator: m.Denominator}
}

// resultsOf writes results; names are the pseudonyms of the items.
func resultsOf(results []review.Result, names map[string]string) *[]wire.ReviewResult {
	if results == nil {
		return nil
	}
	out := make([]wire.ReviewResult, len(results))
	for i, r := range results {
		w := wire.ReviewResult{ItemId: r.Item, Pseudonym: names[r.Item.String()], Sheets: r.Sheets, Counted: r.Counted, Passes: r.Passes, Rank: wire.Some(r.Rank)}
		if r.Mean != nil {
			w.Mean = wire.Ptr(meanOf(*r.Mean))
			each := make([]wire.ReviewMean, len(r.ByCriteria))
			for k, m := range r.ByCriteria {
				each[k] = meanOf(m)
			}
			w.ByCriterion = &each
		}
		if r.Consensus != nil {
			w.Consensus = wire.Ptr(r.Consensus.String())
		}
		out[i] = w
	}
	return &out
}

func writtenPanel(v *review.PanelView) wire.ReviewPanel {
	w := wire.ReviewPanel{
		Actions: wire.ActionsOf(v.Acts), Id: v.ID, Version: v.Version, State: wire.PanelState(v.State), SubjectKind: v.SubjectKind, SubjectId: v.SubjectID,
		SubjectTitle: v.SubjectTitle, Rules: rulesOf(v.Rules), Blind: v.Blind, ClosedAt: v.ClosedAt, FinishedAt: v.FinishedAt, CreatedAt: v.CreatedAt, UpdatedAt: v.UpdatedAt,
	}
	names := map[string]string{}
	if len(v.Items) > 0 {
		items := make([]wire.ReviewPanelItem, len(v.Items))
		for i, item := range v.Items {
			items[i] = wire.ReviewPanelItem{Id: item.ID, Pseudonym: item.Pseudonym, Withdrawn: item.Withdrawn}
			names[item.ID.String()] = item.Pseudonym
		}
		w.Items = &items
	}
	w.Results = resultsOf(v.Results, names)
	if len(v.Draws) > 0 {
		draws := make([]wire.ReviewDraw, len(v.Draws))
		for i := range v.Draws {
			draws[i] = writtenDraw(&v.Draws[i])
		}
		w.Draws = &draws
	}
	return w
}

func writtenDraw(d *review.Drawn) wire.ReviewDraw {
	w := wire.ReviewDraw{
		Nth: d.Nth, Algorithm: review.DrawVersion, Commitment: d.Commitment, Secret: fmt.Sprintf("%x", d.Secret), Receipts: append([]string{}, d.Receipts...),
		Wanted: d.Wanted, Reason: wire.Some(d.Reason), DrawnAt: d.At,
	}
	w.Candidates, w.Excluded, w.Before, w.Drawn = []uuid.UUID{}, []uuid.UUID{}, append([]uuid.UUID{}, d.Before...), append([]uuid.UUID{}, d.Drawn...)
	for _, c := range d.Candidates {
		w.Candidates = append(w.Candidates, c.Account)
	}
	for _, x := range d.Excluded {
		w.Excluded = append(w.Excluded, x.Account)
	}
	return w
}

func written(v *review.ReviewView) wire.Review {
	w := wire.Review{
		Actions: wire.ActionsOf(v.Acts), Id: v.ID, Version: v.Version, PanelId: v.PanelID, PanelState: wire.PanelState(v.Panel.State), SubjectKind: v.Panel.SubjectKind,
		SubjectId: v.Panel.SubjectID, SubjectTitle: v.Panel.SubjectTitle, Rules: rulesOf(v.Panel.Rules), Blind: v.Panel.Blind, State: wire.ReviewState(v.State),
		Reason: wire.Some(wire.ReviewReason(v.Reason)), Note: wire.Some(v.Note), Leads: v.Leads, AnsweredAt: v.AnsweredAt, CreatedAt: v.CreatedAt, UpdatedAt: v.UpdatedAt,
	}
	names := map[string]string{}
	if len(v.Items) > 0 {
		items := make([]wire.ReviewItem, len(v.Items))
		for i := range v.Items {
			items[i] = writtenItem(&v.Items[i])
			names[v.Items[i].ID.String()] = v.Items[i].Pseudonym
		}
		w.Items = &items
	}
	w.Results = resultsOf(v.Results, names)
	return w
}

func writtenItem(x *review.ItemView) wire.ReviewItem {
	w := wire.ReviewItem{Id: x.ID, Leads: wire.Ptr(x.Leads), Pseudonym: x.Pseudonym, Withdrawn: x.Withdrawn}
	if x.Sheet != nil {
		w.Sheet = wire.Ptr(writtenSheet(x.Sheet))
	}
	if len(x.Others) > 0 {
		others := make([]wire.ReviewSheet, len(x.Others))
		for i := range x.Others {
			others[i] = writtenSheet(&x.Others[i])
		}
		w.Others = &others
	}
	if x.Agreed != nil {
		w.Consensus = &wire.ReviewConsensus{Score: x.Agreed.Score.String(), Reason: x.Agreed.Reason}
	}
	return w
}

func writtenSheet(s *review.SheetRow) wire.ReviewSheet {
	w := wire.ReviewSheet{State: wire.SheetState(s.State), Comment: wire.Some(s.Comment)}
	if len(s.Marks) > 0 {
		marks := make([]wire.ReviewMark, len(s.Marks))
		for i, m := range s.Marks {
			marks[i] = wire.ReviewMark{Score: m.Score.String(), Reason: wire.Some(m.Reason)}
		}
		w.Marks = &marks
	}
	return w
}
