package contracts

import (
	"slices"
	"strings"
	"testing"

	"jiebang/internal/codes"
	"jiebang/internal/db"
	"jiebang/internal/db/dbtest"
	"jiebang/internal/fault"
	"jiebang/internal/ledger"
	"jiebang/internal/when"
	"jiebang/internal/work"
)

func TestWhatIsLeftOutIsTheOrganizations(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		c := open(t, o)
		in := c.input()
		in.Terms.Sellers, in.Terms.Buyers = []Party{{OrganizationID: &c.university}}, []Party{{OrganizationID: &c.enterprise}, {OrganizationID: &c.other, Name: "浑河材料"}}
		v := c.create(c.seller, in)
		seller, buyer := v.Terms.Sellers[0], v.Terms.Buyers[0]
		if seller.Name != "盛北理工大学" || seller.Region != "210112" || seller.Nature != "022" || len(seller.CreditCode) != 18 {
			t.Errorf("seller %+v", seller)
		}
		if buyer.Name != "大连海澜装备有限公司" || buyer.Region != "210211" || buyer.Nature != "100" || len(buyer.CreditCode) != 18 {
			t.Errorf("buyer %+v", buyer)
		}
		if second := v.Terms.Buyers[1]; second.Name != "浑河材料" || second.Region != "210112" {
			t.Errorf("what was written is not kept: %+v", second)
		}
		c.grant(c.file(c.seller, v))
		if e := c.entries(v.ID)[0]; e.SellerRegion != "210112" || e.BuyerRegion != "210211" || e.BuyerNature != "100" {
			t.Errorf("posted as %+v", e)
		}
	})
}

func TestADifferenceFromTheOrganizationStandsOut(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		c := open(t, o)
		in := c.input()
		in.Terms.Sellers[0].Name, in.Terms.Sellers[0].Region = "盛北 理工大学", "210102"
		in.Terms.Buyers[0].Name, in.Terms.Buyers[0].CreditCode = "沈阳浑河材料有限公司", creditCode("他")
		in.Terms.Buyers = append(in.Terms.Buyers, Party{Name: "林知远", Nature: codes.OtherOrganization}, person("林 知远", lin),
			Party{Name: "中国人民解放军某部", Nature: "010", NoCodeReason: "军队单位"})
		a := c.file(c.seller, c.create(c.seller, in))
		got, err := c.GetApplication(t.Context(), c.first, a.ID)
		c.must(err)
		code := got.Remarks[3].Organization
		want := []Remark{
			{Code: DiffersFromOrganization, Pointer: "/terms/sellers/0/region", Entered: "210102", Organization: "210112"},
			{Code: NatureDiffers, Pointer: "/terms/sellers/0/nature", Entered: "022", Other: "/terms/sellers/0/credit_code"},
			{Code: DiffersFromOrganization, Pointer: "/terms/buyers/0/name", Entered: "沈阳浑河材料有限公司", Organization: "大连海澜装备有限公司"},
			{Code: DiffersFromOrganization, Pointer: "/terms/buyers/0/credit_code", Entered: creditCode("他"), Organization: code},
			{Code: SameName, Pointer: "/terms/buyers/2/name", Entered: "林 知远", Other: "/terms/buyers/1"},
			{Code: NoCode, Pointer: "/terms/buyers/3/no_code_reason", Entered: "军队单位"},
		}
		if !slices.Equal(got.Remarks, want) || len(code) != 18 {
			t.Errorf("%+v\nwant %+v", got.Remarks, want)
		}
	})
}

func TestANatureThatCannotFitIsRefused(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		c := open(t, o)
		institute, government := c.Single("沈阳材料所", "institute", "210112"), c.Single("沈阳市某局", "government", "210103")
		for _, x := range []struct {
			who  string
			of   Party
			fits string
		}{
			{"a university", Party{OrganizationID: &c.university}, "020 021 022 023 024 030"},
			{"an enterprise", Party{OrganizationID: &c.enterprise}, "100 110 120 130 140 150 160 170 180 200 210 220 230 240 300 310 320 330 340 400 other_organization"},
			{"an institute", Party{OrganizationID: &institute.ID}, "020 021 022 023 024 030 100 110 120 130 140 150 160 170 180 200 210 220 230 240 300 310 320 330 340 other_organization"},
			{"a government body", Party{OrganizationID: &government.ID}, "010 020 021 022 023 024 030 other_organization"},
		} {
			for _, nature := range natureCodes() {
				in := c.input()
				in.Terms.Sellers = []Party{{OrganizationID: &c.university}}
				p := x.of
				p.Nature = nature
				at := "/terms/buyers/0/nature other_nature"
				if in.Terms.Buyers = []Party{p}; *p.OrganizationID == c.university {
					in.Terms.Sellers, in.Terms.Buyers = []Party{p}, []Party{{OrganizationID: &c.enterprise}}
					at = "/terms/sellers/0/nature other_nature"
				}
				_, err := c.Create(t.Context(), as(c.seller), in)
				switch may := slices.Contains(words(x.fits), string(nature)); {
				case may && err != nil:
					t.Errorf("%s as %s: %v", x.who, nature, err)
				case !may:
					c.places(err, at)
				}
			}
		}
	})
}

// Every nature that the law knows can be entered, first on either side.
func TestEveryNatureCanBeEntered(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		c := open(t, o)
		for i, nature := range natureCodes() {
			p := Party{Name: "某当事人", Nature: nature, Region: "210102", CreditCode: creditCode(string(rune('甲' + i)))}
			switch nature {
			case codes.NaturalPerson:
				p = person("林知远", lin)
			case codes.Foreign:
				p = Party{Name: "Muster Werke GmbH", Nature: nature, Country: "DEU", ForeignNumber: "HRB 1"}
			case codes.OtherOrganization:
				p.CreditCode = ""
			}
			in := c.input()
			in.Terms.Sellers, in.Terms.Buyers = []Party{p}, []Party{{OrganizationID: &c.other}}
			v := c.create(c.clerk, in)
			c.file(c.clerk, v)
			in = c.input()
			in.Terms.Buyers = []Party{p}
			v = c.create(c.seller, in)
			c.file(c.seller, v)
		}
	})
}

// An organization or a person is a party once: by a code that is sure, by a name it is told.
func TestOnePartyTwice(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		c := open(t, o)
		northern := Party{Name: "沈阳北方研究所", CreditCode: creditCode("沈阳北方研究所"), Region: "210102", Nature: "021"}
		abroad := Party{Name: "Muster Werke GmbH", Nature: codes.Foreign, Country: "DE", ForeignNumber: "HRB 1"}
		spelled := abroad
		spelled.Country, spelled.ForeignNumber = "deu", "hrb-1"
		for _, x := range []struct {
			name            string
			sellers, buyers []Party
			at              string
		}{
			{"a code on both sides", []Party{northern}, []Party{northern}, "/terms/buyers/1/credit_code repeated"},
			{"a code twice on one side", nil, []Party{northern, northern}, "/terms/buyers/2/credit_code repeated"},
			{"a number abroad, spelled in another way", nil, []Party{abroad, spelled}, "/terms/buyers/2/foreign_number repeated"},
			{"an organization once more", []Party{}, []Party{{OrganizationID: &c.enterprise}}, "/terms/buyers/1/credit_code repeated /terms/buyers/1/organization_id repeated"},
		} {
			in := c.input()
			in.Terms.Sellers, in.Terms.Buyers = append(in.Terms.Sellers, x.sellers...), append(in.Terms.Buyers, x.buyers...)
			_, err := c.Create(t.Context(), as(c.seller), in)
			if x.at == "" {
				c.must(err)
				continue
			}
			var want []string
			for w := words(x.at); len(w) > 1; w = w[2:] {
				want = append(want, w[0]+" "+w[1])
			}
			c.places(err, want...)
		}
	})
}

// Technology from abroad is filed by the domestic buyer and counts in its office's turnover, as absorbed and not as exported; the buyer of
// a domestic contract is told that the seller files.
func TestTechnologyFromAbroadCountsAsAbsorbed(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		c := open(t, o)
		for i, seller := range []Party{
			{Name: "Muster Werke GmbH", Nature: codes.Foreign, Country: "DEU", ForeignNumber: "HRB 12345"},
			{Name: "香港某某有限公司", Nature: codes.Foreign, Country: "HKG", Region: "810000", ForeignNumber: "1234567"},
			{Name: "Jan Muster", Nature: codes.NaturalPerson, Country: "DEU", Person: NewPerson(work.NewID(), codes.Passport, "C01X00T47")},
		} {
			in := c.input()
			in.Terms.Sellers, in.Terms.Buyers = []Party{seller}, []Party{{OrganizationID: &c.university}}
			v := c.create(c.seller, in)
			if v.OwnerID == nil || *v.OwnerID != c.university || v.Office != "SY01" {
				t.Fatalf("%s: %v %s", seller.Name, v.OwnerID, v.Office)
			}
			c.grant(c.file(c.seller, v))
			year := ledger.Query{From: when.MustDay("2026-01-01"), To: when.MustDay("2026-12-31"), By: "year"}
			absorbed, exported := year, year
			absorbed.BuyerRegion, exported.SellerRegion = "210100", "210100"
			if a, e := c.turnover(absorbed).Total.Contracts, c.turnover(exported).Total.Contracts; a != int64(i+1) || e != 0 {
				t.Errorf("%s: absorbed %d, exported %d", seller.Name, a, e)
			}
			if n := c.turnover(year).Total.Contracts; n != int64(i+1) {
				t.Errorf("registered %d", n)
			}
		}
		_, err := c.Create(t.Context(), as(c.buyer), c.input())
		c.refused(err, fault.NotAllowed)
		c.verify()
	})
}

// A parent and its subsidiary deal with each other: their names are alike, and nothing stands in the way of registration.
func TestAParentDealsWithItsSubsidiary(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		c := open(t, o)
		in := c.input()
		in.Terms.Buyers = []Party{{Name: "盛北理工大学资产经营有限公司", CreditCode: creditCode("盛北理工大学资产经营有限公司"), Region: "210112", Nature: "150"}}
		v := c.registered(c.seller, in)
		remarks := slices.DeleteFunc(v.Remarks, func(r Remark) bool { return r.Code == NatureDiffers }) // everybody's code is an enterprise's here
		if v.State != Registered || len(remarks) != 0 || len(v.Twins) != 0 || len(c.entries(v.ID)) != 1 {
			t.Errorf("%s %+v %+v", v.State, v.Remarks, v.Twins)
		}
	})
}

func words(s string) []string { return strings.Fields(s) }

// natureCodes are all natures, by the one list.
func natureCodes() []codes.PartyNature {
	var out []codes.PartyNature
	for _, t := range codes.PartyNatures.All() {
		out = append(out, t.Code)
	}
	return out
}
