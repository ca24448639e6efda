package contracts

import (
	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/codes"
	"jiebang/internal/db"
	"jiebang/internal/results"
	"jiebang/internal/when"
)

// moving tells whether a contract of this kind gives somebody a right in what is there already.
func moving(kind codes.ContractKind) bool { return kind == codes.Assignment || kind == codes.License }

// grantRemarks tell, of contracts that assign or license the result of a deal, that rights in it were granted to its inventors on the day of
// signing: whether the seller could still give what the contract gives, somebody has to look at. In their order; one query for all, where there is any such.
func grantRemarks(q *gorm.DB, rows []Contract, today when.Day) ([][]Remark, error) {
	var ids []uuid.UUID
	for _, c := range rows {
		if c.ResultID != nil && moving(c.Kind) {
			ids = append(ids, *c.ResultID)
		}
	}
	out := make([][]Remark, len(rows))
	if len(ids) == 0 {
		return out, nil
	}
	found, err := results.ByIDs(q.Session(&gorm.Session{}), ids)
	if err != nil {
		return nil, err
	}
	by := make(map[uuid.UUID]*results.Result, len(found))
	for i := range found {
		by[found[i].ID] = &found[i]
	}
	for i, c := range rows {
		if c.ResultID == nil || by[*c.ResultID] == nil || !moving(c.Kind) {
			continue
		}
		on := c.Terms.SignedOn
		if on.IsZero() {
			on = today
		}
		if g := by[*c.ResultID].GrantIn(on); g != nil {
			out[i] = []Remark{{Code: RightsGranted, Pointer: "/terms/subkind", Entered: string(c.Terms.Subkind), Granted: g.Kind, GrantedFrom: g.ValidFrom, GrantedTo: g.ValidTo}}
		}
	}
	return out, nil
}

// addGrantRemarks adds them to contracts as a reader sees them: a former party is told of no result.
func addGrantRemarks(q *gorm.DB, shown []View) error {
	rows := make([]Contract, len(shown))
	for i := range shown {
		rows[i] = shown[i].Contract
	}
	remarks, err := grantRemarks(q, rows, db.DayOf(q))
	for i := range remarks {
		shown[i].Remarks = append(shown[i].Remarks, remarks[i]...)
	}
	return err
}
