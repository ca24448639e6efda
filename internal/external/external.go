// Package external keeps what records are called in other systems: any number of identifiers for each record of any kind, by which
// it is found again. It decides what an identifier may look like and whose it is; who may give one, and who may know of the record
// that has it, is the record's own rule.
package external

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/google/uuid"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"jiebang/internal/fault"
	"jiebang/internal/text"
	"jiebang/internal/work"
)

// ID is what a record is called in one other system: a name for that system and the record's identifier there. Both are compared as
// they are written, since identifiers of other systems may differ by case alone.
type ID struct{ Scheme, ID string }

// The bounds; lengths are in characters.
const (
	MaxEach   = 20 // identifiers of a record
	MaxID     = 200
	maxScheme = 50
)

// row is one identifier as it is stored.
type row struct {
	ObjectKind string
	ObjectID   uuid.UUID `gorm:"primaryKey"`
	OwnerID    uuid.UUID
	Scheme     string `gorm:"primaryKey"`
	ExternalID string `gorm:"primaryKey"`
}

func (row) TableName() string { return "external_ids" }

// Clean gives the identifiers without blanks around them, in their order by scheme. A character that nobody sees is refused: it would
// keep two that look alike apart. pointer names the list in the input.
func Clean(ids []ID, pointer string) ([]ID, error) {
	var bad fault.Fields
	bad.Check(len(ids) <= MaxEach, pointer, fault.TooManyItems, "至多 %[1]d 个外部编号", "At most %[1]d external ids", MaxEach)
	out := make([]ID, 0, len(ids))
	for i, x := range ids {
		at := fmt.Sprintf("%s/%d", pointer, i)
		x = ID{clean(&bad, x.Scheme, at+"/scheme", maxScheme), number(&bad, x.ID, at+"/id", MaxID)}
		bad.Check(!slices.Contains(out, x), at, fault.Repeated, "外部编号重复", "The external id is given twice")
		out = append(out, x)
	}
	slices.SortFunc(out, ID.compare)
	return out, bad.Err()
}

// Number is a number of another system as it is kept: without blanks around it, and otherwise as it is written there. Where none needs to be given,
// an empty one is none. One that a spreadsheet has destroyed is refused, since two records would have the same.
func Number(bad *fault.Fields, typed, pointer string, most int) string {
	if strings.TrimSpace(typed) == "" {
		return ""
	}
	return number(bad, typed, pointer, most)
}

func number(bad *fault.Fields, typed, pointer string, most int) string {
	typed = clean(bad, typed, pointer, most)
	bad.Check(!damaged.MatchString(typed), pointer, fault.BadFormat, "“%[1]s”是表格软件把长编号当作数字后改写成的科学记数，原来的数字已经丢失；请把该列设为“文本”格式，重新填写完整编号",
		"“%[1]s” is what a spreadsheet makes of a long number, and its digits are lost: format the column as text and enter the whole number anew", typed)
	return typed
}

// damaged is a number in the form in which spreadsheets show long ones, 1.23E+17, and programs that read them, 1.23E17.
var damaged = regexp.MustCompile(`^[-+]?[0-9](?:[.,][0-9]+[Ee]\+?|[Ee]\+)[0-9]{2,3}$`)

// Scheme is the name of another system, kept as Number keeps its numbers; an empty one is none.
func Scheme(bad *fault.Fields, typed, pointer string) string {
	if strings.TrimSpace(typed) == "" {
		return ""
	}
	return clean(bad, typed, pointer, maxScheme)
}

// Seek is a number that is looked for, in the form in which it is kept. It may be one that Number refuses by now.
func Seek(bad *fault.Fields, typed, pointer string, most int) string {
	if strings.TrimSpace(typed) == "" {
		return ""
	}
	return clean(bad, typed, pointer, most)
}

// sought is an identifier that is looked for; the pointers name its places.
func sought(x ID, scheme, id string) (ID, error) {
	var bad fault.Fields
	x = ID{clean(&bad, x.Scheme, scheme, maxScheme), clean(&bad, x.ID, id, MaxID)}
	return x, bad.Err()
}

func clean(bad *fault.Fields, typed, pointer string, most int) string {
	typed = strings.TrimSpace(typed)
	bad.Size(typed, pointer, 1, most)
	if at := strings.IndexFunc(typed, text.Unseen); at >= 0 {
		c, _ := utf8.DecodeRuneInString(typed[at:])
		bad.Check(false, pointer, fault.BadCharacters, "第 %[1]d 个字符（U+%04[2]X）看不见，请重新键入", "Character %[1]d (U+%04[2]X) is one that nobody sees; type it anew", utf8.RuneCountInString(typed[:at])+1, c)
	}
	return typed
}

func (x ID) compare(y ID) int {
	return cmp.Or(cmp.Compare(x.Scheme, y.Scheme), cmp.Compare(x.ID, y.ID))
}

// Titles tells what records of a kind are called by people.
type Titles func(q *gorm.DB, ids []uuid.UUID) (map[uuid.UUID]string, error)

// TitlesOf are those of a kind, of which one record is called so.
func TitlesOf[R any, P interface {
	*R
	work.Record
}](title func(P) string) Titles {
	return func(q *gorm.DB, ids []uuid.UUID) (map[uuid.UUID]string, error) {
		rows, err := work.ByIDs[R](q, ids)
		out := make(map[uuid.UUID]string, len(rows))
		for i := range rows {
			out[P(&rows[i]).Base().ID] = title(&rows[i])
		}
		return out, err
	}
}

// Keep replaces the identifiers of a record, which belongs to owner. One that another record of the same kind and owner has is refused,
// and the record named by its title: whoever may write one of an owner's records may know of all.
func Keep(tx *work.Tx, record work.Ref, owner uuid.UUID, ids []ID, pointer string, titles Titles) error {
	if err := Free(tx, record); err != nil {
		return err
	}
	return Add(tx, []work.Ref{record}, owner, func(int) []ID { return ids }, pointer, titles)
}

// Add gives new records of one kind and owner their identifiers, in one statement.
func Add(tx *work.Tx, records []work.Ref, owner uuid.UUID, of func(i int) []ID, pointer string, titles Titles) error {
	var rows []row
	for i, r := range records {
		for _, x := range of(i) {
			rows = append(rows, row{r.Noun, r.ID, owner, x.Scheme, x.ID})
		}
	}
	if len(rows) == 0 {
		return nil
	}
	// Not an error of the database: after one, PostgreSQL would not tell who has it.
	done := tx.Clauses(clause.OnConflict{DoNothing: true}).CreateInBatches(&rows, 500)
	if done.Error != nil || done.RowsAffected == int64(len(rows)) {
		return done.Error
	}
	return taken(tx.DB, rows, pointer, titles)
}

// taken names the records that have what was to be given to others.
func taken(q *gorm.DB, wanted []row, pointer string, titles Titles) error {
	f := fault.ExternalIDTaken.New()
	for i, w := range wanted {
		var holders []row
		err := q.Where("owner_id = ? AND object_kind = ? AND scheme = ? AND external_id = ? AND object_id <> ?", w.OwnerID, w.ObjectKind, w.Scheme, w.ExternalID, w.ObjectID).
			Find(&holders).Error
		if err != nil {
			return err
		}
		for _, h := range holders {
			called, err := titles(q, []uuid.UUID{h.ObjectID})
			if err != nil {
				return err
			}
			f.Detail = fault.Say("%[1]s %[2]s 已属于“%[3]s”（%[4]s）。", "%[1]s %[2]s belongs to “%[3]s” (%[4]s).", w.Scheme, w.ExternalID, called[h.ObjectID], h.ObjectID)
			f.Fields = append(f.Fields, fault.Repeated.Field(fmt.Sprintf("%s/%d", pointer, i), "已属于“%[1]s”（%[2]s）", "It belongs to “%[1]s” (%[2]s)", called[h.ObjectID], h.ObjectID))
		}
	}
	return f
}

// Free takes all identifiers from a record.
func Free(tx *work.Tx, record work.Ref) error {
	return tx.Where("object_kind = ? AND object_id = ?", record.Noun, record.ID).Delete(&row{}).Error
}

// Of tells the identifiers of records of one kind, in one query.
func Of(q *gorm.DB, noun string, ids []uuid.UUID) (map[uuid.UUID][]ID, error) {
	out := make(map[uuid.UUID][]ID, len(ids))
	if len(ids) == 0 {
		return out, nil
	}
	var rows []row
	err := q.Where("object_kind = ? AND object_id IN ?", noun, ids).Order("scheme, external_id").Find(&rows).Error
	for _, r := range rows {
		out[r.ObjectID] = append(out[r.ObjectID], ID{r.Scheme, r.ExternalID})
	}
	return out, err
}

// maxFound is how many records of one kind may have the same identifier, each of another owner, before the rest is not looked at.
const maxFound = 1000

// Holders finds the records of one kind that have an identifier, whoever may know of them.
func Holders(q *gorm.DB, noun string, x ID) ([]uuid.UUID, error) {
	var ids []uuid.UUID
	err := q.Model(&row{}).Where("external_id = ? AND scheme = ? AND object_kind = ?", x.ID, x.Scheme, noun).Order("object_id").Limit(maxFound).Pluck("object_id", &ids).Error
	return ids, err
}

// Held finds which records of one kind and owner have identifiers of one scheme, in one query: by the identifier.
func Held(q *gorm.DB, noun string, owner uuid.UUID, scheme string, ids []string) (map[string]uuid.UUID, error) {
	var rows []row
	err := q.Where("owner_id = ? AND object_kind = ? AND scheme = ? AND external_id IN ?", owner, noun, scheme, ids).Find(&rows).Error
	out := make(map[string]uuid.UUID, len(rows))
	for _, r := range rows {
		out[r.ExternalID] = r.ObjectID
	}
	return out, err
}

// A record that is read often reads its identifiers along, as one text: no identifier has a tab or a line's end in it.
const (
	between = "\t"
	behind  = "\n"
)

// Column reads the identifiers of a record along with it; column names the record's id.
func Column(noun, column string) string {
	return "(SELECT string_agg(x.scheme || '" + between + "' || x.external_id, '" + behind + "') FROM external_ids AS x WHERE x.object_kind = '" + noun + "' AND x.object_id = " + column + ")"
}

// Read reads what Column gave.
func Read(text string) []ID {
	if text == "" {
		return nil
	}
	var out []ID
	for line := range strings.SplitSeq(text, behind) {
		scheme, id, _ := strings.Cut(line, between)
		out = append(out, ID{scheme, id})
	}
	slices.SortFunc(out, ID.compare)
	return out
}
