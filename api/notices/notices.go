// Package notices is the HTTP edge of notices and objections: their routes, and the translation between the API's types and theirs.
package notices

import (
	"github.com/google/uuid"

	"jiebang/api/edge"
	"jiebang/api/wire"
	"jiebang/internal/notices"
)

// Routes hangs the operations on notices and objections on the edge.
func Routes(e *edge.Edge, s *notices.Service) {
	notice := edge.Kind[notices.View, wire.Notice]{Path: "/v1/notices", Get: s.Get, Wire: written}
	edge.Read(e, "getNotice", notice)
	edge.List(e, "listNotices", notice, s.List)

	objection := edge.Kind[notices.ObjectionView, wire.Objection]{Path: "/v1/objections", Get: s.GetObjection, Wire: writtenObjection}
	edge.CreateByAnybody(e, "fileObjection", objection, filing, s.File)
	edge.Read(e, "getObjection", objection)
	edge.List(e, "listObjections", objection, s.ListObjections)
	edge.Decide(e, "completeObjection", objection, completion, s.Complete)
	edge.Change(e, "withdrawObjection", objection, s.Withdraw)
	edge.Change(e, "acceptObjection", objection, s.Accept)
	edge.Decide(e, "requestObjectionCompletion", objection, want, s.Want)
	edge.Decide(e, "answerObjection", objection, answer, s.Answer)
	edge.Change(e, "eraseObjection", objection, s.Erase)
}

func filing(b *wire.ObjectionInput) (notices.ObjectionInput, error) {
	f := b.Filer
	return notices.ObjectionInput{Kind: notices.FilerKind(f.Kind), Text: b.Text, From: notices.Filer{
		Name: wire.Value(f.Name), Telephone: wire.Value(f.Telephone), Address: wire.Value(f.Address), CreditCode: wire.Value(f.CreditCode),
		LegalRepresentative: wire.Value(f.LegalRepresentative), Signed: wire.Value(f.Signed), Sealed: wire.Value(f.Sealed),
	}}, nil
}

func completion(b *wire.ObjectionCompletion) (notices.Filer, error) {
	return notices.Filer{
		Telephone: wire.Value(b.Telephone), Address: wire.Value(b.Address), CreditCode: wire.Value(b.CreditCode),
		LegalRepresentative: wire.Value(b.LegalRepresentative), Signed: wire.Value(b.Signed), Sealed: wire.Value(b.Sealed),
	}, nil
}

func want(b *wire.ObjectionWantInput) (notices.WantInput, error) {
	in := notices.WantInput{Text: wire.Value(b.Text)}
	for _, l := range b.Lacks {
		in.Lacks = append(in.Lacks, notices.Lack(l))
	}
	return in, nil
}

func answer(b *wire.ObjectionAnswerInput) (notices.AnswerInput, error) {
	return notices.AnswerInput{Outcome: notices.Outcome(b.Outcome), Grounds: notices.Grounds(wire.Text(b.Grounds)), Text: b.Text}, nil
}

func written(v *notices.View) wire.Notice {
	w := wire.Notice{
		Actions: wire.ActionsOf(v.Acts),
		Id:      v.ID, Version: v.Version, State: wire.NoticeState(v.State), SubjectKind: v.SubjectKind, SubjectId: v.SubjectID, SubjectTitle: v.SubjectTitle,
		Title: v.Title, Text: wire.Some(v.Text), Contact: wire.Some(v.Contact), Lines: make([]wire.NoticeLine, len(v.Lines)),
		Period: wire.NoticePeriod{
			Length: v.Period.Length, Unit: wire.PeriodUnit(v.Period.Unit), DayOneCounts: v.Period.DayOneCounts, LastOff: wire.PeriodLastOff(v.Period.LastOff),
		},
		PeriodText: v.Period.Text().ZH, PeriodTextEn: v.Period.Text().EN, FirstDay: wire.DateOf(v.FirstDay), LastDay: wire.DateOf(v.LastDay), AnswerDays: v.AnswerDays, OpenObjections: v.Open,
		Outcomes: wire.NoticeOutcomes{
			Upheld: v.Outcomes[notices.Upheld], Dismissed: v.Outcomes[notices.Dismissed], Withdrawn: v.Outcomes[notices.TakenBack],
			OutOfTime: v.Outcomes[notices.OutOfTime], NotAccepted: v.Outcomes[notices.NotAccepted],
		},
		EndedAt: v.EndedAt, Reason: wire.Some(v.Reason), CreatedAt: v.CreatedAt, UpdatedAt: v.UpdatedAt,
	}
	for i, l := range v.Lines {
		w.Lines[i] = wire.NoticeLine{Name: l.Name, What: l.What}
		if l.Organization != uuid.Nil {
			w.Lines[i].OrganizationId = &l.Organization
		}
		if l.Amount != nil {
			w.Lines[i].Amount = wire.Ptr(wire.MoneyOf(*l.Amount))
		}
	}
	return w
}

func writtenObjection(v *notices.ObjectionView) wire.Objection {
	w := wire.Objection{
		Actions: wire.ActionsOf(v.Acts), Id: v.ID, Version: v.Version, NoticeId: v.NoticeID, NoticeTitle: v.NoticeTitle, LastDay: wire.DateOf(v.LastDay),
		State: wire.ObjectionState(v.State), Text: wire.Some(v.Text), FiledAt: v.FiledAt, Wants: wire.Some(v.Wants), AnswerDue: wire.OptionalDate(v.AnswerDue),
		AnswerDueProvisional: v.AnswerDueProvisional, Outcome: wire.Some(wire.ObjectionOutcome(v.Outcome)), OutcomeName: wire.Some(v.Outcome.Text().ZH),
		Grounds: wire.Some(wire.ObjectionGrounds(v.Grounds)), Answer: wire.Some(v.Answer), AnsweredAt: v.AnsweredAt, ErasedAt: v.ErasedAt,
		CreatedAt: v.CreatedAt, UpdatedAt: v.UpdatedAt,
	}
	if v.ErasedAt == nil {
		f := v.From
		w.Filer = &wire.Filer{
			Kind: wire.FilerKind(v.Filer), Name: f.Name, Telephone: wire.Some(f.Telephone), Address: wire.Some(f.Address), CreditCode: wire.Some(f.CreditCode),
			LegalRepresentative: wire.Some(f.LegalRepresentative), Signed: wire.Some(f.Signed), Sealed: wire.Some(f.Sealed),
		}
	}
	if len(v.Lacks) > 0 {
		lacks := make([]wire.ObjectionLack, len(v.Lacks))
		for i, l := range v.Lacks {
			lacks[i] = wire.ObjectionLack(l)
		}
		w.Lacks = &lacks
	}
	return w
}
