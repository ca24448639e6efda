// Package fault names everything that a caller can do wrong, and the few things that can go wrong with us.
//
// A use case returns one of the catalogue's definitions; the HTTP edge turns it into a problem document in one place.
// Whatever is not an *Error is our own failure: its text belongs in the log and never in an answer.
package fault

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Kind says whose move it is next. The HTTP edge maps each kind to one status code.
type Kind int

const (
	Invalid          Kind = iota + 1 // the input is wrong: change it
	Unauthenticated                  // say who you are
	Forbidden                        // known, but not allowed
	NotFound                         // not there, or not for you to know of
	Conflict                         // right in itself, but not in this state
	Stale                            // the record has moved on: read it again
	Precondition                     // the call lacks a header that it must carry
	TooLarge                         // the body is larger than the operation takes
	UnsupportedType                  // the body is of a kind the operation does not take
	MethodNotAllowed                 // the path exists, the method does not
	OutOfReach                       // the part that is asked for lies behind the end
	TooSlow                          // send it faster
	TooMany                          // slow down
	Unavailable                      // ours, and passing: try again later
	Internal                         // ours
)

// Definition is one entry of the catalogue: a stable code, its kind, and a text in both languages that tells what to do next.
type Definition struct {
	Code string
	Kind Kind
	Text
}

// Error is a definition met in one call, with what is particular to that call.
type Error struct {
	Definition
	Detail     Text          // optional: what was met here; never an internal error's text
	State      string        // of WrongState: the record's state
	Allowed    []string      // of WrongState: the states from which it would be allowed
	Fields     []Field       // the places in the input that are wrong
	RetryAfter time.Duration // for Unavailable and TooMany
	cause      error
}

// Field is one wrong place of the input.
type Field struct {
	Pointer string // JSON pointer into the body, or "query:limit", "header:If-Match", "path:id"
	Code    string // of a Place
	Message Text   // for the person who typed it
}

func (e *Error) Error() string {
	s := e.Code
	if !e.Detail.IsZero() {
		s += ": " + e.Detail.String()
	}
	for _, f := range e.Fields {
		s += fmt.Sprintf(" [%s %s]", f.Pointer, f.Code)
	}
	if e.cause != nil {
		s += ": " + e.cause.Error()
	}
	return s
}

func (e *Error) Unwrap() error { return e.cause }

// Told is the one text that tells most: what was met in this call, where that was said.
func (e *Error) Told() Text {
	if e.Detail.IsZero() {
		return e.Text
	}
	return e.Detail
}

// Is matches by code, so that errors.Is(err, fault.VersionStale.New()) holds for any error of that definition.
func (e *Error) Is(target error) bool {
	var t *Error
	return errors.As(target, &t) && t.Code == e.Code
}

// New is the definition as an error.
func (d Definition) New() *Error { return &Error{Definition: d} }

// Because adds what was met in this call, for the person who reads it.
func (d Definition) Because(zh, en string, args ...any) *Error {
	return &Error{Definition: d, Detail: Say(zh, en, args...)}
}

// From keeps an internal cause for the log.
func (d Definition) From(cause error) *Error { return &Error{Definition: d, cause: cause} }

// At names one wrong place.
func (d Definition) At(pointer string, place Place, zh, en string, args ...any) *Error {
	return &Error{Definition: d, Fields: []Field{place.Field(pointer, zh, en, args...)}}
}

// In is WrongState with what the record's state is and what it would have to be, for people in both languages and for programs.
func In[S ~string](is S, may ...S) *Error {
	e := WrongState.New()
	e.State = string(is)
	var zh, en []string
	for _, s := range may {
		e.Allowed = append(e.Allowed, string(s))
		zh, en = append(zh, "“"+NameOf(s).ZH+"”"), append(en, string(s))
	}
	e.Detail = Text{"当前为“" + NameOf(is).ZH + "”。", "It is " + string(is) + "."}
	if len(may) > 0 {
		e.Detail = Text{"当前为“" + NameOf(is).ZH + "”，须为" + strings.Join(zh, "或") + "。", "It is " + string(is) + " and would have to be " + strings.Join(en, " or ") + "."}
	}
	return e
}

// Of tells whether err is, or wraps, an error of this definition.
func (d Definition) Of(err error) bool {
	var e *Error
	return errors.As(err, &e) && e.Code == d.Code
}

// As gives the refusal that err is, or wraps.
func As(err error) (*Error, bool) {
	var e *Error
	is := errors.As(err, &e)
	return e, is
}

// Fields collects the wrong places of one input, so that a writer learns of all of them at once.
type Fields []Field

// Check adds a place when ok does not hold.
func (f *Fields) Check(ok bool, pointer string, place Place, zh, en string, args ...any) {
	if !ok {
		*f = append(*f, place.Field(pointer, zh, en, args...))
	}
}

// Length adds a place whose text has fewer than least or more than most characters, in the words that the edge has for it; blanks around it
// say nothing. One that is not there at all is required, as it is where the description says so; and one that has to have several says
// something: marks alone, as people type to get past a form, are no reason and no evidence. One alone may be a tick.
func (f *Fields) Length(text, pointer string, least, most int) {
	before := len(*f)
	f.Size(text, pointer, least, most)
	if least > 1 && len(*f) == before && !Says(text) {
		*f = append(*f, Placeholder.Plain(pointer))
	}
}

// Says tells whether there is anything in a text that can be read: a letter, a character or a figure. Marks alone say nothing, nor do letters
// that only go with another, as tone marks (ˇˉ) and signs of repetition (々) do.
func Says(text string) bool {
	return strings.ContainsFunc(text, func(c rune) bool { return unicode.In(c, unicode.L, unicode.N) && !unicode.Is(unicode.Lm, c) })
}

// Nameless is a name or a title of marks alone, at its place: nobody could call anything by it.
func Nameless(pointer string) Field {
	return Placeholder.Field(pointer, "名称或标题不能只有标点或符号，至少要有一个字母、数字或汉字。", "A name or title is not of punctuation and symbols alone: it has a letter, a digit or a Chinese character.")
}

// Size is Length of what nobody reads, such as a password: marks are as good as letters.
func (f *Fields) Size(text, pointer string, least, most int) {
	if text == "" && least > 0 {
		*f = append(*f, Required.Plain(pointer))
		return
	}
	n := utf8.RuneCountInString(text)
	f.Check(utf8.RuneCountInString(strings.TrimSpace(text)) >= least, pointer, TooShort, "至少 %[1]d 个字符。", "At least %[1]d characters.", least)
	f.Check(n <= most, pointer, TooLong, "不能超过 %[1]d 个字符。", "At most %[1]d characters.", most)
}

// Offered adds a place whose value is none of those that are offered, and names these.
func Offered[S ~string](f *Fields, value S, pointer string, offered []S) {
	if slices.Contains(offered, value) {
		return
	}
	names := make([]string, len(offered))
	for i, o := range offered {
		names[i] = string(o)
	}
	f.Check(false, pointer, NotOffered, "取值应为：%[1]s", "One of: %[2]s", strings.Join(names, "、"), strings.Join(names, ", "))
}

// Err is nil when nothing was wrong, otherwise an InvalidInput with every place.
func (f Fields) Err() error {
	if len(f) == 0 {
		return nil
	}
	return &Error{Definition: InvalidInput, Fields: f}
}
