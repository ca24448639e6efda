package listing

import (
	"context"
	"strings"
	"time"

	"github.com/google/uuid"

	"jiebang/internal/db"
	"jiebang/internal/external"
	"jiebang/internal/fault"
	"jiebang/internal/orgs"
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
}](title func(P) string, more ...db.Order[R]) []db.Order[R] {
	published := func(r P) time.Time {
		if at := r.Listed().PublishedAt; at != nil {
			return *at
		}
		return r.Base().CreatedAt
	}
	return append([]db.Order[R]{
		{Name: "published", Columns: []string{"COALESCE(published_at, created_at)", "id"}, Desc: true, Key: func(r *R) []any { return []any{published(r), P(r).Base().ID} }},
		{Name: "updated", Columns: []string{"updated_at", "id"}, Desc: true, Key: func(r *R) []any { return []any{P(r).Base().UpdatedAt, P(r).Base().ID} }},
		{Name: "changes", Columns: []string{"updated_at", "id"}, Key: func(r *R) []any { return []any{P(r).Base().UpdatedAt, P(r).Base().ID} }},
		{Name: "title", Columns: []string{"title", "id"}, Key: func(r *R) []any { return []any{title(r), P(r).Base().ID} }},
	}, more...)
}

// Narrowing narrows every list of listings. The filter of a kind embeds it.
type Narrowing struct {
	Owner        uuid.UUID `query:"owner_id" where:"owner_id = ?"`
	UpdatedSince time.Time `query:"updated_since" where:"updated_at >= ?"`
	Text         string    `query:"q"` // part of the title or of that in the open revision, among one's own
	// Region is where the owner is. The owner is looked up row by row, so that the list is read in its order.
	Region orgs.RegionPart `query:"region" where:"COALESCE((SELECT o.region LIKE ? FROM organizations o WHERE o.id = owner_id), FALSE)"`
	Chain  ChainPart       `query:"chain" where:"CAST(chains AS text) LIKE '%\"' || ? || '\"%' ESCAPE '!'"`
	Facets bool            `query:"facets"` // what search finds, counted by facets
	Days
	// Inner says that the filter asks for what is not public: nobody but its owners and operators finds any, and only theirs is looked through.
	Inner bool
	// InState is a state that is asked of the rows of several owners; by an index of states, a database would go through those of all.
	InState publication.State `where:"COALESCE(state, '') = ?"`
	external.Filter

	// Like is looked for in the title, and in that of the open revision: whoever has just written a new one looks for that. Each of the kinds is
	// named, so that a revision is found by its key.
	Like string      `where:"LOWER(title) LIKE ? ESCAPE '!' OR EXISTS (SELECT 1 FROM revisions v WHERE v.object_kind IN ('result', 'need', 'team') AND v.object_id = id AND v.state <> 'closed' AND LOWER(v.content->>'Title') LIKE ? ESCAPE '!')"`
	Own  []uuid.UUID `where:"owner_id IN ?"`

	Begun time.Time `where:"published_at >= ?"` // of Days
	Ended time.Time `where:"published_at < ?"`

	amounts Amounts
	columns Columns
}

// Narrows gives the narrowing that a filter embeds.
func (f *Narrowing) Narrows() *Narrowing { return f }

// Narrowed is the filter of a kind.
type Narrowed interface{ Narrows() *Narrowing }

// List shows what the reader may know of: what is public, and their own in every state. bad is what is wrong with the filter of the kind.
func (s Service[R, P, C, O, V]) List(ctx context.Context, reader policy.Actor, f Narrowed, p db.Paging, bad fault.Fields) (db.Page[V], error) {
	q, n := s.unit.Query(ctx), f.Narrows()
	if err := n.check(q, bad); err != nil {
		return db.Page[V]{}, err
	}
	if err := n.LookUp(q, P(new(R)).Noun()); err != nil {
		return db.Page[V]{}, err
	}
	if err := orgs.CheckKnown(q, reader, n.Owner, "query:owner_id"); err != nil {
		return db.Page[V]{}, err
	}
	if err := n.search(reader); err != nil {
		return db.Page[V]{}, err
	}
	return s.listings.ListWithin(ctx, s.unit, reader, f, p, n.further)
}

// search narrows a list to those of the reader's own records whose title has the text. What others have published is found by search.
func (f *Narrowing) search(reader policy.Actor) error {
	if f.Inner && !reader.Operator && !reader.MemberOf(f.Owner) {
		f.own(reader)
	}
	if f.Text == "" {
		return nil
	}
	switch {
	case !reader.SignedIn():
		return fault.SignInRequired.New()
	case f.Owner != uuid.Nil && !reader.MemberOf(f.Owner) && !reader.Operator:
		return fault.InvalidInput.At("query:q", fault.NotYours, "按标题查找只限本单位的记录；公开的请用 /v1/search", "By title one finds one's own records; what is public is found by /v1/search")
	case f.Owner == uuid.Nil && !reader.Operator:
		f.own(reader)
	}
	f.Like = Containing(strings.ToLower(strings.TrimSpace(f.Text)))
	return nil
}

// Within says which state a filter of a kind asks for, and which of its states is public. Where one that is not is asked of several
// organizations of the reader's, each of which has its own rows, it is taken over from the filter (InState).
func (f *Narrowing) Within(reader policy.Actor, state *publication.State, public publication.State) {
	f.Inner = *state != "" && *state != public
	if f.Inner && f.Owner == uuid.Nil && len(reader.Member) > 1 && !reader.Operator {
		f.InState, *state = *state, ""
	}
}

// own narrows a list to what the reader's organizations have: to nothing, where there is none.
func (f *Narrowing) own(reader policy.Actor) {
	f.Own = reader.Member
	if len(f.Own) == 0 {
		f.Own = []uuid.UUID{uuid.Nil}
	}
}

// Containing is the pattern, for LIKE ? ESCAPE '!', of what has a text in it.
func Containing(text string) string {
	return "%" + strings.NewReplacer("!", "!!", "%", "!%", "_", "!_").Replace(text) + "%"
}
