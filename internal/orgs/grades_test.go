package orgs_test

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"jiebang/internal/casttest"
	"jiebang/internal/db"
	"jiebang/internal/fault"
	"jiebang/internal/orgs"
	"jiebang/internal/policy"
	"jiebang/internal/when"
	"jiebang/internal/work/worktest"
)

func grade(o casttest.Organization, kind orgs.GradeKind, from, to, certificate string) orgs.GradeInput {
	in := orgs.GradeInput{OrganizationID: o.ID, Kind: kind, ValidFrom: when.MustDay(from), Certificate: certificate}
	if to != "" {
		in.ValidTo = when.MustDay(to)
	}
	return in
}

// How many organizations have a grade on a day follows from what was confirmed, by the days of the certificates.
func TestGradesAreCountedOnADay(t *testing.T) {
	casttest.Each(t, func(c *casttest.Cast) {
		firm, other := c.Single("辽浑智造装备有限公司", "enterprise", "210106"), c.Single("渤岬泵阀重工有限公司", "enterprise", "210211")
		high := casttest.Create(c, firm.Editor, c.Orgs.ProposeGrade, grade(firm, orgs.HighTech, "2024-02-29", "", "GR202421000123"))
		on := func(day, region string) map[orgs.GradeKind]int64 {
			now := c.Clock.Now()
			defer func() { c.Clock.Set(now.Format(time.RFC3339)) }()
			if day > when.DayOf(now).String() {
				_, err := c.Orgs.CountGrades(c.Context(), policy.Actor{}, orgs.GradeQuestion{Day: when.MustDay(day)})
				c.Refused(err, fault.InvalidInput) // nobody knows yet
				c.Clock.Set(day + "T04:00:00Z")
			}
			counted, err := c.Orgs.CountGrades(c.Context(), policy.Actor{}, orgs.GradeQuestion{Day: when.MustDay(day), Region: orgs.RegionPart(region)})
			c.Must(err)
			out := map[orgs.GradeKind]int64{}
			for i, k := range counted.Kinds {
				out[k] = counted.Held[i]
			}
			return out
		}
		if n := on("2026-03-10", "")[orgs.HighTech]; n != 0 {
			c.Errorf("what nobody confirmed counts: %d", n)
		}
		casttest.Change(c, c.Operator, c.Orgs.ConfirmGrade, high, 1)
		sme := casttest.Create(c, c.Operator, c.Orgs.ProposeGrade, grade(other, orgs.TechSME, "2026-03-20", "", "202621021108000123"))
		_, err := c.Orgs.ConfirmGrade(c.Context(), c.Operator, sme, 1)
		c.Refused(err, fault.OwnDecision) // who proposed it does not confirm it
		casttest.Change(c, c.Deputy, c.Orgs.ConfirmGrade, sme, 1)
		for _, asked := range []struct {
			day, region string
			high, sme   int64
		}{
			{"2024-02-28", "", 0, 0}, {"2024-02-29", "", 1, 0}, {"2026-12-31", "", 1, 1}, {"2027-01-01", "", 1, 0}, {"2027-02-27", "", 1, 0}, {"2027-02-28", "", 0, 0},
			{"2026-12-31", "210100", 1, 0}, {"2026-12-31", "210211", 0, 1}, {"2026-12-31", "210000", 1, 1},
		} {
			if got := on(asked.day, asked.region); got[orgs.HighTech] != asked.high || got[orgs.TechSME] != asked.sme || len(got) != 6 {
				c.Errorf("%s %s: %v", asked.day, asked.region, got)
			}
		}

		// It is ended early, and what never was so counts on no day.
		last := when.MustDay("2026-06-30")
		casttest.Decide(c, c.Operator, c.Orgs.EndGrade, high, 2, orgs.GradeEnding{LastDay: last, Reason: "已被取消资格"})
		if on("2026-06-30", "")[orgs.HighTech] != 1 || on("2026-07-01", "")[orgs.HighTech] != 0 {
			c.Error("it does not end with its last day")
		}
		_, err = c.Orgs.EndGrade(c.Context(), c.Operator, high, 3, orgs.GradeEnding{LastDay: last, Reason: "已被取消资格"})
		c.Refused(err, fault.InvalidInput)
		casttest.Decide(c, c.Operator, c.Orgs.EndGrade, sme, 2, orgs.GradeEnding{Reason: "录入有误"})
		if on("2026-12-31", "")[orgs.TechSME] != 0 {
			c.Error("what never was so counts")
		}
		page, err := c.Orgs.ListGrades(c.Context(), policy.Actor{}, orgs.GradeFilter{}, db.Paging{Limit: 20})
		c.Must(err)
		for _, g := range page.Items {
			if g.Reason != "" || g.By != nil || g.ApprovedBy != nil || g.Organization.Name == "" {
				c.Errorf("a visitor reads %+v", g)
			}
		}
		if len(page.Items) != 2 {
			c.Errorf("the history has %d rows", len(page.Items))
		}
	})
}

// Each grade is for its kinds of organization, holds as long as its certificate may, and days of one do not overlap.
func TestGradesAreHeldToTheirRules(t *testing.T) {
	casttest.Each(t, func(c *casttest.Cast) {
		firm, other, uni := c.Single("辽浑智造装备有限公司", "enterprise", "210106"), c.Single("渤岬泵阀重工有限公司", "enterprise", "210211"), c.Single("盛北理工大学", "university", "210112")
		for _, wrong := range []struct {
			in orgs.GradeInput
			at string
		}{
			{grade(uni, orgs.HighTech, "2026-01-01", "", "GR1"), "/kind"},
			{grade(firm, orgs.KeyInstitution, "2026-01-01", "", "沈科发〔2026〕1号"), "/kind"},
			{grade(firm, "platinum", "2026-01-01", "", "GR1"), "/kind"},
			{grade(firm, orgs.HighTech, "2026-01-01", "2029-01-01", "GR1"), "/valid_to"},
			{grade(firm, orgs.TechSME, "2026-03-20", "2027-03-20", "2026"), "/valid_to"},
			{grade(firm, orgs.Gazelle, "2026-03-20", "2026-03-19", "辽科办发〔2026〕1号"), "/valid_to"},
			{grade(firm, orgs.Gazelle, "1999-12-31", "", "辽科办发〔2026〕1号"), "/valid_from"},
			{grade(firm, orgs.Gazelle, "2036-01-01", "", "辽科办发〔2026〕1号"), "/valid_from"},
			{grade(firm, orgs.Gazelle, "2026-01-01", "", " "), "/certificate"},
			{grade(casttest.Organization{ID: uuid.New()}, orgs.Gazelle, "2026-01-01", "", "辽科办发〔2026〕1号"), "/organization_id"},
		} {
			_, err := c.Orgs.ProposeGrade(c.Context(), c.Operator, wrong.in)
			c.Refused(err, fault.InvalidInput)
			var f *fault.Error
			if !errors.As(err, &f) || len(f.Fields) != 1 || f.Fields[0].Pointer != wrong.at {
				c.Errorf("%+v: %v", wrong.in, err)
			}
		}
		first := casttest.Create(c, firm.Editor, c.Orgs.ProposeGrade, grade(firm, orgs.HighTech, "2023-12-01", "", "ＧＲ202321000123"))
		_, err := c.Orgs.ProposeGrade(c.Context(), c.Operator, grade(firm, orgs.HighTech, "2026-11-30", "", "GR202621000777"))
		c.Refused(err, fault.GradeOverlap)
		next := casttest.Create(c, c.Operator, c.Orgs.ProposeGrade, grade(firm, orgs.HighTech, "2026-12-01", "", "GR202621000777"))
		casttest.Change(c, c.Operator, c.Orgs.ConfirmGrade, first, 1)
		_, err = c.Orgs.ProposeGrade(c.Context(), other.Editor, grade(other, orgs.HighTech, "2023-12-01", "", "GR202321000123"))
		c.Refused(err, fault.CertificateTaken) // in whatever width
		_, err = c.Orgs.ProposeGrade(c.Context(), other.Editor, grade(firm, orgs.Eaglet, "2023-12-01", "", "辽科办发〔2026〕1号"))
		c.Refused(err, fault.NotAllowed)
		_, err = c.Orgs.ProposeGrade(c.Context(), uni.Editor, grade(uni, orgs.KeyInstitution, "2026-01-01", "", "沈科发〔2026〕1号"))
		c.Refused(err, fault.NotAllowed) // the bureau's own list
		key := casttest.Create(c, c.Operator, c.Orgs.ProposeGrade, grade(uni, orgs.KeyInstitution, "2026-01-01", "", "沈科发〔2026〕1号"))
		casttest.Change(c, c.Deputy, c.Orgs.ConfirmGrade, key, 1)

		casttest.Change(c, c.Operator, c.Orgs.WithdrawGrade, next, 1)
		again := casttest.Create(c, firm.Editor, c.Orgs.ProposeGrade, grade(firm, orgs.HighTech, "2026-12-01", "", "GR202621000777")) // what was withdrawn holds nothing
		casttest.Decide(c, c.Operator, c.Orgs.RefuseGrade, again, 1, "证书看不清")
		_, err = c.Orgs.ConfirmGrade(c.Context(), c.Operator, again, 2)
		c.Refused(err, fault.WrongState)

		pending := c.Pending("待核验的公司", "enterprise", "210106")
		waits := casttest.Create(c, pending.Editor, c.Orgs.ProposeGrade, grade(pending, orgs.Eaglet, "2026-01-01", "", "辽科办发〔2026〕1号"))
		_, err = c.Orgs.ConfirmGrade(c.Context(), c.Operator, waits, 1)
		c.Refused(err, fault.OrganizationPending)

		v, err := c.Orgs.Get(c.Context(), policy.Actor{}, uni.ID)
		c.Must(err)
		if fmt.Sprint(v.Grades) != "[key_institution]" {
			c.Errorf("the university is told as %v", v.Grades)
		}
		page, err := c.Orgs.List(c.Context(), policy.Actor{}, orgs.Filter{Grade: orgs.HighTech}, db.Paging{Limit: 20})
		c.Must(err)
		if len(page.Items) != 1 || page.Items[0].ID != firm.ID {
			c.Errorf("by grade: %+v", page.Items)
		}
		worktest.ListsWhatCheckAllows(c, c.DB.Reader, orgs.GradeRecords)
	})
}

// Of two proposals of the same days one is taken, and of one certificate that two organizations claim one is confirmed.
func TestGradesAtOnce(t *testing.T) {
	casttest.Each(t, func(c *casttest.Cast) {
		firm, other := c.Single("辽浑智造装备有限公司", "enterprise", "210106"), c.Single("渤岬泵阀重工有限公司", "enterprise", "210211")
		won := func(want fault.Definition, calls ...func() error) {
			c.Helper()
			var wait sync.WaitGroup
			errs := make([]error, len(calls))
			for i, call := range calls {
				wait.Go(func() { errs[i] = call() })
			}
			wait.Wait()
			n := 0
			for _, err := range errs {
				if err == nil {
					n++
				} else if !want.Of(err) {
					c.Error(err)
				}
			}
			if n != 1 {
				c.Errorf("%d were taken: %v", n, errs)
			}
		}
		propose := func() error {
			_, err := c.Orgs.ProposeGrade(c.Context(), c.Operator, grade(firm, orgs.TechSME, "2026-01-01", "", "202621010608000001"))
			return err
		}
		won(fault.GradeOverlap, propose, propose, propose)
		mine := casttest.Create(c, c.Operator, c.Orgs.ProposeGrade, grade(firm, orgs.HighTech, "2026-01-01", "", "GR202621000001"))
		theirs := casttest.Create(c, c.Operator, c.Orgs.ProposeGrade, grade(other, orgs.HighTech, "2026-01-01", "", "GR202621000001"))
		confirm := func(id uuid.UUID) func() error {
			return func() error { _, err := c.Orgs.ConfirmGrade(c.Context(), c.Deputy, id, 1); return err }
		}
		won(fault.CertificateTaken, confirm(mine), confirm(theirs))
	})
}
