package contracts

import (
	"context"

	"gorm.io/gorm"

	"jiebang/internal/offices"
)

// OfficeNames gives what offices are called, by their codes, for a page of so many rows; without a query for none.
func (s *Service) OfficeNames(ctx context.Context, rows int) (map[string]string, error) {
	return officeNames(s.unit.Query(ctx), rows)
}

// officeNames gives what offices are called, where there is something to name.
func officeNames(q *gorm.DB, rows int) (map[string]string, error) {
	if rows == 0 {
		return nil, nil
	}
	return offices.Names(q)
}
