package fault

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// Place says what is wrong with one place of the input, for programs by its code and for people in both languages. Codes are part
// of the API: they are added, never changed; docs/errors.md is made from this list.
type Place struct {
	Code string
	Text
}

// The codes of places: first what the OpenAPI description says of an input, then what only the rules know.
var (
	Required      = place("required", "必填。", "Required.")
	Unknown       = place("unknown", "不支持的参数，请删除或改正名称。", "There is no such item; remove it or correct its name.")
	Repeated      = place("repeated", "不可重复。", "Must not be repeated.")
	Empty         = place("empty", "不能为空；不需要时请整项省略。", "Must not be empty; leave it out when it is not needed.")
	Null          = place("null", "不可为 null；没有值时请整项省略。", "Must not be null; leave it out when there is no value.")
	WrongType     = place("wrong_type", "类型不对。", "Of the wrong type.")
	TooLong       = place("too_long", "过长。", "Too long.")
	TooShort      = place("too_short", "过短。", "Too short.")
	TooManyItems  = place("too_many", "项数过多。", "Too many items.")
	TooFew        = place("too_few", "项数过少。", "Too few items.")
	NotOffered    = place("not_allowed", "不在可选的值之中。", "None of the values that are offered.")
	OutOfRange    = place("out_of_range", "超出可用范围。", "Out of range.")
	Pattern       = place("pattern", "格式不符合要求。", "Not of the required form.")
	BadFormat     = place("bad_format", "格式不符合要求。", "Not of the required format.")
	BadCharacters = place("bad_characters", "含有不可用的字符或不是合法的 UTF-8。", "Holds characters that cannot be used, or is not valid UTF-8.")
	Invisible     = place("invisible", "只含看不见的字符，请重新填写。", "Nothing in it can be seen; write it anew.")
	OneLine       = place("one_line", "此处只能填一行，不可换行。", "This takes one line, without line ends.")
	Unexpected    = place("unexpected", "此操作不接受请求正文。", "This operation takes no body.")
	Twice         = place("duplicate", "同一对象中名称重复。", "The name is given twice in one object.")
	Trailing      = place("trailing", "正文在 JSON 结束之后还有内容。", "Something follows the end of the JSON document.")
	TooDeep       = place("too_deep", "嵌套过深。", "Nested too deeply.")
	Syntax        = place("syntax", "此处不符合语法。", "The syntax is wrong here.")

	AccountEnded        = place("account_ended", "该账号已停用。", "The account is deactivated.")
	Amounts             = place("amounts", "金额与价格形式不符。", "The amounts do not fit the form of the price.")
	AnotherOrganization = place("another_organization", "属于另一单位。", "It is another organization's.")
	BadAmount           = place("bad_amount", "金额应为以元为单位的十进制数。", "An amount is a decimal number of yuan.")
	BeforeStart         = place("before_start", "早于起点。", "It lies before the beginning.")
	CannotReview        = place("cannot_review", "不能办理该事项的登记员。", "A registrar who may not review it.")
	CheckCharacter      = place("check_character", "校验码不符，请核对。", "The check characters do not fit.")
	DigestDiffers       = place("digest_differs", "与收到的内容不符，请重新上传。", "It does not fit what was received; send the file again.")
	Immutable           = place("immutable", "不可更改。", "It cannot change.")
	NotPositive         = place("not_positive", "须大于零。", "It must be more than 0.")
	NotBroker           = place("not_broker", "不在技术经纪人名册中。", "Not in the register of technology brokers.")
	NotTheSum           = place("not_the_sum", "合计不符。", "It does not add up to what it must.")
	NotYours            = place("not_yours", "不属于本单位。", "It is not your organization's.")
	OneOf               = place("one_of", "须给出其一。", "Give one of them.")
	OtherKind           = place("other_kind", "是另一种类的。", "It is of another kind.")
	OtherNature         = place("other_nature", "与当事人性质不符。", "It does not go with the nature of the party.")
	OtherParties        = place("other_parties", "当事人不符。", "It is between others.")
	OwnListing          = place("own_listing", "属于本单位。", "It is your own.")
	TellsName           = place("tells_name", "写出了须保密的名称，请改写。", "It tells a name that is kept; write it another way.")
	Reversed            = place("reversed", "下限高于上限。", "The lower end is above the upper.")
	Advised             = place("advised", "建议填写。", "It is advised to fill this in.")
	Placeholder         = place("placeholder", "看起来只是占位文字，读者得不到内容；请填写或删去。", "It looks like a placeholder that tells readers nothing; write it out or remove it.")
	UnknownRecord       = place("unknown_record", "没有这个标识的记录。", "There is no record of this identifier.")
	UnknownChain        = place("unknown_chain", "没有这条产业链。", "There is no such industry chain.")
	RegisteredHere      = place("registered_here", "由本系统的机构登记。", "It is registered by an office here.")
	RegionCode          = place("region_code", "区划代码须为六位数字。", "A region code has six digits.")
	SizeDiffers         = place("size_differs", "与申报的大小不符。", "It does not fit the size that was declared.")
	TooMuch             = place("too_much", "合计过大。", "Too much in all.")
	Unchanged           = place("unchanged", "没有变更。", "Nothing is changed.")
	UnknownAccount      = place("unknown_account", "没有这个用户名。", "There is no such account.")
	UnknownCountry      = place("unknown_country", "没有这个国家（地区）代码。", "There is no such country code.")
	CommonPassword      = place("common_password", "密码容易被猜中，请换一个。", "The password is easily guessed; choose another.")
	TooEarly            = place("too_early", "须为今日或以后。", "It must be today or later.")
	UnknownChallenge    = place("unknown_challenge", "没有这项榜题。", "There is no such challenge.")
	UnknownDeal         = place("unknown_deal", "没有这个撮合项目。", "There is no such deal.")
	UnknownDimension    = place("unknown_dimension", "不支持按此分组。", "Figures are not grouped by this.")
	UnknownItem         = place("unknown_item", "本次评审没有这个项目。", "The review has no such item.")
	UnknownNature       = place("unknown_nature", "没有这个当事人性质代码。", "There is no such nature of a party.")
	UnknownNeed         = place("unknown_need", "没有这项公开的需求。", "There is no such open need.")
	UnknownOffice       = place("unknown_office", "没有这个登记机构。", "There is no such office.")
	UnknownOrganization = place("unknown_organization", "没有这个单位。", "There is no such organization.")
	UnknownPeriod       = place("unknown_period", "不支持此统计周期。", "There is no such period.")
	UnknownPerson       = place("unknown_person", "没有这个证件号码，请完整填写。", "There is no such number; write it in full.")
	UnknownRound        = place("unknown_round", "没有这个批次。", "There is no such round.")
	UnknownRegion       = place("unknown_region", "没有这个区划代码。", "There is no such region code.")
	UnknownTeam         = place("unknown_team", "没有这个已发布的团队。", "There is no such published team.")
	UnknownResult       = place("unknown_result", "没有这项已发布的成果。", "There is no such published result.")
)

var places []Place

func place(code, zh, en string) Place {
	if slices.ContainsFunc(places, func(p Place) bool { return p.Code == code }) {
		panic("fault: place defined twice: " + code)
	}
	p := Place{code, Text{zh, en}}
	places = append(places, p)
	return p
}

// Places lists every code of a place, in the order of the source.
func Places() []Place { return slices.Clone(places) }

// Field is the place at a pointer with a message of its own.
func (p Place) Field(pointer, zh, en string, args ...any) Field {
	return Field{pointer, p.Code, Say(zh, en, args...).sentence()}
}

// sentence ends a text with a full stop, where it has no end of its own: all messages end alike, whoever wrote them.
func (t Text) sentence() Text {
	if t.ZH != "" && !strings.ContainsRune("。！？…", lastRune(t.ZH)) {
		t.ZH += "。"
	}
	if t.EN != "" && !strings.ContainsRune(".!?…", lastRune(t.EN)) {
		t.EN += "."
	}
	return t
}

func lastRune(s string) rune {
	r, _ := utf8.DecodeLastRuneInString(s)
	return r
}

// Plain is the place at a pointer with what it says where nothing more particular is known.
func (p Place) Plain(pointer string) Field { return Field{pointer, p.Code, p.Text} }
