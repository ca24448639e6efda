package offices_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"jiebang/internal/casttest"
	"jiebang/internal/fault"
	"jiebang/internal/offices"
	"jiebang/internal/people"
	"jiebang/internal/policy"
	"jiebang/internal/when"
	"jiebang/internal/work"
)

// A seller's office is the one with the narrowest region around the seller's place.
func TestTheOfficeOfAPlace(t *testing.T) {
	casttest.Each(t, func(c *casttest.Cast) {
		for code, region := range map[string]string{"LN00": "210000", "SY01": "210100", "HN01": "210112", "BJ01": "110000"} {
			c.Office(code, region)
		}
		for region, want := range map[string]string{
			"210112": "HN01", "210106": "SY01", "210100": "SY01", "210211": "LN00", "210000": "LN00", "110108": "BJ01", "440305": "",
		} {
			got, err := offices.For(c.DB.Reader, region, when.MustDay("2026-03-10"))
			if got != want || (want == "") != fault.NoOffice.Of(err) {
				c.Errorf("%s: %q, %v; want %q", region, got, err, want)
			}
		}
		_, err := c.Offices.Create(c.Context(), c.Operator, offices.Input{Code: "SY02", Name: "又一个", Region: "210100"})
		c.Refused(err, fault.OfficeRegionTaken)
		_, err = c.Offices.Create(c.Context(), c.Operator, offices.Input{Code: "SY01", Name: "又一个", Region: "210300"})
		c.Refused(err, fault.OfficeCodeTaken)
	})
}

// From the day after an office's last its successor has its region, its registrars its applications; and whoever takes over from that one
// has both.
func TestAnOfficeEndsAndAnotherTakesOver(t *testing.T) {
	casttest.Each(t, func(c *casttest.Cast) {
		ids := map[string]uuid.UUID{}
		for code, region := range map[string]string{"SY01": "210100", "HN01": "210112", "LN00": "210000"} {
			ids[code] = casttest.Create(c, c.Operator, c.Offices.Create, offices.Input{Code: code, Name: "登记机构", Region: region})
		}
		old, next, last := c.Registrar("HN01"), c.Registrar("SY01"), c.Registrar("LN00")
		end := func(code, day, successor string) error {
			o, err := c.Offices.Get(c.Context(), c.Operator.Actor, ids[code])
			c.Must(err)
			a, err := c.Offices.End(c.Context(), c.Operator, o.ID, o.Version, offices.Closing{Last: when.MustDay(day), Successor: successor})
			if err != nil {
				return err
			}
			if got, err := offices.For(c.DB.Reader, a.View.Region, when.MustDay(day).AddDays(1)); got != code || err != nil {
				c.Errorf("one operator alone ended %s: %s, %v", code, got, err)
			}
			_, err = c.Offices.Confirm(c.Context(), c.Operator, o.ID, a.View.Version)
			c.Refused(err, fault.OwnDecision)
			casttest.Change(c, c.Deputy, c.Offices.Confirm, o.ID, a.View.Version)
			return nil
		}
		at := func(who work.Call) string {
			codes := c.Again(who).Actor.RegistrarAt()
			slices.Sort(codes)
			return strings.Join(codes, " ")
		}
		c.Refused(end("HN01", "2026-03-09", "SY01"), fault.InvalidInput) // yesterday
		c.Refused(end("HN01", "2026-03-31", "HN01"), fault.InvalidInput)
		c.Refused(end("HN01", "2026-03-31", "XX99"), fault.InvalidInput)
		c.Must(end("HN01", "2026-03-31", "SY01"))
		c.Refused(end("SY01", "2026-03-31", "HN01"), fault.InvalidInput) // it ends itself
		for day, want := range map[string]string{"2026-03-31": "HN01", "2026-04-01": "SY01"} {
			if got, err := offices.For(c.DB.Reader, "210112", when.MustDay(day)); got != want || err != nil {
				c.Errorf("%s: %s, %v", day, got, err)
			}
		}
		c.Clock.Set("2026-03-31T15:00:00Z")
		if got := at(old) + "|" + at(next); got != "HN01|SY01" {
			c.Errorf("on the last day: %s", got)
		}
		c.Clock.Set("2026-03-31T16:00:00Z")
		if got := at(old) + "|" + at(next); got != "|HN01 SY01" {
			c.Errorf("on the day after: %s", got)
		}
		if ids, err := people.RegistrarsAt(c.DB.Reader, "HN01", when.MustDay("2026-04-01")); err != nil || len(ids) != 1 || ids[0] != next.Actor.Account {
			c.Errorf("registrars for the old office: %v, %v", ids, err)
		}
		c.Refused(end("HN01", "2026-12-31", "LN00"), fault.OfficeEnded)
		_, err := c.People.Enter(c.Context(), c.Operator, people.Input{Kind: policy.Registrar, Username: last.Actor.Username, Office: "HN01", ValidFrom: when.MustDay("2026-04-02")})
		c.Refused(err, fault.InvalidInput)

		c.Must(end("SY01", "2026-04-30", "LN00"))
		c.Clock.Set("2026-05-01T02:00:00Z")
		if got := at(next) + "|" + at(last); got != "|HN01 LN00 SY01" {
			c.Errorf("after both: %s", got)
		}
		if got, err := offices.For(c.DB.Reader, "210112", when.MustDay("2026-05-01")); got != "LN00" || err != nil {
			c.Errorf("%s, %v", got, err)
		}
		casttest.Create(c, c.Operator, c.Offices.Create, offices.Input{Code: "HN02", Name: "又一个", Region: "210112"}) // its region is free again
		if got, err := offices.For(c.DB.Reader, "210112", when.MustDay("2026-05-01")); got != "HN02" || err != nil {
			c.Errorf("%s, %v", got, err)
		}
	})
}

// What one operator changes of an office another confirms; until then it is as it was, and any operator can take it back.
func TestAnOfficeIsChangedByTwo(t *testing.T) {
	casttest.Each(t, func(c *casttest.Cast) {
		c.Office("LN00", "210000")
		id := casttest.Create(c, c.Operator, c.Offices.Create, offices.Input{Code: "SY01", Name: "沈阳登记处", Region: "210100"})
		wider := offices.Input{Code: "SY01", Name: "沈阳登记处", Region: "210200"}
		v := casttest.Decide(c, c.Operator, c.Offices.Edit, id, 1, wider)
		if v.Region != "210100" || v.Proposal.Region != "210200" {
			c.Errorf("%+v", v)
		}
		if public, err := c.Offices.Get(c.Context(), policy.Actor{}, id); err != nil || public.Proposal != nil {
			c.Errorf("what waits is told to everybody: %+v, %v", public, err)
		}
		v = casttest.Change(c, c.Deputy, c.Offices.Drop, id, v.Version)
		_, err := c.Offices.Confirm(c.Context(), c.Deputy, id, v.Version)
		c.Refused(err, fault.NothingToConfirm)
		v = casttest.Decide(c, c.Operator, c.Offices.Edit, id, v.Version, wider)
		_, err = c.Offices.Confirm(c.Context(), c.Operator, id, v.Version)
		c.Refused(err, fault.OwnDecision)
		casttest.Change(c, c.Deputy, c.Offices.Confirm, id, v.Version)
		for region, want := range map[string]string{"210106": "LN00", "210211": "SY01"} {
			if got, err := offices.For(c.DB.Reader, region, when.MustDay("2026-03-10")); got != want || err != nil {
				c.Errorf("%s: %s, %v", region, got, err)
			}
		}
		taken := casttest.Decide(c, c.Operator, c.Offices.Edit, id, 5, offices.Input{Code: "SY01", Name: "沈阳登记处", Region: "210000"})
		_, err = c.Offices.Confirm(c.Context(), c.Deputy, id, taken.Version)
		c.Refused(err, fault.OfficeRegionTaken)
	})
}
