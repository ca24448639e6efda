package search

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"jiebang/search/han"
)

const (
	// maxAtoms bounds the parts of a name that are put together anew, and maxSpellings
	// how many ways to do so are looked for.
	maxAtoms     = 8
	maxSpellings = 16
	// maxTogether is how many words in a row may be one name.
	maxTogether = 3
	// minHalf is the length from which letters are taken for half of a word.
	minHalf = 2
)

// addSpellings adds, for words of Latin and other letters, the ways in which others part the
// same name: ISO 9001, ISO9001 and ISO-9001 are one, as are Wi-Fi and WiFi, 10 μm
// and 10μm. What was typed is taken apart where letters meet digits or another script, and
// put together in all ways whose parts are words of some text; each is a phrase.
func (p *parsed) addSpellings(s stretch, found []occurrence, hasWord func(string) (bool, error)) ([]occurrence, error) {
	for i := 0; i < len(s.symbols); {
		if s.symbols[i] < han.WordBase {
			i++
			continue
		}
		end := i // of the words in a row
		for end < len(s.symbols) && s.symbols[end] >= han.WordBase {
			end++
		}
		for i < end {
			next := i + p.wordsOf(s, i, end)
			// As many words together as have another spelling.
			for to := p.lastTogether(s, i, end); to > i; to = p.clauseStart(s, to-1) {
				free := !slices.ContainsFunc(found, func(o occurrence) bool { return o.from < to && i < o.end && (o.from != i || o.end != to) })
				if !free {
					continue
				}
				list, err := p.spellings(s, i, to, hasWord)
				if err != nil {
					return nil, err
				}
				if len(list) == 0 {
					continue
				}
				if at := slices.IndexFunc(found, func(o occurrence) bool { return o.from == i && o.end == to }); at >= 0 {
					found[at].variants = append(slices.Clone(found[at].variants), list...)
				} else {
					found = append(found, occurrence{from: i, end: to, variants: list})
				}
				next = to
				break
			}
			i = next
		}
	}
	return found, nil
}

// wordsOf is how many symbols the clause at a place has in a row of words.
func (p *parsed) wordsOf(s stretch, from, end int) int {
	to := from + 1
	for to < end && s.clause[to] == s.clause[from] {
		to++
	}
	return to - from
}

// clauseStart is where the clause of a symbol begins.
func (p *parsed) clauseStart(s stretch, at int) int {
	for at > 0 && s.clause[at-1] == s.clause[at] {
		at--
	}
	return at
}

// lastTogether is the end of the most clauses in a row that may be one name.
func (p *parsed) lastTogether(s stretch, from, end int) int {
	to := from
	for n := 0; n < maxTogether && to < end; n++ {
		to += p.wordsOf(s, to, end)
	}
	return to
}

// spellings are the other ways to write the words from one place to another. Of several clauses
// those that join words across a blank; else the clauses stand for themselves.
func (p *parsed) spellings(s stretch, from, to int, hasWord func(string) (bool, error)) ([]clause, error) {
	var atoms []string
	starts := map[int]bool{} // atoms that begin a word as it was typed
	blanks := map[int]bool{} // and those that begin a clause behind another
	for i := from; i < to; i++ {
		if i > from && s.clause[i] != s.clause[i-1] {
			blanks[len(atoms)] = true
		}
		starts[len(atoms)] = true
		atoms = append(atoms, atomsOf(p.clauses[s.clause[i]].words[s.at[i]])...)
	}
	if len(atoms) == 1 {
		return halves(atoms[0], hasWord)
	}
	if len(atoms) > maxAtoms {
		return nil, nil
	}
	known := map[[2]int]bool{}
	has := func(a, b int) (bool, error) {
		ok, asked := known[[2]int{a, b}]
		if !asked {
			var err error
			if ok, err = hasWord(strings.Join(atoms[a:b], "")); err != nil {
				return false, err
			}
			known[[2]int{a, b}] = ok
		}
		return ok, nil
	}
	joinable := func(a, b int) bool {
		for i := a + 1; i < b; i++ {
			if starts[i] && !meet(atoms[i-1], atoms[i]) {
				return false
			}
		}
		return true
	}
	var out []clause
	var cuts []int // where the words of a spelling begin
	var try func(at int) error
	try = func(at int) error {
		if at == len(atoms) {
			other, crossed := len(cuts) != len(starts), len(blanks) == 0
			for _, c := range cuts {
				other = other || !starts[c]
			}
			for b := range blanks {
				crossed = crossed || !slices.Contains(cuts, b)
			}
			if other && crossed && len(out) < maxSpellings {
				out = append(out, spelling(atoms, cuts))
			}
			return nil
		}
		for end := len(atoms); end > at; end-- {
			if end < len(atoms) && inseparable(atoms[end-1], atoms[end]) && !starts[end] || !joinable(at, end) {
				continue
			}
			ok, err := has(at, end)
			if err != nil {
				return err
			}
			if !ok {
				continue
			}
			cuts = append(cuts, at)
			if err := try(end); err != nil {
				return err
			}
			cuts = cuts[:len(cuts)-1]
		}
		return nil
	}
	return out, try(0)
}

// inseparable reports whether digits and a letter are one word however they are written: 5G is
// no 5 g, 3D no 3 d.
func inseparable(digits, letter string) bool {
	return len(digits) == 1 && (letter == "g" && "2" <= digits && digits <= "6" || letter == "d" && "1" <= digits && digits <= "4")
}

// meet reports whether two parts that were typed apart may be one word: digits and letters may,
// letters if the word has enough of them, and two numbers never.
func meet(a, b string) bool {
	first, _ := utf8.DecodeLastRuneInString(a)
	second, _ := utf8.DecodeRuneInString(b)
	switch x, y := atomKind(first), atomKind(second); {
	case x < 0 || y < 0:
		return false
	case x != y:
		return true
	default:
		return x != 0 && len(a)+len(b) >= 2*minHalf
	}
}

// halves are the two words that a word of letters alone may be made of: wifi, and Wi-Fi.
func halves(word string, hasWord func(string) (bool, error)) ([]clause, error) {
	var out []clause
	if strings.Trim(word, "abcdefghijklmnopqrstuvwxyz") != "" {
		return nil, nil
	}
	for i := minHalf; i+minHalf <= len(word) && len(out) < maxSpellings; i++ {
		both := true
		for _, half := range []string{word[:i], word[i:]} {
			if both {
				var err error
				if both, err = hasWord(half); err != nil {
					return nil, err
				}
			}
		}
		if both {
			out = append(out, spelling([]string{word[:i], word[i:]}, []int{0, 1}))
		}
	}
	return out, nil
}

// spelling is the phrase of words that are made of atoms, each from its cut to the next.
func spelling(atoms []string, cuts []int) clause {
	c := clause{phrase: true, spelled: true}
	var written []string
	for i, at := range cuts {
		end := len(atoms)
		if i+1 < len(cuts) {
			end = cuts[i+1]
		}
		if i > 0 {
			c.symbols, c.words = append(c.symbols, han.Gap), append(c.words, "")
		}
		word := strings.Join(atoms[at:end], "")
		c.symbols, c.words = append(c.symbols, han.WordSymbol(word)), append(c.words, word)
		written = append(written, word)
	}
	c.written = strings.Join(written, " ")
	return c
}

// atomsOf takes a word apart where digits, Latin letters and other scripts meet. Signs stay with what
// they stand at.
func atomsOf(word string) []string {
	var out []string
	first, kind := 0, -1
	for i, r := range word {
		k := atomKind(r)
		if k < 0 || k == kind {
			continue
		}
		if kind >= 0 && i > first {
			out = append(out, word[first:i])
			first = i
		}
		kind = k
	}
	return append(out, word[first:])
}

func atomKind(r rune) int {
	switch {
	case unicode.IsDigit(r):
		return 0
	case r < utf8.RuneSelf && unicode.IsLetter(r):
		return 1
	case unicode.IsLetter(r):
		return 2
	}
	return -1 // a sign
}
