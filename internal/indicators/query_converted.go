package indicators

import (
	"context"
	"strings"

	"jiebang/internal/orgs"
	"jiebang/internal/people"
	"jiebang/internal/policy"
	"jiebang/internal/ref"
	"jiebang/internal/when"
)

// What no other package answers is read from its tables here, read-only.

// city is the city whose conversion is asked for: a region at city level, or, where none is asked, the one that most offices lie in.
func (s *Service) city(ctx context.Context, region string) (string, error) {
	if region != "" {
		if ref.City(region) == region {
			return region, nil
		}
		return "", nil
	}
	var regions []string
	if err := s.unit.Query(ctx).Table("offices").Order("code").Pluck("region", &regions).Error; err != nil {
		return "", err
	}
	count := map[string]int{}
	best := ""
	for _, r := range regions {
		if c := ref.City(r); c != "" {
			if count[c]++; best == "" || count[c] > count[best] {
				best = c
			}
		}
	}
	return best, nil
}

// firstCounted is the day on which the contract of an entry first counted.
const firstCounted = "(SELECT MIN(f.posted_on) FROM ledger_entries AS f WHERE f.contract_id = e.contract_id)"

// byKeyInstitutions keeps entries whose first seller was a key institution on the day on which the contract first counted, so that whatever
// reverses one is kept with it.
const byKeyInstitutions = "EXISTS (SELECT 1 FROM grades AS g WHERE g.organization_id = e.seller_id AND g.kind = ? AND g.state = 'confirmed'" +
	" AND g.valid_from <= " + firstCounted + " AND (g.valid_to IS NULL OR g.valid_to >= " + firstCounted + "))"

// converted reads the parts of a rate of local conversion from the ledger as it is.
func (s *Service) converted(ctx context.Context, a asked, c conversion, year int, to when.Day, r *Ratio) error {
	q := s.unit.Query(ctx).Table("ledger_entries AS e").
		Where("e.elsewhere = ? AND e.posted_on BETWEEN ? AND ? AND e.recorded_on <= ?", false, yearStart(year), to, a.asOf).
		Where("LENGTH(e.seller_region) <> 3") // technology from abroad
	if c.key {
		q = q.Where("e.seller_id IS NOT NULL AND "+byKeyInstitutions, orgs.KeyInstitution)
	}
	digits := strings.TrimSuffix(a.city, "00")
	if ref.City(a.city[:2]+"0000") == a.city { // one of the four municipalities
		digits = a.city[:2]
	}
	local := "SUBSTR(e.buyer_region, 1, " + []string{"2", "4", "6"}[len(digits)/2-1] + ") = '" + digits + "'"
	unknown := "e.buyer_region = ''"
	if province := a.city[:2] + "0000"; province != a.city {
		unknown = "e.buyer_region IN ('', '" + province + "')"
	}
	sum := func(column, where string) string {
		return "COALESCE(CAST(SUM(CASE WHEN " + where + " THEN " + column + " ELSE 0 END) AS bigint), 0)"
	}
	column := "e.contracts"
	if c.measure == "amount" {
		column = "e.turnover"
	}
	if c.measure == "results" {
		each := q.Where("e.result_id IS NOT NULL").Group("e.result_id").Having("SUM(e.contracts) > 0").
			Select(sum(column, local) + " AS here, " + sum(column, unknown) + " AS nowhere")
		q = s.unit.Query(ctx).Table("(?) AS r", each).Select("COUNT(*) AS denominator, " + sum("1", "r.here > 0") + " AS numerator, " + sum("1", "r.here <= 0 AND r.nowhere > 0") + " AS unknown")
	} else {
		q = q.Select(sum(column, "TRUE") + " AS denominator, " + sum(column, local) + " AS numerator, " + sum(column, unknown) + " AS unknown")
	}
	var found struct{ Numerator, Denominator, Unknown Value }
	if err := q.Scan(&found).Error; err != nil {
		return err
	}
	unit := Value(whole)
	if c.measure == "amount" {
		unit = 1
	}
	r.Numerator, r.Denominator, r.Unknown = found.Numerator*unit, found.Denominator*unit, found.Unknown*unit
	return nil
}

// enterprises counts those that have at least one grade, each once.
func (s *Service) enterprises(ctx context.Context, a asked, _ int, to when.Day) (*Reading, Missing, error) {
	q := s.unit.Query(ctx).Table("grades AS g").Where("g.state = 'confirmed' AND g.kind IN ? AND g.valid_from <= ? AND (g.valid_to IS NULL OR g.valid_to >= ?)", enterpriseGrades, to, to)
	if a.Region != "" {
		q = q.Joins("JOIN organizations AS o ON o.id = g.organization_id").Where("o.region LIKE ?", orgs.RegionPart(a.Region))
	}
	var n int64
	err := q.Select("COUNT(DISTINCT g.organization_id)").Scan(&n).Error
	return counted(n), "", err
}

// brokers counts the people whose entry in the register is in force on a day.
func (s *Service) brokers(ctx context.Context, _ asked, _ int, to when.Day) (*Reading, Missing, error) {
	n, err := people.CountOn(s.unit.Query(ctx), policy.Broker, to)
	return counted(n), "", err
}
