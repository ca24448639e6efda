package codes

import (
	"errors"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestPersonalNumbers(t *testing.T) {
	for _, c := range []struct {
		document Document
		in, want string
		err      error
	}{
		{ResidentID, "11010519491231002X", "11010519491231002X", nil}, // the examples of GB 11643-1999
		{ResidentID, "440524188001010014", "440524188001010014", nil},
		{ResidentID, " 110105 19491231 002x ", "11010519491231002X", nil},
		{ResidentID, "110105194912310021", "", ErrPersonalCheck},
		{ResidentID, "110105194913310022", "", ErrPersonalDate},
		{ResidentID, "110105194902300022", "", ErrPersonalDate},
		{ResidentID, "110105491231002", "", ErrPersonalForm}, // fifteen digits, not valid since 2013
		{ResidentID, "990105194912310027", "", ErrPersonalForm},
		{ResidentID, "1101051949123100XX", "", ErrPersonalForm},
		{ResidentID, "", "", ErrPersonalForm},
		{ResidencePermit, "810000199408230021", "810000199408230021", nil},
		{ResidencePermit, "11010519491231002X", "", ErrPersonalForm},
		{HKMacaoPermit, "H12345678", "H12345678", nil},
		{HKMacaoPermit, "m1234567801", "M1234567801", nil},
		{HKMacaoPermit, "A12345678", "", ErrPersonalForm},
		{TaiwanPermit, "12345678", "12345678", nil},
		{TaiwanPermit, "1234567", "", ErrPersonalForm},
		{Passport, "e12345678", "E12345678", nil},
		{Passport, "E1234", "", ErrPersonalForm},
		{Passport, "E1234567890123456", "", ErrPersonalForm},
		{Passport, "护照号123456", "", ErrPersonalForm},
		{PermanentResidence, "USA310083112101", "USA310083112101", nil},
		{PermanentResidence, "USA31008311210", "", ErrPersonalForm},
		{ResidentID, "１１０１０５－１９４９１２３１－００２ｘ", "11010519491231002X", nil},
		{HKMacaoID, "A123456(3)", "A1234563", nil},
		{HKMacaoID, "a123456（３）", "A1234563", nil},
		{HKMacaoID, "A123456(4)", "", ErrPersonalCheck},
		{HKMacaoID, "AB987654(3)", "AB9876543", nil},
		{HKMacaoID, "1234567(8)", "12345678", nil},
		{HKMacaoID, "2234567(8)", "", ErrPersonalForm},
		{TaiwanID, "A123456789", "A123456789", nil},
		{TaiwanID, "A123456788", "", ErrPersonalCheck},
		{TaiwanID, "A323456789", "", ErrPersonalForm},
		{MilitaryID, "军字第0012345号", "军字第0012345号", nil},
		{MilitaryID, "军官证", "", ErrPersonalForm},
		{OtherDocument, "X-1234", "X1234", nil},
		{"library_card", "12345678", "", ErrPersonalForm},
	} {
		got, err := PersonalNumber(c.document, c.in)
		if !errors.Is(err, c.err) || c.err == nil && got != c.want {
			t.Errorf("%s %q: %q, %v; want %q, %v", c.document, c.in, got, err, c.want, c.err)
		}
		if err != nil && c.in != "" && strings.Contains(err.Error(), c.in) {
			t.Errorf("the error tells the number: %v", err)
		}
	}
}

// One wrong digit, and two neighbours that changed places, are always noticed.
func TestTheCheckCharacterNotices(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		first := rapid.SampledFrom([]string{"21010219900307", "11010519491231", "65010020010228"}).Draw(t, "place and day") +
			rapid.StringMatching(`[0-9]{3}`).Draw(t, "sequence")
		number, err := CompleteResidentID(first)
		if err != nil {
			t.Fatal(err)
		}
		bad := []byte(number)
		i := rapid.IntRange(0, 16).Draw(t, "at")
		if rapid.Bool().Draw(t, "swap") && i < 16 {
			bad[i], bad[i+1] = bad[i+1], bad[i]
		} else {
			bad[i] = rapid.SampledFrom([]byte("0123456789")).Draw(t, "digit")
		}
		if _, err := PersonalNumber(ResidentID, string(bad)); err == nil && string(bad) != number {
			t.Fatalf("%s is taken for %s", bad, number)
		}
	})
}

func TestAMaskHides(t *testing.T) {
	for in, want := range map[string]string{
		"210102199003071233": "210***********1233", "USA310083112101": "USA********2101", "H12345678": "H******78", "12345678": "******78", "A1": "**", "": "", "军字第0012345号": "军********5号",
	} {
		if got := MaskPersonal(in); got != want {
			t.Errorf("%q shows as %q, want %q", in, got, want)
		}
	}
}
