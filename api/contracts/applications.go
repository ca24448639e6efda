package contracts

import (
	"context"

	"github.com/google/uuid"

	"jiebang/api/edge"
	"jiebang/api/wire"
	"jiebang/internal/codes"
	"jiebang/internal/contracts"
	"jiebang/internal/when"
	"jiebang/internal/work"
)

// deskRoutes hangs the operations of the registration desk on the edge: applications and their way.
func deskRoutes(e *edge.Edge, s *contracts.Service) {
	application := edge.Kind[contracts.ApplicationView, wire.Application]{Path: "/v1/applications", Get: s.GetApplication, Wire: writtenApplication}
	edge.CreateFrom(e, "amendContract", application, change, s.Amend)
	edge.CreateFrom(e, "cancelContract", application, func(b *wire.ReasonInput, version int64) (contracts.Ending, error) {
		return contracts.Ending{Reason: b.Reason, Version: version}, nil
	}, s.Cancel)
	edge.CreateFrom(e, "proposeRevocation", application, func(b *wire.RevocationInput, version int64) (contracts.RevocationInput, error) {
		return contracts.RevocationInput{Ground: contracts.Ground(b.Ground), Reason: b.Reason, Evidence: b.Evidence, Twin: wire.Value(b.TwinNumber), Version: version}, nil
	}, s.ProposeRevocation)
	edge.Read(e, "getApplication", application)
	edge.List(e, "listApplications", application, s.ListApplications)
	edge.List(e, "listContractApplications", application, s.ContractApplications)
	edge.Plain(e, "countApplications", func(ctx context.Context, call work.Call, q contracts.CountsOf) (wire.ApplicationCounts, error) {
		c, err := s.CountApplications(ctx, call.Actor, q)
		if err != nil {
			return wire.ApplicationCounts{}, err
		}
		return writtenCounts(c), nil
	})
	edge.Plain(e, "getDeskStatistics", func(ctx context.Context, call work.Call, q contracts.StatisticsOf) (wire.DeskStatistics, error) {
		out, err := s.Statistics(ctx, call.Actor, q)
		if err != nil {
			return wire.DeskStatistics{}, err
		}
		return writtenStatistics(&out), nil
	})
	edge.Change(e, "withdrawApplication", application, s.Withdraw)
	edge.Change(e, "startReview", application, s.StartReview)
	edge.Change(e, "releaseApplication", application, s.Release)
	edge.Decide(e, "handOverApplication", application, func(b *wire.HandOverInput) (string, error) { return b.Username, nil }, s.HandOver)
	edge.Plain(e, "listReviewers", func(ctx context.Context, call work.Call, q struct {
		ID uuid.UUID `path:"id"`
	}) (wire.ReviewerList, error) {
		people, err := s.Reviewers(ctx, call.Actor, q.ID)
		out := wire.ReviewerList{Items: make([]wire.Account, len(people))}
		for i := range people {
			out.Items[i] = wire.PersonOf(people[i])
		}
		return out, err
	})
	edge.Decide(e, "requestSupplement", application, func(b *wire.SupplementRequestInput) (string, error) { return b.Note, nil }, s.RequestSupplement)
	edge.Decide(e, "answerSupplement", application, supplement, s.AnswerSupplement)
	edge.Decide(e, "recordExpertOpinion", application, opinion, s.RecordOpinion)
	edge.CreateUnder(e, "noteApplication", application, func(b *wire.ApplicationNoteInput) (string, error) { return b.Note, nil }, s.AddNote)
	edge.Decide(e, "passReview", application, wire.Note, s.Pass)
	edge.Decide(e, "grantApplication", application, grant, s.Grant)
	edge.Decide(e, "refuseApplication", application, wire.Reason, s.Refuse)
}

func grant(b *wire.GrantInput) (contracts.Grant, error) {
	return contracts.Grant{OfficialNumber: wire.Value(b.OfficialNumber), TwinReason: wire.Value(b.TwinReason)}, nil
}

func opinion(b *wire.ExpertOpinionInput) (contracts.Opinion, error) {
	o := contracts.Opinion{HeldOn: wire.DayOf(b.HeldOn), Text: b.Opinion, Outcome: contracts.Outcome(b.Outcome)}
	for _, x := range b.Experts {
		o.Experts = append(o.Experts, contracts.Expert{Name: x.Name, Affiliation: wire.Value(x.Affiliation)})
	}
	return o, nil
}

func change(b *wire.AmendmentInput, version int64) (contracts.Change, error) {
	terms, err := termsInput(b.Terms)
	return contracts.Change{Terms: terms, Reason: b.Reason, Version: version}, err
}

func supplement(b *wire.SupplementInput) (contracts.Supplement, error) {
	out := contracts.Supplement{Note: b.Note}
	if b.Terms != nil {
		terms, err := termsInput(*b.Terms)
		if err != nil {
			return out, err
		}
		out.Terms = &terms
	}
	return out, nil
}

func writtenApplication(a *contracts.ApplicationView) wire.Application {
	w := wire.Application{
		Actions: wire.ActionsOf(a.Acts),
		Id:      a.ID, Version: a.Version, Contract: wire.Ref{Id: a.ContractID, Name: a.ContractTitle}, ContractNumber: a.ContractNumber,
		OfficialNumber: a.OfficialNumber, Kind: wire.ApplicationKind(a.Kind), State: wire.ApplicationState(a.State), Office: a.Office,
		Regime: a.Regime, Terms: writtenTerms(a.Terms), Turnover: wire.MoneyOf(a.Terms.Turnover), TechnologyAmount: wire.MoneyOf(a.Technology),
		NeedsExperts: a.NeedsExperts(), Reason: wire.Some(a.Reason), FiledOn: wire.DateOf(a.FiledOn), ClockFrom: wire.OptionalDate(a.ClockFrom),
		DueOn: wire.DateOf(a.DueOn), DueProvisional: a.DueProvisional, Overdue: a.Overdue, ReviewNote: wire.Some(a.ReviewNote),
		RefusalReason: wire.Some(a.RefusalReason), DecidedAt: a.DecidedAt, SupplementWanted: wire.Some(a.SupplementWanted),
		SupplementAskedAt: a.SupplementAskedAt, SupplementAnswer: wire.Some(a.SupplementAnswer), TakenAt: a.TakenAt, PassedAt: a.PassedAt,
		KindName: wire.Some(a.Kind.Text().ZH), SubkindName: wire.Term(codes.ContractSubkinds, a.Terms.Subkind), FieldName: wire.Term(codes.Fields, a.Terms.Field),
		OfficeName: wire.Some(a.OfficeName), PartyNames: partyNames(a.Terms),
		TwinReason: wire.Some(a.TwinReason), Twins: writtenTwins(a.Twins), Remarks: writtenRemarks(a.Remarks),
		EnteredBy: wire.SomePerson(a.EnteredBy), EnteredFor: wire.Some(a.EnteredFor), SubmittedBy: wire.SomePerson(a.SubmittedBy), TakenBy: wire.SomePerson(a.TakenBy),
		PassedBy: wire.SomePerson(a.PassedBy), DecidedBy: wire.SomePerson(a.DecidedBy), SupplementAskedBy: wire.SomePerson(a.SupplementAskedBy),
	}
	if x := a.Revocation; x != nil {
		w.Revocation = &wire.Revocation{Ground: wire.RevocationGround(x.Ground), GroundName: x.Ground.Text().ZH, Evidence: wire.Some(x.Evidence), TwinNumber: wire.Some(x.Twin)}
		if a.State == contracts.Granted && a.DecidedAt != nil {
			w.Revocation.On = wire.OptionalDate(when.DayOf(*a.DecidedAt))
		}
	}
	if len(a.Opinions) > 0 {
		opinions := make([]wire.ExpertOpinion, len(a.Opinions))
		for i, o := range a.Opinions {
			opinions[i] = wire.ExpertOpinion{HeldOn: wire.DateOf(o.HeldOn), Opinion: o.Text, Outcome: wire.ExpertOutcome(o.Outcome), RecordedAt: o.RecordedAt, RecordedBy: wire.SomePerson(a.OpinionsBy[i])}
			if len(o.Experts) > 0 {
				experts := make([]wire.Expert, len(o.Experts))
				for j, x := range o.Experts {
					experts[j] = wire.Expert{Name: x.Name, Affiliation: wire.Some(x.Affiliation)}
				}
				opinions[i].Experts = &experts
			}
		}
		w.ExpertOpinions = &opinions
	}
	if len(a.Related) > 0 {
		related := make([]wire.RelatedParties, len(a.Related))
		for i, r := range a.Related {
			related[i] = wire.RelatedParties{Seller: r.Seller, Buyer: r.Buyer, WhollyOwned: r.Wholly}
			for _, t := range r.Ties {
				related[i].Ties = append(related[i].Ties, wire.ControlTieOf(t))
			}
			for _, b := range r.Benefits {
				related[i].Benefits = append(related[i].Benefits, wire.PartyBenefit{Kind: wire.PartyBenefitKind(b.Kind), Open: b.Open, Rule: b.Rule.ZH})
			}
		}
		w.RelatedParties = &related
	}
	if len(a.Notes) > 0 {
		notes := make([]wire.ApplicationNote, len(a.Notes))
		for i, n := range a.Notes {
			notes[i] = wire.ApplicationNote{Note: n.Note, By: wire.SomePerson(n.By), CreatedAt: n.CreatedAt}
		}
		w.InternalNotes = &notes
	}
	if len(a.Changes) > 0 {
		changes := make([]wire.FieldChange, len(a.Changes))
		for i, c := range a.Changes {
			changes[i] = wire.FieldChange{
				Pointer: c.Pointer, Before: wire.Some(c.Before), After: wire.Some(c.After), BeforeName: codeName(c.Pointer, c.Before), AfterName: codeName(c.Pointer, c.After),
			}
		}
		w.Changes = &changes
	}
	return w
}

func writtenCounts(c contracts.Counts) wire.ApplicationCounts {
	w := wire.ApplicationCounts{On: wire.DateOf(c.On), Open: c.Open, Overdue: c.Overdue, Mine: c.Mine, Letters: c.Letters, States: make([]wire.ApplicationStateCount, len(c.States))}
	for i, s := range c.States {
		line := wire.ApplicationStateCount{State: wire.ApplicationState(s.State), Count: s.Count, Overdue: s.Overdue}
		if len(s.Ages) > 0 {
			ages := make([]wire.ApplicationAgeCount, len(s.Ages))
			for j, a := range s.Ages {
				ages[j] = wire.ApplicationAgeCount{DaysFrom: a.From, Count: a.Count}
				if a.To >= 0 {
					ages[j].DaysTo = &a.To
				}
			}
			line.Ages = &ages
		}
		w.States[i] = line
	}
	return w
}
