package exchange

import (
	"bytes"
	"io"
	"strings"
	"testing"
	"unicode/utf8"

	"jiebang/internal/results"
	"jiebang/internal/work"
	"jiebang/search/lines"
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
	f.Add([]byte(`{"id":1,"title":"一种装置","price":"50-100万元","confirmed_until":"2027.5","trl":"TRL5","transfer_modes":"转让；普通许可"}`))
	k := newResults(results.New(&work.Unit{}))
	f.Fuzz(func(t *testing.T, line []byte) {
		r := &running{kind: k, seen: map[string]seenRow{}, imp: &Import{Settings: Settings{Scheme: "fuzz", Field: "environment"}}}
		file, err := lines.Open(io.MultiReader(strings.NewReader("{}\n"), bytes.NewReader(line)))
		if err != nil {
			return
		}
		r.in = lineSource(file, k.fields())
		for {
			e, err := r.in.next()
			if err != nil {
				return
			}
			e.derive()
			it := r.read(e)
			if it.bad != nil {
				continue
			}
			var c results.Content
			var o results.Offer
			it.set.(func(*results.Content, *results.Offer))(&c, &o)
			for _, s := range append([]string{c.Title, c.Abstract, it.id}, c.Keywords...) {
				if !utf8.ValidString(s) || strings.ContainsRune(s, 0) {
					t.Errorf("%q would be stored", s)
				}
			}
			if p := o.Price; p != nil && p.Min != nil && *p.Min < 0 {
				t.Errorf("a price of %v", *p.Min)
			}
		}
	})
}
