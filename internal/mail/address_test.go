package mail

import (
	netmail "net/mail"
	"strings"
	"testing"

	"jiebang/internal/fault"
)

func TestAddressesAreReadAsTheirOwnersWriteThem(t *testing.T) {
	for typed, want := range map[string]string{
		"lin@sblg.example.org":             "lin@sblg.example.org",
		"  Lin.Yan+x@SBLG.Example.Org\t":   "Lin.Yan+x@sblg.example.org",
		"o'brien@example.org":              "o'brien@example.org",
		"lin@例子.中国":                        "lin@xn--fsqu00a.xn--fiqs8s",
		"lin@xn--fsqu00a.xn--fiqs8s":       "lin@xn--fsqu00a.xn--fiqs8s",
		"lin@ＥＸＡＭＰＬＥ.org":                  "lin@example.org", // full width is folded by IDNA itself
		"lin@例子。中国":                        "lin@xn--fsqu00a.xn--fiqs8s",
		strings.Repeat("a", 64) + "@e.org": strings.Repeat("a", 64) + "@e.org",
	} {
		if got, err := Parse(typed); err != nil || string(got) != want {
			t.Errorf("%q: %q %v, want %q", typed, got, err, want)
		}
	}
}

func TestWhatIsNoAddressIsRefused(t *testing.T) {
	for _, typed := range []string{
		"", "@", "lin", "lin@", "@example.org", "lin@localhost", "a@b.c", "lin@127.0.0.1", "lin@[127.0.0.1]", "lin@[IPv6:::1]", "lin@@example.org", "a@b@example.org",
		"林@example.org", `"lin yan"@example.org`, "lin yan@example.org", "lin.@example.org", ".lin@example.org", "li..n@example.org",
		"Lin <lin@example.org>", "lin@example.org, bai@example.org", "lin(comment)@example.org", "lin@example.org.", "lin@exa mple.org", "lin@-x.org", "lin@x_y.org",
		"lin@example.org\r\nBcc: all@example.org", "lin\r\n@example.org", "lin@example.org\x00", "lin@exam\nple.org", "l\x00in@example.org", "lin＠example.org",
		strings.Repeat("a", 65) + "@e.org", "a@" + strings.Repeat("b", 64) + ".org", "a@" + strings.Repeat("bcd.", 70) + "org", "lin@example.123",
		"lin@\xff.org", "lin@xn--.org", "<lin@example.org>", "lin@example..org", "lin@.org", "lin@例子。", "lin@\u202emoc.elpmaxe",
	} {
		if got, err := Parse(typed); err == nil {
			t.Errorf("%q was taken as %q", typed, got)
		}
	}
}

// An account's address and a contact's are read by one rule, in whatever width they are typed, and refused in the same words.
func TestAnAddressInAnInputIsReadByOneRule(t *testing.T) {
	for typed, want := range map[string]Address{" ｌｉｎ＠example.org ": "lin@example.org", "lin@bücher.example": "lin@xn--bcher-kva.example", "lin@localhost": "", "林@example.org": "", "lin@qq.con": "", "lin@factory.test": "", "lin@mail.invalid": "", "lin@printer.local": ""} {
		var bad fault.Fields
		got := Into(&bad, typed, "/contact/email")
		if got != want || (len(bad) == 0) != (want != "") || len(bad) > 0 && (bad[0].Pointer != "/contact/email" || bad[0].Code != "bad_format") {
			t.Errorf("%q: %q %+v, want %q", typed, got, bad, want)
		}
	}
}

func TestOneMailboxHasOneKey(t *testing.T) {
	same := []string{"Lin@example.org", "lin@EXAMPLE.org", "LIN@Example.Org"}
	for _, typed := range same {
		if a, err := Parse(typed); err != nil || a.Key() != "lin@example.org" {
			t.Errorf("%q: %q %v", typed, a.Key(), err)
		}
	}
	if got := Address("lin@example.org").Masked(); got != "l***@example.org" {
		t.Error(got)
	}
	if Address("").Masked() != "" || Address("@x").Masked() != "" {
		t.Error("nothing is masked as something")
	}
}

// Whatever comes in, what is taken can stand in a header and in a command, is read the same by the library, and is stable.
func FuzzParse(f *testing.F) {
	for _, s := range []string{"lin@example.org", "lin@例子.中国", "a@b.c\r\nX: y", "Lin <lin@example.org>", "x@ſ.org", "ß@straße.de", "a@faß.de"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, typed string) {
		a, err := Parse(typed)
		if err != nil {
			return
		}
		if len(a) > addressMost || strings.ContainsFunc(string(a), func(r rune) bool { return r <= ' ' || r >= 0x7f || r == '<' || r == '>' || r == ',' }) {
			t.Fatalf("%q is taken as %q", typed, a)
		}
		if read, err := netmail.ParseAddress(string(a)); err != nil || read.Address != string(a) {
			t.Fatalf("%q: %v %v", a, read, err)
		}
		if again, err := Parse(string(a)); err != nil || again != a {
			t.Fatalf("%q is read again as %q, %v", a, again, err)
		}
	})
}
