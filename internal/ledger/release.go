package ledger

import (
	"sync"
	"time"

	"github.com/google/uuid"

	"jiebang/internal/when"
)

// The public does not see the ledger but what has been released of it, piece by piece: docs/disclosure.md says the rule and why.
//
// A release is a run of entries that goes public at once. Within a month one ends as soon as every finest cell that its entries touch
// (kind, office, the two regions, field) has gained enough contracts; the rest of a month is released when the month is over, cut by tables
// (tables.go) in which what is too small is merged; and if that is still fewer contracts, it waits for the next month. Where a release
// ends follows from the entries before it alone, so that every process, and every later day, releases the same.

const (
	// fewest is how many contracts a cell has at the least, and how many it gains at the least when it moves.
	fewest = 3
	// settled is how long after its end a month counts as over: by then whoever took a turn before midnight has committed.
	settled = 15 * time.Minute
	// readAtOnce is how many entries are read at a time.
	readAtOnce = 2000
)

// atom is the finest cell: a value of each dimension, in their order.
type atom [5]string

func atomOf(f Frozen) (a atom) {
	for i, d := range dimensions {
		a[i] = d.of(f)
	}
	return a
}

// holding is what a release has in an atom.
type holding struct {
	Figures
	gained    int64               // contracts that count there by this release and did not before
	contracts map[uuid.UUID]int64 // by contract, what it changed; while the release is open
}

// release is a run of entries that is public. One that is kept has its tables in the database, and cells no more.
type release struct {
	first, month when.Month // recorded from the one to the other; it counts in the latter, in which it was released
	through      int64      // its last entry
	cells        map[atom]*holding
	whole        bool // every atom is large enough to be shown by itself
	kept         bool

	cutting sync.Mutex
	atoms   []atom              // in an order
	tables  []*table            // as far as they are cut, in turn
	read    map[string][]*block // of a release that is kept, as far as they were asked for: by the name of the cut
}

// blocksOf are the cells of the table by which a release is shown; of one that is kept they have been read (kept.go).
func (r *release) blocksOf(c cut) []*block {
	if !r.kept {
		return r.tableOf(c).blocks
	}
	r.cutting.Lock()
	defer r.cutting.Unlock()
	return r.read[c.name()]
}

// pending is a release that is not public yet.
type pending struct {
	release
	poor int // atoms that are too small
}

func newPending(month when.Month) *pending {
	return &pending{release: release{first: month, month: month, cells: map[atom]*holding{}}}
}

// enough tells whether what is in a cell may be shown. A contract gains one at most, so that so many have come to it.
func (h *holding) enough() bool { return h.Contracts >= fewest }

// add takes an entry up.
func (o *pending) add(e *Entry) {
	a := atomOf(e.Frozen)
	h, known := o.cells[a]
	if !known {
		h = &holding{contracts: map[uuid.UUID]int64{}}
		o.cells[a] = h
		o.poor++
	}
	o.through = e.Seq
	was := h.enough()
	h.Figures = h.Plus(e.Figures)
	h.contracts[e.ContractID] += e.Contracts
	switch is := h.enough(); {
	case is && !was:
		o.poor--
	case was && !is:
		o.poor++
	}
}

func (o *pending) total() (f Figures) {
	for _, h := range o.cells {
		f = f.Plus(h.Figures)
	}
	return f
}

// close makes the release public: all its atoms by themselves, or cut by tables.
func (o *pending) close(whole bool) *release {
	r := &release{first: o.first, month: o.month, through: o.through, cells: make(map[atom]*holding, len(o.cells)), whole: whole}
	for a, h := range o.cells {
		kept := &holding{Figures: h.Figures}
		for _, n := range h.contracts {
			if n > 0 {
				kept.gained++
			}
		}
		r.cells[a] = kept
	}
	return r
}

// stream is all releases of contracts that were registered here, or of those registered elsewhere: never both in one figure.
type stream struct {
	elsewhere bool
	followed  int64 // up to which entry; cold: without taking those since the last release up, since they are known to end none
	cold      bool
	waits     when.Month // while it is cold: the first month of what is open; zero: nothing is
	compared  int64      // how many releases verify found kept

	released []*release // by month
	open     *pending   // nil: nothing waits
	last     *release   // of what is open, once its month is over and before an entry of a later one has come
}

// reach brings the stream to a month: what was recorded before it is over.
func (s *stream) reach(m when.Month) {
	if s.open == nil || !s.open.month.Before(m) {
		return
	}
	if s.open.total().Contracts >= fewest {
		s.released = append(s.released, s.open.close(false))
		s.open = nil
	} else {
		s.open.month = m
	}
}

// take hands the next entry to the stream.
func (s *stream) take(e *Entry) {
	s.last = nil
	m := e.RecordedOn.Month()
	s.reach(m)
	if s.open == nil {
		s.open = newPending(m)
	}
	s.open.add(e)
	if s.open.poor == 0 {
		s.released = append(s.released, s.open.close(true))
		s.open = nil
	}
}

// at is the stream as it stands once a month is over.
func (s *stream) at(over when.Month) (out public) {
	out.released, out.over = s.released, over
	if s.cold {
		out.waiting = s.waits
		return out
	}
	if s.open == nil {
		return out
	}
	if !s.open.month.After(over) && s.open.total().Contracts >= fewest {
		if s.last == nil {
			s.last = s.open.close(false)
		}
		out.released = append(out.released[:len(out.released):len(out.released)], s.last)
		return out
	}
	out.waiting = s.open.first
	return out
}

// public is what is released by a moment.
type public struct {
	released []*release
	waiting  when.Month // the first month of what is recorded and not released; zero: nothing waits
	over     when.Month // the last month that is over
}

// Over is the last month that is over at a moment: nothing is recorded in it any more, and what is public of it is told.
func Over(now time.Time) when.Month { return over(now) }

func over(now time.Time) when.Month { return when.DayOf(now.Add(-settled)).Month().AddMonths(-1) }
