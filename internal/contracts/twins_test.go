package contracts

import (
	"slices"
	"strings"
	"sync"
	"testing"

	"jiebang/internal/codes"
	"jiebang/internal/db"
	"jiebang/internal/db/dbtest"
	"jiebang/internal/fault"
	"jiebang/internal/jobs"
	"jiebang/internal/money"
	"jiebang/internal/policy"
	"jiebang/internal/when"
	"jiebang/internal/work"
)

// secondReview leads an application to the second review.
func (c *city) secondReview(a *ApplicationView) *ApplicationView {
	c.Helper()
	_, err := c.StartReview(c.Context(), as(c.first), a.ID, 1)
	c.must(err)
	_, err = c.Pass(c.Context(), as(c.first), a.ID, 2, "")
	c.must(err)
	return c.application(a.ID)
}

func TestWhatIsATwin(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		c := open(t, o)
		in := c.input()
		in.Terms.PaperNumber = "SBLG-2025-017"
		first := c.create(c.seller, in)
		if len(first.Twins) != 0 {
			t.Errorf("the only contract has a twin: %+v", first.Twins)
		}
		dealing, paper := []Sameness{SameDealing}, []Sameness{SamePaperNumber}
		for _, x := range []struct {
			name   string
			change func(*Terms)
			same   []Sameness
		}{
			{"the same but for the title", func(t *Terms) { t.Title = "叶片涂层开发" }, dealing},
			{"signed thirty days later", func(t *Terms) { t.SignedOn = t.SignedOn.AddDays(30); t.EffectiveOn = t.SignedOn }, dealing},
			{"signed thirty days earlier", func(t *Terms) { t.SignedOn = t.SignedOn.AddDays(-30) }, dealing},
			{"signed thirty-one days later", func(t *Terms) { t.SignedOn = t.SignedOn.AddDays(31); t.EffectiveOn = t.SignedOn }, nil},
			{"signed thirty-one days earlier", func(t *Terms) { t.SignedOn = t.SignedOn.AddDays(-31) }, nil},
			{"a fen more", func(t *Terms) { t.Turnover++ }, nil},
			{"another buyer", func(t *Terms) { t.Buyers[0] = Party{OrganizationID: &c.other} }, nil},
			{"a buyer of the same name without a code", func(t *Terms) {
				t.Buyers[0] = Party{Name: "大连海澜装备 有限公司", Nature: codes.OtherOrganization, Region: "210211"}
			}, dealing},
			{"a buyer of the same name with another code", func(t *Terms) {
				t.Buyers[0] = Party{Name: "大连海澜装备有限公司", Nature: "150", CreditCode: creditCode("他"), Region: "210211"}
			}, nil},
			{"the same buyer under another name", func(t *Terms) { t.Buyers[0].Name = "海澜装备" }, dealing},
			{"one more seller", func(t *Terms) { t.Sellers = append(t.Sellers, person("林知远", lin)) }, dealing},
			{"another first seller beside the same", func(t *Terms) {
				t.Sellers = append(t.Sellers, Party{Name: "沈阳北方研究所", CreditCode: creditCode("沈阳北方研究所"), Region: "210102", Nature: "021"})
				t.Buyers = append([]Party{{OrganizationID: &c.other}}, t.Buyers...)
			}, nil},
			{"the same paper number, else another", func(t *Terms) {
				t.Turnover, t.PaperNumber = 7*money.Yuan, "ｓｂｌｇ 2025－017"
				t.Deductions = nil
			}, paper},
			{"another paper number", func(t *Terms) { t.Turnover, t.PaperNumber = 7*money.Yuan, "SBLG-2025-018"; t.Deductions = nil }, nil},
			{"all the same", func(t *Terms) { t.PaperNumber = "SBLG2025017" }, []Sameness{SamePaperNumber, SameDealing}},
		} {
			again := c.input()
			again.Terms.Sellers, again.Terms.Buyers = slices.Clone(again.Terms.Sellers), slices.Clone(again.Terms.Buyers)
			x.change(&again.Terms)
			done, err := c.Create(t.Context(), as(c.seller), again)
			if err != nil {
				t.Errorf("%s: %v", x.name, err)
				continue
			}
			var same []Sameness
			for _, twin := range done.View.Twins {
				if twin.ID == first.ID {
					if same = twin.Same; twin.Number != first.Number || twin.State != Draft {
						t.Errorf("%s: %+v", x.name, twin)
					}
				}
			}
			if !slices.Equal(same, x.same) {
				t.Errorf("%s: %v, want %v", x.name, same, x.same)
			}
			c.must(c.DB.Writer.Exec("UPDATE contracts SET state = 'cancelled' WHERE id = ?", done.ID).Error) // none of the next ones' affair
		}
	})
}

// A twin is told at create, replace and submit and to the registrars; the grant beside it wants a reason, which is kept.
func TestAGrantBesideATwinWantsAReason(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		c := open(t, o)
		draft := c.create(c.seller, c.input())
		one := c.file(c.seller, draft)
		c.secondReview(one)
		// A draft beside it is its writers' own affair, and holds up nothing.
		done, err := c.Create(t.Context(), as(c.seller), c.input())
		c.must(err)
		_, err = c.Grant(t.Context(), as(c.second), one.ID, 3, Grant{OfficialNumber: "2026210100000001"})
		c.must(err)

		told := func(where string, twins []Twin) {
			t.Helper()
			if len(twins) != 1 || twins[0].ID != draft.ID || twins[0].Number != draft.Number || twins[0].State != Registered || !slices.Equal(twins[0].Same, []Sameness{SameDealing}) {
				t.Errorf("%s tells %+v", where, twins)
			}
		}
		replaced, err := c.Replace(t.Context(), as(c.seller), done.ID, 1, c.input())
		c.must(err)
		told("replace", replaced.View.Twins)
		submitted, err := c.Submit(t.Context(), as(c.seller), done.ID, 2)
		c.must(err)
		told("submit", submitted.View.Twins)
		two, err := c.GetApplication(t.Context(), c.first, *submitted.View.ApplicationID)
		c.must(err)
		told("the application", two.Twins)
		page, err := c.List(t.Context(), c.first, Filter{Office: "SY01", State: Submitted}, db.Paging{Limit: 5})
		c.must(err)
		told("the list", page.Items[0].Twins)

		c.secondReview(&two)
		_, err = c.Grant(t.Context(), as(c.second), two.ID, 3, Grant{TwinReason: " "})
		if c.refused(err, fault.TwinUnexplained); err != nil && !strings.Contains(err.Error(), draft.Number) {
			t.Errorf("it does not say which: %v", err)
		}
		if a := c.application(two.ID); a.State != SecondReview || a.TwinReason != "" {
			t.Errorf("a refused grant left %+v", a)
		}
		granted, err := c.Grant(t.Context(), as(c.second), two.ID, 3, Grant{TwinReason: "第二台设备，单独签订"})
		c.must(err)
		if granted.View.TwinReason != "第二台设备，单独签订" {
			t.Errorf("the reason is not shown: %q", granted.View.TwinReason)
		}
		if !strings.Contains(dump(c), `"TwinReason":"第二台设备，单独签订"`) {
			t.Error("the reason is not in the audit trail")
		}
		c.verify()
	})
}

// An amendment answers for the twins that its new terms make, and for no others.
func TestAnAmendmentMayMakeATwin(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		c := open(t, o)
		first := c.registered(c.seller, c.input())
		in := c.input()
		in.Terms.Turnover += 100 * money.Yuan
		other := c.registered(c.seller, in)
		if len(other.Twins) != 0 {
			t.Fatalf("%+v", other.Twins)
		}
		done, err := c.Amend(t.Context(), as(c.seller), other.ID, Change{Terms: c.terms(), Reason: "价款更正"})
		c.must(err)
		if twins := done.View.Twins; len(twins) != 1 || twins[0].ID != first.ID {
			t.Fatalf("the amendment tells %+v", twins)
		}
		a := c.secondReview(&done.View)
		_, err = c.Grant(t.Context(), as(c.second), a.ID, 3, Grant{})
		c.refused(err, fault.TwinUnexplained)
		_, err = c.Grant(t.Context(), as(c.second), a.ID, 3, Grant{TwinReason: another})
		c.must(err)
		// The twin is there now and was answered for: the next amendment need not say it again.
		terms := c.terms()
		terms.Title = "高温合金叶片涂层工艺委托开发（二）"
		done, err = c.Amend(t.Context(), as(c.seller), other.ID, Change{Terms: terms, Reason: "名称更正"})
		c.must(err)
		_, err = c.Grant(t.Context(), as(c.second), c.secondReview(&done.View).ID, 3, Grant{})
		c.must(err)
		// A cancellation takes one of them away.
		cancellation, err := c.Cancel(t.Context(), as(c.seller), other.ID, Ending{Reason: "重复登记"})
		c.must(err)
		if len(cancellation.View.Twins) != 0 {
			t.Errorf("a cancellation tells %+v", cancellation.View.Twins)
		}
		c.grant(c.application(cancellation.ID))
		if twins := c.get(first.ID).Twins; len(twins) != 0 {
			t.Errorf("what is cancelled is still a twin: %+v", twins)
		}
		c.verify()
	})
}

// Nobody is told more of another's contract than they may know.
func TestWhoIsToldWhatOfATwin(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		c := open(t, o)
		clerkOfDalian := c.Registrar("DL01").Actor
		// The same paper comes to two offices: the seller has a place in both cities.
		in := c.paper()
		in.Terms.PaperNumber = "BF-7"
		in.Terms.Sellers[0].Region = "210211"
		far := c.create(clerkOfDalian, in)
		in.Terms.Sellers = []Party{in.Terms.Sellers[0]}
		in.Terms.Sellers[0].Region = "210102"
		near := c.create(c.clerk, in)
		twins := func(reader policy.Actor) []Twin {
			v, err := c.Get(t.Context(), reader, near.ID)
			c.must(err)
			return v.Twins
		}
		if got := twins(c.clerk); len(got) != 0 {
			t.Errorf("the clerk is told of another's draft: %+v", got)
		}
		if got := twins(c.operator); len(got) != 1 || got[0].ID != far.ID {
			t.Errorf("an operator is told %+v", got)
		}
		c.file(clerkOfDalian, far)
		for who, reader := range map[string]policy.Actor{"the clerk": c.clerk, "the operator": c.operator} {
			got := twins(reader)
			if len(got) != 1 || got[0].Number != far.Number || got[0].State != Submitted || got[0].Office != "DL01" || (got[0].ID == far.ID) != reader.Operator {
				t.Errorf("%s is told %+v", who, got)
			}
		}
		// Somebody else's paper happens to have the number: they are not told that there is one, or whoever guesses would find others' contracts.
		mine := c.input()
		mine.Terms.PaperNumber, mine.Terms.Buyers[0] = "BF7", Party{OrganizationID: &c.other}
		got := c.create(c.seller, mine)
		v, err := c.Get(t.Context(), c.seller, got.ID)
		c.must(err)
		if len(v.Twins) != 0 {
			t.Errorf("the seller is told of %+v", v.Twins)
		}
	})
}

func TestAnOfficialNumberIsOnesHoweverItIsTyped(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		c := open(t, o)
		inReview := func(turnover money.Fen) *ApplicationView {
			in := c.input()
			in.Terms.Turnover = turnover
			return c.secondReview(c.file(c.seller, c.create(c.seller, in)))
		}
		const typed = "２０２６－2101－ln-000001"
		first := inReview(money.Yuan * 1_000_000)
		_, err := c.Grant(t.Context(), as(c.second), first.ID, 3, Grant{OfficialNumber: "　" + typed + " "})
		c.must(err)
		if got := c.get(first.ContractID).OfficialNumber; got == nil || *got != typed {
			t.Errorf("kept as %v", got)
		}
		second := inReview(money.Yuan * 2_000_000)
		for _, number := range []string{typed, "20262101LN000001", "2026 2101 LN 000001", "2026–2101–LN–000001", "2026\u200b2101LN000001", "20262101ln\u00ad000001\ufeff"} {
			_, err := c.Grant(t.Context(), as(c.second), second.ID, 3, Grant{OfficialNumber: number})
			if c.refused(err, fault.OfficialNumberTaken); err != nil && !strings.Contains(err.Error(), c.get(first.ContractID).Number) {
				t.Errorf("it does not say whose it is: %v", err)
			}
			page, err := c.List(t.Context(), c.first, Filter{Office: "SY01", OfficialNumber: number}, db.Paging{Limit: 5})
			c.must(err)
			if len(page.Items) != 1 || page.Items[0].ID != first.ContractID {
				t.Errorf("%q finds %d contracts", number, len(page.Items))
			}
		}
		for _, number := range []string{"-", "\u200b", "－ —"} {
			_, err := c.Grant(t.Context(), as(c.second), second.ID, 3, Grant{OfficialNumber: number})
			c.refused(err, fault.InvalidInput)
		}
		_, err = c.Grant(t.Context(), as(c.second), second.ID, 3, Grant{OfficialNumber: "20262101LN000002"})
		c.must(err)
		// Another spelling of its own number is not another number, and does not replace the first.
		terms := c.terms()
		terms.Turnover = 3_000_000 * money.Yuan
		done, err := c.Amend(t.Context(), as(c.seller), first.ContractID, Change{Terms: terms, Reason: "追加"})
		c.must(err)
		_, err = c.Grant(t.Context(), as(c.second), c.secondReview(&done.View).ID, 3, Grant{OfficialNumber: "20262101LN000001"})
		c.must(err)
		if got := c.get(first.ContractID).OfficialNumber; *got != typed {
			t.Errorf("kept as %q", *got)
		}
	})
}

// What was written before there were lookups is given them; two numbers of one form that got in meanwhile stay, and both are found.
func TestOldContractsAreGivenTheirLookups(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		c := open(t, o)
		a, b := c.registered(c.seller, c.input()), c.registered(c.seller, c.input())
		for _, sql := range []string{
			"UPDATE contracts SET official_number = '2026-01' WHERE id = '" + a.ID.String() + "'", "UPDATE contracts SET official_number = '２０２６01' WHERE id = '" + b.ID.String() + "'",
			"DELETE FROM contract_lookups", "DELETE FROM contract_official_numbers", "DELETE FROM audit_details", // else the trail says what they were
		} {
			c.must(c.DB.Writer.Exec(sql).Error)
		}
		report, err := c.Service.Verify(t.Context())
		c.must(err)
		if len(report.Problems) != 2 || !strings.Contains(report.Problems[0], "contract.lookups") {
			t.Errorf("verify tells %q", report.Problems)
		}
		handler := Lookups()
		_, err = c.Unit.Do(t.Context(), work.Call{Operation: "test"}, func(tx *work.Tx) error { return handler.Do(tx, jobs.Job{Kind: filled, ObjectID: a.ID, Now: tx.Now}) })
		c.must(err)
		page, err := c.List(t.Context(), c.first, Filter{Office: "SY01", OfficialNumber: "202601"}, db.Paging{Limit: 5})
		c.must(err)
		if len(page.Items) != 2 || len(page.Items[0].Twins) != 1 || page.Items[0].Twins[0].Same[0] != SameOfficialNumber {
			t.Errorf("found %+v", page.Items)
		}
		var holders []officialNumber
		c.must(c.Unit.Query(t.Context()).Find(&holders).Error)
		if len(holders) != 1 || holders[0] != (officialNumber{"202601", a.ID}) {
			t.Errorf("%+v", holders)
		}
		c.verify()
		// A form of another rule is replaced.
		c.must(c.DB.Writer.Exec("UPDATE contract_lookups SET value = '瀋陽' WHERE kind = 'title' AND contract_id = ?", b.ID).Error)
		_, err = c.Unit.Do(t.Context(), work.Call{Operation: "test"}, func(tx *work.Tx) error { return handler.Do(tx, jobs.Job{Kind: filled, ObjectID: a.ID, Now: tx.Now}) })
		c.must(err)
		c.verify()
		c.must(c.DB.Writer.Exec("UPDATE contract_lookups SET value = 'X' WHERE kind = 'title' AND contract_id = ?", b.ID).Error)
		c.must(c.DB.Writer.Exec("DELETE FROM contract_official_numbers").Error)
		report, err = c.Service.Verify(t.Context())
		c.must(err)
		if len(report.Problems) != 2 || !strings.Contains(report.Problems[0], a.Number) || !strings.Contains(report.Problems[1], b.Number) {
			t.Errorf("verify tells %q", report.Problems)
		}
	})
}

func TestContractsAreFound(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		c := open(t, o)
		in := c.input()
		in.Terms.PaperNumber = "SBLG-2025-017"
		one := c.create(c.seller, in)
		in = c.input()
		in.Terms.Title, in.Terms.SignedOn = "5G 基站散热(二期)委托开发", when.MustDay("2025-10-01")
		in.Terms.Buyers = []Party{{Name: "Muster Werke GmbH", Nature: codes.Foreign, Country: "DEU", ForeignNumber: "HRB 12-345"}, {OrganizationID: &c.other}}
		two := c.create(c.seller, in)
		for name, x := range map[string]struct {
			f    Filter
			want []string
		}{
			"all":                     {Filter{}, []string{two.Number, one.Number}},
			"number":                  {Filter{Number: strings.ToLower(strings.ReplaceAll(one.Number, "-", " "))}, []string{one.Number}},
			"no such number":          {Filter{Number: "JB-1999-000001"}, nil},
			"paper number":            {Filter{PaperNumber: "sblg2025017"}, []string{one.Number}},
			"title":                   {Filter{Title: "叶片涂层"}, []string{one.Number}},
			"title in full width":     {Filter{Title: "５ｇ基站散热（二期）"}, []string{two.Number}},
			"title with a wildcard":   {Filter{Title: "叶%层"}, nil},
			"party":                   {Filter{Party: "海澜"}, []string{one.Number}},
			"co-party":                {Filter{Party: "浑河材料"}, []string{two.Number}},
			"party in other letters":  {Filter{Party: "MUSTER werke"}, []string{two.Number}},
			"number abroad":           {Filter{PartyCode: "hrb12345"}, []string{two.Number}},
			"signed from":             {Filter{SignedFrom: when.MustDay("2025-10-02")}, []string{one.Number}},
			"signed on the day":       {Filter{SignedFrom: when.MustDay("2025-10-01"), SignedTo: when.MustDay("2025-10-01")}, []string{two.Number}},
			"signed to, of one party": {Filter{SignedTo: when.MustDay("2025-12-31"), Party: "盛北理工", Title: "散热"}, []string{two.Number}},
		} {
			x.f.Organization = c.university
			page, err := c.List(t.Context(), c.seller, x.f, db.Paging{Limit: 5})
			c.must(err)
			var got []string
			for _, v := range page.Items {
				got = append(got, v.Number)
			}
			if !slices.Equal(got, x.want) {
				t.Errorf("%s: %v, want %v", name, got, x.want)
			}
		}
		for name, f := range map[string]Filter{
			"nothing in it": {Office: "SY01", Number: "-"}, "from behind to": {Office: "SY01", SignedFrom: when.MustDay("2025-10-02"), SignedTo: when.MustDay("2025-10-01")},
		} {
			_, err := c.List(t.Context(), c.first, f, db.Paging{Limit: 5})
			if !fault.InvalidInput.Of(err) {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}

// Of many who give one number at the same moment, each in another spelling, one has it.
func TestAnOfficialNumberTakenByManyAtOnceIsOnes(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		c := open(t, o)
		spellings := []string{"20262101ln0001", "2026-2101-LN-0001", "２０２６2101LN0001", "2026 2101 ln 0001", "2026–2101LN0001", "20262101\u200bLN0001", "20262101LN-0001", "20262101L N0001"}
		reviewed := make([]*ApplicationView, len(spellings))
		for i := range reviewed {
			in := c.input()
			in.Terms.Turnover += money.Fen(i)
			reviewed[i] = c.secondReview(c.file(c.seller, c.create(c.seller, in)))
		}
		outcomes := make([]error, len(spellings))
		var all sync.WaitGroup
		for i, a := range reviewed {
			all.Go(func() {
				_, outcomes[i] = c.Grant(t.Context(), as(c.second), a.ID, 3, Grant{OfficialNumber: spellings[i]})
			})
		}
		all.Wait()
		granted := 0
		for i, err := range outcomes {
			if err == nil {
				granted++
			} else if !fault.OfficialNumberTaken.Of(err) {
				t.Errorf("%q: %v", spellings[i], err)
			}
		}
		if granted != 1 {
			t.Errorf("%d have it", granted)
		}
		c.verify()
	})
}

// What was registered elsewhere has twins like any other, also by the number that it was given there.
func TestWhatWasRegisteredElsewhereHasTwins(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		c := open(t, o)
		in := c.input()
		in.Terms.Sellers = []Party{{Name: "京畿自动化研究院", CreditCode: creditCode("京畿自动化研究院"), Region: "110105", Nature: "021"}}
		in.Terms.Buyers = []Party{{OrganizationID: &c.university}}
		in.Elsewhere = &Elsewhere{Office: "北京技术市场管理办公室", OfficialNumber: "2026-1100-0001", RegisteredOn: when.MustDay("2026-01-05")}
		first := c.create(c.seller, in)
		again := in
		again.Elsewhere = &Elsewhere{Office: "北京技术市场管理办公室", OfficialNumber: "２０２６1100 0001", RegisteredOn: when.MustDay("2026-01-05")}
		again.Terms.Turnover += money.Yuan
		second := c.create(c.seller, again)
		if len(second.Twins) != 1 || second.Twins[0].ID != first.ID || !slices.Equal(second.Twins[0].Same, []Sameness{SameOfficialNumber}) {
			t.Errorf("%+v", second.Twins)
		}
		a := c.secondReview(c.file(c.seller, second))
		if len(a.Twins) != 1 {
			t.Errorf("the application tells %+v", a.Twins)
		}
		one := c.secondReview(c.file(c.seller, first))
		_, err := c.Grant(t.Context(), as(c.second), a.ID, 3, Grant{})
		c.refused(err, fault.TwinUnexplained)
		_, err = c.Grant(t.Context(), as(c.second), one.ID, 3, Grant{TwinReason: another})
		c.must(err)
		_, err = c.Grant(t.Context(), as(c.second), a.ID, 3, Grant{TwinReason: another})
		c.refused(err, fault.OfficialNumberTaken) // a reason does not make one number two
		c.verify()
	})
}

// With a draft goes what it was found by.
func TestALookupGoesWithItsContract(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		c := open(t, o)
		draft := c.create(c.seller, c.input())
		c.must(c.DB.Writer.Exec("DELETE FROM contract_parties").Error)
		c.must(c.DB.Writer.Exec("DELETE FROM contracts WHERE id = ?", draft.ID).Error)
		var left int64
		c.must(c.Unit.Query(t.Context()).Model(&lookup{}).Count(&left).Error)
		if left != 0 {
			t.Errorf("%d are left", left)
		}
	})
}
