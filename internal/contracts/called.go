package contracts

import (
	"context"

	"gorm.io/gorm"

	"jiebang/internal/offices"
	"jiebang/internal/people"
	"jiebang/internal/when"
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

// officeFor finds the office that a filing goes to: the narrowest around the region that somebody registers at today. An office has no power
// until it has registrars: nobody could take what went to it. Where none has any, it is the narrowest.
func officeFor(q *gorm.DB, region string, day when.Day) (string, error) {
	around, err := offices.Around(q, region, day)
	if err != nil {
		return "", err
	}
	for _, office := range around {
		if registrars, err := people.RegistrarsAt(q, office, day); err != nil || len(registrars) > 0 {
			return office, err
		}
	}
	return around[0], nil
}
