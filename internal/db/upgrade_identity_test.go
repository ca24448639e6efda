package db_test

func init() {
	steps = append(steps, step{
		to:    31, // the program makes the identity
		after: map[string]string{"SELECT COUNT(*) || '' FROM database_identity": "0"},
	})
	steps = append(steps, step{
		to:    32, // only ways to find rows
		after: map[string]string{"SELECT COUNT(*) || '' FROM database_identity": "0"},
	})
}
