package contracts

import (
	"fmt"

	"jiebang/api/wire"
	"jiebang/internal/codes"
	"jiebang/internal/contracts"
)

func writtenTerms(t contracts.Terms) wire.Terms {
	w := wire.Terms{
		Title: t.Title, PaperNumber: wire.Some(t.PaperNumber), Subkind: wire.ContractSubkind(t.Subkind),
		Sellers: writtenParties(t.Sellers), Buyers: writtenParties(t.Buyers),
		SignedOn: wire.DateOf(t.SignedOn), EffectiveOn: wire.DateOf(t.EffectiveOn), ExpiresOn: wire.DateOf(t.ExpiresOn),
		Turnover: wire.MoneyOf(t.Turnover), Field: wire.Field(t.Field), Chain: wire.Some(t.Chain), Targets: t.Targets, Acceptance: t.Acceptance,
		IpKind: wire.Some(wire.IpKind(t.IPKind)), IpKindName: wire.Term(codes.IPKinds, t.IPKind), IpNumber: wire.Some(t.IPNumber), IpExpiresOn: wire.OptionalDate(t.IPExpiresOn),
	}
	if len(t.Deductions) > 0 {
		parts := make([]wire.Deduction, len(t.Deductions))
		for i, d := range t.Deductions {
			parts[i] = wire.Deduction{Kind: wire.DeductionKind(d.Kind), Reason: d.Reason, Amount: wire.MoneyOf(d.Amount)}
		}
		w.Deductions = &parts
	}
	writePrice(t, &w)
	return w
}

func termsInput(w wire.TermsInput) (contracts.Terms, error) {
	t := contracts.Terms{
		Title: w.Title, PaperNumber: wire.Value(w.PaperNumber), Subkind: codes.ContractSubkind(w.Subkind), Sellers: partiesInput(w.Sellers), Buyers: partiesInput(w.Buyers),
		SignedOn: wire.DayOf(w.SignedOn), EffectiveOn: wire.DayOf(w.EffectiveOn), ExpiresOn: wire.DayOf(w.ExpiresOn),
		Field: codes.Field(w.Field), Chain: wire.Value(w.Chain), Targets: wire.Value(w.Targets), Acceptance: wire.Value(w.Acceptance),
		IPKind: codes.IPKind(wire.Text(w.IpKind)), IPNumber: wire.Value(w.IpNumber), IPExpiresOn: wire.OptionalDay(w.IpExpiresOn),
	}
	var err error
	if t.Turnover, err = wire.Fen(w.Turnover, "/terms/turnover"); err != nil {
		return t, err
	}
	for i, d := range wire.Value(w.Deductions) {
		amount, err := wire.Fen(d.Amount, fmt.Sprintf("/terms/deductions/%d/amount", i))
		if err != nil {
			return t, err
		}
		t.Deductions = append(t.Deductions, contracts.Deduction{Kind: contracts.DeductionKind(d.Kind), Reason: d.Reason, Amount: amount})
	}
	return t, priceInput(w, &t)
}

// writePrice writes how the price is paid, and what it was in a foreign currency.
func writePrice(t contracts.Terms, w *wire.Terms) {
	if p := t.Payment; p != nil {
		w.Payment = &wire.PaymentTerms{Mode: wire.PaymentMode(p.Mode), ModeName: wire.Term(codes.PaymentModes, p.Mode)}
		if len(p.Instalments) > 0 {
			parts := make([]wire.Instalment, len(p.Instalments))
			for i, x := range p.Instalments {
				parts[i] = wire.Instalment{Amount: wire.MoneyOf(x.Amount), DueOn: wire.OptionalDate(x.DueOn), Condition: wire.Some(x.Condition)}
			}
			w.Payment.Instalments = &parts
		}
		if r := p.Royalty; r != nil {
			w.Payment.Royalty = &wire.Royalty{Base: r.Base, RateBp: wire.Some(int(r.RateBP)), Steps: wire.Some(r.Steps), From: wire.OptionalDate(r.From), To: wire.OptionalDate(r.To)}
		}
	}
	if len(t.Conversions) > 0 {
		sums := make([]wire.Conversion, len(t.Conversions))
		for i, c := range t.Conversions {
			sums[i] = wire.Conversion{
				Currency: c.Currency, Amount: c.Amount, Rate: c.Rate, RatePer: wire.Some(int(c.Per)), RateOn: wire.DateOf(c.RateOn), RateSource: c.Source,
			}
		}
		w.Conversions = &sums
	}
}

func priceInput(w wire.TermsInput, t *contracts.Terms) error {
	if p := w.Payment; p != nil {
		t.Payment = &contracts.PaymentTerms{Mode: codes.PaymentMode(p.Mode)}
		for i, x := range wire.Value(p.Instalments) {
			amount, err := wire.Fen(x.Amount, fmt.Sprintf("/terms/payment/instalments/%d/amount", i))
			if err != nil {
				return err
			}
			t.Payment.Instalments = append(t.Payment.Instalments, contracts.Instalment{Amount: amount, DueOn: wire.OptionalDay(x.DueOn), Condition: wire.Value(x.Condition)})
		}
		if r := p.Royalty; r != nil {
			t.Payment.Royalty = &contracts.Royalty{Base: r.Base, RateBP: int64(wire.Value(r.RateBp)), Steps: wire.Value(r.Steps), From: wire.OptionalDay(r.From), To: wire.OptionalDay(r.To)}
		}
	}
	for _, c := range wire.Value(w.Conversions) {
		t.Conversions = append(t.Conversions, contracts.Conversion{
			Currency: c.Currency, Amount: c.Amount, Rate: c.Rate, Per: perOf(wire.ValueOr(c.RatePer, 1)), RateOn: wire.DayOf(c.RateOn), Source: c.RateSource,
		})
	}
	return nil
}

// perOf is how many units a rate is for; 1 is what leaving it out means, so that the same terms are the same.
func perOf(n int) int64 {
	if n == 1 {
		return 0
	}
	return int64(n)
}
