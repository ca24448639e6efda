package search

import (
	segment "github.com/blevesearch/scorch_segment_api/v2"
)

// eachWord tells f the terms of the index that an automaton accepts (any, if it
// is nil), from start up to end, and how many documents have them; deleted ones
// may be counted. A term comes once for each segment that has it.
func (v *view) eachWord(a segment.Automaton, start, end []byte, f func(term string, documents int)) error {
	for _, s := range v.segments {
		if err := s.eachWord(a, start, end, f); err != nil {
			return unreadable(err, "words of segment %d", s.id)
		}
	}
	return nil
}

func (s *segmentView) eachWord(a segment.Automaton, start, end []byte, f func(string, int)) (err error) {
	defer guard(&err)()
	dict, err := s.dictionary()
	if err != nil {
		return err
	}
	defer s.dicts.Put(dict)
	words := dict.AutomatonIterator(a, start, end)
	for {
		e, err := words.Next()
		if err != nil || e == nil {
			return err
		}
		f(e.Term, int(e.Count))
	}
}

// oneApart accepts words that differ from one by a byte: one too many, one
// missing or one wrong; and the word itself. Its states are numbered as they
// come up.
type oneApart struct {
	word   string
	states []apart
	number map[apart]int
}

// apart is where in the word reading can be: without a difference so far at
// exact, -1 for nowhere, and with one at the places of the bits set in after.
type apart struct {
	exact int
	after uint64
}

// maxApart is the longest word that has a bit for every place and the end.
const maxApart = 62

func newOneApart(word string) *oneApart {
	a := &oneApart{word: word, number: map[apart]int{}}
	a.state(apart{})
	return a
}

func (a *oneApart) state(s apart) int {
	n, ok := a.number[s]
	if !ok {
		n = len(a.states)
		a.number[s] = n
		a.states = append(a.states, s)
	}
	return n
}

func (a *oneApart) Start() int { return 0 }

func (a *oneApart) IsMatch(state int) bool {
	s, n := a.states[state], len(a.word)
	return s.exact >= 0 && s.exact >= n-1 || s.after&(1<<n) != 0
}

func (a *oneApart) CanMatch(state int) bool {
	s := a.states[state]
	return s.exact >= 0 || s.after != 0
}

func (a *oneApart) WillAlwaysMatch(int) bool { return false }

func (a *oneApart) Accept(state int, b byte) int {
	s, next, n := a.states[state], apart{exact: -1}, len(a.word)
	for i := range n {
		if s.after&(1<<i) != 0 && a.word[i] == b {
			next.after |= 1 << (i + 1)
		}
	}
	if i := s.exact; i >= 0 {
		next.after |= 1 << i // b is one too many
		if i < n {
			next.after |= 1 << (i + 1) // b is wrong
			if a.word[i] == b {
				next.exact = i + 1
			}
		}
		if i+1 < n && a.word[i+1] == b {
			next.after |= 1 << (i + 2) // one is missing
		}
	}
	return a.state(next)
}
