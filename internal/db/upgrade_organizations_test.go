package db_test

// What the migrations of imports and of organizations do to rows of before.
func init() {
	steps = append(steps, []step{{
		to:    59, // nothing has been brought in by a file
		after: map[string]string{"SELECT CAST(COUNT(*) AS text) FROM imports": "0"},
	}, {
		to:    60, // nobody has a grade yet
		after: map[string]string{"SELECT CAST(COUNT(*) AS text) FROM grades": "0"},
	}, {
		to: 61, // nobody is suspended
		after: map[string]string{
			"SELECT CAST(COUNT(*) AS text) FROM organizations WHERE suspended_at IS NOT NULL OR suspension_reason <> ''":                                                                          "0",
			"SELECT CAST((SELECT COUNT(*) FROM results WHERE owner_suspended) + (SELECT COUNT(*) FROM needs WHERE owner_suspended) + (SELECT COUNT(*) FROM teams WHERE owner_suspended) AS text)": "0",
		},
	}, {
		to:    63, // nobody had another name that is known
		after: map[string]string{"SELECT CAST(COUNT(*) AS text) FROM organization_names": "0"},
	}, {
		to:    66, // an operator enters zones
		after: map[string]string{"SELECT CAST(COUNT(*) AS text) FROM zones": "0"},
	}}...)
}
