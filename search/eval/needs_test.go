package eval

import (
	"crypto/sha256"
	"path/filepath"
	"slices"
	"testing"
	"unicode/utf8"
)

// The project's own needs are whole, each is there once, and those that nothing may be chosen on are the hundred that come first by the digest of
// their ids.
func TestOurNeedsAreSound(t *testing.T) {
	read := func(name string) []Need {
		list, err := ReadLines[Need](filepath.Join("testdata", name))
		if err != nil {
			t.Fatal(err)
		}
		return list
	}
	open, untouched := read("needs.jsonl"), read("untouched.jsonl")
	if len(untouched) != 100 || len(open) < 200 {
		t.Errorf("%d needs, %d untouched", len(open), len(untouched))
	}
	rank := func(n Need) string {
		sum := sha256.Sum256([]byte(n.ID))
		return string(sum[:])
	}
	last := ""
	for _, n := range untouched {
		last = max(last, rank(n))
	}
	ids, documents := map[string]bool{}, map[string]bool{}
	for _, n := range slices.Concat(untouched, open) {
		if ids[n.ID] || len(n.Relevant) == 0 {
			t.Errorf("%s is there twice, or nothing is known to answer it", n.ID)
		}
		ids[n.ID] = true
		written := 0
		for d, grade := range n.Relevant {
			if grade < 1 || grade > 2 {
				t.Errorf("%s: %s has the grade %d", n.ID, d, grade)
			}
			if grade == 2 {
				written++
			}
			documents[d] = true
		}
		if written == 0 {
			t.Errorf("%s: nothing answers it", n.ID)
		}
		if title, text := utf8.RuneCountInString(n.Title), utf8.RuneCountInString(n.Text); title < 6 || title > 40 || text < 30 || text > 200 {
			t.Errorf("%s: %d and %d characters", n.ID, title, text)
		}
	}
	for _, n := range open {
		if rank(n) < last {
			t.Errorf("%s is one of the untouched", n.ID)
		}
	}
	docs, err := ReadLines[Doc](shared(t, "csl.jsonl.gz"))
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range docs {
		delete(documents, d.ID)
	}
	if len(documents) > 0 {
		t.Errorf("documents that are not there: %v", documents)
	}
}
