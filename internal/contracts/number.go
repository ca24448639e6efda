package contracts

import (
	"fmt"

	"jiebang/internal/when"
	"jiebang/internal/work"
)

// nextNumber gives this system's next contract number, JB-<year>-<six digits>. It is unique; one that was drawn in a use case
// that failed is drawn again. It is not the official number, which the national system gives.
func nextNumber(tx *work.Tx) (string, error) {
	year := when.DayOf(tx.Now).Year()
	var n int64
	err := tx.Raw("INSERT INTO sequences (name, value) VALUES (?, 1) ON CONFLICT (name) DO UPDATE SET value = sequences.value + 1 RETURNING value",
		fmt.Sprintf("contracts:%d", year)).Scan(&n).Error
	return fmt.Sprintf("JB-%d-%06d", year, n), err
}
