package people_test

import (
	"testing"

	"jiebang/internal/casttest"
	"jiebang/internal/fault"
	"jiebang/internal/people"
	"jiebang/internal/policy"
	"jiebang/internal/when"
)

func TestAnEntryHoldsFromItsFirstToItsLastDay(t *testing.T) {
	e := people.Entry{ValidFrom: when.MustDay("2026-01-01"), ValidTo: when.MustDay("2026-06-30")}
	open := people.Entry{ValidFrom: when.MustDay("2026-01-01")}
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
	casttest.Each(t, func(c *casttest.Cast) {
		person := c.Person("reg")
		c.Office("SY01", "210100")
		in := people.Input{Kind: policy.Registrar, Username: "reg", Office: "SY01", ValidFrom: when.MustDay("2026-03-11"), ValidTo: when.MustDay("2026-03-12")}
		casttest.Create(c, c.Operator, c.People.Enter, in)
		for instant, want := range map[string]bool{
			"2026-03-10T15:59:59Z": false, "2026-03-10T16:00:00Z": true, "2026-03-12T15:59:59Z": true, "2026-03-12T16:00:00Z": false,
		} {
			c.Clock.Set(instant)
			if actor := c.Again(person).Actor; actor.Is(policy.Registrar) != want {
				c.Errorf("%s: registrar at %v", instant, actor.Registers)
			}
		}
		for what, wrong := range map[string]people.Input{
			"no office":         {Kind: policy.Registrar, Username: "reg", ValidFrom: in.ValidFrom},
			"an unknown office": {Kind: policy.Registrar, Username: "reg", Office: "XX99", ValidFrom: in.ValidFrom},
			"a broker's office": {Kind: policy.Broker, Username: "reg", Office: "SY01", ValidFrom: in.ValidFrom},
			"ends before":       {Kind: policy.Broker, Username: "reg", ValidFrom: in.ValidFrom, ValidTo: when.MustDay("2026-03-01")},
			"nobody":            {Kind: policy.Broker, Username: "nobody", ValidFrom: in.ValidFrom},
		} {
			if _, err := c.People.Enter(c.Context(), c.Operator, wrong); !fault.InvalidInput.Of(err) {
				c.Errorf("%s: %v", what, err)
			}
		}
		_, err := c.People.Enter(c.Context(), person, in)
		c.Refused(err, fault.NotAllowed)
	})
}
