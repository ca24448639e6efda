package text_test

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"jiebang/internal/text"
)

func TestWhatIsPutRight(t *testing.T) {
	for _, c := range []struct {
		class          text.Class
		name, in, want string
	}{
		{text.Line, "nothing to do", "低温等离子体废气净化装置", "低温等离子体废气净化装置"},
		{text.Line, "blanks at the ends", " \u3000\u00a0标题\t\r\n", "标题"},
		{text.Line, "blanks alone are nothing", " \u3000\t", ""},
		{text.Line, "a Chinese blank inside stays", "甲\u3000乙", "甲\u3000乙"},
		{text.Line, "other blanks inside", "a\u00a0b\u2009c\td", "a b c d"},
		{text.Line, "where a line may break", "\ufeff催\u200b化\u2060剂\u00ad", "催化剂"},
		{text.Line, "a joiner that joins nothing", "催\u200d化\u200c剂", "催化剂"},
		{text.Line, "width is the writer's", "Ｅ－１２", "Ｅ－１２"},
		{text.Line, "normal form C", "cafe\u0301 Ω", "café Ω"},
		{text.Line, "emoji", "👩‍🔬🇨🇳👍🏽❤️‍🔥1️⃣🏴\U000E0067\U000E0062\U000E0065\U000E006E\U000E0067\U000E007F", "👩‍🔬🇨🇳👍🏽❤️‍🔥1️⃣🏴\U000E0067\U000E0062\U000E0065\U000E006E\U000E0067\U000E007F"},
		{text.Line, "a variant of a character", "葛\U000E0100城", "葛\U000E0100城"},
		{text.Line, "a variation of nothing", "\ufe0f标题", "标题"},
		{text.Line, "rare names", "\U00020BB7\U000323B0\U0002EBF0", "\U00020BB7\U000323B0\U0002EBF0"},
		{text.Line, "scripts with joiners", "क्\u200dष می\u200cخواهم", "क्\u200dष می\u200cخواهم"},
		{text.Long, "lines", "一\r\n二\r三\u2028四\v五\n\n六\t七\n", "一\n二\n三\n四\n五\n\n六\t七"},
		{text.Code, "a code", " ９１\u200b２１ａ－Ｂ\u3000", "9121a-B"},
		{text.Upper, "in capitals", "ｃｈn", "CHN"},
		{text.Lower, "in small letters", " Zhang.San ", "zhang.san"},
		{text.Exact, "nobody's to touch", " Ａ\u200b\n", " Ａ\u200b\n"},
	} {
		got, wrong := text.Clean(c.in, c.class)
		if wrong != nil || got != c.want {
			t.Errorf("%s: %q gives %q (%v), want %q", c.name, c.in, got, wrong, c.want)
		}
	}
}

func TestWhatIsRefused(t *testing.T) {
	for _, c := range []struct {
		name, in, code string
		at             int
	}{
		{"a zero-width blank alone", "\u200b", "invisible", 0},
		{"fillers", "\u3164\u3164", "bad_characters", 1},
		{"Braille without dots", "\u2800\u2800", "bad_characters", 1},
		{"Braille without dots between others", "题目\u2800标题", "bad_characters", 3},
		{"joiners alone", "\u200d\u200c\u2060", "invisible", 0},
		{"NUL", "甲\x00乙", "bad_characters", 2},
		{"escape", " \x1b[31m红", "bad_characters", 2},
		{"delete", "ab\x7f", "bad_characters", 3},
		{"a C1 control", "a\u009b1m", "bad_characters", 2},
		{"right to left", "发票\u202egpj.exe", "bad_characters", 3},
		{"an isolate", "\u2067abc\u2069", "bad_characters", 1},
		{"a mark of direction", "a\u200eb", "bad_characters", 2},
		{"a line end", "标\n题", "one_line", 2},
		{"a separator of lines", "标\u2029题", "one_line", 2},
		{"a mark on nothing", "\u0301标题", "bad_characters", 1},
		{"a mark on a blank", "标 \u0301题", "bad_characters", 3},
		{"a tower of marks", "e" + strings.Repeat("\u0301", 9), "bad_characters", 10},
		{"private use", "甲\ue000", "bad_characters", 2},
		{"unassigned", "甲\u0378", "bad_characters", 2},
		{"no character", "甲\ufffe", "bad_characters", 2},
		{"no character of plane 1", "甲\U0001ffff", "bad_characters", 2},
		{"what a conversion destroyed", "沈\ufffd市", "bad_characters", 2},
		{"an object that is not there", "图\ufffc", "bad_characters", 2},
		{"tags", "甲\U000E0041", "bad_characters", 2},
		{"annotation", "甲\ufff9乙", "bad_characters", 2},
		{"a soft sign of format", "甲\u2062乙", "bad_characters", 2},
		{"not UTF-8", "甲\xff", "bad_characters", 0},
	} {
		_, wrong := text.Clean(c.in, text.Line)
		if wrong == nil {
			t.Errorf("%s: %q passes", c.name, c.in)
			continue
		}
		if says := wrong.Message(); wrong.Place.Code != c.code || wrong.At != c.at || says.ZH == "" || says.EN == "" {
			t.Errorf("%s: %q gives %s at %d: %q", c.name, c.in, wrong.Place.Code, wrong.At, says)
		}
	}
}

func TestKeywords(t *testing.T) {
	got := text.Keywords([]string{" VOCs ", "ＶＯＣｓ", "vocs", "废气（脱硫）", "废气(脱硫)", "Ａ I", "AI", "ＰＭ２．５", "低温\u3000等离子体"})
	want := []string{"VOCs", "废气（脱硫）", "A I", "PM2.5", "低温 等离子体"}
	if strings.Join(got, "|") != strings.Join(want, "|") {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestPlaceholders(t *testing.T) {
	for _, s := range []string{"xxx", "XXXX", "ｘｘ", "无", "暂无。", "测试", "测试1", "test", "Test 02", "N/A", "……", "---", "111", "aaa", "啊啊啊", "某某某", "待补充", "1", "？", "TBD"} {
		if !text.Placeholder(s) {
			t.Errorf("%q is taken for a text", s)
		}
	}
	for _, s := range []string{"", "铁", "AI", "5G", "测试仪器", "无损检测", "C60", "3D打印", "天天", "XRD", "testing machine", "Abc transporter", "K", "10kV", "sample preparation"} {
		if text.Placeholder(s) {
			t.Errorf("%q is taken for a placeholder", s)
		}
	}
}

// What passes is a text that both databases take and everybody can see, and passes again as it is.
func FuzzClean(f *testing.F) {
	for _, s := range []string{"", " a ", "甲\u200b乙", "\u202eabc", "👩‍🔬", "e\u0301", "a\r\nb", "\ufeff\u3164", "葛\U000E0100", "1️⃣", "\u115f\u1160", "Å\u0323"} {
		f.Add(s, 0)
		f.Add(s, 1)
		f.Add(s, 2)
	}
	f.Fuzz(func(t *testing.T, s string, class int) {
		c := text.Class(uint(class) % uint(text.Exact))
		got, wrong := text.Clean(s, c)
		if wrong != nil {
			if wrong.At > utf8.RuneCountInString(s) {
				t.Errorf("%q: character %d", s, wrong.At)
			}
			return
		}
		if !utf8.ValidString(got) || strings.TrimSpace(got) != got || c < text.Code && !norm.NFC.IsNormalString(got) {
			t.Errorf("%q gives %q", s, got)
		}
		for _, r := range got {
			if unicode.Is(unicode.Cc, r) && (c != text.Long || r != '\n' && r != '\t') || unicode.Is(unicode.Bidi_Control, r) || unicode.Is(unicode.Co, r) {
				t.Errorf("%q gives %q with %U", s, got, r)
			}
		}
		if again, wrong := text.Clean(got, c); wrong != nil || again != got {
			t.Errorf("%q gives %q, and that %q (%v)", s, got, again, wrong)
		}
	})
}
