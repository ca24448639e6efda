package ledger

import (
	"cmp"
	"maps"
	"slices"
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
//
// What was taken over from another system counts in the months in which it was registered there, which are over for long: it is late, and released
// apart from the others, by the months in which it counts, when the month in which it was recorded is over.
type release struct {
	first, posted, upto when.Month // it counts in the second, with what was too little by itself from the first to the last
	month               when.Month // in which it was released
	through             int64      // its last entry
	cells               map[atom]*holding
	whole               bool // every atom is large enough to be shown by itself
	kept                bool

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
	r := &release{first: o.first, posted: o.month, upto: o.month, month: o.month, through: o.through, cells: make(map[atom]*holding, len(o.cells)), whole: whole}
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

// course names a stream: contracts that were registered here, or those registered elsewhere, never both in one figure; as they come, or late.
type course struct{ elsewhere, late bool }

// courses are all streams.
var courses = []course{{}, {elsewhere: true}, {late: true}, {elsewhere: true, late: true}}

// late tells whether an entry counts in a month that was over when it was recorded. One that waited over midnight is not late.
func (e *Entry) late() bool {
	return e.PostedOn.Month().Before(e.RecordedOn.Month()) && e.PostedOn.AddDays(1).Before(e.RecordedOn)
}

// carries tells whether an entry belongs to the stream.
func (c course) carries(e *Entry) bool { return e.Elsewhere == c.elsewhere && e.late() == c.late }

// stream is all releases of one course.
type stream struct {
	course
	followed int64 // up to which entry; cold: without taking those since the last release up, since they are known to end none
	cold     bool
	waits    when.Month // while it is cold: the first month of what is open; zero: nothing is
	compared int64      // how many releases verify found kept

	released []*release // by month
	open     *pending   // nil: nothing waits
	history  arrears    // of a late stream: what is open, by the months in which it counts
	last     []*release // of what is open, once its month is over and before an entry of a later one has come
}

// reach brings the stream to a month: what was recorded before it is over.
func (s *stream) reach(m when.Month) {
	if s.open == nil || !s.open.month.Before(m) {
		return
	}
	if s.open.total().Contracts >= fewest {
		s.released = append(s.released, s.close()...)
		s.open, s.history = nil, nil
	} else {
		s.open.month = m
	}
}

// close releases what is open, once its month is over.
func (s *stream) close() []*release {
	if s.late {
		return s.history.close(s.open.month)
	}
	return []*release{s.open.close(false)}
}

// take hands the next entry to the stream.
func (s *stream) take(e *Entry) {
	if !s.carries(e) {
		return
	}
	s.last = nil
	m := e.RecordedOn.Month()
	s.reach(m)
	if s.open == nil {
		s.open = newPending(m)
	}
	s.open.add(e)
	if s.late {
		s.history = s.history.add(e)
		return
	}
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
			s.last = s.close()
		}
		out.released = append(out.released[:len(out.released):len(out.released)], s.last...)
		return out
	}
	out.waiting = s.open.first
	if s.open.first.Before(over.AddMonths(1)) {
		out.arrears = s.history.months()
	}
	return out
}

// arrears is what a late stream has open, by the months in which it counts.
type arrears map[when.Month]*pending

func (a arrears) add(e *Entry) arrears {
	if a == nil {
		a = arrears{}
	}
	m := e.PostedOn.Month()
	if a[m] == nil {
		a[m] = newPending(m)
	}
	a[m].add(e)
	return a
}

func (a arrears) months() []when.Month {
	return slices.SortedFunc(maps.Keys(a), when.Month.Compare)
}

// close releases all of it in a month, month by month in which it counts. What is too little for a month counts in the next that has something, and
// where none is left in the one before.
func (a arrears) close(in when.Month) []*release {
	var parts []*pending
	var rest *pending
	for _, m := range a.months() {
		o := a[m].clone()
		if rest != nil {
			o.first = rest.first
			o.merge(rest)
			rest = nil
		}
		if o.total().Contracts < fewest {
			rest = o
			continue
		}
		parts = append(parts, o)
	}
	out := make([]*release, len(parts))
	for i, o := range parts {
		last := o.month
		if rest != nil && i == len(parts)-1 {
			o.merge(rest)
			last = rest.month
		}
		out[i] = o.close(false)
		out[i].month, out[i].upto = in, last
	}
	slices.SortFunc(out, func(a, b *release) int { return cmp.Compare(a.through, b.through) })
	return out
}

// clone is a pending that another may be merged into: what is open may still grow.
func (o *pending) clone() *pending {
	out := newPending(o.month)
	out.merge(o)
	return out
}

// merge takes up what another has.
func (o *pending) merge(other *pending) {
	o.through = max(o.through, other.through)
	for a, h := range other.cells {
		mine, known := o.cells[a]
		if !known {
			mine = &holding{contracts: map[uuid.UUID]int64{}}
			o.cells[a] = mine
		}
		mine.Figures = mine.Plus(h.Figures)
		for id, n := range h.contracts {
			mine.contracts[id] += n
		}
	}
}

// public is what is released by a moment.
type public struct {
	released []*release
	late     []*release   // of what was taken over into months that were over
	waiting  when.Month   // the first month of what is recorded and not released; zero: nothing waits
	arrears  []when.Month // in which something counts that was taken over and is too little to be released
	over     when.Month   // the last month that is over
}

// all are both.
func (p public) all() []*release { return slices.Concat(p.released, p.late) }

// Over is the last month that is over at a moment: nothing is recorded in it any more, and what is public of it is told.
func Over(now time.Time) when.Month { return over(now) }

func over(now time.Time) when.Month { return when.DayOf(now.Add(-settled)).Month().AddMonths(-1) }
