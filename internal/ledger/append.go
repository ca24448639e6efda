package ledger

import (
	"maps"
	"slices"
	"strings"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"jiebang/internal/db"
	"jiebang/internal/when"
	"jiebang/internal/work"
)

// Append writes postings to the end of the chain, in their order, within the use case that caused them. It locks the head, so
// that appenders take turns from here to their commit: a use case appends last.
func Append(tx *work.Tx, postings ...Posting) error {
	if len(postings) == 0 {
		return nil
	}
	last, err := head(db.ForUpdate(tx.DB))
	if err != nil {
		return err
	}
	entries, last := last.chain(tx, postings)
	if err := tx.Create(&entries).Error; err != nil {
		return err
	}
	if err := addToRollups(tx.DB, entries); err != nil {
		return err
	}
	return tx.Model(&Head{}).Where("one = 1").Select("seq", "hash", "recorded_at").Updates(&last).Error
}

// chain makes the next entries and the head after them. They are recorded at the moment at which their turn has come, so that a
// transaction that waited over midnight does not add to a day that is over; and recording never goes back, so that "as of a
// day" is always a beginning of the chain.
func (h Head) chain(tx *work.Tx, postings []Posting) ([]Entry, Head) {
	if now := tx.Moment(); now.After(h.RecordedAt) {
		h.RecordedAt = now
	}
	entries := make([]Entry, len(postings))
	for i, p := range postings {
		e := Entry{
			Seq: h.Seq + 1, ID: work.NewID(), Posting: p, PostedOn: when.DayOf(tx.Now),
			RecordedOn: when.DayOf(h.RecordedAt), RecordedAt: h.RecordedAt, PrevHash: h.Hash,
		}
		e.Hash = e.seal()
		h.Seq, h.Hash = e.Seq, e.Hash
		entries[i] = e
	}
	return entries, h
}

// cell names one sum that is kept ready: what was recorded in one month, to count in one month, under one value of one dimension.
type cell struct {
	PostedMonth   when.Month
	RecordedMonth when.Month
	Dimension     Dimension
	Value         string
}

type rollup struct {
	Cell    cell `gorm:"embedded"`
	Figures `gorm:"embedded"`
}

func (rollup) TableName() string { return "ledger_rollups" }

func (c cell) compare(d cell) int {
	if by := strings.Compare(string(c.Dimension), string(d.Dimension)); by != 0 {
		return by
	}
	return strings.Compare(c.Value, d.Value)
}

// addToRollups adds entries to the sums that they are in. They were recorded at one moment, and count in one month.
func addToRollups(q *gorm.DB, entries []Entry) error {
	sums := map[cell]Figures{}
	for _, e := range entries {
		for _, d := range dimensions {
			c := cell{e.PostedOn.Month(), e.RecordedOn.Month(), d, d.of(e.Frozen)}
			sums[c] = sums[c].Plus(e.Figures)
		}
	}
	rows := make([]rollup, 0, len(sums))
	for _, c := range slices.SortedFunc(maps.Keys(sums), cell.compare) {
		rows = append(rows, rollup{c, sums[c]})
	}
	return q.Clauses(clause.OnConflict{
		Columns: []clause.Column{{Name: "dimension"}, {Name: "posted_month"}, {Name: "value"}, {Name: "recorded_month"}},
		DoUpdates: clause.Set{
			{Column: clause.Column{Name: "contracts"}, Value: gorm.Expr("ledger_rollups.contracts + excluded.contracts")},
			{Column: clause.Column{Name: "turnover"}, Value: gorm.Expr("ledger_rollups.turnover + excluded.turnover")},
			{Column: clause.Column{Name: "technology"}, Value: gorm.Expr("ledger_rollups.technology + excluded.technology")},
		},
	}).Create(&rows).Error
}
