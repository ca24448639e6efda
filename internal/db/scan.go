package db

import (
	"database/sql"
	"encoding/json"
	"fmt"

	"gorm.io/gorm"
)

// Scan reads the rows of q by hand: columns in the order of what dest gives for a row. GORM takes several times as long to fill a
// row, so this is for what is read far more often than anything else. A text that is stored as JSON is read by JSON.
func Scan[T any](q *gorm.DB, columns []string, dest func(row *T) []any) (out []T, err error) {
	rows, err := q.Select(columns).Rows()
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var row T
		if err := rows.Scan(dest(&row)...); err != nil {
			return nil, err
		}
		out = append(out, row)
	}
	return out, rows.Err()
}

// Optional reads a column that may be null into a text, which null leaves empty.
type Optional struct{ Into *string }

// Scan is the sql.Scanner.
func (o Optional) Scan(value any) error {
	var text sql.NullString
	err := text.Scan(value)
	*o.Into = text.String
	return err
}

// JSON reads a column that holds JSON into what it points to; null leaves that as it is.
type JSON struct{ Into any }

// Scan is the sql.Scanner.
func (j JSON) Scan(value any) error {
	switch v := value.(type) {
	case nil:
		return nil
	case []byte:
		return json.Unmarshal(v, j.Into)
	case string:
		return json.Unmarshal([]byte(v), j.Into)
	}
	return fmt.Errorf("db: a column of JSON holds a %T", value)
}
