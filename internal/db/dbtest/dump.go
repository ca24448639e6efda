package dbtest

import (
	"encoding/hex"
	"fmt"
	"strings"
	"testing"

	"jiebang/internal/db"
)

// Holds tells in which tables a text stands, in any column, as it is or as bytes in hexadecimal: what a reader of the raw database, of a dump
// or of a backup would find.
func Holds(t *testing.T, d *db.DB, text string) (tables []string) {
	t.Helper()
	list := "SELECT name FROM sqlite_master WHERE type = 'table'"
	if d.Dialect == db.Postgres {
		list = "SELECT table_name FROM information_schema.tables WHERE table_schema = current_schema() AND table_type = 'BASE TABLE'"
	}
	var names []string
	if err := d.Writer.Raw(list).Scan(&names).Error; err != nil {
		t.Fatal(err)
	}
	asHex := hex.EncodeToString([]byte(text))
	for _, name := range names {
		if name == "goose_db_version" { // of migrations
			continue
		}
		var rows []map[string]any
		if err := d.Writer.Table(name).Find(&rows).Error; err != nil {
			t.Fatal(err)
		}
		for _, row := range rows {
			var whole strings.Builder
			for _, value := range row {
				if raw, ok := value.([]byte); ok {
					value = string(raw)
				}
				fmt.Fprintln(&whole, value)
			}
			if strings.Contains(whole.String(), text) || strings.Contains(whole.String(), asHex) {
				tables = append(tables, name)
				break
			}
		}
	}
	return tables
}
