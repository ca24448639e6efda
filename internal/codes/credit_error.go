package codes

import (
	"errors"
	"regexp"
	"strings"

	"jiebang/internal/fault"
	"jiebang/internal/text"
)

// CreditCodeError says what is wrong with a credit code, at which position, and what it should be.
type CreditCodeError struct {
	fault.Text
	Position int // from 1; 0: the whole
	kind     error
}

func (e *CreditCodeError) Error() string { return e.kind.Error() + ": " + e.Text.String() }

// Unwrap is ErrCreditCodeForm, ErrCreditCodeOrganization or ErrCreditCodeCheck.
func (e *CreditCodeError) Unwrap() error { return e.kind }

func creditError(kind error, position int, zh, en string, args ...any) *CreditCodeError {
	return &CreditCodeError{fault.Say(zh, en, args...), position, kind}
}

// meant are the characters that people write for one of the alphabet: the standard leaves these letters out because of it.
var meant = map[rune]rune{'O': '0', 'I': '1', 'S': '5', 'Z': '2', 'V': 'U'}

// creditForm finds the first thing in a code that is not of the standard's form.
func creditForm(code string) *CreditCodeError {
	n := 0
	for _, r := range code {
		n++
		if strings.ContainsRune(creditAlphabet, r) {
			continue
		}
		if digit, known := meant[r]; known {
			return creditError(ErrCreditCodeForm, n, "第 %[1]d 位是 %[2]c：统一社会信用代码不用字母 I、O、S、V、Z，此处是否为 %[3]c？",
				"Position %[1]d is %[2]c: a credit code has no letters I, O, S, V and Z; should it be %[3]c?", n, r, digit)
		}
		return creditError(ErrCreditCodeForm, n, "第 %[1]d 位的“%[2]c”不是数字或大写字母。", "Position %[1]d, %[2]q, is neither a digit nor a capital letter.", n, r)
	}
	if wrong := creditLength(n); wrong != nil {
		return wrong
	}
	for i := 2; i < 8; i++ {
		if code[i] < '0' || code[i] > '9' {
			return creditError(ErrCreditCodeForm, i+1, "第 %[1]d 位是 %[2]c：第 3 至 8 位是登记管理机关的区划代码，须为数字。",
				"Position %[1]d is %[2]c: positions 3 to 8 are a region code and have digits only.", i+1, code[i])
		}
	}
	return nil
}

func creditLength(n int) *CreditCodeError {
	switch n {
	case creditLen:
		return nil
	case 0:
		return creditError(ErrCreditCodeForm, 0, "未填写统一社会信用代码。", "There is no credit code.")
	case 9:
		return creditError(ErrCreditCodeForm, 0, "统一社会信用代码为 18 位，现有 9 位：这是原组织机构代码，请填新证照上的 18 位代码。",
			"A credit code has 18 characters and this has 9: it is an organization code of before; take the 18 of the new certificate.")
	case 15:
		return creditError(ErrCreditCodeForm, 0, "统一社会信用代码为 18 位，现有 15 位：这是原工商注册号或税号，请填新证照上的 18 位代码。",
			"A credit code has 18 characters and this has 15: it is a registration or tax number of before; take the 18 of the new certificate.")
	}
	return creditError(ErrCreditCodeForm, 0, "统一社会信用代码为 18 位，现有 %[1]d 位。", "A credit code has 18 characters and this has %[1]d.", n)
}

// creditChecks says which check character is wrong, what it would be for what stands before it, and, where one slip alone explains it,
// that slip.
func creditChecks(code string) *CreditCodeError {
	var kind error
	var position int
	var want byte
	switch {
	case code[16] != organizationCheck(code[8:16]):
		kind, position, want = ErrCreditCodeOrganization, 17, organizationCheck(code[8:16])
	case code[17] != creditCheck(code[:17]):
		kind, position, want = ErrCreditCodeCheck, 18, creditCheck(code[:17])
	default:
		return nil
	}
	out := creditError(kind, position, "第 %[1]d 位校验码是 %[2]c，按前面各位应为 %[3]c，请逐位核对。", "The check character at position %[1]d is %[2]c and would be %[3]c for what stands before it; compare each.",
		position, code[position-1], want)
	if hint := slip(code); !hint.IsZero() {
		out.ZH, out.EN = out.ZH+hint.ZH, out.EN+" "+hint.EN
	}
	return out
}

// alike are characters that are taken for one another in print and by hand.
var alike = [][2]byte{{'0', 'D'}, {'0', 'Q'}, {'8', 'B'}, {'6', 'G'}, {'1', '7'}, {'1', 'L'}, {'1', 'T'}, {'5', '6'}, {'3', '8'}, {'U', 'Y'}, {'M', 'N'}, {'E', 'F'}, {'P', 'R'}, {'2', '7'}, {'C', 'G'}}

// slip finds the one exchange of look-alikes, or of two neighbours, that makes a code valid; nothing where there are several.
func slip(code string) fault.Text {
	var found []fault.Text
	try := func(changed []byte, zh, en string, args ...any) {
		if c := string(changed); creditForm(c) == nil && creditFits(c) {
			found = append(found, fault.Say(zh, en, args...))
		}
	}
	for i := range len(code) {
		for _, pair := range alike {
			for _, p := range [2][2]byte{pair, {pair[1], pair[0]}} {
				if code[i] == p[0] {
					changed := []byte(code)
					changed[i] = p[1]
					try(changed, "若第 %[1]d 位的 %[2]c 改为 %[3]c，则校验相符。", "With %[3]c for %[2]c at position %[1]d it would fit.", i+1, p[0], p[1])
				}
			}
		}
		if i > 0 && code[i] != code[i-1] {
			changed := []byte(code)
			changed[i], changed[i-1] = code[i-1], code[i]
			try(changed, "若第 %[1]d、%[2]d 位对调，则校验相符。", "With positions %[1]d and %[2]d exchanged it would fit.", i, i+1)
		}
	}
	if len(found) != 1 {
		return fault.Text{}
	}
	return found[0]
}

func creditFits(code string) bool {
	return code[16] == organizationCheck(code[8:16]) && code[17] == creditCheck(code[:17])
}

// CreditCodeInto reads a credit code where it stands in an input, or adds to bad what is wrong with it.
func CreditCodeInto(bad *fault.Fields, code *string, pointer string) {
	read, err := CreditCode(*code)
	var wrong *CreditCodeError
	if !errors.As(err, &wrong) {
		*code = read
		return
	}
	place := fault.CheckCharacter
	if errors.Is(err, ErrCreditCodeForm) {
		place = fault.Pattern
	}
	*bad = append(*bad, fault.Field{Pointer: pointer, Code: place.Code, Message: wrong.Text})
}

// ReadCreditCode is CreditCodeInto of one code alone, as a list is narrowed by it.
func ReadCreditCode(typed, pointer string) (string, error) {
	var bad fault.Fields
	CreditCodeInto(&bad, &typed, pointer)
	return typed, bad.Err()
}

// creditLike is what somebody who typed it took for a credit code, a character more or less included: kinds of authority and body, then a region's
// digits, and what people write for them. Registers abroad have numbers of 13, 15 and 20 characters that are none.
var creditLike = regexp.MustCompile(`^[1-9ANYI][1-59I][0-9OISZ]{6}[0-9A-Z]{9,11}$`)

// CompanyCodeInto reads a credit code where a number of another kind may stand as well, as one given abroad, which is left as it was
// written but for blanks around it. What somebody took for a credit code and is none goes to bad: kept, or asked for, it would never meet
// the organization that was meant, and nobody would know why.
func CompanyCodeInto(bad *fault.Fields, code *string, pointer string) {
	form := text.Tight(*code)
	if creditLike.MatchString(form) {
		CreditCodeInto(bad, code, pointer)
		return
	}
	*code = strings.TrimSpace(*code)
}
