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

// TableName is the table of how far the two streams were followed.
func (followedTo) TableName() string { return "ledger_followed" }

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

// releases is what this process knows of both streams.
type releases struct {
	mu      sync.Mutex
	streams map[bool]*stream
}

// at brings what is known to the head of a snapshot, and gives what is public of contracts registered here, or elsewhere.
func (r *releases) at(q *gorm.DB, h Head, over when.Month, elsewhere bool) (public, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	s := r.streams[elsewhere]
	if s == nil {
		s = &stream{elsewhere: elsewhere, cold: true}
	}
	if err := s.follow(q, h, over); err != nil {
		return public{}, err
	}
	if r.streams == nil {
		r.streams = map[bool]*stream{}
	}
	r.streams[elsewhere] = s
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
			Select("seq", "contract_id", "contracts", "turnover", "technology", "recorded_on", "office", "contract_kind", "seller_region", "buyer_region", "field").Find(&batch).Error
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
	if err := q.Where("elsewhere = ? AND through > ?", s.elsewhere, s.keptThrough()).Order("through").Find(&kept).Error; err != nil {
		return false, err
	}
	for _, k := range kept {
		s.released = append(s.released, k.release())
	}
	var to []followedTo
	if err := q.Where("elsewhere = ?", s.elsewhere).Find(&to).Error; err != nil {
		return false, err
	}
	s.followed, s.waits = s.keptThrough(), when.Month{}
	if len(to) == 0 || to[0].Seq < h.Seq {
		return true, nil
	}
	if w := to[0].Waits; !w.IsZero() && !w.After(over) && to[0].Ended.Before(over) {
		return true, nil
	}
	s.followed, s.waits = h.Seq, to[0].Waits
	return false, nil
}

// adopt lets go of the cells of what is kept meanwhile.
func (s *stream) adopt(q *gorm.DB) error {
	first := slices.IndexFunc(s.released, func(r *release) bool { return !r.kept })
	var from int64
	switch {
	case first >= 0:
		from = s.released[first].through
	case s.last != nil:
		from = s.last.through
	default:
		return nil
	}
	var kept []keptRelease
	if err := q.Where("elsewhere = ? AND through >= ?", s.elsewhere, from).Order("through").Find(&kept).Error; err != nil || len(kept) == 0 {
		return err
	}
	s.released = slices.Clone(s.released) // others may be reading the one that there was
	for _, k := range kept {
		if s.last != nil && s.last.through == k.Through {
			s.released, s.open, s.last = append(s.released, k.release()), nil, nil
		}
		if i := slices.IndexFunc(s.released, func(r *release) bool { return r.through == k.Through && !r.kept }); i >= 0 {
			s.released[i] = k.release()
		}
	}
	return nil
}

func (k keptRelease) release() *release {
	return &release{first: k.First, month: k.Month, through: k.Through, whole: k.Whole, kept: true}
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
	for _, r := range p.released {
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
	for _, elsewhere := range []bool{false, true} {
		now, new, err := s.toKeep(ctx, elsewhere)
		if err != nil {
			return err
		}
		for _, r := range new {
			if err := r.keep(d.Writer.WithContext(ctx), elsewhere); err != nil {
				return err
			}
		}
		if now.Seq == 0 {
			continue
		}
		err = d.Writer.WithContext(ctx).
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
func (s *Service) toKeep(ctx context.Context, elsewhere bool) (now followedTo, new []*release, err error) {
	month := over(s.unit.Now())
	err = s.unit.View(ctx, func(q *gorm.DB) error {
		h, err := head(q)
		if err != nil {
			return err
		}
		var was []followedTo
		if err := q.Where("elsewhere = ?", elsewhere).Find(&was).Error; err != nil {
			return err
		}
		if h.Seq == 0 || len(was) == 1 && was[0].Seq == h.Seq && was[0].Ended == month {
			return nil
		}
		p, err := s.releases.at(q, h, month, elsewhere)
		now = followedTo{Elsewhere: elsewhere, Seq: h.Seq, Waits: p.waiting, Ended: month}
		for _, r := range p.released {
			if !r.kept {
				new = append(new, r)
			}
		}
		return err
	})
	return now, new, err
}

// keep writes a release with all its tables.
func (r *release) keep(q *gorm.DB, elsewhere bool) error {
	var tables []keptTable
	for _, c := range publicCuts {
		blocks, err := writtenBlocks(r.blocksOf(c))
		if err != nil {
			return err
		}
		tables = append(tables, keptTable{Elsewhere: elsewhere, Through: r.through, Dimension: c.name(), Blocks: blocks})
	}
	return q.Transaction(func(tx *gorm.DB) error {
		done := tx.Clauses(clause.OnConflict{DoNothing: true}).Create(&keptRelease{Elsewhere: elsewhere, Through: r.through, First: r.first, Month: r.month, Whole: r.whole})
		if done.Error != nil || done.RowsAffected == 0 {
			return done.Error
		}
		return tx.Create(&tables).Error
	})
}
