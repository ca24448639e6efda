package work

import (
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"strings"

	"jiebang/internal/db"
	"jiebang/internal/fault"

	"github.com/google/uuid"
	"gorm.io/gorm"
)

// trailedAtOnce is how many records are compared at a time.
const trailedAtOnce = 500

// Trailed compares all records of one kind with what the audit trail says of each last, and tells which are not what was recorded, which
// nobody recorded, and which are gone though nobody removed them. What the trail has been made to forget of persons is not compared, nor the
// parts that a record names by a method Unrecorded, which move without a version and a row of their own.
func Trailed[R any, P interface {
	*R
	Record
}](q *gorm.DB, problems *fault.Problems) error {
	noun := P(new(R)).Noun()
	for after := any(uuid.Nil); ; {
		rows, last, unread, err := db.Readable[R](q.Model(new(R)).Where("id > ?", after).Order("id").Limit(trailedAtOnce), "id")
		if err != nil {
			return err
		}
		if last == nil {
			return untold[R, P](q, noun, problems)
		}
		for _, id := range slices.Sorted(maps.Keys(unread)) {
			problems.Add("%[1]s %[2]s：无法读取", "%[1]s %[2]s: it cannot be read: %[3]v", noun, id, unread[id])
		}
		if after = last; len(rows) == 0 {
			continue
		}
		ids := make([]uuid.UUID, len(rows))
		for i := range rows {
			ids[i] = P(&rows[i]).Base().ID
		}
		told, err := lastTold(q, noun, ids)
		if err != nil {
			return err
		}
		for i := range rows {
			r := P(&rows[i])
			told, known := told[r.Base().ID]
			switch {
			case !known:
				problems.Add("%[1]s %[2]s：审计记录中没有它", "%[1]s %[2]s: the audit trail does not know it", noun, r.Base().ID)
			case told.ObjectVersion != r.Base().Version:
				problems.Add("%[1]s %[2]s：其版本为 %[3]d，审计记录止于版本 %[4]d（%[5]s）", "%[1]s %[2]s: it is of version %[3]d, the audit trail ends with version %[4]d (%[5]s)", noun, r.Base().ID, r.Base().Version, told.ObjectVersion, told.Action)
			case told.After == nil: // erased
			default:
				fields, err := differing(*told.After, r)
				if err != nil {
					return err
				}
				if moving, is := any(r).(interface{ Unrecorded() []string }); is {
					fields = slices.DeleteFunc(fields, func(f string) bool { return slices.Contains(moving.Unrecorded(), f) })
				}
				if len(fields) > 0 {
					problems.Add("%[1]s %[2]s：与版本 %[3]d（%[4]s）所记不符：%[5]v", "%[1]s %[2]s: it is not what was recorded with version %[3]d (%[4]s): %[5]v", noun, r.Base().ID, told.ObjectVersion, told.Action, fields)
				}
			}
		}
	}
}

// told is an audit row that says what a record became.
type told struct {
	ID, ObjectID  uuid.UUID
	ObjectVersion int64
	Action        string
	After         *string
}

// whole keeps the audit rows that hold a record as a whole, or say that it was removed: others tell of something about it.
const whole = "(d.audit_id IS NULL OR d.after = '' AND d.before <> '' OR d.after LIKE '{\"ID\":\"' || CAST(a.object_id AS text) || '\"%')"

func lastTold(q *gorm.DB, noun string, ids []uuid.UUID) (map[uuid.UUID]told, error) {
	var rows []told
	err := q.Table("audit AS a").Joins("LEFT JOIN audit_details AS d ON d.audit_id = a.id").Where("a.object_kind = ? AND a.object_id IN ?", noun, ids).Where(whole).
		Select("a.id, a.object_id, a.object_version, a.action, d.after").Order("a.object_version, a.id").Scan(&rows).Error
	out := make(map[uuid.UUID]told, len(ids))
	for _, r := range rows {
		out[r.ObjectID] = r
	}
	return out, err
}

// untold names the records that are gone, though the trail ends with something that they were.
func untold[R any, P interface {
	*R
	Record
}](q *gorm.DB, noun string, problems *fault.Problems) error {
	stillThere := q.Model(new(R)).Select("1").Where("id = a.object_id")
	var ids []uuid.UUID
	err := q.Table("audit AS a").Where("a.object_kind = ? AND NOT EXISTS (?)", noun, stillThere).Distinct("a.object_id").Order("a.object_id").Pluck("a.object_id", &ids).Error
	if err != nil {
		return err
	}
	for some := range slices.Chunk(ids, trailedAtOnce) {
		last, err := lastTold(q, noun, some)
		if err != nil {
			return err
		}
		for _, id := range some {
			if t, known := last[id]; known && t.After != nil && *t.After != "" {
				problems.Add("%[1]s %[2]s：缺失，审计记录止于版本 %[3]d（%[4]s）", "%[1]s %[2]s: it is missing; the audit trail ends with version %[3]d (%[4]s)", noun, id, t.ObjectVersion, t.Action)
			}
		}
	}
	return nil
}

// differing names the parts of a record that are not as they were recorded. A part that the program did not know then is no difference.
func differing(after string, r Record) ([]string, error) {
	is, err := json.Marshal(r)
	if err != nil {
		return nil, err
	}
	var then, now map[string]any
	for text, into := range map[string]*map[string]any{after: &then, string(is): &now} {
		d := json.NewDecoder(strings.NewReader(text))
		d.UseNumber() // amounts are larger than what a float holds exactly
		if err := d.Decode(into); err != nil {
			return []string{"all"}, nil //nolint:nilerr // what cannot be read is not what was recorded
		}
	}
	var out []string
	for _, name := range slices.Sorted(maps.Keys(then)) {
		if !reflect.DeepEqual(then[name], now[name]) {
			out = append(out, name)
		}
	}
	return out, nil
}
