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
	}, {
		// What was posted before came from no challenge, and is summed so.
		to:     44,
		before: ledgerEntry(9, "'2026-03-31'", "'2026-04-01'", "'210112'", "'new_materials'", 700) + ";\nUPDATE ledger_head SET seq = 9",
		after: map[string]string{
			"SELECT period || posted || recorded || value || CAST(turnover AS text) FROM ledger_rollups WHERE dimension = 'from_challenge' AND posted LIKE '2026-03%' AND recorded LIKE '2026-04%' ORDER BY period": "day2026-03-312026-04-01no700\nmonth2026-032026-04no700",
			"SELECT CAST(challenges_summed AS text) FROM ledger_head":                     "9",
			"SELECT CAST(COUNT(*) AS text) FROM contracts WHERE challenge_id IS NOT NULL": "0",
		},
	}, {
		to:    46,
		after: map[string]string{"SELECT CAST(COUNT(*) AS text) FROM contract_payments": "0"},
	}, {
		// Brokers and registrars know of no field.
		to: 47,
		after: map[string]string{
			"SELECT CAST(COUNT(*) AS text) FROM register_entries WHERE fields <> '[]' OR chains <> '[]' OR employer_id IS NOT NULL": "0",
			"SELECT CAST(COUNT(*) AS text) FROM expert_ties":                                                                        "0",
		},
	}, {
		to:    51,
		after: map[string]string{"SELECT DISTINCT COALESCE(inventors, '-') || COALESCE(bottleneck, '-') FROM results": "--"},
	}, {
		to:    57,
		after: map[string]string{"SELECT CAST(COUNT(*) AS text) FROM teams": "0"},
	}, {
		// What was proposed before is about no team.
		to: 58,
		after: map[string]string{
			"SELECT DISTINCT COALESCE(CAST(team_id AS text), '-') || team_title FROM introductions": "-",
			"SELECT DISTINCT COALESCE(CAST(team_id AS text), '-') || team_title FROM deals":         "-",
		},
	}, {
		to:    62,
		after: map[string]string{"SELECT DISTINCT COALESCE(solves, '-') FROM results": "-", "SELECT DISTINCT COALESCE(technical_terms, '-') FROM needs": "-"},
	}, {
		to:    83,
		after: map[string]string{"SELECT DISTINCT COALESCE(rights, '-') FROM results": "-"},
	}, {
		to:    85,
		after: map[string]string{"SELECT DISTINCT COALESCE(rights_grants, '-') FROM results": "-"},
	}}...)
}
