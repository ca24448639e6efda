package contracts

import (
	"slices"
	"strings"
	"testing"

	"jiebang/internal/db"
	"jiebang/internal/db/dbtest"
	"jiebang/internal/fault"
	"jiebang/internal/money"
	"jiebang/internal/policy"
)

// What a registrar has taken is theirs: another neither passes nor refuses it nor asks for papers, and is told whose it is. It is handed over or
// released; and it is free at once when its holder is a registrar of the office no longer.
func TestAClaimBinds(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		c := open(t, o)
		holder := c.Registrar("SY01")
		a := c.file(c.seller, c.create(c.seller, c.input()))
		a = c.take(holder.Actor, a.ID)
		steps := []string{"passReview", "refuseApplication", "requestSupplement"}
		open := func(who policy.Actor) (out []string) {
			v, err := c.GetApplication(t.Context(), who, a.ID)
			c.must(err)
			return slices.DeleteFunc(v.Actions, func(s string) bool { return !slices.Contains(append(steps, "startReview"), s) })
		}
		try := func(who policy.Actor) map[string]error {
			_, pass := c.Pass(t.Context(), as(who), a.ID, a.Version, "")
			_, refuse := c.Refuse(t.Context(), as(who), a.ID, a.Version, "不属于技术开发")
			_, want := c.RequestSupplement(t.Context(), as(who), a.ID, a.Version, "请补充签章页")
			return map[string]error{"pass": pass, "refuse": refuse, "ask": want}
		}
		for what, err := range try(c.second) {
			if !fault.TakenByAnother.Of(err) || !strings.Contains(err.Error(), holder.Actor.Username) {
				t.Errorf("another %s: %v", what, err)
			}
		}
		if got := open(c.second); len(got) != 0 {
			t.Errorf("another is told that they may %v", got)
		}
		if got := open(holder.Actor); !slices.Equal(got, []string{"requestSupplement", "passReview", "refuseApplication"}) {
			t.Errorf("its holder is told that they may %v", got)
		}
		_, err := c.StartReview(t.Context(), as(c.second), a.ID, a.Version)
		c.refused(err, fault.WrongState)

		// The register entry ends with yesterday.
		c.must(c.DB.Writer.Exec("UPDATE register_entries SET valid_to = '2026-04-07' WHERE account_id = ?", holder.Actor.Account).Error)
		if v := c.application(a.ID); v.TakenBy != nil {
			t.Errorf("it is still %v's", v.TakenBy)
		}
		if got := open(c.second); !slices.Equal(got, []string{"startReview", "requestSupplement", "passReview", "refuseApplication"}) {
			t.Errorf("free again, another is told that they may %v", got)
		}
		if listed := c.queue(c.second, ApplicationFilter{MayDecide: new(true)}); !slices.Contains(listed, a.ID) {
			t.Error("the queue does not say that it is free")
		}
		a = c.take(c.second, a.ID)
		for what, err := range try(c.first) {
			if !fault.TakenByAnother.Of(err) {
				t.Errorf("another %s what was taken anew: %v", what, err)
			}
		}
		// Somebody who is not there hands nothing over: a colleague takes it on, which is noted.
		_, err = c.HandOver(t.Context(), as(c.first), a.ID, a.Version, c.first.Username)
		c.must(err)
		_, err = c.Pass(t.Context(), as(c.first), a.ID, a.Version+1, "")
		c.must(err)
		_, err = c.Grant(t.Context(), as(c.second), a.ID, a.Version+2, Grant{})
		c.must(err)
		c.verify()
	})
}

// What is of five million or more goes before experts between the two reviews, an amendment too; what they say is recorded by the registrar
// who has it.
func TestExpertsComeBetweenTheReviews(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		c := open(t, o)
		in := c.input()
		in.Terms.Turnover, in.Terms.Deductions = 5_000_000*money.Yuan, nil
		contract := c.create(c.seller, in)
		a := c.file(c.seller, contract)
		a = c.take(c.first, a.ID)
		_, err := c.RecordOpinion(t.Context(), as(c.first), a.ID, a.Version, c.opinion(Favourable))
		c.refused(err, fault.WrongState)
		pass := func() {
			t.Helper()
			_, err := c.Pass(t.Context(), as(c.first), a.ID, a.Version, "拟送专家评审")
			c.must(err)
			if a = c.application(a.ID); a.State != ExpertReview || c.get(contract.ID).State != ExpertReview {
				t.Errorf("passed it is %s, its contract %s", a.State, c.get(contract.ID).State)
			}
		}
		pass()
		_, err = c.Grant(t.Context(), as(c.second), a.ID, a.Version, Grant{})
		c.refused(err, fault.WrongState)
		_, err = c.RecordOpinion(t.Context(), as(c.second), a.ID, a.Version, c.opinion(Favourable))
		c.refused(err, fault.TakenByAnother)
		_, err = c.RecordOpinion(t.Context(), as(c.seller), a.ID, a.Version, c.opinion(Favourable))
		c.refused(err, fault.NotAllowed)
		for what, spoil := range map[string]func(o *Opinion){
			"before the filing": func(o *Opinion) { o.HeldOn = o.HeldOn.AddDays(-1) },
			"ahead":             func(o *Opinion) { o.HeldOn = o.HeldOn.AddDays(1) },
			"nobody":            func(o *Opinion) { o.Experts = nil },
			"twice":             func(o *Opinion) { o.Experts = append(o.Experts, o.Experts...) },
			"nothing said":      func(o *Opinion) { o.Text = "" },
			"no outcome":        func(o *Opinion) { o.Outcome = "" },
		} {
			o := c.opinion(Favourable)
			spoil(&o)
			if _, err := c.RecordOpinion(t.Context(), as(c.first), a.ID, a.Version, o); !fault.InvalidInput.Of(err) {
				t.Errorf("%s: %v", what, err)
			}
		}
		_, err = c.RecordOpinion(t.Context(), as(c.first), a.ID, a.Version, c.opinion(Unfavourable))
		c.must(err)
		if a = c.application(a.ID); a.State != UnderReview {
			t.Errorf("after an unfavourable opinion it is %s", a.State)
		}
		pass()
		_, err = c.RecordOpinion(t.Context(), as(c.first), a.ID, a.Version, c.opinion(Favourable))
		c.must(err)
		if a = c.application(a.ID); a.State != SecondReview || len(a.Opinions) != 2 || a.OpinionsBy[1].ID != c.first.Account || a.Opinions[1].Experts[0].Name != "沈以宁" {
			t.Errorf("heard it is %s with %+v", a.State, a.Opinions)
		}
		told, err := c.GetApplication(t.Context(), c.buyer, a.ID)
		c.must(err)
		if len(told.Opinions) != 2 || told.Opinions[0].Outcome != Unfavourable || told.Opinions[0].Experts != nil || told.OpinionsBy[0] != nil {
			t.Errorf("the buyer is told %+v", told.Opinions)
		}
		_, err = c.Grant(t.Context(), as(c.first), a.ID, a.Version, Grant{})
		c.refused(err, fault.OwnDecision)
		_, err = c.Grant(t.Context(), as(c.second), a.ID, a.Version, Grant{})
		c.must(err)

		terms := in.Terms
		terms.Turnover += money.Yuan
		done, err := c.Amend(t.Context(), as(c.seller), contract.ID, Change{Terms: terms, Reason: "增加试验批次"})
		c.must(err)
		b := c.take(c.second, done.ID)
		_, err = c.Pass(t.Context(), as(c.second), b.ID, b.Version, "")
		c.must(err)
		if b = c.application(b.ID); b.State != ExpertReview || c.get(contract.ID).State != Registered {
			t.Errorf("an amendment is %s, its contract %s", b.State, c.get(contract.ID).State)
		}
		_, err = c.Cancel(t.Context(), as(c.seller), contract.ID, Ending{Reason: "合同解除"})
		c.refused(err, fault.ApplicationOpen)
		_, err = c.Refuse(t.Context(), as(c.second), b.ID, b.Version, "专家不同意")
		c.must(err)
		c.verify()
	})
}

// What the office notes for itself no party reads, nor a registrar who belongs to one; nor the note of the first review.
func TestInternalNotesStayInTheOffice(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		c := open(t, o)
		a := c.file(c.seller, c.create(c.seller, c.input()))
		for who, actor := range map[string]policy.Actor{"the seller": c.seller, "the buyer": c.buyer, "an operator": c.operator} {
			if _, err := c.AddNote(t.Context(), as(actor), a.ID, "我也记一条"); !fault.NotAllowed.Of(err) {
				t.Errorf("%s notes: %v", who, err)
			}
		}
		_, err := c.AddNote(t.Context(), as(c.tied), a.ID, "我也记一条")
		c.refused(err, fault.OwnDecision)
		_, err = c.AddNote(t.Context(), as(c.first), a.ID, "电话核实过预算")
		c.must(err)
		a = c.take(c.first, a.ID)
		_, err = c.Pass(t.Context(), as(c.first), a.ID, a.Version, "价格偏高，请复审留意")
		c.must(err)
		_, err = c.AddNote(t.Context(), as(c.second), a.ID, "已留意")
		c.must(err)
		for who, l := range map[string]struct {
			actor policy.Actor
			reads bool
		}{
			"the seller": {c.seller, false}, "the buyer": {c.buyer, false}, "a registrar who belongs to the buyer": {c.tied, false},
			"the first": {c.first, true}, "the second": {c.second, true}, "an operator": {c.operator, true},
		} {
			v, err := c.GetApplication(t.Context(), l.actor, a.ID)
			c.must(err)
			if (len(v.Notes) == 2) != l.reads || (v.ReviewNote != "") != l.reads || len(v.Notes) == 0 == l.reads {
				t.Errorf("%s reads %q and %+v", who, v.ReviewNote, v.Notes)
			}
			if l.reads && (v.Notes[0].Note != "电话核实过预算" || v.Notes[1].By.ID != c.second.Account) {
				t.Errorf("%s reads %+v", who, v.Notes)
			}
		}
		c.verify()
	})
}
