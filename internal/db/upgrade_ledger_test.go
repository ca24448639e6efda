package db_test

// What migrations of the ledger's sums do to sums of before.
func init() {
	steps = append(steps, step{
		// The sums are kept in another order or with more room: what they say stands.
		to: 56,
		after: map[string]string{
			"SELECT period || posted || recorded || value || CAST(turnover AS text) FROM ledger_rollups WHERE dimension = 'from_challenge' AND posted LIKE '2026-03%' AND recorded LIKE '2026-04%' ORDER BY period": "day2026-03-312026-04-01no700\nmonth2026-032026-04no700",
		},
	})
}
