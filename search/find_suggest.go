package search

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"jiebang/search/han"
)

const (
	// suggestFrom is how many hits suggestions are taken from, completions to how
	// many words a word begun in Latin letters is completed. Together they bound
	// the records that are read to about a hundred.
	suggestFrom = 30
	completions = 3
	// namesShown leaves room for keywords beside names.
	namesShown = 3
)

// Suggest returns what a person who has typed q.Text may mean: names that begin
// like it, by pinyin too; keywords of documents that say it, the most frequent
// first; other names; and titles. The last word may be unfinished. It looks only
// at documents that q.Kinds and q.Filters let through; q.Limit is the number of
// suggestions, 8 if it is 0.
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
	found := suggestions{at: map[string]int{}}
	if err := v.suggestNames(&found, q); err != nil {
		return nil, err
	}
	texts, err := v.complete(q.Text)
	if err != nil {
		return nil, err
	}
	for _, text := range texts {
		if err := v.suggestTexts(ctx, &found, Query{Text: text, Kinds: q.Kinds, Filters: q.Filters, Limit: suggestFrom}); err != nil {
			return nil, err
		}
	}
	return found.best(limit), nil
}

// suggestTexts adds keywords and titles of the best documents that a query finds.
func (v *view) suggestTexts(ctx context.Context, found *suggestions, q Query) error {
	s, err := v.newSearcher(q, nil)
	if err != nil || len(s.parsed.clauses) == 0 {
		return err
	}
	defer s.release()
	if err := s.collect(ctx); err != nil {
		return err
	}
	for _, c := range s.top.sorted() {
		record, err := readRecord(v.segments[c.segment].store, uint64(c.doc))
		if err != nil {
			return err
		}
		for _, k := range record.Keywords {
			found.add(&s.parsed, k, ofKeyword)
		}
		found.add(&s.parsed, record.Title, ofTitle)
	}
	return nil
}

// suggestNames adds the names that the query means, if it is one word, and that a
// document has which the filters let through.
func (v *view) suggestNames(found *suggestions, q Query) error {
	typed := parseQuery(q.Text)
	if len(typed.clauses) != 1 || typed.clauses[0].phrase {
		return nil
	}
	c := &typed.clauses[0]
	f := v.facets.filter(q.Kinds, q.Filters, nil)
	for _, n := range v.names.meant(c, true) {
		documents := 0
		for _, seg := range v.segments {
			list, err := v.postings(seg, n.term)
			if err != nil {
				return err
			}
			for _, d := range list.documents() {
				if !seg.deleted.has(d) && f.judge(seg.sets[d]) == passes {
					documents++
				}
			}
		}
		if documents == 0 {
			continue
		}
		first := indexOf(n.symbols, withoutGaps(c.symbols))
		if first < 0 {
			first, _ = han.Spells(n.readings, c.words[0])
		}
		kind := otherName
		if first == 0 {
			kind = nameBegun
		}
		found.list = append(found.list, suggestion{text: n.written, from: kind, times: documents})
	}
	return nil
}

// complete returns the text, or, when it ends in a word of Latin letters or in one
// Han character by itself, the text with each of the most frequent words, or pairs
// of characters, that begin like it. A character that begins none stays alone;
// looking for it takes a pass over all documents when it comes up first.
func (v *view) complete(text string) ([]string, error) {
	tokens := han.Tokenize(nil, text)
	if len(tokens) == 0 {
		return []string{text}, nil
	}
	last := tokens[len(tokens)-1]
	begun := last.Word
	if last.IsHan() && (len(tokens) == 1 || !tokens[len(tokens)-2].IsHan()) {
		begun = string(rune(last.Sym))
	}
	if begun == "" {
		return []string{text}, nil
	}
	counts := map[string]int{}
	// Words in UTF-8 never have the byte 255.
	err := v.eachWord(nil, []byte(begun), append([]byte(begun), 0xFF), func(term string, n int) {
		if second, _ := utf8.DecodeLastRuneInString(term); last.IsHan() && (term == begun || weak[han.Symbol(second)]) {
			return
		}
		counts[term] += n
	})
	if err != nil {
		return nil, err
	}
	if last.IsHan() && len(counts) == 0 {
		return []string{text}, nil
	}
	words := slices.SortedFunc(maps.Keys(counts), func(a, b string) int {
		return cmp.Or(cmp.Compare(counts[b], counts[a]), cmp.Compare(a, b))
	})
	var out []string
	for _, w := range words[:min(len(words), completions)] {
		out = append(out, text[:last.Start]+w+text[last.End:])
	}
	return out, nil
}

// suggestions gathers texts, the same one in different spellings once.
type suggestions struct {
	list []suggestion
	at   map[string]int // by folded form
}

type suggestion struct {
	text  string
	from  origin
	times int
}

// origin is where a suggestion is from; the first come first.
type origin int

const (
	nameBegun origin = iota
	ofKeyword
	otherName
	ofTitle
)

// add takes a text in if it says what was typed.
func (s *suggestions) add(typed *parsed, text string, from origin) {
	tokens := han.Tokenize(nil, text)
	symbols := make([]han.Symbol, len(tokens))
	for i, t := range tokens {
		symbols[i] = t.Sym
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
		s.list = append(s.list, suggestion{text: strings.TrimSpace(text), from: from})
	}
	s.list[i].times++
	s.list[i].from = min(s.list[i].from, from)
}

// best are the n to show, of names at most namesShown from each origin.
func (s *suggestions) best(n int) []string {
	slices.SortStableFunc(s.list, func(a, b suggestion) int {
		if c := cmp.Compare(a.from, b.from); c != 0 || a.from == ofTitle {
			return c // titles stay in the order of hits
		}
		return cmp.Or(cmp.Compare(b.times, a.times), cmp.Compare(len(a.text), len(b.text)), cmp.Compare(a.text, b.text))
	})
	out := make([]string, 0, n)
	shown := map[origin]int{}
	for _, x := range s.list {
		if shown[x.from]++; (x.from == nameBegun || x.from == otherName) && shown[x.from] > namesShown {
			continue
		}
		if len(out) < n && !slices.Contains(out, x.text) {
			out = append(out, x.text)
		}
	}
	return out
}
