package eval

import (
	"os"
	"path/filepath"
	"testing"
)

// shared finds a file of the development data, or skips the test and says so.
func shared(t *testing.T, name string) string {
	t.Helper()
	dir := os.Getenv("JIEBANG_SHARED")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "shared", "data")
	}
	path := filepath.Join(dir, name)
	if _, err := os.Stat(path); err != nil {
		t.Skipf("needs %s; set JIEBANG_SHARED to the folder with the development data: %v", name, err)
	}
	return path
}

func TestDevelopmentSets(t *testing.T) {
	o := Options{
		Docs:     shared(t, "csl.jsonl.gz"),
		Needs:    []string{shared(t, "needs-dev.jsonl"), shared(t, "match-dev.jsonl")},
		Baseline: true,
		TempDir:  t.TempDir(),
	}
	reports, err := Run(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range reports {
		t.Logf("%+v", r)
	}
}
