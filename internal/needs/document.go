package needs

import "jiebang/internal/kinds"

// document is what search may know of a need.
func (n *Need) document() kinds.Document {
	paragraphs := []kinds.Paragraph{{Field: "problem", Text: n.Problem}, {Field: "requirements", Text: n.Requirements}, {Field: "constraints", Text: n.Constraints}}
	d := kinds.Document{
		Title: n.Title, Keywords: n.Keywords, Field: n.Field, Chains: n.Chains,
		Paragraphs: append(paragraphs, kinds.Items("technical_terms", n.TechnicalTerms)...), Masked: n.Masked, Placed: true,
	}.Known(n)
	d.Public = d.Public && n.HeldBy == nil // it is found and matched as the challenge
	d.Matched, d.Until = d.Public, n.Deadline
	if n.CooperationMode != AnyMode {
		d.Modes = []string{n.CooperationMode}
	}
	d.Terms.Deadline, d.Terms.Urgent = n.Deadline, &n.Urgent
	if n.Budget != nil {
		d.Terms.BudgetMin, d.Terms.BudgetMax = n.Budget.Min, n.Budget.Max
		d.Budget = kinds.Fen(n.Budget.Min, n.Budget.Max)
	}
	if n.PublishedAt != nil {
		d.Confirmed = *n.PublishedAt
	}
	return d
}
