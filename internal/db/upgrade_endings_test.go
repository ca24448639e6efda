package db_test

import "strings"

func init() {
	steps = append(steps, step{
		// Accounts, offices and organizations go on; who entered an organization made themself its member.
		to: 19,
		before: strings.Join([]string{
			"INSERT INTO memberships (organization_id, account_id, admin, created_at) VALUES (" + id(1) + ", " + id(9) + ", TRUE, " + instant + "), (" + id(1) + ", " + id(7) + ", FALSE, " + instant + ")",
			"INSERT INTO offices (id, version, created_at, updated_at, code, name, region) VALUES (" + id(17) + ", 2, " + instant + ", " + instant + ", 'SY01', '登记处', '210100')",
		}, ";\n"),
		after: map[string]string{
			"SELECT SUBSTR(CAST(account_id AS text), 36) || ' ' || COALESCE(SUBSTR(CAST(added_by AS text), 36), '-') FROM memberships ORDER BY account_id": "7 -\n9 9",
			"SELECT code || CAST(version AS text) || region || successor FROM offices WHERE valid_to IS NULL":                                              "SY012210100",
			"SELECT CAST(COUNT(*) AS text) FROM accounts WHERE deactivated_at IS NULL":                                                                     "2",
			"SELECT name FROM organizations WHERE proposal IS NULL AND refusal_reason = '' ORDER BY name LIMIT 1":                                          "浑河材料",
		},
	})
}
