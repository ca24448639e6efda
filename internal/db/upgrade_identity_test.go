package db_test

import (
	"cmp"
	"slices"
)

func init() {
	steps = append(steps, step{
		to:    31, // the program makes the identity
		after: map[string]string{"SELECT COUNT(*) || '' FROM database_identity": "0"},
	})
	steps = append(steps, step{
		to:    32, // only ways to find rows
		after: map[string]string{"SELECT COUNT(*) || '' FROM database_identity": "0"},
	})
	slices.SortFunc(steps, func(a, b step) int { return cmp.Compare(a.to, b.to) })
}
