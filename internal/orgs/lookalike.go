package orgs

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
	"gorm.io/gorm"

	"jiebang/internal/codes"
	"jiebang/internal/fault"
)

// alike are characters that a reader takes for the first of their group, in small letters and in form NFKC (which has folded width,
// Kangxi radicals and letters of mathematics before): letters of other scripts, katakana that look like Chinese characters, and Chinese
// characters that differ by the length or the closing of a stroke. Pairs that names use apart (人 and 入, 千 and 干) are not among them.
var alike = func() map[rune]rune {
	out := map[rune]rune{}
	for group := range strings.FieldsSeq("aаαɑ bвьβ cсϲ dԁ eеєε gɡ hнһ iіιıl1|ӏ jј kкκ mм nпηո oо0οօ〇○ pрρ qԛ rг sѕ tтτ uцυս vνѵ wԝω xхχ yуγү zᴢ 3з " +
		"一ー丨 二ニ 三ミ 八ハ 力カ 口ロ囗 工エ 夕タ 卜ト 才オ 日曰 已己巳 土士 未末 戊戌戍") {
		runes := []rune(group)
		for _, r := range runes {
			if _, known := out[r]; !known {
				out[r] = runes[0]
			}
		}
	}
	return out
}()

// skeleton writes a name so that two which look alike are the same.
func skeleton(name string) string {
	return strings.Map(func(r rune) rune {
		if same, known := alike[unicode.ToLower(r)]; known {
			return same
		}
		return unicode.ToLower(r)
	}, withoutMarks(codes.NameForm(name)))
}

// withoutMarks takes accents off letters: é is e.
func withoutMarks(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return r
	}, norm.NFD.String(s))
}

// nameApart refuses a name that only looks like that of a verified organization, or is written otherwise only. The very name of one is no
// such: the organization may be entered a second time, and waits for its verification, which only one of a name gets (nameAlone).
func (o *Organization) nameApart(q *gorm.DB, name string) error {
	form, looks, n := codes.NameForm(name), skeleton(name), utf8.RuneCountInString(name)
	// Most names are of another length: blanks and punctuation make up for little.
	var taken []string
	err := q.Model(&Organization{}).Where("state = ? AND id <> ? AND LENGTH(name) BETWEEN ? AND ?", Verified, o.ID, n-lookalikeSlack, n+lookalikeSlack).Pluck("name", &taken).Error
	if err != nil {
		return err
	}
	for _, other := range taken {
		if other != name && (codes.NameForm(other) == form || skeleton(other) == looks) {
			return fault.NameLooksTaken.New()
		}
	}
	return nil
}

// nameAlone refuses to verify a second organization of one name.
func (o *Organization) nameAlone(q *gorm.DB) error {
	if err := o.nameApart(q, o.Name); err != nil {
		return err
	}
	var n int64
	err := q.Model(&Organization{}).Where("state = ? AND id <> ? AND name = ? AND credit_code <> ?", Verified, o.ID, o.Name, o.CreditCode).Count(&n).Error
	if err == nil && n > 0 {
		err = fault.NameLooksTaken.Because("已有同名的已核验单位：请核对是否同一单位，或请其使用登记的全称。", "There is a verified organization of this very name: see whether it is the same, or ask for the full registered name.")
	}
	return err
}

// readable refuses a name that nobody could read out: of marks alone, or of letters of several alphabets, which look like each other.
func readable(bad *fault.Fields, name, pointer string) {
	alphabets := map[*unicode.RangeTable]bool{}
	for _, r := range name {
		for _, a := range []*unicode.RangeTable{unicode.Latin, unicode.Greek, unicode.Cyrillic} {
			if unicode.Is(a, r) {
				alphabets[a] = true
			}
		}
	}
	if !fault.Says(name) {
		*bad = append(*bad, fault.Nameless(pointer))
	}
	bad.Check(len(alphabets) < 2, pointer, fault.BadCharacters, "名称混用了形近的不同字母，请重新键入", "The name mixes letters of several alphabets; type it anew")
}

// lookalikeSlack is by how many characters, of blanks and punctuation, two names that look alike differ in length.
const lookalikeSlack = 6
