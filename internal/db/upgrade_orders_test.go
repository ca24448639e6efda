package db_test

func init() {
	steps = append(steps, step{
		// Indexes alone: every row stays, and is found by them.
		to: 71,
		after: map[string]string{
			"SELECT CASE WHEN COUNT(*) > 0 THEN 'there' ELSE 'gone' END FROM contracts WHERE office = 'SY01' AND turnover >= 0":         "there",
			"SELECT CASE WHEN COUNT(*) > 0 THEN 'there' ELSE 'gone' END FROM ledger_entries WHERE SUBSTR(seller_region, 1, 4) = '2101'": "there",
		},
	}, step{
		// Lines of before are mailed to nobody, and speak of one thing each.
		to:     73,
		before: "INSERT INTO inbox_items (id, account_id, pos, deed, object_kind, object_id, at) VALUES (" + id(81) + ", " + id(9) + ", 4, 'result.publish', 'result', " + id(12) + ", " + instant + ")",
		after: map[string]string{
			"SELECT deed || CAST(amount AS text) || CASE WHEN mailed_at = at THEN ' mailed' ELSE '' END || CASE WHEN folded THEN ' folded' ELSE '' END FROM inbox_items": "result.publish1 mailed",
			"SELECT CAST((SELECT COUNT(*) FROM standing_runs) + (SELECT COUNT(*) FROM saved_searches) + (SELECT COUNT(*) FROM inbox_mails) AS text)":                     "0",
		},
	}, step{
		// Indexes alone: every row stays, in the orders that they hold.
		to: 76,
		after: map[string]string{
			"SELECT CASE WHEN COUNT(*) = (SELECT COUNT(*) FROM results) THEN 'all' ELSE 'some' END FROM results WHERE COALESCE(CASE WHEN price ->> 'Kind' <> 'negotiable' THEN CAST(price ->> 'Min' AS numeric) END, 9223372036854775807) >= 0": "all",
			"SELECT CASE WHEN COUNT(*) = (SELECT COUNT(*) FROM needs) THEN 'all' ELSE 'some' END FROM needs WHERE COALESCE(deadline, '2200-12-31') >= '1900-01-01' AND COALESCE(CAST(budget ->> 'Max' AS numeric), -1) >= -1":                   "all",
		},
	}, step{
		// Indexes alone: every application stays, and is found by the day on which it was filed.
		to: 77,
		after: map[string]string{
			"SELECT CASE WHEN COUNT(*) = (SELECT COUNT(*) FROM contract_applications) THEN 'all' ELSE 'some' END FROM contract_applications WHERE filed_on >= '1900-01-01'": "all",
		},
	}, step{
		// The rules that come with the program are there, none of them held against the text in force, and nobody entered them.
		to: 79,
		after: map[string]string{
			"SELECT CAST(COUNT(*) AS text) FROM benefit_rules WHERE provisional AND entered_by IS NULL AND source <> '' AND note <> '' AND note_en <> ''":                                                                 "6",
			"SELECT CAST(COUNT(*) AS text) FROM benefit_rules AS a JOIN benefit_rules AS b ON a.code = b.code AND a.id <> b.id WHERE a.valid_from <= b.valid_from AND (a.valid_to IS NULL OR a.valid_to >= b.valid_from)": "0",
			"SELECT CAST(contract_kinds AS text) FROM benefit_rules WHERE code = 'rd_deduction'":                                                                                                                          `["development"]`,
		},
	})
}
