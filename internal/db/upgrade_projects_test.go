package db_test

// What the migration of projects does to rows of before.
func init() {
	steps = append(steps, []step{{
		// Projects begin: nothing has been granted or named.
		to: 52,
		after: map[string]string{
			"SELECT CAST(COUNT(*) AS text) FROM projects WHERE ended_at IS NOT NULL": "0",
			"SELECT CAST(COUNT(*) AS text) FROM milestones WHERE late_since IS NULL": "0",
			"SELECT CAST(COUNT(*) AS text) FROM grants WHERE reverses IS NOT NULL":   "0",
		},
	}}...)
}
