package contracts

import (
	"slices"
	"testing"

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
		if contract = c.get(contract.ID); contract.State != Refused {
			t.Errorf("mended it is %s", contract.State)
		}
		again := c.file(c.seller, contract)
		if again.Terms.Targets != in.Terms.Targets {
			t.Errorf("filed again with %q", again.Terms.Targets)
		}
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
		c.file(c.seller, c.create(c.seller, in))
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

		// It is the applicant's turn, who may as well give up.
		a = c.file(c.seller, c.get(contract.ID))
		_, err = c.RequestSupplement(t.Context(), as(c.first), a.ID, 1, "请补充签章页")
		c.must(err)
		_, err = c.Withdraw(t.Context(), as(c.seller), a.ID, 2)
		c.must(err)
		if contract = c.get(contract.ID); contract.State != Draft {
			t.Errorf("taken back while papers were asked for it is %s", contract.State)
		}

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
		amendment, err := c.Amend(t.Context(), as(c.seller), contract.ID, Change{Terms: terms, Reason: "增加试验批次"})
		c.must(err)
		_, err = c.Withdraw(t.Context(), as(c.seller), amendment.ID, 1)
		c.must(err)
		cancellation, err := c.Cancel(t.Context(), as(c.seller), contract.ID, Ending{Reason: "合同解除"})
		c.must(err)
		_, err = c.Withdraw(t.Context(), as(c.seller), cancellation.ID, 1)
		c.must(err)
		if now := c.get(contract.ID); now.State != Registered || now.Version != contract.Version {
			t.Errorf("the contract is %s at version %d", now.State, now.Version)
		}
		amendment, err = c.Amend(t.Context(), as(c.seller), contract.ID, Change{Terms: terms, Reason: "增加试验批次"})
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
		name := external.ID{Scheme: "erp", ID: "HT-7"}
		keep := func(id uuid.UUID) error {
			_, err := c.Unit.Do(t.Context(), as(c.seller), func(tx *work.Tx) error {
				ref := work.Ref{Noun: "contract", ID: id, Version: 1}
				if err := external.Keep(tx, ref, c.university, []external.ID{name}, "/external_ids", func(*gorm.DB, []uuid.UUID) (map[uuid.UUID]string, error) { return nil, nil }); err != nil {
					return err
				}
				return tx.Record("test", ref, nil, nil)
			})
			return err
		}
		c.must(keep(contract.ID))
		version := c.get(contract.ID).Version
		_, err := c.Delete(t.Context(), as(c.buyer), contract.ID, version)
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
		other := c.create(c.seller, in) // the name is free
		c.must(keep(other.ID))
		c.file(c.seller, other)
	})
}

// What was handed in once is never gone, also when it was taken back before anybody acted on it; its deal is free for another all the same.
func TestWhatWasHandedInIsNotDeleted(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		c := open(t, o)
		deal, _ := c.deal(deals.StageAgreed)
		in := c.input()
		in.Deal = &deal
		contract := c.create(c.seller, in)
		deletes := func(v View) bool { return slices.Contains(v.Actions, "deleteContract") }
		if seen, err := c.Get(t.Context(), c.seller, contract.ID); err != nil || !deletes(seen) {
			t.Errorf("a draft that was never filed cannot be deleted: %v, %v", seen.Actions, err)
		}
		a := c.file(c.seller, contract)
		_, err := c.Delete(t.Context(), as(c.seller), contract.ID, c.get(contract.ID).Version)
		c.refused(err, fault.WrongState)
		_, err = c.Withdraw(t.Context(), as(c.seller), a.ID, 1)
		c.must(err)
		_, err = c.Delete(t.Context(), as(c.seller), contract.ID, c.get(contract.ID).Version)
		c.refused(err, fault.ContractWasFiled)
		if seen, err := c.Get(t.Context(), c.seller, contract.ID); err != nil || deletes(seen) {
			t.Errorf("it says that it can be deleted: %v, %v", seen.Actions, err)
		}
		if a = c.application(a.ID); a.State != Withdrawn {
			t.Errorf("the application is %s", a.State)
		}
		c.file(c.seller, c.create(c.seller, in))
		c.verify()
	})
}

// A refused contract that is mended says to all others what was filed last, until it is filed again: to the buyer, the office, the bureau, in
// lists and to who would come in by the edit.
func TestWhatIsMendedIsItsWritersOwnUntilItIsFiled(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		c := open(t, o)
		contract := c.create(c.seller, c.input())
		c.refuse(c.file(c.seller, contract).ID)
		newcomer := policy.Actor{Account: uuid.New(), Member: []uuid.UUID{c.other}}
		in := c.input()
		in.Terms.Title, in.Terms.Turnover = "修改后的名称", 2_000_000*money.Yuan
		in.Terms.Sellers[0].Region = "210211" // another office
		in.Terms.Buyers[0] = Party{OrganizationID: &c.other, Name: "沈阳浑河材料有限公司", Region: "210112", Nature: "150"}
		in.Terms.Sellers = append(in.Terms.Sellers, Party{Name: "林知远", Nature: "natural_person", Region: "210102", Person: NewPerson(uuid.Nil, "resident_id", "210102199003071233")})
		_, err := c.Replace(t.Context(), as(c.colleague), contract.ID, c.get(contract.ID).Version, in)
		c.must(err)
		for who, actor := range map[string]policy.Actor{"the buyer": c.buyer, "a registrar": c.first, "an operator": c.operator} {
			v, err := c.Get(t.Context(), actor, contract.ID)
			c.must(err)
			if v.Title != contract.Title || v.Turnover != contract.Turnover || v.Office != "SY01" || v.Unfiled || v.Mending != nil || *v.Terms.Buyers[0].OrganizationID != c.enterprise {
				t.Errorf("%s reads %+v", who, v.Contract)
			}
		}
		for who, actor := range map[string]policy.Actor{"who would come in": newcomer, "the other office": c.elsewhere} {
			if _, err := c.Get(t.Context(), actor, contract.ID); !fault.NotVisible.Of(err) {
				t.Errorf("%s reads it: %v", who, err)
			}
		}
		v, err := c.Get(t.Context(), c.seller, contract.ID)
		c.must(err)
		if !v.Unfiled || v.Title != in.Terms.Title || v.Turnover != in.Terms.Turnover || v.State != Refused {
			t.Errorf("its writers read %+v", v.Contract)
		}
		c.verify()

		_, err = c.Submit(t.Context(), as(c.seller), contract.ID, v.Version)
		c.must(err)
		v, err = c.Get(t.Context(), newcomer, contract.ID)
		c.must(err)
		if v.Title != in.Terms.Title || v.Office != "DL01" || v.Unfiled || v.State != Submitted {
			t.Errorf("filed again it is %+v", v.Contract)
		}
		_, err = c.Get(t.Context(), c.elsewhere, contract.ID)
		c.must(err)
		c.verify()
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
		_, err = c.Cancel(t.Context(), as(c.seller), contract.ID, Ending{Reason: "合同解除"})
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
		done, err := c.Amend(t.Context(), as(c.seller), contract.ID, Change{Terms: terms, Reason: "增加试验批次"})
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
		done, err := c.Amend(t.Context(), as(c.seller), contract.ID, Change{Terms: terms, Reason: "设备价格下调"})
		c.must(err)
		if a := c.application(done.ID); !a.NeedsExperts() || a.DueOn != when.MustDay("2026-05-27") {
			t.Errorf("amended: %t, due on %s", a.NeedsExperts(), a.DueOn)
		}
		if now := c.get(contract.ID); now.State != Registered || now.Technology != 5_000_000*money.Yuan-1 {
			t.Errorf("meanwhile it is %s with %s", now.State, now.Technology)
		}
	})
}

// An office takes nothing before somebody registers at it: what is filed meanwhile goes to the one around it.
func TestAnOfficeWithoutRegistrarsTakesNothing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		c := open(t, o)
		c.Office("SB02", "210112")
		if got := c.create(c.seller, c.input()).Office; got != "SY01" {
			t.Errorf("it went to %s", got)
		}
		c.Registrar("SB02")
		if got := c.create(c.seller, c.input()).Office; got != "SB02" {
			t.Errorf("with a registrar it went to %s", got)
		}
	})
}
