package ledger

import (
	"context"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"jiebang/internal/db"
	"jiebang/internal/fault"
	"jiebang/internal/policy"
	"jiebang/internal/when"
)

// The chain is public, month by month: anyone can follow it from the head that they kept once to the head of today, without reading a
// single contract. A month is published when it is over.

// MonthEnd is the head at the end of a month in which something was recorded.
type MonthEnd struct {
	Month when.Month `gorm:"primaryKey"`
	Seq   int64
	Hash  string
}

// TableName is the table of months that are over.
func (MonthEnd) TableName() string { return "ledger_months" }

// endMonth keeps the head of the month that ends with the first entry of a later one.
func (h Head) endMonth(q *gorm.DB, next Head) error {
	if h.Seq == 0 || !h.month().Before(next.month()) {
		return nil
	}
	return q.Clauses(clause.OnConflict{DoNothing: true}).Create(&MonthEnd{h.month(), h.Seq, h.Hash}).Error
}

func (h Head) month() when.Month { return when.DayOf(h.RecordedAt).Month() }

// Months lists the months that are over and in which something was recorded, the last first; anyone may.
func (s *Service) Months(ctx context.Context, actor policy.Actor, _ struct{}, p db.Paging) (db.Page[MonthEnd], error) {
	if err := policy.Check(actor, policy.LedgerChain, policy.Facts{}); err != nil {
		return db.Page[MonthEnd]{}, err
	}
	var out db.Page[MonthEnd]
	err := s.unit.View(ctx, func(q *gorm.DB) error {
		h, err := head(q)
		if err != nil {
			return err
		}
		over := over(s.unit.Now())
		months := q.Model(&MonthEnd{}).Where("month <= ?", over.String())
		if h.Seq > 0 && !h.month().After(over) { // over, and no entry of a later month has come to keep its head
			months = q.Table("(SELECT month, seq, hash FROM ledger_months UNION ALL SELECT CAST(? AS text), CAST(? AS bigint), CAST(? AS text)) AS ledger_months",
				h.month().String(), h.Seq, h.Hash)
		}
		out, err = db.List(months, p, lastMonthFirst)
		return err
	})
	return out, err
}

var lastMonthFirst = db.Order[MonthEnd]{Columns: []string{"month"}, Desc: true, Key: func(m *MonthEnd) []any { return []any{m.Month.String()} }}

// Link is what is published of an entry.
type Link struct {
	Seq      int64
	PostedOn when.Day
	Digest   string
	PrevHash string
	Hash     string
}

// LinkFilter asks for the links of one month.
type LinkFilter struct {
	Month string `path:"month"`
}

// Links lists the links that were recorded in a month that is over, in their order; anyone may.
func (s *Service) Links(ctx context.Context, actor policy.Actor, f LinkFilter, p db.Paging) (db.Page[Link], error) {
	if err := policy.Check(actor, policy.LedgerChain, policy.Facts{}); err != nil {
		return db.Page[Link]{}, err
	}
	month, err := when.ParseMonth(f.Month)
	if err != nil {
		return db.Page[Link]{}, fault.InvalidInput.At("path:month", fault.BadFormat, "月份形如 2026-01", "A month is written 2026-01")
	}
	if month.After(over(s.unit.Now())) {
		return db.Page[Link]{}, fault.NotVisible.Because("该月尚未结束，月末后公布。", "The month is not over; it is published when it is.")
	}
	q := s.unit.Query(ctx).Model(&Entry{}).Where("recorded_on BETWEEN ? AND ?", month.First(), month.Last())
	return db.List(q.Select("seq", "posted_on", "digest", "prev_hash", "hash"), p, inOrder)
}

var inOrder = db.Order[Link]{Columns: []string{"seq"}, Key: func(l *Link) []any { return []any{l.Seq} }}
