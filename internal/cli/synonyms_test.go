package cli

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// A search that is too long is told by its line, and the others are tried.
func TestOneLineThatIsTooLongStopsNoOtherSearch(t *testing.T) {
	file := filepath.Join(t.TempDir(), "searches")
	if err := os.WriteFile(file, []byte("电池\n"+strings.Repeat("x", 1<<20+1)+"\n轴承\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	texts, err := trySynonyms{Queries: file}.texts()
	if err != nil || !slices.Equal(texts, []string{"电池", "轴承"}) {
		t.Errorf("%v, %d searches", err, len(texts))
	}
}
