package deals

import (
	"context"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/accounts"
	"jiebang/internal/db"
	"jiebang/internal/mandates"
	"jiebang/internal/orgs"
	"jiebang/internal/policy"
	"jiebang/internal/work"
)

// stepsShown is how many steps stand in a deal, the latest; the log has them all.
const stepsShown = 20

// DealView is a deal with the names of its sides, the titles of what it is about, and the latest steps of its log.
type DealView struct {
	Deal
	Supplier, Demander orgs.Ref
	Contacts           *SideContacts     // of what an award began, which has no introduction that tells them; for the two sides only
	Agreed             []Side            // the sides that have said so
	Steps              []StepView        // the latest, from the earlier to the later
	StepsTotal         int64             // how many there are in all
	Brokers            []mandates.Acting // under whose mandate it began
	Pricing            *PriceView        // of what needs its price shown before it is signed
	work.Acts
}

// StepView is a step with who took it, where one of the two sides did.
type StepView struct {
	Step
	By string
}

// showDeals completes deals, in a fixed number of queries however many there are.
func showDeals(q *gorm.DB, reader policy.Actor, rows []Deal) ([]DealView, error) {
	ids, sides, subjects := make([]uuid.UUID, len(rows)), make([]orgs.Standing, 0, 2*len(rows)), make([]Subject, len(rows))
	for i, d := range rows {
		ids[i] = d.ID
		sides = append(sides, orgs.Standing{Organization: d.SupplierID}, orgs.Standing{Organization: d.DemanderID})
		subjects[i] = d.Subject
	}
	names, err := orgs.Shown(q, reader, sides)
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	known, err := readNamed(q, reader, subjects)
	if err != nil {
		return nil, err
	}
	log, totals, err := latest(q, ids)
	if err != nil {
		return nil, err
	}
	contacts, err := contactsOf(q, reader, rows)
	if err != nil {
		return nil, err
	}
	acting, err := mandates.ActingFor(q, reader, rows, func(d *Deal) (*uuid.UUID, uuid.UUID, uuid.UUID) { return d.MandateID, d.SupplierID, d.DemanderID })
	if err != nil {
		return nil, err
	}
	prices, err := pricesOf(q, reader, rows)
	if err != nil {
		return nil, err
	}
	out := make([]DealView, len(rows))
	for i, d := range rows {
		d.Subject = known.titles(d.Subject)
		out[i] = DealView{Deal: d, Supplier: names[2*i], Demander: names[2*i+1], Contacts: contacts[d.ID], Steps: log[d.ID], StepsTotal: totals[d.ID], Brokers: acting[i], Pricing: prices[d.ID]}
		for _, s := range []struct {
			by   *uuid.UUID
			side Side
		}{{d.SupplierAgreedBy, Supplier}, {d.DemanderAgreedBy, Demander}} {
			if s.by != nil {
				out[i].Agreed = append(out[i].Agreed, s.side)
			}
		}
	}
	return out, nil
}

// latest reads the latest steps of deals and counts all, in one query, and names who took them in another.
func latest(q *gorm.DB, ids []uuid.UUID) (map[uuid.UUID][]StepView, map[uuid.UUID]int64, error) {
	var rows []struct {
		Step
		Total int64
	}
	err := q.Raw(`SELECT `+db.Columns(&Step{}, "numbered")+`, numbered.total FROM (
		SELECT `+db.Columns(&Step{}, "s")+`, ROW_NUMBER() OVER (PARTITION BY s.deal_id ORDER BY s.id DESC) AS nth, COUNT(*) OVER (PARTITION BY s.deal_id) AS total
		FROM deal_steps AS s WHERE s.deal_id IN ?) AS numbered WHERE nth <= ? ORDER BY id`, ids, stepsShown).Scan(&rows).Error
	if err != nil {
		return nil, nil, err
	}
	steps := make([]Step, len(rows))
	totals := make(map[uuid.UUID]int64, len(ids))
	for i, r := range rows {
		steps[i], totals[r.DealID] = r.Step, r.Total
	}
	views, err := showSteps(q, steps)
	log := make(map[uuid.UUID][]StepView, len(ids))
	for _, v := range views {
		log[v.DealID] = append(log[v.DealID], v)
	}
	return log, totals, err
}

// showSteps names who took steps, where one of the two sides did.
func showSteps(q *gorm.DB, steps []Step) ([]StepView, error) {
	var who []uuid.UUID
	for _, s := range steps {
		if s.Side != "" {
			who = append(who, s.AccountID)
		}
	}
	names := map[uuid.UUID]string{}
	var err error
	if len(who) > 0 {
		names, err = accounts.Names(q, who)
	}
	out := make([]StepView, len(steps))
	for i, s := range steps {
		out[i] = StepView{Step: s}
		if s.Side != "" {
			out[i].By = names[s.AccountID]
		}
	}
	return out, err
}

// StepFilter asks for the log of one deal.
type StepFilter struct {
	Deal uuid.UUID `path:"id" where:"deal_id = ?" required:"yes"`
}

var newestSteps = db.Newest(func(s *Step) uuid.UUID { return s.ID })

// ListSteps reads the log of a deal, the latest step first; by who may read the deal.
func (s *Service) ListSteps(ctx context.Context, reader policy.Actor, f StepFilter, p db.Paging) (db.Page[StepView], error) {
	var out db.Page[StepView]
	err := s.unit.View(ctx, func(q *gorm.DB) error {
		if _, err := deals.Load(q, reader, f.Deal); err != nil {
			return err
		}
		page, err := db.List(db.Filter(q.Model(&Step{}), f), p, newestSteps)
		if err != nil {
			return err
		}
		out.Next = page.Next
		out.Items, err = showSteps(q, page.Items)
		return err
	})
	return out, err
}
