package search

import (
	"slices"
	"unicode/utf8"

	"jiebang/search/han"
)

// Fragment is a piece of a document that shows why it was found.
type Fragment struct {
	Field string
	Item  int    // which of the keywords; 0 in other fields
	Start int    // byte of the field where Text begins
	Text  string // cut at character boundaries, never inside a word that is marked
	Marks []Mark
}

// Mark is a stretch of Fragment.Text to highlight, in bytes.
type Mark struct{ Start, End int }

// fragmentRunes is about how many characters of an abstract are shown.
const fragmentRunes = 90

// hit reads a document and cuts what the query speaks of out of it: the title
// whole, the stretch of the abstract with the most marks, and keywords that
// match.
func (v *view) hit(q *parsed, c candidate) (Hit, error) {
	record, err := readRecord(v.segments[c.segment].store, uint64(c.doc))
	if err != nil {
		return Hit{}, err
	}
	h := Hit{ID: c.forward.id, Score: c.score}
	for _, src := range record.sources() {
		if src.text == "" {
			continue
		}
		marks := q.marks(src.text)
		if len(marks) == 0 && src.field == FieldKeywords {
			continue
		}
		f := Fragment{Field: src.field, Item: src.item, Text: src.text, Marks: marks}
		if src.field == FieldAbstract {
			f = window(f, fragmentRunes)
		}
		h.Fragments = append(h.Fragments, f)
	}
	for i, s := range record.Names {
		if marks := q.nameMarks(s); marks != nil {
			h.Fragments = append(h.Fragments, Fragment{Field: FieldNames, Item: i, Text: s, Marks: marks})
		}
	}
	return h, nil
}

// nameMarks finds what the query speaks of in a name; nil if that is nothing.
func (q *parsed) nameMarks(s string) []Mark {
	if len(q.units) == 0 {
		return nil
	}
	tokens, term := foldName(nil, s)
	mark := func(first, end int) []Mark { return []Mark{{tokens[first].Start, tokens[end-1].End}} }
	for i := range q.units {
		for j := range q.units[i].pieces {
			p := &q.units[i].pieces[j]
			at := slices.IndexFunc(p.names, func(n *name) bool { return n.term == term })
			if at < 0 {
				continue
			}
			n := p.names[at]
			typed := make([]han.Symbol, 0, len(n.symbols))
			for _, c := range p.typed {
				typed = append(typed, withoutGaps(c.symbols)...)
			}
			if first := indexOf(n.symbols, typed); first >= 0 {
				return mark(first, first+len(typed))
			}
			if first, end := han.Spells(n.readings, p.typed[0].words[0]); end > 0 {
				return mark(first, end)
			}
		}
	}
	return nil
}

// marks finds what the query's clauses speak of in a text, as stretches that
// neither overlap nor touch.
func (q *parsed) marks(text string) []Mark {
	q.tokens = han.Tokenize(q.tokens[:0], text)
	tokens := q.tokens[:min(len(q.tokens), maxDocSymbols)]
	q.on = slices.Grow(q.on[:0], len(tokens))[:len(tokens)]
	on := q.on
	clear(on)
	for i := range q.clauses {
		if c := &q.clauses[i]; !c.exclude {
			c.mark(tokens, on)
		}
	}
	for i := range q.units {
		for j := range q.units[i].pieces {
			p := &q.units[i].pieces[j]
			for k := range p.variants {
				p.variants[k].mark(tokens, on)
			}
		}
	}
	var out []Mark
	for i, t := range tokens {
		if !on[i] {
			continue
		}
		if n := len(out); n > 0 && (on[i-1] || out[n-1].End >= t.Start) {
			out[n-1].End = max(out[n-1].End, t.End)
		} else {
			out = append(out, Mark{t.Start, t.End})
		}
	}
	return out
}

// window cuts a fragment to about n characters, where it has the most marked
// text; of equal places the first.
func window(f Fragment, n int) Fragment {
	if utf8.RuneCountInString(f.Text) <= n {
		return f
	}
	starts := make([]int, 0, len(f.Text)) // byte of each character, and the end
	for i := range f.Text {
		starts = append(starts, i)
	}
	starts = append(starts, len(f.Text))
	rune0 := func(b int) int { // the character that byte b begins
		lo, hi := 0, len(starts)-1
		for lo < hi {
			if m := (lo + hi) / 2; starts[m] < b {
				lo = m + 1
			} else {
				hi = m
			}
		}
		return lo
	}
	first, best := 0, 0
	for i, m := range f.Marks {
		a := max(rune0(m.Start)-n/6, 0) // a little of what comes before
		end := min(a+n, len(starts)-1)
		got := 0
		for _, o := range f.Marks[i:] {
			if o.End > starts[end] {
				break
			}
			got += o.End - o.Start
		}
		if got > best {
			first, best = a, got
		}
	}
	a, b := starts[first], starts[min(first+n, len(starts)-1)]
	for _, m := range f.Marks {
		if m.Start < a && a < m.End {
			a = m.Start
		}
		if m.Start < b && b < m.End {
			b = m.End
		}
	}
	out := Fragment{Field: f.Field, Item: f.Item, Start: a, Text: f.Text[a:b]}
	for _, m := range f.Marks {
		if m.Start >= a && m.End <= b {
			out.Marks = append(out.Marks, Mark{m.Start - a, m.End - a})
		}
	}
	return out
}
