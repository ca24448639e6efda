package papertest

import (
	"regexp"
	"testing"
)

var printedCode = regexp.MustCompile(`验证码([0-9A-F]{4}(?:-[0-9A-F]{4}){5})`)

// Code is the code by which a certificate is checked, as it is printed.
func Code(t testing.TB, text string) string {
	t.Helper()
	found := printedCode.FindStringSubmatch(text)
	if found == nil {
		t.Fatalf("no code in %s", text)
	}
	return found[1]
}
