package ledger

import (
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"gorm.io/gorm"

	"jiebang/internal/db"
	"jiebang/internal/db/dbtest"
	"jiebang/internal/policy"
	"jiebang/internal/when"
)

// publicAnswers asks what the public may about the months of the tests' histories.
func (b *book) publicAnswers(t *testing.T, s *Service) []Turnover {
	t.Helper()
	var out []Turnover
	for _, c := range publicCuts {
		for _, elsewhere := range []bool{false, true} {
			q := Query{From: when.MustDay("2024-10-01"), To: when.MustDay("2026-12-31"), By: Monthly, Elsewhere: elsewhere}
			if len(c) > 0 {
				q.GroupBy = c[0]
			}
			if len(c) > 1 {
				switch c[1] {
				case ByOffice:
					q.Office = "SY01"
				case BySellerRegion:
					q.SellerRegion = "210000"
				case ByBuyerRegion:
					q.BuyerRegion = "abroad"
				case ByField:
					q.Field = "nuclear"
				}
			}
			answer, err := s.Turnover(t.Context(), policy.Actor{}, q)
			if err != nil {
				t.Fatalf("%+v: %v", q, err)
			}
			answer.names = nil
			out = append(out, answer)
		}
	}
	return out
}

// A process that has followed everything itself, one that begins with what is kept, and one that begins in between tell the same; and the one
// that begins with what is kept reads no entry.
func TestWhatIsKeptTellsTheSame(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		b := open(t, o)
		b.offices(t)
		keeper, half := New(b.unit), New(b.unit)
		dice := rand.New(rand.NewPCG(21, 4))
		b.history(t, dice, 60)
		month := when.DayOf(b.clock()).Month()
		for step := range 6 {
			b.setTime(month.Last().AddDays(2).Start())
			month = month.AddMonths(1)
			if step%2 == 0 {
				if err := keeper.Keep(t.Context(), b.db); err != nil {
					t.Fatal(err)
				}
			}
			for range 1 + 9*step%20 {
				s := one()
				s.BuyerRegion, s.Field, s.Elsewhere = testBuyers[dice.IntN(len(testBuyers))], testFields[dice.IntN(len(testFields))], dice.IntN(3) == 0
				ps := registered(s)
				if dice.IntN(4) == 0 { // taken over
					ps[0].On = month.AddMonths(-2 - dice.IntN(4)).First()
				}
				b.append(t, ps...)
			}
			plain := New(b.unit)
			plain.releases.streams = map[course]*stream{} // knows of nothing that is kept
			for _, c := range courses {
				plain.releases.streams[c] = &stream{course: c}
			}
			want := b.publicAnswers(t, plain)
			for name, s := range map[string]*Service{"one that begins": New(b.unit), "one that was there": half, "the keeper": keeper} {
				if got := b.publicAnswers(t, s); !reflect.DeepEqual(got, want) {
					t.Fatalf("step %d: %s tells %+v, want %+v", step, name, got, want)
				}
			}
			b.verified(t)
		}
		b.setTime(month.Last().AddDays(40).Start())
		if err := keeper.Keep(t.Context(), b.db); err != nil {
			t.Fatal(err)
		}
		want := b.publicAnswers(t, half)
		b.verified(t)
		fresh := New(b.unit)
		for _, elsewhere := range []bool{false, true} {
			if err := b.unit.View(t.Context(), func(q *gorm.DB) error {
				h, err := head(q)
				if err != nil {
					return err
				}
				_, err = fresh.releases.at(q, h, over(b.clock()), elsewhere)
				return err
			}); err != nil {
				t.Fatal(err)
			}
			if s := fresh.releases.streams[course{elsewhere: elsewhere}]; !s.cold || s.open != nil || len(s.released) == 0 {
				t.Errorf("elsewhere %v: it has read entries: %+v", elsewhere, s)
			}
		}
		if got := b.publicAnswers(t, fresh); !reflect.DeepEqual(got, want) {
			t.Errorf("told %+v, want %+v", got, want)
		}
		for _, r := range keeper.releases.streams[course{}].released {
			if r.cells != nil && r.kept {
				t.Error("what is kept stays in memory")
			}
		}
	})
}

func TestAReleaseThatWasTamperedWithShows(t *testing.T) {
	for statement, says := range map[string]string{
		"UPDATE ledger_release_tables SET blocks = REPLACE(blocks, '\"turnover\":1', '\"turnover\":2') WHERE dimension = 'kind'": "its table by kind is not what the entries sum to",
		"DELETE FROM ledger_release_tables WHERE dimension = 'office+field'":                                                     "without its table by office+field",
		"UPDATE ledger_releases SET month = '2031-01'":                                                                           "is kept as of",
		"UPDATE ledger_releases SET through = through + 100000":                                                                  "releases are kept",
	} {
		dbtest.Each(t, func(t *testing.T, o db.Options) {
			b := open(t, o)
			b.history(t, rand.New(rand.NewPCG(3, 3)), 60)
			b.setTime(b.clock().AddDate(0, 3, 0))
			if err := b.Keep(t.Context(), b.db); err != nil {
				t.Fatal(err)
			}
			b.verified(t)
			if err := b.db.Writer.Exec(statement).Error; err != nil {
				t.Fatal(err)
			}
			r, err := b.Verify(t.Context())
			if found := strings.Join(r.Problems, "\n"); err != nil || !strings.Contains(found, says) {
				t.Errorf("%s\nfound: %s, %v\nexpected: %s", statement, found, err, says)
			}
		})
	}
}
