package codes

import (
	"errors"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Document says what kind of paper a natural person's number is from.
type Document string

// The documents.
const (
	ResidentID         Document = "resident_id"
	Passport           Document = "passport"
	HKMacaoPermit      Document = "hk_macao_permit"
	TaiwanPermit       Document = "taiwan_permit"
	ResidencePermit    Document = "hk_macao_taiwan_residence_permit"
	PermanentResidence Document = "permanent_residence"
	HKMacaoID          Document = "hk_macao_id"
	TaiwanID           Document = "taiwan_id"
	MilitaryID         Document = "military_id"
	OtherDocument      Document = "other_document"
)

// Documents lists the papers by which a natural person can be a party.
var Documents = table(
	Term[Document]{ResidentID, "居民身份证", "Resident identity card"},
	Term[Document]{Passport, "护照", "Passport"},
	Term[Document]{HKMacaoPermit, "港澳居民来往内地通行证", "Mainland travel permit for Hong Kong and Macao residents"},
	Term[Document]{TaiwanPermit, "台湾居民来往大陆通行证", "Mainland travel permit for Taiwan residents"},
	Term[Document]{ResidencePermit, "港澳台居民居住证", "Residence permit for Hong Kong, Macao and Taiwan residents"},
	Term[Document]{PermanentResidence, "外国人永久居留身份证", "Foreign permanent resident ID card"},
	Term[Document]{HKMacaoID, "港澳居民身份证", "Identity card of Hong Kong or Macao"},
	Term[Document]{TaiwanID, "台湾居民身份证", "Identity card of Taiwan"},
	Term[Document]{MilitaryID, "军人证件", "Identity card of the armed forces"},
	Term[Document]{OtherDocument, "其他证件", "Another document"},
)

var (
	// ErrPersonalForm means that the number has not the form of its document.
	ErrPersonalForm = errors.New("codes: not of the form of its document")
	// ErrPersonalDate means that the day of birth in the number does not exist.
	ErrPersonalDate = errors.New("codes: the day of birth in it does not exist")
	// ErrPersonalCheck means that the check character is wrong.
	ErrPersonalCheck = errors.New("codes: the check character is wrong")
)

// PersonalNumber reads a person's number by its document and returns it in upper case and usual width, without blanks and hyphens
// (NumberForm), the form in which two can be compared. Errors are ErrPersonalForm, ErrPersonalDate and ErrPersonalCheck; none of them holds the number.
//
// Citizens have 18 characters by GB 11643-1999: six digits for a region, the day of birth, three in sequence, a check character
// (ISO 7064 MOD 11-2). Residence permits of people of Hong Kong, Macao and Taiwan have the same form with 81, 82, 83 for the region,
// and permanent residents' cards since 2023 with a 9 in front; those before have three letters and twelve digits. Numbers of the armed
// forces and of other documents have no form that is known for certain.
func PersonalNumber(d Document, s string) (string, error) {
	n := NumberForm(s)
	switch d {
	case ResidentID:
		return n, citizenNumber(n, func(region string) bool { return provinces[region] })
	case ResidencePermit:
		return n, citizenNumber(n, func(region string) bool { return region == "81" || region == "82" || region == "83" })
	case PermanentResidence:
		if len(n) == 18 {
			return n, citizenNumber(n, func(region string) bool { return region[0] == '9' })
		}
		return n, form(n, "AAA000000000000")
	case HKMacaoPermit: // the letter, eight digits, and two for the issue on older cards
		if n != "" && n[0] != 'H' && n[0] != 'M' {
			return n, ErrPersonalForm
		}
		if len(n) == 11 {
			return n, form(n, "A0000000000")
		}
		return n, form(n, "A00000000")
	case TaiwanPermit:
		return n, form(n, "00000000")
	case Passport: // as short as six and as long as fifteen, by country
		if len(n) < 6 || len(n) > 15 {
			return n, ErrPersonalForm
		}
		return n, form(n, strings.Repeat("X", len(n)))
	case HKMacaoID: // the check digit stands in brackets
		n = strings.NewReplacer("(", "", ")", "").Replace(n)
		return n, islandNumber(n)
	case TaiwanID:
		return n, taiwanNumber(n)
	case MilitaryID, OtherDocument:
		if length := utf8.RuneCountInString(n); length < 4 || length > 40 || strings.IndexFunc(n, unicode.IsDigit) < 0 {
			return n, ErrPersonalForm
		}
		return n, nil
	}
	return n, ErrPersonalForm
}

// islandNumber holds a number of Hong Kong (one or two letters, six digits, a check character) or of Macao (seven digits, of which the
// first is 1, 5 or 7, and one more).
func islandNumber(n string) error {
	if form(n, "00000000") == nil {
		if n[0] != '1' && n[0] != '5' && n[0] != '7' {
			return ErrPersonalForm
		}
		return nil
	}
	if len(n) == 8 {
		n = " " + n
	}
	if len(n) != 9 || form(n[1:8], "A000000") != nil || n[0] != ' ' && form(n[:1], "A") != nil || n[8] != 'A' && form(n[8:], "0") != nil {
		return ErrPersonalForm
	}
	sum := 0
	for i := range 9 { // weights 9 to 1; a blank is 36, A is 10
		v := int(n[i] - '0')
		switch {
		case n[i] == ' ':
			v = 36
		case n[i] >= 'A':
			v = int(n[i]-'A') + 10
		}
		sum += v * (9 - i)
	}
	if sum%11 != 0 {
		return ErrPersonalCheck
	}
	return nil
}

// taiwanNumber holds a letter and nine digits, the last of which is a check digit; the letter stands for a number from 10 on.
func taiwanNumber(n string) error {
	if form(n, "A000000000") != nil || !strings.ContainsRune("1289", rune(n[1])) {
		return ErrPersonalForm
	}
	letter := strings.IndexByte("ABCDEFGHJKLMNPQRSTUVXYWZIO", n[0]) + 10
	sum := letter/10 + letter%10*9 + int(n[9]-'0')
	for i := 1; i < 9; i++ {
		sum += int(n[i]-'0') * (9 - i)
	}
	if sum%10 != 0 {
		return ErrPersonalCheck
	}
	return nil
}

// form holds s against a pattern: 0 is a digit, A a letter, X either.
func form(s, pattern string) error {
	if len(s) != len(pattern) {
		return ErrPersonalForm
	}
	for i := range len(s) {
		digit, letter := s[i] >= '0' && s[i] <= '9', s[i] >= 'A' && s[i] <= 'Z'
		if !(digit && pattern[i] != 'A' || letter && pattern[i] != '0') {
			return ErrPersonalForm
		}
	}
	return nil
}

// provinces are the first two digits of citizens' numbers; 83 is Taiwan's in new numbers, 71 in the standard of regions.
var provinces = func() map[string]bool {
	all := map[string]bool{}
	for p := range strings.FieldsSeq("11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65 71 81 82 83") {
		all[p] = true
	}
	return all
}()

func citizenNumber(n string, region func(string) bool) error {
	if len(n) != 18 || form(n[:17], strings.Repeat("0", 17)) != nil || form(n[17:], "0") != nil && n[17] != 'X' || !region(n[:2]) {
		return ErrPersonalForm
	}
	if born, err := time.Parse("20060102", n[6:14]); err != nil || born.Year() < 1850 || born.Year() > 2150 {
		return ErrPersonalDate
	}
	if n[17] != citizenCheck(n[:17]) {
		return ErrPersonalCheck
	}
	return nil
}

// citizenCheck is ISO 7064 MOD 11-2: the character by which the sum of digits times 2^(17−place) becomes 1 modulo 11.
func citizenCheck(n string) byte {
	rest := 0
	for i := range 17 {
		rest = (rest + int(n[i]-'0')) * 2 % 11
	}
	return "0123456789X"[(12-rest)%11]
}

// CompleteResidentID makes a valid number of its first seventeen digits, for demonstration data and tests; a real one is given by an
// authority.
func CompleteResidentID(first string) (string, error) {
	if form(first, strings.Repeat("0", 17)) != nil {
		return "", ErrPersonalForm
	}
	return PersonalNumber(ResidentID, first+string(citizenCheck(first)))
}

// MaskPersonal hides the middle of a number: of eighteen characters the first three and the last four are shown (前三后四), of
// shorter ones at most a third.
func MaskPersonal(number string) string {
	runes := []rune(number)
	first, last := 3, 4
	switch n := len(runes); {
	case n < 6:
		first, last = 0, 0
	case n < 9:
		first, last = 0, 2
	case n < 15:
		first, last = 1, 2
	}
	for i := first; i < len(runes)-last; i++ {
		runes[i] = '*'
	}
	return string(runes)
}
