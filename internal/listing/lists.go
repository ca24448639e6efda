package listing

import (
	"strings"
	"time"

	"github.com/google/uuid"

	"jiebang/internal/db"
	"jiebang/internal/fault"
	"jiebang/internal/policy"
	"jiebang/internal/publication"
	"jiebang/internal/work"
)

// orders are the ways in which every list of listings can be ordered. The usual one shows what came before the public last first, and a draft
// by the time at which it was begun.
func orders[R any, P interface {
	*R
	work.Record
	Listed() *publication.Entry
}](title func(P) string) []db.Order[R] {
	published := func(r P) time.Time {
		if at := r.Listed().PublishedAt; at != nil {
			return *at
		}
		return r.Base().CreatedAt
	}
	return []db.Order[R]{
		{Name: "published", Columns: []string{"COALESCE(published_at, created_at)", "id"}, Desc: true, Key: func(r *R) []any { return []any{published(r), P(r).Base().ID} }},
		{Name: "updated", Columns: []string{"updated_at", "id"}, Desc: true, Key: func(r *R) []any { return []any{P(r).Base().UpdatedAt, P(r).Base().ID} }},
		{Name: "changes", Columns: []string{"updated_at", "id"}, Key: func(r *R) []any { return []any{P(r).Base().UpdatedAt, P(r).Base().ID} }},
		{Name: "title", Columns: []string{"title", "id"}, Key: func(r *R) []any { return []any{title(r), P(r).Base().ID} }},
	}
}

// Narrowing narrows every list of listings.
type Narrowing struct {
	UpdatedSince time.Time `query:"updated_since" where:"updated_at >= ?"`
	Text         string    `query:"q"` // part of the title, among one's own

	Like string      `where:"LOWER(title) LIKE ? ESCAPE '!'"`
	Own  []uuid.UUID `where:"owner_id IN ?"`
}

// Search narrows a list to those of the reader's own records whose title has the text; owner is the organization that they ask about, if any.
// What others have published is found by search.
func (f *Narrowing) Search(reader policy.Actor, owner uuid.UUID) error {
	if f.Text == "" {
		return nil
	}
	switch {
	case !reader.SignedIn():
		return fault.SignInRequired.New()
	case owner != uuid.Nil && !reader.MemberOf(owner) && !reader.Operator:
		return fault.InvalidInput.At("query:q", fault.NotYours, "按标题查找只限本单位的记录；公开的请用 /v1/search", "By title one finds one's own records; what is public is found by /v1/search")
	case owner == uuid.Nil && !reader.Operator:
		f.Own = append([]uuid.UUID{uuid.Nil}, reader.Member...) // nobody's, so that no organization is not every one
	}
	f.Like = "%" + strings.NewReplacer("!", "!!", "%", "!%", "_", "!_").Replace(strings.ToLower(strings.TrimSpace(f.Text))) + "%"
	return nil
}
