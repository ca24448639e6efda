package demo_test

import (
	"errors"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"jiebang/internal/accounts"
	"jiebang/internal/app"
	"jiebang/internal/challenges"
	"jiebang/internal/db"
	"jiebang/internal/db/dbtest"
	"jiebang/internal/demo"
	"jiebang/internal/ledger"
	"jiebang/internal/policy"
	"jiebang/internal/seal"
	"jiebang/internal/when"
	"jiebang/internal/work"
)

func open(t *testing.T, o db.Options, clock when.Clock) *app.App {
	t.Helper()
	data := o.Dir
	if data == "" {
		data = t.TempDir()
	}
	secrets := filepath.Join(data, "secrets.json")
	if _, err := seal.Open(secrets, true); err != nil {
		t.Fatal(err)
	}
	a, err := app.Open(t.Context(), app.Config{DatabaseURL: o.URL, Secrets: secrets, Data: data, DBConns: 4, Busy: time.Second, Poll: time.Second}, clock)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	})
	return a
}

func seed(t *testing.T, o db.Options, today string) (*app.App, ledger.Turnover) {
	t.Helper()
	clock := &demo.Clock{}
	a := open(t, o, clock.Now)
	now, err := time.Parse(time.RFC3339, today)
	if err != nil {
		t.Fatal(err)
	}
	if err := demo.Seed(t.Context(), a, clock, now, func(int, int) {}); err != nil {
		t.Fatal(err)
	}
	month := when.DayOf(now).Month()
	figures, err := a.Ledger.Turnover(t.Context(), policy.Actor{Account: uuid.New(), Operator: true}, ledger.Query{From: month.AddMonths(-12).First(), To: month.Last(), By: ledger.Monthly})
	if err != nil {
		t.Fatal(err)
	}
	return a, figures
}

func TestTheDemoHoldsAYearThatAddsUp(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		a, figures := seed(t, o, "2026-11-25T06:00:00Z")
		if n := figures.Total.Contracts; n != 17 { // fifteen, one of them cancelled, and those of three projects
			t.Errorf("%d contracts count", n)
		}
		found, err := a.Verify(t.Context())
		if err != nil || len(found.Problems) > 0 {
			t.Errorf("verify: %v %v", err, found.Problems)
		}
		if attachments, err := a.Files.Verify(t.Context()); err != nil || attachments.Files < 4 {
			t.Errorf("%+v, %v", attachments, err)
		}
		if n, err := a.Settle(t.Context()); err != nil || n != 60 { // thirty results, twenty needs and ten challenges that are public
			t.Errorf("%d documents in the index, %v", n, err)
		}
		var shown []challenges.State
		if err := a.Unit.Query(t.Context()).Model(&challenges.Challenge{}).Distinct("state").Pluck("state", &shown).Error; err != nil {
			t.Error(err)
		}
		for _, s := range challenges.States {
			if !slices.Contains(shown, s) {
				t.Errorf("no challenge is %s", s)
			}
		}
		again, err := demo.Seeded(t.Context(), a)
		if err != nil || !again {
			t.Errorf("seeded: %v %v", again, err)
		}
	})
}

// Whatever day the demo starts on, its year is whole.
func TestTheDemoCanStartOnAnyDay(t *testing.T) {
	for _, day := range []string{"2026-03-01T00:00:00Z", "2026-02-28T17:00:00Z", "2028-02-29T08:00:00Z", "2026-12-31T20:00:00Z"} {
		t.Run(day, func(t *testing.T) {
			t.Parallel()
			_, figures := seed(t, dbtest.New(t, db.SQLite), day)
			if figures.Total.Contracts != 17 {
				t.Errorf("%d contracts count", figures.Total.Contracts)
			}
		})
	}
}

func TestADatabaseInUseIsLeftAlone(t *testing.T) {
	a := open(t, dbtest.New(t, db.SQLite), when.System)
	if _, err := a.Accounts.SignUp(t.Context(), work.Call{}, accounts.SignUpInput{Username: "someone", Password: "correct horse", Name: "某人"}); err != nil {
		t.Fatal(err)
	}
	if _, err := demo.Seeded(t.Context(), a); !errors.Is(err, demo.ErrNotEmpty) {
		t.Errorf("got %v", err)
	}
}
