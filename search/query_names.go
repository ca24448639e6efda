package search

import (
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"jiebang/search/han"
)

const (
	// namePrefix begins the index terms of names. No term of a text has it, so
	// names share the field of the texts and touch none of its statistics.
	namePrefix = "\x01"
	// maxNameBytes cuts a name as an index term, maxNameSymbols as it is compared.
	maxNameBytes   = 240
	maxNameSymbols = 64
	// maxNames is the number of names up to which a word is taken to mean names:
	// 大学 says nothing about which one.
	maxNames = 64
	// minNameInside is the length from which a whole name is recognised inside a
	// longer stretch of text.
	minNameInside = 3
)

// nameTable has every distinct name that documents carry, with what finds it. It
// only grows; a name that no document has any more finds nothing.
type nameTable struct {
	mu     sync.RWMutex
	number map[string]int32 // by folded text
	names  []*name
	byPair map[han.TermKey][]int32 // names with two symbols side by side
}

// name is a name as it is compared: symbols without gaps.
type name struct {
	term     string // in the index
	written  string // as one document has it
	symbols  []han.Symbol
	readings [][]string // of each symbol; a word is read as itself
	letters  uint32     // that any reading begins with, a bit each
}

func newNameTable() *nameTable {
	return &nameTable{number: map[string]int32{}, byPair: map[han.TermKey][]int32{}}
}

// foldName reads a name into symbols, and into the term it is indexed by; the
// term is empty for a name without anything to find.
func foldName(buf []han.Token, s string) (tokens []han.Token, term string) {
	for _, t := range han.Tokenize(buf[:0], s) {
		if t.Sym != han.Gap && len(tokens) < maxNameSymbols {
			tokens = append(tokens, t)
		}
	}
	if len(tokens) == 0 {
		return nil, ""
	}
	text := []byte(namePrefix)
	for i, t := range tokens {
		if i > 0 && !t.IsHan() && !tokens[i-1].IsHan() {
			text = append(text, ' ')
		}
		text = han.AppendTermText(text, tokens, i, 1)
	}
	if len(text) > maxNameBytes {
		text = text[:maxNameBytes]
	}
	return tokens, string(text)
}

// add takes a document's names in.
func (t *nameTable) add(list []string) {
	for _, s := range list {
		tokens, term := foldName(nil, s)
		if term == "" {
			continue
		}
		t.mu.RLock()
		_, known := t.number[term]
		t.mu.RUnlock()
		if known {
			continue
		}
		n := &name{term: term, written: strings.TrimSpace(s)}
		for _, k := range tokens {
			readings := []string{k.Word}
			if k.IsHan() {
				readings = han.Readings(k.Sym)
				if written, _ := utf8.DecodeRuneInString(s[k.Start:k.End]); han.Symbol(written) != k.Sym { // 乾 is read qián, too
					readings = append(readings, han.Readings(han.Symbol(written))...)
				}
			}
			n.symbols, n.readings = append(n.symbols, k.Sym), append(n.readings, readings)
			for _, r := range readings {
				n.letters |= letterBit(r[0])
			}
		}
		t.mu.Lock()
		at := int32(len(t.names))
		t.number[term] = at
		t.names = append(t.names, n)
		for i := 0; i+1 < len(n.symbols); i++ {
			k := han.PairKey(n.symbols[i], n.symbols[i+1])
			if list := t.byPair[k]; len(list) == 0 || list[len(list)-1] != at {
				t.byPair[k] = append(list, at)
			}
		}
		t.mu.Unlock()
	}
}

func letterBit(b byte) uint32 {
	if 'a' <= b && b <= 'z' {
		return 1 << (b - 'a')
	}
	return 0
}

// meant are the names that a clause speaks of: those it is a part of, and for a
// word of Latin letters those it spells in pinyin, if byPinyin. A clause that
// fits more than maxNames means none.
func (t *nameTable) meant(c *clause, byPinyin bool) []*name {
	t.mu.RLock()
	defer t.mu.RUnlock()
	if len(t.names) == 0 {
		return nil
	}
	var out []*name
	if symbols := withoutGaps(c.symbols); len(symbols) > 1 {
		for _, at := range t.byPair[han.PairKey(symbols[0], symbols[1])] {
			if indexOf(t.names[at].symbols, symbols) >= 0 {
				if out = append(out, t.names[at]); len(out) > maxNames {
					return nil
				}
			}
		}
		return out
	}
	word := c.words[0]
	if word == "" {
		return nil
	}
	byPinyin = byPinyin && strings.Trim(word, "abcdefghijklmnopqrstuvwxyz") == ""
	for _, n := range t.names {
		fits := slices.Contains(n.symbols, c.symbols[0])
		if !fits && byPinyin && n.letters&letterBit(word[0]) != 0 {
			_, end := han.Spells(n.readings, word)
			fits = end > 0
		}
		if fits {
			if out = append(out, n); len(out) > maxNames {
				return nil
			}
		}
	}
	return out
}

// begins is the longest name of Han characters that symbols begin with; nil if
// there is none.
func (t *nameTable) begins(symbols []han.Symbol) *name {
	if len(symbols) < minNameInside {
		return nil
	}
	t.mu.RLock()
	defer t.mu.RUnlock()
	var longest *name
	for _, at := range t.byPair[han.PairKey(symbols[0], symbols[1])] {
		n := t.names[at]
		if k := len(n.symbols); k >= minNameInside && k <= len(symbols) && (longest == nil || k > len(longest.symbols)) && slices.Equal(n.symbols, symbols[:k]) {
			longest = n
		}
	}
	return longest
}

func withoutGaps(symbols []han.Symbol) []han.Symbol {
	if !slices.Contains(symbols, han.Gap) {
		return symbols
	}
	return slices.DeleteFunc(slices.Clone(symbols), func(s han.Symbol) bool { return s == han.Gap })
}
