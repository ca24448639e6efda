package ledger

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/google/uuid"

	"jiebang/internal/when"
)

// Source says which application moved which contract to which version.
type Source struct {
	ContractID      uuid.UUID
	ContractVersion int64
	ApplicationID   uuid.UUID
	On              when.Day // of a registration that another system made: the day of it, in which it counts; none: today
}

// Standing is how a registered contract counts: its figures, under what is frozen of it.
type Standing struct {
	Figures
	Frozen
}

// Post gives the entries that lead from how a contract counted to how it shall count; nil means that it does not count.
//
//   - A registration counts the contract in full, a cancellation is its reverse.
//   - An amendment that leaves alone what is frozen is one difference of amounts, and no entry at all when there is none.
//   - An amendment of something frozen (a region, the kind, the field) takes everything out under the old and counts it in full
//     under the new, so that every figure moves together.
//
// So the entries of a contract sum to its registered figures at any time, and under nothing else than what is frozen last.
func Post(from Source, was, is *Standing) []Posting {
	entry := func(kind Kind, f Figures, under Frozen) Posting {
		return Posting{Kind: kind, ContractID: from.ContractID, ContractVersion: from.ContractVersion, ApplicationID: from.ApplicationID,
			On: from.On, Figures: f, Frozen: under}
	}
	switch {
	case was == nil && is == nil:
		return nil
	case was == nil:
		return []Posting{entry(Registration, is.Figures, is.Frozen)}
	case is == nil:
		return []Posting{entry(Cancellation, was.reversed(), was.Frozen)}
	case was.Frozen != is.Frozen:
		return []Posting{entry(Reversal, was.reversed(), was.Frozen), entry(Amendment, is.Figures, is.Frozen)}
	case was.Figures != is.Figures:
		return []Posting{entry(Amendment, is.Minus(was.Figures), is.Frozen)}
	}
	return nil
}

// Refile gives the entries that lead from what the ledger holds of a contract (Held), under whatever it was frozen, to how it counts: where a
// version freezes something otherwise than the one before did. What is right already gives none.
func Refile(from Source, held map[Frozen]Figures, is Standing) []Posting {
	rest := is.Figures
	var out []Posting
	inTurn := func(a, b Frozen) int { return strings.Compare(fmt.Sprint(a), fmt.Sprint(b)) }
	for _, under := range slices.SortedFunc(maps.Keys(held), inTurn) {
		if under == is.Frozen {
			rest = rest.Minus(held[under])
			continue
		}
		out = append(out, Posting{Kind: Reversal, ContractID: from.ContractID, ContractVersion: from.ContractVersion, ApplicationID: from.ApplicationID,
			Figures: held[under].reversed(), Frozen: under})
	}
	if rest != (Figures{}) {
		out = append(out, Posting{Kind: Amendment, ContractID: from.ContractID, ContractVersion: from.ContractVersion, ApplicationID: from.ApplicationID,
			Figures: rest, Frozen: is.Frozen})
	}
	return out
}
