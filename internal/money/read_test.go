package money

import "testing"

func TestAmountsAreReadAsPeopleWriteThem(t *testing.T) {
	for in, want := range map[string]string{
		"0": "0.00", "0.00": "0.00", "1250000.00": "1250000.00", "12.5": "12.50", " 12 ": "12.00",
		"１２５００００．００": "1250000.00", "1,250,000.00": "1250000.00", "1，250，000": "1250000.00", "¥1": "1.00", "￥１００元": "100.00",
		"人民币 12 万元整": "120000.00", "人民币12万元": "120000.00", "12.5万": "125000.00", "１２．５　万元": "125000.00", "0.5亿元": "50000000.00", "1亿": "100000000.00",
		"3千万元": "30000000.00", "2百万": "2000000.00", "100元整": "100.00", "0.000001万元": "0.01", "8536.9亿元": "853690000000.00", "CNY 5": "5.00",
		"0.0000001万元": "", "": "", "万元": "", "-1": "", "+1": "", "1e3": "", "01": "", "1.": "", ".5": "", "1.234": "", "1,25": "", "1234,567": "", ",123": "",
		"12万元/年": "", "约12万元": "", "10-20万元": "", "面议": "", "１２a": "", "1 2.5": "12.50", "99999999999亿": "",
	} {
		got, err := Read(in)
		if want == "" && err == nil || want != "" && (err != nil || got.String() != want) {
			t.Errorf("%q is read as %s (%v), want %q", in, got, err, want)
		}
	}
}

// What is read is an amount, and is read the same again.
func FuzzRead(f *testing.F) {
	for _, s := range []string{"12.5万元", "1,250,000.00", "¥０", "0.01亿", "9999999999999", "万", "１，０００元整"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		a, err := Read(s)
		if err != nil {
			return
		}
		if b, err := Parse(a.String()); err != nil || a != b || a < 0 || a > Max {
			t.Errorf("%q is read as %d, and again as %d (%v)", s, a, b, err)
		}
	})
}
