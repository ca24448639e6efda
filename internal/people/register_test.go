package people_test

import (
	"testing"

	"jiebang/internal/casttest"
	"jiebang/internal/fault"
	"jiebang/internal/people"
	"jiebang/internal/policy"
	"jiebang/internal/when"
	"jiebang/internal/work"
)

func TestAnEntryHoldsFromItsFirstToItsLastDay(t *testing.T) {
	first, last := when.MustDay("2026-01-01"), when.MustDay("2026-06-30")
	e := people.Entry{ValidFrom: first, ValidTo: last, ConfirmedFrom: first, ConfirmedTo: last}
	open := people.Entry{ValidFrom: first, ConfirmedFrom: first}
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
		c.Enter(in)
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
			"long past":         {Kind: policy.Broker, Username: "reg", ValidFrom: when.MustDay("2025-03-08")},
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

// One operator gives nobody power: what one proposes counts on the days that another confirms, who is not the person.
func TestAnEntryCountsOnceASecondOperatorConfirmsIt(t *testing.T) {
	casttest.Each(t, func(c *casttest.Cast) {
		c.Office("SY01", "210100")
		person := c.Person("reg")
		at := func() bool { return c.Again(person).Actor.Is(policy.Registrar) }
		in := people.Input{Kind: policy.Registrar, Username: "reg", Office: "SY01", ValidFrom: when.MustDay("2026-03-01"), ValidTo: when.MustDay("2026-03-31")}
		a, err := c.People.Enter(c.Context(), c.Operator, in)
		c.Must(err)
		if ids, err := people.RegistrarsAt(c.DB.Reader, "SY01", when.MustDay("2026-03-10")); at() || err != nil || len(ids) != 0 {
			c.Errorf("one operator made a registrar: %v, %v", ids, err)
		}
		id, version := a.ID, a.View.Version
		_, err = c.People.Confirm(c.Context(), c.Operator, id, version)
		c.Refused(err, fault.OwnDecision)
		_, err = c.People.Confirm(c.Context(), person, id, version)
		c.Refused(err, fault.NotAllowed)
		v := casttest.Change(c, c.Deputy, c.People.Confirm, id, version)
		if !at() || !v.Confirmed() || v.ConfirmedBy == nil || v.ConfirmedBy.Username != "deputy" || v.By.Username != "operator" {
			c.Errorf("two operators made no registrar: %+v", v)
		}
		_, err = c.People.Confirm(c.Context(), c.Deputy, id, v.Version)
		c.Refused(err, fault.NothingToConfirm)

		// Nor do days that are added count, by whichever way; those that were taken away come back by two only.
		v = casttest.Decide(c, c.Deputy, c.People.End, id, v.Version, when.MustDay("2026-03-10"))
		if !v.Confirmed() {
			c.Error("to end an entry takes one operator")
		}
		v = casttest.Decide(c, c.Deputy, c.People.End, id, v.Version, when.MustDay("2026-04-30"))
		c.Clock.Set("2026-03-11T04:00:00Z")
		if at() || v.Confirmed() {
			c.Error("one operator prolonged an entry by ending it later")
		}
		v = casttest.Decide(c, c.Deputy, c.People.Correct, id, v.Version, people.Correction{ValidFrom: in.ValidFrom})
		if at() || v.Confirmed() {
			c.Error("one operator prolonged an entry by correcting it")
		}
		_, err = c.People.Confirm(c.Context(), c.Deputy, id, v.Version)
		c.Refused(err, fault.OwnDecision)
		if casttest.Change(c, c.Operator, c.People.Confirm, id, v.Version); !at() {
			c.Error("two operators prolonged nothing")
		}
	})
}

// An operator is no registrar; who was both before stays an operator, and is told of.
func TestAnOperatorIsNoRegistrar(t *testing.T) {
	casttest.Each(t, func(c *casttest.Cast) {
		c.Office("SY01", "210100")
		in := people.Input{Kind: policy.Registrar, Username: "deputy", Office: "SY01", ValidFrom: when.MustDay("2026-03-01")}
		_, err := c.People.Enter(c.Context(), c.Operator, in)
		c.Refused(err, fault.InvalidInput)
		c.Must(c.DB.Writer.Exec("INSERT INTO register_entries (id, version, created_at, updated_at, kind, account_id, office, certificate, valid_from, confirmed_from)"+
			" VALUES (?, 1, ?, ?, 'registrar', ?, 'SY01', '', '2020-01-01', '2020-01-01')", work.NewID(), c.Clock.Now(), c.Clock.Now(), c.Deputy.Actor.Account).Error)
		if c.Again(c.Deputy).Actor.Is(policy.Registrar) {
			c.Error("an operator acts as a registrar")
		}
		if ids, err := people.RegistrarsAt(c.DB.Reader, "SY01", when.MustDay("2026-03-10")); err != nil || len(ids) != 0 {
			c.Errorf("registrars: %v, %v", ids, err)
		}
		if names, err := people.Both(c.DB.Reader, when.MustDay("2026-03-10")); err != nil || len(names) != 1 || names[0] != "deputy" {
			c.Errorf("both: %v, %v", names, err)
		}
	})
}
