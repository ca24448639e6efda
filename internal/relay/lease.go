package relay

import (
	"context"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"jiebang/internal/when"
)

// lease lets one process at a time do a piece of work. It runs out by itself, so that a crashed holder blocks nobody for long.
type lease struct {
	Name   string `gorm:"primaryKey"`
	Holder string
	Until  time.Time
}

func (lease) TableName() string { return "leases" }

// ahead is how much further than its own length a lease may end, for clocks that are set a little.
const ahead = time.Second

// lease takes or prolongs the named lease for this process and tells whether it holds it now.
func (r *Relay) lease(ctx context.Context, name string, d time.Duration) (bool, error) {
	now, err := r.now(ctx)
	if err != nil {
		return false, err
	}
	held := false
	err = r.write(ctx, func(tx *gorm.DB) error {
		var err error
		held, err = r.hold(tx, name, now, d)
		return err
	})
	return held, err
}

// now is the database's time: a replica whose clock is fast would keep the others out long after it has died, and take from them what is
// theirs while it lives.
func (r *Relay) now(ctx context.Context) (time.Time, error) {
	return r.db.NowBy(ctx, r.clock, when.System)
}

// Inherit gives up the leases of whoever is gone. It is for the one process of a database, which knows that there is nobody else.
func (r *Relay) Inherit(ctx context.Context) error {
	return r.write(ctx, func(tx *gorm.DB) error { return tx.Where("holder <> ?", r.self).Delete(&lease{}).Error })
}

// hold is lease inside a transaction: the row stays locked until it ends, so what else the transaction writes is written by
// the holder or not at all.
func (r *Relay) hold(tx *gorm.DB, name string, now time.Time, d time.Duration) (bool, error) {
	// No holder has it for longer than it is given for: a lease that ends later was taken when the clock was ahead.
	mine := lease{Name: name, Holder: r.self, Until: now.Add(d)}
	taken := tx.Model(&lease{}).Where("name = ? AND (holder = ? OR until < ? OR until > ?)", name, r.self, now, mine.Until.Add(ahead)).
		Select("holder", "until").Updates(&mine)
	if taken.Error != nil || taken.RowsAffected == 1 {
		return taken.Error == nil, taken.Error
	}
	first := tx.Clauses(clause.OnConflict{DoNothing: true}).Create(&mine)
	return first.RowsAffected == 1, first.Error
}

type consumerPlace struct {
	Consumer string `gorm:"primaryKey"`
	Pos      int64
}

func (consumerPlace) TableName() string { return "consumer_places" }

func (r *Relay) place(ctx context.Context, consumer string) (int64, error) {
	var rows []consumerPlace
	err := r.db.Reader.WithContext(ctx).Where("consumer = ?", consumer).Find(&rows).Error
	if err != nil || len(rows) == 0 {
		return 0, err
	}
	return rows[0].Pos, nil
}

// nothingFor keeps an idle system from writing a lease for each of its consumers, five times a second: none is needed where the log does not go
// on behind a consumer's place.
func (r *Relay) nothingFor(ctx context.Context, consumer string, within int64) (bool, error) {
	var some bool
	err := r.db.Reader.WithContext(ctx).Raw(`SELECT EXISTS (SELECT 1 FROM change_log
		WHERE pos > COALESCE((SELECT pos FROM consumer_places WHERE consumer = ?), 0) AND pos <= ?)`, consumer, within).Scan(&some).Error
	return !some, err
}

// advance moves a consumer's place, unless another process has moved it meanwhile: then the Changes are handled twice, which
// does no harm.
func (r *Relay) advance(ctx context.Context, consumer string, from, to int64) error {
	return r.write(ctx, func(tx *gorm.DB) error {
		if err := tx.Clauses(clause.OnConflict{DoNothing: true}).Create(&consumerPlace{Consumer: consumer}).Error; err != nil {
			return err
		}
		return tx.Model(&consumerPlace{}).Where("consumer = ? AND pos = ?", consumer, from).Update("pos", to).Error
	})
}
