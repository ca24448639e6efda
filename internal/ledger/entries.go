package ledger

import (
	"context"
	"fmt"
	"maps"
	"reflect"
	"strings"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/db"
	"jiebang/internal/fault"
	"jiebang/internal/policy"
	"jiebang/internal/when"
	"jiebang/internal/work"
)

// Group is one value of one dimension, exactly: a region without what is below it, if the level does not say otherwise, or the empty
// value for what is unknown.
type Group struct {
	By    Dimension
	Value string
	Level RegionLevel
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

func (f Filter) check(q *gorm.DB, today when.Day) error {
	var bad fault.Fields
	when.NotAhead(&bad, f.PostedFrom, today, "query:posted_from")
	when.NotAhead(&bad, f.RecordedTo, today, "query:recorded_to")
	bad.Check(f.PostedTo.IsZero() || !f.PostedTo.Before(f.PostedFrom), "query:posted_to", fault.BeforeStart, "止日早于起日", "It ends before it begins")
	if f.ContractID != uuid.Nil {
		var n []string
		if err := q.Model(&Entry{}).Where("contract_id = ?", f.ContractID).Limit(1).Pluck("office", &n).Error; err != nil {
			return err
		}
		bad.Check(len(n) > 0, "query:contract_id", fault.UnknownRecord, "台账中没有合同 %[1]s 的记录：请核对标识，或合同尚未登记", "The ledger has nothing of the contract %[1]s: check the identifier, or it is not registered yet", f.ContractID)
	}
	if f.Group != nil {
		checkDimension(&bad, f.Group.By)
		checkLevel(&bad, f.Group.By, f.Group.Level)
		if err := bad.Err(); err != nil {
			return err
		}
		if f.Group.Value != "" {
			if err := f.Group.By.check(q, &bad, f.Group.Value, "query:group"); err != nil {
				return err
			}
		}
	}
	if err := f.Scope.check(q, &bad); err != nil {
		return err
	}
	return bad.Err()
}

// entryColumns says how the facts of an entry stand in its table.
var entryColumns = work.Columns{string(policy.AtOffice): "office IN ?"}

// Entries lists entries, the last first: operators those of all offices, registrars those of theirs.
func (s *Service) Entries(ctx context.Context, actor policy.Actor, f Filter, p db.Paging) (db.Page[Entry], error) {
	if err := policy.Check(actor, policy.LedgerRead, policy.Facts{}); err != nil {
		return db.Page[Entry]{}, err
	}
	if err := f.check(s.unit.Query(ctx), when.DayOf(s.unit.Now())); err != nil {
		return db.Page[Entry]{}, err
	}
	if f.Office != "" {
		if err := policy.Check(actor, policy.LedgerReadOffice, policy.Facts{Office: f.Office}); err != nil {
			return db.Page[Entry]{}, err
		}
	}
	q := db.Filter(f.narrowEntries(work.Where(s.unit.Query(ctx).Model(&Entry{}), policy.Narrow(actor, policy.LedgerReadOffice), entryColumns)), f)
	if f.Group != nil {
		q = f.Group.narrow(q)
	}
	return db.List(q, p, lastFirst)
}

func (g Group) narrow(q *gorm.DB) *gorm.DB {
	column := entryHas[g.By].column
	if g.By == ByFromChallenge {
		return Scope{FromChallenge: g.Value}.narrow(q, g.By, column)
	}
	if g.Value == "" && entryHas[g.By].record {
		return q.Where(column + " IS NULL")
	}
	return g.Level.narrow(q, column, g.Value)
}

// OfContract lists the entries of a contract, the last first, without asking who reads: that is the contract's rule.
func OfContract(q *gorm.DB, contract uuid.UUID, p db.Paging) (db.Page[Entry], error) {
	return db.List(q.Model(&Entry{}).Where("contract_id = ?", contract), p, lastFirst)
}

// OfContractUntil is OfContract for those that an application led to, and earlier ones.
func OfContractUntil(q *gorm.DB, contract, application uuid.UUID, p db.Paging) (db.Page[Entry], error) {
	last := q.Session(&gorm.Session{NewDB: true}).Model(&Entry{}).Where("contract_id = ? AND application_id = ?", contract, application).Select("COALESCE(MAX(seq), 0)")
	return db.List(q.Model(&Entry{}).Where("contract_id = ? AND seq <= (?)", contract, last), p, lastFirst)
}

var lastFirst = db.Order[Entry]{Columns: []string{"seq"}, Desc: true, Key: func(e *Entry) []any { return []any{e.Seq} }}

// Held gives what the entries of contracts sum to, under each that they froze; what they have taken out again is not in it.
func Held(q *gorm.DB, contracts []uuid.UUID) (map[uuid.UUID]map[Frozen]Figures, error) {
	out := make(map[uuid.UUID]map[Frozen]Figures, len(contracts))
	if len(contracts) == 0 {
		return out, nil
	}
	var entries []Entry
	if err := q.Where("contract_id IN ?", contracts).Find(&entries).Error; err != nil {
		return nil, err
	}
	for _, e := range entries {
		if out[e.ContractID] == nil {
			out[e.ContractID] = map[Frozen]Figures{}
		}
		out[e.ContractID][e.Frozen] = out[e.ContractID][e.Frozen].Plus(e.Figures)
	}
	for _, held := range out {
		maps.DeleteFunc(held, func(_ Frozen, f Figures) bool { return f == Figures{} })
	}
	return out, nil
}

// Unlike names what is frozen differently.
func (f Frozen) Unlike(g Frozen) string {
	var out []string
	a, b := reflect.ValueOf(f), reflect.ValueOf(g)
	for i := range a.NumField() {
		if !a.Field(i).Equal(b.Field(i)) {
			out = append(out, fmt.Sprintf("%s %v, not %v", a.Type().Field(i).Name, a.Field(i), b.Field(i)))
		}
	}
	return strings.Join(out, "; ")
}

// Total is what all entries sum to.
func Total(q *gorm.DB) (Figures, error) {
	var f struct{ Figures }
	err := q.Model(&Entry{}).Select("COALESCE(CAST(SUM(contracts) AS bigint), 0) AS contracts, " +
		"COALESCE(CAST(SUM(turnover) AS bigint), 0) AS turnover, COALESCE(CAST(SUM(technology) AS bigint), 0) AS technology").Scan(&f).Error
	return f.Figures, err
}
