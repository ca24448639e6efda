package contracts

import (
	"context"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/db"
	"jiebang/internal/policy"
)

// Brief is what those who have a share in a contract are told of it.
type Brief struct {
	ID     uuid.UUID
	Number string
	Title  string
	State  State
}

// Briefs reads the briefs of contracts, whoever asks: one query. Whether somebody may be told is for who calls.
func Briefs(q *gorm.DB, ids []uuid.UUID) (map[uuid.UUID]Brief, error) {
	out := make(map[uuid.UUID]Brief, len(ids))
	if len(ids) == 0 {
		return out, nil
	}
	var rows []Brief
	err := q.Session(&gorm.Session{NewDB: true}).Model(&Contract{}).Where("id IN ?", db.Among(ids)).Select("id, number, title, state").Find(&rows).Error
	for _, b := range rows {
		out[b.ID] = b
	}
	return out, err
}

// BriefsFor reads the briefs of those contracts of some that the reader may read: one query.
func BriefsFor(q *gorm.DB, reader policy.Actor, ids []uuid.UUID) (map[uuid.UUID]Brief, error) {
	out := make(map[uuid.UUID]Brief, len(ids))
	if len(ids) == 0 {
		return out, nil
	}
	var rows []Brief
	err := contracts.Visible(q.Session(&gorm.Session{NewDB: true}), reader).Where("id IN ?", db.Among(ids)).Select("id, number, title, state").Scan(&rows).Error
	for _, b := range rows {
		out[b.ID] = b
	}
	return out, err
}

// Briefs is BriefsFor, for who asks by themselves.
func (s *Service) Briefs(ctx context.Context, reader policy.Actor, ids []uuid.UUID) (map[uuid.UUID]Brief, error) {
	return BriefsFor(s.unit.Query(ctx), reader, ids)
}

// PaymentsOf reads the payments and reversals of a contract, the earlier recorded first, whoever asks.
func PaymentsOf(q *gorm.DB, contract uuid.UUID) ([]Payment, error) {
	var rows []Payment
	err := q.Session(&gorm.Session{NewDB: true}).Where("contract_id = ?", contract).Order("created_at, id").Find(&rows).Error
	return rows, err
}
