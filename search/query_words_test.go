package search

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// accepts runs an automaton over a word.
func accepts(a *oneApart, word string) bool {
	state := a.Start()
	for i := range len(word) {
		if !a.CanMatch(state) {
			return false
		}
		state = a.Accept(state, word[i])
	}
	return a.IsMatch(state)
}

// atMostOneApart says the same by trying every change.
func atMostOneApart(a, b string) bool {
	if a == b {
		return true
	}
	if len(a) > len(b) {
		a, b = b, a
	}
	for i := range len(b) {
		if a == b[:i]+b[i+1:] || len(a) == len(b) && a[:i]+a[i+1:] == b[:i]+b[i+1:] {
			return true
		}
	}
	return false
}

func TestOneApart(t *testing.T) {
	letters := rapid.StringOfN(rapid.RuneFrom([]rune("abc")), 0, 7, -1)
	rapid.Check(t, func(t *rapid.T) {
		a, b := letters.Draw(t, "a"), letters.Draw(t, "b")
		if got, want := accepts(newOneApart(a), b), atMostOneApart(a, b); got != want {
			t.Fatalf("%q and %q: %v, want %v", a, b, got, want)
		}
	})
	long := strings.Repeat("a", maxApart)
	if !accepts(newOneApart(long), long+"b") || accepts(newOneApart(long), long+"bb") {
		t.Error("the longest word")
	}
}
