package orgs

import (
	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/db"
	"jiebang/internal/when"
	"jiebang/internal/work"
)

// FormerName is a name under which an organization was verified, until another took its place. What was signed under it keeps it; the
// organization is still found by it.
type FormerName struct {
	ID             uuid.UUID `gorm:"primaryKey"`
	OrganizationID uuid.UUID
	Name           string
	Until          when.Day // the last day on which it was so called
}

func (FormerName) TableName() string { return "organization_names" }

// keepName keeps the name that an organization had, where it has another now; on the day of the change it is called by the new one.
func (o *Organization) keepName(tx *work.Tx, before string) error {
	if before == o.Name {
		return nil
	}
	return tx.Create(&FormerName{ID: work.NewID(), OrganizationID: o.ID, Name: before, Until: when.DayOf(tx.Now).AddDays(-1)}).Error
}

// formerNames are those of organizations, the latest first: one query for all.
func formerNames(q *gorm.DB, ids []uuid.UUID) (map[uuid.UUID][]FormerName, error) {
	out := map[uuid.UUID][]FormerName{}
	if len(ids) == 0 {
		return out, nil
	}
	var rows []FormerName
	err := q.Where("organization_id IN ?", db.Among(ids)).Order("until DESC, id DESC").Find(&rows).Error
	for _, r := range rows {
		out[r.OrganizationID] = append(out[r.OrganizationID], r)
	}
	return out, err
}

// TiesTo is by what an organization is known to a paper that names it: its record, its code, its name and those that it had.
func TiesTo(q *gorm.DB, o *Organization) ([]string, error) {
	out := []string{IDTie(o.ID)}
	if o.CreditCode != "" {
		out = append(out, CodeTie(o.CreditCode))
	}
	names, err := namesEver(q, []Organization{*o})
	for _, name := range names {
		out = append(out, NameTie(name))
	}
	return out, err
}

// KnownAs is what the organizations with these codes are called, and were called before: who knows one of them knows who it is.
func KnownAs(q *gorm.DB, codes []string) ([]string, error) {
	var rows []Organization
	if err := q.Where("credit_code IN ? AND credit_code <> ''", db.Among(codes)).Select("id", "name").Order("id").Find(&rows).Error; err != nil {
		return nil, err
	}
	return namesEver(q, rows)
}

// CallsOf are the names by which one knows an organization, those of before and its credit code among them.
func CallsOf(q *gorm.DB, id uuid.UUID) ([]string, error) {
	var rows []Organization
	if err := q.Where("id = ?", id).Select("id", "name", "credit_code").Find(&rows).Error; err != nil {
		return nil, err
	}
	names, err := namesEver(q, rows)
	for _, o := range rows {
		names = append(names, o.CreditCode)
	}
	return names, err
}

// namesEver are the names that organizations have and, behind them, those that they had.
func namesEver(q *gorm.DB, rows []Organization) ([]string, error) {
	ids, out := make([]uuid.UUID, len(rows)), make([]string, len(rows))
	for i, o := range rows {
		ids[i], out[i] = o.ID, o.Name
	}
	before, err := formerNames(q, ids)
	for _, id := range ids {
		for _, f := range before[id] {
			out = append(out, f.Name)
		}
	}
	return out, err
}
