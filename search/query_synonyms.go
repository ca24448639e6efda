package search

import (
	_ "embed"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"sync"

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

// mostWrongSynonyms is how many lines of a table are told to be wrong at once.
const mostWrongSynonyms = 20

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
		return nil, fmt.Errorf("同义词表 the table of synonyms: %w", err)
	}
	var wrong []error // single lines, told together once the others were read
	for {
		raw, n, err := in.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		alone := err == nil || lines.Alone(err)
		if err == nil && len(raw) > maxSynonymLine {
			err = wrongSynonyms("该行超过 %[1]d 字节；请拆成几行。", "The line is longer than %[1]d bytes; split it.", maxSynonymLine)
		}
		if err == nil {
			line, _, _ := strings.Cut(string(raw), "#")
			if strings.TrimSpace(line) == "" {
				continue
			}
			err = t.addLine(line)
		}
		if err != nil {
			wrong = append(wrong, fmt.Errorf("同义词表第 %[1]d 行 the table of synonyms, line %[1]d: %[2]w", n, err))
		}
		if !alone || len(wrong) == mostWrongSynonyms {
			break
		}
	}
	if len(wrong) > 0 {
		return nil, errors.Join(wrong...)
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
		return nil, fmt.Errorf("无法读取同义词表 the table of synonyms cannot be read: %w", err)
	}
	defer f.Close()
	t, err := ReadSynonyms(f)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return t, nil
}

// wrongSynonyms is what is wrong with a line, and what to do: in Chinese, with English beside it.
func wrongSynonyms(zh, en string, args ...any) error {
	return errors.New(fmt.Sprintf(zh, args...) + " " + fmt.Sprintf(en, args...))
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
		return wrongSynonyms("只有“%[1]s”一个词；同一行须有两个以上的词，以逗号隔开，或用 => 写明单向。",
			"“%[1]s” stands alone; a line takes two words at least, with commas between them, or => for one way.", strings.TrimSpace(left))
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
		if q := strings.TrimSpace(w); strings.HasPrefix(q, "\"") || strings.HasPrefix(q, "“") {
			return nil, wrongSynonyms("%[1]s 带有引号；词不加引号，带引号的 CSV 请先去掉引号。", "%[1]s has quotes; words are written without, so take those of a CSV away.", q)
		}
		var p parsed
		p.addPhrase(strings.TrimSpace(w), false)
		if len(p.clauses) == 0 {
			return nil, wrongSynonyms("“%[1]s”中没有可检索的字词，请改正或删去。", "Nothing can be looked for in “%[1]s”; mend it or take it out.", strings.TrimSpace(w))
		}
		if c := &p.clauses[0]; len(c.symbols) == 1 && han.IsHan(c.symbols[0]) {
			return nil, wrongSynonyms("“%[1]s”只有一个字，不成词；请写两个字以上的词。", "“%[1]s” is one character, which is no word; write two at least.", strings.TrimSpace(w))
		}
		out = append(out, p.clauses[0])
	}
	if len(out) == 0 {
		return nil, wrongSynonyms("=> 的一侧或整行没有词，请补上。", "There is no word on one side of =>, or in the line; write one.")
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
