package db

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"strings"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/fault"
)

// Paging asks for one page of a list. Lists run from newest to oldest by identifier (UUIDv7), so that a page stays put while
// records are added.
type Paging struct {
	Limit  int    // 1..100
	Cursor string // next_cursor of the page before, or empty
	Query  string // what the cursor belongs to: the operation and its filters in a fixed order
}

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

// List reads one page of q, which must not be ordered yet, by the column idColumn.
func List[T any](q *gorm.DB, p Paging, idColumn string, id func(T) uuid.UUID) (Page[T], error) {
	if p.Cursor != "" {
		after, err := readCursor(p.Cursor, p.Query)
		if err != nil {
			return Page[T]{}, err
		}
		q = q.Where(idColumn+" < ?", after)
	}
	var rows []T
	if err := q.Order(idColumn + " DESC").Limit(p.Limit + 1).Find(&rows).Error; err != nil {
		return Page[T]{}, err
	}
	out := Page[T]{Items: rows}
	if len(rows) > p.Limit {
		out.Items = rows[:p.Limit]
		out.Next = writeCursor(id(out.Items[p.Limit-1]).String(), p.Query)
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

func writeCursor(after, query string) string {
	return base64.RawURLEncoding.EncodeToString([]byte(digest(query) + ":" + after))
}

func readCursor(cursor, query string) (uuid.UUID, error) {
	raw, err := base64.RawURLEncoding.DecodeString(cursor)
	if err != nil {
		return uuid.Nil, fault.InvalidCursor.New()
	}
	of, after, found := strings.Cut(string(raw), ":")
	if !found || of != digest(query) {
		return uuid.Nil, fault.InvalidCursor.New()
	}
	id, err := uuid.Parse(after)
	if err != nil || id.String() != after {
		return uuid.Nil, fault.InvalidCursor.New()
	}
	return id, nil
}
