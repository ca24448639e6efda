package benefits

import (
	"slices"

	"jiebang/internal/codes"
	"jiebang/internal/contracts"
	"jiebang/internal/mandates"
	"jiebang/internal/money"
	"jiebang/internal/ref"
)

// part is the rule's part of an amount, cut to the fen: a fen more would be too much.
func (r *Rule) part(of money.Fen) money.Fen { return money.Part(of, int64(r.RateBP), mandates.Whole) }

// capped is what is left of an amount by the rule's cap, of which so much is used.
func (r *Rule) capped(amount, used money.Fen) money.Fen {
	if r.Cap == 0 {
		return amount
	}
	if r.CapPer == PerContract {
		used = 0
	}
	return max(0, min(amount, r.Cap-used))
}

// bands are how an amount falls into what is exempt and what lies above it, when so much of the exempt band is used.
func (r *Rule) bands(amount, used money.Fen) (exempt, above money.Fen) {
	exempt = r.capped(amount, used)
	return exempt, amount - exempt
}

// takes is what a contract takes of the rule's cap.
func (r *Rule) takes(c *contracts.Contract, used money.Fen) money.Fen {
	switch {
	case r.Cap == 0 || r.CapPer != PerYear:
		return 0
	case r.Kind == IncomeTaxRelief:
		return r.capped(c.Technology, used)
	}
	return r.capped(r.part(c.Turnover), used)
}

// covers tells whether the rule is about a contract: of its kind, signed while it held, a licence long enough.
func (r *Rule) covers(c *contracts.Contract) bool {
	t := c.Terms
	long := c.Kind != codes.License || !t.ExpiresOn.AddDays(1).Before(t.EffectiveOn.AddYears(r.LicenseYears))
	return slices.Contains(r.ContractKinds, c.Kind) && t.SignedOn.Within(r.ValidFrom, r.ValidTo) && long
}

// reaches tells whether the rule is for such a party: nobody abroad, and of natural persons exemption from VAT alone; relief of income tax for whoever pays that of enterprises,
// awards and deductions for enterprises; a province's or city's for those within.
func (r *Rule) reaches(p contracts.Party) bool {
	enterprise := []codes.PartyNature{"100", "200", "300"}
	group := p.Nature.Group()
	switch {
	case r.Kind == VATExemption && p.Nature == codes.NaturalPerson: // whoever pays that tax
		return p.Country == "" && p.Inland() && (r.Region == "" || ref.Within(p.Region, r.Region))
	case !p.Domestic():
		return false
	case r.Region != "" && !ref.Within(p.Region, r.Region):
		return false
	case r.Kind == VATExemption:
		return true
	case r.Kind == IncomeTaxRelief:
		return slices.Contains(append(enterprise, "020", "030"), group)
	}
	return slices.Contains(enterprise, group)
}
