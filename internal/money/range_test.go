package money

import (
	"errors"
	"strings"
	"sync"
	"testing"
)

func (s Span) words() string {
	end := func(f *Fen) string {
		if f == nil {
			return "…"
		}
		return f.String()
	}
	switch s.Kind {
	case Unknown:
		return "unknown"
	case Open:
		return "open"
	case Exact:
		return end(s.Min)
	}
	return end(s.Min) + " to " + end(s.Max)
}

func TestAmountsAreReadAsPeopleMeanThem(t *testing.T) {
	for _, c := range []struct{ typed, unit, want string }{
		{"50-100万元", "", "500000.00 to 1000000.00"},
		{"5～10万元", "", "50000.00 to 100000.00"},
		{"５０－１００ 万元", "", "500000.00 to 1000000.00"},
		{"50万-1亿元", "", "500000.00 to 100000000.00"},
		{"50万元至100万元", "", "500000.00 to 1000000.00"},
		{"100000.00-200000.00", "", "100000.00 to 200000.00"},
		{"50~50万元", "", "500000.00"},
		{"500万元以上", "", "5000000.00 to …"},
		{"不低于20万元", "", "200000.00 to …"},
		{"≥50万元", "", "500000.00 to …"},
		{"50万元起", "", "500000.00 to …"},
		{"50万元以下", "", "… to 500000.00"},
		{"不超过100万", "", "… to 1000000.00"},
		{"100万元以内", "", "… to 1000000.00"},
		{"＜30万元", "", "… to 300000.00"},
		{"约50万元", "", "500000.00"},
		{"50万元左右", "", "500000.00"},
		{"面议", "", "open"},
		{" 面 议 ", "", "open"},
		{"（面议）", "", "open"},
		{"双方协商", "", "open"},
		{"待定", "", "unknown"},
		{"", "", "unknown"},
		{"/", "", "unknown"},
		{"免费", "", "0.00"},
		{"0", "万元", "0.00"},
		{"50", "万元", "500000.00"},
		{"叁拾", "万元", "300000.00"},
		{"三十至五十", "万元", "300000.00 to 500000.00"},
		{"二百以上", "万元", "2000000.00 to …"},
		{"三十万", "万元", "300000.00"},
		{"叁万玖仟贰佰元整", "万元", "39200.00"},
		{"壹佰", "", "100.00"},
		{"50-100", "万元", "500000.00 to 1000000.00"},
		{"50以上", "万元", "500000.00 to …"},
		{"1,250.5", "万元", "12505000.00"},
		{"80万元", "元", "800000.00"}, // what the cell says goes before what the heading says
		{"1250000.00", "", "1250000.00"},
		{"¥125,000.00", "", "125000.00"},
		{"人民币伍拾万元整", "", "500000.00"},
		{"叁万玖仟贰佰元整", "", "39200.00"},
		{"壹拾万零伍佰元伍角叁分", "", "100500.53"},
		{"壹佰元零叁分", "", "100.03"},
		{"三十万元", "", "300000.00"},
		{"两百万", "", "2000000.00"},
		{"一亿二千万元", "", "120000000.00"},
		{"5百万元", "", "5000000.00"},
	} {
		got, err := ReadSpan(c.typed, c.unit)
		if err != nil || got.words() != c.want {
			t.Errorf("%q in %s: %s, %v; want %s", c.typed, c.unit, got.words(), err, c.want)
		}
	}
}

func TestWhatIsNotOneAmountIsRefusedAndNeverItsFirstNumber(t *testing.T) {
	for _, typed := range []string{
		"一百来万", "50万美元", "每年10万元", "50万元+提成", "30、50万元", "1,5万元", "100-50万元", "50万元/年", "入门费20万元，提成5%", "10%", "-5万元", "1-2-3万元",
		"50万元或股权", "三四十万", "壹百元伍", "二十三十万", "1.2.3", "50 60万元", "叁元贰分壹角", "九九九", "20240115-", "USD 5000",
	} {
		if got, err := ReadSpan(typed, "万元"); !errors.Is(err, ErrSyntax) {
			t.Errorf("%q is read as %s, %v", typed, got.words(), err)
		}
	}
}

// Whatever is read, ends are in order, never below 0, and what is written of it is read again as the same.
func FuzzReadSpan(f *testing.F) {
	for _, s := range []string{"50-100万元", "500万元以上", "面议", "叁万玖仟贰佰元整", "约5～10万", "１２．５", "≥≤5"} {
		f.Add(s, "万元")
	}
	f.Fuzz(func(t *testing.T, s, unit string) {
		if unit != "" && unit != "元" && unit != "万元" {
			return
		}
		got, err := ReadSpan(s, unit)
		if err != nil {
			return
		}
		for _, e := range []*Fen{got.Min, got.Max} {
			if e != nil && *e < 0 {
				t.Errorf("%q is read as %s", s, got.words())
			}
		}
		if got.Min != nil && got.Max != nil && *got.Min > *got.Max {
			t.Errorf("%q is read as %s", s, got.words())
		}
		if got.Kind == Exact && *got.Min == 0 && !strings.ContainsAny(s, "0０零〇○免无無fFﬀ") {
			t.Errorf("%q is read as nothing", s)
		}
		if got.Kind == Ranged && got.Min != nil && got.Max != nil {
			again, err := ReadSpan(got.Min.String()+"-"+got.Max.String(), "")
			if err != nil || again.words() != got.words() {
				t.Errorf("%s is read again as %s, %v", got.words(), again.words(), err)
			}
		}
	})
}

// Many imports read amounts at once.
func TestAmountsAreReadByManyAtOnce(t *testing.T) {
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 50 {
				if s, err := ReadSpan("不低于20万元", ""); err != nil || s.words() != "200000.00 to …" {
					t.Errorf("%s, %v", s.words(), err)
				}
			}
		})
	}
	all.Wait()
}
