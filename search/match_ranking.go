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
	// .888 and .793 at .4. At .3, once characters weigh by what people say of any
	// problem (match_lay.go), .831 and .656 became .839 and .670.
	pairWeight = 0.3
	charWeight = 0.8

	// candidateCount is how many documents stage one hands to stage two. 50 cost
	// .02, 200 to 500 are as good as scoring every document.
	candidateCount = 300

	// titleFactor is what a term counts for that the title has, when people
	// search. Not measured: it lets a title that says the word go before an
	// abstract that says it as often.
	titleFactor = 1.5

	// The calibration turns relevance into the odds that a judge calls the pair relevant. What tells most is by how many standard deviations the relevance
	// lies above what an ordinary document would have for this probe (probe.usual, and the root of probe.variance): a long probe in everyday words is answered a little by
	// everything, and a short one by hardly anything. logit = base + excess·ln((relevance − usual) / spread) + raw·ln(relevance) + spread·ln(spread) +
	// usual·ln(usual). Fitted by logistic regression on the ten best of 304 needs (84 development needs, 220 of search/eval/testdata) and of their titles
	// alone, among 11,877 abstracts (weight 3) and in each of 12 markets of 1,000 and 119 of 100 that these were dealt into at random. By relevance and the
	// highest relevance possible, as it was before and fitted anew, the mean log loss over the 6,080 pairs among all was .269; by this it is .219.
	calibrationBase   = -12.4762
	calibrationExcess = 8.8689
	calibrationRaw    = -4.9423
	calibrationSpread = 2.6484
	calibrationUsual  = 1.9475

	// typicalSaturation is what a term adds to an ordinary document that has it, times its weight.
	typicalSaturation = 1.1
	// leastExcess is the excess below which the formula is continued by a straight line: there the score is 0 in any case, and only the order is left.
	leastExcess = 0.1
	// leastUsual bounds usual and spread away from 0.
	leastUsual = 0.01

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
