package db

// InMemory reads one page of rows that are all at hand, in the ascending order of a text that each has for itself.
func InMemory[T any](rows []T, p Paging, key func(row *T) string) (Page[T], error) {
	order := Order[T]{Key: func(row *T) []any { return []any{key(row)} }}
	if p.Cursor != "" {
		after, err := readCursor(p.Cursor, p.Query, []any{""})
		if err != nil {
			return Page[T]{}, err
		}
		first := 0
		for first < len(rows) && key(&rows[first]) <= after[0].(string) {
			first++
		}
		rows = rows[first:]
	}
	return PageOf(rows, p, order), nil
}
