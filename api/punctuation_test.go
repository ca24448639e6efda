package api_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"jiebang/api/edge/edgetest"
	"jiebang/internal/fault"
)

// between finds half-width punctuation where Chinese goes on, which officials do not write.
var between = regexp.MustCompile(`[,;:!?]\p{Han}|\p{Han}\([^()]*\)`)

// quoted finds half-width quotes beside Chinese, and colons before what is set apart: what a page of docs is written with, outside of code.
var (
	quoted = regexp.MustCompile(`\p{Han}"|"\p{Han}|\p{Han}[:;!?](?:\*\*)?[\p{Han}§]`)
	fenced = regexp.MustCompile("(?s)\n```.*?\n```")
	inline = regexp.MustCompile("`[^`]*`")
)

func TestPagesAreWrittenWithMarksOfFullWidthBetweenChinese(t *testing.T) {
	pages, err := filepath.Glob("../docs/*.md")
	if err != nil || len(pages) < 10 {
		t.Fatalf("%d pages, %v", len(pages), err)
	}
	for _, name := range append(pages, "../README.md") {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		plain := fenced.ReplaceAllStringFunc(string(text), func(code string) string { return strings.Repeat("\n", strings.Count(code, "\n")) })
		for i, line := range strings.Split(inline.ReplaceAllString(plain, "§"), "\n") {
			if found := quoted.FindString(line); found != "" {
				t.Errorf("%s, line %d: %q in %s", name, i+1, found, line)
			}
		}
	}
}

// Chinese has its own punctuation, in everything that people read of the interface, and no word stands for another thing: 登记 is what becomes
// of contracts, a register of people is a 名册.
func TestChineseIsPunctuatedAsChinese(t *testing.T) {
	said := map[string]string{}
	for _, d := range fault.Catalogue() {
		said["code "+d.Code] = d.ZH
	}
	for _, p := range fault.Places() {
		said["place "+p.Code] = p.ZH
	}
	document, err := edgetest.Document()
	if err != nil {
		t.Fatal(err)
	}
	said["openapi.yaml"] = string(document)
	mails, err := filepath.Glob("../internal/*/mails/*.tmpl")
	if err != nil || len(mails) < 3 {
		t.Fatalf("%d mails, %v", len(mails), err)
	}
	pages, err := filepath.Glob("../docs/*.md")
	if err != nil || len(pages) < 10 {
		t.Fatalf("%d pages, %v", len(pages), err)
	}
	for _, name := range append(mails, pages...) {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		said[name] = string(text)
	}
	code := regexp.MustCompile("`[^`]*`|“[^”]*”|/[a-z_/{}0-9]+")
	for where, text := range said {
		for i, line := range strings.Split(text, "\n") {
			if strings.Contains(line, "pattern:") {
				continue
			}
			line = code.ReplaceAllString(line, "")
			if found := between.FindString(line); found != "" {
				t.Errorf("%s, line %d: %q in %s", where, i+1, found, line)
			}
			if strings.Contains(line, "登记册") {
				t.Errorf("%s, line %d: a register of people is a 名册: %s", where, i+1, line)
			}
		}
	}
}
