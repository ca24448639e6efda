package ledger

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"time"

	"gorm.io/gorm"

	"jiebang/internal/fault"
	"jiebang/internal/when"
)

const (
	verifyBatch = 1000
)

// Report is what Verify found.
type Report struct {
	Entries  int64 // how many were read
	Head     Head
	Problems fault.Problems // empty: everything agrees
}

// Verify computes everything that can be computed again: each link of the chain, the head, and every sum that is kept ready. It
// reads the entries in batches on one snapshot. That the entries of a contract sum to its registered amounts is for package
// contracts to verify.
func (s *Service) Verify(ctx context.Context) (Report, error) {
	var r Report
	err := s.unit.View(ctx, func(q *gorm.DB) (err error) {
		if r.Head, err = head(q); errors.Is(err, gorm.ErrRecordNotFound) {
			r.Problems.Add("台账：链头缺失", "the head is missing")
		} else if err != nil {
			return err
		}
		var sums []*tallied
		for _, s := range scales {
			sums = append(sums, &tallied{scale: s, head: r.Head, cells: map[cell]Figures{}})
		}
		last, err := r.followChain(q, sums)
		if err != nil {
			return err
		}
		r.gap(last.Seq, r.Head.Seq+1)
		if last.Seq != r.Head.Seq || last.Hash != r.Head.Hash || !last.RecordedAt.Equal(r.Head.RecordedAt) {
			r.Problems.Add("台账：链头（第 %[1]d 条，%[2]s）不是最后一条（第 %[3]d 条，%[4]s）", "the head (seq %[1]d, %[2]s) is not the last entry (seq %[3]d, %[4]s)", r.Head.Seq, r.Head.Hash, last.Seq, last.Hash)
		}
		if err := r.strangeRollups(q); err != nil {
			return err
		}
		for _, t := range sums {
			differs, err := t.end(q)
			if err != nil {
				return err
			}
			for _, c := range cuts {
				if differs {
					if err := r.compareRollups(q, t.scale, c); err != nil {
						return err
					}
				}
			}
		}
		return nil
	})
	return r, err
}

// followChain reads all entries in order and gives the head that they lead to.
func (r *Report) followChain(q *gorm.DB, sums []*tallied) (Head, error) {
	before := Head{RecordedAt: time.Unix(0, 0).UTC()} // as the migration left it
	var ends []MonthEnd
	public := map[course]*stream{}
	for _, c := range courses {
		public[c] = &stream{course: c}
	}
	for {
		var batch []Entry
		if err := q.Where("seq > ?", before.Seq).Order("seq").Limit(verifyBatch).Find(&batch).Error; err != nil {
			return before, err
		}
		for _, e := range batch {
			r.link(before, e)
			next := Head{Seq: e.Seq, Hash: e.Hash, RecordedAt: e.RecordedAt}
			if before.Seq > 0 && before.month().Before(next.month()) {
				ends = append(ends, MonthEnd{before.month(), before.Seq, before.Hash})
			}
			before = next
			for _, t := range sums {
				if err := t.take(q, &e); err != nil {
					return before, err
				}
			}
			s := public[course{e.Elsewhere, e.late()}]
			s.take(&e)
			if err := r.compareReleases(q, s); err != nil {
				return before, err
			}
		}
		r.Entries += int64(len(batch))
		if len(batch) < verifyBatch {
			break
		}
	}
	for _, s := range public { // what was open has become public, too, where its month was over when somebody followed it
		var to []followedTo
		if err := s.place(q).Find(&to).Error; err != nil {
			return before, err
		}
		if len(to) == 1 {
			s.released = s.at(to[0].Ended).released
		}
		if err := r.compareReleases(q, s); err != nil {
			return before, err
		}
	}
	if err := r.strangeReleases(q, public); err != nil {
		return before, err
	}
	return before, r.compareMonths(q, ends)
}

// compareReleases holds what the entries release against what is kept of it, and lets go of it. What is not kept yet is made when it is asked for.
func (r *Report) compareReleases(q *gorm.DB, s *stream) error {
	for _, rel := range s.released {
		var kept []keptRelease
		if err := q.Where("elsewhere = ? AND through = ?", s.elsewhere, rel.through).Find(&kept).Error; err != nil {
			return err
		}
		if len(kept) == 0 {
			continue
		}
		s.compared++
		if k := kept[0]; k.Late != s.late || k.Month != rel.month || k.Whole != rel.whole || k.release().posted != rel.posted || k.First != rel.first || k.release().upto != rel.upto {
			r.Problems.Add("台账：到第 %[1]d 条为止的公布，留存的起止为 %[2]s 至 %[3]s（计入 %[6]s），按条目应为 %[4]s 至 %[5]s（计入 %[7]s）",
				"the release that ends with entry %[1]d is kept as of %[2]s to %[3]s, counting in %[6]s, the entries release it as of %[4]s to %[5]s, counting in %[7]s",
				rel.through, k.First, k.Month, rel.first, rel.month, k.release().posted, rel.posted)
		}
		var tables []keptTable
		if err := q.Where("elsewhere = ? AND through = ?", s.elsewhere, rel.through).Find(&tables).Error; err != nil {
			return err
		}
		for _, c := range publicCuts {
			i := slices.IndexFunc(tables, func(t keptTable) bool { return t.Dimension == c.name() })
			if i < 0 {
				r.Problems.Add("台账：到第 %[1]d 条为止的公布缺少按 %[2]s 的表", "the release that ends with entry %[1]d is kept without its table by %[2]s", rel.through, c.name())
				continue
			}
			blocks, err := readBlocks(tables[i].Blocks)
			if err != nil || !rel.sumsTo(c, blocks) {
				r.Problems.Add("台账：到第 %[1]d 条为止的公布，按 %[2]s 的表与条目之和不符，或所涉合同过少", "the release that ends with entry %[1]d: its table by %[2]s is not what the entries sum to, or tells of too few", rel.through, c.name())
			}
		}
	}
	s.released = nil
	return nil
}

// sumsTo tells whether blocks are a table of the release: each cell of it is in one of them, they hold what its cells sum to, and each is large
// enough. How they were put together is not asked again.
func (r *release) sumsTo(c cut, blocks []*block) bool {
	left := make([]Figures, len(blocks))
	place := make([]int, len(c))
	for i, d := range c {
		place[i] = d.place()
	}
	at := make(map[[2]string]int, len(blocks))
	for a, h := range r.cells {
		var of [2]string
		for i := range c {
			of[i] = a[place[i]]
		}
		n, known := at[of]
		if !known {
			n = slices.IndexFunc(blocks, func(b *block) bool {
				for i := range c {
					if len(b.values) != len(c) || !b.values[i][of[i]] {
						return false
					}
				}
				return true
			})
			at[of] = n
		}
		if n < 0 {
			return false
		}
		left[n] = left[n].Plus(h.Figures)
	}
	for i, b := range blocks {
		if b.Figures != left[i] || !r.whole && b.Contracts < fewest {
			return false
		}
	}
	return true
}

// strangeReleases tells of releases that are kept and that the entries do not give.
func (r *Report) strangeReleases(q *gorm.DB, public map[course]*stream) error {
	for _, c := range courses {
		var kept int64
		if err := c.kept(q).Count(&kept).Error; err != nil {
			return err
		}
		if given := public[c].compared; kept != given {
			r.Problems.Add("台账：留存 %[1]d 次公布（在外登记：%[2]v，补记：%[4]v），按条目应有 %[3]d 次", "%[1]d releases are kept (registered elsewhere: %[2]v, late: %[4]v) of which the entries give %[3]d", kept, c.elsewhere, given, c.late)
		}
	}
	return nil
}

// compareMonths compares the heads that were published with those that the entries lead to.
func (r *Report) compareMonths(q *gorm.DB, ends []MonthEnd) error {
	var kept []MonthEnd
	if err := q.Order("month").Find(&kept).Error; err != nil {
		return err
	}
	for _, k := range kept {
		if !slices.Contains(ends, k) {
			r.Problems.Add("台账：%[1]s 留存的末条为第 %[2]d 条（%[3]s），按条目并非如此", "%[1]s is kept to end with entry %[2]d and %[3]s, the entries lead to another end or none", k.Month, k.Seq, k.Hash)
		}
	}
	for _, e := range ends {
		if !slices.Contains(kept, e) {
			r.Problems.Add("台账：%[1]s 的末条为第 %[2]d 条（%[3]s），留存的并非如此", "%[1]s ends with entry %[2]d and %[3]s, which is not kept so", e.Month, e.Seq, e.Hash)
		}
	}
	return nil
}

// gap names the entries that should be between two.
func (r *Report) gap(before, after int64) {
	switch missing := after - before - 1; {
	case missing == 1:
		r.Problems.Add("台账：缺少第 %[1]d 条", "entry %[1]d is missing", before+1)
	case missing > 1:
		r.Problems.Add("台账：缺少第 %[1]d 至 %[2]d 条", "entries %[1]d to %[2]d are missing", before+1, after-1)
	}
}

// link checks one entry against the one before it.
func (r *Report) link(before Head, e Entry) {
	r.gap(before.Seq, e.Seq)
	if e.PrevHash != before.Hash {
		r.Problems.Add("台账：第 %[1]d 条所载的前条哈希不是前一条的", "entry %[1]d does not carry the hash of the entry before it", e.Seq)
	}
	if e.payloadDigest() != e.Digest {
		r.Problems.Add("台账：第 %[1]d 条的内容与其摘要不符", "entry %[1]d does not say what its digest was made of", e.Seq)
	}
	if e.seal() != e.Hash {
		r.Problems.Add("台账：第 %[1]d 条与其哈希不符", "entry %[1]d is not what its hash was made of", e.Seq)
	}
	if e.RecordedAt.Before(before.RecordedAt) || e.RecordedOn != when.DayOf(e.RecordedAt) || e.PostedOn.After(e.RecordedOn) {
		r.Problems.Add("台账：第 %[1]d 条的日期不合：记录于 %[2]s（%[3]s），入账日 %[4]s", "entry %[1]d has dates that do not fit: recorded %[2]s on %[3]s, posted on %[4]s", e.Seq, e.RecordedAt, e.RecordedOn, e.PostedOn)
	}
}

// strangeRollups names sums of a kind that is not kept.
func (r *Report) strangeRollups(q *gorm.DB) error {
	var names, periods []string
	for _, c := range cuts {
		names = append(names, c.name())
	}
	for _, s := range scales {
		periods = append(periods, s.name)
	}
	var rows []rollup
	err := q.Where("(period NOT IN ? OR dimension NOT IN ?)", periods, names).Limit(fault.MostProblems).Find(&rows).Error
	for _, row := range rows {
		r.Problems.Add("台账：有一项不属任何种类的汇总：%+[1]v", "there is a sum of no kind that is kept: %+[1]v", row.Cell)
	}
	return err
}

// compareRollups names what differs in the sums of one cut and scale: the database adds up all entries and holds them against what is kept, in
// one pass over both, in which what agrees takes each other out.
func (r *Report) compareRollups(q *gorm.DB, s scale, c cut) error {
	through := int64(math.MaxInt64)
	if summed := r.Head.summed(c); summed < r.Head.Seq {
		through = summed // the next append makes up for the rest
	}
	var rows []struct {
		Elsewhere                       bool
		Posted, Value, Second, Recorded string
		Figures                         `gorm:"embedded"`
		Given, Kept                     int64 // how many rows there are of either: one or none
	}
	given := "SELECT elsewhere, " + s.sql("posted_on") + " AS posted, " + c.column(0) + " AS value, " + c.column(1) + " AS second, " + s.sql("recorded_on") + " AS recorded, " + figures +
		", 1 AS given, 0 AS kept FROM ledger_entries WHERE seq <= @through GROUP BY 1, 2, 3, 4, 5"
	err := q.Raw("SELECT elsewhere, posted, value, second, recorded, SUM(contracts) AS contracts, SUM(turnover) AS turnover, SUM(technology) AS technology, SUM(given) AS given, SUM(kept) AS kept FROM ("+
		given+
		" UNION ALL SELECT elsewhere, posted, value, second, recorded, -contracts, -turnover, -technology, 0, 1 FROM ledger_rollups WHERE period = @period AND dimension = @dimension"+
		") AS sides GROUP BY 1, 2, 3, 4, 5 HAVING SUM(contracts) <> 0 OR SUM(turnover) <> 0 OR SUM(technology) <> 0 OR SUM(given) <> SUM(kept) LIMIT @limit",
		map[string]any{"period": s.name, "dimension": c.name(), "limit": fault.MostProblems, "through": through}).Scan(&rows).Error
	for _, row := range rows {
		at := fmt.Sprintf("%s %q %q, elsewhere: %v, posted in %s, recorded in %s", c.name(), row.Value, row.Second, row.Elsewhere, row.Posted, row.Recorded)
		switch {
		case row.Kept == 0:
			r.Problems.Add("台账：按条目汇总为 %[1]s：%+[2]v，留存的并非如此", "the entries sum to %[1]s: %+[2]v, which is not kept so", at, row.Figures)
		case row.Given == 0:
			r.Problems.Add("台账：留存的汇总 %[1]s：%+[2]v，条目中没有", "the sums keep %[1]s: %+[2]v, which the entries do not give", at, row.reversed())
		default:
			r.Problems.Add("台账：汇总 %[1]s 与条目之和不符，条目多出 %+[2]v", "the sums keep %[1]s otherwise than the entries sum to it: the entries have %+[2]v more", at, row.Figures)
		}
	}
	return err
}
