package contracts

import (
	"github.com/google/uuid"

	"jiebang/internal/db"
	"jiebang/internal/jobs"
	"jiebang/internal/ledger"
	"jiebang/internal/work"
)

// placed is the job that has contracts with a party abroad count under its country: they were posted while the ledger knew no place of such
// a party.
const placed jobs.Kind = "contract.places"

// countsInPlace names the step.
const countsInPlace work.Deed = "contract.places"

// placedAtOnce is how many contracts are looked at together.
const placedAtOnce = 100

// Places posts what leads from an unknown place to the country, for contracts from the job's object on. What was counted so far stays in
// the ledger; from this day on it is told where it belongs.
func Places() jobs.Handler {
	return jobs.Handler{Kind: placed, Do: func(tx *work.Tx, j jobs.Job) error {
		for from := j.ObjectID; ; {
			var rows []Contract
			err := db.ForUpdate(tx.DB).Where("id >= ? AND state IN ?", from, []State{Registered, Recorded}).Order("id").Limit(placedAtOnce).Find(&rows).Error
			if err != nil {
				return err
			}
			moved, err := place(tx, rows)
			switch {
			case err != nil:
				return err
			case moved && len(rows) == placedAtOnce:
				return jobs.At(tx, j.Kind, rows[len(rows)-1].ID, j.Now)
			case moved:
				return nil
			case len(rows) < placedAtOnce:
				return jobs.ErrNothing
			}
			from = rows[len(rows)-1].ID
		}
	}}
}

// place tells whether anything had to be posted for some contracts.
func place(tx *work.Tx, rows []Contract) (bool, error) {
	held, err := ledger.Held(tx.DB, idsOf(rows))
	if err != nil {
		return false, err
	}
	granted, err := lastGranted(tx, idsOf(rows))
	if err != nil {
		return false, err
	}
	var postings []ledger.Posting
	for i := range rows {
		c := &rows[i]
		from := ledger.Source{ContractID: c.ID, ContractVersion: c.Version, ApplicationID: granted[c.ID]}
		more := ledger.Refile(from, held[c.ID], *c.standing())
		if len(more) == 0 || !c.onlyPlacesUnknown(held[c.ID]) {
			continue
		}
		postings = append(postings, more...)
		if err := tx.Record(countsInPlace, work.RefOf(c), nil, c); err != nil {
			return false, err
		}
	}
	return len(postings) > 0, ledger.Append(tx, postings...)
}

// onlyPlacesUnknown tells whether what is held differs from how the contract counts in a place that was not known, and in nothing else: anything
// more is for verify to tell, and not to be smoothed over.
func (c *Contract) onlyPlacesUnknown(held map[ledger.Frozen]ledger.Figures) bool {
	is := c.standing().Frozen
	var sum ledger.Figures
	for under, f := range held {
		sum = sum.Plus(f)
		if under.SellerRegion == "" {
			under.SellerRegion = is.SellerRegion
		}
		if under.BuyerRegion == "" {
			under.BuyerRegion = is.BuyerRegion
		}
		if under != is {
			return false
		}
	}
	return sum == c.standing().Figures
}

// lastGranted names the application about each contract that was granted last.
func lastGranted(tx *work.Tx, contracts []uuid.UUID) (map[uuid.UUID]uuid.UUID, error) {
	var rows []Application
	err := tx.Where("contract_id IN ? AND state = ?", contracts, Granted).Order("decided_at, id").Select("id", "contract_id").Find(&rows).Error
	out := make(map[uuid.UUID]uuid.UUID, len(rows))
	for _, a := range rows {
		out[a.ContractID] = a.ID
	}
	return out, err
}
