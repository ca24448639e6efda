package words_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"jiebang/web/words"
)

var (
	places = regexp.MustCompile(`%[sd]`)
)

// Each text stands in both languages with the same places, each one is used, and none that is used is missing.
func TestTheCataloguesHaveNoGap(t *testing.T) {
	zh, en := words.Keys(words.Chinese), words.Keys(words.English)
	for key, said := range zh {
		if len(places.FindAllString(said, -1)) != len(places.FindAllString(en[key], -1)) || en[key] == "" {
			t.Errorf("%s: %q, %q", key, said, en[key])
		}
	}
	for key := range en {
		if zh[key] == "" {
			t.Errorf("%s stands in English alone", key)
		}
	}
	source := sources(t)
	for key := range zh {
		group, _, _ := strings.Cut(key, ".")
		if !strings.Contains(source, `"`+key+`"`) && !strings.Contains(source, `"`+group+`." +`) && !strings.Contains(source, `"`+group+`."+`) {
			t.Errorf("%s is used nowhere", key)
		}
	}
	for _, m := range regexp.MustCompile(`T\("([a-z.]+)"[,)]`).FindAllStringSubmatch(source, -1) {
		if zh[m[1]] == "" {
			t.Errorf("%s is used and stands nowhere", m[1])
		}
	}
}

func sources(t *testing.T) string {
	t.Helper()
	var all strings.Builder
	err := filepath.WalkDir("..", func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || strings.HasSuffix(path, "_templ.go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		if end := filepath.Ext(path); end != ".go" && end != ".templ" {
			return nil
		}
		text, err := os.ReadFile(path)
		all.Write(text)
		return err
	})
	if err != nil || all.Len() < 10_000 {
		t.Fatal(all.Len(), err)
	}
	return all.String()
}
