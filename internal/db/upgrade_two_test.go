package db_test

func init() {
	steps = append(steps, step{
		// What is in force of offices and calendars stays so.
		to: 41,
		after: map[string]string{
			"SELECT CAST(COUNT(*) AS text) FROM offices WHERE proposal IS NOT NULL OR confirmed_by IS NOT NULL":        "0",
			"SELECT CAST(COUNT(*) AS text) FROM calendar_years WHERE proposal IS NOT NULL OR confirmed_by IS NOT NULL": "0",
		},
	})
}
