package policy

import (
	"reflect"
	"slices"
	"testing"

	"github.com/google/uuid"
	"pgregory.net/rapid"
)

// meets asks a condition of facts as the database asks it of columns.
func (c Condition) meets(f Facts) bool {
	switch {
	case c.Always != nil:
		return *c.Always
	case c.Not != nil:
		return !c.Not.meets(f)
	case c.Any != nil:
		for _, part := range c.Any {
			if part.meets(f) {
				return true
			}
		}
		return false
	case c.All != nil:
		for _, part := range c.All {
			if !part.meets(f) {
				return false
			}
		}
		return true
	}
	ids, _ := c.Among.([]uuid.UUID)
	has := func(id uuid.UUID) bool { return id != uuid.Nil && reflect.ValueOf(ids).Len() > 0 && contains(ids, id) }
	switch c.Column {
	case string(Public), string(Filed), string(SoleOwner), string(NoAdmin), string(Opened), string(Upheld), string(Imported):
		return Truth(c.Column).of(&f)
	case string(Member), string(Admin):
		return has(f.Owner)
	case string(Counterpart):
		return slices.ContainsFunc(f.Others, has)
	case string(Former):
		return slices.ContainsFunc(f.Former, has)
	case string(Tied):
		return slices.ContainsFunc(f.Tied, has)
	case string(Adviser):
		return slices.ContainsFunc(f.Advisers, has)
	case string(Writer):
		return slices.ContainsFunc(f.Writers, has)
	case string(Reviewer):
		return slices.ContainsFunc(f.Reviewers, has)
	case string(Named):
		return slices.ContainsFunc(f.Named, func(form string) bool { return contains(c.Among.([]string), form) })
	case string(Author):
		return has(f.Author)
	case string(Submitter):
		return has(f.Submitter)
	case string(Decider):
		return has(f.Decider)
	case string(Self):
		return has(f.Subject)
	case string(Agent):
		return slices.ContainsFunc(f.Agents, has)
	case string(AtOffice):
		return f.Office != "" && contains(c.Among.([]string), f.Office)
	}
	panic("no such column: " + c.Column)
}

func contains[T comparable](in []T, v T) bool {
	for _, x := range in {
		if x == v {
			return true
		}
	}
	return false
}

// For every action there is, whoever asks and whatever the facts: the narrowed condition lets a record pass exactly if Check does.
func TestNarrowSaysTheSameAsCheck(t *testing.T) {
	people, organizations, offices := []uuid.UUID{uuid.New(), uuid.New()}, []uuid.UUID{uuid.New(), uuid.New(), uuid.New()}, []string{"SY01", "DL01"}
	names := []string{"name:甲", "code:1", "id:x"}
	maybe := func(r *rapid.T, from []uuid.UUID, name string) uuid.UUID {
		return rapid.SampledFrom(append([]uuid.UUID{uuid.Nil}, from...)).Draw(r, name)
	}
	some := func(r *rapid.T, from []uuid.UUID, name string) []uuid.UUID {
		return rapid.SliceOfNDistinct(rapid.SampledFrom(from), 0, 2, rapid.ID[uuid.UUID]).Draw(r, name)
	}
	rapid.Check(t, func(r *rapid.T) {
		var a Actor
		if rapid.Bool().Draw(r, "signed in") {
			a = Actor{
				Account: rapid.SampledFrom(people).Draw(r, "account"), Operator: rapid.Bool().Draw(r, "operator"),
				Member: some(r, organizations, "member"), Admin: some(r, organizations, "admin"),
				Ties:      rapid.SliceOfNDistinct(rapid.SampledFrom(names), 0, 2, rapid.ID[string]).Draw(r, "ties"),
				Registers: map[Register][]string{Registrar: rapid.SliceOfNDistinct(rapid.SampledFrom(offices), 0, 2, rapid.ID[string]).Draw(r, "registrar")},
			}
		}
		f := Facts{
			Owner: maybe(r, organizations, "owner"), Others: some(r, organizations, "others"), Author: maybe(r, people, "author"),
			Submitter: maybe(r, people, "submitter"), Decider: maybe(r, people, "decider"), Subject: maybe(r, people, "subject"),
			Tied: some(r, organizations, "tied"), Former: some(r, organizations, "former"), Writers: some(r, people, "writers"),
			Reviewers: some(r, people, "reviewers"), Advisers: some(r, people, "advisers"), Agents: some(r, people, "agents"), Named: rapid.SliceOfNDistinct(rapid.SampledFrom(names), 0, 2, rapid.ID[string]).Draw(r, "named"),
			Office: rapid.SampledFrom(append(offices, "")).Draw(r, "office"), Public: rapid.Bool().Draw(r, "public"),
			Draft: rapid.Bool().Draw(r, "draft"), Opened: rapid.Bool().Draw(r, "opened"), SoleOwner: rapid.Bool().Draw(r, "sole"), NoAdmin: rapid.Bool().Draw(r, "no administrator"), Upheld: rapid.Bool().Draw(r, "upheld"),
		}
		for _, rule := range Table() {
			if want, got := Allowed(a, rule.Action, f), Narrow(a, rule.Action).meets(f); got != want {
				r.Fatalf("%s: a list says %v, Check says %v", rule.Action, got, want)
			}
		}
	})
}
