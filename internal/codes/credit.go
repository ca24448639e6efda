package codes

import (
	"errors"
	"fmt"
	"strings"

	"jiebang/internal/text"
)

var (
	// ErrCreditCodeForm means not 18 characters of the standard's alphabet with six digits for the region.
	ErrCreditCodeForm = errors.New("codes: not a unified social credit code")
	// ErrCreditCodeOrganization means that the check character of the organization code inside (position 17) is wrong.
	ErrCreditCodeOrganization = errors.New("codes: the organization code's check character is wrong")
	// ErrCreditCodeCheck means that the last check character (position 18) is wrong.
	ErrCreditCodeCheck = errors.New("codes: the credit code's check character is wrong")
)

// creditAlphabet gives a character its value by its place: GB 32100-2015 leaves out I, O, S, V and Z.
const creditAlphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"

// organizationWeights are the weights of the eight characters of an organization code, GB 11714-1997.
var organizationWeights = [8]int{3, 7, 9, 10, 5, 8, 4, 2}

// creditLen is how many characters a credit code has.
const creditLen = 18

// CreditCode reads a unified social credit code (统一社会信用代码, GB 32100-2015) as people type and tables hold it, and returns it in
// capitals and usual width, without blanks, hyphens and the apostrophe by which a spreadsheet keeps a number a text: the form in which
// two can be compared. Position 1 is the registering authority, 2 the kind of organization, 3–8 a region, 9–17 the organization code with
// its own check character, 18 the check character over all. Whether the region exists is not asked, as codes keep the region of the day
// they were given on.
//
// It fails with a *CreditCodeError that wraps ErrCreditCodeForm, ErrCreditCodeOrganization or ErrCreditCodeCheck, in this order.
func CreditCode(s string) (string, error) {
	code := text.Tight(s)
	if wrong := creditForm(code); wrong != nil {
		return "", wrong
	}
	if wrong := creditChecks(code); wrong != nil {
		return "", wrong
	}
	return code, nil
}

// CompleteCreditCode makes a valid credit code of its first sixteen characters, by computing both check characters: the
// authority, kind and region (eight characters, such as "91210112") and the body of the organization code (eight more,
// such as "MA000001"). It is for demonstration data and tests; a real code is given by an authority.
func CompleteCreditCode(prefix, organization string) (string, error) {
	code := upperASCII(prefix + organization)
	if len(prefix) != 8 || len(organization) != 8 || creditForm(code+"00") != nil {
		return "", fmt.Errorf("%w: %q and %q are not its first sixteen characters", ErrCreditCodeForm, prefix, organization)
	}
	code += string(organizationCheck(code[8:16]))
	return code + string(creditCheck(code)), nil
}

// organizationCheck is GB 11714: 11 minus the weighted sum modulo 11, where 10 is written X and 11 is written 0.
// Letters count from A = 10 with none left out, unlike in the credit code around it.
func organizationCheck(body string) byte {
	sum := 0
	for i, w := range organizationWeights {
		v := int(body[i] - '0')
		if body[i] >= 'A' {
			v = int(body[i]-'A') + 10
		}
		sum += v * w
	}
	return "0X987654321"[sum%11]
}

// creditCheck is GB 32100: 31 minus the weighted sum modulo 31, the weights being the powers of 3 modulo 31.
func creditCheck(body string) byte {
	sum, weight := 0, 1
	for i := range len(body) {
		sum += strings.IndexByte(creditAlphabet, body[i]) * weight
		weight = weight * 3 % 31
	}
	return creditAlphabet[(31-sum%31)%31]
}

// upperASCII touches ASCII letters only: full upper-casing would turn some other letters into ASCII ones.
func upperASCII(s string) string {
	return strings.Map(func(r rune) rune {
		if 'a' <= r && r <= 'z' {
			return r - 'a' + 'A'
		}
		return r
	}, s)
}

func allDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}
