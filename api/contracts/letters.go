package contracts

import (
	"jiebang/api/edge"
	"jiebang/api/wire"
	"jiebang/internal/contracts"
	"jiebang/internal/money"
)

// letterRoutes hangs the operations on letters to authorities on the edge.
func letterRoutes(e *edge.Edge, s *contracts.Service) {
	letter := edge.Kind[contracts.LetterView, wire.AuthorityLetter]{Path: "/v1/authority-letters", Get: s.GetLetter, Wire: writtenLetter}
	edge.Read(e, "getAuthorityLetter", letter)
	edge.List(e, "listAuthorityLetters", letter, s.ListLetters)
	edge.Decide(e, "recordLetterSent", letter, func(b *wire.LetterSentInput) (contracts.LetterInput, error) {
		return contracts.LetterInput{SentOn: wire.DayOf(b.SentOn), Recipient: b.Recipient, DocumentNumber: b.DocumentNumber, Note: wire.Value(b.Note)}, nil
	}, s.SendLetter)
	edge.Decide(e, "waiveLetter", letter, wire.Reason, s.WaiveLetter)
}

func writtenLetter(l *contracts.LetterView) wire.AuthorityLetter {
	amount := func(f *money.Fen) *wire.Money {
		if f == nil {
			return nil
		}
		return wire.Ptr(wire.MoneyOf(*f))
	}
	return wire.AuthorityLetter{
		Actions: wire.ActionsOf(l.Acts),
		Id:      l.ID, Version: l.Version, Contract: wire.Ref{Id: l.ContractID, Name: l.ContractTitle}, ContractNumber: l.ContractNumber, ApplicationId: l.ApplicationID,
		Office: l.Office, OfficeName: wire.Some(l.OfficeName), Authority: wire.BenefitAuthority(l.Authority), Cause: wire.AuthorityLetterCause(l.Cause),
		State: wire.AuthorityLetterState(l.State), Rules: l.Rules, TurnoverBefore: wire.MoneyOf(l.TurnoverBefore), TechnologyBefore: wire.MoneyOf(l.TechnologyBefore),
		TurnoverAfter: amount(l.TurnoverAfter), TechnologyAfter: amount(l.TechnologyAfter), SentOn: wire.OptionalDate(l.SentOn), Recipient: wire.Some(l.Recipient),
		DocumentNumber: wire.Some(l.DocumentNumber), Note: wire.Some(l.Note), DoneBy: wire.SomePerson(l.DoneBy), DoneAt: l.DoneAt, CreatedAt: l.CreatedAt,
	}
}
