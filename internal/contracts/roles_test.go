package contracts

import (
	"slices"
	"strings"
	"testing"

	"jiebang/internal/accounts"
	"jiebang/internal/db"
	"jiebang/internal/db/dbtest"
	"jiebang/internal/fault"
	"jiebang/internal/orgs"
	"jiebang/internal/policy"
	"jiebang/internal/work"
)

// Nobody decides on what they entered, submitted or belong to, and nobody decides twice.
func TestNobodyIsInTwoRoles(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		c := open(t, o)
		in := c.input()
		clerks := c.create(c.clerk, in) // entered by the clerk, submitted by the seller
		a := c.file(c.seller, clerks)
		sellerTurnedRegistrar := policy.Actor{Account: c.seller.Account, Registers: map[policy.Register][]string{policy.Registrar: {"SY01"}}}
		for _, p := range []struct {
			who   string
			actor policy.Actor
			want  fault.Definition
		}{
			{"a visitor", policy.Actor{}, fault.NotVisible},
			{"a stranger", c.stranger, fault.NotVisible},
			{"a registrar of another office", c.elsewhere, fault.NotVisible},
			{"the seller", c.seller, fault.NotAllowed},
			{"the buyer", c.buyer, fault.NotAllowed},
			{"an operator", c.operator, fault.NotAllowed},
			{"the clerk who entered it", c.clerk, fault.OwnDecision},
			{"who submitted it and became a registrar since", sellerTurnedRegistrar, fault.OwnDecision},
			{"a registrar who belongs to the buyer", c.tied, fault.OwnDecision},
		} {
			_, err := c.StartReview(t.Context(), as(p.actor), a.ID, 1)
			if !p.want.Of(err) {
				t.Errorf("%s takes it: %v, want %s", p.who, err, p.want.Code)
			}
		}
		_, err := c.StartReview(t.Context(), as(c.first), a.ID, 1)
		c.must(err)
		_, err = c.Pass(t.Context(), as(c.first), a.ID, 2, "")
		c.must(err)
		for _, p := range []struct {
			who   string
			actor policy.Actor
		}{{"the first reviewer", c.first}, {"the clerk", c.clerk}, {"the submitter", sellerTurnedRegistrar}, {"the buyer's registrar", c.tied}} {
			_, err := c.Grant(t.Context(), as(p.actor), a.ID, 3, Grant{TwinReason: another})
			if !fault.OwnDecision.Of(err) {
				t.Errorf("%s grants: %v", p.who, err)
			}
			_, err = c.Refuse(t.Context(), as(p.actor), a.ID, 3, "理由不充分")
			if !fault.OwnDecision.Of(err) {
				t.Errorf("%s refuses: %v", p.who, err)
			}
		}
		_, err = c.Grant(t.Context(), as(c.second), a.ID, 3, Grant{TwinReason: another})
		c.must(err)

		// Whoever belongs to a party that an amendment brings in does not decide about it either.
		terms := c.terms()
		terms.Buyers[0] = Party{OrganizationID: &c.other, Name: "沈阳浑河材料有限公司", Region: "210112", Nature: "150"}
		done, err := c.Amend(t.Context(), as(c.seller), clerks.ID, Change{Terms: terms, Reason: "买方变更"})
		c.must(err)
		_, err = c.StartReview(t.Context(), as(c.tiedToOther), done.ID, 1)
		c.refused(err, fault.OwnDecision)
	})
}

// Whoever belongs to a party, or is invited to it, decides nothing about it, by whatever the paper knows it: its name alone, its code, the
// record of an organization that nobody has verified. It is looked up at each step: the first review may have begun before.
func TestATieToAPartyIsFoundHoweverItIsKnown(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		c := open(t, o)
		registrars := map[string]work.Call{"member": c.Registrar("SY01"), "invited": c.Registrar("SY01"), "by mail": c.Registrar("SY01"), "none": c.Registrar("SY01")}
		in := c.input()
		in.Terms.Buyers[0] = Party{Name: "沈阳浑南（精密）机床厂", NoCodeReason: "代码正在办理", Region: "210112", Nature: "150"}
		byName := c.file(c.seller, c.create(c.seller, in))
		code := c.CreditCode()
		in.Terms.Buyers[0] = Party{Name: "另一个写法", CreditCode: code, Region: "210112", Nature: "150"}
		byCode := c.file(c.seller, c.create(c.seller, in))
		var taken *ApplicationView
		may := func(who string, a *ApplicationView) bool {
			page, err := c.ListApplications(t.Context(), c.Again(registrars[who]).Actor, ApplicationFilter{Office: "SY01", MayDecide: new(true)}, db.Paging{Limit: 50})
			c.must(err)
			listed := slices.ContainsFunc(page.Items, func(v ApplicationView) bool { return v.ID == a.ID })
			able, err := c.Reviewers(t.Context(), c.first, a.ID)
			c.must(err)
			could := slices.ContainsFunc(able, func(p accounts.Person) bool { return p.ID == registrars[who].Actor.Account })
			if could != listed && (taken == nil || a != byName) { // what somebody has is listed to nobody else
				t.Errorf("%s: the list and the choice of reviewers differ", who)
			}
			return could
		}
		for who := range registrars {
			if !may(who, byName) || !may(who, byCode) {
				t.Errorf("%s may not decide before there is a tie", who)
			}
		}
		taken = c.take(registrars["member"].Actor, byName.ID)

		// The organization comes here, and nobody has verified it.
		editor := registrars["member"]
		created, err := c.Orgs.Create(t.Context(), editor, orgs.Input{Name: "沈阳浑南(精密)机床厂", Kind: "enterprise", CreditCode: code, Region: "210112", Contact: orgs.Contact{Name: "联系人"}})
		c.must(err)
		editor = c.Again(editor)
		_, err = c.Orgs.AddMember(t.Context(), editor, created.ID, created.View.Version, orgs.Offer{Username: registrars["invited"].Actor.Username})
		c.must(err)
		_, err = c.Pass(t.Context(), as(registrars["member"].Actor), byName.ID, taken.Version, "") // as they signed in
		c.refused(err, fault.OwnDecision)
		if may("member", byName) {
			t.Error("a tie to an organization that nobody has verified is none")
		}
		if !may("invited", byName) || !may("invited", byCode) {
			t.Error("whoever signs up an organization of any name can keep a registrar from others' contracts by an offer")
		}

		_, err = c.Orgs.Verify(t.Context(), c.Cast.Operator, created.ID, created.View.Version+1) // only then it invites by mail
		c.must(err)
		mailed := registrars["by mail"].Actor
		c.must(c.DB.Writer.Exec("UPDATE accounts SET email = ?, email_key = ?, email_verified_at = ? WHERE id = ?", "Mail@Example.org", "mail@example.org", c.Clock.Now(), mailed.Account).Error)
		_, err = c.Orgs.InviteByMail(t.Context(), editor, created.ID, orgs.Invite{Email: "mail@example.org"})
		c.must(err)
		for _, who := range []string{"member", "invited", "by mail"} {
			for _, a := range []*ApplicationView{byName, byCode} {
				if may(who, a) { // name and code are its own from here on
					t.Errorf("%s: may decide about %s", who, a.ContractNumber)
				}
			}
			_, err := c.StartReview(t.Context(), as(registrars[who].Actor), byCode.ID, byCode.Version)
			c.refused(err, fault.OwnDecision)
		}
		if !may("none", byCode) {
			t.Error("who has no tie may not decide")
		}
		_, err = c.StartReview(t.Context(), as(registrars["none"].Actor), byCode.ID, byCode.Version)
		c.must(err)
	})
}

// Whoever wrote in a contract, in a supplement or an amendment is an author of it, like the one who entered it.
func TestWhoWroteInAContractDecidesNothingAboutIt(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		c := open(t, o)
		turned := func(a policy.Actor) policy.Actor {
			return policy.Actor{Account: a.Account, Registers: map[policy.Register][]string{policy.Registrar: {"SY01"}}}
		}
		contract := c.create(c.seller, c.input())
		_, err := c.Replace(t.Context(), as(c.colleague), contract.ID, 1, c.input())
		c.must(err)
		a := c.file(c.seller, c.get(contract.ID))
		_, err = c.StartReview(t.Context(), as(turned(c.colleague)), a.ID, 1)
		c.refused(err, fault.OwnDecision)
		page, err := c.ListApplications(t.Context(), turned(c.colleague), ApplicationFilter{MayDecide: new(true)}, db.Paging{Limit: 5})
		c.must(err)
		if len(page.Items) != 0 {
			t.Error("the list says that who edited it may decide")
		}

		other := c.file(c.clerk, c.create(c.clerk, c.input()))
		_, err = c.RequestSupplement(t.Context(), as(c.first), other.ID, 1, "请补充签章页")
		c.must(err)
		_, err = c.AnswerSupplement(t.Context(), as(c.colleague), other.ID, 2, Supplement{Note: "已补充"})
		c.must(err)
		_, err = c.StartReview(t.Context(), as(turned(c.colleague)), other.ID, 3)
		c.refused(err, fault.OwnDecision)
	})
}

// A party may come here between the draft of a paper contract and its filing; whoever belongs to it decides nothing about it.
func TestATieThatCameAfterTheDraftIsNotMissed(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		c := open(t, o)
		in := c.paper()
		in.Terms.Buyers[0] = Party{Name: "沈阳浑河材料有限公司", CreditCode: creditCode("沈阳浑河材料有限公司"), Region: "210112", Nature: "150"}
		draft := c.create(c.clerk, in)
		c.must(c.DB.Writer.Exec("UPDATE organizations SET credit_code = ? WHERE id = ?", in.Terms.Buyers[0].CreditCode, c.other).Error)
		a := c.file(c.clerk, draft)
		_, err := c.StartReview(t.Context(), as(c.tiedToOther), a.ID, a.Version)
		c.refused(err, fault.OwnDecision)
		page, err := c.List(t.Context(), c.tiedToOther, Filter{Organization: c.other}, db.Paging{Limit: 5})
		c.must(err)
		if len(page.Items) != 1 {
			t.Errorf("the buyer's members are shown %d contracts, want the one", len(page.Items))
		}
	})
}

// With its links one organization may turn out to be on both sides: the draft says so and stays one.
func TestAPartyThatCameAfterTheDraftIsAPartyOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		c := open(t, o)
		in := c.input()
		in.Terms.Buyers[0] = Party{Name: "盛北理工大学", CreditCode: creditCode("盛北理工大学"), Region: "210112", Nature: "022"}
		draft := c.create(c.seller, in)
		c.must(c.DB.Writer.Exec("UPDATE organizations SET credit_code = ? WHERE id = ?", in.Terms.Buyers[0].CreditCode, c.university).Error)
		_, err := c.Submit(t.Context(), as(c.seller), draft.ID, draft.Version)
		c.refused(err, fault.InvalidInput)
		if state := c.get(draft.ID).State; state != Draft {
			t.Errorf("it is %s", state)
		}
	})
}

// An application alone does not know who entered its contract: who asks policy without looking there lets nobody decide.
func TestAnApplicationAloneLetsNobodyDecide(t *testing.T) {
	c := open(t, dbtest.New(t, db.SQLite))
	a := c.file(c.seller, c.create(c.clerk, c.input()))
	for who, actor := range map[string]policy.Actor{"the clerk who entered it": c.clerk, "another registrar": c.first, "the seller": c.seller} {
		for _, action := range []policy.Action{policy.ApplicationTake, policy.ApplicationPass, policy.ApplicationDeny, policy.ApplicationEnd} {
			if policy.Allowed(actor, action, a.Facts()) {
				t.Errorf("%s may %s by what the application alone knows", who, action)
			}
		}
	}
}

func TestOnlyTheSellersSideFiles(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		c := open(t, o)
		_, err := c.Create(t.Context(), as(c.buyer), c.input())
		c.refused(err, fault.NotAllowed)
		if err == nil || !strings.Contains(err.Error(), "卖方") {
			t.Errorf("the buyer is told: %v", err)
		}
		for who, actor := range map[string]policy.Actor{"a stranger": c.stranger, "a registrar of another office": c.elsewhere, "an operator": c.operator} {
			_, err := c.Create(t.Context(), as(actor), c.input())
			if !fault.NotAllowed.Of(err) {
				t.Errorf("%s enters it: %v", who, err)
			}
		}
		contract := c.create(c.seller, c.input())
		for _, f := range []func(policy.Actor) error{
			func(a policy.Actor) error { _, err := c.Submit(t.Context(), as(a), contract.ID, 1); return err },
			func(a policy.Actor) error {
				_, err := c.Replace(t.Context(), as(a), contract.ID, 1, c.input())
				return err
			},
			func(a policy.Actor) error {
				_, err := c.Cancel(t.Context(), as(a), contract.ID, Ending{Reason: "合同解除"})
				return err
			},
		} {
			c.refused(f(c.buyer), fault.NotVisible) // a draft is its writers' own affair
			c.refused(f(c.clerk), fault.NotVisible)
			c.refused(f(c.stranger), fault.NotVisible)
		}
		// A draft cannot be made another's.
		in := c.input()
		in.Terms.Sellers, in.Terms.Buyers = in.Terms.Buyers, in.Terms.Sellers
		_, err = c.Replace(t.Context(), as(c.seller), contract.ID, 1, in)
		c.refused(err, fault.NotAllowed)
	})
}
