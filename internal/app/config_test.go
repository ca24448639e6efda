package app

import (
	"slices"
	"strings"
	"testing"

	"jiebang/internal/when"
)

func TestTheMemoryForListsOfTheIndexIsASetting(t *testing.T) {
	t.Setenv("JIEBANG_DATA", t.TempDir())
	t.Setenv("JIEBANG_SEARCH_CACHE_MIB", "96")
	c, err := ReadConfig()
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Contains(c.Lines(), "JIEBANG_SEARCH_CACHE_MIB=96") {
		t.Errorf("%q", c.Lines())
	}
	a, err := Open(t.Context(), c, when.System)
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	for _, bad := range []string{"-1", "1000001", "much"} {
		t.Setenv("JIEBANG_SEARCH_CACHE_MIB", bad)
		if _, err := ReadConfig(); err == nil || !strings.Contains(err.Error(), "JIEBANG_SEARCH_CACHE_MIB") {
			t.Errorf("%s: %v", bad, err)
		}
	}
}
