package db

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/fault"
)

// Paging asks for one page of a list. Lists run from newest to oldest by identifier (UUIDv7) or sequence number, so that a page
// stays put while records are added.
type Paging struct {
	Limit  int    // 1..100
	Cursor string // next_cursor of the page before, or empty
	Query  string // what the cursor belongs to: the operation and its filters in a fixed order
}

// Key is what a list is ordered by.
type Key interface{ uuid.UUID | int64 }

// Page is one page of a list; Next is empty on the last one.
type Page[T any] struct {
	Items []T
	Next  string
}

// Map turns each item of a page into something else.
func Map[A, B any](p Page[A], f func(A) B) Page[B] {
	out := Page[B]{Items: make([]B, len(p.Items)), Next: p.Next}
	for i, a := range p.Items {
		out.Items[i] = f(a)
	}
	return out
}

// List reads one page of q, which must not be ordered yet, by the column that key gives the value of.
func List[T any, K Key](q *gorm.DB, p Paging, column string, key func(T) K) (Page[T], error) {
	if p.Cursor != "" {
		after, err := readCursor[K](p.Cursor, p.Query)
		if err != nil {
			return Page[T]{}, err
		}
		q = q.Where(column+" < ?", after)
	}
	var rows []T
	if err := q.Order(column + " DESC").Limit(p.Limit + 1).Find(&rows).Error; err != nil {
		return Page[T]{}, err
	}
	out := Page[T]{Items: rows}
	if len(rows) > p.Limit {
		out.Items = rows[:p.Limit]
		out.Next = writeCursor(key(out.Items[p.Limit-1]), p.Query)
	}
	return out, nil
}

// QueryKey writes an operation and its filters as the text that a cursor is bound to.
func QueryKey(operation string, filters any) string {
	b, err := json.Marshal(filters)
	if err != nil {
		panic("db: a filter cannot be written as JSON: " + err.Error()) // a programming error: filters are plain structs
	}
	return operation + string(b)
}

func digest(query string) string {
	sum := sha256.Sum256([]byte(query))
	return hex.EncodeToString(sum[:8])
}

func writeCursor[K Key](after K, query string) string {
	return base64.RawURLEncoding.EncodeToString(fmt.Appendf(nil, "%s:%v", digest(query), after))
}

func readCursor[K Key](cursor, query string) (K, error) {
	var after K
	raw, err := base64.RawURLEncoding.DecodeString(cursor)
	if err != nil {
		return after, fault.InvalidCursor.New()
	}
	of, text, found := strings.Cut(string(raw), ":")
	if !found || of != digest(query) {
		return after, fault.InvalidCursor.New()
	}
	switch k := any(&after).(type) {
	case *uuid.UUID:
		*k, err = uuid.Parse(text)
	case *int64:
		*k, err = strconv.ParseInt(text, 10, 64)
	}
	if err != nil || fmt.Sprint(after) != text { // one spelling only
		return after, fault.InvalidCursor.New()
	}
	return after, nil
}
