package contracts

import (
	"fmt"

	"jiebang/internal/when"
	"jiebang/internal/work"
)

// nextNumber gives this system's next contract number, JB-<year>-<six digits>. It is unique; one that was drawn in a use case
// that failed is drawn again. It is not the official number, which the national system gives.
func nextNumber(tx *work.Tx) (string, error) {
	n, err := nextNumbers(tx, 1)
	return numbered(when.DayOf(tx.Now).Year(), n), err
}

// nextNumbers draws several, of which it gives the last.
func nextNumbers(tx *work.Tx, many int) (last int64, err error) {
	year := when.DayOf(tx.Now).Year()
	err = tx.Raw("INSERT INTO sequences (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = sequences.value + ? RETURNING value",
		fmt.Sprintf("contracts:%d", year), many, many).Scan(&last).Error
	return last, err
}

// numbered is the nth number of a year.
func numbered(year int, n int64) string { return fmt.Sprintf("JB-%d-%06d", year, n) }
