package app

import (
	"slices"
	"strings"
	"testing"

	"jiebang/internal/when"
)

func TestTheKeyOfTheEmbeddingEndpointIsNotShown(t *testing.T) {
	const key = "sk-very-secret"
	t.Setenv("JIEBANG_EMBED_URL", "https://models.example/v1")
	t.Setenv("JIEBANG_EMBED_MODEL", "m")
	t.Setenv("JIEBANG_EMBED_KEY", key)
	c, err := ReadConfig()
	if err != nil {
		t.Fatal(err)
	}
	lines := c.Lines()
	if !slices.Contains(lines, "JIEBANG_EMBED_KEY=(set, not shown)") || !slices.Contains(lines, "JIEBANG_EMBED_URL=https://models.example/v1") {
		t.Errorf("%q", lines)
	}
	for variable, bad := range map[string]string{
		"JIEBANG_EMBED_URL":     "https://name:" + key + "@models.example",
		"JIEBANG_EMBED_MODEL":   "",
		"JIEBANG_EMBED_KEY":     key + "\n",
		"JIEBANG_EMBED_TIMEOUT": "0s",
	} {
		t.Run(variable, func(t *testing.T) {
			t.Setenv(variable, bad)
			_, err := ReadConfig()
			if err == nil || !strings.Contains(err.Error(), variable) || strings.Contains(err.Error(), key) {
				t.Errorf("%v", err)
			}
		})
	}
}

// The cache is this process's own while the system is open, and free afterwards.
func TestAnEmbeddingEndpointIsOpenedAndClosedWithTheSystem(t *testing.T) {
	t.Setenv("JIEBANG_DATA", t.TempDir())
	t.Setenv("JIEBANG_EMBED_URL", "http://127.0.0.1:1")
	t.Setenv("JIEBANG_EMBED_MODEL", "m")
	c, err := ReadConfig()
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		a, err := Open(t.Context(), c, when.System)
		if err != nil {
			t.Fatal(err)
		}
		a.Start()
		if a.Index.Stale() {
			t.Error("a new index is stale")
		}
		if err := a.Close(); err != nil {
			t.Fatal(err)
		}
	}
}
