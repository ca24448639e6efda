package db_test

// What the migrations of supply and demand, and of what comes of them, do to rows of before.
func init() {
	steps = append(steps, []step{{
		// Deals of introductions stay what they are, and no need is held.
		to: 40,
		after: map[string]string{
			"SELECT CAST(COUNT(*) AS text) FROM deals WHERE introduction_id IS NULL OR challenge_id IS NOT NULL OR title <> ''": "0",
			"SELECT CAST(COUNT(*) AS text) FROM needs WHERE held_by IS NOT NULL":                                                "0",
		},
	}}...)
}
