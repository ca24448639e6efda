package db_test

// What the migration of reports does to rows of before.
func init() {
	steps = append(steps, step{
		// Nothing was reported, and nothing is taken down.
		to: 75,
		after: map[string]string{
			"SELECT CAST(COUNT(*) AS text) FROM complaints": "0",
			"SELECT CAST((SELECT COUNT(*) FROM results WHERE taken_down <> 0) + (SELECT COUNT(*) FROM needs WHERE taken_down <> 0) + (SELECT COUNT(*) FROM teams WHERE taken_down <> 0) AS text)": "0",
		},
	})
}
