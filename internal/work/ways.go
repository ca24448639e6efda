package work

import (
	"slices"

	"jiebang/internal/fault"
	"jiebang/internal/policy"
)

// Way is one way of a record of a kind: the states in which it may begin and the one to which it leads.
type Way[S ~string] struct {
	Name      string        // what the kind calls it, where it does not go by its operation alone
	Operation string        // its operationId; empty where a clock, or another record, leads on
	Action    policy.Action // who may; none where there is no operation
	Text      fault.Text    // what people call it
	From      []S
	To        S // empty where the state stays
}

// Ways are all ways of a kind, and the whole of its state machine: its methods go by them, tests forbid what is not among them, and the drawings in
// docs are made of them. An operation that leads to several states stands there once for each.
type Ways[S ~string] []Way[S]

func (w Way[S]) named(name string) bool { return w.Name == name || w.Operation == name }

// Named is the first way that goes by a name or an operation. One that is not there is a programming error.
func (all Ways[S]) Named(name string) Way[S] {
	i := slices.IndexFunc(all, func(w Way[S]) bool { return w.named(name) })
	if i < 0 {
		panic("work: no way " + name)
	}
	return all[i]
}

// From are the states in which an operation, or a way by its name, may begin.
func (all Ways[S]) From(name string) (out []S) {
	all.Named(name)
	for _, w := range all {
		if w.named(name) {
			out = append(out, w.From...)
		}
	}
	return out
}

// In refuses an operation in a state in which it may not begin, and moves nothing.
func (all Ways[S]) In(state S, name string) error { return In(state, all.From(name)...) }

// Take leads a state on by an operation of which it is where it leads, or refuses it.
func (all Ways[S]) Take(state *S, name string) error {
	from := all.From(name)
	i := slices.IndexFunc(all, func(w Way[S]) bool { return w.named(name) && slices.Contains(w.From, *state) })
	if i < 0 {
		return In(*state, from...)
	}
	if to := all[i].To; to != "" {
		*state = to
	}
	return nil
}

// To is Take of an operation whose caller decides to which of several states it leads; one to which it never leads is a programming error.
func (all Ways[S]) To(state *S, name string, to S) error {
	if !slices.ContainsFunc(all, func(w Way[S]) bool { return w.named(name) && w.To == to }) {
		panic("work: " + name + " does not lead to " + string(to))
	}
	if err := all.In(*state, name); err != nil {
		return err
	}
	*state = to
	return nil
}
