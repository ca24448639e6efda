package contracts

import (
	"golang.org/x/text/language"

	"jiebang/internal/codes"
	"jiebang/internal/fault"
	"jiebang/internal/ref"
	"jiebang/internal/when"
)

// check finds what is wrong with one party of a contract signed on a day. The number of a natural person was checked when its row was
// found or made (persons).
func (p Party) check(signed when.Day, at string, bad *fault.Fields) {
	bad.Length(p.Name, at+"/name", 2, 100)
	bad.Check(codes.PartyNatures.Has(p.Nature), at+"/nature", fault.UnknownNature, "没有这个当事人性质代码", "There is no such nature")
	if p.Region != "" {
		_, known := ref.RegionOn(p.Region, signed)
		bad.Check(known, at+"/region", fault.UnknownRegion, "签订之日没有这个区划代码", "There was no such region on the day of signing")
	}
	if p.CreditCode != "" {
		_, err := codes.CreditCode(p.CreditCode)
		bad.Check(err == nil, at+"/credit_code", fault.CheckCharacter, "统一社会信用代码校验不符，请核对", "The check characters do not fit")
	}
	bad.Check(p.Country == "" || country(p.Country), at+"/country", fault.UnknownCountry, "没有这个国家(地区)代码", "There is no such country code")
	p.checkIdentity(at, bad)
}

// checkIdentity holds what identifies a party to its nature: exactly one of three. An organization that has no legal personality may
// have none.
func (p Party) checkIdentity(at string, bad *fault.Fields) {
	abroad := p.Country != "" && p.Country != "CHN"
	only := func(pointer string, given, fits bool) {
		bad.Check(fits || !given, at+pointer, fault.OtherNature, "与当事人性质不符，请删去", "It does not go with the party's nature")
	}
	person, foreign := p.Nature == codes.NaturalPerson, p.Nature == codes.Foreign
	only("/credit_code", p.CreditCode != "", !person && !foreign)
	only("/foreign_number", p.ForeignNumber != "", foreign)
	only("/personal_id", p.Person != nil, person)
	only("/organization_id", p.OrganizationID != nil, !person && !foreign)
	only("/country", abroad, person || foreign)
	only("/region", p.Region != "", !foreign)
	switch {
	case person:
		bad.Check(p.Person != nil, at+"/personal_id", fault.Required, "自然人须填证件", "A natural person needs a document")
	case foreign:
		bad.Check(abroad, at+"/country", fault.Required, "境外机构须填国家(地区)", "A body abroad needs its country")
		bad.Length(p.ForeignNumber, at+"/foreign_number", 2, 50)
	case p.Nature != codes.OtherOrganization:
		bad.Check(p.CreditCode != "" || p.OrganizationID != nil, at+"/credit_code", fault.Required, "须填统一社会信用代码", "A credit code is needed")
	}
}

// identity is one thing that no two parties have in common, and where it stands.
type identity struct {
	of any
	at string
}

func (p Party) identities(at string) []identity {
	out := []identity{{p.CreditCode, at + "/credit_code"}}
	if p.OrganizationID != nil {
		out = append(out, identity{*p.OrganizationID, at + "/organization_id"})
	}
	if p.ForeignNumber != "" {
		out = append(out, identity{p.Country + " " + p.ForeignNumber, at + "/foreign_number"})
	}
	if p.Person != nil {
		out = append(out, identity{p.Person.ID, at + "/personal_id"})
	}
	return out
}

// country tells whether a code is that of a country or region by ISO 3166-1, three letters: the customs' codes since 2018
// (海关总署公告2018年第42号). Hong Kong, Macao and Taiwan have codes of their own there: HKG, MAC, TWN.
func country(code string) bool {
	r, err := language.ParseRegion(code)
	return err == nil && len(code) == 3 && r.IsCountry() && r.ISO3() == code
}
