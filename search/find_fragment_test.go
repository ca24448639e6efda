package search

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// marked writes a fragment with its marks in brackets.
func marked(f Fragment) string {
	var b strings.Builder
	end := 0
	for _, m := range f.Marks {
		b.WriteString(f.Text[end:m.Start] + "[" + f.Text[m.Start:m.End] + "]")
		end = m.End
	}
	return b.String() + f.Text[end:]
}

func TestFragments(t *testing.T) {
	x := openTest(t, t.TempDir())
	long := strings.Repeat("前面是别的内容。", 40) + "钴、镍回收，ＮＣＭ811。" + strings.Repeat("后面也是。", 40)
	put(t, x, Document{ID: "a", Title: "锂电池、回收", Abstract: long, Keywords: []string{"其他", "镍回收"}})
	for _, tt := range []struct {
		query string
		want  []string
	}{
		{"电池", []string{"锂[电池]、回收"}},
		{"回收 ncm811", []string{"锂电池、[回收]", "…钴、镍[回收]，[ＮＣＭ811]。…", "镍[回收]"}},
		{`"池、回"`, []string{"锂电[池、回]收"}},
		{"镍", []string{"锂电池、回收", "…钴、[镍]回收，ＮＣＭ811。…", "[镍]回收"}},
	} {
		page, err := x.Search(t.Context(), Query{Text: tt.query})
		if err != nil || len(page.Hits) != 1 {
			t.Fatalf("%s: %v, %d hits", tt.query, err, len(page.Hits))
		}
		var got []string
		for _, f := range page.Hits[0].Fragments {
			s := marked(f)
			if f.Field == FieldAbstract {
				if long[f.Start:f.Start+len(f.Text)] != f.Text {
					t.Errorf("%s: fragment is not at byte %d", tt.query, f.Start)
				}
				if len(f.Marks) == 0 {
					continue
				}
				i, j := strings.Index(s, "钴"), strings.Index(s, "后面")
				s = "…" + s[i:j] + "…"
			}
			got = append(got, s)
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s (-want +got)\n%s", tt.query, diff)
		}
	}
}

func checkFragments(t interface{ Fatalf(string, ...any) }, h Hit) {
	for _, f := range h.Fragments {
		end := 0
		for _, m := range f.Marks {
			if m.Start < end || m.End <= m.Start || m.End > len(f.Text) {
				t.Fatalf("%s: marks %v in %q", h.ID, f.Marks, f.Text)
			}
			end = m.End
		}
	}
}
