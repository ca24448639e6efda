// Package contracts is the HTTP edge of technology contracts (技术合同) and their registration: their routes, and the translation
// between the API's types and theirs.
package contracts

import (
	"context"
	"path"

	"github.com/google/uuid"

	"jiebang/api/edge"
	"jiebang/api/wire"
	"jiebang/internal/codes"
	"jiebang/internal/contracts"
	"jiebang/internal/files"
	"jiebang/internal/ledger"
	"jiebang/internal/work"
)

// Routes hangs the operations on contracts and applications on the edge.
func Routes(e *edge.Edge, s *contracts.Service, f *files.Service) {
	certificateRoutes(e, s)
	archiveRoute(e, s, f)
	contract := edge.Kind[contracts.View, wire.Contract]{Path: "/v1/contracts", Get: s.Get, Wire: written}
	edge.Create(e, "createContract", contract, input, s.Create)
	edge.Read(e, "getContract", contract)
	edge.List(e, "listContracts", contract, s.List)
	edge.Decide(e, "replaceContract", contract, input, s.Replace)
	edge.Delete(e, "deleteContract", s.Delete)
	edge.Change(e, "submitContract", contract, s.Submit)

	edge.Plain(e, "revealPersonalId", func(ctx context.Context, call work.Call, q struct {
		Contract uuid.UUID         `path:"id"`
		Person   uuid.UUID         `path:"personal_id"`
		Body     *wire.ReasonInput `body:"yes"`
	}) (wire.RevealedPersonalId, error) {
		r, err := s.Reveal(ctx, call, q.Contract, contracts.RevealInput{Person: q.Person, Reason: q.Body.Reason})
		return wire.RevealedPersonalId{Document: wire.PersonalDocument(r.Document), Number: r.Number}, err
	})
	edge.Plain(e, "getContractChecklist", func(ctx context.Context, call work.Call, q struct {
		ID uuid.UUID `path:"id"`
	}) (wire.ContractChecklist, error) {
		l, err := s.Checklist(ctx, call.Actor, q.ID)
		return writtenChecklist(q.ID, &l), err
	})
	edge.List(e, "listContractEntries", edge.Kind[ledger.Entry, wire.LedgerEntry]{Wire: wire.LedgerEntryOf}, s.Entries)

	paymentRoutes(e, s)
	deskRoutes(e, s)
	letterRoutes(e, s)
}

func written(c *contracts.View) wire.Contract {
	w := wire.Contract{
		Actions: wire.ActionsOf(c.Acts),
		Id:      c.ID, Version: c.Version, Number: c.Number, OfficialNumber: c.OfficialNumber, State: wire.ContractState(c.State),
		Kind: wire.ContractKind(c.Kind), Office: c.Office, DealId: c.DealID, ChallengeId: c.ChallengeID, Terms: writtenTerms(c.Terms),
		Turnover: wire.MoneyOf(c.Turnover), TechnologyAmount: wire.MoneyOf(c.Technology), ApplicationId: c.ApplicationID, ApplicationVersion: wire.Some(c.ApplicationVersion),
		KindName: wire.Term(codes.ContractKinds, c.Kind), SubkindName: wire.Term(codes.ContractSubkinds, c.Terms.Subkind), FieldName: wire.Term(codes.Fields, c.Terms.Field),
		OfficeName: wire.Some(c.OfficeName), ChainName: wire.Some(c.ChainName), EnteredBy: wire.SomePerson(c.EnteredBy), PartyNames: partyNames(c.Terms),
		RegisteredOn: wire.OptionalDate(c.RegisteredOn), CreatedAt: c.CreatedAt, Twins: writtenTwins(c.Twins), Remarks: writtenRemarks(c.Remarks),
	}
	if c.Received != nil {
		w.Received = wire.Ptr(wire.MoneyOf(*c.Received))
	}
	if c.Overdue > 0 {
		w.Overdue = wire.Ptr(wire.MoneyOf(c.Overdue))
	}
	if c.Unfiled {
		w.Unfiled = &c.Unfiled
	}
	if c.Superseded {
		w.Superseded = &c.Superseded
	}
	if x := c.Elsewhere; x != nil {
		w.RegisteredElsewhere = &wire.RegisteredElsewhere{Office: x.Office, OfficialNumber: x.OfficialNumber, RegisteredOn: wire.DateOf(x.RegisteredOn)}
	}
	w.Revoked = revoked(c.Revoked)
	if x := c.TakenOver; x != nil {
		w.TakenOver = &wire.TakenOver{Source: x.Source, ReconciliationId: x.Table, Row: x.Row}
		if len(x.Unsaid) > 0 {
			w.TakenOver.Unsaid = &x.Unsaid
		}
	}
	return w
}

// revoked is why and when a registration was revoked, if it was.
func revoked(x *contracts.RevokedFor) *wire.Revocation {
	if x == nil {
		return nil
	}
	return &wire.Revocation{Ground: wire.RevocationGround(x.Ground), GroundName: x.Ground.Text().ZH, On: wire.OptionalDate(x.On), TwinNumber: wire.Some(x.Twin)}
}

func writtenParties(parties []contracts.Party) []wire.Party {
	out := make([]wire.Party, len(parties))
	for i, p := range parties {
		out[i] = wire.Party{
			OrganizationId: p.OrganizationID, Name: p.Name, CreditCode: wire.Some(p.CreditCode), ForeignNumber: wire.Some(p.ForeignNumber),
			NoCodeReason: wire.Some(p.NoCodeReason), Country: wire.Some(p.Country), Region: wire.Some(p.Region), Nature: string(p.Nature),
		}
		if x := p.Person; x != nil {
			out[i].PersonalId = &wire.PersonalId{Id: &x.ID, Document: wire.PersonalDocument(x.Document), Number: x.Masked}
		}
	}
	return out
}

func input(b *wire.ContractInput) (contracts.Input, error) {
	terms, err := termsInput(b.Terms)
	in := contracts.Input{Kind: codes.ContractKind(b.Kind), Deal: b.DealId, Terms: terms, Challenge: b.ChallengeId}
	if x := b.RegisteredElsewhere; x != nil {
		in.Elsewhere = &contracts.Elsewhere{Office: x.Office, OfficialNumber: x.OfficialNumber, RegisteredOn: wire.DayOf(x.RegisteredOn)}
	}
	return in, err
}

func partiesInput(parties []wire.PartyInput) []contracts.Party {
	out := make([]contracts.Party, len(parties))
	for i, p := range parties {
		out[i] = contracts.Party{
			OrganizationID: p.OrganizationId, Name: wire.Value(p.Name), CreditCode: wire.Value(p.CreditCode), ForeignNumber: wire.Value(p.ForeignNumber),
			NoCodeReason: wire.Value(p.NoCodeReason), Country: wire.Value(p.Country), Region: wire.Value(p.Region), Nature: codes.PartyNature(wire.Value(p.Nature)),
		}
		if x := p.PersonalId; x != nil {
			out[i].Person = contracts.NewPerson(wire.Value(x.Id), codes.Document(x.Document), x.Number)
		}
	}
	return out
}

func writtenTwins(twins []contracts.Twin) *[]wire.ContractTwin {
	if len(twins) == 0 {
		return nil
	}
	out := make([]wire.ContractTwin, len(twins))
	for i, t := range twins {
		out[i] = wire.ContractTwin{Number: wire.Some(t.Number), Office: wire.Some(t.Office)}
		if t.ID != uuid.Nil {
			out[i].Id = &t.ID
		}
		if t.State != "" {
			state := wire.ContractState(t.State)
			out[i].State = &state
		}
		for _, s := range t.Same {
			out[i].Same = append(out[i].Same, wire.TwinSameness(s))
		}
	}
	return &out
}

// codeName is what the code at a place of the terms means; nothing where there is none, or no code stands there.
func codeName(pointer, code string) *string {
	switch path.Base(pointer) {
	case "region", "country":
		return wire.RegionName(code)
	case "nature":
		return wire.Term(codes.PartyNatures, codes.PartyNature(code))
	case "field":
		return wire.FieldName(code)
	case "subkind":
		return wire.Term(codes.ContractSubkinds, codes.ContractSubkind(code))
	case "mode":
		return wire.Term(codes.PaymentModes, codes.PaymentMode(code))
	case "ip_kind":
		return wire.Term(codes.IPKinds, codes.IPKind(code))
	case "document":
		return wire.Term(codes.Documents, codes.Document(code))
	}
	return nil
}

func writtenRemarks(remarks []contracts.Remark) *[]wire.PartyRemark {
	if len(remarks) == 0 {
		return nil
	}
	out := make([]wire.PartyRemark, len(remarks))
	for i, r := range remarks {
		out[i] = wire.PartyRemark{
			Code: wire.PartyRemarkCode(r.Code), Pointer: r.Pointer, Entered: r.Entered, Organization: wire.Some(r.Organization), Other: wire.Some(r.Other),
			EnteredName: codeName(r.Pointer, r.Entered), OrganizationCodeName: codeName(r.Pointer, r.Organization),
			Count: wire.Some(r.Count), PaidOn: wire.OptionalDate(r.PaidOn),
			Granted: wire.Some(wire.RightsGrantKind(r.Granted)), GrantedFrom: wire.OptionalDate(r.GrantedFrom), GrantedTo: wire.OptionalDate(r.GrantedTo),
		}
		if r.Amount > 0 {
			out[i].Amount = wire.Ptr(wire.MoneyOf(r.Amount))
		}
	}
	return &out
}
