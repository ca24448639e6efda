package contracts

import (
	"fmt"

	"jiebang/internal/money"
)

// FieldChange is one place of the terms that an amendment changes: where, and what it says before and after. Empty is: nothing.
type FieldChange struct {
	Pointer       string // into the input of an amendment
	Before, After string
}

// changes compares what an amendment asks for with what the contract said when it was filed, place by place in the order of the form.
func (a *Application) changes() []FieldChange {
	if a.TermsBefore == nil {
		return nil
	}
	before, after := a.TermsBefore.places(), a.Terms.places()
	texts := make(map[string]string, len(before))
	var out []FieldChange
	for _, p := range before {
		texts[p.pointer] = p.text
	}
	seen := make(map[string]bool, len(after))
	for _, p := range after {
		seen[p.pointer] = true
		if texts[p.pointer] != p.text {
			out = append(out, FieldChange{p.pointer, texts[p.pointer], p.text})
		}
	}
	for _, p := range before {
		if !seen[p.pointer] && p.text != "" {
			out = append(out, FieldChange{p.pointer, p.text, ""})
		}
	}
	return out
}

// textAt is what the terms say at one place.
type textAt struct{ pointer, text string }

// places are all places of the terms with what they say, as the API writes it; last what follows from them.
func (t Terms) places() []textAt {
	out := []textAt{
		{"/terms/title", t.Title}, {"/terms/paper_number", t.PaperNumber}, {"/terms/subkind", string(t.Subkind)}, {"/terms/field", string(t.Field)}, {"/terms/chain", t.Chain},
		{"/terms/signed_on", t.SignedOn.String()}, {"/terms/effective_on", t.EffectiveOn.String()}, {"/terms/expires_on", t.ExpiresOn.String()},
		{"/terms/turnover/amount", t.Turnover.String()},
	}
	for i, d := range t.Deductions {
		at := fmt.Sprintf("/terms/deductions/%d", i)
		out = append(out, textAt{at + "/kind", string(d.Kind)}, textAt{at + "/reason", d.Reason}, textAt{at + "/amount/amount", d.Amount.String()})
	}
	out = append(out, t.pricePlaces()...)
	for at, p := range t.parties() {
		out = append(out, p.places(at)...)
	}
	technology, err := t.Technology()
	if err != nil {
		technology = money.Fen(0) // terms that were checked have one
	}
	return append(out, textAt{"/terms/ip_kind", string(t.IPKind)}, textAt{"/terms/ip_number", t.IPNumber}, textAt{"/terms/ip_expires_on", t.IPExpiresOn.String()}, textAt{"/terms/targets", t.Targets}, textAt{"/terms/acceptance", t.Acceptance}, textAt{"/technology_amount/amount", technology.String()})
}

func (p Party) places(at string) []textAt {
	out := []textAt{
		{at + "/name", p.Name}, {at + "/nature", string(p.Nature)}, {at + "/region", p.Region}, {at + "/country", p.Country},
		{at + "/credit_code", p.CreditCode}, {at + "/foreign_number", p.ForeignNumber}, {at + "/no_code_reason", p.NoCodeReason},
	}
	if p.OrganizationID != nil {
		out = append(out, textAt{at + "/organization_id", p.OrganizationID.String()})
	}
	if x := p.Person; x != nil {
		out = append(out, textAt{at + "/personal_id/id", x.ID.String()}, textAt{at + "/personal_id/document", string(x.Document)}, textAt{at + "/personal_id/number", x.Masked})
	}
	return out
}
