// Package text holds the one rule for every text that others will read: what of it is kept as it was typed, what is put right without
// a word, and what is refused, with the character and its place.
//
// Put right, since it says nothing and comes along when one copies: blanks around a text, blanks of other widths (U+00A0, U+2002 … but
// not the Chinese U+3000), tabs in a line, line ends of other systems, marks that only tell where a line may break (U+200B, U+2060,
// U+FEFF, U+00AD), joiners and variation selectors that join and vary nothing. What is stored is in normal form C.
//
// Refused, since the writer cannot have seen it, or readers would see something else than was written: control characters, characters
// that turn the direction of writing, fillers and other characters that show nothing, marks without a letter below them or more than
// eight on one, the replacement character of a text that was damaged before, private use, what Unicode has not assigned, and a text in
// which nothing can be seen. A line holds no line ends.
//
// Emoji with their joiners, skin tones and flags, variants of Chinese characters (U+FE00 …, U+E0100 …) and marks on letters stay.
// Width is not touched in texts: Ｅ is not E to who typed it; codes, numbers and keywords are folded (Fold, Keywords).
package text

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"jiebang/internal/fault"
)

// Class says what kind of text a place takes.
type Class int

// The classes.
const (
	Line   Class = iota // one line: a name, a title
	Long                // a text of any number of lines
	Code                // what is compared: letters and digits of full width are the usual ones
	Upper               // a code in capitals
	Lower               // a code in small letters
	Number              // a code in capitals without blanks, hyphens and apostrophes: a credit code
	Exact               // nobody's to touch: a password, another system's identifier
)

// Wrong is why a text is refused.
type Wrong struct {
	Place fault.Place
	At    int        // which character of what was typed, from 1; 0: the whole
	Rune  rune       // that character
	why   fault.Text // and what is to be done
}

func (w *Wrong) Error() string { return w.Message().String() }

// Message is for the person who typed it.
func (w *Wrong) Message() fault.Text {
	if w.At == 0 {
		return w.why
	}
	return fault.Text{ZH: fmt.Sprintf("第 %d 个字符（U+%04X）%s", w.At, w.Rune, w.why.ZH), EN: fmt.Sprintf("Character %d (U+%04X) %s", w.At, w.Rune, w.why.EN)}
}

// Clean gives the text as it is kept, or says why it is refused.
func Clean(s string, c Class) (string, *Wrong) {
	if !utf8.ValidString(s) {
		return s, &Wrong{Place: fault.BadCharacters, why: fault.Text{ZH: "不是合法的 UTF-8。", EN: "It is not valid UTF-8."}}
	}
	switch c {
	case Exact:
		return s, nil
	case Line, Long:
		if plain(s) {
			return s, nil
		}
	}
	r := reader{class: c}
	if wrong := r.read(s); wrong != nil {
		return s, wrong
	}
	out := strings.TrimSpace(norm.NFC.String(r.out.String()))
	if out != "" && !r.visible || out == "" && strings.TrimSpace(s) != "" {
		return s, &Wrong{Place: fault.Invisible, why: fault.Text{ZH: "只含看不见的字符，请重新填写。", EN: "Nothing in it can be seen; write it anew."}}
	}
	switch c {
	case Upper:
		out = strings.ToUpper(out)
	case Lower:
		out = strings.ToLower(out)
	case Number:
		out = Tight(out)
	}
	return out, nil
}

// plain tells of most texts at a glance that there is nothing to do.
func plain(s string) bool {
	if s == "" {
		return true
	}
	for _, r := range s {
		if (r <= ' ' || r >= 0x7f) && (r < 0x4E00 || r > 0x9FA5) && !strings.ContainsRune("，。；：、“”（）《》！？", r) {
			return false
		}
	}
	return true
}

// mostMarks is how many marks one letter carries; more are there to spoil a page.
const mostMarks = 8

type reader struct {
	class   Class
	out     strings.Builder
	last    rune // the last that was kept, or 0
	base    bool // a mark may follow
	marks   int  // that followed the last base
	flag    bool // within a flag that is written by tags
	visible bool
}

func (r *reader) read(s string) *Wrong {
	typed := []rune(s)
	first, end := 0, len(typed)
	for first < end && unicode.IsSpace(typed[first]) {
		first++
	}
	for end > first && unicode.IsSpace(typed[end-1]) {
		end--
	}
	for i := first; i < end; i++ {
		c := typed[i]
		if c == '\r' && i+1 < end && typed[i+1] == '\n' {
			continue
		}
		var next rune
		if i+1 < end {
			next = typed[i+1]
		}
		kept, wrong := r.take(c, next)
		if wrong != nil {
			wrong.At, wrong.Rune = i+1, c
			return wrong
		}
		if kept != 0 {
			r.keep(kept)
		}
	}
	return nil
}

// take decides about one character: what stands for it, or 0 for nothing.
func (r *reader) take(c, next rune) (rune, *Wrong) {
	switch {
	case strings.ContainsRune("\n\r\v\f\u0085\u2028\u2029", c):
		if r.class != Long {
			return 0, &Wrong{Place: fault.OneLine, why: fault.Text{ZH: "是换行，此处只能填一行。", EN: "ends the line; this takes one line."}}
		}
		return '\n', nil
	case c == '\t' && r.class == Long:
		return c, nil
	case c == '\t', c != ' ' && c != 0x3000 && unicode.Is(unicode.Zs, c):
		return ' ', nil
	case r.class >= Code && (c == 0x3000 || c >= 0xFF01 && c <= 0xFF5E):
		return Fold(c), nil
	case unicode.Is(unicode.Cc, c):
		return 0, bad("是控制字符，请删去。", "is a control character; remove it.")
	case unicode.Is(unicode.Bidi_Control, c):
		return 0, bad("会改变文字方向，请删去。", "turns the direction of writing; remove it.")
	case c == 0x200B || c == 0x2060 || c == 0xFEFF || c == 0xAD:
		return 0, nil
	case c == 0x200C || c == 0x200D:
		return r.joiner(c, next), nil
	case unicode.Is(unicode.Variation_Selector, c):
		if r.base && r.class < Code && !unicode.Is(unicode.Variation_Selector, r.last) {
			return c, nil
		}
		return 0, nil
	case c >= 0xE0020 && c <= 0xE007F && (r.last == 0x1F3F4 || r.flag):
		r.flag = c != 0xE007F
		return c, nil
	}
	return r.shown(c)
}

// shown decides about what is neither blank nor a mark of format.
func (r *reader) shown(c rune) (rune, *Wrong) {
	switch {
	case hidden(c):
		return 0, bad("看不见，请删去。", "shows nothing; remove it.")
	case c == utf8.RuneError:
		return 0, bad("是转码时损坏的字符，请更正。", "is left of a character that a conversion destroyed; write it anew.")
	case unicode.Is(unicode.Co, c):
		return 0, bad("是自造字，别人的设备上看不到，请换用标准字符。", "is for private use and others cannot see it; use a standard character.")
	case unicode.Is(unicode.Cn, c) && !young(c):
		return 0, bad("不是 Unicode 已定义的字符，请更正。", "is no character of Unicode; correct it.")
	case unicode.Is(unicode.M, c) && !r.base:
		return 0, bad("是附加符号，前面没有可附的字符，请删去。", "is a mark without a letter that it stands on; remove it.")
	case unicode.Is(unicode.M, c) && r.marks == mostMarks:
		return 0, bad("是叠加过多的附加符号，请删去。", "is one of too many marks on one letter; remove it.")
	}
	return c, nil
}

func bad(zh, en string) *Wrong {
	return &Wrong{Place: fault.BadCharacters, why: fault.Text{ZH: zh, EN: en}}
}

func (r *reader) keep(c rune) {
	r.out.WriteRune(c)
	r.last = c
	switch {
	case unicode.Is(unicode.M, c) && !unicode.Is(unicode.Variation_Selector, c):
		r.marks++
	case unicode.Is(unicode.Variation_Selector, c), c == 0x200C, c == 0x200D:
	default:
		r.base, r.marks = !unicode.IsSpace(c), 0
		r.visible = r.visible || r.base
	}
}

// joiner keeps a joiner where it joins: between emoji, and in scripts whose letters take other forms by it.
func (r *reader) joiner(c, next rune) rune {
	if r.class < Code && (c == 0x200D && pictured(r.last) && pictured(next) || unicode.In(r.last, joining...) && unicode.In(next, joining...)) {
		return c
	}
	return 0
}

// pictured tells whether a character is, or may be part of, an emoji.
func pictured(c rune) bool {
	return c >= 0x1F000 && c <= 0x1FAFF || c >= 0x2190 && c <= 0x2BFF || c == 0xFE0F || c == 0x3030 || c == 0x303D
}

// joining are the scripts in which joiners say something.
var joining = []*unicode.RangeTable{
	unicode.Arabic, unicode.Syriac, unicode.Nko, unicode.Mongolian, unicode.Devanagari, unicode.Bengali, unicode.Gurmukhi, unicode.Gujarati,
	unicode.Oriya, unicode.Tamil, unicode.Telugu, unicode.Kannada, unicode.Malayalam, unicode.Sinhala, unicode.Tibetan, unicode.Myanmar, unicode.Khmer,
}

// hidden tells what leaves no mark and no blank of its own: marks of format, fillers, and the holder of an object that is not there.
// The signs that Arabic and Syriac set around numbers are written and are none.
func hidden(c rune) bool {
	if unicode.Is(unicode.Prepended_Concatenation_Mark, c) {
		return false
	}
	return c == 0xFFFC || c == brailleBlank || unicode.Is(unicode.Cf, c) || unicode.Is(unicode.Other_Default_Ignorable_Code_Point, c)
}

// brailleBlank is a pattern of Braille without dots: no blank to Unicode, and nothing to see.
const brailleBlank = 0x2800

// Unseen tells what leaves no mark of its own, for identifiers, whose readers would take two for one: blanks but the usual one, controls, marks of
// format such as the zero-width space, fillers.
func Unseen(c rune) bool {
	return c != ' ' && (unicode.IsSpace(c) || unicode.Is(unicode.Z, c) || unicode.Is(unicode.C, c) || c == utf8.RuneError || c == brailleBlank ||
		unicode.Is(unicode.Other_Default_Ignorable_Code_Point, c) || unicode.Is(unicode.Variation_Selector, c))
}

// young are characters that Unicode has assigned, or keeps for emoji, and Go's tables do not have yet: people have names that are
// written so.
func young(c rune) bool {
	return c >= 0x2EBF0 && c <= 0x2EE5D || c >= 0x323B0 && c <= 0x33479 || c >= 0x1F000 && c <= 0x1FAFF
}

// Fold is the usual form of a letter, digit or sign of full width.
func Fold(c rune) rune {
	switch {
	case c == 0x3000:
		return ' '
	case c >= 0xFF01 && c <= 0xFF5E:
		return c - 0xFEE0
	}
	return c
}

// Narrow is a text with every letter, digit, sign and blank of full width in its usual form, without blanks around it and without the
// marks that nobody sees: how codes and numbers are read wherever they come from.
func Narrow(s string) string {
	return strings.TrimSpace(strings.Map(func(c rune) rune {
		switch {
		case c == 0x200B, c == 0x200C, c == 0x200D, c == 0x2060, c == 0xFEFF, c == 0xAD:
			return -1
		case unicode.Is(unicode.Zs, c):
			return ' '
		}
		return Fold(c)
	}, s))
}

// Field is the refusal as a place of an input.
func (w *Wrong) Field(pointer string) fault.Field {
	return fault.Field{Pointer: pointer, Code: w.Place.Code, Message: w.Message()}
}

// Into cleans a text where it stands and adds to bad what is wrong with it: how rules hold what did not come through the edge.
func Into(bad *fault.Fields, s *string, pointer string, c Class) {
	clean, wrong := Clean(*s, c)
	if wrong != nil {
		*bad = append(*bad, wrong.Field(pointer))
		return
	}
	*s = clean
}

// Clip is a text of so many characters at most, and an ellipsis where there are more.
func Clip(s string, most int) string {
	if runes := []rune(s); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return s
}

// Named adds to bad that what something is called has fewer or more characters than it may, or says nothing.
func Named(bad *fault.Fields, name, pointer string, least, most int) {
	bad.Size(name, pointer, least, most)
	if name != "" && !fault.Says(name) {
		*bad = append(*bad, fault.Nameless(pointer))
	}
}

// Wanted adds to bad that a note is missing which is wanted here, in the words of the rule that wants it, or that it says nothing.
func Wanted(bad *fault.Fields, note, pointer, zh, en string, args ...any) {
	if strings.TrimSpace(note) == "" {
		*bad = append(*bad, fault.Required.Field(pointer, zh, en, args...))
	} else if !fault.Says(note) {
		*bad = append(*bad, fault.Placeholder.Plain(pointer))
	}
}

// Tight is a code in the form in which two can be compared: Narrow, ASCII letters in capitals, and without the blanks, hyphens, dots
// between groups and apostrophes that people and spreadsheets put into one.
func Tight(s string) string {
	return strings.Map(func(c rune) rune {
		switch {
		case unicode.IsSpace(c), unicode.Is(unicode.Dash, c), strings.ContainsRune("'‘’`´′\u02bc·", c):
			return -1
		case c >= 'a' && c <= 'z': // full upper-casing would turn some other letters into ASCII ones
			return c - 'a' + 'A'
		}
		return c
	}, Narrow(s))
}
