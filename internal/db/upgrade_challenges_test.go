package db_test

// What the migrations of challenges, and of what comes of them, do to rows of before.
func init() {
	steps = append(steps, []step{{
		// Challenges begin: none has a number, and nobody was asked.
		to: 43,
		after: map[string]string{
			"SELECT CAST(COUNT(*) AS text) FROM rounds":                                      "0",
			"SELECT CAST(COUNT(*) AS text) FROM challenges WHERE number IS NOT NULL":         "0",
			"SELECT CAST(COUNT(*) AS text) FROM challenge_advisers WHERE account_id IS NULL": "0",
		},
	}, {
		// No challenge has a panel or an award yet.
		to: 50,
		after: map[string]string{
			"SELECT CAST(COUNT(*) AS text) FROM challenge_awards":                                                 "0",
			"SELECT CAST(COUNT(*) AS text) FROM challenges WHERE panel_id IS NOT NULL OR answers_due IS NOT NULL": "0",
		},
	}, {
		to: 53, // nobody was answered yet
		after: map[string]string{
			"SELECT CAST(COUNT(*) AS text) FROM bids WHERE answered_at IS NOT NULL OR answer <> ''": "0",
		},
	}}...)
}
