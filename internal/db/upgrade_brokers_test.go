package db_test

func init() {
	steps = append(steps, step{
		// Indexes alone: every row stays, and is found by what it is about.
		to: 84,
		after: map[string]string{
			"SELECT CASE WHEN COUNT(*) = (SELECT COUNT(need_id) FROM introductions) THEN 'all' ELSE 'some' END FROM introductions AS i WHERE EXISTS (SELECT 1 FROM needs AS n WHERE n.id = i.need_id)": "all",
			"SELECT CASE WHEN COUNT(*) = (SELECT COUNT(need_id) FROM deals) THEN 'all' ELSE 'some' END FROM deals AS d WHERE EXISTS (SELECT 1 FROM needs AS n WHERE n.id = d.need_id)":                 "all",
		},
	}, step{
		// Of an entry of before neither level nor regions are known; it stays as it was.
		to:     86,
		before: "INSERT INTO register_entries (id, version, created_at, updated_at, kind, account_id, office, certificate, valid_from) VALUES (" + id(86) + ", 1, " + instant + ", " + instant + ", 'broker', " + id(9) + ", '', '中级技术经纪人', '2026-01-01')",
		after: map[string]string{
			"SELECT certificate || '(' || level || ')' || regions || COALESCE(CAST(certified_on AS text), ' no day') FROM register_entries WHERE kind = 'broker' AND certificate = '中级技术经纪人'": "中级技术经纪人()[] no day",
		},
	}, step{
		// No registration was revoked before, and no letter is due.
		to: 87,
		after: map[string]string{
			"SELECT CAST(COUNT(*) AS text) FROM contract_applications WHERE revocation IS NOT NULL": "0",
			"SELECT CAST(COUNT(*) AS text) FROM contracts WHERE revoked IS NOT NULL":                "0",
			"SELECT CAST(COUNT(*) AS text) FROM authority_letters":                                  "0",
		},
	}, step{
		// Needs of before tell their owners, and introductions both sides.
		to: 88,
		after: map[string]string{
			"SELECT CAST(COUNT(*) AS text) FROM needs WHERE masked":                           "0",
			"SELECT CAST(COUNT(*) AS text) FROM introductions WHERE concealed_id IS NOT NULL": "0",
		},
	})
}
