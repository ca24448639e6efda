package codes

import (
	"errors"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestCreditCode(t *testing.T) {
	for _, c := range []struct {
		name, in, want string
		err            error
	}{
		// The standard prints its example without the last character; 3 is computed by its formula.
		{"the standard's example", "91350100M000100Y43", "91350100M000100Y43", nil},
		{"lower case", "91350100m000100y43", "91350100M000100Y43", nil},
		{"surrounding space", " \t91350100M000100Y43\n", "91350100M000100Y43", nil},
		{"surrounding full-width space", "　91350100M000100Y43　", "91350100M000100Y43", nil},
		{"full width", "９１350100ｍ000100Ｙ４３", "91350100M000100Y43", nil},
		{"blanks between groups", "9135 0100 M000\u00a0100Y　43", "91350100M000100Y43", nil},
		{"hyphens", "913501-00M000100Y4－3", "91350100M000100Y43", nil},
		{"a spreadsheet's apostrophe", "'91350100M000100Y43", "91350100M000100Y43", nil},
		{"an apostrophe that was improved", "‘91350100M000100Y43’", "91350100M000100Y43", nil},
		{"what nobody sees", "\ufeff91350100M000\u200b100Y43\u00ad", "91350100M000100Y43", nil},

		{"empty", "", "", ErrCreditCodeForm},
		{"17 characters", "91350100M000100Y4", "", ErrCreditCodeForm},
		{"19 characters", "91350100M000100Y433", "", ErrCreditCodeForm},
		{"dash within", "91350100M000100Y-4", "", ErrCreditCodeForm},
		{"letter O for zero", "9135O100M000100Y43", "", ErrCreditCodeForm},
		{"letter I", "91350100I000100Y43", "", ErrCreditCodeForm},
		{"letter S", "91350100S000100Y43", "", ErrCreditCodeForm},
		{"letter V", "91350100V000100Y43", "", ErrCreditCodeForm},
		{"letter Z", "91350100Z000100Y43", "", ErrCreditCodeForm},
		{"a letter in the region", "91350A00M000100Y43", "", ErrCreditCodeForm},
		{"dotless i does not become I", "91350100ı00100Y43", "", ErrCreditCodeForm},
		{"18 bytes in fewer characters", "91350100M000100é4", "", ErrCreditCodeForm},

		{"organization code mistyped", "91350100M000101Y43", "", ErrCreditCodeOrganization},
		{"organization check mistyped", "91350100M000100Y53", "", ErrCreditCodeOrganization},
		{"last character mistyped", "91350100M000100Y44", "", ErrCreditCodeCheck},
		{"region mistyped", "91350200M000100Y43", "", ErrCreditCodeCheck},
		{"authority mistyped", "11350100M000100Y43", "", ErrCreditCodeCheck},
	} {
		got, err := CreditCode(c.in)
		if got != c.want || !errors.Is(err, c.err) || (err == nil) != (c.err == nil) {
			t.Errorf("%s: CreditCode(%q) = %q, %v; want %q, %v", c.name, c.in, got, err, c.want, c.err)
		}
	}
}

func TestWhatIsWrongWithACreditCodeIsSaid(t *testing.T) {
	for _, c := range []struct {
		in       string
		position int
		says     string
	}{
		{"9135O100M000100Y43", 5, "第 5 位是 O：统一社会信用代码不用字母 I、O、S、V、Z，此处是否为 0？"},
		{"9i350100M000100Y43", 2, "此处是否为 1？"},
		{"91350100M0001O0Y43", 14, "此处是否为 0？"},
		{"91350100M00010_Y43", 15, "不是数字或大写字母"},
		{"913501OOM", 7, "是否为 0"},
		{"91350A00M000100Y43", 6, "第 3 至 8 位"},
		{"91350100M000100Y4", 0, "现有 17 位"},
		{"M000100Y4", 0, "原组织机构代码"},
		{"210100000012345", 0, "原工商注册号"},
		{"", 0, "未填写"},
		{"91350100M000100Y44", 18, "第 18 位校验码是 4，按前面各位应为 3"},
		{"91350100M000100Y53", 17, "第 17 位校验码是 5，按前面各位应为 4"},
		{"91350100N000100Y43", 17, "若第 9 位的 N 改为 M，则校验相符。"},
		{"91305100M000100Y43", 18, "若第 4、5 位对调，则校验相符。"},
	} {
		_, err := CreditCode(c.in)
		var wrong *CreditCodeError
		if !errors.As(err, &wrong) || wrong.Position != c.position || !strings.Contains(wrong.ZH, c.says) || wrong.EN == "" || wrong.EN[0] >= 0x80 {
			t.Errorf("%q: %v, want position %d, %s", c.in, err, c.position, c.says)
		}
	}
}

// Whatever is read is a code that is read the same again, and a refusal says why.
func FuzzCreditCodeIsReadOnce(f *testing.F) {
	for _, s := range []string{"91350100M000100Y43", "'91350100m000100y43", "9135O100M000100Y43", "９１350100 M000-100Y43", "", "91350100M000100é4"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		code, err := CreditCode(s)
		if err != nil {
			var wrong *CreditCodeError
			if !errors.As(err, &wrong) || wrong.ZH == "" {
				t.Errorf("%q: %v", s, err)
			}
			return
		}
		if again, err := CreditCode(code); err != nil || again != code || len(code) != creditLen {
			t.Errorf("%q is read as %q, and again as %q (%v)", s, code, again, err)
		}
	})
}

// The weighted sum of the standard's example is 1640 = 52·31 + 28, as its worked example says.
func TestTheFormulaGivesTheStandardsWorkedExample(t *testing.T) {
	weights := []int{1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28}
	sum := 0
	for i, w := range weights {
		sum += w * strings.IndexByte(creditAlphabet, "91350100M000100Y4"[i])
	}
	if sum != 1640 {
		t.Errorf("the sum is %d", sum)
	}
	if got := creditCheck("91350100M000100Y4"); got != '3' {
		t.Errorf("the check character is %c", got)
	}
	if got := organizationCheck("M000100Y"); got != '4' {
		t.Errorf("the organization's check character is %c", got)
	}
}

func TestCompleteCreditCode(t *testing.T) {
	got, err := CompleteCreditCode("91350100", "m000100y")
	if err != nil || got != "91350100M000100Y43" {
		t.Errorf("got %q, %v", got, err)
	}
	for _, c := range [][2]string{
		{"", ""}, {"9135010", "0M000100Y"}, {"91350100", "M000100"}, {"91350100", "M000100O"}, {"9135010A", "M000100Y"},
		{"９1350", "M000100Y"},
	} {
		if got, err := CompleteCreditCode(c[0], c[1]); !errors.Is(err, ErrCreditCodeForm) {
			t.Errorf("CompleteCreditCode(%q, %q) = %q, %v", c[0], c[1], got, err)
		}
	}
}

func TestACompletedCodeIsValidAndNoSingleSlipGoesUnseen(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		code := drawCreditCode(t)
		if got, err := CreditCode(strings.ToLower(code)); err != nil || got != code {
			t.Fatalf("CreditCode(%q) = %q, %v", strings.ToLower(code), got, err)
		}
		i := rapid.IntRange(0, 17).Draw(t, "place")
		other := creditAlphabet[rapid.IntRange(0, 30).Draw(t, "other")]
		if other == code[i] {
			return
		}
		slip := code[:i] + string(other) + code[i+1:]
		if got, err := CreditCode(slip); err == nil {
			t.Fatalf("%q, a slip of %q, reads as %q", slip, code, got)
		}
	})
}

func TestTwoNeighboursExchangedAreSeen(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		code := drawCreditCode(t)
		i := rapid.IntRange(0, 16).Draw(t, "place")
		if code[i] == code[i+1] {
			return
		}
		slip := code[:i] + string(code[i+1]) + string(code[i]) + code[i+2:]
		if got, err := CreditCode(slip); err == nil {
			t.Fatalf("%q, with two of %q exchanged, reads as %q", slip, code, got)
		}
	})
}

func FuzzCreditCode(f *testing.F) {
	for _, s := range []string{"91350100M000100Y43", " 91350100m000100y43 ", "91350100M000100Y44", "ſſſſſſſſſ", ""} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		code, err := CreditCode(s)
		if err != nil {
			if code != "" {
				t.Fatalf("CreditCode(%q) = %q beside %v", s, code, err)
			}
			return
		}
		if again, err := CreditCode(code); err != nil || again != code {
			t.Fatalf("CreditCode(%q) = %q, which reads as %q, %v", s, code, again, err)
		}
		if made, err := CompleteCreditCode(code[:8], code[8:16]); err != nil || made != code {
			t.Fatalf("%q was accepted, but its beginning completes to %q, %v", code, made, err)
		}
		if !strings.EqualFold(strings.TrimSpace(s), code) {
			t.Fatalf("CreditCode(%q) = %q, which is another code", s, code)
		}
	})
}

func drawCreditCode(t *rapid.T) string {
	prefix := rapid.StringMatching(`[1-9AN][1-9][0-9]{6}`).Draw(t, "prefix")
	body := rapid.StringMatching(`[0-9A-HJ-NPQRTUWXY]{8}`).Draw(t, "body")
	code, err := CompleteCreditCode(prefix, body)
	if err != nil {
		t.Fatal(err)
	}
	return code
}
