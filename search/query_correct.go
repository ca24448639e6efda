package search

import (
	"slices"
	"strings"

	"jiebang/search/han"
)

// Correction is a word of a query that no document has, and the word that was
// looked for instead.
type Correction struct{ From, To string }

// minCorrected is the length from which a word is taken for a slip. Shorter
// ones are codes and abbreviations, which differ by one letter rightly.
const minCorrected = 5

// correct replaces words of Latin letters that are in no document by the most
// frequent one that differs by one letter: one too many, one missing or one
// wrong. Words with digits, phrases and exclusions mean what they say, and so do
// those that have synonyms or mean a name.
func (v *view) correct(p *parsed) ([]Correction, error) {
	var out []Correction
	for i := range p.clauses {
		c := &p.clauses[i]
		if c.phrase || c.linked || c.exclude || p.inUnit(i) || len(c.words[0]) < minCorrected || strings.Trim(c.words[0], "abcdefghijklmnopqrstuvwxyz") != "" {
			continue
		}
		n, err := v.documentsWith([]byte(c.words[0]))
		if err != nil {
			return nil, err
		}
		if n > 0 {
			continue
		}
		word, err := v.nearest(c.words[0])
		if err != nil {
			return nil, err
		}
		if word != "" {
			out = append(out, Correction{c.written, word})
			c.words, c.symbols = []string{word}, []han.Symbol{han.WordSymbol(word)}
		}
	}
	return out, nil
}

// nearest is the most frequent word of the index at an edit distance of 1, of
// equally frequent ones the first in order; empty if there is none.
func (v *view) nearest(word string) (string, error) {
	if len(word) > maxApart {
		return "", nil
	}
	var words []string
	err := v.eachWord(newOneApart(word), nil, nil, func(term string, _ int) {
		if !strings.HasPrefix(term, namePrefix) && !slices.Contains(words, term) {
			words = append(words, term)
		}
	})
	if err != nil {
		return "", err
	}
	best, most := "", 0
	for _, w := range words {
		// A word may be left in the dictionary by deleted documents.
		n, err := v.documentsWith([]byte(w))
		if err != nil {
			return "", err
		}
		if n > most || n == most && n > 0 && w < best {
			best, most = w, n
		}
	}
	return best, nil
}
