package fault

import "fmt"

// MostProblems is how many problems a part of a verification tells one by one: what is broken in more places needs a person, not a longer list.
const MostProblems = 100

// Problems is what a verification finds that does not agree, a line each, in Chinese and English. Empty: everything agrees.
type Problems []string

// Add tells one, as fmt.Sprintf does of the same values in both languages (so both name them by number: %[1]s). After
// MostProblems one more line says that there are others.
func (p *Problems) Add(zh, en string, args ...any) { p.Tell(fmt.Sprintf(zh+"。"+en, args...)) }

// Tell adds a line that is written already.
func (p *Problems) Tell(line string) {
	switch {
	case len(*p) < MostProblems:
		*p = append(*p, line)
	case len(*p) == MostProblems:
		*p = append(*p, "还有更多。And more")
	}
}
