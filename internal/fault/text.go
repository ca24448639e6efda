package fault

import "fmt"

// Text is what a person reads, in both languages. Whoever answers gives the one that was asked for; a log and the command line give
// both. So a text is written once, in two whole sentences, and nowhere as a mixture.
type Text struct{ ZH, EN string }

// Say makes a text of two formats of the same arguments. A format that does not use all of them, or in another order, names them by
// number (%[2]s).
func Say(zh, en string, args ...any) Text {
	if len(args) == 0 {
		return Text{zh, en}
	}
	return Text{fmt.Sprintf(zh, args...), fmt.Sprintf(en, args...)}
}

// IsZero tells whether nothing is said.
func (t Text) IsZero() bool { return t == Text{} }

// String is both, Chinese first.
func (t Text) String() string { return t.ZH + " " + t.EN }
