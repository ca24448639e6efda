package people

import (
	"testing"
	"time"

	"jiebang/internal/accounts"
	"jiebang/internal/db"
	"jiebang/internal/db/dbtest"
	"jiebang/internal/fault"
	"jiebang/internal/orgs"
	"jiebang/internal/policy"
	"jiebang/internal/when"
	"jiebang/internal/work"
)

func TestAnEntryHoldsFromItsFirstToItsLastDay(t *testing.T) {
	e := Entry{ValidFrom: when.MustDay("2026-01-01"), ValidTo: when.MustDay("2026-06-30")}
	open := Entry{ValidFrom: when.MustDay("2026-01-01")}
	for day, want := range map[string][2]bool{
		"2025-12-31": {false, false}, "2026-01-01": {true, true}, "2026-06-30": {true, true}, "2026-07-01": {false, true},
	} {
		if d := when.MustDay(day); e.ValidOn(d) != want[0] || open.ValidOn(d) != want[1] {
			t.Errorf("%s: %v, open %v", day, e.ValidOn(d), open.ValidOn(d))
		}
	}
}

// Who is a registrar is asked of the register each day, in Shanghai's days.
func TestARegistrarIsOneOnlyWhileTheEntryHolds(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		now := time.Date(2026, 3, 10, 2, 0, 0, 0, time.UTC)
		unit := work.New(dbtest.Open(t, o), func() time.Time { return now }, func() {})
		a, err := accounts.New(unit).SignUp(t.Context(), work.Call{}, accounts.SignUpInput{Username: "reg", Password: "correct horse", Name: "何"})
		if err != nil {
			t.Fatal(err)
		}
		operator := work.Call{Actor: policy.Actor{Account: a.ID, Operator: true}}
		if _, err := orgs.New(unit).CreateOffice(t.Context(), operator, "SY01", "登记处", "210100"); err != nil {
			t.Fatal(err)
		}
		s := New(unit)
		in := Input{Register: Registrar, Username: "reg", Office: "SY01", ValidFrom: when.MustDay("2026-03-11"), ValidTo: when.MustDay("2026-03-12")}
		if _, err := s.Enter(t.Context(), operator, in); err != nil {
			t.Fatal(err)
		}
		for instant, want := range map[string]int{"2026-03-10T15:59:59Z": 0, "2026-03-10T16:00:00Z": 1, "2026-03-12T15:59:59Z": 1, "2026-03-12T16:00:00Z": 0} {
			now, _ = time.Parse(time.RFC3339, instant)
			actor := policy.Actor{Account: a.ID}
			if err := s.Roles(t.Context(), &actor); err != nil || len(actor.RegistrarAt) != want {
				t.Errorf("%s: registrar at %v, %v", instant, actor.RegistrarAt, err)
			}
		}
		for what, wrong := range map[string]Input{
			"no office":         {Register: Registrar, Username: "reg", ValidFrom: in.ValidFrom},
			"an unknown office": {Register: Registrar, Username: "reg", Office: "XX99", ValidFrom: in.ValidFrom},
			"a broker's office": {Register: Broker, Username: "reg", Office: "SY01", ValidFrom: in.ValidFrom},
			"ends before":       {Register: Broker, Username: "reg", ValidFrom: in.ValidFrom, ValidTo: when.MustDay("2026-03-01")},
			"nobody":            {Register: Broker, Username: "nobody", ValidFrom: in.ValidFrom},
		} {
			if _, err := s.Enter(t.Context(), operator, wrong); !fault.InvalidInput.Of(err) {
				t.Errorf("%s: %v", what, err)
			}
		}
		if _, err := s.Enter(t.Context(), work.Call{Actor: policy.Actor{Account: a.ID}}, in); !fault.NotAllowed.Of(err) {
			t.Errorf("somebody else: %v", err)
		}
	})
}
