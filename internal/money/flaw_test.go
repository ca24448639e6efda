package money

import "testing"

// Of what is refused it is told why, by what people most often write.
func TestWhyATextIsNoAmount(t *testing.T) {
	for in, want := range map[string]Wrong{
		"-1": Negative, "−１２．５": Negative, "- 12万元": Negative, "¥-5": Negative, "负3": Negative, "(100.00)": Negative, "-1,25": Negative,
		"1,25": Grouped, "1234,567": Grouped, "12,50.00": Grouped,
		"1.234": TooFine, "0.0000001万元": TooFine, "1.000": TooFine,
		"10000000000000": TooLarge, "99999999999亿": TooLarge, "90000000000000.01": TooLarge,
		"": Unread, "-": Unread, "一百万": Unread, "1e6": Unread, "01": Unread, "1.": Unread, "1.2.3": Unread, "+1": Unread, "10-20万元": Unread,
	} {
		if got := Flaw(in); got != want {
			t.Errorf("%q: %d, want %d", in, got, want)
		}
	}
}
