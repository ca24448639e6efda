package challenges

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"jiebang/api/edge"
	"jiebang/api/wire"
	"jiebang/internal/challenges"
	"jiebang/internal/work"
)

// bidRoutes hangs the operations on bids, their receipts and the blacklist on the edge.
func bidRoutes(e *edge.Edge, s *challenges.Service) {
	bid := edge.Kind[challenges.BidView, wire.Bid]{Path: "/v1/bids", Get: s.GetBid, Wire: writtenBid}
	edge.Create(e, "createBid", bid, bidInput, s.CreateBid)
	edge.Read(e, "getBid", bid)
	edge.List(e, "listBids", bid, s.ListBids)
	edge.Decide(e, "replaceBid", bid, offer, s.ReplaceBid)
	edge.Delete(e, "deleteBid", s.DeleteBid)
	edge.Change(e, "submitBid", bid, s.SubmitBid)
	edge.Change(e, "withdrawBid", bid, s.WithdrawBid)
	edge.Plain(e, "getBidReceipt", func(ctx context.Context, call work.Call, q struct {
		ID uuid.UUID `path:"id"`
	}) (wire.BidReceipt, error) {
		r, err := s.Receipt(ctx, call.Actor, q.ID)
		return wire.BidReceipt{BidId: r.Bid, Digest: r.Digest, Document: r.Document, SubmittedAt: r.SubmittedAt}, err
	})
	edge.Decide(e, "answerBid", bid, answer, s.AnswerBid)
	edge.Plain(e, "listBidReceipts", func(ctx context.Context, call work.Call, q challenges.ReceiptsFilter) (wire.BidReceiptList, error) {
		r, err := s.Receipts(ctx, call.Actor, q)
		return wire.BidReceiptList{
			ChallengeNumber: wire.Some(r.Number), Publication: r.Nth, ClosedAt: r.ClosedAt, OpenedAt: r.OpenedAt, Received: r.Received, Digests: r.Digests, ServerTime: r.ServerTime,
		}, err
	})

	entry := edge.Kind[challenges.ListedView, wire.BlacklistEntry]{Path: "/v1/blacklist", Get: s.GetListed, Wire: writtenListed}
	edge.Create(e, "createBlacklistEntry", entry, listed, s.CreateListed)
	edge.Read(e, "getBlacklistEntry", entry)
	edge.List(e, "listBlacklist", entry, s.ListListed)
	edge.Decide(e, "replaceBlacklistEntry", entry, listed, s.ReplaceListed)
	edge.Delete(e, "deleteBlacklistEntry", s.DeleteListed)
}

func listed(b *wire.BlacklistInput) (challenges.ListedInput, error) {
	return challenges.ListedInput{Name: b.Name, Code: b.Code, ValidFrom: wire.DayOf(b.ValidFrom), ValidTo: wire.OptionalDay(b.ValidTo), Reason: b.Reason}, nil
}

func writtenListed(l *challenges.ListedView) wire.BlacklistEntry {
	return wire.BlacklistEntry{
		Actions: wire.ActionsOf(l.Acts), Id: l.ID, Version: l.Version, Name: l.Name, Code: l.Code, ValidFrom: wire.DateOf(l.ValidFrom), ValidTo: wire.OptionalDate(l.ValidTo),
		Reason: l.Reason, EnteredBy: wire.SomePerson(l.EnteredBy), CreatedAt: l.CreatedAt, UpdatedAt: l.UpdatedAt,
	}
}

func bidInput(b *wire.BidInput) (challenges.BidInput, error) {
	o, err := offerAt(&b.Offer, "/offer")
	return challenges.BidInput{Challenge: b.ChallengeId, Owner: b.OwnerId, Offer: o}, err
}

func offer(b *wire.BidReplacement) (challenges.Offer, error) { return offerAt(&b.Offer, "/offer") }

// offerAt reads an offer that stands at a place of its input.
func offerAt(b *wire.BidOffer, at string) (challenges.Offer, error) {
	o := challenges.Offer{Contact: wire.Value(b.Contact), Plan: challenges.Plan{
		Approach: b.Plan.Approach, Advantage: wire.Value(b.Plan.Advantage), Foundation: wire.Value(b.Plan.Foundation), Schedule: wire.Value(b.Plan.Schedule),
		Risks: wire.Value(b.Plan.Risks), Application: wire.Value(b.Plan.Application),
	}}
	var err error
	if o.Price.Fen, err = wire.Fen(b.Price, at+"/price"); err != nil {
		return o, err
	}
	for _, p := range wire.List(b.Partners) {
		o.Partners = append(o.Partners, challenges.Partner{Name: p.Name, Code: p.Code, Part: wire.Value(p.Part)})
	}
	for _, m := range wire.List(b.Members) {
		o.Members = append(o.Members, challenges.Person{Name: m.Name, OrganizationCode: m.OrganizationCode, Part: wire.Value(m.Part)})
	}
	for i, m := range wire.List(b.Milestones) {
		x := challenges.Milestone{Title: m.Title, Due: wire.DayOf(m.Due)}
		if x.Amount.Fen, err = wire.Fen(m.Amount, fmt.Sprintf("%s/milestones/%d/amount", at, i)); err != nil {
			return o, err
		}
		o.Milestones = append(o.Milestones, x)
	}
	for _, d := range wire.List(b.Deviations) {
		o.Deviations = append(o.Deviations, challenges.Deviation{Indicator: d.Indicator, Offer: d.Offer, Reason: d.Reason})
	}
	return o, nil
}

func writtenBid(v *challenges.BidView) wire.Bid {
	w := wire.Bid{
		CreatedBy: wire.SomePerson(v.CreatedBy), SubmittedBy: wire.SomePerson(v.SubmittedBy),
		Actions: wire.ActionsOf(v.Acts), Id: v.ID, Version: v.Version, ChallengeId: v.ChallengeID, ChallengeNumber: wire.Some(v.Number), ChallengeTitle: v.Title, Publication: v.Nth,
		Owner: wire.RefOf(v.Owner), State: wire.BidState(v.State), StateName: v.State.Text().ZH, UnsentChanges: wire.Some(v.Unsent), Receipt: wire.Some(v.Receipt),
		Deadline: v.Deadline, ServerTime: v.ServerTime, SubmittedAt: v.SubmittedAt, WithdrawnAt: v.WithdrawnAt, OpenedAt: v.OpenedAt, Answer: wire.Some(v.Answer), AnsweredAt: v.AnsweredAt, CreatedAt: v.CreatedAt, UpdatedAt: v.UpdatedAt,
	}
	if v.Deadline != nil {
		w.DeadlineShanghai = wire.Ptr(challenges.Reading(*v.Deadline))
	}
	if v.Offer != nil {
		w.Offer = wire.Ptr(writtenOffer(v.Offer))
	}
	if len(v.Reasons) > 0 {
		reasons := make([]wire.BidReason, len(v.Reasons))
		for i, r := range v.Reasons {
			reasons[i] = wire.BidReason(r)
		}
		w.Reasons = &reasons
	}
	if len(v.Evidence) > 0 {
		evidence := make([]wire.BidEvidence, len(v.Evidence))
		for i, x := range v.Evidence {
			evidence[i] = wire.BidEvidence{
				Reason: wire.BidReason(x.Reason), On: wire.DateOf(x.On), Code: x.Code, OtherCode: wire.Some(x.Other), BidId: x.Bid, By: wire.Some(x.By), Count: wire.Some(x.Count),
			}
			if len(x.Rows) > 0 {
				evidence[i].Rows = &x.Rows
			}
		}
		w.Evidence = &evidence
	}
	if len(v.Named) > 0 {
		named := make([]wire.BidNameFound, len(v.Named))
		for i, x := range v.Named {
			named[i] = wire.BidNameFound{Place: x.Place, Name: x.Name}
		}
		w.NamesFound = &named
	}
	return w
}

func writtenOffer(o *challenges.Offer) wire.BidOffer {
	partners, members := make([]wire.BidPartner, len(o.Partners)), make([]wire.BidMember, len(o.Members))
	milestones, deviations := make([]wire.BidMilestone, len(o.Milestones)), make([]wire.BidDeviation, len(o.Deviations))
	for i, p := range o.Partners {
		partners[i] = wire.BidPartner{Name: p.Name, Code: p.Code, Part: wire.Some(p.Part)}
	}
	for i, m := range o.Members {
		members[i] = wire.BidMember{Name: m.Name, OrganizationCode: m.OrganizationCode, Part: wire.Some(m.Part)}
	}
	for i, m := range o.Milestones {
		milestones[i] = wire.BidMilestone{Title: m.Title, Due: wire.DateOf(m.Due), Amount: wire.MoneyOf(m.Amount.Fen)}
	}
	for i, d := range o.Deviations {
		deviations[i] = wire.BidDeviation{Indicator: d.Indicator, Offer: d.Offer, Reason: d.Reason}
	}
	return wire.BidOffer{
		Partners: &partners, Members: &members, Milestones: &milestones, Deviations: &deviations, Price: wire.MoneyOf(o.Price.Fen), Contact: wire.Some(o.Contact),
		Plan: wire.BidPlan{
			Approach: o.Plan.Approach, Advantage: wire.Some(o.Plan.Advantage), Foundation: wire.Some(o.Plan.Foundation), Schedule: wire.Some(o.Plan.Schedule),
			Risks: wire.Some(o.Plan.Risks), Application: wire.Some(o.Plan.Application),
		},
	}
}
