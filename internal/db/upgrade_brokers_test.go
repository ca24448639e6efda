package db_test

func init() {
	steps = append(steps, step{
		// Indexes alone: every row stays, and is found by what it is about.
		to: 84,
		after: map[string]string{
			"SELECT CASE WHEN COUNT(*) = (SELECT COUNT(need_id) FROM introductions) THEN 'all' ELSE 'some' END FROM introductions AS i WHERE EXISTS (SELECT 1 FROM needs AS n WHERE n.id = i.need_id)": "all",
			"SELECT CASE WHEN COUNT(*) = (SELECT COUNT(need_id) FROM deals) THEN 'all' ELSE 'some' END FROM deals AS d WHERE EXISTS (SELECT 1 FROM needs AS n WHERE n.id = d.need_id)":                 "all",
		},
	})
}
