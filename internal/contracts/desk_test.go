package contracts

import (
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/db"
	"jiebang/internal/db/dbtest"
	"jiebang/internal/deals"
	"jiebang/internal/external"
	"jiebang/internal/fault"
	"jiebang/internal/money"
	"jiebang/internal/policy"
	"jiebang/internal/when"
	"jiebang/internal/work"
)

// take leads an application into the first review by somebody.
func (c *city) take(by policy.Actor, id uuid.UUID) *ApplicationView {
	c.Helper()
	_, err := c.StartReview(c.Context(), as(by), id, c.application(id).Version)
	c.must(err)
	return c.application(id)
}

// refuse leads an application to a no.
func (c *city) refuse(id uuid.UUID) {
	c.Helper()
	a := c.take(c.first, id)
	_, err := c.Refuse(c.Context(), as(c.first), id, a.Version, "技术指标不可考核")
	c.must(err)
}

func TestARefusedContractIsMendedAndFiledAgainUnderItsFirstRules(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		c := open(t, o)
		c.set("2026-02-27T02:00:00Z")
		deal, _ := c.deal(deals.StageAgreed)
		in := c.input()
		in.Deal = &deal
		contract := c.create(c.seller, in)
		first := c.file(c.seller, contract)
		c.refuse(first.ID)

		c.set("2026-03-10T02:00:00Z")
		contract = c.get(contract.ID)
		in.Terms.Targets = "涂层结合强度不低于 65 MPa，热循环一千次"
		_, err := c.Replace(t.Context(), as(c.buyer), contract.ID, contract.Version, in)
		c.refused(err, fault.NotAllowed)
		_, err = c.Replace(t.Context(), as(c.colleague), contract.ID, contract.Version, in)
		c.must(err)
		if contract = c.get(contract.ID); contract.State != Refused || contract.Terms.Targets != in.Terms.Targets {
			t.Errorf("mended it is %s with %q", contract.State, contract.Terms.Targets)
		}
		again := c.file(c.seller, contract)
		if again.ID == first.ID || again.Regime != "2000" || again.DueOn != when.MustDay("2026-04-09") {
			t.Errorf("filed again under %s, due on %s", again.Regime, again.DueOn)
		}
		_, err = c.Replace(t.Context(), as(c.seller), contract.ID, c.get(contract.ID).Version, in)
		c.refused(err, fault.WrongState)
		if d, err := deals.New(c.Unit).GetDeal(t.Context(), c.seller, deal); err != nil || d.Stage != deals.StageContracted {
			t.Errorf("its deal is %s, %v", d.Stage, err)
		}
		c.grant(again)
		if contract = c.get(contract.ID); contract.State != Registered {
			t.Errorf("it is %s", contract.State)
		}
		all, err := c.ContractApplications(t.Context(), c.buyer, ApplicationsOf{contract.ID}, db.Paging{Limit: 10})
		c.must(err)
		if len(all.Items) != 2 || all.Items[0].ID != again.ID || all.Items[1].State != Refused {
			t.Errorf("applications %+v", all.Items)
		}
		_, err = c.ContractApplications(t.Context(), c.stranger, ApplicationsOf{contract.ID}, db.Paging{Limit: 10})
		c.refused(err, fault.NotVisible)
		c.verify()
	})
}

func TestARefusedContractWhoseDealHasAnotherIsNotFiledAgain(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		c := open(t, o)
		deal, _ := c.deal(deals.StageAgreed)
		in := c.input()
		in.Deal = &deal
		contract := c.create(c.seller, in)
		c.refuse(c.file(c.seller, contract).ID)
		c.create(c.seller, in) // a draft claims the deal
		_, err := c.Submit(t.Context(), as(c.seller), contract.ID, c.get(contract.ID).Version)
		c.refused(err, fault.DealHasContract)
		if got := c.get(contract.ID); got.State != Refused {
			t.Errorf("after the refused call it is %s", got.State)
		}
	})
}

func TestWhatWasFiledIsTakenBackUntilARegistrarActs(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		c := open(t, o)
		deal, _ := c.deal(deals.StageAgreed)
		in := c.input()
		in.Deal = &deal
		contract := c.create(c.seller, in)
		a := c.file(c.seller, contract)
		for who, actor := range map[string]policy.Actor{"the buyer": c.buyer, "a registrar": c.first, "an operator": c.operator} {
			if _, err := c.Withdraw(t.Context(), as(actor), a.ID, 1); !fault.NotAllowed.Of(err) {
				t.Errorf("%s takes it back: %v", who, err)
			}
		}
		_, err := c.Withdraw(t.Context(), as(c.colleague), a.ID, 1)
		c.must(err)
		contract = c.get(contract.ID)
		if a = c.application(a.ID); a.State != Withdrawn || contract.State != Draft {
			t.Errorf("%s, and the contract is %s", a.State, contract.State)
		}
		if d, err := deals.New(c.Unit).GetDeal(t.Context(), c.seller, deal); err != nil || d.Stage != deals.StageAgreed || d.ContractID != nil {
			t.Errorf("its deal is %s of %v, %v", d.Stage, d.ContractID, err)
		}
		_, err = c.Get(t.Context(), c.buyer, contract.ID)
		c.refused(err, fault.NotVisible) // a draft is its writers' own again
		_, err = c.StartReview(t.Context(), as(c.first), a.ID, a.Version)
		c.refused(err, fault.WrongState)

		a = c.file(c.seller, contract)
		c.take(c.first, a.ID)
		_, err = c.Withdraw(t.Context(), as(c.seller), a.ID, 2)
		c.refused(err, fault.WrongState)
		_, err = c.Release(t.Context(), as(c.first), a.ID, 2)
		c.must(err)
		_, err = c.Withdraw(t.Context(), as(c.seller), a.ID, 3)
		c.must(err)

		// What was refused before is refused again.
		c.refuse(c.file(c.seller, c.get(contract.ID)).ID)
		a = c.file(c.seller, c.get(contract.ID))
		_, err = c.Withdraw(t.Context(), as(c.seller), a.ID, 1)
		c.must(err)
		if got := c.get(contract.ID); got.State != Refused {
			t.Errorf("after a refusal and a withdrawal it is %s", got.State)
		}
	})
}

func TestAmendmentsAndCancellationsAreTakenBackToo(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		c := open(t, o)
		contract := c.registered(c.seller, c.input())
		terms := c.terms()
		terms.Turnover += money.Yuan
		amendment, err := c.Amend(t.Context(), as(c.seller), contract.ID, Change{terms, "增加试验批次"})
		c.must(err)
		_, err = c.Withdraw(t.Context(), as(c.seller), amendment.ID, 1)
		c.must(err)
		cancellation, err := c.Cancel(t.Context(), as(c.seller), contract.ID, "合同解除")
		c.must(err)
		_, err = c.Withdraw(t.Context(), as(c.seller), cancellation.ID, 1)
		c.must(err)
		if now := c.get(contract.ID); now.State != Registered || now.Version != contract.Version {
			t.Errorf("the contract is %s at version %d", now.State, now.Version)
		}
		amendment, err = c.Amend(t.Context(), as(c.seller), contract.ID, Change{terms, "增加试验批次"})
		c.must(err)
		c.grant(c.application(amendment.ID))
		c.verify()
	})
}

func TestADeletedDraftFreesWhatItHeld(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		c := open(t, o)
		deal, _ := c.deal(deals.StageAgreed)
		in := c.input()
		in.Deal = &deal
		in.Terms.Sellers = append(in.Terms.Sellers, Party{Name: "林知远", Nature: "natural_person", Region: "210102", Person: NewPerson(uuid.Nil, "resident_id", "210102199003071233")})
		contract := c.create(c.seller, in)
		a := c.file(c.seller, contract)
		_, err := c.Delete(t.Context(), as(c.seller), contract.ID, c.get(contract.ID).Version)
		c.refused(err, fault.WrongState)
		_, err = c.Withdraw(t.Context(), as(c.seller), a.ID, 1)
		c.must(err)
		name := external.ID{Scheme: "erp", ID: "HT-7"}
		keep := func(id uuid.UUID) error {
			_, err := c.Unit.Do(t.Context(), as(c.seller), func(tx *work.Tx) error {
				ref := work.Ref{Noun: "contract", ID: id, Version: 1}
				if err := external.Keep(tx, ref, c.university, []external.ID{name}, "/external_ids"); err != nil {
					return err
				}
				return tx.Record("test", ref, nil, nil)
			})
			return err
		}
		c.must(keep(contract.ID))
		version := c.get(contract.ID).Version
		_, err = c.Delete(t.Context(), as(c.buyer), contract.ID, version)
		c.refused(err, fault.NotVisible)
		_, err = c.Delete(t.Context(), as(c.seller), contract.ID, version-1)
		c.refused(err, fault.VersionStale)
		_, err = c.Delete(t.Context(), as(c.colleague), contract.ID, version)
		c.must(err)
		_, err = c.Get(t.Context(), c.operator, contract.ID)
		c.refused(err, fault.NotVisible)
		for _, table := range []string{"contracts", "contract_parties", "contract_persons", "contract_applications", "application_parties", "external_ids"} {
			var n int64
			if err := c.DB.Reader.Table(table).Count(&n).Error; err != nil || n != 0 {
				t.Errorf("%d rows left in %s, %v", n, table, err)
			}
		}
		other := c.create(c.seller, in) // the deal is free, and the name
		c.must(keep(other.ID))
		c.file(c.seller, other)
	})
}

// RG-08: the clock starts again when the papers are complete.
func TestAMissingPaperStopsTheClockAndStartsItAgain(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		c := open(t, o)
		c.set("2026-09-18T02:00:00Z")
		contract := c.create(c.seller, c.input())
		a := c.file(c.seller, contract)
		if a.DueOn != when.MustDay("2026-10-15") || a.DueProvisional {
			t.Errorf("due on %s (provisional: %t)", a.DueOn, a.DueProvisional)
		}
		c.set("2026-09-23T02:00:00Z")
		_, err := c.RequestSupplement(t.Context(), as(c.seller), a.ID, 1, "请补充签章页")
		c.refused(err, fault.NotAllowed)
		_, err = c.RequestSupplement(t.Context(), as(c.first), a.ID, 1, "请补充签章页")
		c.must(err)
		if a = c.application(a.ID); a.State != SupplementRequested || a.SupplementWanted != "请补充签章页" || c.get(contract.ID).State != SupplementRequested {
			t.Errorf("%+v", a)
		}
		_, err = c.Pass(t.Context(), as(c.first), a.ID, 2, "")
		c.refused(err, fault.WrongState)
		_, err = c.Cancel(t.Context(), as(c.seller), contract.ID, "合同解除")
		c.refused(err, fault.WrongState)
		_, err = c.Replace(t.Context(), as(c.seller), contract.ID, c.get(contract.ID).Version, c.input())
		c.refused(err, fault.WrongState)
		if err := c.get(contract.ID).MayHang(false); err != nil {
			t.Errorf("a paper that is asked for cannot be hung on it: %v", err)
		}

		c.set("2026-09-28T02:00:00Z")
		terms := c.terms()
		terms.Acceptance = "双方组织专家验收，形成书面意见"
		for who, actor := range map[string]policy.Actor{"the buyer": c.buyer, "a registrar": c.first} {
			if _, err := c.AnswerSupplement(t.Context(), as(actor), a.ID, 2, Supplement{Note: "已补充", Terms: &terms}); !fault.NotAllowed.Of(err) {
				t.Errorf("%s answers: %v", who, err)
			}
		}
		_, err = c.AnswerSupplement(t.Context(), as(c.colleague), a.ID, 2, Supplement{Note: "已补充", Terms: &terms})
		c.must(err)
		a = c.application(a.ID)
		if a.State != Submitted || a.DueOn != when.MustDay("2026-10-23") || a.ClockFrom != when.MustDay("2026-09-28") || a.FiledOn != when.MustDay("2026-09-18") {
			t.Errorf("%s, due on %s from %s", a.State, a.DueOn, a.ClockFrom)
		}
		if now := c.get(contract.ID); now.Terms.Acceptance != terms.Acceptance || a.Terms.Acceptance != terms.Acceptance || now.State != Submitted {
			t.Errorf("the terms are not mended: %+v", now)
		}

		// Who has it when papers turn out to be missing has it again when they came.
		a = c.take(c.second, a.ID)
		_, err = c.RequestSupplement(t.Context(), as(c.second), a.ID, a.Version, "请补充研发预算表")
		c.must(err)
		_, err = c.AnswerSupplement(t.Context(), as(c.seller), a.ID, a.Version+1, Supplement{Note: "预算表已上传"})
		c.must(err)
		if a = c.application(a.ID); a.State != UnderReview || *a.FirstReviewer != c.second.Account || a.SupplementAnswer != "预算表已上传" {
			t.Errorf("%+v", a)
		}
		_, err = c.Pass(t.Context(), as(c.second), a.ID, a.Version, "")
		c.must(err)
		_, err = c.Grant(t.Context(), as(c.first), a.ID, a.Version+1, Grant{TwinReason: "另一批次，内容不同"})
		c.must(err)
		c.verify()
	})
}

func TestASupplementStaysWithItsOfficeAndItsApplicant(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		c := open(t, o)
		contract := c.create(c.seller, c.input())
		a := c.file(c.seller, contract)
		_, err := c.RequestSupplement(t.Context(), as(c.first), a.ID, 1, "所在地有误")
		c.must(err)
		moved, others, late := c.terms(), c.terms(), c.terms()
		moved.Sellers[0].Region = "210211"
		others.Sellers[0], others.Buyers[0] = c.terms().Buyers[0], c.terms().Sellers[0]
		others.Sellers[0].Region = "210112"
		late.ExpiresOn = when.MustDay("2026-01-31")
		for _, terms := range []Terms{moved, others, late} {
			if _, err := c.AnswerSupplement(t.Context(), as(c.seller), a.ID, 2, Supplement{Note: "已更正", Terms: &terms}); err == nil {
				t.Errorf("taken: %+v", terms)
			}
		}
		// Papers that never come end in a refusal.
		_, err = c.Refuse(t.Context(), as(c.second), a.ID, 2, "逾期未补正")
		c.must(err)
		if got := c.get(contract.ID); got.State != Refused {
			t.Errorf("the contract is %s", got.State)
		}
	})
}

func TestAnAmendmentIsSupplementedWithOtherTerms(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		c := open(t, o)
		contract := c.registered(c.seller, c.input())
		terms := c.terms()
		terms.Turnover += 50_000 * money.Yuan
		done, err := c.Amend(t.Context(), as(c.seller), contract.ID, Change{terms, "增加试验批次"})
		c.must(err)
		_, err = c.RequestSupplement(t.Context(), as(c.first), done.ID, 1, "金额与补充协议不符")
		c.must(err)
		same := c.terms()
		_, err = c.AnswerSupplement(t.Context(), as(c.seller), done.ID, 2, Supplement{Note: "已更正", Terms: &same})
		c.refused(err, fault.InvalidInput)
		terms.Turnover += 10_000 * money.Yuan
		terms.Buyers[0] = Party{OrganizationID: &c.other, Name: "沈阳浑河材料有限公司", Region: "210112", Nature: "150"}
		_, err = c.AnswerSupplement(t.Context(), as(c.seller), done.ID, 2, Supplement{Note: "已更正", Terms: &terms})
		c.must(err)
		a := c.application(done.ID)
		before := contract.Terms.Buyers[0]
		want := []FieldChange{
			{"/terms/turnover/amount", "1250000.00", "1310000.00"},
			{"/terms/buyers/0/name", "大连海澜装备有限公司", "沈阳浑河材料有限公司"},
			{"/terms/buyers/0/region", "210211", "210112"},
			{"/terms/buyers/0/credit_code", before.CreditCode, a.Terms.Buyers[0].CreditCode},
			{"/terms/buyers/0/organization_id", c.enterprise.String(), c.other.String()},
			{"/technology_amount/amount", "1000000.00", "1060000.00"},
		}
		if !slices.Equal(a.Changes, want) {
			t.Errorf("it changes %+v", a.Changes)
		}
		_, err = c.GetApplication(t.Context(), c.tiedToOther, a.ID) // a registrar reads it, whatever they belong to
		c.must(err)
		_, err = c.StartReview(t.Context(), as(c.tiedToOther), a.ID, a.Version)
		c.refused(err, fault.OwnDecision)
		if now := c.get(contract.ID); now.Version != contract.Version {
			t.Errorf("the contract moved to version %d", now.Version)
		}
		_, err = c.StartReview(t.Context(), as(c.first), a.ID, a.Version)
		c.must(err)
		_, err = c.Pass(t.Context(), as(c.first), a.ID, a.Version+1, "")
		c.must(err)
		_, err = c.Grant(t.Context(), as(c.second), a.ID, a.Version+2, Grant{TwinReason: "另一批次，内容不同"})
		c.must(err)
		if a = c.application(a.ID); !slices.Equal(a.Changes, want) {
			t.Errorf("once granted it changed %+v", a.Changes)
		}
		c.verify()
	})
}

// RG-11: experts are asked for by the technology amount, from five million on, also of an amendment.
func TestExpertsReadWhatIsFiveMillionOrMore(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		c := open(t, o)
		exactly, below := c.input(), c.input()
		exactly.Terms.Turnover, exactly.Terms.Deductions = 5_000_000*money.Yuan, nil
		below.Terms.Turnover = 9_000_000 * money.Yuan
		below.Terms.Deductions = []Deduction{{Equipment, "购置喷涂设备", 4_000_000*money.Yuan + 1}}
		if a := c.file(c.seller, c.create(c.seller, exactly)); !a.NeedsExperts() || a.DueOn != when.MustDay("2026-05-22") {
			t.Errorf("of exactly five million: %t, due on %s", a.NeedsExperts(), a.DueOn)
		}
		contract := c.create(c.seller, below)
		a := c.file(c.seller, contract)
		if a.NeedsExperts() || a.DueOn != when.MustDay("2026-04-29") {
			t.Errorf("of one fen less: %t, due on %s", a.NeedsExperts(), a.DueOn)
		}
		c.grant(a)
		c.set("2026-04-13T02:00:00Z")
		terms := below.Terms
		terms.Deductions = []Deduction{{Equipment, "购置喷涂设备", 4_000_000 * money.Yuan}}
		done, err := c.Amend(t.Context(), as(c.seller), contract.ID, Change{terms, "设备价格下调"})
		c.must(err)
		if a := c.application(done.ID); !a.NeedsExperts() || a.DueOn != when.MustDay("2026-05-27") {
			t.Errorf("amended: %t, due on %s", a.NeedsExperts(), a.DueOn)
		}
		if now := c.get(contract.ID); now.State != Registered || now.Technology != 5_000_000*money.Yuan-1 {
			t.Errorf("meanwhile it is %s with %s", now.State, now.Technology)
		}
	})
}

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
		fresh, err := c.Cancel(t.Context(), as(c.seller), registered.ID, "合同解除")
		c.must(err)

		yes, no := true, false
		all := c.queue(c.first, ApplicationFilter{})
		if len(all) != 6 || len(c.queue(c.operator, ApplicationFilter{})) != 6 || len(c.queue(c.elsewhere, ApplicationFilter{})) != 0 {
			t.Errorf("%d in the queue", len(all))
		}
		for name, l := range map[string]struct {
			reader policy.Actor
			filter ApplicationFilter
			want   []uuid.UUID
		}{
			"overdue":                      {c.first, ApplicationFilter{Overdue: &yes}, []uuid.UUID{late.ID, clerks.ID, passed.ID}},
			"not overdue":                  {c.first, ApplicationFilter{Overdue: &no, State: Submitted}, []uuid.UUID{fresh.ID}},
			"mine":                         {c.first, ApplicationFilter{Mine: &yes}, []uuid.UUID{clerks.ID}},
			"nobody's or another's":        {c.first, ApplicationFilter{Mine: &no, State: UnderReview}, nil},
			"kind":                         {c.first, ApplicationFilter{Kind: Cancellation}, []uuid.UUID{fresh.ID}},
			"what the first may decide":    {c.first, ApplicationFilter{MayDecide: &yes}, []uuid.UUID{late.ID, clerks.ID, fresh.ID}},
			"what the second may decide":   {c.second, ApplicationFilter{MayDecide: &yes}, []uuid.UUID{late.ID, clerks.ID, passed.ID, fresh.ID}},
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
		if counts.Open != 5 || counts.Overdue != 3 || counts.Mine != 1 || counts.On != when.MustDay("2026-04-30") || len(counts.States) != 7 ||
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
					_, err := c.Pass(t.Context(), as(c.second), a.ID, a.Version, "")
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
				may := policy.Allowed(who, steps[a.State], f)
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
		if n := read(); n != many || queries > 5 { // the page, the contracts, their twins, the organizations, the people
			t.Errorf("%s: %d applications in %d queries", name, n, queries)
		}
	}
	queries = 0
	if _, err := c.CountApplications(t.Context(), c.first, CountsOf{}); err != nil || queries != 2 {
		t.Errorf("counts in %d queries, %v", queries, err)
	}
}
