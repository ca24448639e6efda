package people_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/casttest"
	"jiebang/internal/db"
	"jiebang/internal/fault"
	"jiebang/internal/people"
	"jiebang/internal/policy"
	"jiebang/internal/when"
	"jiebang/internal/work"
	"jiebang/internal/work/worktest"
)

// expert enters somebody in the register of experts.
func expert(c *casttest.Cast, who work.Call, x people.Expertise, from, to string) uuid.UUID {
	c.Helper()
	in := people.Input{Kind: policy.Expert, Username: who.Actor.Username, Expertise: x, ValidFrom: when.MustDay(from)}
	if to != "" {
		in.ValidTo = when.MustDay(to)
	}
	return c.Enter(in)
}

func accountsOf(experts []people.Expert) (out []uuid.UUID) {
	for _, e := range experts {
		out = append(out, e.Account)
	}
	return out
}

func TestExpertsAreFoundByFieldChainAndDayInAStableOrder(t *testing.T) {
	casttest.Each(t, func(c *casttest.Cast) {
		firm := c.Single("辽穹先进材料研究所", "institute", "210112")
		both, materials, ended, unconfirmed := c.Person("gu.min"), c.Person("shen"), c.Person("han"), c.Person("pei")
		expert(c, both, people.Expertise{Fields: []string{"new_materials", "environment"}, Chains: []string{"robotics"}, EmployerID: &firm.ID}, "2026-01-01", "")
		expert(c, materials, people.Expertise{Fields: []string{"new_materials"}}, "2026-01-01", "")
		expert(c, ended, people.Expertise{Fields: []string{"new_materials"}}, "2026-01-01", "2026-06-30")
		_, err := c.People.Enter(c.Context(), c.Operator, people.Input{Kind: policy.Expert, Username: unconfirmed.Actor.Username, Expertise: people.Expertise{Fields: []string{"new_materials"}}, ValidFrom: when.MustDay("2026-01-01")})
		c.Must(err)

		q := c.DB.Reader.Session(&gorm.Session{})
		for _, row := range []struct {
			day            string
			fields, chains []string
			want           []work.Call
		}{
			{"2026-06-30", nil, nil, []work.Call{both, materials, ended}},
			{"2026-07-01", []string{"new_materials"}, nil, []work.Call{both, materials}},
			{"2026-07-01", []string{"environment", "nuclear"}, nil, []work.Call{both}},
			{"2026-07-01", []string{"new_materials"}, []string{"robotics"}, []work.Call{both}},
			{"2026-07-01", []string{"nuclear"}, nil, nil},
			{"2025-12-31", nil, nil, nil},
		} {
			found, err := people.ExpertsFor(q, when.MustDay(row.day), row.fields, row.chains)
			c.Must(err)
			var want []uuid.UUID
			for _, w := range row.want {
				want = append(want, w.Actor.Account)
			}
			slices.SortFunc(want, func(a, b uuid.UUID) int { return slices.Compare(a[:], b[:]) })
			if got := accountsOf(found); !slices.Equal(got, want) {
				t.Errorf("%s %v %v: %v, want %v", row.day, row.fields, row.chains, got, want)
			}
		}
		for _, row := range []struct {
			f    people.Filter
			want int
		}{
			{people.Filter{Field: "new_materials"}, 4}, {people.Filter{Field: "environment"}, 1}, {people.Filter{Chain: "robotics"}, 1}, {people.Filter{Kind: policy.Expert, Field: "nuclear"}, 0},
		} {
			page, err := c.People.List(c.Context(), c.Operator.Actor, row.f, db.Paging{Limit: 20})
			if c.Must(err); len(page.Items) != row.want {
				t.Errorf("%+v: %d entries", row.f, len(page.Items))
			}
		}
		ties, err := people.TiesOf(q, []uuid.UUID{both.Actor.Account, materials.Actor.Account}, when.MustDay("2026-07-01"))
		if c.Must(err); len(ties) != 1 || len(ties[both.Actor.Account]) != 1 || *ties[both.Actor.Account][0].OrganizationID != firm.ID || ties[both.Actor.Account][0].Kind != people.Employer {
			t.Errorf("the employer is no tie: %+v", ties)
		}
	})
}

func TestWhatAnExpertsEntryTakes(t *testing.T) {
	casttest.Each(t, func(c *casttest.Cast) {
		who := c.Person("gu.min").Actor.Username
		nobody := uuid.New()
		for name, in := range map[string]people.Input{
			"no field":           {Kind: policy.Expert},
			"no such field":      {Kind: policy.Expert, Expertise: people.Expertise{Fields: []string{"alchemy"}}},
			"a field twice":      {Kind: policy.Expert, Expertise: people.Expertise{Fields: []string{"nuclear", "nuclear"}}},
			"no such chain":      {Kind: policy.Expert, Expertise: people.Expertise{Fields: []string{"nuclear"}, Chains: []string{"alchemy"}}},
			"no such employer":   {Kind: policy.Expert, Expertise: people.Expertise{Fields: []string{"nuclear"}, EmployerID: &nobody}},
			"fields of a broker": {Kind: policy.Broker, Expertise: people.Expertise{Fields: []string{"nuclear"}}},
		} {
			in.Username, in.ValidFrom = who, when.MustDay("2026-01-01")
			if _, err := c.People.Enter(c.Context(), c.Operator, in); !fault.InvalidInput.Of(err) {
				t.Errorf("%s: %v", name, err)
			}
		}
		id := expert(c, c.Person("shen"), people.Expertise{Fields: []string{"nuclear"}}, "2026-01-01", "")
		corrected, err := c.People.Correct(c.Context(), c.Operator, id, 2, people.Correction{Expertise: people.Expertise{Fields: []string{"environment"}}, ValidFrom: when.MustDay("2026-01-01")})
		if c.Must(err); !slices.Equal(corrected.View.Fields, []string{"environment"}) || !corrected.View.Confirmed() {
			t.Errorf("%+v", corrected.View)
		}
	})
}

func TestTiesAreDeclaredByThePersonOrForThem(t *testing.T) {
	casttest.Each(t, func(c *casttest.Cast) {
		ctx, who, other := c.Context(), c.Person("gu.min"), c.Person("shen")
		firm := c.Single("辽穹先进材料研究所", "institute", "210112")
		in := people.TieInput{Kind: people.AdviserOf, Organization: &firm.ID, ValidFrom: when.MustDay("2026-01-01"), ValidTo: when.MustDay("2026-12-31"), Note: "技术顾问"}
		own, err := c.People.DeclareTie(ctx, who, in)
		if c.Must(err); own.View.Organization == nil || own.View.Person.Username != who.Actor.Username {
			t.Errorf("%+v", own.View)
		}
		in.Username = who.Actor.Username
		_, err = c.People.DeclareTie(ctx, other, in)
		c.Refused(err, fault.NotAllowed)
		elsewhere := people.TieInput{Username: who.Actor.Username, Kind: people.Family, Name: "渤海新材料股份有限公司", Code: "HRB-20931", ValidFrom: when.MustDay("2025-01-01")}
		_, err = c.People.DeclareTie(ctx, c.Operator, elsewhere)
		c.Must(err)
		for name, wrong := range map[string]people.TieInput{
			"no organization":      {Kind: people.Employer, ValidFrom: in.ValidFrom},
			"two names":            {Kind: people.Employer, Organization: &firm.ID, Name: "另一名称", ValidFrom: in.ValidFrom},
			"other without a note": {Kind: people.OtherTie, Organization: &firm.ID, ValidFrom: in.ValidFrom},
			"the end before":       {Kind: people.Employer, Organization: &firm.ID, ValidFrom: in.ValidFrom, ValidTo: in.ValidFrom.AddDays(-1)},
			"no such kind":         {Kind: "rival", Organization: &firm.ID, ValidFrom: in.ValidFrom},
		} {
			if _, err := c.People.DeclareTie(ctx, who, wrong); !fault.InvalidInput.Of(err) {
				t.Errorf("%s: %v", name, err)
			}
		}
		q := c.DB.Reader.Session(&gorm.Session{})
		for day, want := range map[string]int{"2024-12-31": 0, "2025-12-31": 1, "2026-12-31": 2, "2027-01-01": 1} {
			ties, err := people.TiesOf(q, []uuid.UUID{who.Actor.Account}, when.MustDay(day))
			if c.Must(err); len(ties[who.Actor.Account]) != want {
				t.Errorf("%s: %d ties, want %d", day, len(ties[who.Actor.Account]), want)
			}
		}
		_, err = c.People.GetTie(ctx, other.Actor, own.ID)
		c.Refused(err, fault.NotVisible)
		_, err = c.People.ReplaceTie(ctx, other, own.ID, 1, in)
		c.Refused(err, fault.NotVisible)
		in.ValidTo = when.MustDay("2026-06-30")
		ended, err := c.People.ReplaceTie(ctx, who, own.ID, 1, in)
		if c.Must(err); ended.View.ValidTo != in.ValidTo || ended.View.AccountID != who.Actor.Account {
			t.Errorf("%+v", ended.View)
		}
		for reader, want := range map[*work.Call]int{&who: 2, &other: 0, &c.Operator: 2} {
			page, err := c.People.ListTies(ctx, reader.Actor, people.TieFilter{}, db.Paging{Limit: 20})
			if c.Must(err); len(page.Items) != want {
				t.Errorf("%s lists %d ties, want %d", reader.Actor.Username, len(page.Items), want)
			}
		}
		for year := range 3 {
			from := when.MustDay(fmt.Sprintf("%d-01-01", 2026+year))
			_, err = c.People.DeclareTie(ctx, other, people.TieInput{Kind: people.Employer, Organization: &firm.ID, ValidFrom: from, ValidTo: from.AddDays(364)})
			c.Must(err)
		}
		worktest.ListsWhatCheckAllows(c, c.DB.Reader, people.Ties)
	})
}

// A tie that was declared already is named, and not declared once more; other days, another kind or another organization are another tie.
func TestATieIsDeclaredOnce(t *testing.T) {
	casttest.Each(t, func(c *casttest.Cast) {
		ctx, who := c.Context(), c.Person("gu.min")
		firm := c.Single("辽穹先进材料研究所", "institute", "210112")
		day := when.MustDay
		here := people.TieInput{Kind: people.AdviserOf, Organization: &firm.ID, ValidFrom: day("2026-01-01"), ValidTo: day("2026-12-31")}
		abroad := people.TieInput{Kind: people.Family, Name: "渤海新材料股份有限公司", Code: "HRB-20931", ValidFrom: day("2025-01-01")}
		declare := func(in people.TieInput) (people.TieAnswer, error) { return c.People.DeclareTie(ctx, who, in) }
		first, err := declare(here)
		c.Must(err)
		_, err = declare(abroad)
		c.Must(err)
		for name, change := range map[string]func() people.TieInput{
			"the same": func() people.TieInput { return here },
			"a day of it": func() people.TieInput {
				in := here
				in.ValidFrom, in.ValidTo = day("2026-12-31"), when.Day{}
				return in
			},
			"the same abroad":      func() people.TieInput { in := abroad; in.ValidFrom = day("2026-05-01"); return in },
			"the same by its name": func() people.TieInput { in := abroad; in.Code = ""; return in },
		} {
			if _, err := declare(change()); !fault.TieThere.Of(err) {
				t.Errorf("%s: %v", name, err)
			}
		}
		after := here
		after.ValidFrom, after.ValidTo = day("2027-01-01"), when.Day{}
		second, err := declare(after)
		c.Must(err)
		for _, in := range []people.TieInput{
			{Kind: people.Shareholder, Organization: &firm.ID, ValidFrom: here.ValidFrom},
			{Kind: people.OtherTie, Organization: &firm.ID, ValidFrom: here.ValidFrom, Note: "同门"},
			{Kind: people.OtherTie, Organization: &firm.ID, ValidFrom: here.ValidFrom, Note: "共同申请专利"},
			{Kind: people.Family, Name: "另一单位有限公司", ValidFrom: here.ValidFrom},
		} {
			_, err := declare(in)
			c.Must(err)
		}
		after.ValidFrom = day("2026-06-01")
		_, err = c.People.ReplaceTie(ctx, who, second.ID, 1, after)
		c.Refused(err, fault.TieThere)
		here.ValidTo = day("2026-05-31")
		_, err = c.People.ReplaceTie(ctx, who, first.ID, 1, here)
		c.Must(err)
		_, err = c.People.ReplaceTie(ctx, who, second.ID, 1, after)
		c.Must(err)
	})
}
