package ledger

import (
	"maps"
	"slices"

	"gorm.io/gorm"
)

// tallied adds up entries as they are read, in their order, and holds what was recorded on one day, or in one month, against the sums that are
// kept of it, once all of it has been read: so that no more than that is in memory, however many entries there are. Where anything differs
// the database is asked to name it (compareRollups).
type tallied struct {
	scale
	head     Head   // which says up to which entry sums are kept that came late
	recorded string // the day or month that is being read
	cells    map[cell]Figures
	given    int64 // how many sums the entries before gave
	differs  bool
}

// cutNames are the names of the cuts, in their order.
var cutNames = func() (out []string) {
	for _, c := range cuts {
		out = append(out, c.name())
	}
	return out
}()

// take adds an entry up; the first of another day or month has what is complete compared.
func (t *tallied) take(q *gorm.DB, e *Entry) error {
	if at := t.of(e.RecordedOn); at != t.recorded {
		if err := t.compare(q); err != nil {
			return err
		}
		t.recorded = at
	}
	at := cell{Elsewhere: e.Elsewhere, Period: t.name, Posted: t.of(e.PostedOn), Recorded: t.recorded}
	for i, c := range cuts {
		if e.Seq > t.head.summed(c) {
			continue
		}
		at.Dimension, at.Value, at.Second = cutNames[i], "", ""
		if len(c) > 0 {
			at.Value = c[0].of(e.Frozen)
		}
		if len(c) > 1 {
			at.Second = c[1].of(e.Frozen)
		}
		t.cells[at] = t.cells[at].Plus(e.Figures)
	}
	return nil
}

// compare holds what was added up against what is kept of it. What is kept besides shows by the number of all (end).
func (t *tallied) compare(q *gorm.DB) error {
	if len(t.cells) == 0 || t.differs {
		clear(t.cells)
		return nil
	}
	posted := map[string]bool{}
	for c := range t.cells {
		posted[c.Posted] = true
	}
	rows, err := q.Model(&rollup{}).Where("elsewhere IN ? AND period = ? AND dimension IN ? AND posted IN ? AND recorded = ?",
		[]bool{false, true}, t.name, cutNames, slices.Sorted(maps.Keys(posted)), t.recorded).
		Select("elsewhere", "dimension", "posted", "value", "second", "contracts", "turnover", "technology").Rows()
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	at, found := cell{Period: t.name, Recorded: t.recorded}, 0
	for rows.Next() {
		var f Figures
		if err := rows.Scan(&at.Elsewhere, &at.Dimension, &at.Posted, &at.Value, &at.Second, &f.Contracts, &f.Turnover, &f.Technology); err != nil {
			return err
		}
		if given, known := t.cells[at]; !known || given != f {
			t.differs = true
		}
		found++
	}
	t.differs = t.differs || found != len(t.cells)
	t.given += int64(len(t.cells))
	clear(t.cells)
	return rows.Err()
}

// end compares what was read last, and tells whether anything differs.
func (t *tallied) end(q *gorm.DB) (bool, error) {
	if err := t.compare(q); err != nil || t.differs {
		return true, err
	}
	var kept int64
	err := q.Model(&rollup{}).Where("period = ?", t.name).Count(&kept).Error
	return kept != t.given, err
}
