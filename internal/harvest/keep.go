package harvest

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"jiebang/internal/db"
	"jiebang/internal/orgs"
	"jiebang/internal/policy"
	"jiebang/internal/ref"
	"jiebang/internal/relay"
)

// Consumer keeps the rows. It follows the log from its beginning, so that also what was public before there were rows, and is gone, is told.
func (s *Service) Consumer() relay.Consumer {
	return relay.Consumer{Name: "harvest", Handle: s.follow}
}

// How much is read and written at once, and how long writing it may take: a second is told for at most that long before it can be read (Behind).
const (
	keepBatch = 500
	keepTime  = 5 * time.Second
)

// Behind is how far the time from which harvesters go on lies behind the time that it is: whatever was given a second up to there can be read.
const Behind = 2 * keepTime

// touched is a record of which Changes speak.
type touched struct {
	noun string
	was  bool // some Change says that everybody could read it, before or after
}

func (s *Service) follow(ctx context.Context, log []relay.Change) error {
	spoken, order := map[uuid.UUID]touched{}, []uuid.UUID(nil)
	for _, c := range log {
		noun, step, _ := strings.Cut(c.Kind, ".")
		if c.Noun != "" {
			noun = c.Noun
		}
		if kind, known := s.kinds.Of(noun); !known || kind.Document == nil {
			continue
		}
		t, again := spoken[c.ObjectID]
		if !again {
			order = append(order, c.ObjectID)
		}
		// One that does not say was written by a version of before: what was published then was public.
		t.noun, t.was = noun, t.was || c.WasPublic || c.IsPublic || c.Noun == "" && step == "publish"
		spoken[c.ObjectID] = t
	}
	for ids := range slices.Chunk(order, keepBatch) {
		if err := s.keepAll(ctx, ids, spoken); err != nil {
			return err
		}
	}
	for _, c := range log {
		switch c.Kind {
		case string(orgs.Renamed), string(orgs.Lifted), string(orgs.Suspended): // its name stands in what is told, or what is told stands and falls with it
			if err := s.keepOwned(ctx, c.ObjectID); err != nil {
				return err
			}
		case string(policy.ChainEdit): // its name stands in what is told
			if err := s.keepChain(ctx, c.ObjectID); err != nil {
				return err
			}
		}
	}
	return nil
}

// keepChain keeps what is told of an industry chain.
func (s *Service) keepChain(ctx context.Context, id uuid.UUID) error {
	var chains []ref.IndustryChain
	if err := s.unit.Query(ctx).Where("id = ?", id).Find(&chains).Error; err != nil || len(chains) == 0 {
		return err
	}
	for after := uuid.Nil; ; {
		var rows []row
		err := s.unit.Query(ctx).Table("harvest_records AS r").Joins("JOIN harvest_members AS m ON m.object_id = r.object_id").
			Where("m.set_spec = ? AND r.object_id > ?", setChain+chains[0].Code, after).Order("r.object_id").Limit(keepBatch).Select(db.Columns(&row{}, "r")).Find(&rows).Error
		if err != nil || len(rows) == 0 {
			return err
		}
		spoken, ids := map[uuid.UUID]touched{}, make([]uuid.UUID, len(rows))
		for i, r := range rows {
			after = r.ObjectID
			ids[i], spoken[after] = after, touched{noun: r.Kind}
		}
		if err := s.keepAll(ctx, ids, spoken); err != nil {
			return err
		}
	}
}

// keepOwned keeps what an organization has.
func (s *Service) keepOwned(ctx context.Context, owner uuid.UUID) error {
	for _, kind := range s.kinds.All() {
		if kind.Document == nil {
			continue
		}
		for after := uuid.Nil; ; {
			records, err := kind.Every(s.unit.Query(ctx).Where("owner_id = ?", owner), after, keepBatch)
			if err != nil {
				return err
			}
			spoken, ids := map[uuid.UUID]touched{}, make([]uuid.UUID, len(records))
			for i, r := range records {
				after = r.Base().ID
				ids[i], spoken[after] = after, touched{noun: kind.Noun}
			}
			if len(ids) > 0 {
				if err := s.keepAll(ctx, ids, spoken); err != nil {
					return err
				}
			}
			if len(records) < keepBatch {
				break
			}
		}
	}
	return nil
}

// keepAll brings the rows of some records to how they stand now, in as many parts as the time for each asks for.
func (s *Service) keepAll(ctx context.Context, ids []uuid.UUID, spoken map[uuid.UUID]touched) error {
	return halving(ids, func(ids []uuid.UUID) (late bool, err error) {
		within, cancel := context.WithTimeout(ctx, keepTime)
		defer cancel()
		err = s.keep(within, ids, spoken)
		return err != nil && within.Err() != nil && ctx.Err() == nil, err
	})
}

// halving does something with all, and where that was too late, with each half instead: what takes too long once would do so for ever.
func halving[T any](all []T, do func([]T) (late bool, err error)) error {
	late, err := do(all)
	if half := len(all) / 2; late && half > 0 {
		if err := halving(all[:half], do); err != nil {
			return err
		}
		return halving(all[half:], do)
	}
	return err
}

// keep brings the rows of some records to how they stand now. A row whose record is told as before stays as it is.
func (s *Service) keep(ctx context.Context, ids []uuid.UUID, spoken map[uuid.UUID]touched) error {
	return s.db.Writer.WithContext(db.OnDay(ctx, db.DayOf(s.unit.Query(ctx)))).Transaction(func(tx *gorm.DB) error {
		stamp, err := s.stamp(tx) // locks: what is read from here on is not older than what another writer has written
		if err != nil {
			return err
		}
		now, err := s.standing(tx, ids, spoken)
		if err != nil {
			return err
		}
		var known []row
		if err := tx.Where("object_id IN ?", db.Among(ids)).Find(&known).Error; err != nil {
			return err
		}
		before := make(map[uuid.UUID]row, len(known))
		for _, r := range known {
			before[r.ObjectID] = r
		}
		var changed []row
		for _, id := range ids {
			r, told, err := next(id, spoken[id], before, now[id])
			if err != nil {
				return err
			}
			if told {
				r.StampedAt = stamp
				changed = append(changed, r)
			}
		}
		return write(tx, changed)
	})
}

// next is the row of a record as it stands now; told is false where harvesters are not told of it, or were told so already.
func next(id uuid.UUID, t touched, before map[uuid.UUID]row, now *Item) (r row, told bool, err error) {
	was, known := before[id]
	switch {
	case now != nil && now.Public:
		r = row{ObjectID: id, Kind: t.noun, Public: true, Sets: strings.Join(now.Sets, " ")}
		r.Digest, err = now.digest()
	case known:
		r = row{ObjectID: id, Kind: was.Kind, Sets: strings.Join(remaining(strings.Fields(was.Sets), now), " ")}
	case t.was: // it came and went before there were rows
		r = row{ObjectID: id, Kind: t.noun, Sets: setKind + t.noun}
	default:
		return r, false, nil
	}
	return r, !known || r.Public != was.Public || r.Digest != was.Digest || r.Sets != was.Sets, err
}

// standing describes records as they stand; those that are no more are absent.
func (s *Service) standing(q *gorm.DB, ids []uuid.UUID, spoken map[uuid.UUID]touched) (map[uuid.UUID]*Item, error) {
	byKind := map[string][]uuid.UUID{}
	for _, id := range ids {
		byKind[spoken[id].noun] = append(byKind[spoken[id].noun], id)
	}
	said, err := s.documents(q, byKind)
	if err != nil {
		return nil, err
	}
	items, err := s.items(q, said)
	out := make(map[uuid.UUID]*Item, len(items))
	for i := range items {
		out[items[i].Document.ID] = &items[i]
	}
	return out, err
}

// clock is the last second that was given.
type clock struct {
	One       int64 `gorm:"primaryKey;autoIncrement:false"`
	StampedAt time.Time
}

func (clock) TableName() string { return "harvest_clock" }

// stamp gives the second in which a transaction writes: now, or the last one where a clock went back. Whoever writes waits here for who wrote
// before, so that a later second is never there before an earlier one.
func (s *Service) stamp(tx *gorm.DB) (time.Time, error) {
	var c clock
	if err := db.ForUpdate(tx).Where("one = 1").Take(&c).Error; err != nil {
		return time.Time{}, err
	}
	now := s.unit.Now().UTC().Truncate(time.Second)
	if !now.After(c.StampedAt) {
		return c.StampedAt.UTC(), nil
	}
	return now, tx.Model(&clock{}).Where("one = 1").Update("stamped_at", now).Error
}

// write replaces rows, and what stands of them in sets.
func write(tx *gorm.DB, rows []row) error {
	if len(rows) == 0 {
		return nil
	}
	ids, members := make([]uuid.UUID, len(rows)), []member(nil)
	for i, r := range rows {
		ids[i] = r.ObjectID
		for _, set := range strings.Fields(r.Sets) {
			members = append(members, member{set, r.StampedAt, r.ObjectID})
		}
	}
	err := tx.Clauses(clause.OnConflict{Columns: []clause.Column{{Name: "object_id"}}, DoUpdates: clause.AssignmentColumns([]string{"kind", "public", "stamped_at", "digest", "sets"})}).
		CreateInBatches(rows, 200).Error
	if err != nil {
		return err
	}
	if err := tx.Where("object_id IN ?", db.Among(ids)).Delete(&member{}).Error; err != nil || len(members) == 0 {
		return err
	}
	return tx.CreateInBatches(members, 500).Error
}
