package search

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"jiebang/search/han"
)

// clause is one demand of a query: a run of symbols that a document has to
// contain, or must not.
type clause struct {
	symbols []han.Symbol
	words   []string // the folded text of symbols that are words, else empty
	phrase  bool     // in exactly this order, side by side
	exclude bool
	written string // as the user typed it
}

// parsed is a query text taken apart.
type parsed struct {
	clauses []clause
	units   []unit // see expand
	empty   bool   // something was typed and nothing of it can be looked for
	// notes say what was read otherwise than it may have been meant.
	notes []Note

	tokens []han.Token // scratch space of marks
	on     []bool
}

// Note is a remark on how a query was read.
type Note string

const (
	// NoteOpenQuote: a quotation mark was not closed; the rest was read as the
	// phrase.
	NoteOpenQuote Note = "open_quote"
	// NoteNothingToExclude: a minus sign with nothing behind it was left out.
	NoteNothingToExclude Note = "nothing_to_exclude"
	// NoteMinusOfNumber: a minus sign before a digit was read as part of the number,
	// and excludes nothing.
	NoteMinusOfNumber Note = "minus_of_number"
	// NoteOnlyExclusion: the query only says what is not wanted.
	NoteOnlyExclusion Note = "only_exclusion"
	// NoteNothingToFind: no letter, digit or Han character is in the query, so
	// nothing is found.
	NoteNothingToFind Note = "nothing_to_find"
	// NoteSynonyms: other words that say the same were looked for too;
	// Page.Synonyms lists them.
	NoteSynonyms Note = "synonyms"
	// NoteCut: the query was longer than is read.
	NoteCut Note = "cut"
)

const (
	// maxQueryBytes and maxQueryClauses bound what a query may cost. A probe,
	// not a query, is the way to look for long texts.
	maxQueryBytes   = 2000
	maxQueryClauses = 64
)

// closing is the mark that ends a phrase begun by the key.
var closing = map[rune]rune{'"': '"', '“': '”', '”': '”', '„': '”', '「': '」', '『': '』', '《': '》', '＂': '＂'}

// parseQuery reads what a person typed: words in any order, "a phrase" in
// quotes, -exclusion of a word or phrase; a minus before a number is its sign. Nothing is an error: what cannot be
// read as an operator is text.
func parseQuery(s string) parsed {
	var p parsed
	blank := strings.TrimSpace(s) == ""
	if len(s) > maxQueryBytes {
		cut := maxQueryBytes
		for !utf8.RuneStart(s[cut]) {
			cut--
		}
		s = s[:cut]
		p.notes = append(p.notes, NoteCut)
	}
	for {
		s = strings.TrimLeftFunc(s, unicode.IsSpace)
		if s == "" {
			break
		}
		exclude := false
		if r, n := utf8.DecodeRuneInString(s); strings.ContainsRune(minus, r) {
			s = s[n:]
			switch {
			case s == "" || startsWithSpace(s):
				p.notes = append(p.notes, NoteNothingToExclude)
				continue
			case startsNumber(s):
				if !slices.Contains(p.notes, NoteMinusOfNumber) {
					p.notes = append(p.notes, NoteMinusOfNumber)
				}
			default:
				exclude = true
			}
		}
		r, n := utf8.DecodeRuneInString(s)
		if end, ok := closing[r]; ok {
			rest := s[n:]
			at := strings.IndexRune(rest, end)
			body := rest
			if at >= 0 {
				body, s = rest[:at], rest[at+utf8.RuneLen(end):]
			} else {
				s = ""
				p.notes = append(p.notes, NoteOpenQuote)
			}
			p.addPhrase(body, exclude)
			continue
		}
		word := s
		if at := strings.IndexFunc(s, func(r rune) bool { return unicode.IsSpace(r) || closing[r] != 0 }); at >= 0 {
			word = s[:at]
		}
		s = s[len(word):]
		if exclude {
			p.addPhrase(word, true)
		} else {
			p.addWords(word)
		}
	}
	if len(p.clauses) > maxQueryClauses {
		p.clauses = p.clauses[:maxQueryClauses]
		p.notes = append(p.notes, NoteCut)
	}
	wanted := 0
	for _, c := range p.clauses {
		if !c.exclude {
			wanted++
		}
	}
	switch {
	case len(p.clauses) == 0 && !blank:
		p.empty = true
		p.notes = append(p.notes, NoteNothingToFind)
	case len(p.clauses) > 0 && wanted == 0:
		p.notes = append(p.notes, NoteOnlyExclusion)
	}
	return p
}

// minus are the signs that exclude what stands behind them: on the keyboard, of full width, of mathematics, small.
const minus = "-－−﹣"

// startsNumber tells whether a number begins here: -196℃ and -.5 mean a temperature and a value, and are no wish to see nothing of them.
func startsNumber(s string) bool {
	r, n := utf8.DecodeRuneInString(s)
	if strings.ContainsRune(".．", r) {
		r, _ = utf8.DecodeRuneInString(s[n:])
	}
	return unicode.IsNumber(r) && !unicode.Is(unicode.Han, r)
}

func startsWithSpace(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return unicode.IsSpace(r)
}

func (p *parsed) addPhrase(s string, exclude bool) {
	tokens := han.Tokenize(nil, s)
	if n := len(tokens); n > 0 && tokens[n-1].Sym == han.Gap {
		tokens = tokens[:n-1]
	}
	if c := newClause(tokens, s); len(c.symbols) > 0 {
		c.phrase, c.exclude = true, exclude
		p.add(c)
	}
}

// add takes a clause in, unless it is there already.
func (p *parsed) add(c clause) {
	for _, o := range p.clauses {
		if o.phrase == c.phrase && o.exclude == c.exclude && slices.Equal(o.symbols, c.symbols) {
			return
		}
	}
	p.clauses = append(p.clauses, c)
}

// addWords reads text without spaces: every word of another script is a clause,
// and so is every stretch of Han characters between words that only join
// (的、和) or ask (怎么、在哪).
func (p *parsed) addWords(s string) {
	tokens := han.Tokenize(nil, s)
	first := -1 // of the Han stretch being read
	flush := func(end int) {
		if first < 0 {
			return
		}
		for _, part := range splitHan(tokens[first:end]) {
			p.add(newClause(part, s[part[0].Start:part[len(part)-1].End]))
		}
		first = -1
	}
	for i, t := range tokens {
		if t.IsHan() {
			if first < 0 {
				first = i
			}
			continue
		}
		flush(i)
		if t.Sym != han.Gap {
			p.add(newClause(tokens[i:i+1], s[t.Start:t.End]))
		}
	}
	flush(len(tokens))
}

func newClause(tokens []han.Token, written string) clause {
	c := clause{written: written}
	for _, t := range tokens {
		c.symbols = append(c.symbols, t.Sym)
		c.words = append(c.words, t.Word)
	}
	return c
}

// asking are words of questions and requests, which say nothing about what is
// looked for. Longer ones come before their parts.
var asking = symbolLists("有没有什么", "为什么", "有没有", "怎么办", "怎么样", "能不能", "可不可以", "是不是", "在哪里", "在哪儿",
	"怎么", "怎样", "如何", "什么", "哪里", "哪些", "哪个", "哪家", "哪儿", "在哪", "请问", "谁有", "谁能", "求购", "寻求", "寻找", "想找", "想要", "需要", "可以")

// joining characters stand between words and belong to neither.
var joining = runeSet("的之与和及或吗呢吧")

func symbolLists(words ...string) [][]han.Symbol {
	var out [][]han.Symbol
	for _, w := range words {
		var list []han.Symbol
		for _, r := range w {
			list = append(list, han.Symbol(r))
		}
		out = append(out, list)
	}
	return out
}

// splitHan cuts a stretch of Han characters at joining and asking words. If
// nothing else is in it, the words were meant, and it stays whole.
func splitHan(tokens []han.Token) [][]han.Token {
	var parts [][]han.Token
	first := 0
	cut := func(end, next int) {
		if end > first {
			parts = append(parts, tokens[first:end])
		}
		first = next
	}
scan:
	for i := 0; i < len(tokens); {
		if joining[tokens[i].Sym] {
			cut(i, i+1)
			i++
			continue
		}
		for _, w := range asking {
			if hasPrefix(tokens[i:], w) {
				cut(i, i+len(w))
				i += len(w)
				continue scan
			}
		}
		i++
	}
	cut(len(tokens), len(tokens))
	if parts == nil {
		parts = [][]han.Token{tokens}
	}
	return parts
}

func hasPrefix(tokens []han.Token, w []han.Symbol) bool {
	if len(tokens) < len(w) {
		return false
	}
	for i, s := range w {
		if tokens[i].Sym != s {
			return false
		}
	}
	return true
}
