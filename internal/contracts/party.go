package contracts

import (
	"strings"

	"jiebang/internal/codes"
	"jiebang/internal/fault"
	"jiebang/internal/ref"
	"jiebang/internal/text"
	"jiebang/internal/when"
)

// check finds what is wrong with one party of a contract signed on a day. The number of a natural person was checked when its row was
// found or made (persons).
func (p Party) check(signed when.Day, at string, bad *fault.Fields) {
	bad.Check(p.Name != "", at+"/name", fault.Required, "须填名称", "The name is needed")
	if p.Name != "" {
		text.Named(bad, p.Name, at+"/name", 2, 200)
	}
	bad.Check(p.Nature != "", at+"/nature", fault.Required, "须填当事人性质", "The nature is needed")
	bad.Check(p.Nature == "" || codes.PartyNatures.Has(p.Nature), at+"/nature", fault.UnknownNature, "没有这个当事人性质代码", "There is no such nature")
	if p.Region != "" {
		_, known := ref.RegionOn(p.Region, signed)
		bad.Check(known, at+"/region", fault.UnknownRegion, "签订之日没有这个区划代码", "There was no such region on the day of signing")
	}
	if p.CreditCode != "" {
		codes.CreditCodeInto(bad, &p.CreditCode, at+"/credit_code")
	}
	if after, gone := ref.Withdrawn(p.Country); gone {
		now := strings.Join(after, ", ")
		bad.Check(false, at+"/country", fault.UnknownCountry, "%[1]s 已从 ISO 3166-1 撤销，请填现今的国家（地区）代码：%[2]s", "%[1]s was withdrawn from ISO 3166-1; give the country of today: %[2]s", p.Country, now)
	} else if p.Country != "" {
		_, known := ref.Country(p.Country)
		bad.Check(known, at+"/country", fault.UnknownCountry, "没有这个国家（地区）代码，应为两位或三位字母，如 DEU", "There is no such country code; it has two or three letters, such as DEU")
	}
	bad.Length(p.NoCodeReason, at+"/no_code_reason", 0, 200)
	if p.Nature != "" {
		p.checkIdentity(at, bad)
	}
}

// checkIdentity holds what identifies a party to its nature: one of three, or why it has none. An organization that has no legal
// personality may have none without a reason.
func (p Party) checkIdentity(at string, bad *fault.Fields) {
	only := func(pointer string, given, fits bool) {
		bad.Check(fits || !given, at+pointer, fault.OtherNature, "与当事人性质不符，请删去", "It does not go with the party's nature")
	}
	person, foreign := p.Nature == codes.NaturalPerson, p.Nature == codes.Foreign
	only("/credit_code", p.CreditCode != "", !person && !foreign)
	only("/foreign_number", p.ForeignNumber != "", foreign)
	only("/personal_id", p.Person != nil, person)
	only("/organization_id", p.OrganizationID != nil, !person && !foreign)
	only("/country", p.abroad(), person || foreign)
	only("/region", p.Region != "", !foreign || beyondCustoms(p.Region))
	switch {
	case person:
		bad.Check(p.Person != nil, at+"/personal_id", fault.Required, "自然人须填证件", "A natural person needs a document")
	case foreign:
		bad.Check(p.Country != "CHN", at+"/country", fault.Required, "国家为中国的不是境外机构；请按其性质填写，如有限责任公司为 150、外资企业为 330，港澳台的请填国家（地区）代码 HKG、MAC 或 TWN",
			"Who is in China is no body abroad: give the nature that fits, such as 150 for a limited company or 330 for a wholly foreign-owned one; of Hong Kong, Macao and Taiwan the country is HKG, MAC or TWN")
		bad.Check(p.Country != "", at+"/country", fault.Required, "境外机构须填国家（地区）", "A body abroad needs its country")
		bad.Check(p.ForeignNumber != "" || p.NoCodeReason != "", at+"/foreign_number", fault.Required,
			"境外机构须填注册号；没有的，请在 no_code_reason 中说明", "A body abroad needs its number; where it has none, say why in no_code_reason")
		bad.Length(p.ForeignNumber, at+"/foreign_number", 0, 50)
		bad.Check(p.ForeignNumber == "" || codes.NumberForm(p.ForeignNumber) != "", at+"/foreign_number", fault.BadCharacters, "其中没有可辨认的字符", "Nothing in it can be read")
	case p.Nature != codes.OtherOrganization:
		bad.Check(p.CreditCode != "" || p.OrganizationID != nil || p.NoCodeReason != "", at+"/credit_code", fault.Required,
			"须填统一社会信用代码；没有代码的（如军队单位），请在 no_code_reason 中说明", "A credit code is needed; of a body that has none, such as a military unit, say why in no_code_reason")
	}
}

// abroad tells whether the party's country is another than China.
func (p Party) abroad() bool { return p.Country != "" && p.Country != "CHN" }

// place is where the party counts: its region, or, of whoever has none, the country abroad.
func (p Party) place() string {
	if p.Region == "" && p.abroad() {
		return ref.PlaceIn(p.Country)
	}
	return p.Region
}

// Place is where the party counts.
func (p Party) Place() string { return p.place() }

// outside tells whether the party is outside mainland China: a body abroad, or whoever is in Hong Kong, Macao or Taiwan, or has no place
// in China.
func (p Party) outside() bool {
	return p.Nature == codes.Foreign || beyondCustoms(p.Region) || p.abroad() && p.Region == ""
}

// beyondCustoms tells whether a region is Taiwan, Hong Kong or Macao, from where technology is imported.
func beyondCustoms(region string) bool {
	return strings.HasPrefix(region, "71") || strings.HasPrefix(region, "81") || strings.HasPrefix(region, "82")
}

// mark is one thing that no two parties of a contract have in common, and where it stands.
type mark struct {
	of any
	at string
}

func (p Party) marks(at string) []mark {
	out := []mark{{p.CreditCode, at + "/credit_code"}}
	if p.OrganizationID != nil {
		out = append(out, mark{*p.OrganizationID, at + "/organization_id"})
	}
	if p.ForeignNumber != "" {
		out = append(out, mark{p.Country + " " + codes.NumberForm(p.ForeignNumber), at + "/foreign_number"})
	}
	if p.Person != nil {
		out = append(out, mark{p.Person.ID, at + "/personal_id"})
	}
	return out
}
