package orgs

import (
	"bytes"
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/accounts"
	"jiebang/internal/db"
	"jiebang/internal/fault"
	"jiebang/internal/policy"
	"jiebang/internal/work"
)

// Load reads an organization for another package's use case, as far as the actor may know of it.
func Load(q *gorm.DB, actor policy.Actor, id uuid.UUID) (*Organization, error) {
	return records.Load(q, actor, id)
}

// LoadOwner loads the organization that a new record shall belong to; pointer says where the input names it.
func LoadOwner(q *gorm.DB, actor policy.Actor, id uuid.UUID, pointer string) (*Organization, error) {
	o, err := Load(q, actor, id)
	if fault.NotVisible.Of(err) {
		return nil, fault.InvalidInput.At(pointer, fault.UnknownOrganization, "没有这个单位", "There is no such organization")
	}
	return o, err
}

// LockOwner is LoadOwner that holds the organization until the transaction ends.
func LockOwner(tx *work.Tx, id uuid.UUID, pointer string) (*Organization, error) {
	return LoadOwner(db.ForUpdate(tx.DB), tx.Call.Actor, id, pointer)
}

// Standing is one organization as it stands in one record that somebody reads.
type Standing struct {
	Organization uuid.UUID
	// Name, where the record was read together with it (NameOf); otherwise it is looked up.
	Name string
	// Masked: the record keeps its name from all but its members and the bureau (an enterprise that posts a need under a mask).
	Masked bool
}

// Ref is an organization as a reader may know of it.
type Ref struct {
	ID         uuid.UUID // zero where it is masked
	Name       string
	Unverified bool // nobody has checked yet that it is what its name says
}

// NameOf is a column that reads an organization's name along with a record, whose column names the organization. What it reads is for
// Standing.Name and nothing else: only Shown knows who may be told.
func NameOf(column string) string {
	return "(SELECT CASE WHEN named.state = 'verified' THEN '' ELSE '" + unverified + "' END || named.name FROM organizations AS named WHERE named.id = " + column + ")"
}

// unverified marks a name that was read with a record. No name begins with it: it cannot be seen.
const unverified = "\u2063"

// maskedName stands where a record keeps a name to itself.
const maskedName = "（名称不公开）"

// Shown tells organizations by name as far as the reader may know them from the records that they stand in: in the order of the
// standings, one query for all whose names were not read with them. It is the one place that tells an organization's name beside another record.
func Shown(q *gorm.DB, reader policy.Actor, standings []Standing) ([]Ref, error) {
	named, err := Named(q, standings)
	if err != nil {
		return nil, err
	}
	out := make([]Ref, len(standings))
	for i, s := range named {
		name, pending := strings.CutPrefix(s.Name, unverified)
		out[i] = Ref{s.Organization, name, pending}
		if s.Masked && !reader.Operator && !reader.MemberOf(s.Organization) {
			out[i] = Ref{Name: maskedName}
		}
	}
	return out, nil
}

// Named looks up the names of standings that have none, in one query, so that they are shown to several readers without another.
func Named(q *gorm.DB, standings []Standing) ([]Standing, error) {
	ids := make([]uuid.UUID, 0, len(standings))
	for _, s := range standings {
		if s.Name == "" {
			ids = append(ids, s.Organization)
		}
	}
	found, err := names(q, ids)
	out := slices.Clone(standings)
	for i, s := range out {
		out[i].Name = cmp.Or(s.Name, found[s.Organization])
	}
	return out, err
}

// names gives the names of organizations in one query, marked as NameOf does.
func names(q *gorm.DB, ids []uuid.UUID) (map[uuid.UUID]string, error) {
	ids = slices.Compact(slices.SortedFunc(slices.Values(ids), func(a, b uuid.UUID) int { return bytes.Compare(a[:], b[:]) }))
	var rows []struct {
		ID   uuid.UUID
		Name string
	}
	if len(ids) > 0 {
		if err := q.Model(&Organization{}).Where("id IN ?", db.Among(ids)).Select("id, " + marked).Find(&rows).Error; err != nil {
			return nil, err
		}
	}
	out := make(map[uuid.UUID]string, len(rows))
	for _, r := range rows {
		out[r.ID] = r.Name
	}
	return out, nil
}

// marked is the column of names, as NameOf writes it.
const marked = "CASE WHEN state = 'verified' THEN '' ELSE '" + unverified + "' END || name AS name"

// Regions tells where organizations are, whoever asks: of one that a record keeps the name of, its caller tells no more than the city.
func Regions(q *gorm.DB, ids []uuid.UUID) (map[uuid.UUID]string, error) {
	var rows []struct {
		ID     uuid.UUID
		Region string
	}
	out := make(map[uuid.UUID]string, len(ids))
	if len(ids) == 0 {
		return out, nil
	}
	err := q.Model(&Organization{}).Where("id IN ?", db.Among(ids)).Select("id", "region").Find(&rows).Error
	for _, r := range rows {
		out[r.ID] = r.Region
	}
	return out, err
}

// Contacts tells how to reach organizations, without asking whether the reader may know: that is the caller's rule.
func Contacts(q *gorm.DB, ids []uuid.UUID) (map[uuid.UUID]Contact, error) {
	rows, err := work.ByIDs[Organization](q, ids)
	if err != nil {
		return nil, err
	}
	out := make(map[uuid.UUID]Contact, len(rows))
	for _, o := range rows {
		out[o.ID] = o.Contact
	}
	return out, nil
}

// WithCreditCodes finds the verified organizations that have these codes: one query.
func WithCreditCodes(q *gorm.DB, codes []string) (map[string]uuid.UUID, error) {
	var rows []Organization
	if err := q.Where("credit_code IN ? AND state = ?", db.Among(append(codes, "")), Verified).Select("id", "credit_code").Find(&rows).Error; err != nil {
		return nil, err
	}
	out := make(map[string]uuid.UUID, len(rows))
	for _, o := range rows {
		out[o.CreditCode] = o.ID
	}
	return out, nil
}

// MustBeVerified refuses what an organization may not do that is pending, or suspended.
func MustBeVerified(q *gorm.DB, id uuid.UUID) error {
	o, err := work.Load[Organization](q, id)
	if err != nil {
		return err
	}
	if o.State != Verified {
		return fault.OrganizationPending.New()
	}
	if o.Suspended() {
		return fault.OrganizationHeld.New()
	}
	return nil
}

// InStanding keeps those of some organizations that are verified and not suspended: one query.
func InStanding(q *gorm.DB, ids []uuid.UUID) (map[uuid.UUID]bool, error) {
	out := map[uuid.UUID]bool{}
	if len(ids) == 0 {
		return out, nil
	}
	var found []uuid.UUID
	err := q.Model(&Organization{}).Where("id IN ? AND state = ? AND suspended_at IS NULL", db.Among(ids), Verified).Pluck("id", &found).Error
	for _, id := range found {
		out[id] = true
	}
	return out, err
}

// Exist checks that organizations are there: it returns those of ids that are.
func Exist(q *gorm.DB, ids []uuid.UUID) (map[uuid.UUID]bool, error) {
	found, err := names(q, ids)
	out := make(map[uuid.UUID]bool, len(found))
	for id := range found {
		out[id] = true
	}
	return out, err
}

// NamesOf lists the names of the organizations that an account belongs to.
func NamesOf(q *gorm.DB, account accounts.Person) ([]string, error) {
	var names []string
	err := q.Model(&Organization{}).Where("id IN (SELECT organization_id FROM memberships WHERE account_id = ? AND accepted_at IS NOT NULL)", account.ID).
		Limit(namesHeld).Pluck("name", &names).Error
	return names, err
}

// namesHeld is against how many of them a password is held.
const namesHeld = 100

// ByCreditCode finds an organization for commands of the machine's owner.
func (s *Service) ByCreditCode(ctx context.Context, code string) (uuid.UUID, error) {
	var rows []Organization
	if err := s.unit.Query(ctx).Where("credit_code = ? AND state = ?", code, Verified).Find(&rows).Error; err != nil {
		return uuid.Nil, err
	}
	if len(rows) == 0 {
		return uuid.Nil, fault.NotVisible.Because("没有统一社会信用代码为 %[1]s 的单位。", "No organization has the credit code %[1]s.", code)
	}
	return rows[0].ID, nil
}

// CheckKnown refuses a question about an organization that there is not, or that the reader may not know of: an empty list would say that it
// has nothing.
func CheckKnown(q *gorm.DB, reader policy.Actor, id uuid.UUID, pointer string) error {
	if id == uuid.Nil || reader.MemberOf(id) {
		return nil
	}
	_, err := Load(q, reader, id)
	if fault.NotVisible.Of(err) {
		return fault.InvalidInput.At(pointer, fault.UnknownOrganization, "没有标识为 %[1]s 的单位，请核对", "There is no organization %[1]s; check the identifier", id)
	}
	return err
}
