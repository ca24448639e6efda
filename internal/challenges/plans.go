package challenges

import (
	"context"
	"slices"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/codes"
	"jiebang/internal/orgs"
	"jiebang/internal/policy"
	"jiebang/internal/review"
	"jiebang/internal/work"
)

// Reviewed is a bid as a reviewer of its panel sees it: under its pseudonym, and in a blind round without anything that would name the bidder.
// Attachments are not shown in a blind round, since what they hold may name it.
type Reviewed struct {
	Item      uuid.UUID
	Pseudonym string
	Number    string // of the challenge
	Title     string
	Blind     bool
	Lead      string // in a round that is not blind
	Offer     Offer
	Files     []DocumentFile
}

// ReviewedPlan reads what a reviewer judges, by the item's own identifier; for those who serve on the panel and have not recused themselves.
func (s *Service) ReviewedPlan(ctx context.Context, reader policy.Actor, item uuid.UUID) (Reviewed, error) {
	var out Reviewed
	err := s.unit.View(ctx, func(q *gorm.DB) error {
		i, panel, err := review.ItemFor(q, reader, item)
		if err != nil {
			return err
		}
		b, err := work.Load[Bid](q, i.RefID)
		if err != nil {
			return err
		}
		c, err := work.Load[Challenge](q, b.ChallengeID)
		if err != nil {
			return err
		}
		d := b.Document
		out = Reviewed{Item: i.ID, Pseudonym: i.Pseudonym, Number: deref(c.Number), Title: c.Title, Blind: panel.Blind, Offer: d.Offer}
		if panel.Blind {
			registered, err := d.registeredNames(q)
			if err != nil {
				return err
			}
			out.Offer = d.nameless(d.names(registered))
		} else {
			out.Lead, out.Files = d.Lead.Name, d.Files
		}
		return nil
	})
	return out, err
}

// omitted stands where a name was.
const omitted = "〔略〕"

// registeredNames are what the register of organizations calls those who take part, and called them before, beside what they call themselves in the bid.
func (d *Document) registeredNames(q *gorm.DB) ([]string, error) { return orgs.KnownAs(q, d.codes()) }

// names are by what one would know who bids: organizations, their codes and the people, the longest in front, so that no part of one is left.
func (d *Document) names(registered []string) []string {
	names := append([]string{d.Lead.Name, d.Lead.Code}, registered...)
	for _, p := range d.Offer.Partners {
		names = append(names, p.Name, p.Code)
	}
	for _, m := range d.Offer.Members {
		names = append(names, m.Name)
	}
	slices.SortStableFunc(names, func(a, b string) int { return len(b) - len(a) })
	return slices.Compact(names)
}

// hide leaves names out of a text.
func hide(text string, names []string) string {
	for _, name := range names {
		found := codes.NameWithin(text, name)
		for _, at := range slices.Backward(found) {
			text = text[:at.From] + omitted + text[at.To:]
		}
	}
	return text
}

// NamedAt is a place of a bid whose text names who bids.
type NamedAt struct {
	Place string `json:"place"`
	Name  string `json:"name"`
}

// named tells which texts that reviewers read name who bids.
func (d *Document) named(names []string) []NamedAt {
	out := []NamedAt{}
	look := func(place, text string) {
		for _, name := range names {
			for _, at := range codes.NameWithin(text, name) {
				found := NamedAt{place, text[at.From:at.To]}
				if len(out) < mostNamed && !slices.Contains(out, found) {
					out = append(out, found)
				}
			}
		}
	}
	for _, t := range d.Offer.Plan.texts() {
		look("/offer/plan/"+t.name, t.text)
	}
	for i, m := range d.Offer.Milestones {
		look(pointerAt("/offer/milestones", i)+"/title", m.Title)
	}
	for i, x := range d.Offer.Deviations {
		look(pointerAt("/offer/deviations", i)+"/offer", x.Offer)
		look(pointerAt("/offer/deviations", i)+"/reason", x.Reason)
	}
	return out
}

// mostNamed bounds what is kept of one bid; that it names somebody is certain by then.
const mostNamed = 100

// nameless is the offer without who makes it: partners and members are left out, and where their names stand in a text, the names.
func (d *Document) nameless(names []string) Offer {
	p := d.Offer.Plan
	out := Offer{Price: d.Offer.Price, Plan: Plan{
		Approach: hide(p.Approach, names), Advantage: hide(p.Advantage, names), Foundation: hide(p.Foundation, names), Schedule: hide(p.Schedule, names),
		Risks: hide(p.Risks, names), Application: hide(p.Application, names),
	}}.complete()
	for _, m := range d.Offer.Milestones {
		m.Title = hide(m.Title, names)
		out.Milestones = append(out.Milestones, m)
	}
	for _, x := range d.Offer.Deviations {
		out.Deviations = append(out.Deviations, Deviation{x.Indicator, hide(x.Offer, names), hide(x.Reason, names)}) // the indicator is the poster's word
	}
	return out
}
