package codes

// PartyNature says what kind of body a party to a contract is, by the three-digit code of the registration form. The
// last three have no code there that is known for certain; they carry words of our own, so that they cannot be taken for
// one.
type PartyNature string

// The natures that rules ask for.
const (
	NaturalPerson     PartyNature = "natural_person"
	OtherOrganization PartyNature = "other_organization"
	Foreign           PartyNature = "foreign"
)

// PartyNatures lists the natures. A code that ends in 0 may be a group (020, 100) of those after it; a form that says
// no more than the group is accepted.
var PartyNatures = table(
	Term[PartyNature]{"010", "机关法人", "Government body"},
	Term[PartyNature]{"020", "事业法人", "Public institution"},
	Term[PartyNature]{"021", "科研机构", "Research institute"},
	Term[PartyNature]{"022", "高等院校", "University or college"},
	Term[PartyNature]{"023", "医疗卫生", "Medical and health institution"},
	Term[PartyNature]{"024", "其他事业法人", "Other public institution"},
	Term[PartyNature]{"030", "社团法人", "Association"},
	Term[PartyNature]{"100", "内资企业", "Domestic enterprise"},
	Term[PartyNature]{"110", "国有企业", "State-owned enterprise"},
	Term[PartyNature]{"120", "集体企业", "Collective enterprise"},
	Term[PartyNature]{"130", "股份合作企业", "Share cooperative enterprise"},
	Term[PartyNature]{"140", "联营企业", "Joint operation enterprise"},
	Term[PartyNature]{"150", "有限责任公司", "Limited liability company"},
	Term[PartyNature]{"160", "股份有限公司", "Joint stock company"},
	Term[PartyNature]{"170", "私营企业", "Private enterprise"},
	Term[PartyNature]{"180", "其他内资企业", "Other domestic enterprise"},
	Term[PartyNature]{"200", "港澳台商投资企业", "Enterprise with Hong Kong, Macao or Taiwan investment"},
	Term[PartyNature]{"210", "港澳台商合资经营企业", "Equity joint venture (Hong Kong, Macao, Taiwan)"},
	Term[PartyNature]{"220", "港澳台商合作经营企业", "Contractual joint venture (Hong Kong, Macao, Taiwan)"},
	Term[PartyNature]{"230", "港澳台商独资经营企业", "Wholly owned enterprise (Hong Kong, Macao, Taiwan)"},
	Term[PartyNature]{"240", "港澳台商投资股份有限公司", "Joint stock company (Hong Kong, Macao, Taiwan)"},
	Term[PartyNature]{"300", "外商投资企业", "Enterprise with foreign investment"},
	Term[PartyNature]{"310", "中外合资经营企业", "Sino-foreign equity joint venture"},
	Term[PartyNature]{"320", "中外合作经营企业", "Sino-foreign contractual joint venture"},
	Term[PartyNature]{"330", "外资企业", "Wholly foreign-owned enterprise"},
	Term[PartyNature]{"340", "外商投资股份有限公司", "Joint stock company with foreign investment"},
	Term[PartyNature]{"400", "个体经营", "Individual business"},
	Term[PartyNature]{NaturalPerson, "自然人", "Natural person"},
	Term[PartyNature]{OtherOrganization, "其他组织", "Other organization"},
	Term[PartyNature]{Foreign, "境外机构", "Body outside mainland China"},
)

// Group returns the group that the nature belongs to in coarse statistics: "020" for "022", "100" for "150", and the
// nature itself where it is a group or stands alone. For a nature that is not listed it returns "".
func (n PartyNature) Group() PartyNature {
	if !PartyNatures.Has(n) {
		return ""
	}
	switch {
	case len(n) != 3 || n[0] == '4':
		return n
	case n[0] == '0':
		return n[:2] + "0"
	}
	return n[:1] + "00"
}
