package ledger

import (
	"testing"

	"jiebang/internal/db"
	"jiebang/internal/db/dbtest"
	"jiebang/internal/when"
	"jiebang/internal/work"
)

// BenchmarkAppend is what one posting takes in a transaction of its own, beside a transaction that writes one row.
func BenchmarkAppend(b *testing.B) {
	for _, dialect := range []db.Dialect{db.SQLite, db.Postgres} {
		d, err := db.Open(b.Context(), dbtest.New(b, dialect))
		if err != nil {
			b.Fatal(err)
		}
		unit := work.New(d, when.System, func() {})
		for _, c := range []struct {
			name string
			fn   func(tx *work.Tx) error
		}{
			{"bare", func(tx *work.Tx) error {
				return tx.Exec("INSERT INTO meta (key, value) VALUES (?, '1')", work.NewID().String()).Error
			}},
			{"append", func(tx *work.Tx) error { return Append(tx, registered(one())...) }},
		} {
			b.Run(string(dialect)+"/"+c.name, func(b *testing.B) {
				for b.Loop() {
					if _, err := unit.Do(b.Context(), work.Call{Operation: "bench"}, c.fn); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
		if err := d.Close(); err != nil {
			b.Fatal(err)
		}
	}
}
