// Package worktest holds the proofs that every kind of record has in common.
package worktest

import (
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/db"
	"jiebang/internal/policy"
	"jiebang/internal/when"
	"jiebang/internal/work"
)

// actors is how many random actors a kind is tried with.
const actors = 300

// ListsWhatCheckAllows holds the two ways in which policy is asked against each other, row by row: what a list shows to an actor is
// exactly what Check lets them know of. The rows are those in the database; the actors are drawn from everybody and everything that
// the rows speak of, so that they stand in every relation there is. It fails when the rows do not tell actors apart.
func ListsWhatCheckAllows[R any, P interface {
	*R
	work.Record
}, V any](t testing.TB, q *gorm.DB, k work.Records[R, P, V]) {
	t.Helper()
	var rows []R
	if err := q.Find(&rows).Error; err != nil {
		t.Fatal(err)
	}
	for i := range rows { // as everybody reads them on the day
		if dated, is := any(&rows[i]).(interface{ AsOf(day when.Day) }); is {
			dated.AsOf(db.DayOf(q))
		}
	}
	facts := make([]policy.Facts, len(rows))
	var organizations, accounts []uuid.UUID
	var offices []string
	for i := range rows {
		f, err := work.FactsOf(q, P(&rows[i]), k.Read)
		if err != nil {
			t.Fatal(err)
		}
		facts[i] = f
		organizations = append(append(append(organizations, f.Owner), f.Others...), f.Former...)
		accounts = append(accounts, f.Author, f.Submitter, f.Decider, f.Subject)
		offices = append(offices, f.Office)
	}
	random := rand.New(rand.NewPCG(1, uint64(len(rows)))) // the same actors each time
	answers := map[int]bool{}
	for range actors {
		a := actor(random, organizations, accounts, offices)
		var shown []uuid.UUID
		if err := k.Visible(q, a).Pluck("id", &shown).Error; err != nil {
			t.Fatal(err)
		}
		for i := range rows {
			id := P(&rows[i]).Base().ID
			if want, got := policy.Allowed(a, k.Read, facts[i]), slices.Contains(shown, id); want != got {
				t.Fatalf("%+v\nis shown %+v: %v, Check says %v", a, rows[i], got, want)
			}
		}
		answers[len(shown)] = true
	}
	if len(rows) < 4 || len(answers) < 2 {
		t.Fatalf("%d rows that give %d different answers prove little", len(rows), len(answers))
	}
}

// actor draws somebody: a visitor, a stranger, or whoever stands in some of the relations.
func actor(random *rand.Rand, organizations, accounts []uuid.UUID, offices []string) policy.Actor {
	some := func(ids []uuid.UUID) (out []uuid.UUID) {
		for range random.IntN(3) {
			if id := ids[random.IntN(len(ids))]; id != uuid.Nil {
				out = append(out, id)
			}
		}
		return out
	}
	if len(organizations) == 0 || random.IntN(10) == 0 {
		return policy.Actor{}
	}
	a := policy.Actor{Account: uuid.New(), Operator: random.IntN(10) == 0, Member: some(organizations)}
	if one := some(accounts); len(one) > 0 {
		a.Account = one[0]
	}
	if len(a.Member) > 0 && random.IntN(2) == 0 {
		a.Admin = a.Member[:1]
	}
	if office := offices[random.IntN(len(offices))]; office != "" && random.IntN(3) == 0 {
		a.Registers = map[policy.Register][]string{policy.Registrar: {office}}
	}
	return a
}

// RowsAreReadWhole holds a reading by hand against GORM's: every column of every row. The row that example makes and stores must have
// a value in each of its fields, or a column that is left out would not be missed.
func RowsAreReadWhole[R any, P interface {
	*R
	work.Record
}, V any](t testing.TB, q *gorm.DB, k work.Records[R, P, V], example P) {
	t.Helper()
	for _, f := range reflect.VisibleFields(reflect.TypeFor[R]()) {
		stored := reflect.TypeFor[R]().Field(f.Index[0]).Tag.Get("gorm") != "-"
		if stored && f.IsExported() && !f.Anonymous && reflect.ValueOf(example).Elem().FieldByIndex(f.Index).IsZero() {
			t.Fatalf("%s has no value in the example", f.Name)
		}
	}
	if err := q.Create(example).Error; err != nil {
		t.Fatal(err)
	}
	var want []R
	if err := q.Order("id").Find(&want).Error; err != nil {
		t.Fatal(err)
	}
	got, err := k.Rows(q.Model(new(R)).Order("id"))
	if err != nil {
		t.Fatal(err)
	}
	a, err := json.Marshal(got) // exported fields alone: what was read along is not the record's
	if err != nil {
		t.Fatal(err)
	}
	if b, err := json.Marshal(want); err != nil || !bytes.Equal(a, b) {
		t.Errorf("by hand  %s\nby GORM  %s, %v", a, b, err)
	}
}
