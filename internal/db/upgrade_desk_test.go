package db_test

import "strings"

// What the registration desk's migrations do to rows of before.
func init() {
	steps = append(steps, []step{{
		to: 34,
		after: map[string]string{
			"SELECT CAST(COUNT(*) AS text) FROM contract_applications WHERE handed_at IS NULL OR handed_at <> created_at": "0",
			"SELECT CAST(COUNT(*) AS text) FROM contracts WHERE mending IS NOT NULL":                                      "0",
		},
	}, {
		to: 35, // one whose experts are asked is open, too
		after: map[string]string{
			"SELECT CAST(COUNT(*) AS text) FROM contract_applications WHERE opinions IS NOT NULL": "0",
			"SELECT CAST(COUNT(*) AS text) FROM application_notes":                                "0",
		},
	}, {
		// A number with a middle dot in it gets its form anew, and others keep theirs.
		to: 36,
		before: strings.Join([]string{
			"DELETE FROM jobs WHERE kind = 'contract.lookups'",
			"INSERT INTO contract_lookups (contract_id, kind, value) VALUES (" + id(15) + ", 'official_number', '2026·01'), (" + id(15) + ", 'title', 'X'), (" + id(81) + ", 'title', 'Y')",
			"INSERT INTO contract_official_numbers (form, contract_id) VALUES ('2026·01', " + id(15) + "), ('202602', " + id(81) + ")",
		}, ";\n"),
		after: map[string]string{
			"SELECT kind || value FROM contract_lookups":                              "titleY",
			"SELECT form FROM contract_official_numbers":                              "202602",
			"SELECT CAST(COUNT(*) AS text) FROM jobs WHERE kind = 'contract.lookups'": "1",
		},
	}, {
		// By number: the second application of one contract is the second.
		to: 37,
		after: map[string]string{
			"SELECT DISTINCT CAST(a.nth AS text) FROM contract_applications AS a WHERE NOT EXISTS (SELECT 1 FROM contract_applications AS b WHERE b.contract_id = a.contract_id AND b.id < a.id)": "1",
		},
	}, {
		// Who is an operator stays one, and what a name looks like is known.
		to:     38,
		before: "UPDATE accounts SET username = 'li_rn-10' WHERE id = " + id(9),
		after: map[string]string{
			"SELECT username_looks || CASE WHEN operator AND operator_proposed_by IS NULL THEN ' operator' ELSE '' END FROM accounts WHERE username = 'li_rn-10'": "ll.m.lo operator",
		},
	}, {
		// No record has a key of its own yet, and every file has its name.
		to: 39,
		after: map[string]string{
			"SELECT CAST(COUNT(*) AS text) FROM inner_keys":                 "0",
			"SELECT CAST(COUNT(*) AS text) FROM files WHERE sealed <> ''":   "0",
			"SELECT CAST(COUNT(*) AS text) FROM uploads WHERE sealed <> ''": "0",
		},
	}, {
		// Nobody has bid, and nobody is on the blacklist.
		to: 49,
		after: map[string]string{
			"SELECT CAST(COUNT(*) AS text) FROM bids":                "0",
			"SELECT CAST(COUNT(*) AS text) FROM challenge_openings":  "0",
			"SELECT CAST(COUNT(*) AS text) FROM integrity_blacklist": "0",
		},
	}, {
		// All contracts are looked at, from the first, for names that have other forms now.
		to: 55,
		after: map[string]string{
			"SELECT CAST(COUNT(*) AS text) FROM jobs WHERE kind = 'contract.lookups' AND object_id = (SELECT id FROM contracts ORDER BY id LIMIT 1)": "1",
			"SELECT kind || value FROM contract_lookups": "titleY",
		},
	}, {
		// What was introduced before was introduced under no mandate.
		to: 67,
		after: map[string]string{
			"SELECT CAST(COUNT(*) AS text) FROM introductions WHERE mandate_id IS NOT NULL": "0",
			"SELECT CAST(COUNT(*) AS text) FROM commission_lines":                           "0",
		},
	}, {
		// What is registered has a certificate that can be checked.
		to:     68,
		before: "UPDATE contracts SET registered_on = '2021-06-07' WHERE state IN ('registered', 'cancelled')",
		after: map[string]string{
			"SELECT CAST(COUNT(*) AS text) FROM contracts WHERE state IN ('registered', 'cancelled') AND id NOT IN (SELECT contract_id FROM contract_certificates)":      "0",
			"SELECT CAST(MIN(LENGTH(code)) AS text) || ' ' || CASE WHEN COUNT(DISTINCT code) = COUNT(*) THEN 'each its own' ELSE 'twice' END FROM contract_certificates": "24 each its own",
		},
	}, {
		// Nobody has a key, and what was done before was done by people.
		to: 69,
		after: map[string]string{
			"SELECT CAST(COUNT(*) AS text) FROM api_keys":                       "0",
			"SELECT CAST(COUNT(*) AS text) FROM audit WHERE key_id IS NOT NULL": "0",
		},
	}, {
		to:    70,
		after: map[string]string{"SELECT CAST(COUNT(*) AS text) FROM inbox_items": "0"},
	}, {
		// What happened before says of no record whether everybody could read it.
		to:    72,
		after: map[string]string{"SELECT DISTINCT noun || CASE WHEN was_public OR is_public OR owner_id IS NOT NULL THEN ' told' ELSE ' not told' END FROM change_log": " not told", "SELECT CAST(COUNT(*) AS text) FROM webhooks": "0"},
	}, {
		// The forms of numbers that no number has any more are gone, others stay, and all contracts are looked at from the first.
		to:     80,
		before: "INSERT INTO contract_official_numbers (form, contract_id) VALUES ('沈技〔2026〕1号', " + id(15) + "), ('沈技[2026]2号', " + id(15) + "), ('沈技(2026)3号', " + id(15) + "), ('2026∕4', " + id(15) + ")",
		after: map[string]string{
			"SELECT form FROM contract_official_numbers WHERE contract_id = " + id(15):                                                               "沈技(2026)3号",
			"SELECT CAST(COUNT(*) AS text) FROM jobs WHERE kind = 'contract.lookups' AND object_id = (SELECT id FROM contracts ORDER BY id LIMIT 1)": "1",
		},
	}, {
		// Nothing was taken over, and what was released counts in its own month.
		to: 81,
		after: map[string]string{
			"SELECT CAST(COUNT(*) AS text) FROM contracts WHERE taken_over IS NOT NULL":                               "0",
			"SELECT CAST(COUNT(*) AS text) FROM ledger_releases WHERE late OR posted IS NOT NULL OR upto IS NOT NULL": "0",
			"SELECT CAST(COUNT(*) AS text) FROM reconciliations":                                                      "0",
			"SELECT CAST(COUNT(*) AS text) FROM ledger_closings":                                                      "0",
			"SELECT CAST(COUNT(*) AS text) FROM ledger_entries WHERE belongs_to IS NOT NULL":                          "0",
			"SELECT CAST(COUNT(*) AS text) FROM ledger_followed_late":                                                 "0",
		},
	}, {
		// Harvesters are told of what was there before by following the log from its beginning.
		to: 82,
		after: map[string]string{
			"SELECT CAST(COUNT(*) AS text) FROM harvest_records":                            "0",
			"SELECT CAST(COUNT(*) AS text) FROM consumer_places WHERE consumer = 'harvest'": "0",
			"SELECT CAST(COUNT(*) AS text) FROM harvest_clock":                              "1",
		},
	}}...)
}
