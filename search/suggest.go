package search

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
)

const (
	// suggestFrom is how many hits suggestions are taken from, completions to how
	// many words a word begun in Latin letters is completed. Together they bound
	// the records that are read to about a hundred.
	suggestFrom = 30
	completions = 3
)

// Suggest returns what a person who has typed q.Text may mean: keywords of
// documents that say it, the most frequent first, and then their titles. The
// last word may be unfinished. It looks only at documents that q.Kinds and
// q.Filters let through; q.Limit is the number of suggestions, 8 if it is 0.
func (x *Index) Suggest(ctx context.Context, q Query) ([]string, error) {
	v, err := x.acquire()
	if err != nil {
		return nil, err
	}
	defer v.release()
	limit := q.Limit
	if limit <= 0 {
		limit = 8
	}
	texts, err := v.complete(q.Text)
	if err != nil {
		return nil, err
	}
	found := suggestions{at: map[string]int{}}
	for _, text := range texts {
		s, err := v.newSearcher(Query{Text: text, Kinds: q.Kinds, Filters: q.Filters, Limit: suggestFrom})
		if err != nil {
			return nil, err
		}
		if len(s.parsed.clauses) == 0 {
			continue
		}
		if err := s.collect(ctx); err != nil {
			return nil, err
		}
		for _, c := range s.top.sorted() {
			record, err := readRecord(v.segments[c.segment].store, uint64(c.doc))
			if err != nil {
				return nil, err
			}
			for _, k := range record.Keywords {
				found.add(&s.parsed, k, true)
			}
			found.add(&s.parsed, record.Title, false)
		}
	}
	return found.best(limit), nil
}

// complete returns the text, or, when its last word is one of Latin letters, the
// text with each of the most frequent words that begin like it.
func (v *view) complete(text string) ([]string, error) {
	tokens := tokenize(nil, text)
	if len(tokens) == 0 || tokens[len(tokens)-1].word == "" {
		return []string{text}, nil
	}
	last := tokens[len(tokens)-1]
	dict, err := v.snapshot.FieldDictPrefix(fieldTerms, []byte(last.word))
	if err != nil {
		return nil, fmt.Errorf("search: words that begin with %q: %w", last.word, err)
	}
	defer dict.Close()
	type word struct {
		text  string
		count uint64
	}
	var words []word
	for {
		e, err := dict.Next()
		if err != nil {
			return nil, fmt.Errorf("search: words that begin with %q: %w", last.word, err)
		}
		if e == nil {
			break
		}
		words = append(words, word{e.Term, e.Count})
	}
	slices.SortFunc(words, func(a, b word) int {
		return cmp.Or(cmp.Compare(b.count, a.count), cmp.Compare(a.text, b.text))
	})
	var out []string
	for _, w := range words[:min(len(words), completions)] {
		out = append(out, text[:last.start]+w.text+text[last.end:])
	}
	return out, nil
}

// suggestions gathers texts, the same one in different spellings once.
type suggestions struct {
	list []suggestion
	at   map[string]int // by folded form
}

type suggestion struct {
	text    string
	keyword bool
	times   int
}

// add takes a text in if it says what was typed.
func (s *suggestions) add(typed *parsed, text string, keyword bool) {
	tokens := tokenize(nil, text)
	symbols := make([]symbol, len(tokens))
	for i, t := range tokens {
		symbols[i] = t.sym
	}
	for i := range typed.clauses {
		if c := &typed.clauses[i]; c.matches(symbols) == c.exclude {
			return
		}
	}
	key := symbolsKey(tokens)
	i, ok := s.at[key]
	if !ok {
		i = len(s.list)
		s.at[key] = i
		s.list = append(s.list, suggestion{text: strings.TrimSpace(text)})
	}
	s.list[i].times++
	s.list[i].keyword = s.list[i].keyword || keyword
}

func (s *suggestions) best(n int) []string {
	slices.SortStableFunc(s.list, func(a, b suggestion) int {
		if a.keyword != b.keyword {
			if a.keyword {
				return -1
			}
			return 1
		}
		if !a.keyword {
			return 0 // titles stay in the order of hits
		}
		return cmp.Or(cmp.Compare(b.times, a.times), cmp.Compare(len(a.text), len(b.text)), cmp.Compare(a.text, b.text))
	})
	out := make([]string, 0, n)
	for _, x := range s.list[:min(len(s.list), n)] {
		out = append(out, x.text)
	}
	return out
}
