// Package search finds documents of a technology market for people and for
// other documents, in Chinese first.
//
// It decides how a text is read (pairs of adjacent Han characters, single
// characters, whole words of other scripts; no dictionary), which documents
// fit, in which order, with which score, and how that is explained. It holds
// one Index in one folder: posting lists and stored texts in Bleve's segment
// format, and beside them, in memory, every live document in a packed form that
// exact comparison reads.
//
// There are two ways to ask. Index.Search is for what a person types, and
// answers with documents that have all of it, counts and fragments;
// Index.Suggest helps while they type. A table of synonyms and the names of
// organizations, by pinyin too, widen what a search finds. Index.Match is for a
// whole text, such as a need that looks for results, and answers with a score
// from 0 to 100 and the phrases that made it; Index.Similar finds those that say
// the same.
//
// It leaves to its caller what may be seen (give only public text, and say by
// facets and filters who may find what), where documents come from (Batch.Place
// keeps the position in the caller's log of changes), and what a page looks
// like. It knows neither HTTP nor a database.
package search
