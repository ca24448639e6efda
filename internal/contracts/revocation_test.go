package contracts

import (
	"errors"
	"slices"
	"sync"
	"testing"

	"jiebang/internal/db"
	"jiebang/internal/db/dbtest"
	"jiebang/internal/fault"
	"jiebang/internal/ledger"
	"jiebang/internal/policy"
)

// forged proposes to revoke a contract.
func (c *city) forged() RevocationInput {
	return RevocationInput{Ground: Forged, Reason: "经向双方函询，均否认签订过该合同", Evidence: "复函存档 2026-撤-03"}
}

func (c *city) propose(by policy.Actor, contract *View, in RevocationInput) *ApplicationView {
	c.Helper()
	done, err := c.ProposeRevocation(c.Context(), as(by), contract.ID, in)
	c.must(err)
	return c.application(done.ID)
}

// sum is what the ledger holds of a contract.
func (c *city) sum(contract *View) (out ledger.Figures) {
	for _, e := range c.entries(contract.ID) {
		out = out.Plus(e.Figures)
	}
	return out
}

func TestAnOfficeRevokesItsRegistration(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		c := open(t, o)
		in := c.input()
		in.Terms.PaperNumber = "SBLG-2026-017"
		contract := c.registered(c.seller, in)
		a := c.propose(c.first, contract, c.forged())
		if a.State != SecondReview || a.Kind != Revoking || a.Revocation.Ground != Forged || a.Revocation.Evidence == "" {
			t.Errorf("proposed it is %+v", a.Application)
		}
		if now := c.get(contract.ID); now.State != Registered || now.Version != contract.Version || c.sum(contract).Contracts != 1 {
			t.Errorf("meanwhile the contract is %s at version %d", now.State, now.Version)
		}
		// The parties read why, and not what shows it.
		for _, party := range []policy.Actor{c.seller, c.buyer} {
			seen, err := c.GetApplication(t.Context(), party, a.ID)
			c.must(err)
			if seen.Revocation.Ground != Forged || seen.Revocation.Evidence != "" || seen.Reason == "" || len(seen.Actions) != 0 {
				t.Errorf("a party reads %+v and may %v", seen.Revocation, seen.Actions)
			}
		}
		// Nothing else goes on about it meanwhile.
		_, err := c.Cancel(t.Context(), as(c.seller), contract.ID, Ending{Reason: "双方协商解除"})
		c.refused(err, fault.ApplicationOpen)
		_, err = c.ProposeRevocation(t.Context(), as(c.second), contract.ID, c.forged())
		c.refused(err, fault.ApplicationOpen)

		_, err = c.Grant(t.Context(), as(c.second), a.ID, 1, Grant{OfficialNumber: "20260000000001"})
		c.refused(err, fault.InvalidInput)
		c.Clock.Set("2026-04-09T02:00:00Z")
		_, err = c.Grant(t.Context(), as(c.second), a.ID, 1, Grant{})
		c.must(err)
		now := c.get(contract.ID)
		if now.State != Revoked || now.Revoked == nil || now.Revoked.Ground != Forged || now.Revoked.On.String() != "2026-04-09" {
			t.Errorf("it is %s, %+v", now.State, now.Revoked)
		}
		if c.sum(contract) != (ledger.Figures{}) || len(c.entries(contract.ID)) != 2 {
			t.Errorf("the ledger holds %+v", c.sum(contract))
		}
		// It is nobody's twin any more, and its way is at its end.
		if again := c.create(c.seller, in); len(again.Twins) != 0 {
			t.Errorf("it is still a twin: %+v", again.Twins)
		}
		for what, err := range map[string]error{
			"amend":   second(c.Amend(t.Context(), as(c.seller), contract.ID, Change{Terms: c.paper().Terms, Reason: "变更"})),
			"cancel":  second(c.Cancel(t.Context(), as(c.seller), contract.ID, Ending{Reason: "解除"})),
			"submit":  second(c.Submit(t.Context(), as(c.seller), contract.ID, now.Version)),
			"replace": second(c.Replace(t.Context(), as(c.seller), contract.ID, now.Version, in)),
			"revoke":  second(c.ProposeRevocation(t.Context(), as(c.first), contract.ID, c.forged())),
		} {
			if !fault.WrongState.Of(err) {
				t.Errorf("%s after it was revoked: %v", what, err)
			}
		}
		code := ""
		c.must(c.DB.Reader.Raw("SELECT code FROM contract_certificates WHERE contract_id = ?", contract.ID).Scan(&code).Error)
		check, err := c.CheckCertificate(t.Context(), code)
		c.must(err)
		if check.Valid || check.Revoked == nil || check.Revoked.Ground != Forged || check.Revoked.On != now.Revoked.On {
			t.Errorf("the certificate says %+v", check)
		}
		_, err = c.PrintCertificate(t.Context(), c.buyer, contract.ID)
		c.must(err)
		c.verify()
	})
}

func second[T any](_ T, err error) error { return err }

func TestWhoRevokesAndWhoConfirms(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		c := open(t, o)
		contract := c.registered(c.seller, c.input())
		paper := c.registered(c.clerk, c.paper())
		for who, x := range map[string]struct {
			actor    policy.Actor
			contract *View
			want     fault.Definition
		}{
			"the seller":                         {c.seller, contract, fault.NotAllowed},
			"the buyer":                          {c.buyer, contract, fault.NotAllowed},
			"an operator":                        {c.operator, contract, fault.NotAllowed},
			"a registrar of another office":      {c.elsewhere, contract, fault.NotVisible},
			"a stranger":                         {c.stranger, contract, fault.NotVisible},
			"a registrar of a party":             {c.tied, contract, fault.OwnDecision},
			"the clerk who entered the contract": {c.clerk, paper, fault.OwnDecision},
		} {
			_, err := c.ProposeRevocation(t.Context(), as(x.actor), x.contract.ID, c.forged())
			if !x.want.Of(err) {
				t.Errorf("%s proposes: %v", who, err)
			}
			view, err := c.Get(t.Context(), x.actor, x.contract.ID)
			if err == nil && slices.Contains(view.Actions, "proposeRevocation") {
				t.Errorf("%s is told that they may", who)
			}
		}
		if view, err := c.Get(t.Context(), c.first, contract.ID); err != nil || !slices.Contains(view.Actions, "proposeRevocation") {
			t.Errorf("a registrar may %v, %v", view.Actions, err)
		}

		a := c.propose(c.first, paper, c.forged())
		for who, x := range map[string]struct {
			actor policy.Actor
			want  fault.Definition
		}{
			"who proposed it":               {c.first, fault.OwnDecision},
			"the clerk who entered it":      {c.clerk, fault.OwnDecision},
			"a registrar of a party":        {c.tied, fault.OwnDecision},
			"a registrar of another office": {c.elsewhere, fault.NotVisible},
			"an operator":                   {c.operator, fault.NotAllowed},
			"the buyer":                     {c.buyer, fault.NotAllowed},
		} {
			_, err := c.Grant(t.Context(), as(x.actor), a.ID, 1, Grant{})
			if !x.want.Of(err) {
				t.Errorf("%s confirms: %v", who, err)
			}
			if _, err = c.Refuse(t.Context(), as(x.actor), a.ID, 1, "证据不足"); !x.want.Of(err) {
				t.Errorf("%s refuses: %v", who, err)
			}
		}
		// Whoever else reads it takes no other's proposal back, and nothing of an ordinary review fits it.
		for who, actor := range map[string]policy.Actor{"another registrar": c.second, "the clerk": c.clerk, "the buyer": c.buyer, "an operator": c.operator} {
			if _, err := c.Withdraw(t.Context(), as(actor), a.ID, 1); !fault.NotAllowed.Of(err) {
				t.Errorf("%s takes it back: %v", who, err)
			}
		}
		for what, err := range map[string]error{
			"start":   second(c.StartReview(t.Context(), as(c.second), a.ID, 1)),
			"pass":    second(c.Pass(t.Context(), as(c.second), a.ID, 1, "")),
			"release": second(c.Release(t.Context(), as(c.second), a.ID, 1)),
			"ask":     second(c.RequestSupplement(t.Context(), as(c.second), a.ID, 1, "请补充")),
			"experts": second(c.RecordOpinion(t.Context(), as(c.second), a.ID, 1, c.opinion(Favourable))),
		} {
			if !fault.WrongState.Of(err) {
				t.Errorf("%s: %v", what, err)
			}
		}
		_, err := c.Refuse(t.Context(), as(c.second), a.ID, 1, "证据不足，合同照旧")
		c.must(err)
		if got := c.application(a.ID); got.State != Refused || c.get(paper.ID).State != Registered {
			t.Errorf("refused it is %s", got.State)
		}
		// Who decided about it wrote nothing in it, so they may propose it again.
		a = c.propose(c.second, c.get(paper.ID), c.forged())
		_, err = c.Withdraw(t.Context(), as(c.second), a.ID, 1)
		c.must(err)
		for what, err := range map[string]error{
			"confirm":   second(c.Grant(t.Context(), as(c.first), a.ID, 2, Grant{})),
			"refuse":    second(c.Refuse(t.Context(), as(c.first), a.ID, 2, "证据不足")),
			"take back": second(c.Withdraw(t.Context(), as(c.second), a.ID, 2)),
		} {
			if !fault.WrongState.Of(err) {
				t.Errorf("%s after it was taken back: %v", what, err)
			}
		}
		// An ordinary application is the applicant's to take back, and no registrar's.
		filed := c.file(c.seller, c.create(c.seller, c.input()))
		_, err = c.Withdraw(t.Context(), as(c.first), filed.ID, 1)
		c.refused(err, fault.NotAllowed)
		_, err = c.ProposeRevocation(t.Context(), as(c.first), filed.ContractID, c.forged())
		c.refused(err, fault.WrongState)
		c.verify()
	})
}

func TestWhatWasRegisteredTwiceNamesTheOther(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		c := open(t, o)
		one, two := c.registered(c.seller, c.input()), c.registered(c.seller, c.input())
		draft := c.create(c.seller, c.input())
		twice := func(number string) RevocationInput {
			in := c.forged()
			in.Ground, in.Twin = RegisteredTwice, number
			return in
		}
		other := c.forged()
		other.Twin = two.Number
		for what, in := range map[string]RevocationInput{
			"none is named": twice(""), "itself": twice(one.Number), "a draft": twice(draft.Number), "nothing": twice("JB-2026-999999"), "named for nothing": other,
			"no ground": {Ground: "because", Reason: "不明", Evidence: "不明"}, "no evidence": {Ground: Void, Reason: "合同无效"},
		} {
			if _, err := c.ProposeRevocation(t.Context(), as(c.first), one.ID, in); !fault.InvalidInput.Of(err) {
				t.Errorf("%s: %v", what, err)
			}
		}
		a := c.propose(c.first, one, twice("jb 2026 "+two.Number[len("JB-2026-"):]))
		if a.Revocation.Twin != two.Number {
			t.Errorf("it names %q", a.Revocation.Twin)
		}
		// Each is said to be the other's twin: one of them stays.
		b := c.propose(c.first, two, twice(one.Number))
		_, err := c.Grant(t.Context(), as(c.second), a.ID, 1, Grant{})
		c.must(err)
		_, err = c.Grant(t.Context(), as(c.second), b.ID, 1, Grant{})
		c.refused(err, fault.WrongState)
		if got := c.get(one.ID); got.State != Revoked || got.Revoked.Twin != two.Number || c.get(two.ID).State != Registered {
			t.Errorf("it is %s of %+v", got.State, got.Revoked)
		}
		c.verify()
	})
}

// Of a confirmation and a withdrawal at once, one counts.
func TestARevocationIsConfirmedOrTakenBack(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		c := open(t, o)
		for range 4 {
			contract := c.registered(c.seller, c.input())
			a := c.propose(c.first, contract, c.forged())
			var wait sync.WaitGroup
			errs := make([]error, 3)
			wait.Go(func() { _, errs[0] = c.Grant(t.Context(), as(c.second), a.ID, 1, Grant{}) })
			wait.Go(func() { _, errs[1] = c.Withdraw(t.Context(), as(c.first), a.ID, 1) })
			wait.Go(func() { _, errs[2] = c.Refuse(t.Context(), as(c.second), a.ID, 1, "证据不足") })
			wait.Wait()
			done := 0
			for _, err := range errs {
				var f *fault.Error
				switch {
				case err == nil:
					done++
				case !errors.As(err, &f):
					t.Error(err)
				}
			}
			state, revoked := c.application(a.ID).State, c.get(contract.ID).State == Revoked
			if done != 1 || revoked != (state == Granted) || revoked != (c.sum(contract) == ledger.Figures{}) {
				t.Errorf("%d were done (%v): the proposal is %s, the contract revoked %t", done, errs, state, revoked)
			}
		}
		c.verify()
	})
}

// Whoever proposes it names the version that they read, if they do, and it is the contract's.
func TestARevocationOfAnotherVersionIsStale(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		c := open(t, o)
		contract := c.registered(c.seller, c.input())
		stale := c.forged()
		stale.Version = contract.Version + 1
		_, err := c.ProposeRevocation(t.Context(), as(c.first), contract.ID, stale)
		c.refused(err, fault.VersionStale)
	})
}
