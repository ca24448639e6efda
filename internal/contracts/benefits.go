package contracts

import (
	"cmp"
	"slices"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/codes"
	"jiebang/internal/control"
	"jiebang/internal/db"
	"jiebang/internal/fault"
	"jiebang/internal/policy"
	"jiebang/internal/when"
	"jiebang/internal/work"
)

// What package benefits asks about contracts, whoever reads: what it tells to whom is its own affair.

// Domestic tells whether the party is a body in mainland China, and neither one abroad nor a natural person.
func (p Party) Domestic() bool { return p.Inland() && p.Nature != codes.NaturalPerson }

// Inland tells whether the party is in mainland China, a natural person as well.
func (p Party) Inland() bool { return !p.outside() }

// form is by which the party is found, in whatever spelling its code was typed.
func (p Party) form() string { return codes.NumberForm(cmp.Or(p.CreditCode, p.ForeignNumber)) }

// same tells whether two parties are one: by the code, or by the organization here where one of them names no code.
func (p Party) same(other Party) bool {
	if p.form() != "" && other.form() != "" {
		return p.form() == other.form()
	}
	return p.OrganizationID != nil && other.OrganizationID != nil && *p.OrganizationID == *other.OrganizationID
}

// Counts tells whether it is registered by an office here, or was elsewhere and is recorded.
func (c *Contract) Counts() bool { return c.counts() }

// AsItStands reads a contract for a reader who may read it as it stands; who writes it reads a refused one as it shall be filed again.
func AsItStands(q *gorm.DB, reader policy.Actor, id uuid.UUID) (*Contract, error) {
	c, err := loadNow(q, reader, id)
	if err != nil {
		return nil, err
	}
	seen, _ := c.seenBy(reader)
	return &seen, nil
}

// CountedOf reads the contracts that were registered from one day to another, here or elsewhere, and under whose first seller, or first buyer, this
// party stands: in the order of registration.
func CountedOf(q *gorm.DB, p Party, selling bool, from, to when.Day) ([]Contract, error) {
	code, organization := p.form(), uuid.Nil
	if p.OrganizationID != nil {
		organization = *p.OrganizationID
	}
	var rows []Contract
	err := q.Session(&gorm.Session{NewDB: true}).
		Where("id IN (SELECT contract_id FROM contract_lookups WHERE kind = ? AND value = ? UNION SELECT contract_id FROM contract_parties WHERE organization_id = ?)", byCode, code, organization).
		Where("state IN ? AND registered_on >= ? AND registered_on <= ?", []State{Registered, Recorded}, from, to).
		Order("registered_on, id").Find(&rows).Error
	return slices.DeleteFunc(rows, func(c Contract) bool {
		first := c.Terms.Buyers[0]
		if selling {
			first = c.Terms.Sellers[0]
		}
		return !p.same(first)
	}), err
}

// RelatedEach is Terms.Related for many contracts, in their order: one statement for each step away from their parties. Where there is more control
// around them than one question looks at, none is told.
func RelatedEach(q *gorm.DB, rows []Contract) ([][]Related, error) {
	var asked []control.Pair
	var of []int
	var all []pair
	for i, c := range rows {
		for _, p := range c.Terms.pairs() {
			asked, of, all = append(asked, p.Pair), append(of, i), append(all, p)
		}
	}
	out := make([][]Related, len(rows))
	if len(asked) == 0 {
		return out, nil
	}
	ties, err := control.Each(q, asked)
	if fault.ControlTooWide.Of(err) {
		return out, nil
	}
	if err != nil {
		return nil, err
	}
	for n, found := range ties {
		if i := of[n]; len(found) > 0 {
			out[i] = append(out[i], all[n].related(rows[i].Kind, found))
		}
	}
	return out, nil
}

// ByIDs reads contracts, whoever asks: one query.
func ByIDs(q *gorm.DB, ids []uuid.UUID) ([]Contract, error) { return work.ByIDs[Contract](q, ids) }

// PaymentsWithin reads what was received on contracts, and what of it went back, from one day to another, by these days.
func PaymentsWithin(q *gorm.DB, contracts []uuid.UUID, from, to when.Day) ([]Payment, error) {
	if len(contracts) == 0 {
		return nil, nil
	}
	var rows []Payment
	err := q.Session(&gorm.Session{NewDB: true}).Where("contract_id IN ? AND paid_on >= ? AND paid_on <= ?", db.Among(contracts), from, to).Order("paid_on, id").Find(&rows).Error
	return rows, err
}
