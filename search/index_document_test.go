package search

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// Any text at all, a third of it Chinese.
func anyText() *rapid.Generator[string] {
	return rapid.OneOf(rapid.String(), chinese(0, 40), rapid.Map(rapid.SliceOf(rapid.Byte()), func(b []byte) string { return string(b) }))
}

// chinese draws text from few characters, so that texts share some.
func chinese(min, max int) *rapid.Generator[string] {
	return rapid.StringOfN(rapid.RuneFrom([]rune("锂电池回收水的处理发黄变，。 aAbB5𠮷")), min, max, -1)
}

func TestRecordRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := Document{
			ID: "x", Kind: anyText().Draw(t, "kind"), Title: anyText().Draw(t, "title"), Abstract: anyText().Draw(t, "abstract"),
			Keywords: rapid.SliceOf(rapid.String()).Draw(t, "keywords"),
			Facets:   rapid.MapOf(rapid.String(), rapid.SliceOfN(rapid.String(), 1, 3)).Draw(t, "facets"),
		}
		if len(d.Keywords) == 0 {
			d.Keywords = nil
		}
		if len(d.Facets) == 0 {
			d.Facets = nil
		}
		got, err := decodeRecord("x", appendRecord(nil, &d))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(d, got); diff != "" {
			t.Fatal(diff)
		}
	})
}

func FuzzDecodeRecord(f *testing.F) {
	f.Add(appendRecord(nil, &Document{Title: "锂", Facets: map[string][]string{"a": {"b"}}}))
	f.Add([]byte{255, 255, 255, 255, 15})
	f.Fuzz(func(t *testing.T, b []byte) {
		d, err := decodeRecord("x", b)
		if err != nil {
			return
		}
		again, err := decodeRecord("x", appendRecord(nil, &d))
		if err != nil || !cmp.Equal(d, again) {
			t.Fatalf("record does not survive being written again: %v", err)
		}
	})
}
