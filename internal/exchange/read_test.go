package exchange

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestTheFirstClauseIsATitle(t *testing.T) {
	for in, want := range map[string]string{
		"本文研究了一种装置。后面还有。":     "本文研究了一种装置",
		"短，但是第一个停顿太早所以继续读下去。": "短，但是第一个停顿太早所以继续读下去",
		"":                      "",
		strings.Repeat("长", 60): strings.Repeat("长", 40) + "…",
	} {
		if got := firstClause(in); got != want {
			t.Errorf("%q gives %q, want %q", in, got, want)
		}
	}
}

// Whatever a line holds, it becomes a sound row or a refusal, and what is stored is text that both databases take.
func FuzzReadLine(f *testing.F) {
	f.Add([]byte(`{"id":"d1","title":"一种装置","abstract":"一段足够长的公开摘要。","keywords":["废气"]}`))
	f.Add([]byte(`{"id":"\ud800","title":"a\u0000b","abstract":"0123456789"}`))
	f.Add([]byte("{\"id\":\"\xff\"}"))
	o := ResultImport{Scheme: "fuzz", Field: "environment", DeriveTitles: true}
	f.Fuzz(func(t *testing.T, line []byte) {
		in, err := o.read(line, &Report{})
		if err != nil {
			return
		}
		for _, s := range append([]string{in.Content.Title, in.Content.Abstract, in.External[0].ID}, in.Content.Keywords...) {
			if !utf8.ValidString(s) || strings.ContainsRune(s, 0) {
				t.Errorf("%q would be stored", s)
			}
		}
		if _, err := in.Cleaned(); err != nil {
			t.Errorf("accepted, but %v", err)
		}
	})
}
