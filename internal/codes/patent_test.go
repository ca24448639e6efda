package codes

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestPatentNumbers(t *testing.T) {
	for _, c := range []struct {
		form string
		kind IPKind
		in   []string
	}{
		{"CN201710601862.3", InventionPatent, []string{
			"201710601862.3", "ZL201710601862.3", "CN201710601862.3", "zl 2017 1 0601862.3", "ＺＬ２０１７１０６０１８６２．３", "专利号：ZL201710601862.3", "ZL201710601862.3（已授权）", "ZL 201710601862.3 (granted)", "ZL201710601862.3（2019年授权）", "专利号（ZL201710601862.3）", "CN201710601862", "ZL2017106018623", "201710601862。3", "（申请号）201710601862.3",
		}},
		{"CN95115608.X", InventionPatent, []string{"95115608.X", "ZL95115608.x", "CN95115608", "95 1 15608.X", "ZL95115608X"}},
		{"CN02144686.5", InventionPatent, []string{"02144686.5", "CN021446865", "ZL 02 1 44686.5"}},
		{"CN97101765.4", InventionPatent, []string{"97101765.4"}},
		{"CN201720601862." + string(PatentCheck("201720601862")), UtilityModel, []string{"201720601862"}},
		{"CN201730601862." + string(PatentCheck("201730601862")), DesignPatent, []string{"201730601862"}},
		{"CN202180012345." + string(PatentCheck("202180012345")), InventionPatent, []string{"CN 202180012345"}},
		{"CN202190012345." + string(PatentCheck("202190012345")), UtilityModel, []string{"CN 202190012345"}},
		{"CN101234567", InventionPatent, []string{"CN101234567A", "CN101234567B", "CN 101234567", "公开号：CN101234567A", "cn101234567b2"}},
		{"CN201234567", UtilityModel, []string{"CN201234567U", "CN201234567Y"}},
		{"CN301234567", DesignPatent, []string{"CN301234567S"}},
		{"CN1234567A", InventionPatent, []string{"CN1234567A"}},
		{"CN1234567C", InventionPatent, []string{"CN1234567C"}},
		{"CN87100001." + string(PatentCheck("87100001")), InventionPatent, []string{"CN87100001A", "CN87100001"}},
		{"PCT/CN2021/123456", "", []string{"PCT/CN2021/123456", "pct／cn2021／123456", "PCTCN2021123456"}},
		{"PCT/CN1999/000123", "", []string{"PCT/CN99/00123"}},
		{"WO2021/123456", "", []string{"WO2021/123456", "WO 2021/123456 A1", "WO2021123456A1"}},
		{"WO1999/012345", "", []string{"WO 99/12345", "WO9912345A1"}},
		{"WO2003/012345", "", []string{"WO 03/012345", "WO 03/12345 A2"}},
		{"US10123456", "", []string{"US10,123,456 B2", "US 10123456", "us-10123456-b2"}},
		{"US16123456", "", []string{"US 16/123,456"}},
		{"US20200123456", "", []string{"US 2020/0123456 A1", "US20200123456A1", "US 2020/0123456 A1（公开）"}},
		{"EP191234567", "", []string{"EP19123456.7"}},
		{"USD987654", "", []string{"USD987654S1"}},
		{"EP3456789", "", []string{"EP 3 456 789 B1"}},
		{"JP2020123456", "", []string{"JP2020-123456A"}},
	} {
		for _, in := range c.in {
			if p, err := ReadPatent(in); err != nil || p.Form != c.form || p.Kind != c.kind {
				t.Errorf("%q is %+v, %v", in, p, err)
			}
		}
	}
	for _, in := range []string{
		"", "无", "正在申请", "12345", "CN", "ZL", "2021SR0123456", "202150000000", "199910000000", "CN401234567A", "84100001", "04100001.3", "ZL20211000000", "20211000000012", "US", "US12", "WO2021", "PCT/CN2021", "CN202110000000.12", "CN230123456S", "CN101234567U", "CN301234567B", "CN1234567Y", "CN85200001A", "207110601862", "ZL205010601862", "ZL201710601862.3（4）", "AB1///",
		"ZL201710601862.3、ZL201710601862.4",
	} {
		if p, err := ReadPatent(in); !errors.Is(err, ErrPatentNumber) {
			t.Errorf("%q is %+v, %v", in, p, err)
		}
	}
	_, err := ReadPatent("ZL201710601862.4")
	if !errors.Is(err, ErrPatentCheck) || !strings.Contains(err.Error(), "应为 3") || !strings.Contains(err.Error(), "201710601862.3") {
		t.Errorf("a wrong check digit: %v", err)
	}
}

// Of every number in China its own check digit is right, none can be left out, and no other is taken; and an error in one digit is noticed.
func TestCheckDigitsOfPatents(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		digits := rapid.StringMatching(`20(0[3-9]|[1-4][0-9])[12389][0-9]{7}|(8[5-9]|9[0-9]|0[0-3])[12389][0-9]{5}`).Draw(t, "digits")
		check := PatentCheck(digits)
		want := "CN" + digits + "." + string(check)
		for _, in := range []string{digits, digits + "." + string(check), digits + string(check), "ZL" + digits + "." + string(check), strings.ToLower(want)} {
			if p, err := ReadPatent(in); err != nil || p.Form != want {
				t.Fatalf("%q is %+v, %v", in, p, err)
			}
		}
		other := rapid.SampledFrom([]byte("0123456789X")).Draw(t, "other")
		if _, err := ReadPatent("ZL" + digits + "." + string(other)); (err == nil) != (other == check) {
			t.Fatalf("%s.%c: %v, where %c is right", digits, other, err, check)
		}
		at := rapid.IntRange(0, len(digits)-1).Draw(t, "at")
		wrong := []byte(digits)
		wrong[at] = byte('0' + rapid.IntRange(0, 9).Draw(t, "digit"))
		if string(wrong) != digits && PatentCheck(string(wrong)) == check {
			t.Fatalf("%s and %s have the check digit %c", digits, wrong, check)
		}
	})
}

func TestWhoAsksForAPatent(t *testing.T) {
	for in, want := range map[string]string{
		"ZL201710601862.3": "CN201710601862.3", "专利号 zl201710601862": "CN201710601862.3", "2017106018623": "CN201710601862.3", "CN101234567A": "CN101234567", "PCT/CN2021/123456": "PCT/CN2021/123456", "WO2021/123456": "WO2021/123456",
		"2101": "", "20260301": "", "废气净化": "", "GB/T 22900": "", "ZL201710601862.4": "", "CN": "", "ISO 9001": "", "SUS304": "", "20230101 12345": "", "WO3": "",
	} {
		if p, asked := AskedPatent(in); asked != (want != "") || p.Form != want {
			t.Errorf("%q asks for %+v, %v", in, p, asked)
		}
	}
}

func FuzzPatent(f *testing.F) {
	for _, s := range []string{"ZL201710601862.3", "95115608.X", "CN101234567A", "PCT/CN99/00123", "WO 99/12345", "US 16/123,456", "专利号：ＺＬ２０１７", "EP19123456.7", "AB/1.2.3"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		p, err := ReadPatent(s)
		if err != nil {
			if p != (Patent{}) {
				t.Errorf("%q is refused and read as %+v", s, p)
			}
			return
		}
		again, err := ReadPatent(p.Form)
		if err != nil || again != p {
			t.Errorf("%q has the form %q, which is read as %+v, %v", s, p.Form, again, err)
		}
		if dressed, err := ReadPatent(fmt.Sprintf(" 专利号：%s\u200b", strings.ToLower(p.Form))); err != nil || dressed != p {
			t.Errorf("%q in other dress is %+v, %v", p.Form, dressed, err)
		}
	})
}
