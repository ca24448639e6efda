package db

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/fault"
	"jiebang/internal/when"
)

// Paging asks for one page of a list. A page starts behind the last row of the one before, so that it stays put while records
// are added.
type Paging struct {
	Limit  int    // 1..100
	Cursor string // next_cursor of the page before, or empty
	Query  string // what the cursor belongs to: the operation and everything else that was asked
	Sort   string // the name of an Order, or empty for the list's usual one
	Count  bool   // tell how many rows there are in all
}

// Page is one page of a list; Next is empty on the last one.
type Page[T any] struct {
	Items []T
	Next  string
	Total *int64 // how many there are in all, where that was asked
	More  bool   // there are more than Total, which is as far as they are counted
}

// mostCounted is how far the rows of a list are counted: all of a city's, and no more than takes a moment.
const mostCounted = 100_000

// Count tells how many rows q has, as far as they are counted.
func Count(q *gorm.DB) (total int64, more bool, err error) {
	rows := q.Session(&gorm.Session{}).Select("1").Limit(mostCounted + 1)
	err = q.Session(&gorm.Session{NewDB: true}).Table("(?) AS counted", rows).Count(&total).Error
	return min(total, mostCounted), total > mostCounted, err
}

// Order is one way to order a list: by columns that are never null, the last of which is unique, so that every row has a place of
// its own.
type Order[T any] struct {
	Name    string             // as callers choose it
	Columns []string           // compared together, all in one direction
	Desc    bool               // from the highest to the lowest
	Key     func(row *T) []any // the row's values in Columns: string, int64, time.Time, when.Day or uuid.UUID
}

// Newest orders by identifier from newest to oldest: a UUIDv7 sorts by the time it was made.
func Newest[T any](id func(row *T) uuid.UUID) Order[T] {
	return Order[T]{Name: "newest", Columns: []string{"id"}, Desc: true, Key: func(row *T) []any { return []any{id(row)} }}
}

// Updated orders by the last change, from the latest to the earliest.
func Updated[T any](key func(row *T) (changed time.Time, id uuid.UUID)) Order[T] {
	return Order[T]{Name: "updated", Columns: []string{"updated_at", "id"}, Desc: true, Key: func(row *T) []any {
		changed, id := key(row)
		return []any{changed, id}
	}}
}

// after keeps the rows of q that come behind the cursor's.
func (o Order[T]) after(q *gorm.DB, p Paging) (*gorm.DB, error) {
	if p.Cursor == "" {
		return q, nil
	}
	var none T
	key, err := readCursor(p.Cursor, p.Query, o.Key(&none))
	if err != nil {
		return nil, err
	}
	sign := " > "
	if o.Desc {
		sign = " < "
	}
	marks := strings.TrimSuffix(strings.Repeat("?, ", len(key)), ", ")
	return q.Where("("+strings.Join(o.Columns, ", ")+")"+sign+"("+marks+")", key...), nil
}

// clause is the order in SQL.
func (o Order[T]) clause() string {
	direction := " ASC"
	if o.Desc {
		direction = " DESC"
	}
	return strings.Join(o.Columns, direction+", ") + direction
}

// List reads one page of q, which must not be ordered yet.
func List[T any](q *gorm.DB, p Paging, o Order[T]) (Page[T], error) {
	return ReadWith(q, p, o, func(q *gorm.DB) (rows []T, err error) {
		err = q.Find(&rows).Error
		return rows, err
	})
}

// PageOf cuts a page out of rows that were read with one more than its limit.
func PageOf[T any](rows []T, p Paging, o Order[T]) Page[T] {
	out := Page[T]{Items: rows}
	if len(rows) > p.Limit {
		out.Items = rows[:p.Limit]
		out.Next = writeCursor(o.Key(&out.Items[p.Limit-1]), p.Query)
	}
	return out
}

// ReadWith is List for rows that a function reads by hand: it is given q in order, behind the cursor, and one row longer than the page.
func ReadWith[T any](q *gorm.DB, p Paging, o Order[T], read func(*gorm.DB) ([]T, error)) (Page[T], error) {
	all := q.Session(&gorm.Session{})
	q, err := o.after(all, p)
	if err != nil {
		return Page[T]{}, err
	}
	rows, err := read(q.Order(o.clause()).Limit(p.Limit + 1))
	if err != nil {
		return Page[T]{}, err
	}
	out := PageOf(rows, p, o)
	if p.Count {
		total, more, err := Count(all)
		if err != nil {
			return Page[T]{}, err
		}
		out.Total, out.More = &total, more
	}
	return out, nil
}

func digest(query string) string {
	sum := sha256.Sum256([]byte(query))
	return hex.EncodeToString(sum[:8])
}

func writeCursor(key []any, query string) string {
	texts := make([]string, len(key))
	for i, k := range key {
		texts[i] = keyText(k)
	}
	raw, err := json.Marshal(texts)
	if err != nil {
		panic("db: a cursor cannot be written: " + err.Error()) // texts always can
	}
	return base64.RawURLEncoding.EncodeToString(append([]byte(digest(query)+":"), raw...))
}

// readCursor reads the values of a cursor that writeCursor wrote for the same query; like gives their types.
func readCursor(cursor, query string, like []any) ([]any, error) {
	raw, err := base64.RawURLEncoding.DecodeString(cursor)
	if err != nil {
		return nil, fault.InvalidCursor.New()
	}
	of, list, found := strings.Cut(string(raw), ":")
	var texts []string
	if !found || of != digest(query) || json.Unmarshal([]byte(list), &texts) != nil || len(texts) != len(like) {
		return nil, fault.InvalidCursor.New()
	}
	key := make([]any, 0, len(like))
	for i, part := range like {
		k, err := keyOf(texts[i], part)
		if err != nil {
			return nil, fault.InvalidCursor.New()
		}
		key = append(key, k)
	}
	if writeCursor(key, query) != cursor { // one spelling only
		return nil, fault.InvalidCursor.New()
	}
	return key, nil
}

func keyText(k any) string {
	switch k := k.(type) {
	case string:
		return k
	case int64:
		return strconv.FormatInt(k, 10)
	case time.Time:
		return k.UTC().Format(time.RFC3339Nano)
	case when.Day:
		return k.String()
	case uuid.UUID:
		return k.String()
	}
	panic(fmt.Sprintf("db: a list cannot be ordered by a %T", k)) // a programming error: Order says what can
}

func keyOf(text string, like any) (any, error) {
	switch like.(type) {
	case string:
		return text, nil
	case int64:
		return strconv.ParseInt(text, 10, 64)
	case time.Time:
		return time.Parse(time.RFC3339Nano, text)
	case when.Day:
		return when.ParseDay(text)
	}
	return uuid.Parse(text)
}
