package orgs_test

import (
	"fmt"
	"testing"
	"time"

	"jiebang/internal/casttest"
	"jiebang/internal/db"
	"jiebang/internal/fault"
	"jiebang/internal/orgs"
	"jiebang/internal/work"
)

// Who belongs to an organization, or is invited, does not verify it, nor a change of it, whoever entered it.
func TestAnOperatorVerifiesNoOrganizationOfTheirOwn(t *testing.T) {
	casttest.Each(t, func(c *casttest.Cast) {
		o := c.Pending("辽浑智造装备有限公司", "enterprise", "210106")
		a, err := c.Orgs.AddMember(c.Context(), o.Editor, o.ID, o.Version, orgs.Offer{Username: "deputy"})
		c.Must(err)
		o.Version = a.View.Version
		for _, deputy := range []func() work.Call{
			func() work.Call { return c.Again(c.Deputy) },
			func() work.Call { c.Must(c.Orgs.Join(c.Context(), c.Deputy, o.ID)); return c.Again(c.Deputy) },
		} {
			who := deputy()
			_, err = c.Orgs.Verify(c.Context(), who, o.ID, o.Version)
			c.Refused(err, fault.OwnDecision)
			_, err = c.Orgs.Refuse(c.Context(), who, o.ID, o.Version, "名称与信用代码不符")
			c.Refused(err, fault.OwnDecision)
		}
		c.Verify(&o)
		in := orgs.Input{Name: "辽浑智能装备有限公司", Kind: "enterprise", CreditCode: o.Code, Region: "210106", Contact: orgs.Contact{Name: "联系人"}}
		v := casttest.Decide(c, o.Editor, c.Orgs.Edit, o.ID, o.Version, in)
		_, err = c.Orgs.Accept(c.Context(), c.Again(c.Deputy), o.ID, v.Version)
		c.Refused(err, fault.OwnDecision)
		casttest.Change(c, c.Operator, c.Orgs.Accept, o.ID, v.Version)
	})
}

// One operator brings nobody into an organization: where it has no administrator, one names and another confirms one, and the members see it.
func TestAnOperatorNamesTheFirstAdministratorOnly(t *testing.T) {
	casttest.Each(t, func(c *casttest.Cast) {
		o := c.Organization("盛北理工大学", "university", "210112")
		own := c.Person("operators.own")
		offer := orgs.Offer{Username: own.Actor.Username, Admin: true}
		_, err := c.Orgs.AddMember(c.Context(), c.Operator, o.ID, o.Version, offer)
		c.Refused(err, fault.NotAllowed)
		_, err = c.Orgs.InviteByMail(c.Context(), c.Operator, o.ID, orgs.Invite{Email: "own@example.org", Admin: true})
		c.Refused(err, fault.NotAllowed)
		_, err = c.Orgs.ChangeRole(c.Context(), c.Operator, o.ID, o.Version, orgs.RoleChange{Account: o.Second.Actor.Account, Admin: true})
		c.Refused(err, fault.NotAllowed)

		// An operator may end an account, also the administrator's; what follows takes two.
		_, err = c.Accounts.Deactivate(c.Context(), c.Operator, o.Editor.Actor.Account, 1, "已离职")
		c.Must(err)
		_, err = c.Orgs.AddMember(c.Context(), c.Operator, o.ID, o.Version, orgs.Offer{Username: own.Actor.Username})
		c.Refused(err, fault.InvalidInput)
		v := casttest.Decide(c, c.Operator, c.Orgs.AddMember, o.ID, o.Version, offer)
		c.Refused(c.Orgs.Join(c.Context(), own, o.ID), fault.SecondOperator)
		if c.Again(own).Actor.MemberOf(o.ID) {
			c.Error("one operator brought an account into an organization")
		}
		_, err = c.Orgs.ConfirmAdministrator(c.Context(), c.Operator, o.ID, v.Version, own.Actor.Account)
		c.Refused(err, fault.OwnDecision)
		v = casttest.Decide(c, c.Deputy, c.Orgs.ConfirmAdministrator, o.ID, v.Version, own.Actor.Account)
		c.Must(c.Orgs.Join(c.Context(), own, o.ID))
		if actor := c.Again(own).Actor; len(actor.Admin) != 1 {
			c.Errorf("named by two and no administrator: %+v", actor)
		}
		page, err := c.Orgs.Members(c.Context(), c.Again(o.Second).Actor, orgs.MemberFilter{Organization: o.ID}, db.Paging{Limit: 20})
		c.Must(err)
		var told bool
		for _, m := range page.Items {
			told = told || m.Person.Username == own.Actor.Username && m.AddedBy.Username == "operator" && m.ConfirmedBy.Username == "deputy"
		}
		if !told {
			c.Errorf("the members do not see who added whom: %+v", page.Items)
		}
		_, err = c.Orgs.ConfirmAdministrator(c.Context(), c.Deputy, o.ID, v.Version, o.Second.Actor.Account)
		c.Refused(err, fault.NotAllowed) // it has an administrator
	})
}

// A member is made the administrator by two operators as well, and one may take the proposal back.
func TestAMemberIsMadeTheAdministratorByTwo(t *testing.T) {
	casttest.Each(t, func(c *casttest.Cast) {
		o := c.Organization("盛北理工大学", "university", "210112")
		_, err := c.Accounts.Deactivate(c.Context(), c.Operator, o.Editor.Actor.Account, 1, "已离职")
		c.Must(err)
		change := orgs.RoleChange{Account: o.Second.Actor.Account, Admin: true}
		v := casttest.Decide(c, c.Operator, c.Orgs.ChangeRole, o.ID, o.Version, change)
		if actor := c.Again(o.Second).Actor; len(actor.Admin) != 0 || !actor.MemberOf(o.ID) {
			c.Errorf("by one operator: %+v", actor)
		}
		mine, _, err := c.Orgs.Mine(c.Context(), c.Again(o.Second).Actor)
		c.Must(err)
		if len(mine) != 1 || mine[0].Admin {
			c.Errorf("told to be the administrator before a second operator said so: %+v", mine)
		}
		v = casttest.Decide(c, c.Operator, c.Orgs.ChangeRole, o.ID, v.Version, orgs.RoleChange{Account: change.Account})
		_, err = c.Orgs.ConfirmAdministrator(c.Context(), c.Deputy, o.ID, v.Version, change.Account)
		c.Refused(err, fault.NothingToConfirm)
		v = casttest.Decide(c, c.Operator, c.Orgs.ChangeRole, o.ID, v.Version, change)
		casttest.Decide(c, c.Deputy, c.Orgs.ConfirmAdministrator, o.ID, v.Version, change.Account)
		if actor := c.Again(o.Second).Actor; len(actor.Admin) != 1 {
			c.Errorf("by two operators: %+v", actor)
		}
	})
}

// Names that only look like a verified organization's are refused, also as a change; the very name waits for verification and is marked.
func TestNamesThatMislead(t *testing.T) {
	casttest.Each(t, func(c *casttest.Cast) {
		c.Organization("沈阳日升ABC工业有限公司", "enterprise", "210106")
		enter := func(name string) error {
			_, err := c.Orgs.Create(c.Context(), c.Person(fmt.Sprintf("enters%d", serial())), orgs.Input{
				Name: name, Kind: "enterprise", CreditCode: c.CreditCode(), Region: "210106", Contact: orgs.Contact{Name: "联系人"},
			})
			return err
		}
		for _, name := range []string{
			"沈阳曰升ABC工业有限公司", "沈阳日升АВС工业有限公司", "沈阳日升ABCエ业有限公司", "沈阳日升ÁBC工业 有限公司",
		} {
			c.Refused(enter(name), fault.NameLooksTaken)
		}
		for _, name := range []string{"沈阳曰升ＡＢС工业有限公司", "……", "沈阳日升\u202eABC工业有限公司", "沈阳日升\u2063ABC工业有限公司"} {
			c.Refused(enter(name), fault.InvalidInput)
		}
		for _, name := range []string{"沈阳日升ABD工业有限公司", "沈阳升日ABC工业有限公司"} {
			c.Must(enter(name))
		}
		o := c.Single("沈阳月升工业有限公司", "enterprise", "210106")
		in := orgs.Input{Name: "沈阳曰升ABC工业有限公司", Kind: "enterprise", CreditCode: o.Code, Region: "210106", Contact: orgs.Contact{Name: "联系人"}}
		_, err := c.Orgs.Edit(c.Context(), o.Editor, o.ID, o.Version, in)
		c.Refused(err, fault.NameLooksTaken)

		// The very name of another is no change either: one verified organization has a name.
		in.Name = "沈阳日升ABC工业有限公司"
		v := casttest.Decide(c, o.Editor, c.Orgs.Edit, o.ID, o.Version, in)
		_, err = c.Orgs.Accept(c.Context(), c.Operator, o.ID, v.Version)
		c.Refused(err, fault.NameLooksTaken)

		same := c.Pending("沈阳日升ABC工业有限公司", "enterprise", "210106")
		refs, err := orgs.Shown(c.DB.Reader, same.Editor.Actor, []orgs.Standing{{Organization: same.ID}, {Organization: o.ID}})
		if err != nil || !refs[0].Unverified || refs[0].Name != "沈阳日升ABC工业有限公司" || refs[1].Unverified || refs[1].Name != "沈阳月升工业有限公司" {
			c.Errorf("%+v, %v", refs, err)
		}
	})
}

var count int

func serial() int { count++; return count }

// Who is invited looks at the organization before they answer; offers are bounded, by account and by organization.
func TestOffersAreLookedAtAndBounded(t *testing.T) {
	casttest.Each(t, func(c *casttest.Cast) {
		guest := c.Person("guest")
		o := c.Pending("待核验的单位", "enterprise", "210106")
		_, err := c.Orgs.Get(c.Context(), guest.Actor, o.ID)
		c.Refused(err, fault.NotVisible)
		v := casttest.Decide(c, o.Editor, c.Orgs.AddMember, o.ID, o.Version, orgs.Offer{Username: "guest"})
		seen, err := c.Orgs.Get(c.Context(), c.Again(guest).Actor, o.ID)
		c.Must(err)
		if seen.State != orgs.Pending || seen.CreditCode != o.Code || seen.Contact != nil {
			c.Errorf("%+v", seen)
		}
		_, invited, err := c.Orgs.Mine(c.Context(), guest.Actor)
		if err != nil || len(invited) != 1 || invited[0].State != orgs.Pending || invited[0].CreditCode != o.Code || invited[0].By.Username != o.Editor.Actor.Username {
			c.Errorf("%+v, %v", invited, err)
		}
		for i := range 19 {
			v = casttest.Decide(c, o.Editor, c.Orgs.AddMember, o.ID, v.Version, orgs.Offer{Username: c.Person(fmt.Sprintf("guest%d", i)).Actor.Username})
		}
		_, err = c.Orgs.AddMember(c.Context(), o.Editor, o.ID, v.Version, orgs.Offer{Username: c.Person("one.more").Actor.Username})
		c.Refused(err, fault.TooManyOffers)
		c.Must(c.Orgs.Leave(c.Context(), guest, o.ID)) // declined, and there is room again
		casttest.Decide(c, o.Editor, c.Orgs.AddMember, o.ID, v.Version, orgs.Offer{Username: "one.more"})
	})
}

// Whoever accepts an offer while it is taken back waits for that, and learns that there is none any more.
func TestAnOfferIsAcceptedWhileItIsTakenBack(t *testing.T) {
	casttest.Each(t, func(c *casttest.Cast) {
		o, guest := c.Organization("盛北理工大学", "university", "210112"), c.Person("guest")
		casttest.Decide(c, o.Editor, c.Orgs.AddMember, o.ID, o.Version, orgs.Offer{Username: guest.Actor.Username})
		tx := c.DB.Writer.Begin()
		c.Must(db.ForUpdate(tx).First(&orgs.Organization{}, "id = ?", o.ID).Error)
		c.Must(tx.Where("organization_id = ? AND account_id = ?", o.ID, guest.Actor.Account).Delete(&orgs.Membership{}).Error)
		joined := make(chan error)
		go func() { joined <- c.Orgs.Join(c.Context(), guest, o.ID) }()
		time.Sleep(100 * time.Millisecond) // it has looked by now, if it looks without waiting
		c.Must(tx.Commit().Error)
		c.Refused(<-joined, fault.NotVisible)
	})
}

// An account of which 70,000 organizations want something is what it is all the same: what others lengthen stands in no list of parameters.
func TestOffersOfBeforeBreakNothing(t *testing.T) {
	casttest.Each(t, func(c *casttest.Cast) {
		guest, stranger := c.Person("guest"), c.Organization("盛北理工大学", "university", "210112")
		const n = 70_000
		digits := "(SELECT 0 AS d UNION ALL SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4 UNION ALL SELECT 5 UNION ALL SELECT 6 UNION ALL SELECT 7 UNION ALL SELECT 8 UNION ALL SELECT 9)"
		numbers := "(SELECT a.d + 10 * b.d + 100 * c.d + 1000 * e.d + 10000 * f.d AS n FROM " + digits + " a, " + digits + " b, " + digits + " c, " + digits + " e, " + digits + " f) AS numbers"
		id := "'0197f000-0000-7000-8000-' || SUBSTR('000000000000' || n, -12)"
		if c.DB.Dialect == db.Postgres {
			id = "('0197f000-0000-7000-8000-' || LPAD(n::text, 12, '0'))::uuid"
		}
		now := c.Clock.Now()
		c.Must(c.DB.Writer.Exec("INSERT INTO organizations (id, version, created_at, updated_at, state, name, kind, credit_code, region, introduction, contact_name, contact_phone, contact_email, created_by)"+
			" SELECT "+id+", 1, ?, ?, 'pending', '单位 ' || n, 'enterprise', '', '210106', '', '', '', '', ? FROM "+numbers+" WHERE n < ?", now, now, stranger.Editor.Actor.Account, n).Error)
		c.Must(c.DB.Writer.Exec("INSERT INTO memberships (organization_id, account_id, admin, created_at, added_by) SELECT "+id+", ?, FALSE, ?, ? FROM "+numbers+" WHERE n < ?",
			guest.Actor.Account, now, stranger.Editor.Actor.Account, n).Error)
		actor := c.Again(guest)
		if len(actor.Actor.Ties) < n {
			c.Errorf("ties: %d", len(actor.Actor.Ties))
		}
		_, invited, err := c.Orgs.Mine(c.Context(), actor.Actor)
		if err != nil || len(invited) != 100 {
			c.Errorf("mine: %d, %v", len(invited), err)
		}
		page, err := c.Orgs.OffersTo(c.Context(), actor.Actor, orgs.Received{}, db.Paging{Limit: 50})
		if err != nil || len(page.Items) != 50 || page.Next == "" {
			c.Errorf("offers: %d, %v", len(page.Items), err)
		}
		if page, err = c.Orgs.OffersTo(c.Context(), actor.Actor, orgs.Received{}, db.Paging{Limit: 50, Cursor: page.Next}); err != nil || len(page.Items) != 50 {
			c.Errorf("the next page: %d, %v", len(page.Items), err)
		}
		all, err := c.Orgs.List(c.Context(), actor.Actor, orgs.Filter{}, db.Paging{Limit: 50})
		if err != nil || len(all.Items) != 50 {
			c.Errorf("organizations: %d, %v", len(all.Items), err)
		}
		pending := c.Pending("盛北新来的企业", "enterprise", "210106")
		_, err = c.Orgs.AddMember(c.Context(), pending.Editor, pending.ID, pending.Version, orgs.Offer{Username: "guest"})
		c.Refused(err, fault.TooManyOffers)
		// A verified one's takes none of that room.
		casttest.Decide(c, stranger.Editor, c.Orgs.AddMember, stranger.ID, stranger.Version, orgs.Offer{Username: "guest"})
		c.Must(c.DB.Writer.Exec("UPDATE organizations SET state = 'verified', credit_code = name WHERE id IN (SELECT organization_id FROM memberships WHERE account_id = ? ORDER BY organization_id LIMIT 99)", guest.Actor.Account).Error)
		other := c.Organization("盛北师范大学", "university", "210112")
		_, err = c.Orgs.AddMember(c.Context(), other.Editor, other.ID, other.Version, orgs.Offer{Username: "guest"})
		c.Refused(err, fault.TooManyOffers) // of theirs there are a hundred now
	})
}
