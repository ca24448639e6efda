package db_test

// Notices and panels are new: of what was there before nothing is proposed or reviewed yet.
func init() {
	steps = append(steps, step{
		to: 42,
		after: map[string]string{
			"SELECT CAST(COUNT(*) AS text) FROM notices":    "0",
			"SELECT CAST(COUNT(*) AS text) FROM objections": "0",
		},
	}, step{
		to: 45,
		after: map[string]string{
			"SELECT CAST(COUNT(*) AS text) FROM review_panels": "0",
			"SELECT CAST(COUNT(*) AS text) FROM reviews":       "0",
		},
	}, step{ // everybody reads the notices of before
		to: 78,
		after: map[string]string{
			"SELECT CAST(COUNT(*) AS text) FROM notices WHERE audience_id IS NOT NULL": "0",
			"SELECT CAST(COUNT(*) AS text) FROM deal_prices":                           "0",
		},
	})
}
