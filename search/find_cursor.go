package search

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"hash/fnv"
)

// ErrCursor says that Query.After is not one that a page of the same query gave.
var ErrCursor = errors.New("search: the page to continue from belongs to another query")

// cursor is what Query.After carries: where the page ended, and the weights that
// its scores were made from.
type cursor struct {
	Query   uint64  `json:"q"` // what was asked and order
	Score   float64 `json:"s"`
	Key     int64   `json:"k,omitempty"` // what hits are sorted by, if not the score
	ID      string  `json:"i"`
	Reading Reading `json:"r"`
	Weights weights `json:"w"`
}

func (s *searcher) cursor(last candidate) string {
	b, err := json.Marshal(cursor{s.asked, last.score, last.key, last.forward.id, s.reading, s.weights})
	if err != nil {
		panic(err) // a score is finite
	}
	return base64.RawURLEncoding.EncodeToString(b)
}

// resume sets the searcher to go on after a page.
func (s *searcher) resume(after string) error {
	b, err := base64.RawURLEncoding.DecodeString(after)
	if err != nil {
		return ErrCursor
	}
	var c cursor
	if err := json.Unmarshal(b, &c); err != nil {
		return ErrCursor
	}
	known := c.Reading == ReadAll || c.Reading == ReadMost || c.Reading == ReadAny
	if !known || c.Query != s.asked || c.Weights.Documents < 0 ||
		len(c.Weights.Terms) != len(s.terms) {
		return ErrCursor
	}
	for _, n := range c.Weights.Terms {
		if n < 0 || n > c.Weights.Documents {
			return ErrCursor
		}
	}
	s.pinned, s.reading, s.weights = true, c.Reading, c.Weights
	s.last = candidate{forward: &forward{id: c.ID}, score: c.Score, key: c.Key}
	return nil
}

// asked names what is asked for: its text, what narrows it, and its order. A page is continued by the same question only. Where floors
// that move and bounds lie may change with the time between two pages.
func asked(q Query) uint64 {
	said := []any{q.Text, q.Kinds, q.Filters, q.Order} // the names of a map come sorted
	for _, f := range q.Floors {
		if f.Moves {
			f.Least, f.Most = 0, 0
		}
		said = append(said, f)
	}
	for _, b := range q.Bands {
		said = append(said, b.Name, b.Only)
	}
	b, err := json.Marshal(said)
	if err != nil {
		panic(err) // strings and truth values only
	}
	h := fnv.New64a()
	_, _ = h.Write(b) // a hash never fails
	return h.Sum64()
}
