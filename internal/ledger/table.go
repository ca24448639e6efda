package ledger

import (
	"cmp"
	"maps"
	"slices"

	"jiebang/internal/ref"
)

// What is released of a month is cut by tables: one for each dimension and one for each two. In each of them every cell is large enough;
// and no two of them, nor any sums of their cells, differ by a few contracts (apart). Tables are cut one after the other, and a later one
// is made coarser where it would tell on an earlier.

// block is a cell of a table as it is shown: some values of each dimension of its cut, taken together.
type block struct {
	values []map[string]bool // by the dimensions of the cut
	Figures
}

// table says for each atom of a release in which block it is.
type table struct {
	cut    cut
	blocks []*block
	lines  lines // of one dimension
	of     []int // by atom, in the order of the release
}

// tableOf gives the table of a cut. Tables are cut when somebody asks, with all that come before them.
func (r *release) tableOf(c cut) *table {
	r.cutting.Lock()
	defer r.cutting.Unlock()
	for len(r.tables) <= slices.IndexFunc(inTurn, func(d cut) bool { return slices.Equal(c, d) }) {
		r.tables = append(r.tables, r.cutTable(inTurn[len(r.tables)]))
	}
	return r.tables[slices.IndexFunc(inTurn, func(d cut) bool { return slices.Equal(c, d) })]
}

// inTurn is the order in which tables are cut: those of fewer dimensions first, and those of the field last among them, since a later table
// is made coarser for an earlier one.
var inTurn = func() []cut {
	out := slices.Clone(publicCuts)
	field := func(c cut) int {
		if slices.Contains(c, ByField) {
			return 1
		}
		return 0
	}
	slices.SortStableFunc(out, func(a, b cut) int { return cmp.Or(cmp.Compare(len(a), len(b)), cmp.Compare(field(a), field(b))) })
	return out
}()

// cutTable makes the next table. One of two dimensions starts from the lines of those of one.
func (r *release) cutTable(c cut) *table {
	if r.atoms == nil {
		r.atoms = slices.SortedFunc(maps.Keys(r.cells), func(a, b atom) int { return slices.Compare(a[:], b[:]) })
	}
	p := plan{r: r, atoms: r.atoms, cut: c}
	for _, d := range c {
		if before := slices.IndexFunc(inTurn, func(e cut) bool { return slices.Equal(e, cut{d}) }); len(c) == 2 {
			p.sides = append(p.sides, slices.Clone(r.tables[before].lines))
		} else {
			p.sides = append(p.sides, r.linesOf(d))
		}
	}
	t := p.table()
	for !r.whole && (!t.enough() || slices.ContainsFunc(r.tables, func(o *table) bool { return !apart(r, t, o) })) {
		if !p.coarser() {
			break // one block for all: it tells nothing that the release as a whole does not
		}
		t = p.table()
	}
	if len(c) == 1 {
		t.lines = p.sides[0]
	}
	return t
}

// line is some values of a dimension that are taken together, and lines are all of them.
type (
	line  map[string]bool
	lines []line
)

// plan is a table in the making.
type plan struct {
	r     *release
	atoms []atom
	cut   cut
	sides []lines
}

// place is where a dimension stands in an atom.
func (d Dimension) place() int { return slices.Index(dimensions, d) }

func (p *plan) table() *table {
	t := &table{cut: p.cut, of: make([]int, len(p.atoms))}
	type key [2]int
	at := map[key]int{}
	index := make([]map[string]int, len(p.cut))
	place := make([]int, len(p.cut))
	for i, d := range p.cut {
		index[i], place[i] = p.sides[i].index(), d.place()
	}
	for nth, a := range p.atoms {
		var k key
		for i := range p.cut {
			k[i] = index[i][a[place[i]]]
		}
		n, known := at[k]
		if !known {
			n = len(t.blocks)
			at[k] = n
			b := &block{}
			for i := range p.cut {
				b.values = append(b.values, p.sides[i][k[i]])
			}
			t.blocks = append(t.blocks, b)
		}
		t.of[nth] = n
		t.blocks[n].Figures = t.blocks[n].Plus(p.r.cells[a].Figures)
	}
	return t
}

func (t *table) enough() bool {
	return !slices.ContainsFunc(t.blocks, func(b *block) bool { return b.Contracts < fewest })
}

// coarser takes two lines of one side together, the two that hold least; or says that there is one line left on each side.
func (p *plan) coarser() bool {
	side, least := -1, int64(0)
	var pair [2]int
	for i := range p.sides {
		if len(p.sides[i]) < 2 {
			continue
		}
		held := p.held(i)
		order := make([]int, len(held))
		for n := range order {
			order[n] = n
		}
		slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(held[a], held[b]) })
		if sum := held[order[0]]; side < 0 || sum < least {
			side, least, pair = i, sum, [2]int{order[0], order[1]}
		}
	}
	if side < 0 {
		return false
	}
	p.sides[side] = join(p.sides[side], pair[0], pair[1])
	return true
}

// held is how many contracts each line of a side has.
func (p *plan) held(side int) []int64 {
	out := make([]int64, len(p.sides[side]))
	index, place := p.sides[side].index(), p.cut[side].place()
	for _, a := range p.atoms {
		out[index[a[place]]] += p.r.cells[a].Contracts
	}
	return out
}

// index is the place of each value's line.
func (ls lines) index() map[string]int {
	out := map[string]int{}
	for i, l := range ls {
		for v := range l {
			out[v] = i
		}
	}
	return out
}

func join(ls lines, a, b int) lines {
	both := line{}
	maps.Copy(both, ls[a])
	maps.Copy(both, ls[b])
	out := lines{}
	for i, l := range ls {
		if i != a && i != b {
			out = append(out, l)
		}
	}
	return append(out, both)
}

// linesOf gives the lines of a dimension: each value by itself where it has enough contracts, and together where it has not; regions
// first within their city, then within their province, so that what is too small for a county still counts for its city.
func (r *release) linesOf(d Dimension) lines {
	held := map[string]int64{}
	for a, h := range r.cells {
		held[a[d.place()]] += h.Contracts
	}
	var ls []heldLine
	for _, v := range slices.Sorted(maps.Keys(held)) {
		ls = append(ls, heldLine{line{v: true}, held[v], v})
	}
	if !r.whole {
		if d == BySellerRegion || d == ByBuyerRegion {
			ls = settle(ls, func(v string) string { return ref.City(v) })
			ls = settle(ls, func(v string) string { return RegionProvince.of(v) })
		}
		ls = together(ls)
	}
	out := make(lines, len(ls))
	for i, l := range ls {
		out[i] = l.line
	}
	return out
}

type heldLine struct {
	line
	contracts int64
	any       string // one of its values
}

// settle takes together what is too small within each place, as far as that makes it large enough.
func settle(ls []heldLine, place func(string) string) []heldLine {
	by := map[string][]heldLine{}
	for _, l := range ls {
		by[place(l.any)] = append(by[place(l.any)], l)
	}
	var out []heldLine
	for _, p := range slices.Sorted(maps.Keys(by)) {
		if p == "" {
			out = append(out, by[p]...) // in no such place that is known
		} else if done := together(by[p]); done[0].contracts >= fewest {
			out = append(out, done...)
		} else {
			out = append(out, by[p]...) // the place as a whole is too small
		}
	}
	return out
}

// together takes all that is too small together, and the next smallest with it until that is enough; of two alike the one that is of
// several values already. What it could not help comes first.
func together(ls []heldLine) []heldLine {
	ls = slices.Clone(ls)
	slices.SortStableFunc(ls, func(a, b heldLine) int {
		return cmp.Or(cmp.Compare(a.contracts, b.contracts), cmp.Compare(len(b.line), len(a.line)))
	})
	if len(ls) == 0 || ls[0].contracts >= fewest {
		return ls
	}
	rest := heldLine{line{}, 0, ls[0].any}
	n := 0
	for ; n < len(ls) && (ls[n].contracts < fewest || rest.contracts < fewest); n++ {
		maps.Copy(rest.line, ls[n].line)
		rest.contracts += ls[n].contracts
	}
	return append([]heldLine{rest}, ls[n:]...)
}

// apart tells that no sum of blocks of one table lies within a sum of blocks of the other and lacks only a few contracts of it, in either
// direction. Such a pair is a cut through the two tables, drawn as a graph in which each atom leads from its block here to its block
// there, that goes through atoms which gained fewer contracts than enough; so that it is asked, for each two blocks that have few in
// common, whether enough flows from the one to the other.
func apart(r *release, t, o *table) bool {
	g := newGraph(len(t.blocks), len(o.blocks))
	for i, a := range r.atoms {
		g.connect(t.of[i], o.of[i], r.cells[a].gained)
	}
	return g.apart()
}

// graph is of two tables: the blocks of the one are the nodes 0…, those of the other follow; an edge is what two blocks have in common.
type graph struct {
	left  int
	edges []edge
	at    [][]int // by node, its edges
	known map[[2]int]int

	// What a search needs, kept for the next.
	came  []int // by node, the edge that it was reached by; -1: not yet
	queue []int
}

type edge struct {
	left, right int
	gained      int64 // how many contracts the two blocks gained together
	used        int64 // what flows along it
}

func newGraph(left, right int) *graph {
	return &graph{left: left, at: make([][]int, left+right), known: map[[2]int]int{}, came: make([]int, left+right)}
}

func (g *graph) connect(l, r int, gained int64) {
	r += g.left
	n, known := g.known[[2]int{l, r}]
	if !known {
		n = len(g.edges)
		g.known[[2]int{l, r}] = n
		g.edges = append(g.edges, edge{left: l, right: r})
		g.at[l], g.at[r] = append(g.at[l], n), append(g.at[r], n)
	}
	g.edges[n].gained += gained
}

func (g *graph) apart() bool {
	for _, e := range g.edges {
		if e.gained < fewest && (!g.enoughFlows(e.left, e.right) || !g.enoughFlows(e.right, e.left)) {
			return false
		}
	}
	return true
}

// enoughFlows tells whether enough flows from a block of the one table to a block of the other: along an edge in the direction of the
// two as much as was gained there, and any amount against it.
func (g *graph) enoughFlows(from, to int) bool {
	for i := range g.edges {
		g.edges[i].used = 0
	}
	for range fewest {
		if !g.search(from, to) {
			return false
		}
		for n := to; n != from; {
			e := &g.edges[g.came[n]]
			before := e.left + e.right - n
			if g.along(before, from) {
				e.used++
			} else {
				e.used--
			}
			n = before
		}
	}
	return true
}

// along tells whether leaving a node leads in the direction of a flow that begins at from.
func (g *graph) along(node, from int) bool { return (node < g.left) == (from < g.left) }

// search looks for one way more, the shortest.
func (g *graph) search(from, to int) bool {
	for i := range g.came {
		g.came[i] = -1
	}
	g.queue = append(g.queue[:0], from)
	for len(g.queue) > 0 {
		n := g.queue[0]
		g.queue = g.queue[1:]
		along := g.along(n, from)
		for _, i := range g.at[n] {
			e := &g.edges[i]
			next := e.left + e.right - n
			if next == from || g.came[next] >= 0 || along && e.used >= e.gained {
				continue
			}
			g.came[next] = i
			if next == to {
				return true
			}
			g.queue = append(g.queue, next)
		}
	}
	return false
}
