package ledger

import (
	"context"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/db"
	"jiebang/internal/fault"
	"jiebang/internal/policy"
	"jiebang/internal/when"
)

// Group is one value of one dimension, exactly: a region without what is below it, or the empty value for what is unknown.
type Group struct {
	By    Dimension
	Value string
}

// Filter narrows a list of entries; empty fields do not.
type Filter struct {
	ContractID uuid.UUID `where:"contract_id = ?"`
	PostedFrom when.Day  `where:"posted_on >= ?"`
	PostedTo   when.Day  `where:"posted_on <= ?"`
	RecordedTo when.Day  `where:"recorded_on <= ?"`
	Elsewhere  *bool     `where:"elsewhere = ?"` // nil: both
	Scope
	Group *Group
}

func (f Filter) check() error {
	var bad fault.Fields
	bad.Check(f.PostedTo.IsZero() || !f.PostedTo.Before(f.PostedFrom), "query:posted_to", fault.BeforeStart, "止日早于起日", "It ends before it begins")
	if f.Group != nil {
		checkDimension(&bad, f.Group.By)
	}
	f.Scope.check(&bad)
	return bad.Err()
}

// Entries lists entries, the last first; for registrars and operators.
func (s *Service) Entries(ctx context.Context, actor policy.Actor, f Filter, p db.Paging) (db.Page[Entry], error) {
	if err := policy.Check(actor, policy.LedgerRead, policy.Facts{}); err != nil {
		return db.Page[Entry]{}, err
	}
	if err := f.check(); err != nil {
		return db.Page[Entry]{}, err
	}
	q := db.Filter(f.narrowEntries(s.unit.Query(ctx).Model(&Entry{})), f)
	if f.Group != nil {
		q = q.Where(f.Group.By.column()+" = ?", f.Group.Value)
	}
	return db.List(q, p, lastFirst)
}

// OfContract lists the entries of a contract, the last first, without asking who reads: that is the contract's rule.
func OfContract(q *gorm.DB, contract uuid.UUID, p db.Paging) (db.Page[Entry], error) {
	return db.List(q.Model(&Entry{}).Where("contract_id = ?", contract), p, lastFirst)
}

var lastFirst = db.Order[Entry]{Columns: []string{"seq"}, Desc: true, Key: func(e *Entry) []any { return []any{e.Seq} }}

// Sums gives what the entries of contracts sum to; a contract without entries is not in it.
func Sums(q *gorm.DB, contracts []uuid.UUID) (map[uuid.UUID]Figures, error) {
	var rows []struct {
		ContractID uuid.UUID
		Figures
	}
	out := make(map[uuid.UUID]Figures, len(contracts))
	if len(contracts) == 0 {
		return out, nil
	}
	err := q.Model(&Entry{}).Where("contract_id IN ?", contracts).Select("contract_id, " + figures).Group("contract_id").Scan(&rows).Error
	for _, r := range rows {
		out[r.ContractID] = r.Figures
	}
	return out, err
}

// Total is what all entries sum to.
func Total(q *gorm.DB) (Figures, error) {
	var f struct{ Figures }
	err := q.Model(&Entry{}).Select("COALESCE(CAST(SUM(contracts) AS bigint), 0) AS contracts, " +
		"COALESCE(CAST(SUM(turnover) AS bigint), 0) AS turnover, COALESCE(CAST(SUM(technology) AS bigint), 0) AS technology").Scan(&f).Error
	return f.Figures, err
}
