package keys

import (
	"errors"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/db"
	"jiebang/internal/seal"
	"jiebang/internal/work"
)

// Holder keeps sealed values. Most are a Column.
type Holder interface {
	// Name is what people call it, such as the table's name.
	Name() string
	// Count counts the values by key.
	Count(q *gorm.DB) (map[string]int64, error)
	// Reseal seals anew, by a key, values behind an id that are sealed by others, so many at most, in the order of ids.
	Reseal(tx *work.Tx, file *seal.Keys, by seal.Key, after uuid.UUID, most int) (Batch, error)
	// Check opens values behind an id, so many at most, in the order of ids.
	Check(q *gorm.DB, file *seal.Keys, after uuid.UUID, most int) (Batch, error)
}

// Batch is what was done in one step.
type Batch struct {
	Read, Done int
	Last       uuid.UUID   // the last one that was read
	Broken     []uuid.UUID // could not be opened
}

// Column is a column of sealed values, in a table with the columns id, key_id, sealed, and mark where equal values are looked for.
type Column struct {
	Table string
	Mark  string // the context of the marks; empty: there are none
}

// Place is the context of the value of a row.
func (c Column) Place(id uuid.UUID) string { return c.Table + ".sealed:" + id.String() }

// Name is the table's.
func (c Column) Name() string { return c.Table }

// Sealed is what a row with a sealed value embeds.
type Sealed struct {
	KeyID  string
	Sealed string
	Mark   string
}

// Seal seals a value for a row.
func (c Column) Seal(by seal.Key, id uuid.UUID, plain []byte) (Sealed, error) {
	out := Sealed{KeyID: by.ID}
	var err error
	if out.Sealed, err = by.Seal(plain, c.Place(id)); err == nil && c.Mark != "" {
		out.Mark, err = by.Mark(plain, c.Mark)
	}
	return out, err
}

// Count counts by key.
func (c Column) Count(q *gorm.DB) (map[string]int64, error) {
	var rows []struct {
		KeyID string
		N     int64
	}
	if err := q.Table(c.Table).Select("key_id, COUNT(*) AS n").Group("key_id").Find(&rows).Error; err != nil {
		return nil, err
	}
	out := make(map[string]int64, len(rows))
	for _, r := range rows {
		out[r.KeyID] = r.N
	}
	return out, nil
}

type columnRow struct {
	ID     uuid.UUID
	KeyID  string
	Sealed string
	Mark   string
}

func (c Column) read(q *gorm.DB, after uuid.UUID, most int) ([]columnRow, error) {
	columns := "id, key_id, sealed"
	if c.Mark != "" {
		columns += ", mark"
	}
	var rows []columnRow
	err := q.Table(c.Table).Select(columns).Where("id > ?", after).Order("id").Limit(most).Find(&rows).Error
	return rows, err
}

// Reseal seals by the key what others were used for. The values of one batch are locked meanwhile.
func (c Column) Reseal(tx *work.Tx, file *seal.Keys, by seal.Key, after uuid.UUID, most int) (Batch, error) {
	rows, err := c.read(db.ForUpdate(tx.DB).Where("key_id <> ?", by.ID), after, most)
	if err != nil {
		return Batch{}, err
	}
	b := Batch{Read: len(rows), Last: after}
	for _, r := range rows {
		b.Last = r.ID
		plain, err := file.Unseal(r.Sealed, c.Place(r.ID))
		if err != nil {
			b.Broken = append(b.Broken, r.ID)
			continue
		}
		fresh, err := c.Seal(by, r.ID, plain)
		if err != nil {
			return b, err
		}
		set := map[string]any{"key_id": fresh.KeyID, "sealed": fresh.Sealed}
		if c.Mark != "" {
			set["mark"] = fresh.Mark
		}
		if err := tx.Table(c.Table).Where("id = ?", r.ID).Updates(set).Error; err != nil {
			return b, err
		}
		b.Done++
	}
	return b, nil
}

var errOther = errors.New("keys: the row names another key than its value")

// Check opens values, and holds key and mark of the row against them.
func (c Column) Check(q *gorm.DB, file *seal.Keys, after uuid.UUID, most int) (Batch, error) {
	rows, err := c.read(q, after, most)
	if err != nil {
		return Batch{}, err
	}
	b := Batch{Read: len(rows), Last: after}
	for _, r := range rows {
		b.Last = r.ID
		if err := c.check(file, r); err != nil {
			b.Broken = append(b.Broken, r.ID)
			continue
		}
		b.Done++
	}
	return b, nil
}

func (c Column) check(file *seal.Keys, r columnRow) error {
	plain, err := file.Unseal(r.Sealed, c.Place(r.ID))
	if err != nil {
		return err
	}
	for _, value := range []string{r.Sealed, r.Mark} {
		if id, err := seal.KeyOf(value); value != "" && (err != nil || id != r.KeyID) {
			return errOther
		}
	}
	if c.Mark == "" {
		return nil
	}
	marks, err := file.Marks(plain, c.Mark)
	if err != nil {
		return err
	}
	for _, m := range marks {
		if m == r.Mark {
			return nil
		}
	}
	return errOther
}
