package contracts

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/codes"
	"jiebang/internal/db"
	"jiebang/internal/db/dbtest"
	"jiebang/internal/fault"
	"jiebang/internal/policy"
	"jiebang/internal/work"
)

// Numbers that nobody has.
const lin, bai, sun = "210102199003071233", "210102198501010017", "310115199912318884"

func person(name, number string) Party {
	return Party{Name: name, Nature: codes.NaturalPerson, Region: "210102", Person: NewPerson(uuid.Nil, codes.ResidentID, number)}
}

// withPersons is a contract that two people sell together with the university.
func (c *city) withPersons() Input {
	in := c.input()
	in.Terms.Sellers = append(in.Terms.Sellers, person("林知远", lin), person("白鸣", bai))
	return in
}

func (c *city) rows(contract uuid.UUID) []personRow {
	c.Helper()
	var rows []personRow
	c.must(c.Unit.Query(c.Context()).Where("contract_id = ?", contract).Order("id").Find(&rows).Error)
	return rows
}

func (c *city) replace(contract *View, in Input) (*View, error) {
	a, err := c.Replace(c.Context(), as(c.seller), contract.ID, contract.Version, in)
	if err != nil {
		return contract, err
	}
	return &a.View, nil
}

// dump is everything that the database holds, as text.
func dump(c *city) string {
	c.Helper()
	var out strings.Builder
	c.must(c.Unit.View(c.Context(), func(q *gorm.DB) error {
		tables, err := q.Migrator().GetTables()
		if err != nil {
			return err
		}
		for _, table := range tables {
			if table == "goose_db_version" {
				continue
			}
			var rows []map[string]any
			if err := q.Table(table).Find(&rows).Error; err != nil {
				return err
			}
			for _, r := range rows {
				for column, v := range r {
					if raw, ok := v.([]byte); ok {
						v = string(raw)
					}
					fmt.Fprintf(&out, "%s.%s=%v\n", table, column, v)
				}
			}
		}
		return nil
	}))
	return out.String()
}

func TestANumberStandsNowhereInTheDatabase(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		c := open(t, o)
		contract := c.create(c.seller, c.withPersons())
		shown := contract.Terms.Sellers[1].Person
		if shown.Masked != "210***********1233" || shown.Document != codes.ResidentID || shown.number != "" {
			t.Errorf("shown as %+v", shown)
		}
		c.grant(c.file(c.seller, contract))
		terms := c.get(contract.ID).Terms
		terms.Sellers = slices.Clone(terms.Sellers)
		terms.Sellers[2] = person("孙立", sun)
		amendment, err := c.Amend(t.Context(), as(c.seller), contract.ID, Change{Terms: terms, Reason: "一位卖方退出"})
		c.must(err)
		// Whom an amendment brings in is seen by those who decide on it.
		asked, err := c.Reveal(t.Context(), as(c.first), contract.ID, RevealInput{amendment.View.Terms.Sellers[2].Person.ID, "核对原件"})
		c.must(err)
		if asked.Number != sun || amendment.View.Terms.Sellers[1].Person.ID != shown.ID {
			t.Errorf("%+v", asked)
		}
		_, err = c.Reveal(t.Context(), as(c.first), contract.ID, RevealInput{shown.ID, "核对原件"})
		c.must(err)

		all := dump(c)
		if !strings.Contains(all, "210***********1233") || !strings.Contains(all, "audit_details.after") || !strings.Contains(all, "contract_persons.sealed=aes-256-gcm:") {
			t.Fatal("the dump is not whole")
		}
		for _, number := range []string{lin, bai, sun} {
			if i := strings.Index(all, number); i >= 0 {
				t.Errorf("found %s", all[max(0, i-80):i+18])
			}
			// The middle that the mask hides, too.
			if strings.Contains(all, number[3:14]) {
				t.Errorf("found the middle of %s", number)
			}
		}
		c.verify()
	})
}

func TestAMaskedNumberKeepsWhatIsThere(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		c := open(t, o)
		contract := c.create(c.seller, c.withPersons())
		was := c.rows(contract.ID)
		again := func(v *View) Input { // what a client sends that read the contract and writes it back
			in := Input{Kind: v.Kind, Terms: v.Terms}
			in.Terms.Sellers = slices.Clone(v.Terms.Sellers)
			for i := range in.Terms.Sellers {
				if p := in.Terms.Sellers[i].Person; p != nil {
					in.Terms.Sellers[i].Person = NewPerson(p.ID, p.Document, p.Masked)
				}
			}
			return in
		}
		in := again(contract)
		in.Terms.Title = "高温合金叶片涂层工艺委托开发(二期)"
		v, err := c.replace(contract, in)
		c.must(err)
		// Without the id, too, as long as one number looks so.
		in = again(v)
		in.Terms.Sellers[1].Person.ID = uuid.Nil
		v, err = c.replace(v, in)
		c.must(err)
		// Typed in full once more it is the same person.
		in = again(v)
		in.Terms.Sellers[1] = person("林知远", "210102 19900307 1233")
		v, err = c.replace(v, in)
		c.must(err)
		if now := c.rows(contract.ID); !slices.Equal(now, was) {
			t.Errorf("the rows changed:\n%+v\n%+v", was, now)
		}
		// Someone else's mask, and a mask of another contract, mean nobody.
		for _, change := range []func(*Person){
			func(p *Person) { p.number, p.ID = "310***********8884", uuid.Nil },
			func(p *Person) { p.ID = work.NewID() },
			func(p *Person) { p.Document = codes.Passport },
			func(p *Person) { p.number, p.ID = "", uuid.Nil },
		} {
			in = again(v)
			change(in.Terms.Sellers[1].Person)
			_, err = c.replace(v, in)
			c.places(err, "/terms/sellers/1/personal_id/number unknown_person")
		}
		// One who leaves a draft leaves nothing behind.
		in = again(v)
		in.Terms.Sellers = in.Terms.Sellers[:2]
		v, err = c.replace(v, in)
		c.must(err)
		if now := c.rows(contract.ID); len(now) != 1 || now[0].ID != v.Terms.Sellers[1].Person.ID {
			t.Errorf("left behind: %+v", now)
		}
	})
}

// Two people whose numbers look alike are told apart by the id, or else by the name.
func TestTwoNumbersThatLookAlike(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		c := open(t, o)
		var twins []string
		for day := 1; len(twins) < 2; day++ {
			for middle := range 100 {
				n, err := codes.CompleteResidentID(fmt.Sprintf("2101021990%02d%02d%03d", 1+middle%12, 1+day%28, 123))
				c.must(err)
				if n[17] == '3' && len(twins) < 2 && !slices.Contains(twins, n) {
					twins = append(twins, n)
				}
			}
		}
		in := c.input()
		in.Terms.Sellers = append(in.Terms.Sellers, person("林知远", twins[0]), person("白鸣", twins[1]))
		v := c.create(c.seller, in)
		first, second := v.Terms.Sellers[1].Person, v.Terms.Sellers[2].Person
		if first.Masked != second.Masked || first.ID == second.ID {
			t.Fatalf("%+v %+v", first, second)
		}
		in.Terms.Sellers = []Party{in.Terms.Sellers[0], person("白鸣", second.Masked), person("林知远", first.Masked)}
		v, err := c.replace(v, in)
		c.must(err)
		if v.Terms.Sellers[1].Person.ID != second.ID || v.Terms.Sellers[2].Person.ID != first.ID {
			t.Error("taken for one another")
		}
		in.Terms.Sellers[1].Name = "谁"
		_, err = c.replace(v, in)
		c.places(err, "/terms/sellers/1/personal_id/number unknown_person")
	})
}

func TestWhatIsWrongWithAParty(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		c := open(t, o)
		other := Party{Name: "联合课题组", Nature: codes.OtherOrganization, Region: "210102"}
		german := Party{Name: "Muster Werke GmbH", Nature: codes.Foreign, Country: "DEU", ForeignNumber: "HRB 12345"}
		company := Party{Name: "沈阳北方研究所", Nature: "150", Region: "210102", CreditCode: creditCode("沈阳北方研究所")}
		with := func(p Party, change func(*Party)) Party {
			change(&p)
			return p
		}
		for _, x := range []struct {
			name  string
			party Party
			at    []string
		}{
			{"a person", person("林知远", lin), nil},
			{"an organization without legal personality", other, nil},
			{"a body abroad", german, nil},
			{"a body in Hong Kong", with(german, func(p *Party) { p.Country = "HKG" }), nil},
			{"a company", company, nil},
			{"a company in China, said so", with(company, func(p *Party) { p.Country = "CHN" }), nil},
			{"a person with a passport", with(person("Jan Muster", ""), func(p *Party) { p.Country, p.Person = "DEU", NewPerson(uuid.Nil, codes.Passport, "C01X00T47") }), nil},
			{"a person without a document", with(person("林知远", lin), func(p *Party) { p.Person = nil }), []string{"/personal_id required"}},
			{"a wrong check character", person("林知远", "210102199003071234"), []string{"/personal_id/number check_character"}},
			{"a number of another form", person("林知远", "2101021990030712"), []string{"/personal_id/number bad_format"}},
			{"no such document", with(person("林知远", lin), func(p *Party) { p.Person = NewPerson(uuid.Nil, "card", lin) }), []string{"/personal_id/document not_allowed"}},
			{"a person with a credit code", with(person("林知远", lin), func(p *Party) { p.CreditCode = company.CreditCode }), []string{"/credit_code other_nature"}},
			{"a company without a code", with(company, func(p *Party) { p.CreditCode = "" }), []string{"/credit_code required"}},
			{"a company with a person's number", with(company, func(p *Party) { p.Person = NewPerson(uuid.Nil, codes.ResidentID, lin) }), []string{"/personal_id other_nature"}},
			{"a company abroad", with(company, func(p *Party) { p.Country = "DEU" }), []string{"/country other_nature"}},
			{"a body abroad without a number", with(german, func(p *Party) { p.ForeignNumber = "" }), []string{"/foreign_number required"}},
			{"a body abroad that says why it has no number", with(german, func(p *Party) { p.ForeignNumber, p.NoCodeReason = "", "州立大学，无注册号" }), nil},
			{"a body abroad whose number is a dash", with(german, func(p *Party) { p.ForeignNumber = "－" }), []string{"/foreign_number bad_characters"}},
			{"a body abroad in China", with(german, func(p *Party) { p.Country = "CHN" }), []string{"/country required"}},
			{"a country that is none", with(german, func(p *Party) { p.Country = "XXQ" }), []string{"/country unknown_country"}},
			{"a country in two letters", with(german, func(p *Party) { p.Country = "De" }), nil},
			{"a country in digits, which may be either code", with(german, func(p *Party) { p.Country = "276" }), []string{"/country unknown_country"}},
			{"a body in Hong Kong with its region", with(german, func(p *Party) { p.Country, p.Region = "HKG", "810000" }), nil},
			{"a person of Hong Kong", with(person("陈大文", ""), func(p *Party) {
				p.Country, p.Region, p.Person = "HKG", "810000", NewPerson(uuid.Nil, codes.HKMacaoID, "A123456（3）")
			}), nil},
			{"an officer", with(person("林知远", ""), func(p *Party) { p.Person = NewPerson(uuid.Nil, codes.MilitaryID, "军字第0012345号") }), nil},
			{"a military unit", Party{Name: "中国人民解放军某部", Nature: "010", Region: "210102", NoCodeReason: "军队单位，无统一社会信用代码"}, nil},
			{"a military unit without a word", Party{Name: "中国人民解放军某部", Nature: "010", Region: "210102"}, []string{"/credit_code required"}},
			{"an individual business", with(company, func(p *Party) { p.Name, p.Nature = "和平区某某工作室", "400" }), nil},
			{"a code in small letters", with(company, func(p *Party) { p.CreditCode = strings.ToLower(p.CreditCode) }), nil},
			{"nobody", Party{Nature: "150", CreditCode: company.CreditCode}, []string{"/name required"}},
			{"nobody knows what", with(company, func(p *Party) { p.Nature = "" }), []string{"/nature required"}},
			{"a body abroad with a region here", with(german, func(p *Party) { p.Region = "210102" }), []string{"/region other_nature"}},
		} {
			for _, side := range []string{"sellers", "buyers"} {
				in := c.input()
				want := slices.Clone(x.at)
				for i := range want {
					want[i] = "/terms/" + side + "/1" + want[i]
				}
				if side == "sellers" {
					in.Terms.Sellers = append(in.Terms.Sellers, x.party)
				} else {
					in.Terms.Buyers = append(in.Terms.Buyers, x.party)
				}
				_, err := c.Create(t.Context(), as(c.seller), in)
				if len(want) == 0 {
					if err != nil {
						t.Errorf("%s among %s: %v", x.name, side, err)
					}
					continue
				}
				c.places(err, want...)
			}
		}
		// A person is a party once, whichever side and however written.
		in := c.withPersons()
		in.Terms.Buyers = append(in.Terms.Buyers, person("林 知远", strings.ToLower(lin)))
		_, err := c.Create(t.Context(), as(c.seller), in)
		c.places(err, "/terms/buyers/1/personal_id repeated")
	})
}

// places holds the wrong places that an error names.
func (c *city) places(err error, want ...string) {
	c.Helper()
	var bad *fault.Error
	if !errors.As(err, &bad) {
		c.Errorf("%v, want %v", err, want)
		return
	}
	var got []string
	for _, f := range bad.Fields {
		got = append(got, f.Pointer+" "+f.Code)
	}
	if !slices.Equal(got, want) {
		c.Errorf("named %q, want %q", got, want)
	}
}

func TestABuyerFilesForTechnologyFromAbroad(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		c := open(t, o)
		in := c.input()
		in.Terms.Sellers = []Party{{Name: "Muster Werke GmbH", Nature: codes.Foreign, Country: "DEU", ForeignNumber: "HRB 12345"}}
		in.Terms.Buyers = []Party{{Name: "盛北理工大学", Nature: "022", Region: "210112", OrganizationID: &c.university}}
		_, err := c.Create(t.Context(), as(c.buyer), in)
		c.refused(err, fault.NotAllowed)
		contract := c.create(c.seller, in)
		if contract.Office != "SY01" || *contract.OwnerID != c.university {
			t.Errorf("%s %v", contract.Office, contract.OwnerID)
		}
		c.grant(c.file(c.seller, contract))
		in.Terms.Buyers = []Party{{Name: "沈阳北方研究所", CreditCode: creditCode("沈阳北方研究所"), Nature: "021"}}
		_, err = c.Create(t.Context(), as(c.clerk), in)
		c.places(err, "/terms/buyers/0/region required")
		c.verify()
	})
}

func TestOnlyRegistrarsOfTheOfficeSeeANumberAndEachLookIsNoted(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		c := open(t, o)
		contract := c.create(c.seller, c.withPersons())
		ask := RevealInput{contract.Terms.Sellers[1].Person.ID, "核对身份证原件"}
		_, err := c.Reveal(t.Context(), as(c.first), contract.ID, ask)
		c.refused(err, fault.NotVisible) // a draft is its writers' own affair
		c.file(c.seller, contract)
		for _, no := range []struct {
			who  policy.Actor
			want fault.Definition
		}{{c.seller, fault.NotAllowed}, {c.buyer, fault.NotAllowed}, {c.operator, fault.NotAllowed}, {c.tied, fault.OwnDecision}, {c.elsewhere, fault.NotVisible}, {c.stranger, fault.NotVisible}} {
			_, err := c.Reveal(t.Context(), as(no.who), contract.ID, ask)
			c.refused(err, no.want)
		}
		looks := func() (n int64) {
			c.must(c.Unit.Query(t.Context()).Model(&work.AuditRow{}).Where("action = ? AND object_id = ?", "contract.reveal", contract.ID).Count(&n).Error)
			return n
		}
		for i := range 3 {
			got, err := c.Reveal(t.Context(), as(c.first), contract.ID, ask)
			c.must(err)
			if got != (Revealed{codes.ResidentID, lin}) {
				t.Errorf("%+v", got)
			}
			if n := looks(); n != int64(i+1) {
				t.Errorf("%d looks are noted after %d", n, i+1)
			}
		}
		_, err = c.Reveal(t.Context(), as(c.first), contract.ID, RevealInput{ask.Person, ""})
		c.refused(err, fault.InvalidInput)
		_, err = c.Reveal(t.Context(), as(c.first), contract.ID, RevealInput{work.NewID(), "核对"})
		c.refused(err, fault.NotVisible)
		// A number of another contract is none of this one's.
		other := c.create(c.seller, c.withPersons())
		c.file(c.seller, other)
		_, err = c.Reveal(t.Context(), as(c.first), other.ID, ask)
		c.refused(err, fault.NotVisible)
		if n := looks(); n != 3 {
			t.Errorf("%d looks are noted", n)
		}
	})
}

// The same person is recognised in all contracts, also while values of two keys stand side by side.
func TestTheSamePersonHasTheSameMark(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		c := open(t, o)
		a, b := c.rows(c.create(c.seller, c.withPersons()).ID), c.rows(c.create(c.seller, c.withPersons()).ID)
		if a[0].Mark != b[0].Mark || a[0].Sealed.Sealed == b[0].Sealed.Sealed || a[0].Mark == a[1].Mark {
			t.Errorf("%+v\n%+v", a, b)
		}
	})
}
