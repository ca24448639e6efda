package contracts

import (
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/db"
	"jiebang/internal/db/dbtest"
	"jiebang/internal/fault"
	"jiebang/internal/money"
	"jiebang/internal/policy"
	"jiebang/internal/when"
)

func TestAClaimIsSeenAndHandedOver(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		c := open(t, o)
		contract := c.create(c.clerk, c.input())
		a := c.file(c.seller, contract)
		names := map[uuid.UUID]string{}
		for _, who := range []policy.Actor{c.first, c.second, c.clerk, c.tied, c.elsewhere} {
			names[who.Account] = c.username(who)
		}
		_, err := c.HandOver(t.Context(), as(c.first), a.ID, 1, names[c.second.Account])
		c.refused(err, fault.WrongState)
		a = c.take(c.first, a.ID)
		c.member(c.tied, c.enterprise)
		for who, actor := range map[string]policy.Actor{"the clerk who entered it": c.clerk, "a member of the buyer": c.tied, "a registrar elsewhere": c.elsewhere, "who has it": c.first} {
			if _, err := c.HandOver(t.Context(), as(c.first), a.ID, 2, names[actor.Account]); !fault.InvalidInput.Of(err) {
				t.Errorf("to %s: %v", who, err)
			}
		}
		_, err = c.HandOver(t.Context(), as(c.first), a.ID, 2, "nobody-at-all")
		c.refused(err, fault.InvalidInput)
		_, err = c.HandOver(t.Context(), as(c.seller), a.ID, 2, names[c.second.Account])
		c.refused(err, fault.NotAllowed)
		able, err := c.Reviewers(t.Context(), c.first, a.ID)
		c.must(err)
		var ids []uuid.UUID
		for _, p := range able {
			ids = append(ids, p.ID)
		}
		if !slices.Contains(ids, c.first.Account) || !slices.Contains(ids, c.second.Account) || slices.Contains(ids, c.clerk.Account) ||
			slices.Contains(ids, c.tied.Account) || slices.Contains(ids, c.elsewhere.Account) {
			t.Errorf("who could review it: %+v", able)
		}
		_, err = c.Reviewers(t.Context(), c.seller, a.ID)
		c.refused(err, fault.NotAllowed)

		before := c.get(contract.ID).Version
		c.set("2026-04-09T02:00:00Z")
		_, err = c.HandOver(t.Context(), as(c.first), a.ID, 2, names[c.second.Account])
		c.must(err)
		a = c.application(a.ID)
		if a.State != UnderReview || a.TakenBy == nil || a.TakenBy.ID != c.second.Account || !a.TakenAt.Equal(c.Clock.Now()) || c.get(contract.ID).Version != before {
			t.Errorf("%+v", a)
		}
		_, err = c.Pass(t.Context(), as(c.second), a.ID, a.Version, "材料齐全")
		c.must(err)
		_, err = c.Grant(t.Context(), as(c.first), a.ID, a.Version+1, Grant{TwinReason: "另一批次，内容不同"}) // whoever gave it away has decided nothing
		c.must(err)
		a = c.application(a.ID)
		if a.PassedBy.ID != c.second.Account || a.DecidedBy.ID != c.first.Account || a.EnteredBy.ID != c.clerk.Account || a.SubmittedBy.ID != c.seller.Account ||
			a.EnteredFor != "盛北理工大学" || a.PassedAt == nil {
			t.Errorf("who did what: %+v", a)
		}
		// The applicant is told who filed, and not who decides; the other side neither.
		if own, err := c.GetApplication(t.Context(), c.colleague, a.ID); err != nil || own.SubmittedBy == nil || own.PassedBy != nil || own.TakenBy != nil {
			t.Errorf("the seller's side sees %+v, %v", own, err)
		}
		if theirs, err := c.GetApplication(t.Context(), c.buyer, a.ID); err != nil || theirs.SubmittedBy != nil || theirs.DecidedBy != nil || theirs.EnteredFor != "" {
			t.Errorf("the buyer sees %+v, %v", theirs, err)
		}
	})
}

// username reads somebody's user name.
func (c *city) username(who policy.Actor) string {
	c.Helper()
	var name string
	c.must(c.DB.Reader.Table("accounts").Where("id = ?", who.Account).Pluck("username", &name).Error)
	return name
}

// member makes somebody a member in the database, too.
func (c *city) member(who policy.Actor, organization uuid.UUID) {
	c.Helper()
	c.must(c.DB.Writer.Exec("INSERT INTO memberships (organization_id, account_id, admin, created_at, accepted_at) VALUES (?, ?, FALSE, ?, ?)",
		organization, who.Account, time.Now().UTC(), time.Now().UTC()).Error)
}

// queue lists application ids by a filter.
func (c *city) queue(reader policy.Actor, f ApplicationFilter) []uuid.UUID {
	c.Helper()
	page, err := c.ListApplications(c.Context(), reader, f, db.Paging{Limit: 100})
	c.must(err)
	var ids []uuid.UUID
	for _, a := range page.Items {
		ids = append(ids, a.ID)
	}
	return ids
}

func TestTheQueueTellsWhatIsWhose(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		c := open(t, o)
		late := c.file(c.seller, c.create(c.seller, c.input()))   // due on 29 April
		asked := c.file(c.seller, c.create(c.seller, c.input()))  // and waits for papers
		clerks := c.file(c.seller, c.create(c.clerk, c.input()))  // entered by a registrar
		passed := c.file(c.seller, c.create(c.seller, c.input())) // passed by the first
		registered := c.registered(c.seller, c.input())           //
		_, err := c.RequestSupplement(t.Context(), as(c.first), asked.ID, 1, "请补充签章页")
		c.must(err)
		c.take(c.first, passed.ID)
		_, err = c.Pass(t.Context(), as(c.first), passed.ID, 2, "")
		c.must(err)
		c.take(c.first, clerks.ID)
		c.set("2026-04-30T02:00:00Z")
		fresh, err := c.Cancel(t.Context(), as(c.seller), registered.ID, Ending{Reason: "合同解除"})
		c.must(err)

		yes, no := true, false
		all := c.queue(c.first, ApplicationFilter{})
		// What is over is asked for; it does not stand among what is not.
		if len(all) != 5 || len(c.queue(c.operator, ApplicationFilter{})) != 5 || len(c.queue(c.elsewhere, ApplicationFilter{})) != 0 {
			t.Errorf("%d in the queue", len(all))
		}
		for name, l := range map[string]struct {
			reader policy.Actor
			filter ApplicationFilter
			want   []uuid.UUID
		}{
			"what is over":                 {c.first, ApplicationFilter{Finished: &yes}, []uuid.UUID{*registered.ApplicationID}},
			"what was granted":             {c.first, ApplicationFilter{State: Granted}, []uuid.UUID{*registered.ApplicationID}},
			"over and not over":            {c.first, ApplicationFilter{State: Granted, Finished: &no}, nil},
			"overdue":                      {c.first, ApplicationFilter{Overdue: &yes}, []uuid.UUID{late.ID, clerks.ID, passed.ID}},
			"not overdue":                  {c.first, ApplicationFilter{Overdue: &no, State: Submitted}, []uuid.UUID{fresh.ID}},
			"mine":                         {c.first, ApplicationFilter{Mine: &yes}, []uuid.UUID{clerks.ID}},
			"nobody's or another's":        {c.first, ApplicationFilter{Mine: &no, State: UnderReview}, nil},
			"kind":                         {c.first, ApplicationFilter{Kind: Cancellation}, []uuid.UUID{fresh.ID}},
			"what the first may decide":    {c.first, ApplicationFilter{MayDecide: &yes}, []uuid.UUID{late.ID, clerks.ID, fresh.ID}},
			"what the second may decide":   {c.second, ApplicationFilter{MayDecide: &yes}, []uuid.UUID{late.ID, passed.ID, fresh.ID}}, // the clerk's is the first's
			"what the clerk may decide":    {c.clerk, ApplicationFilter{MayDecide: &yes}, []uuid.UUID{late.ID, passed.ID, fresh.ID}},
			"what the clerk may not":       {c.clerk, ApplicationFilter{MayDecide: &no, State: UnderReview}, []uuid.UUID{clerks.ID}},
			"what a buyer's registrar may": {c.tied, ApplicationFilter{MayDecide: &yes}, nil},
			"what an operator may":         {c.operator, ApplicationFilter{MayDecide: &yes}, nil},
		} {
			if got := c.queue(l.reader, l.filter); !slices.Equal(got, l.want) {
				t.Errorf("%s: %v, want %v", name, got, l.want)
			}
		}
		_, err = c.ListApplications(t.Context(), c.seller, ApplicationFilter{}, db.Paging{Limit: 5})
		c.refused(err, fault.NotAllowed)
		if got := c.application(late.ID); !got.Overdue || got.ContractNumber != "JB-2026-000001" || got.Technology != 1_000_000*money.Yuan {
			t.Errorf("%+v", got)
		}

		counts, err := c.CountApplications(t.Context(), c.first, CountsOf{Office: "SY01"})
		c.must(err)
		submitted, review, granted := counts.of(Submitted), counts.of(UnderReview), counts.of(Granted)
		if counts.Open != 5 || counts.Overdue != 3 || counts.Mine != 1 || counts.On != when.MustDay("2026-04-30") || len(counts.States) != 8 ||
			submitted.Count != 2 || submitted.Overdue != 1 || submitted.Ages[0].Count != 1 || submitted.Ages[3].Count != 1 ||
			review.Ages[3].Count != 1 || granted.Count != 1 || granted.Ages != nil || counts.of(Refused).Count != 0 {
			t.Errorf("counts %+v", counts)
		}
		_, err = c.CountApplications(t.Context(), c.elsewhere, CountsOf{Office: "SY01"})
		c.refused(err, fault.NotAllowed)
		_, err = c.CountApplications(t.Context(), c.buyer, CountsOf{})
		c.refused(err, fault.NotAllowed)
	})
}

// What the filter lists is what policy lets pass, application by application.
func TestWhatOneMayDecideIsWhatPolicyLetsPass(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		c := open(t, o)
		for _, by := range []policy.Actor{c.seller, c.clerk} {
			for until := range 3 {
				a := c.file(c.seller, c.create(by, c.input()))
				if until > 0 {
					a = c.take(c.first, a.ID)
				}
				if until > 1 {
					_, err := c.Pass(t.Context(), as(c.first), a.ID, a.Version, "")
					c.must(err)
				}
			}
		}
		yes := true
		steps := map[State]policy.Action{Submitted: policy.ApplicationTake, UnderReview: policy.ApplicationPass, SecondReview: policy.ApplicationEnd}
		sometimes := 0
		for _, who := range []policy.Actor{c.first, c.second, c.clerk, c.tied, c.tiedToOther, c.operator} {
			listed := c.queue(who, ApplicationFilter{MayDecide: &yes})
			for _, id := range c.queue(c.operator, ApplicationFilter{}) {
				a := c.application(id)
				f, err := a.FactsIn(c.DB.Reader, steps[a.State])
				c.must(err)
				may := policy.Allowed(who, steps[a.State], f) && (a.State != UnderReview || *a.FirstReviewer == who.Account)
				if may {
					sometimes++
				}
				if may != slices.Contains(listed, id) {
					t.Errorf("policy says %v of an application in %s, the list does not", may, a.State)
				}
			}
		}
		if sometimes == 0 {
			t.Error("nobody may decide anything")
		}
	})
}

func TestAQueueIsReadInAFixedNumberOfQueries(t *testing.T) {
	c := open(t, dbtest.New(t, db.SQLite))
	const many = 7
	for range many {
		c.take(c.first, c.file(c.seller, c.create(c.clerk, c.input())).ID)
	}
	queries := 0
	c.must(c.DB.Reader.Callback().Query().After("gorm:query").Register("count", func(*gorm.DB) { queries++ }))
	for name, read := range map[string]func() int{
		"the queue":    func() int { return len(c.queue(c.first, ApplicationFilter{Office: "SY01"})) },
		"may decide":   func() int { return len(c.queue(c.first, ApplicationFilter{MayDecide: new(bool)})) + many },
		"for operator": func() int { return len(c.queue(c.operator, ApplicationFilter{})) },
	} {
		queries = 0
		if n := read(); n != many || queries > 8 { // the page, the contracts, who wrote, the notes, the offices, their twins, the organizations, the people
			t.Errorf("%s: %d applications in %d queries", name, n, queries)
		}
	}
	queries = 0
	if _, err := c.CountApplications(t.Context(), c.first, CountsOf{}); err != nil || queries != 3 { // what is open, what is over, the letters to be sent
		t.Errorf("counts in %d queries, %v", queries, err)
	}
}
