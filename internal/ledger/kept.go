package ledger

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"sync"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"jiebang/internal/db"
	"jiebang/internal/money"
	"jiebang/internal/when"
)

// Releases are kept with their tables once they are public, so that no question reads entries again, and none cuts a table that another
// process has cut. What is kept follows from the entries alone: where somebody asks before it is kept, the same is made in memory.

// keptRelease is a release that is kept.
type keptRelease struct {
	Elsewhere bool  `gorm:"primaryKey"`
	Through   int64 `gorm:"primaryKey"` // its last entry
	First     when.Month
	Month     when.Month
	Whole     bool
	Late      bool
	Posted    when.Month // empty: in the month in which it was released
	Upto      when.Month // the same
}

// TableName is the table of releases.
func (keptRelease) TableName() string { return "ledger_releases" }

// keptTable is one of its tables.
type keptTable struct {
	Elsewhere bool   `gorm:"primaryKey"`
	Through   int64  `gorm:"primaryKey"`
	Dimension string `gorm:"primaryKey"` // a cut
	Blocks    string
}

// TableName is the table of tables.
func (keptTable) TableName() string { return "ledger_release_tables" }

// followedTo says how far a stream was followed: no release ends between its last and that entry.
type followedTo struct {
	Elsewhere bool `gorm:"primaryKey"`
	Seq       int64
	Waits     when.Month // the first month of what is not released yet; zero: nothing waits
	Ended     when.Month // the last month that was over by then
}

// TableName is the table of how far the streams were followed as entries come.
func (followedTo) TableName() string { return "ledger_followed" }

// place is where it stands how far a stream was followed.
func (c course) place(q *gorm.DB) *gorm.DB {
	if c.late {
		return q.Table("ledger_followed_late").Where("elsewhere = ?", c.elsewhere)
	}
	return q.Model(&followedTo{}).Where("elsewhere = ?", c.elsewhere)
}

// kept narrows releases that are kept to those of the stream.
func (c course) kept(q *gorm.DB) *gorm.DB {
	return q.Model(&keptRelease{}).Where("elsewhere = ? AND late = ?", c.elsewhere, c.late)
}

// keptBlock is a block as it is written.
type keptBlock struct {
	Values     [][]string `json:"values"` // by the dimensions of the cut
	Contracts  int64      `json:"contracts"`
	Turnover   int64      `json:"turnover"`
	Technology int64      `json:"technology"`
}

func writtenBlocks(blocks []*block) (string, error) {
	out := make([]keptBlock, len(blocks))
	for i, b := range blocks {
		out[i] = keptBlock{Values: make([][]string, len(b.values)), Contracts: b.Contracts, Turnover: int64(b.Turnover), Technology: int64(b.Technology)}
		for d, values := range b.values {
			out[i].Values[d] = slices.Sorted(maps.Keys(values))
		}
	}
	raw, err := json.Marshal(out)
	return string(raw), err
}

func readBlocks(raw string) ([]*block, error) {
	var in []keptBlock
	if err := json.Unmarshal([]byte(raw), &in); err != nil {
		return nil, err
	}
	out := make([]*block, len(in))
	for i, k := range in {
		b := &block{Figures: Figures{k.Contracts, money.Fen(k.Turnover), money.Fen(k.Technology)}}
		for _, values := range k.Values {
			set := make(map[string]bool, len(values))
			for _, v := range values {
				set[v] = true
			}
			b.values = append(b.values, set)
		}
		out[i] = b
	}
	return out, nil
}

// releases is what this process knows of the streams.
type releases struct {
	mu      sync.Mutex
	streams map[course]*stream
}

// at brings what is known to the head of a snapshot, and gives what is public of contracts registered here, or elsewhere.
func (r *releases) at(q *gorm.DB, h Head, over when.Month, elsewhere bool) (public, error) {
	out, err := r.of(q, h, over, course{elsewhere: elsewhere})
	if err != nil {
		return public{}, err
	}
	late, err := r.of(q, h, over, course{elsewhere: elsewhere, late: true})
	out.late, out.arrears = late.released, late.arrears
	return out, err
}

// of is the same of one stream.
func (r *releases) of(q *gorm.DB, h Head, over when.Month, c course) (public, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	s := r.streams[c]
	if s == nil {
		s = &stream{course: c, cold: true}
	}
	if err := s.follow(q, h, over); err != nil {
		return public{}, err
	}
	if r.streams == nil {
		r.streams = map[course]*stream{}
	}
	r.streams[c] = s
	return s.at(over), nil
}

// follow brings the stream to a head: by what is kept, as far as somebody has followed it there already, and by the entries after that.
func (s *stream) follow(q *gorm.DB, h Head, over when.Month) error {
	if s.cold {
		warm, err := s.readKept(q, h, over)
		if err != nil || !warm {
			return err
		}
		s.cold = false
	}
	if err := s.adopt(q); err != nil {
		return err
	}
	for s.followed < h.Seq {
		var batch []Entry
		err := q.Model(&Entry{}).Where("elsewhere = ? AND seq > ? AND seq <= ?", s.elsewhere, s.followed, h.Seq).Order("seq").Limit(readAtOnce).
			Select("seq", "contract_id", "elsewhere", "contracts", "turnover", "technology", "posted_on", "recorded_on", "office", "contract_kind", "seller_region", "buyer_region", "field").Find(&batch).Error
		if err != nil {
			return err
		}
		for i := range batch {
			s.take(&batch[i])
			s.followed = batch[i].Seq
		}
		if len(batch) < readAtOnce {
			s.followed = h.Seq
		}
	}
	return nil
}

// readKept reads what is kept, and tells whether entries must be taken up since: those since the last release where nobody has followed them
// to this head, or where a month is over since then that may release what was open.
func (s *stream) readKept(q *gorm.DB, h Head, over when.Month) (warm bool, err error) {
	if s.followed == h.Seq && h.Seq > 0 && !(!s.waits.IsZero() && !s.waits.After(over)) {
		return false, nil // as it was
	}
	var kept []keptRelease
	if err := s.kept(q).Where("through > ?", s.keptThrough()).Order("through").Find(&kept).Error; err != nil {
		return false, err
	}
	for _, k := range kept {
		s.released = append(s.released, k.release())
	}
	var to []followedTo
	if err := s.place(q).Find(&to).Error; err != nil {
		return false, err
	}
	s.followed, s.waits = s.keptThrough(), when.Month{}
	if len(to) == 1 && to[0].Waits.IsZero() {
		s.followed = max(s.followed, to[0].Seq) // all before it is released, or another stream's
	}
	if len(to) == 0 || to[0].Seq < h.Seq {
		return true, nil
	}
	if w := to[0].Waits; !w.IsZero() && (s.late || !w.After(over) && to[0].Ended.Before(over)) {
		return true, nil
	}
	s.followed, s.waits = h.Seq, to[0].Waits
	return false, nil
}

// adopt lets go of the cells of what is kept meanwhile. What was released at once is kept at once.
func (s *stream) adopt(q *gorm.DB) error {
	first := slices.IndexFunc(s.released, func(r *release) bool { return !r.kept })
	var from int64
	switch {
	case first >= 0:
		from = s.released[first].through
	case len(s.last) > 0:
		from = s.last[0].through
	default:
		return nil
	}
	var kept []keptRelease
	if err := s.kept(q).Where("through >= ?", from).Order("through").Find(&kept).Error; err != nil || len(kept) == 0 {
		return err
	}
	s.released = slices.Clone(s.released) // others may be reading the one that there was
	if len(s.last) > 0 && slices.ContainsFunc(kept, func(k keptRelease) bool { return k.Through == s.last[0].through }) {
		s.released = append(s.released, s.last...)
		s.open, s.history, s.last = nil, nil, nil
	}
	for _, k := range kept {
		if i := slices.IndexFunc(s.released, func(r *release) bool { return r.through == k.Through && !r.kept }); i >= 0 {
			s.released[i] = k.release()
		}
	}
	return nil
}

func (k keptRelease) release() *release {
	r := &release{first: k.First, posted: k.Posted, upto: k.Upto, month: k.Month, through: k.Through, whole: k.Whole, kept: true}
	if r.posted.IsZero() { // of a version that knew nothing else
		r.posted, r.upto = k.Month, k.Month
	}
	return r
}

// keptThrough is the last entry of the last release.
func (s *stream) keptThrough() int64 {
	if len(s.released) == 0 {
		return 0
	}
	return s.released[len(s.released)-1].through
}

// read reads the tables of a cut that a query asks about, of releases that are kept.
func (p public) read(q *gorm.DB, elsewhere bool, asked Query, c cut) error {
	wanted := map[int64]*release{}
	for _, r := range p.all() {
		if r.kept && r.countsIn(asked) && !r.hasRead(c) {
			wanted[r.through] = r
		}
	}
	for some := range slices.Chunk(slices.Sorted(maps.Keys(wanted)), namedAtOnce) {
		var rows []keptTable
		if err := q.Where("elsewhere = ? AND dimension = ? AND through IN ?", elsewhere, c.name(), some).Find(&rows).Error; err != nil {
			return err
		}
		if len(rows) != len(some) {
			return errKeptInPart
		}
		for _, row := range rows {
			blocks, err := readBlocks(row.Blocks)
			if err != nil {
				return err
			}
			wanted[row.Through].hold(c, blocks)
		}
	}
	return nil
}

// errKeptInPart says that somebody took out a table of a release: verify names it.
var errKeptInPart = errors.New("ledger: a release is kept without one of its tables; run verify")

func (r *release) hasRead(c cut) bool {
	r.cutting.Lock()
	defer r.cutting.Unlock()
	return r.read[c.name()] != nil
}

func (r *release) hold(c cut, blocks []*block) {
	r.cutting.Lock()
	defer r.cutting.Unlock()
	if r.read == nil {
		r.read = map[string][]*block{}
	}
	r.read[c.name()] = blocks
}

// Keep writes what is public and not kept yet, and how far the chain was followed. What it writes can be made again from the entries at any
// time; it is done by one process at a time.
func (s *Service) Keep(ctx context.Context, d *db.DB) error {
	if err := s.end(d.Writer.WithContext(ctx)); err != nil {
		return err
	}
	for _, c := range courses {
		now, new, err := s.toKeep(ctx, c)
		if err != nil {
			return err
		}
		if err := keep(d.Writer.WithContext(ctx), c, new); err != nil {
			return err
		}
		if now.Seq == 0 {
			continue
		}
		err = c.place(d.Writer.WithContext(ctx)).
			Clauses(clause.OnConflict{Columns: []clause.Column{{Name: "elsewhere"}}, DoUpdates: clause.AssignmentColumns([]string{"seq", "waits", "ended"})}).Create(&now).Error
		if err != nil {
			return err
		}
	}
	return nil
}

// end says that a month is over, before it is released: whoever appends from here on records in a later one.
func (s *Service) end(q *gorm.DB) error {
	month := over(s.unit.Now())
	h, err := head(q)
	if err != nil || h.Seq == 0 || !h.Ended.Before(month) && !h.Ended.IsZero() {
		return err
	}
	return q.Model(&Head{}).Where("one = 1 AND (ended IS NULL OR ended < ?)", month.String()).Update("ended", month).Error
}

// toKeep follows a stream, and gives how far and what is to be kept of it; nothing where nothing has changed.
func (s *Service) toKeep(ctx context.Context, c course) (now followedTo, new []*release, err error) {
	month := over(s.unit.Now())
	err = s.unit.View(ctx, func(q *gorm.DB) error {
		h, err := head(q)
		if err != nil {
			return err
		}
		var was []followedTo
		if err := c.place(q).Find(&was).Error; err != nil {
			return err
		}
		if h.Seq == 0 || len(was) == 1 && was[0].Seq == h.Seq && was[0].Ended == month {
			return nil
		}
		p, err := s.releases.of(q, h, month, c)
		now = followedTo{Elsewhere: c.elsewhere, Seq: h.Seq, Waits: p.waiting, Ended: month}
		for _, r := range p.released {
			if !r.kept {
				new = append(new, r)
			}
		}
		return err
	})
	return now, new, err
}

// keep writes releases with all their tables: those of one month at once, since a late stream goes on behind the last of them.
func keep(q *gorm.DB, c course, new []*release) error {
	for len(new) > 0 {
		n := slices.IndexFunc(new, func(r *release) bool { return r.month != new[0].month })
		if n < 0 {
			n = len(new)
		}
		err := q.Transaction(func(tx *gorm.DB) error {
			for _, r := range new[:n] {
				if err := r.keep(tx, c); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
		new = new[n:]
	}
	return nil
}

func (r *release) keep(tx *gorm.DB, c course) error {
	var tables []keptTable
	for _, by := range publicCuts {
		blocks, err := writtenBlocks(r.blocksOf(by))
		if err != nil {
			return err
		}
		tables = append(tables, keptTable{Elsewhere: c.elsewhere, Through: r.through, Dimension: by.name(), Blocks: blocks})
	}
	done := tx.Clauses(clause.OnConflict{DoNothing: true}).Create(&keptRelease{Elsewhere: c.elsewhere, Through: r.through, First: r.first, Month: r.month, Whole: r.whole,
		Late: c.late, Posted: r.posted, Upto: r.upto})
	if done.Error != nil || done.RowsAffected == 0 {
		return done.Error
	}
	return tx.Create(&tables).Error
}
