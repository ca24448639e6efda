package ledger

import "github.com/google/uuid"

// Source says which application moved which contract to which version.
type Source struct {
	ContractID      uuid.UUID
	ContractVersion int64
	ApplicationID   uuid.UUID
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
			Figures: f, Frozen: under}
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
