package challenges

import (
	"context"
	"strings"

	"github.com/google/uuid"
	"gorm.io/gorm"

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
			out.Offer = d.nameless()
		} else {
			out.Lead, out.Files = d.Lead.Name, d.Files
		}
		return nil
	})
	return out, err
}

// omitted stands where a name was.
const omitted = "〔略〕"

// nameless is the offer without who makes it: partners and members are left out, and where their names stand in a text, the names.
func (d *Document) nameless() Offer {
	o := d.Offer
	var names []string
	leaveOut := func(texts ...string) {
		for _, text := range texts {
			if text != "" { // which would stand everywhere
				names = append(names, text, omitted)
			}
		}
	}
	leaveOut(d.Lead.Name, d.Lead.Code)
	for _, p := range o.Partners {
		leaveOut(p.Name, p.Code)
	}
	for _, m := range o.Members {
		leaveOut(m.Name)
	}
	hide := strings.NewReplacer(names...).Replace
	o.Plan = Plan{
		Approach: hide(o.Plan.Approach), Advantage: hide(o.Plan.Advantage), Foundation: hide(o.Plan.Foundation), Schedule: hide(o.Plan.Schedule),
		Risks: hide(o.Plan.Risks), Application: hide(o.Plan.Application),
	}
	out := Offer{Plan: o.Plan, Price: o.Price}.complete()
	for _, m := range o.Milestones {
		m.Title = hide(m.Title)
		out.Milestones = append(out.Milestones, m)
	}
	for _, x := range o.Deviations {
		out.Deviations = append(out.Deviations, Deviation{hide(x.Indicator), hide(x.Offer), hide(x.Reason)})
	}
	return out
}
