package db

import "gorm.io/gorm"

// Readable reads a batch of rows by a query, and where one of them holds what cannot be read, all others: unread gives the key of each that was
// left out, and why. key is the column that tells rows apart and by which the query is ordered; last is that of the last row of the batch, nil
// where there is none.
func Readable[R any](q *gorm.DB, key string) (rows []R, last any, unread map[string]error, err error) {
	q = q.Session(&gorm.Session{})
	var keys []string
	if err := q.Model(new(R)).Pluck("CAST("+key+" AS text)", &keys).Error; err != nil || len(keys) == 0 {
		return nil, nil, nil, err
	}
	last = keys[len(keys)-1]
	err = q.Find(&rows).Error
	if err == nil || Unavailable(err) || q.Statement.Context.Err() != nil {
		return rows, last, nil, err
	}
	rows, unread = nil, map[string]error{}
	for _, k := range keys {
		var one []R
		switch err := q.Where("CAST("+key+" AS text) = ?", k).Find(&one).Error; {
		case err != nil && Unavailable(err):
			return nil, nil, nil, err
		case err != nil:
			unread[k] = err
		default:
			rows = append(rows, one...)
		}
	}
	return rows, last, unread, nil
}
