// Package complaints is the HTTP edge of reports of listings and of appeals against what came of them: their routes, and the translation between the
// API's types and theirs.
package complaints

import (
	"github.com/google/uuid"

	"jiebang/api/edge"
	"jiebang/api/wire"
	"jiebang/internal/complaints"
)

// Routes hangs the operations on reports on the edge.
func Routes(e *edge.Edge, s *complaints.Service) {
	complaint := edge.Kind[complaints.View, wire.Complaint]{Path: "/v1/complaints", Get: s.Get, Wire: written}
	edge.Create(e, "fileComplaint", complaint, filing, s.File)
	edge.Read(e, "getComplaint", complaint)
	edge.List(e, "listComplaints", complaint, s.List)
	edge.Decide(e, "answerComplaint", complaint, answer, s.Answer)
	edge.Change(e, "withdrawComplaint", complaint, s.Withdraw)
	edge.Decide(e, "appealComplaint", complaint, appeal, s.Appeal)
	edge.Decide(e, "settleComplaint", complaint, settling, s.Settle)
}

func filing(b *wire.ComplaintInput) (complaints.Input, error) {
	return complaints.Input{Kind: string(b.ObjectKind), ID: b.ObjectId, Ground: complaints.Ground(b.Ground), Text: b.Text}, nil
}

func answer(b *wire.ComplaintAnswerInput) (complaints.Verdict[complaints.Outcome], error) {
	return complaints.Verdict[complaints.Outcome]{Outcome: complaints.Outcome(b.Outcome), Reason: b.Reason}, nil
}

func appeal(b *wire.AppealInput) (string, error) { return b.Text, nil }

func settling(b *wire.AppealSettleInput) (complaints.Verdict[complaints.State], error) {
	return complaints.Verdict[complaints.State]{Outcome: complaints.State(b.Outcome), Reason: b.Reason}, nil
}

func written(v *complaints.View) wire.Complaint {
	w := wire.Complaint{
		Actions: wire.ActionsOf(v.Acts), Id: v.ID, Version: v.Version, State: wire.ComplaintState(v.State), StateName: v.State.Text().ZH,
		ObjectKind: wire.ComplaintObject(v.ObjectKind), ObjectId: v.ObjectID, Title: v.Title, Ground: wire.ComplaintGround(v.Ground), Text: wire.Some(v.Text),
		ReportedBy: wire.SomePerson(v.Author), Outcome: wire.Some(wire.ComplaintOutcome(v.Outcome)), Reason: wire.Some(v.Reason), DecidedBy: wire.SomePerson(v.Decider), DecidedAt: v.DecidedAt,
		Appeal: wire.Some(v.Appeal), AppealedAt: v.AppealedAt, AppealAnswer: wire.Some(v.AppealAnswer), SettledBy: wire.SomePerson(v.Settler), SettledAt: v.SettledAt,
		CreatedAt: v.CreatedAt, UpdatedAt: v.UpdatedAt,
	}
	if v.Owner != nil && v.Owner.ID != uuid.Nil {
		w.Owner = wire.Ptr(wire.RefOf(*v.Owner))
	}
	return w
}
