package search

import "math"

// The constants of ranking, each with what chose it; beside them there are only
// the bounds of factors (match_factors.go), the prior of small collections
// (match_prior.go) and the threshold of near-duplicates (match_similar.go).
// Figures without a name are MRR@10 on needs written as enterprises speak against
// 11,877 abstracts; the standard error of a mean over 60 needs is about 0.035.
const (
	// k1 and b of BM25: the customary values. Others within 0.8–2.0 and 0.5–0.9
	// moved nothing beyond noise.
	bm25K1 = 1.2
	bm25B  = 0.75

	// pairWeight and charWeight join the two readings of a text: pairs of
	// adjacent Han characters and whole words, and single characters. Pairs alone
	// .755 and .673 on two sets of 60, characters alone .846 and .788, together
	// .888 and .793.
	pairWeight = 0.4
	charWeight = 0.8

	// candidateCount is how many documents stage one hands to stage two. 50 cost
	// .02, 200 to 500 are as good as scoring every document.
	candidateCount = 300

	// titleFactor is what a term counts for that the title has, when people
	// search. Not measured: it lets a title that says the word go before an
	// abstract that says it as often.
	titleFactor = 1.5

	// The calibration turns relevance into the odds that a judge calls the pair
	// relevant: logit = raw·ln(relevance) + ceiling·ln(highest relevance possible)
	// + base. Fitted by logistic regression on the ten best of each of 84 needs
	// (weight 6) and of 400 titles and 400 keyword lists against their own
	// abstracts; mean log loss 0.190. Of the needs' pairs scored 0–9, 6 % were
	// judged relevant, 30–39 31 %, 50–59 half, 70–79 12 of 14, 80 and more 16 of 17.
	calibrationRaw     = 6.4
	calibrationCeiling = -2.0
	calibrationBase    = -16.6

	// What makes a score of that logit: honest·logit + ceiling·ln(highest relevance possible) + base. Fitted anew on the ten best of 84 needs, of their titles
	// alone (weight 2 each), and of 41 to 60 each of titles, keyword lists, pairs of keywords and keywords by themselves against their own abstracts. The
	// first fit was nearly blind to short texts: the titles of needs were given 0.7 % where 8.9 % were judged relevant, single keywords 2.9 % where it
	// is 10.4 %; now 3.3 % and 10.1 %. Brier score of titles of needs .0837 to .0759, of keywords .0875 to .0749, of whole needs .0874 to .0916.
	honestSlope   = 0.601
	honestCeiling = -0.391
	honestBase    = 1.984

	// maxProbeSymbols is how much of a very long probe is read. Over three times the
	// longest abstract; the cost of a match grows with it.
	maxProbeSymbols = 4096
)

// idf is the weight of a term that n of N documents have (Robertson and
// Zaragoza 2009, with 1 added inside the logarithm so that it is never
// negative).
func idf(n, of float64) float64 {
	return math.Log1p((of - n + 0.5) / (n + 0.5))
}

// lengthPart is the part of BM25's denominator that depends on the document's
// length.
func lengthPart(length uint16, mean float64) float64 {
	return bm25K1 * (1 - bm25B + bm25B*float64(length)/mean)
}

// saturation is BM25's reading of a frequency, from 0 to below k1+1.
func saturation(frequency int, lengthPart float64) float64 {
	f := float64(frequency)
	return f * (bm25K1 + 1) / (f + lengthPart)
}
