package relay

import (
	"context"
	"log/slog"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"jiebang/internal/work"
)

// identityRow tells this database from every other, its own restored copies included.
type identityRow struct {
	One    int64 `gorm:"primaryKey;autoIncrement:false"`
	ID     uuid.UUID
	Place  string // where the database was when it got the identity (db.Place)
	MadeAt time.Time
}

func (identityRow) TableName() string { return "database_identity" }

func identityOf(q *gorm.DB) (identityRow, error) {
	var rows []identityRow
	if err := q.Limit(1).Find(&rows).Error; err != nil || len(rows) == 0 {
		return identityRow{}, err
	}
	return rows[0], nil
}

// Identify gives a database its identity where it has none yet, and says so in the log where it is not where it was when it got one.
func (r *Relay) Identify(ctx context.Context) error {
	place, err := r.db.Place(ctx)
	if err != nil {
		return err
	}
	var known int64
	if err := r.db.Reader.WithContext(ctx).Model(&identityRow{}).Count(&known).Error; err != nil {
		return err
	}
	err = nil
	if known == 0 { // a database that only reads for now is opened, too
		err = r.write(ctx, func(tx *gorm.DB) error {
			return tx.Clauses(clause.OnConflict{DoNothing: true}).Create(&identityRow{1, uuid.New(), place, r.clock()}).Error
		})
	}
	if err != nil {
		return err
	}
	if moved, err := r.Moved(ctx); err != nil || !moved {
		return err
	}
	slog.WarnContext(ctx, "this database is a restored copy, or has failed over, and still has the identity of the one before: run `jiebang restored`")
	return nil
}

// Moved tells whether the database is elsewhere than when it got its identity: restored, copied, or failed over.
func (r *Relay) Moved(ctx context.Context) (bool, error) {
	row, err := identityOf(r.db.Reader.WithContext(ctx))
	if err != nil {
		return false, err
	}
	place, err := r.db.Place(ctx)
	return row.Place != place, err
}

const restored work.Deed = "database.restored"

// Renew gives the database another identity, after a restore: every index of before is made anew.
func (r *Relay) Renew(ctx context.Context, unit *work.Unit) (uuid.UUID, error) {
	place, err := r.db.Place(ctx)
	if err != nil {
		return uuid.Nil, err
	}
	row := identityRow{One: 1, ID: uuid.New(), Place: place}
	_, err = unit.Do(ctx, work.Call{Operation: "restored"}, func(tx *work.Tx) error {
		before, err := identityOf(tx.DB)
		if err != nil {
			return err
		}
		row.MadeAt = tx.Now
		if err := tx.Clauses(clause.OnConflict{UpdateAll: true}).Create(&row).Error; err != nil {
			return err
		}
		return tx.Record(restored, work.Ref{Noun: "database", ID: row.ID, Version: 1}, before, row)
	})
	return row.ID, err
}

// Place is a place in the change log: the position, and which Change of which database that is. A database that was restored, or that went
// back, has another Change there, or none.
type Place struct {
	Pos  int64
	Mark string
}

// marks are what a Change is known by to a reader of the log: by its hash, or by itself as long as it has none.
func (c Change) marks(identity uuid.UUID) (mark string, fits func(string) bool) {
	plain := identity.String() + ":" + c.OutboxID.String()
	mark = plain
	if c.Hash != nil {
		mark = identity.String() + ":" + *c.Hash
	}
	return mark, func(s string) bool { return s == mark || s == plain }
}

// End is the place of the last Change; the zero Pos of an empty log.
func (r *Relay) End(ctx context.Context) (Place, error) {
	q := r.db.Reader.WithContext(ctx)
	id, err := identityOf(q)
	if err != nil {
		return Place{}, err
	}
	var last []Change
	if err := q.Order("pos DESC").Limit(1).Find(&last).Error; err != nil || len(last) == 0 {
		return Place{}, err
	}
	mark, _ := last[0].marks(id.ID)
	return Place{last[0].Pos, mark}, nil
}

// since reads the Changes behind a place, and tells whether the log has that place's Change there.
func (r *Relay) since(ctx context.Context, at Place) (changes []Change, fits bool, err error) {
	q := r.db.Reader.WithContext(ctx)
	id, err := identityOf(q)
	if err != nil {
		return nil, false, err
	}
	if err := q.Where("pos >= ?", at.Pos).Order("pos").Limit(batch + 1).Find(&changes).Error; err != nil {
		return nil, false, err
	}
	for i := range changes {
		changes[i].Mark, _ = changes[i].marks(id.ID)
	}
	if at.Pos == 0 {
		return changes[:min(len(changes), batch)], true, nil
	}
	if len(changes) == 0 || changes[0].Pos != at.Pos {
		return nil, false, nil
	}
	if _, is := changes[0].marks(id.ID); !is(at.Mark) {
		return nil, false, nil
	}
	return changes[1:], true, nil
}
