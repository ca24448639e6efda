package contracts

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/ledger"
)

const (
	verifyBatch = 500
	maxProblems = 50
)

// Report is what Verify found.
type Report struct {
	Contracts int64 // how many were compared with their entries
	Problems  []string
}

func (r *Report) problem(format string, args ...any) {
	if len(r.Problems) < maxProblems {
		r.Problems = append(r.Problems, fmt.Sprintf(format, args...))
	}
}

// Verify compares every contract with the ledger, on one snapshot: the entries of a registered one sum to its amounts, those of
// any other to nothing, and there are no entries besides.
func (s *Service) Verify(ctx context.Context) (Report, error) {
	var r Report
	err := s.unit.View(ctx, func(q *gorm.DB) error {
		var total ledger.Figures
		for after := uuid.Nil; ; {
			var batch []Contract
			if err := q.Where("id > ?", after).Order("id").Limit(verifyBatch).Find(&batch).Error; err != nil {
				return err
			}
			if len(batch) == 0 {
				break
			}
			after = batch[len(batch)-1].ID
			sums, err := sumsOf(q, batch)
			if err != nil {
				return err
			}
			if err := r.persons(q, batch); err != nil {
				return err
			}
			if err := r.lookups(q, batch); err != nil {
				return err
			}
			for i := range batch {
				total = total.Plus(r.compare(&batch[i], sums[batch[i].ID]))
			}
		}
		counted, err := ledger.Total(q)
		if err == nil && counted != total {
			r.problem("the ledger sums to %+v, the registered contracts to %+v", counted, total)
		}
		return err
	})
	return r, err
}

func sumsOf(q *gorm.DB, contracts []Contract) (map[uuid.UUID]ledger.Figures, error) {
	ids := make([]uuid.UUID, len(contracts))
	for i, c := range contracts {
		ids[i] = c.ID
	}
	return ledger.Sums(q, ids)
}

// persons looks for the sealed numbers that the terms name: one query for all.
func (r *Report) persons(q *gorm.DB, batch []Contract) error {
	named := map[uuid.UUID]*Contract{}
	for i := range batch {
		for _, p := range batch[i].Terms.parties() {
			if p.Person != nil {
				named[p.Person.ID] = &batch[i]
			}
		}
	}
	var rows []struct{ ID, ContractID uuid.UUID }
	if len(named) > 0 {
		if err := q.Model(&personRow{}).Where("id IN ?", slices.Collect(maps.Keys(named))).Select("id", "contract_id").Find(&rows).Error; err != nil {
			return err
		}
	}
	for _, row := range rows {
		if c := named[row.ID]; c.ID == row.ContractID {
			delete(named, row.ID)
		}
	}
	for id, c := range named {
		r.problem("contract %s: the personal number %s that its terms name is not there", c.Number, id)
	}
	return nil
}

// compare checks one contract and gives what it should count for.
func (r *Report) compare(c *Contract, sum ledger.Figures) ledger.Figures {
	r.Contracts++
	var want ledger.Figures
	if s := c.standing(); s != nil {
		want = s.Figures
	}
	if sum != want {
		r.problem("contract %s (%s): its entries sum to %+v, it counts for %+v", c.Number, c.State, sum, want)
	}
	if technology, err := c.Terms.Technology(); err != nil || c.Turnover != c.Terms.Turnover || c.Technology != technology {
		r.problem("contract %s: its amounts are not those of its terms", c.Number)
	}
	return want
}
