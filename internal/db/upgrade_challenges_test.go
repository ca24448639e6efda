package db_test

import "strings"

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
	}, {
		// What is sealed for a challenge that takes bids is proved from now on, whether somebody has bid or not.
		to: 54,
		before: strings.Join([]string{
			"INSERT INTO rounds (id, version, created_at, updated_at, code, year, name, level, chains, state, post_from, post_to, budget, rules, entered_by) VALUES (" +
				id(540) + ", 1, " + instant + ", " + instant + ", 'SY2026-1', 2026, '第一批', 'city', '[]', 'open', '2026-01-01', '2026-12-31', 100, '{}', " + id(9) + ")",
			challengeIn("published", 541), challengeIn("refining", 542), challengeIn("published", 543),
		}, ";\n"),
		after: map[string]string{
			"SELECT SUBSTR(CAST(object_id AS text), 34) FROM jobs WHERE kind = 'bid.prove' ORDER BY object_id": "541\n543",
		},
	}, {
		to: 64, // of no bid it is known where its texts name who bids
		after: map[string]string{
			"SELECT CAST(COUNT(*) AS text) FROM bids WHERE named IS NOT NULL": "0",
		},
	}, {
		to: 65, // what is due is reckoned from a day that nobody has kept yet
		after: map[string]string{
			"SELECT CAST(COUNT(*) AS text) FROM challenges WHERE answers_due_provisional OR answers_from IS NOT NULL": "0",
			"SELECT CAST(COUNT(*) AS text) FROM objections WHERE answer_from IS NOT NULL":                             "0",
		},
	}}...)
}

func challengeIn(state string, n int) string {
	return "INSERT INTO challenges (id, version, created_at, updated_at, round_id, owner_id, state, title, problem, background, keywords, field, chains, indicators, reward, provides, ip_arrangement, " +
		"bottleneck, wanted_level, masked, confidential, created_by, published_at, advisers, return_reason, end_reason) VALUES (" + id(n) + ", 1, " + instant + ", " + instant + ", " + id(540) + ", " + id(2) + ", '" + state +
		"', '一项榜题', '一个难题', '', '[]', 'environment', '[]', '[]', '{}', '', '', FALSE, '', FALSE, '', " + id(9) + ", " + instant + ", '[]', '', '')"
}
