// Package control keeps who controls whom among companies (控制关系): dated links with their evidence, and what follows from them. Whoever
// asks whether two parties stand under one hand (a poster and a bidder, a seller and a buyer) asks here.
//
// It decides by links alone and knows nothing of what the question is for.
package control

import (
	"cmp"
	"maps"
	"slices"

	"jiebang/internal/codes"
	"jiebang/internal/fault"
	"jiebang/internal/text"
)

// Kind is how a link binds.
type Kind string

// The kinds of link. The last two control by themselves; shares when the holder and what it controls have more than half of them together.
const (
	Shares              Kind = "shares"
	LegalRepresentative Kind = "legal_representative"
	ActualController    Kind = "actual_controller"
)

// kindWords are what people call the kinds of link.
var kindWords = fault.Words[Kind]{
	Shares:              {ZH: "持股", EN: "Shares"},
	LegalRepresentative: {ZH: "法定代表人", EN: "Legal representative"},
	ActualController:    {ZH: "实际控制人", EN: "Actual controller"},
}

// Text is what people call it.
func (k Kind) Text() fault.Text { return kindWords.Of(k) }

var kinds = []Kind{Shares, LegalRepresentative, ActualController}

// HolderKind is what a holder is.
type HolderKind string

// The kinds of holder. State is a body that holds for the state (国资委): two that have it in common are not under one control for that.
const (
	Company HolderKind = "company"
	Person  HolderKind = "person"
	State   HolderKind = "state"
)

var holderKinds = []HolderKind{Company, Person, State}

// whole is all shares, in basis points; more than half of them control.
const whole = 10_000

// Node is one end of a link. Companies are known by their code, which they have wherever they are registered, be it here or not.
type Node struct {
	Kind HolderKind
	Name string
	Code string // unified social credit code, or the number of a company abroad; empty of a person
	Mark string // tells persons of one name apart
}

// key is equal for what counts as the same.
func (n Node) key() string {
	switch {
	case n.Kind == Person:
		return "person " + codes.NameForm(n.Name) + " " + codes.NameForm(n.Mark)
	case n.Code != "":
		return "code " + codes.NumberForm(n.Code)
	}
	return string(n.Kind) + " " + codes.NameForm(n.Name)
}

// CompanyKey is the key of a company by its code.
func CompanyKey(code string) string { return Node{Kind: Company, Code: code}.key() }

// Tie says why two companies are under one control: the hand, and the links by which it reaches each, the nearest to the hand first.
type Tie struct {
	By    Node
	Links []Link
}

// Wholly tells whether one of two companies, of these codes, is the hand and holds the other whole: through whatever steps, nobody else has a
// share in any of them.
func (t Tie) Wholly(a, b string) bool {
	if hand := t.By.key(); hand != CompanyKey(a) && hand != CompanyKey(b) {
		return false
	}
	held := map[string]int{}
	for _, l := range t.Links {
		if held[l.Held.key()] += 0; l.Kind == Shares {
			held[l.Held.key()] += l.Share
		}
	}
	for _, share := range held {
		if share < whole {
			return false
		}
	}
	return len(held) > 0
}

// common finds the hands that control both companies, of two keys, among links that hold on one day. A company controls itself, so that
// parent and subsidiary are found as well. What it finds is in the order of the hands' names.
func common(links []Link, a, b string) []Tie {
	nodes := map[string]Node{}
	for _, l := range links {
		nodes[l.Holder.key()] = l.Holder
		nodes[l.Held.key()] = l.Held
	}
	var out []Tie
	all := webOf(links)
	for _, key := range slices.Sorted(maps.Keys(nodes)) {
		hand := nodes[key]
		if hand.Kind == State {
			continue
		}
		reached := all.reach(key)
		_, holdsA := reached[a]
		_, holdsB := reached[b]
		if holdsA && holdsB {
			out = append(out, Tie{hand, path(reached, a, b)})
		}
	}
	slices.SortStableFunc(out, func(x, y Tie) int { return cmp.Compare(x.By.Name, y.By.Name) })
	return out
}

// web is links by who holds: what a hand reaches is found by what it holds and not by looking through them all, since there may be thousands
// of hands with a little each.
type web struct {
	links []Link
	held  []string         // the key of what each link is of
	of    map[string][]int // which links a holder has, by its key
}

func webOf(links []Link) web {
	w := web{links, make([]string, len(links)), map[string][]int{}}
	for i, l := range links {
		holder := l.Holder.key()
		w.held[i], w.of[holder] = l.Held.key(), append(w.of[holder], i)
	}
	return w
}

// reach is everything that a hand controls, with the links by which each came under it. What a controlled company holds counts in whole, and
// the arms add up: so it grows, round by round, until nothing more comes under it.
func (w web) reach(hand string) map[string][]Link {
	reached := map[string][]Link{hand: nil}
	sums, by := map[string]int{}, map[string][]int{}
	for arms := []string{hand}; len(arms) > 0; {
		touched := map[string]bool{}
		for _, arm := range arms {
			for _, i := range w.of[arm] {
				to, share := w.held[i], whole
				if w.links[i].Kind == Shares {
					share = w.links[i].Share
				}
				sums[to], by[to], touched[to] = sums[to]+share, append(by[to], i), true
			}
		}
		arms = nil
		for to := range touched {
			if _, there := reached[to]; there || 2*sums[to] <= whole {
				continue
			}
			slices.Sort(by[to])
			held := make([]Link, len(by[to]))
			for n, i := range by[to] {
				held[n] = w.links[i]
			}
			reached[to], arms = held, append(arms, to)
		}
	}
	return reached
}

// path is the links by which a hand reaches companies, each once, those nearest to the hand first.
func path(reached map[string][]Link, to ...string) []Link {
	var out []Link
	seen := map[string]bool{}
	var walk func(key string)
	walk = func(key string) {
		if seen[key] {
			return
		}
		seen[key] = true
		for _, l := range reached[key] {
			walk(l.Holder.key())
			if !slices.ContainsFunc(out, func(x Link) bool { return x.ID == l.ID }) {
				out = append(out, l)
			}
		}
	}
	for _, key := range to {
		walk(key)
	}
	return out
}

// clean makes a node's parts what is stored.
func (n *Node) clean(bad *fault.Fields, at string) {
	fault.Offered(bad, n.Kind, at+"/kind", holderKinds)
	text.Named(bad, n.Name, at+"/name", 2, 100)
	switch {
	case n.Kind == Person:
		bad.Check(n.Code == "", at+"/code", fault.Unexpected, "个人不填代码；同名者以 mark 区分", "A person has no code; mark tells those of one name apart")
	case n.Kind == Company:
		bad.Check(n.Code != "", at+"/code", fault.Required, "请填统一社会信用代码，境外公司填注册号", "Give the unified social credit code, or the number of a company abroad")
	}
	bad.Check(n.Kind == Person || n.Mark == "", at+"/mark", fault.Unexpected, "仅个人填写", "Of a person only")
	codes.CompanyCodeInto(bad, &n.Code, at+"/code")
	bad.Length(n.Code, at+"/code", 0, 50)
	bad.Length(n.Mark, at+"/mark", 0, 50)
}
