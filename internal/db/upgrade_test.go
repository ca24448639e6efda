package db_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"jiebang/internal/db"
	"jiebang/internal/db/dbtest"
)

// step is one migration with rows that were there before, and what must be there afterwards.
type step struct {
	to     int64
	before string // SQL that both databases take, in the schema before
	after  map[string]string
}

const instant = "'2026-03-10 02:00:00.000000+00:00'"

// terms name a seller and a buyer by their organizations, and a second buyer who has none.
func terms(seller, buyer int) string {
	return `'{"sellers":[{"organization_id":"` + strings.Trim(id(seller), "'") + `","name":"甲"}],"buyers":[{"organization_id":"` + strings.Trim(id(buyer), "'") + `","name":"乙"},{"name":"丙"}]}'`
}

var id = func(n int) string { return fmt.Sprintf("'0197f000-0000-7000-8000-%012d'", n) }

// ledgerEntry is a row of the ledger, of a contract of its own.
func ledgerEntry(seq int, posted, recorded, buyer, field string, amount int) string {
	return fmt.Sprintf("INSERT INTO ledger_entries (seq, id, kind, contract_id, contract_version, application_id, posted_on, recorded_on, recorded_at, contracts, turnover, technology, elsewhere, origin, office, "+
		"contract_kind, contract_subkind, seller_region, seller_nature, buyer_region, buyer_nature, chain, field, ip_kind, programme, salt, digest, prev_hash, hash) VALUES ("+
		"%d, %s, 'registration', %s, 1, %s, %s, %s, %s, 1, %d, %d, FALSE, 'entered', 'SY01', 'development', '', '210112', '021', %s, '150', '', %s, '', '', 's', 'd', '', 'h%d')",
		seq, id(60+seq), id(70+seq), id(70+seq), posted, recorded, instant, amount, amount, buyer, field, seq)
}

// From 0007 on each migration has its step: old rows, and what becomes of them.
var steps = []step{{
	to: 7,
	before: strings.Join([]string{
		"INSERT INTO accounts (id, version, created_at, updated_at, username, name, password_hash, operator) VALUES (" + id(9) + ", 1, " + instant + ", " + instant + ", 'lin', '林', '', FALSE)",
		"INSERT INTO organizations (id, version, created_at, updated_at, state, name, kind, credit_code, region, introduction, contact_name, contact_phone, contact_email, created_by) VALUES (" +
			id(1) + ", 1, " + instant + ", " + instant + ", 'verified', '盛北理工大学', 'university', 'A', '210112', '', '', '', '', " + id(9) + ")",
		"INSERT INTO organizations (id, version, created_at, updated_at, state, name, kind, credit_code, region, introduction, contact_name, contact_phone, contact_email, created_by) VALUES (" +
			id(2) + ", 1, " + instant + ", " + instant + ", 'verified', '辽浑智造', 'enterprise', 'B', '210106', '', '', '', '', " + id(9) + ")",
		"INSERT INTO contracts (id, version, created_at, updated_at, number, state, kind, title, owner_id, entered_by, office, terms, turnover, technology) VALUES (" +
			id(3) + ", 2, " + instant + ", " + instant + ", 'JB-2026-000001', 'registered', 'development', '一份合同', " + id(1) + ", " + id(9) + ", 'SY01', '{}', 100, 100)",
		"INSERT INTO contract_parties (contract_id, organization_id, side) VALUES (" + id(3) + ", " + id(1) + ", 'seller'), (" + id(3) + ", " + id(2) + ", 'buyer')",
		"INSERT INTO contract_applications (id, version, created_at, updated_at, contract_id, kind, state, office, regime, terms, reason, submitted_by, filed_on, due_on, due_provisional, review_note, refusal_reason) VALUES (" +
			id(4) + ", 1, " + instant + ", " + instant + ", " + id(3) + ", 'registration', 'granted', 'SY01', '2026', " + terms(1, 2) + ", '', " + id(9) + ", '2026-03-10', '2026-03-31', FALSE, '', '')",
		// An amendment that is not decided yet: its buyer is no party of the contract, and the contract's is none of its.
		"INSERT INTO organizations (id, version, created_at, updated_at, state, name, kind, credit_code, region, introduction, contact_name, contact_phone, contact_email, created_by) VALUES (" +
			id(5) + ", 1, " + instant + ", " + instant + ", 'verified', '浑河材料', 'enterprise', 'C', '210112', '', '', '', '', " + id(9) + ")",
		"INSERT INTO contract_applications (id, version, created_at, updated_at, contract_id, kind, state, office, regime, terms, reason, submitted_by, filed_on, due_on, due_provisional, review_note, refusal_reason) VALUES (" +
			id(6) + ", 1, " + instant + ", " + instant + ", " + id(3) + ", 'amendment', 'submitted', 'SY01', '2026', " + terms(1, 5) + ", '买方变更', " + id(9) + ", '2026-03-10', '2026-03-31', FALSE, '', '')",
	}, ";\n"),
	after: map[string]string{
		"SELECT SUBSTR(CAST(application_id AS text), 36) || ' ' || SUBSTR(CAST(organization_id AS text), 36) FROM application_parties ORDER BY application_id, organization_id": "4 1\n4 2\n6 1\n6 5",
		"SELECT CAST(COUNT(*) AS text) FROM contract_applications": "2",
	},
}, {
	// An identifier elsewhere was two columns of the record.
	to: 8,
	before: strings.Join([]string{
		"INSERT INTO results (id, version, created_at, updated_at, state, owner_id, title, abstract, keywords, field, transfer_modes, application, advantage, confidential, return_reason, external_scheme, external_id) VALUES (" +
			id(11) + ", 1, " + instant + ", " + instant + ", 'draft', " + id(1) + ", '一项成果', '摘要', '[]', 'environment', '[]', '', '', '', '', 'csl', 'd1')",
		"INSERT INTO results (id, version, created_at, updated_at, state, owner_id, title, abstract, keywords, field, transfer_modes, application, advantage, confidential, return_reason) VALUES (" +
			id(12) + ", 3, " + instant + ", " + instant + ", 'published', " + id(1) + ", '又一项成果', '摘要', '[]', 'environment', '[]', '', '', '', '')",
		"INSERT INTO needs (id, version, created_at, updated_at, state, owner_id, title, problem, requirements, constraints, keywords, field, cooperation_mode, urgent, confidential, return_reason, close_reason, external_scheme, external_id) VALUES (" +
			id(13) + ", 1, " + instant + ", " + instant + ", 'draft', " + id(2) + ", '一项需求', '问题', '', '', '[]', 'environment', 'any', FALSE, '', '', '', 'csl', 'd1')",
	}, ";\n"),
	after: map[string]string{
		"SELECT object_kind || ' ' || SUBSTR(CAST(object_id AS text), 35) || ' ' || SUBSTR(CAST(owner_id AS text), 36) || ' ' || scheme || ' ' || external_id FROM external_ids ORDER BY object_id": "result 11 1 csl d1\nneed 13 2 csl d1",
	},
}, {
	to: 9,
	after: map[string]string{
		"SELECT SUBSTR(CAST(id AS text), 35) || ' ' || state || ' ' || availability FROM results ORDER BY id": "11 draft available\n12 published available",
		"SELECT CAST(COUNT(*) AS text) FROM revisions":                                                        "0",
	},
}, {
	// What was open and proposed before there were jobs ends by itself, too.
	to: 10,
	before: strings.Join([]string{
		"UPDATE needs SET state = 'open', deadline = '2026-04-01'",
		"INSERT INTO introductions (id, version, created_at, updated_at, state, from_id, to_id, need_id, message, proposed_by, answer_due, decline_reason, decline_note) VALUES (" +
			id(14) + ", 1, " + instant + ", " + instant + ", 'proposed', " + id(1) + ", " + id(2) + ", " + id(13) + ", '想先了解数据。', " + id(9) + ", '2026-03-24', '', '')",
	}, ";\n"),
	after: map[string]string{
		"SELECT kind || ' ' || SUBSTR(CAST(object_id AS text), 35) FROM jobs ORDER BY kind": "introduction.lapse 14\nneed.expire 13",
	},
}, {
	to: 11, // accounts of before have no address, and two without one are not in each other's way
	before: "INSERT INTO accounts (id, version, created_at, updated_at, username, name, password_hash, operator) VALUES (" +
		id(7) + ", 3, " + instant + ", " + instant + ", 'bai', '白', 'hash', FALSE)",
	after: map[string]string{
		"SELECT username || '(' || email || email_key || ')' || CASE WHEN email_verified_at IS NULL THEN '' ELSE 'verified' END || CAST(version AS text) FROM accounts ORDER BY username": "bai()3\nlin()1",
	},
}, {
	to:    12,
	after: map[string]string{"SELECT CAST(COUNT(*) AS text) FROM contract_persons": "0", "SELECT CAST(COUNT(*) AS text) FROM seal_keys": "0"},
}, {
	to:    13,
	after: map[string]string{"SELECT CAST(COUNT(*) AS text) FROM files": "0", "SELECT CAST(COUNT(*) AS text) FROM uploads": "0"},
}, {
	to:    14,
	after: map[string]string{"SELECT number || ' ' || COALESCE(CAST(elsewhere AS text), 'here') FROM contracts": "JB-2026-000001 here"},
}, {
	to:    15,
	after: map[string]string{"SELECT CAST(seq AS text) || hash FROM ledger_head": "0"},
}, {
	// Two official numbers that were different ones until now stay; a job makes the forms in which they are compared.
	to: 16,
	before: strings.Join([]string{
		"UPDATE contracts SET official_number = '2026-01'",
		"INSERT INTO contracts (id, version, created_at, updated_at, number, official_number, state, kind, title, owner_id, entered_by, office, terms, turnover, technology) VALUES (" +
			id(15) + ", 2, " + instant + ", " + instant + ", 'JB-2026-000002', '２０２６01', 'registered', 'development', '又一份合同', " + id(1) + ", " + id(9) + ", 'SY01', '{}', 100, 100)",
	}, ";\n"),
	after: map[string]string{
		"SELECT CAST(COUNT(*) AS text) FROM contracts WHERE official_number IS NOT NULL":                                       "2",
		"SELECT kind || ' ' || SUBSTR(CAST(object_id AS text), 36) FROM jobs WHERE kind = 'contract.lookups'":                  "contract.lookups 3",
		"SELECT CAST(COUNT(*) AS text) FROM contract_lookups":                                                                  "0",
		"SELECT CAST(COUNT(*) AS text) || COALESCE(MAX(twin_reason), '') FROM contract_applications WHERE twin_reason IS NULL": "0",
	},
}, {
	// A mail that waits with its secret in it, and a file that hung before there were files of revisions.
	to: 17,
	before: strings.Join([]string{
		"INSERT INTO mails (id, version, created_at, updated_at, kind, address, address_key, data, secret, state, reason) VALUES (" +
			id(15) + ", 1, " + instant + ", " + instant + ", 'organization.invitation', 'a@example.org', 'a@example.org', '{}', 'jbl_S', 'waiting', '')",
		"INSERT INTO file_contents (id, address, size, media_type, sealed_by, created_at) VALUES (" + id(16) + ", 'sha-256:x', 1, 'text/plain', '', " + instant + ")",
		"INSERT INTO files (id, version, created_at, updated_at, object_kind, object_id, name, public, content_id, added_by) VALUES (" +
			id(16) + ", 1, " + instant + ", " + instant + ", 'result', " + id(12) + ", 'a.txt', TRUE, " + id(16) + ", " + id(9) + ")",
	}, ";\n"),
	after: map[string]string{
		"SELECT state || ' ' || secret FROM mails":         "waiting jbl_S",
		"SELECT CAST(COUNT(*) AS text) FROM mail_secrets":  "0",
		"SELECT name || '(' || revision || ')' FROM files": "a.txt()",
	},
}, {
	to: 18, // the titles stand beside what names them
	before: "INSERT INTO deals (id, version, created_at, updated_at, stage, introduction_id, supplier_id, demander_id, need_id, lost_reason) VALUES (" +
		id(15) + ", 1, " + instant + ", " + instant + ", 'lead', " + id(14) + ", " + id(1) + ", " + id(2) + ", " + id(13) + ", '')",
	after: map[string]string{
		"SELECT state || ' ' || result_title || '|' || need_title || '|' || lapse_reason FROM introductions": "proposed |一项需求|",
		"SELECT stage || ' ' || result_title || '|' || need_title FROM deals":                                "lead |一项需求",
	},
}, {
	to: 19, // who made and published is in the trail
	before: "INSERT INTO audit (id, recorded_at, account_id, operation, request_id, action, object_kind, object_id, object_version, digest, chained) VALUES (" +
		id(16) + ", " + instant + ", " + id(9) + ", 'createResult', '', 'result.create', 'result', " + id(12) + ", 1, '', TRUE), (" +
		id(17) + ", " + instant + ", " + id(7) + ", 'publishResult', '', 'result.publish', 'result', " + id(12) + ", 3, '', TRUE)",
	after: map[string]string{
		"SELECT SUBSTR(CAST(id AS text), 35) || ' ' || COALESCE(SUBSTR(CAST(created_by AS text), 36), '-') || COALESCE(SUBSTR(CAST(published_by AS text), 36), '-') FROM results ORDER BY id": "11 --\n12 97",
		"SELECT COALESCE(CAST(created_by AS text), '-') FROM needs": "-",
	},
}, {
	// An amendment that was not decided yet tells what it changes; who took an application is who decided first; one at a time still.
	to: 20,
	before: strings.Join([]string{
		"UPDATE contracts SET terms = '{\"title\":\"一份合同\"}'",
		"UPDATE contract_applications SET first_reviewer = " + id(7) + ", state = 'under_review' WHERE id = " + id(6),
		"INSERT INTO contracts (id, version, created_at, updated_at, number, state, kind, title, entered_by, office, terms, turnover, technology) VALUES (" +
			id(81) + ", 1, " + instant + ", " + instant + ", 'JB-2026-000081', 'draft', 'development', '纸质合同', " + id(9) + ", 'SY01', '{}', 100, 100)",
	}, ";\n"),
	after: map[string]string{
		"SELECT SUBSTR(CAST(id AS text), 36) || ' ' || CAST(clock_from AS text) || ' ' || COALESCE(SUBSTR(CAST(taken_by AS text), 36), '-') || ' ' || COALESCE(CAST(terms_before ->> 'title' AS text), '-') || supplement_wanted FROM contract_applications WHERE id IN (" + id(4) + ", " + id(6) + ") ORDER BY id": "4 2026-03-10 - -\n6 2026-03-10 7 一份合同",
		"SELECT number || ' ' || CASE WHEN entered_for THEN 'for' ELSE 'own' END FROM contracts WHERE number IN ('JB-2026-000001', 'JB-2026-000081') ORDER BY number":                                                                                                                                               "JB-2026-000001 own\nJB-2026-000081 for",
	},
}, {
	// The trail's head is where it had come to; the change log is chained from its beginning.
	to: 21,
	before: strings.Join([]string{
		"INSERT INTO audit_chain (pos, audit_id, hash) VALUES (1, " + id(20) + ", 'aa'), (2, " + id(21) + ", 'bb')",
		"INSERT INTO change_log (pos, outbox_id, kind, object_id, version, created_at) VALUES (1, " + id(22) + ", 'need.open', " + id(13) + ", 2, " + instant + ")",
	}, ";\n"),
	after: map[string]string{
		"SELECT name || ' ' || CAST(pos AS text) || hash FROM chain_heads ORDER BY name": "audit 2bb\nchanges 0",
		"SELECT kind || COALESCE(hash, ' without') FROM change_log":                      "need.open without",
	},
}, {
	// Who entered an organization made themself its member; offices go on as they were, with no last day.
	to:     22,
	before: "INSERT INTO offices (id, version, created_at, updated_at, code, name, region) VALUES (" + id(90) + ", 1, " + instant + ", " + instant + ", 'UP01', '登记处', '210300')",
	after: map[string]string{
		"SELECT code || ' ' || name || ' ' || region || ' ' || COALESCE(CAST(valid_to AS text), '-') || successor FROM offices WHERE code = 'UP01'": "UP01 登记处 210300 -",
		"SELECT COUNT(*) || '' FROM past_memberships": "0",
	},
}, {
	// Two drafts may name one deal, and two that were filed may not.
	to: 23,
	after: map[string]string{
		"SELECT CAST(COUNT(*) AS text) FROM contracts WHERE deal_id IS NOT NULL": "0",
	},
}, {
	// Who wrote in a contract is in the trail, too; by what the parties are known, a job finds.
	to: 24,
	before: "INSERT INTO audit (id, recorded_at, account_id, operation, request_id, action, object_kind, object_id, object_version, digest, chained) VALUES (" +
		id(18) + ", " + instant + ", " + id(7) + ", 'replaceContract', '', 'contract.edit', 'contract', " + id(81) + ", 2, '', TRUE)",
	after: map[string]string{
		"SELECT SUBSTR(CAST(account_id AS text), 36) FROM contract_authors WHERE contract_id = " + id(81) + " ORDER BY account_id": "7\n9",
		"SELECT CAST(COUNT(*) AS text) FROM jobs WHERE kind = 'application.names'":                                                 "1",
	},
}, {
	// Who was in a register stays in it, though only one operator had a hand in it.
	to: 25,
	before: "INSERT INTO register_entries (id, version, created_at, updated_at, kind, account_id, office, certificate, valid_from, valid_to) VALUES (" +
		id(83) + ", 1, " + instant + ", " + instant + ", 'registrar', " + id(7) + ", 'SY01', '', '2026-01-01', '2026-12-31')",
	after: map[string]string{
		"SELECT CAST(COUNT(*) AS text) FROM register_entries WHERE confirmed_at IS NOT NULL AND confirmed_from = valid_from AND confirmed_to = valid_to AND proposed_by IS NULL": "1",
	},
}, {
	// Entries of before are in the sums by field, and whoever is abroad among them is looked for by a job.
	to: 26,
	before: strings.Join([]string{
		ledgerEntry(1, "'2026-01-31'", "'2026-02-01'", "''", "'environment'", 100), ledgerEntry(2, "'2026-02-01'", "'2026-02-01'", "'210106'", "'environment'", 20), ledgerEntry(3, "'2026-02-01'", "'2026-02-01'", "'210106'", "''", 3),
		"UPDATE ledger_head SET seq = 3",
	}, ";\n"),
	after: map[string]string{
		"SELECT posted || ' ' || recorded || ' ' || value || ' ' || CAST(contracts AS text) || ' ' || CAST(turnover AS text) FROM ledger_rollups WHERE period = 'month' AND dimension = 'field' ORDER BY posted, value":       "2026-01 2026-02 environment 1 100\n2026-02 2026-02  1 3\n2026-02 2026-02 environment 1 20",
		"SELECT posted || ' ' || recorded || ' ' || value || ' ' || second || ' ' || CAST(technology AS text) FROM ledger_rollups WHERE period = 'day' AND dimension = 'buyer_region+field' AND second <> '' ORDER BY posted": "2026-01-31 2026-02-01  environment 100\n2026-02-01 2026-02-01 210106 environment 20",
		"SELECT CAST(summed AS text) FROM ledger_head":                                        "3",
		"SELECT SUBSTR(CAST(object_id AS text), 35) FROM jobs WHERE kind = 'contract.places'": "71",
	},
}, {
	// What was there is of no industry chain; the chains of the city's plan can be chosen.
	to: 27,
	after: map[string]string{
		"SELECT DISTINCT CAST(chains AS text) FROM results":                                                        "[]",
		"SELECT DISTINCT CAST(chains AS text) FROM needs":                                                          "[]",
		"SELECT CAST(COUNT(*) AS text) FROM industry_chains WHERE valid_from <= '2026-01-01' AND valid_to IS NULL": "15",
	},
}, {
	to: 28,
	after: map[string]string{
		"SELECT CAST(seq AS text) || COALESCE(ended, ' with no month that is over') FROM ledger_head": "3 with no month that is over",
		"SELECT CAST(COUNT(*) AS text) FROM ledger_releases":                                          "0",
	},
}, {
	// Nobody controls anybody yet.
	to:    29,
	after: map[string]string{"SELECT CAST(COUNT(*) AS text) FROM control_links": "0"},
}, {
	// An offer that an operator made alone waits for another.
	to: 32,
	before: strings.Join([]string{
		"UPDATE accounts SET operator = TRUE WHERE id = " + id(9),
		"INSERT INTO memberships (organization_id, account_id, admin, created_at, accepted_at, added_by) VALUES (" + id(1) + ", " + id(7) + ", TRUE, " + instant + ", NULL, " + id(9) + ")",
		"INSERT INTO memberships (organization_id, account_id, admin, created_at, accepted_at, added_by) VALUES (" + id(2) + ", " + id(7) + ", TRUE, " + instant + ", " + instant + ", " + id(9) + ")",
	}, ";\n"),
	after: map[string]string{
		"SELECT SUBSTR(CAST(organization_id AS text), 36) || CASE WHEN admin THEN ' admin' ELSE '' END || CASE WHEN appointed_by IS NULL THEN '' ELSE ' waits' END FROM memberships WHERE account_id = " +
			id(7) + " ORDER BY organization_id": "1 waits\n2 admin",
	},
}, {
	// Attempts are counted anew.
	to:    33,
	after: map[string]string{"SELECT CAST(COUNT(*) AS text) FROM throttles": "0"},
}}

func TestOldRowsSurviveEachMigration(t *testing.T) {
	slices.SortStableFunc(steps, func(a, b step) int { return int(a.to - b.to) }) // files add theirs in the order of their names
	for _, dialect := range []db.Dialect{db.SQLite, db.Postgres} {
		t.Run(string(dialect), func(t *testing.T) {
			d := dbtest.Open(t, dbtest.Empty(t, dialect))
			for _, s := range steps {
				if err := d.MigrateTo(t.Context(), s.to-1); err != nil {
					t.Fatal(err)
				}
				for sql := range strings.SplitSeq(s.before, ";\n") {
					if sql == "" {
						continue
					}
					if err := d.Writer.Exec(sql).Error; err != nil {
						t.Fatalf("before %d: %v\n%s", s.to, err, sql)
					}
				}
				if err := d.MigrateTo(t.Context(), s.to); err != nil {
					t.Fatal(err)
				}
				for sql, want := range s.after {
					var lines []string
					if err := d.Reader.Raw(sql).Scan(&lines).Error; err != nil || strings.Join(lines, "\n") != want {
						t.Errorf("after %d: %s\n%q, want %q, %v", s.to, sql, lines, want, err)
					}
				}
			}
			if err := d.Migrate(t.Context()); err != nil {
				t.Fatal(err)
			}
			rows, err := d.MigrationStatus(t.Context())
			if err != nil || slices.ContainsFunc(rows, func(r db.MigrationStatus) bool { return !r.Applied }) {
				t.Errorf("%+v, %v", rows, err)
			}
			if last := rows[len(rows)-1].Version; last != steps[len(steps)-1].to {
				t.Errorf("migration %d has no step here", last)
			}
		})
	}
}
