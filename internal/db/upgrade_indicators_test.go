package db_test

// What the migration of indicators does to rows of before.
func init() {
	steps = append(steps, step{
		// The definitions come with it; nothing is to be reached, reported or frozen yet.
		to: 74,
		after: map[string]string{
			"SELECT CAST(COUNT(*) AS text) FROM indicator_definitions WHERE how = 'computed'": "13",
			"SELECT CAST(COUNT(*) AS text) FROM indicator_definitions WHERE how = 'reported'": "3",
			"SELECT CAST(COUNT(*) AS text) FROM indicator_targets":                            "0",
			"SELECT CAST(COUNT(*) AS text) FROM indicator_actuals":                            "0",
			"SELECT CAST(COUNT(*) AS text) FROM monthly_reports":                              "0",
		},
	})
}
