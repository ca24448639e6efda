package people_test

import (
	"slices"
	"testing"

	"jiebang/internal/casttest"
	"jiebang/internal/db"
	"jiebang/internal/fault"
	"jiebang/internal/people"
	"jiebang/internal/policy"
	"jiebang/internal/when"
)

// Who is in the register of brokers today is everybody's to find, by what the entry says; who is not yet, or not any more, is not there.
func TestBrokersAreFoundByWhatTheirEntriesSay(t *testing.T) {
	casttest.Each(t, func(c *casttest.Cast) {
		agency := c.Single("盛桥技术转移中心", "transfer_agency", "210112")
		gu, _, over, waits := c.Person("gu.min"), c.Person("wang"), c.Person("han"), c.Person("pei")
		today := when.DayOf(c.Clock.Now())
		enter := func(username string, level people.Level, chains, regions []string) people.Input {
			return people.Input{Kind: policy.Broker, Username: username, ValidFrom: today.AddDays(-100), Certificate: "2025-018", Expertise: people.Expertise{Chains: chains}, Licence: people.Licence{Level: level, CertifiedOn: today.AddDays(-200), Regions: regions}}
		}
		first := enter("gu.min", people.Senior, []string{"robotics"}, []string{"210100"})
		first.Expertise.EmployerID = &agency.ID
		c.Enter(first)
		c.Enter(enter("wang", people.Junior, nil, []string{"220000", "210211"}))
		past := enter("han", people.Junior, nil, nil)
		past.ValidTo = today
		c.Enter(past)
		_, err := c.People.Enter(c.Context(), c.Operator, enter("pei", people.Junior, nil, nil))
		c.Must(err)
		c.Clock.Set(today.AddDays(1).String() + "T04:00:00Z") // the last day of one is over
		for _, row := range []struct {
			what string
			f    people.BrokerFilter
			want []string
		}{
			{"all", people.BrokerFilter{}, []string{"wang", "gu.min"}},
			{"a level", people.BrokerFilter{Level: people.Senior}, []string{"gu.min"}},
			{"a chain", people.BrokerFilter{Chain: "robotics"}, []string{"gu.min"}},
			{"an agency", people.BrokerFilter{Agency: agency.ID}, []string{"gu.min"}},
			{"part of the name", people.BrokerFilter{Name: "GU"}, []string{"gu.min"}},
			{"the city", people.BrokerFilter{Region: "210100"}, []string{"gu.min"}},
			{"a district of the city", people.BrokerFilter{Region: "210112"}, []string{"gu.min"}},
			{"the province that both are of in part", people.BrokerFilter{Region: "210000"}, []string{"wang", "gu.min"}},
			{"a city of the other province", people.BrokerFilter{Region: "220100"}, []string{"wang"}},
			{"another city", people.BrokerFilter{Region: "210300"}, nil},
		} {
			page, err := c.People.ListBrokers(c.Context(), policy.Actor{}, row.f, db.Paging{Limit: 20})
			c.Must(err)
			var got []string
			for _, b := range page.Items {
				got = append(got, b.Name)
			}
			if !slices.Equal(got, row.want) {
				t.Errorf("%s: %v, want %v", row.what, got, row.want)
			}
		}
		b, err := c.People.Broker(c.Context(), policy.Actor{}, gu.Actor.Account)
		if c.Must(err); b.Agency == nil || b.Agency.Name != "盛桥技术转移中心" || b.Since != today.AddDays(-100) || len(b.Chains) != 1 || b.Regions[0].Name == "" {
			t.Errorf("%+v", b)
		}
		for _, who := range []policy.Actor{over.Actor, waits.Actor} {
			_, err := c.People.Broker(c.Context(), policy.Actor{}, who.Account)
			c.Refused(err, fault.NotVisible)
		}
		_, err = c.People.ListBrokers(c.Context(), policy.Actor{}, people.BrokerFilter{Region: "999999"}, db.Paging{Limit: 20})
		c.Refused(err, fault.InvalidInput)
	})
}

// Who cannot sign in any more is not listed, and an agency that is suspended is not named beside its brokers, nor are they found by it.
func TestBrokersWithoutAnAccountOrAnAgencyInStanding(t *testing.T) {
	casttest.Each(t, func(c *casttest.Cast) {
		agency := c.Single("盛桥技术转移中心", "transfer_agency", "210112")
		gu, wang := c.Person("gu.min"), c.Person("wang")
		today := when.DayOf(c.Clock.Now())
		for _, username := range []string{"gu.min", "wang"} {
			c.Enter(people.Input{Kind: policy.Broker, Username: username, ValidFrom: today, Expertise: people.Expertise{EmployerID: &agency.ID}})
		}
		_, err := c.Accounts.Deactivate(c.Context(), c.Operator, wang.Actor.Account, 1, "已离职")
		c.Must(err)
		read := func(f people.BrokerFilter) []people.BrokerView {
			page, err := c.People.ListBrokers(c.Context(), policy.Actor{}, f, db.Paging{Limit: 20})
			c.Must(err)
			return page.Items
		}
		if got := read(people.BrokerFilter{}); len(got) != 1 || got[0].Name != "gu.min" || got[0].Agency == nil {
			t.Errorf("%+v", got)
		}
		_, err = c.People.Broker(c.Context(), policy.Actor{}, wang.Actor.Account)
		c.Refused(err, fault.NotVisible)

		o, err := c.Orgs.Get(c.Context(), c.Operator.Actor, agency.ID)
		c.Must(err)
		_, err = c.Orgs.Suspend(c.Context(), c.Operator, agency.ID, o.Version, "资质存疑")
		c.Must(err)
		if got := read(people.BrokerFilter{}); len(got) != 1 || got[0].Agency != nil {
			t.Errorf("%+v", got)
		}
		if got := read(people.BrokerFilter{Agency: agency.ID}); len(got) != 0 {
			t.Errorf("found by the agency: %+v", got)
		}
		b, err := c.People.Broker(c.Context(), c.Operator.Actor, gu.Actor.Account)
		if c.Must(err); b.Agency == nil {
			t.Error("an operator reads no agency")
		}
	})
}

func TestWhatABrokersEntryTakes(t *testing.T) {
	casttest.Each(t, func(c *casttest.Cast) {
		who, today := c.Person("gu.min").Actor.Username, when.DayOf(c.Clock.Now())
		for name, in := range map[string]people.Input{
			"a level of an expert":   {Kind: policy.Expert, Expertise: people.Expertise{Fields: []string{"nuclear"}}, Licence: people.Licence{Level: people.Junior}},
			"regions of an expert":   {Kind: policy.Expert, Expertise: people.Expertise{Fields: []string{"nuclear"}}, Licence: people.Licence{Regions: []string{"210100"}}},
			"no such region":         {Kind: policy.Broker, Licence: people.Licence{Regions: []string{"999999"}}},
			"a region twice":         {Kind: policy.Broker, Licence: people.Licence{Regions: []string{"210100", "210100"}}},
			"a certificate to come":  {Kind: policy.Broker, Licence: people.Licence{CertifiedOn: today.AddDays(1)}},
			"chains of a registrar":  {Kind: policy.Registrar, Office: "SY01", Expertise: people.Expertise{Chains: []string{"robotics"}}},
			"no such chain":          {Kind: policy.Broker, Expertise: people.Expertise{Chains: []string{"alchemy"}}},
			"a field of a broker":    {Kind: policy.Broker, Expertise: people.Expertise{Fields: []string{"nuclear"}}},
			"the day of a registrar": {Kind: policy.Registrar, Office: "SY01", Licence: people.Licence{CertifiedOn: today}},
		} {
			in.Username, in.ValidFrom = who, today
			if _, err := c.People.Enter(c.Context(), c.Operator, in); !fault.InvalidInput.Of(err) {
				t.Errorf("%s: %v", name, err)
			}
		}
		// Of before no level is known, and it may be added; one that is there stays with the entry's days.
		id := c.Enter(people.Input{Kind: policy.Broker, Username: who, ValidFrom: today})
		correct := func(version int64, level people.Level) (people.Answer, error) {
			return c.People.Correct(c.Context(), c.Operator, id, version, people.Correction{ValidFrom: today, Licence: people.Licence{Level: level, Regions: []string{"210100"}}})
		}
		a, err := correct(2, people.Junior)
		if c.Must(err); a.View.Level != people.Junior || len(a.View.Places()) != 1 || !a.View.Confirmed() {
			t.Errorf("%+v", a.View)
		}
		_, err = correct(3, people.Senior)
		c.Refused(err, fault.InvalidInput)
	})
}
