package api

import (
	"fmt"

	"jiebang/api/gen/wire"
	tradecodes "jiebang/internal/codes"
	domain "jiebang/internal/contracts"
)

func wireContract(c *domain.Contract) wire.Contract {
	return wire.Contract{
		Id: c.ID, Version: c.Version, Number: c.Number, OfficialNumber: c.OfficialNumber, State: wire.ContractState(c.State),
		Kind: wire.ContractKind(c.ContractKind), Office: c.Office, DealId: c.DealID, Terms: wireTerms(c.Terms),
		Turnover: wireMoney(c.Turnover), TechnologyAmount: wireMoney(c.Technology), ApplicationId: c.ApplicationID,
		RegisteredOn: optionalWireDay(c.RegisteredOn), CreatedAt: c.CreatedAt,
	}
}

func wireApplication(a *domain.Application) wire.Application {
	return wire.Application{
		Id: a.ID, Version: a.Version, Contract: wire.Ref{Id: a.ContractID, Name: a.Contract.Title}, Kind: wire.ApplicationKind(a.ApplicationKind),
		State: wire.ApplicationState(a.State), Office: a.Office, Regime: a.Regime, Terms: wireTerms(a.Terms), Reason: some(a.Reason),
		FiledOn: wireDay(a.FiledOn), DueOn: wireDay(a.DueOn), DueProvisional: a.DueProvisional, ReviewNote: some(a.ReviewNote),
		RefusalReason: some(a.RefusalReason), DecidedAt: a.DecidedAt,
	}
}

func wireTerms(t domain.Terms) wire.Terms {
	w := wire.Terms{
		Title: t.Title, Subkind: wire.ContractSubkind(t.Subkind),
		Sellers: wireParties(t.Sellers), Buyers: wireParties(t.Buyers),
		SignedOn: wireDay(t.SignedOn), EffectiveOn: wireDay(t.EffectiveOn), ExpiresOn: wireDay(t.ExpiresOn),
		Turnover: wireMoney(t.Turnover), Field: wire.Field(t.Field), Targets: t.Targets, Acceptance: t.Acceptance,
	}
	if len(t.Deductions) > 0 {
		parts := make([]wire.Deduction, len(t.Deductions))
		for i, d := range t.Deductions {
			parts[i] = wire.Deduction{Kind: wire.DeductionKind(d.Kind), Reason: d.Reason, Amount: wireMoney(d.Amount)}
		}
		w.Deductions = &parts
	}
	return w
}

func wireParties(parties []domain.Party) []wire.Party {
	out := make([]wire.Party, len(parties))
	for i, p := range parties {
		out[i] = wire.Party{OrganizationId: p.OrganizationID, Name: p.Name, CreditCode: some(p.CreditCode), Region: some(p.Region), Nature: string(p.Nature)}
	}
	return out
}

func contractInput(b *wire.ContractInput) (domain.Input, error) {
	terms, err := termsInput(b.Terms)
	return domain.Input{Kind: tradecodes.ContractKind(b.Kind), Deal: b.DealId, Terms: terms}, err
}

func termsInput(w wire.Terms) (domain.Terms, error) {
	t := domain.Terms{
		Title: w.Title, Subkind: tradecodes.ContractSubkind(w.Subkind), Sellers: partiesInput(w.Sellers), Buyers: partiesInput(w.Buyers),
		SignedOn: dayOf(w.SignedOn), EffectiveOn: dayOf(w.EffectiveOn), ExpiresOn: dayOf(w.ExpiresOn),
		Field: tradecodes.Field(w.Field), Targets: w.Targets, Acceptance: w.Acceptance,
	}
	var err error
	if t.Turnover, err = fen(w.Turnover, "/terms/turnover"); err != nil {
		return t, err
	}
	for i, d := range value(w.Deductions) {
		amount, err := fen(d.Amount, fmt.Sprintf("/terms/deductions/%d/amount", i))
		if err != nil {
			return t, err
		}
		t.Deductions = append(t.Deductions, domain.Deduction{Kind: domain.DeductionKind(d.Kind), Reason: d.Reason, Amount: amount})
	}
	return t, nil
}

func partiesInput(parties []wire.Party) []domain.Party {
	out := make([]domain.Party, len(parties))
	for i, p := range parties {
		out[i] = domain.Party{
			OrganizationID: p.OrganizationId, Name: p.Name, CreditCode: value(p.CreditCode), Region: value(p.Region), Nature: tradecodes.PartyNature(p.Nature),
		}
	}
	return out
}
