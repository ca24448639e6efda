package db_test

func init() {
	steps = append(steps, step{
		// Indexes alone: every row stays, and is found by them.
		to: 71,
		after: map[string]string{
			"SELECT CASE WHEN COUNT(*) > 0 THEN 'there' ELSE 'gone' END FROM contracts WHERE office = 'SY01' AND turnover >= 0":         "there",
			"SELECT CASE WHEN COUNT(*) > 0 THEN 'there' ELSE 'gone' END FROM ledger_entries WHERE SUBSTR(seller_region, 1, 4) = '2101'": "there",
		},
	})
}
