package search

import "unicode/utf8"

// When nothing fits. Chosen on 84 needs and on their titles alone, each asked among documents with its answer and among a hundred without: of whole needs with an
// answer the best match scored 9 or more in 95 of 100 among 11,877 documents and 11 or more in smaller markets; without one the half stayed below 3.6 and three of
// four below 6.6. Of titles with an answer nine of ten had a best match of 2.1, without one nine of ten stayed below 2.5.
const (
	// LeastScore is the score below which a document is no match: it would be shown as 0.
	LeastScore = 0.1

	leastFit      = 7 // of the best match of a text
	leastFitShort = 2 // of one with less than shortText characters, which scores low whatever it finds
	shortText     = 40
)

// NothingFits reports whether the best of a probe's matches is so weak that nothing here answers it, as far as a text can tell.
func NothingFits(p Probe, matches []Match) bool {
	least := float64(leastFit)
	if utf8.RuneCountInString(p.Title)+utf8.RuneCountInString(p.Text) < shortText {
		least = leastFitShort
	}
	for _, m := range matches {
		if m.Score >= least {
			return false
		}
	}
	return true
}
