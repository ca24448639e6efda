package control

import (
	"cmp"
	"maps"
	"slices"

	"gorm.io/gorm"

	"jiebang/internal/when"
)

// Group is one hand and those that it controls of the companies that were asked about, by their codes.
type Group struct {
	By    Node
	Codes []string // two or more; the hand's own, too, if it is one of them
	Links []Link   // by which it reaches them
}

// Among finds, of many companies, those that stand under one control on a day: one statement for each step away from them, and no matter how
// many there are. It is Common for all pairs at once; codes that come twice are one company.
func Among(q *gorm.DB, codes []string, day when.Day) ([]Group, error) {
	keys := make([]string, len(codes))
	by := map[string]string{} // codes by key
	for i, c := range codes {
		keys[i] = CompanyKey(c)
		by[keys[i]] = c
	}
	links, err := linksAbove(q, slices.Sorted(maps.Keys(by)), day, maxLinks*4)
	if err != nil {
		return nil, err
	}
	return groups(links, by), nil
}

func groups(links []Link, by map[string]string) []Group {
	hands := map[string]Node{}
	for _, l := range links {
		if l.Holder.Kind != State { // two that the state has in common are not under one control for that
			hands[l.Holder.key()] = l.Holder
		}
	}
	var out []Group
	all := webOf(links)
	for _, key := range slices.Sorted(maps.Keys(hands)) {
		reached := all.reach(key)
		var keys, codes []string
		for _, company := range slices.Sorted(maps.Keys(by)) {
			if _, held := reached[company]; held {
				keys, codes = append(keys, company), append(codes, by[company])
			}
		}
		if len(keys) > 1 {
			out = append(out, Group{hands[key], codes, path(reached, keys...)})
		}
	}
	slices.SortStableFunc(out, func(a, b Group) int { return cmp.Compare(a.By.Name, b.By.Name) })
	return out
}

// Pair is two companies, by their codes, and the day on which they are asked about.
type Pair struct {
	A, B string
	Day  when.Day
}

// Each is Common for many pairs, each on its own day: one statement for each step away from them.
func Each(q *gorm.DB, pairs []Pair) ([][]Tie, error) {
	keys := map[string]bool{}
	for _, p := range pairs {
		keys[CompanyKey(p.A)], keys[CompanyKey(p.B)] = true, true
	}
	links, err := linksEver(q, slices.Sorted(maps.Keys(keys)), maxLinks*4)
	if err != nil {
		return nil, err
	}
	over := map[string][]Link{} // by the key of what is held
	for _, l := range links {
		over[l.HeldKey] = append(over[l.HeldKey], l)
	}
	out := make([][]Tie, len(pairs))
	for i, p := range pairs {
		a, b := CompanyKey(p.A), CompanyKey(p.B)
		if held := above(over, p.Day, a, b); len(held) > 0 && a != b {
			out[i] = common(held, a, b)
		}
	}
	return out, nil
}

// above is the links that hold on a day by which companies are held, from these upwards.
func above(over map[string][]Link, day when.Day, keys ...string) []Link {
	var out []Link
	seen := map[string]bool{}
	for next := keys; len(next) > 0; next = next[1:] {
		if seen[next[0]] {
			continue
		}
		seen[next[0]] = true
		for _, l := range over[next[0]] {
			if day.Within(l.ValidFrom, l.ValidTo) {
				out, next = append(out, l), append(next, l.HolderKey)
			}
		}
	}
	return out
}
