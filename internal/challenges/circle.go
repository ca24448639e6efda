package challenges

import (
	"cmp"
	"maps"
	"slices"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/codes"
	"jiebang/internal/control"
	"jiebang/internal/fault"
	"jiebang/internal/orgs"
	"jiebang/internal/people"
	"jiebang/internal/results"
	"jiebang/internal/when"
	"jiebang/internal/work"
)

// circle is the poster of a challenge and everybody who takes part in the bids that stand: whoever is tied to one of them judges none. A person is
// tied by belonging to an organization, by what was declared, by control, or by a published result that they made together.
type circle struct {
	poster *orgs.Organization
	called map[string]bool // what the poster is called and was called before, in the form in which two names are compared
	leads  map[uuid.UUID]bool
	codes  map[string]bool // of all members of bids
	bodies map[string]bool // what these are called, in the form in which two names are compared
	people map[string]bool // who is named in the bids, likewise
	masked bool            // how somebody is tied would tell who posted it
}

// How somebody is tied.
const (
	tiedToPoster  = "tied to the poster"
	tiedToBidder  = "tied to a bidder"
	tiedToOneSide = "tied to the poster or to a bidder" // of a masked poster
)

// circleOf reads the circle of a challenge: of its bids those that are reviewed or won.
func circleOf(q *gorm.DB, c *Challenge) (*circle, error) {
	x := &circle{called: map[string]bool{}, leads: map[uuid.UUID]bool{}, codes: map[string]bool{}, bodies: map[string]bool{}, people: map[string]bool{}, masked: c.conceals()}
	var err error
	if x.poster, err = work.Load[orgs.Organization](q, c.OwnerID); err != nil {
		return nil, err
	}
	known, err := orgs.KnownAs(q, []string{x.poster.CreditCode})
	if err != nil {
		return nil, err
	}
	for _, name := range append(known, x.poster.Name) {
		x.called[codes.NameForm(name)] = true
	}
	for after := uuid.Nil; ; { // documents may be large
		var some []Bid
		// Beside the document a bid holds two texts as long as it, sealed; nobody asks for them here.
		err := q.Select("id", "owner_id", "document").Where("challenge_id = ? AND nth = ? AND state IN ? AND id > ?", c.ID, c.Nth, []BidState{BidEligible, BidWon}, after).
			Order("id").Limit(20).Find(&some).Error
		if err != nil {
			return x, err
		}
		if len(some) == 0 {
			return x, x.before(q)
		}
		for i := range some {
			after = some[i].ID
			x.add(&some[i])
		}
	}
}

// before adds what the members of bids were called before: who declared a tie to one of them then did so under that name.
func (x *circle) before(q *gorm.DB) error {
	known, err := orgs.KnownAs(q, slices.Sorted(maps.Keys(x.codes)))
	for _, name := range known {
		x.bodies[codes.NameForm(name)] = true
	}
	return err
}

func (x *circle) add(b *Bid) {
	x.leads[b.OwnerID] = true
	d := b.Document
	if d == nil {
		return
	}
	for _, code := range d.codes() {
		x.codes[code] = true
	}
	x.bodies[codes.NameForm(d.Lead.Name)] = true
	for _, p := range d.Offer.Partners {
		x.bodies[codes.NameForm(p.Name)] = true
	}
	for _, m := range d.Offer.Members {
		x.people[codes.NameForm(m.Name)] = true
	}
}

// side tells on which side an organization stands, by its record, code or name.
func (x *circle) side(id uuid.UUID, code, name string) string {
	name = codes.NameForm(name)
	switch {
	case id == x.poster.ID || code != "" && code == x.poster.CreditCode || name != "" && x.called[name]:
		return tiedToPoster
	case x.leads[id] || x.codes[code] || name != "" && x.bodies[name]:
		return tiedToBidder
	}
	return ""
}

// tied tells which of these accounts are tied on a day, and how.
func (x *circle) tied(q *gorm.DB, accounts []uuid.UUID, day when.Day) (map[uuid.UUID]string, error) {
	made, err := results.CoInventors(q, accounts)
	if err != nil {
		return nil, err
	}
	asked := slices.Clone(accounts)
	var organizations []uuid.UUID
	for _, of := range made {
		for _, m := range of {
			asked = append(asked, m.Accounts...)
		}
	}
	member, err := orgs.MembershipsOf(q, asked)
	if err != nil {
		return nil, err
	}
	for _, of := range member {
		organizations = append(organizations, of...)
	}
	declared, err := people.TiesOf(q, accounts, day)
	if err != nil {
		return nil, err
	}
	for _, of := range declared {
		for _, t := range of {
			if t.OrganizationID != nil {
				organizations = append(organizations, *t.OrganizationID)
			}
		}
	}
	rows, err := work.ByIDs[orgs.Organization](q, organizations)
	if err != nil {
		return nil, err
	}
	of := make(map[uuid.UUID]*orgs.Organization, len(rows))
	for i := range rows {
		of[rows[i].ID] = &rows[i]
	}
	under, err := x.controlled(q, rows, declared, day)
	if err != nil {
		return nil, err
	}
	stands := func(id uuid.UUID) string {
		if o := of[id]; o != nil {
			return cmp.Or(x.side(id, o.CreditCode, o.Name), under[o.CreditCode])
		}
		return x.side(id, "", "")
	}
	out := map[uuid.UUID]string{}
	for _, account := range accounts {
		var why string
		for _, id := range member[account] {
			why = cmp.Or(why, stands(id))
		}
		for _, t := range declared[account] {
			if t.OrganizationID != nil {
				why = cmp.Or(why, stands(*t.OrganizationID))
			}
			why = cmp.Or(why, x.side(uuid.Nil, t.OrganizationCode, t.OrganizationName), under[t.OrganizationCode])
		}
		for _, m := range made[account] {
			why = cmp.Or(why, x.together(m, account, member))
		}
		if why != "" && x.masked {
			why = tiedToOneSide
		}
		if why != "" {
			out[account] = why
		}
	}
	return out, nil
}

// controlled tells which organizations of those who are asked about stand under one control with one of the circle, by their codes.
func (x *circle) controlled(q *gorm.DB, rows []orgs.Organization, declared map[uuid.UUID][]people.Tie, day when.Day) (map[string]string, error) {
	var asked []string
	for _, o := range rows {
		asked = append(asked, o.CreditCode)
	}
	for _, of := range declared {
		for _, t := range of {
			asked = append(asked, t.OrganizationCode)
		}
	}
	all := []string{x.poster.CreditCode}
	for code := range x.codes {
		all = append(all, code)
	}
	for _, code := range asked {
		if code != "" {
			all = append(all, code)
		}
	}
	groups, err := control.Among(q, all, day)
	if err != nil {
		return nil, err
	}
	out := map[string]string{}
	for _, g := range groups {
		var why string
		for _, code := range g.Codes {
			why = cmp.Or(why, x.side(uuid.Nil, code, ""))
		}
		if why == "" {
			continue
		}
		for _, code := range g.Codes {
			out[code] = cmp.Or(out[code], why)
		}
	}
	return out, nil
}

// together tells how somebody is tied by a result that they made with others.
func (x *circle) together(m results.CoInvention, account uuid.UUID, member map[uuid.UUID][]uuid.UUID) (why string) {
	for _, id := range m.Organizations {
		why = cmp.Or(why, x.side(id, "", ""))
	}
	for _, name := range m.Bodies {
		why = cmp.Or(why, x.side(uuid.Nil, "", name))
	}
	for _, other := range m.Accounts {
		if other == account {
			continue
		}
		for _, id := range member[other] {
			why = cmp.Or(why, x.side(id, "", ""))
		}
	}
	for _, name := range m.Names {
		if x.people[codes.NameForm(name)] {
			why = cmp.Or(why, tiedToBidder)
		}
	}
	return why
}

// Tied tells which of these accounts are tied on a day to the poster of a challenge, or to somebody whose bid stands, and how. It asks no policy.
func Tied(q *gorm.DB, challenge uuid.UUID, accounts []uuid.UUID, day when.Day) (map[uuid.UUID]string, error) {
	c, err := work.Load[Challenge](q, challenge)
	if fault.NotVisible.Of(err) {
		return nil, nil // nobody is tied to what is not there
	}
	if err != nil {
		return nil, err
	}
	x, err := circleOf(q, c)
	if err != nil {
		return nil, err
	}
	return x.tied(q, accounts, day)
}
