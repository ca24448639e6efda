package search

import (
	"bufio"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"jiebang/search/han"
	"jiebang/search/lines"
)

//go:embed synonyms.txt
var defaultSynonyms string

// Synonyms is a table of words of the trade that say the same. It does not
// change once it is made; the zero table has none.
type Synonyms struct {
	byFirst map[han.Symbol][]*synonym // the longest first
}

// synonym is a word and how else it may be said.
type synonym struct {
	symbols []han.Symbol // without gaps
	others  []clause     // phrases
}

// maxSynonymLine bounds a line of a table, in bytes.
const maxSynonymLine = 4096

// DefaultSynonyms is the table that comes with the package.
var DefaultSynonyms = sync.OnceValue(func() *Synonyms {
	t, err := ReadSynonyms(strings.NewReader(defaultSynonyms))
	if err != nil {
		panic(err) // a test reads the file
	}
	return t
})

// ReadSynonyms reads a table in UTF-8. Each line is a group of words that say
// the same, with commas or 、 between them; spaces belong to a word. With => in a
// line, those on the left are also looked for as those on the right, and not the
// other way round. What follows # is a remark. An error names the line.
//
//	印制电路板, 印刷电路板, PCB
//	钠电 => 钠离子电池
//
// A word may be in several groups; they are not joined.
func ReadSynonyms(r io.Reader) (*Synonyms, error) {
	t := &Synonyms{byFirst: map[han.Symbol][]*synonym{}}
	in, err := lines.OpenText(r)
	if err != nil {
		return nil, fmt.Errorf("search: synonyms: %w", err)
	}
	for {
		raw, n, err := in.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err == nil && len(raw) > maxSynonymLine {
			err = bufio.ErrTooLong
		}
		if err != nil {
			return nil, fmt.Errorf("search: synonyms, line %d: %w", n, err)
		}
		typed := string(raw)
		if !utf8.ValidString(typed) || strings.ContainsRune(typed, 0) {
			return nil, fmt.Errorf("search: synonyms, line %d: 不是 UTF-8 文字，请另存为 UTF-8。 It is no text in UTF-8; save it as UTF-8", n)
		}
		line, _, _ := strings.Cut(typed, "#")
		if strings.TrimSpace(line) == "" {
			continue
		}
		if err := t.addLine(line); err != nil {
			return nil, fmt.Errorf("search: synonyms, line %d: %w", n, err)
		}
	}
	for _, list := range t.byFirst {
		slices.SortStableFunc(list, func(a, b *synonym) int { return len(b.symbols) - len(a.symbols) })
	}
	return t, nil
}

// ReadSynonymsFile reads a table from a file.
func ReadSynonymsFile(path string) (*Synonyms, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("search: synonyms: %w", err)
	}
	defer f.Close()
	return ReadSynonyms(f)
}

func (t *Synonyms) addLine(line string) error {
	left, right, oneWay := strings.Cut(line, "=>")
	from, err := synonymWords(left)
	if err != nil {
		return err
	}
	to := from
	if oneWay {
		if to, err = synonymWords(right); err != nil {
			return err
		}
	} else if len(from) < 2 {
		return fmt.Errorf("%q says the same as nothing", strings.TrimSpace(left))
	}
	for _, f := range from {
		for _, o := range to {
			if !slices.Equal(f.symbols, o.symbols) {
				t.add(f, o)
			}
		}
	}
	return nil
}

// synonymWords reads words with separators between them, each as a phrase.
func synonymWords(s string) ([]clause, error) {
	var out []clause
	for _, w := range strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune(",，、", r) }) {
		var p parsed
		p.addPhrase(strings.TrimSpace(w), false)
		if len(p.clauses) == 0 {
			return nil, fmt.Errorf("nothing can be looked for in %q", w)
		}
		if c := &p.clauses[0]; len(c.symbols) == 1 && han.IsHan(c.symbols[0]) {
			return nil, fmt.Errorf("%q is one character, which is no word", w)
		}
		out = append(out, p.clauses[0])
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("no word on one side")
	}
	return out, nil
}

func (t *Synonyms) add(from, to clause) {
	symbols := withoutGaps(from.symbols)
	list := t.byFirst[symbols[0]]
	i := slices.IndexFunc(list, func(s *synonym) bool { return slices.Equal(s.symbols, symbols) })
	if i < 0 {
		i = len(list)
		list = append(list, &synonym{symbols: symbols})
		t.byFirst[symbols[0]] = list
	}
	s := list[i]
	if !slices.ContainsFunc(s.others, func(c clause) bool { return slices.Equal(c.symbols, to.symbols) }) {
		s.others = append(s.others, to)
	}
}

// begins is the longest word of the table that symbols begin with; nil if there
// is none.
func (t *Synonyms) begins(symbols []han.Symbol) *synonym {
	if t == nil || len(symbols) == 0 {
		return nil
	}
	for _, s := range t.byFirst[symbols[0]] {
		if len(s.symbols) <= len(symbols) && slices.Equal(s.symbols, symbols[:len(s.symbols)]) {
			return s
		}
	}
	return nil
}
