package deals

import (
	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/orgs"
	"jiebang/internal/policy"
)

// View is an introduction as one reader may see it.
type View struct {
	Introduction
	FromName, ToName string
	Contacts         *Contacts // once accepted, and for the two sides only
}

// Contacts tells the two sides of an accepted introduction how to reach each other.
type Contacts struct{ From, To orgs.Contact }

// DealView is a deal with the names of its sides and its log.
type DealView struct {
	Deal
	SupplierName, DemanderName string
	Steps                      []Step // from the first on
}

// views completes introductions for a reader, in at most two queries however many there are.
func views(q *gorm.DB, actor policy.Actor, rows []Introduction) ([]View, error) {
	var sides, consenting []uuid.UUID
	for i := range rows {
		sides = append(sides, rows[i].FromID, rows[i].ToID)
		if rows[i].showsContacts(actor) {
			consenting = append(consenting, rows[i].FromID, rows[i].ToID)
		}
	}
	names, err := orgs.Names(q, sides)
	if err != nil {
		return nil, err
	}
	contacts, err := orgs.Contacts(q, consenting)
	if err != nil {
		return nil, err
	}
	out := make([]View, len(rows))
	for i, row := range rows {
		out[i] = View{Introduction: row, FromName: names[row.FromID], ToName: names[row.ToID]}
		if row.showsContacts(actor) {
			out[i].Contacts = &Contacts{From: contacts[row.FromID], To: contacts[row.ToID]}
		}
	}
	return out, nil
}

// showsContacts tells whether the other side has consented and the reader is of one of the two.
func (i *Introduction) showsContacts(actor policy.Actor) bool {
	return i.State == Accepted && policy.Allowed(actor, policy.IntroContact, i.Facts())
}

// dealViews completes deals, in two queries however many there are.
func dealViews(q *gorm.DB, rows []Deal) ([]DealView, error) {
	if len(rows) == 0 {
		return nil, nil
	}
	var ids, sides []uuid.UUID
	for _, d := range rows {
		ids = append(ids, d.ID)
		sides = append(sides, d.SupplierID, d.DemanderID)
	}
	names, err := orgs.Names(q, sides)
	if err != nil {
		return nil, err
	}
	var steps []Step
	if err := q.Where("deal_id IN ?", ids).Order("id").Find(&steps).Error; err != nil {
		return nil, err
	}
	log := make(map[uuid.UUID][]Step, len(rows))
	for _, s := range steps {
		log[s.DealID] = append(log[s.DealID], s)
	}
	out := make([]DealView, len(rows))
	for i, d := range rows {
		out[i] = DealView{Deal: d, SupplierName: names[d.SupplierID], DemanderName: names[d.DemanderID], Steps: log[d.ID]}
	}
	return out, nil
}
