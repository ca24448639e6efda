package teams

import (
	"strings"

	"jiebang/internal/kinds"
)

// document is what search may know of a team: of its people those whose names are public.
func (t *Team) document() kinds.Document {
	var programmes []string
	for _, p := range t.parts() {
		programmes = append(programmes, p.Name)
	}
	d := kinds.Document{
		Title: t.Title, Keywords: t.Keywords, Field: t.Field, OtherFields: t.OtherFields, Chains: t.Chains, Names: t.names(), Placed: true,
		Paragraphs: []kinds.Paragraph{
			{Field: "introduction", Text: t.Introduction}, {Field: "capabilities", Text: t.Capabilities}, {Field: "past_results", Text: t.PastResults},
			{Field: "equipment", Text: t.Equipment}, {Field: "seeks", Text: t.Seeks}, {Field: "programmes", Text: strings.Join(programmes, "、")},
		},
	}.Known(t)
	d.Matched = d.Public && !t.Paused
	if t.PublishedAt != nil {
		d.Confirmed = *t.PublishedAt
	}
	return d
}
