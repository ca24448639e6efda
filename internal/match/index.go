package match

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/kinds"
	"jiebang/internal/orgs"
	"jiebang/internal/policy"
	"jiebang/internal/relay"
	"jiebang/internal/when"
	"jiebang/internal/work"
	"jiebang/search"
	"jiebang/search/keeper"
)

// searchPause is what a caller waits before asking a closed index again.
const searchPause = 2 * time.Second

// Index is this process's own index. It can be deleted at any time: what it lacks is read from the database again.
type Index struct {
	unit   *work.Unit
	kinds  *kinds.Registry
	relay  *relay.Relay
	engine *keeper.Keeper
	words  *search.Synonyms
	whole  atomic.Bool // has once held everything up to its place
	// lost says why the index that serves follows no more: its files are damaged, or the log of the database is another than the one it
	// followed. It answers as well as it can until its successor has been filled. nil: it follows.
	lost    atomic.Pointer[string]
	checked time.Time // when its files were last looked at; used by the consumer alone

	// following is held while Changes become documents of the index that serves, and while another takes its place.
	following sync.Mutex
	// swept is the day on which what had ended before it was last taken out; nil: not yet.
	swept atomic.Pointer[when.Day]

	// The ends of the log when filling began, none before: of the index that serves and of its successor.
	end, nextEnd relay.Place
}

// OpenIndex opens the index under a data folder.
func OpenIndex(dir string, unit *work.Unit, registry *kinds.Registry, r *relay.Relay, o search.Options) (*Index, error) {
	o.Content = contents
	engine, err := keeper.Open(filepath.Join(dir, "index"), o)
	if errors.Is(err, search.ErrLocked) {
		return nil, fmt.Errorf("another process uses the index in %s: give each process its own data folder", dir)
	}
	if err != nil {
		return nil, err
	}
	x := &Index{unit: unit, kinds: registry, relay: r, engine: engine, words: o.Synonyms}
	x.whole.Store(engine.Place() > 0)
	return x, nil
}

func (x *Index) today() when.Day { return when.DayOf(x.unit.Now()) }

// Close closes the index.
func (x *Index) Close() error { return x.engine.Close() }

// Ready tells whether the index holds the whole collection and follows it; while it is being filled for the first time, search finds only a
// part, and one that is lost finds what was there before.
func (x *Index) Ready() bool { return x.whole.Load() && x.lost.Load() == nil }

// Lost tells why the index follows no more until it is replaced; empty: it follows.
func (x *Index) Lost() string {
	if why := x.lost.Load(); why != nil {
		return *why
	}
	return ""
}

// Stale tells whether the index was made by an older analysis. It holds everything and follows all Changes, and finds a little
// worse, until the one that is being filled beside it takes its place.
func (x *Index) Stale() bool { return x.engine.Stale() }

// Outdate has the index built anew beside the one that serves.
func (x *Index) Outdate() error { return x.engine.Outdate() }

// Vectors tells how many documents have their vector, and what is wrong if they do not get it.
func (x *Index) Vectors() search.VectorState { return x.engine.VectorState() }

// Count is how many documents the index holds.
func (x *Index) Count() int { return x.engine.Count() }

// Place is how far in the change log the index has come.
func (x *Index) Place() int64 { return x.engine.Place() }

// within is how far whoever asks this index may go in the log by now; nowhere while it does not hold and follow everything.
func (x *Index) within() int64 {
	if !x.Ready() {
		return 0
	}
	return x.Place()
}

// Consumer follows the change log.
func (x *Index) Consumer() relay.Consumer {
	return relay.Consumer{Name: "index", Place: x.place, Handle: x.follow, Astray: x.astray}
}

// nowhere is the place of an index that wants no Changes.
var nowhere = relay.Place{Pos: relay.Nowhere}

// place tells where to go on. An index without a place is new or was deleted: it is filled from the tables first.
func (x *Index) place(ctx context.Context) (relay.Place, error) {
	if x.look(ctx); x.lost.Load() != nil {
		return nowhere, nil
	}
	if pos, mark := x.engine.At(); pos > 0 {
		return relay.Place{Pos: pos, Mark: mark}, nil
	}
	if err := x.begin(ctx, &x.end); err != nil {
		return relay.Place{}, err
	}
	if x.end.Pos > 0 {
		if err := x.fill(ctx, x.engine, x.end); err != nil {
			return relay.Place{}, err
		}
	}
	x.swept.Store(nil) // a day may have ended while it was filled
	x.whole.Store(true)
	return x.end, nil
}

// lookEvery is how often the files of the index are looked at.
const lookEvery = time.Second

// look sees whether the files of the index that serves are as they were.
func (x *Index) look(ctx context.Context) {
	if time.Since(x.checked) < lookEvery {
		return
	}
	x.checked = time.Now() //nolint:forbidigo // how often this process looks, and no time that is told or kept
	if err := x.engine.Check(); err != nil && !errors.Is(err, search.ErrClosed) {
		x.lose(ctx, err.Error())
	}
}

// lose stops following until another index takes the place of the one that serves.
func (x *Index) lose(ctx context.Context, why string) {
	if x.lost.CompareAndSwap(nil, &why) {
		slog.ErrorContext(ctx, "the index is made anew; what there is answers meanwhile", "because", why)
	}
}

// astray is told that the log has another Change at the index's place, or none.
func (x *Index) astray(ctx context.Context, at relay.Place) error {
	x.end = relay.Place{}
	x.lose(ctx, fmt.Sprintf("it does not fit the log of this database, which is another or went back (%d)", at.Pos))
	return nil
}

// begin notes the end of the log before the first try to fill an index. When that fails, the next try keeps to the same end:
// what has changed since is followed then, and with it what the first try had put in and must go again.
func (x *Index) begin(ctx context.Context, end *relay.Place) (err error) {
	if end.Pos == 0 {
		*end, err = x.relay.End(ctx)
	}
	return err
}

// Rebuilder fills the successor of an index that is stale or lost and lets it take over, while that one serves and, unless it is lost,
// follows. It is a consumer of the change log with the successor's place.
func (x *Index) Rebuilder() relay.Consumer {
	return relay.Consumer{Name: "index-rebuild", Place: x.successorPlace, Handle: x.followSuccessor, Astray: func(_ context.Context, _ relay.Place) error {
		x.dropSuccessor()
		return nil
	}}
}

func (x *Index) dropSuccessor() {
	x.engine.Discard()
	x.nextEnd = relay.Place{}
}

// successorPlace tells where the successor is to go on. A new one is filled first; one that has come as far as the index that
// serves, or as the log where that one is lost, takes over.
func (x *Index) successorPlace(ctx context.Context) (relay.Place, error) {
	lost := x.lost.Load() != nil
	if !lost && (!x.Ready() || !x.Stale()) {
		return nowhere, nil
	}
	next, err := x.engine.Successor()
	if err != nil {
		return relay.Place{}, err
	}
	if err := next.Check(); err != nil {
		x.dropSuccessor()
		return relay.Place{}, err
	}
	if next.Place() == 0 {
		if err := x.begin(ctx, &x.nextEnd); err != nil || x.nextEnd.Pos == 0 && !lost {
			return nowhere, err
		}
		if err := x.fill(ctx, next, x.nextEnd); err != nil {
			return relay.Place{}, err
		}
	}
	x.following.Lock()
	defer x.following.Unlock()
	far := x.engine.Place()
	if lost {
		if far, err = x.relay.Head(ctx); err != nil {
			return relay.Place{}, err
		}
	}
	if pos, mark := next.At(); pos < far {
		return relay.Place{Pos: pos, Mark: mark}, nil
	}
	if err := x.engine.Swap(); err != nil {
		return relay.Place{}, err
	}
	x.nextEnd = relay.Place{}
	x.swept.Store(nil)
	x.lost.Store(nil)
	x.whole.Store(true)
	slog.InfoContext(ctx, "the index was replaced", "documents", x.Count())
	return nowhere, nil
}

func (x *Index) followSuccessor(ctx context.Context, changes []relay.Change) error {
	next, err := x.engine.Successor()
	if err != nil {
		return err
	}
	b, err := x.batch(ctx, changes)
	if err != nil {
		return err
	}
	return next.Apply(ctx, b)
}

// follow hands Changes to the index that serves. Those that it has already come from its successor, which took over since they
// were read: to repeat them would bring back what was withdrawn after them.
func (x *Index) follow(ctx context.Context, changes []relay.Change) error {
	x.following.Lock()
	defer x.following.Unlock()
	place := x.engine.Place()
	first := slices.IndexFunc(changes, func(c relay.Change) bool { return c.Pos > place })
	if first < 0 {
		return nil
	}
	b, err := x.batch(ctx, changes[first:])
	if err != nil {
		return err
	}
	return x.engine.Apply(ctx, b)
}

// passDay takes out what has ended with the days before today, when something is asked of the index for the first time on a day. The
// Changes that say so come later, with the jobs.
func (x *Index) passDay(ctx context.Context) error {
	today := x.today()
	if swept := x.swept.Load(); swept != nil && *swept == today {
		return nil
	}
	x.following.Lock()
	defer x.following.Unlock()
	var from when.Day
	if swept := x.swept.Load(); swept != nil && *swept == today {
		return nil
	} else if swept != nil && swept.Before(today) {
		from = *swept
	}
	if x.lost.Load() != nil {
		return nil // what it shows is judged by the tables
	}
	place, mark := x.engine.At()
	b := search.Batch{Place: place, Mark: mark}
	for _, kind := range x.kinds.All() {
		if kind.Document == nil || kind.Over == nil {
			continue
		}
		ids, err := kind.Over(x.unit.Query(ctx), from, today)
		if err != nil {
			return err
		}
		for _, id := range ids {
			b.Delete = append(b.Delete, documentID(kind.Noun, id))
		}
	}
	if len(b.Delete) > 0 {
		if err := x.engine.Apply(ctx, b); err != nil { // asked again by the next; what a search shows is judged by the tables in any case
			slog.WarnContext(ctx, "what ended before today stays in the index for now", "cause", err)
			return ctx.Err()
		}
	}
	x.swept.Store(&today)
	return nil
}

// batch is what the Changes speak of, as it is now, which may be later than the Change.
func (x *Index) batch(ctx context.Context, changes []relay.Change) (search.Batch, error) {
	touched := map[string][]uuid.UUID{}
	seen := map[uuid.UUID]bool{}
	for _, c := range changes {
		noun, _, _ := strings.Cut(c.Kind, ".")
		if kind, known := x.kinds.Of(noun); known && kind.Document != nil && !seen[c.ObjectID] {
			seen[c.ObjectID] = true
			touched[noun] = append(touched[noun], c.ObjectID)
		}
	}
	q := x.unit.Query(ctx)
	last := changes[len(changes)-1]
	b := search.Batch{Place: last.Pos, Mark: last.Mark}
	said, err := load(q, x.kinds, touched)
	if err != nil {
		return b, err
	}
	for _, c := range changes {
		var read func(kinds.Kind) reading
		switch c.Kind {
		case string(orgs.Renamed), string(orgs.Lifted): // the name stands beside what is public; what is not was taken out before
			read = func(k kinds.Kind) reading { return k.After }
		case string(orgs.Suspended): // what is not public any more is taken out
			read = func(k kinds.Kind) reading { return k.Every }
		default:
			continue
		}
		of, err := x.ownedBy(q, c.ObjectID, read)
		if err != nil {
			return b, err
		}
		said = append(said, of...)
	}
	return b, x.put(q, &b, said)
}

// reading reads records of a kind as kinds.Kind.After does.
type reading = func(q *gorm.DB, id uuid.UUID, limit int) ([]work.Record, error)

// ownedBy is what is read of an organization's.
func (x *Index) ownedBy(q *gorm.DB, owner uuid.UUID, read func(kinds.Kind) reading) ([]kinds.Document, error) {
	var said []kinds.Document
	for _, kind := range x.kinds.All() {
		if kind.Document == nil {
			continue
		}
		err := inBatches(kind, func(after uuid.UUID) ([]work.Record, error) {
			return read(kind)(q.Where("owner_id = ?", owner), after, fillBatch)
		}, func(some []kinds.Document) error {
			said = append(said, some...)
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return said, nil
}

// inBatches hands on what search may know of records, which are read from behind one on, fillBatch at once.
func inBatches(kind kinds.Kind, read func(after uuid.UUID) ([]work.Record, error), fn func(said []kinds.Document) error) error {
	for after := uuid.Nil; ; {
		records, err := read(after)
		if err != nil || len(records) == 0 {
			return err
		}
		said := make([]kinds.Document, len(records))
		for i, r := range records {
			said[i] = kind.Document(r)
			after = r.Base().ID
		}
		if err := fn(said); err != nil || len(records) < fillBatch {
			return err
		}
	}
}

// put adds what is public to a batch and takes the rest out.
func (x *Index) put(q *gorm.DB, b *search.Batch, said []kinds.Document) error {
	papers, err := x.papers(q, said)
	for _, p := range papers {
		if p.listing.public {
			b.Put = append(b.Put, p.Document)
		} else {
			b.Delete = append(b.Delete, p.ID)
		}
	}
	return err
}

// papers are records as the index has them; the names of the owners, by which they may be found, come in one query for all.
func (x *Index) papers(q *gorm.DB, said []kinds.Document) ([]paper, error) {
	owners, err := orgs.Shown(q, policy.Actor{}, standings(said)) // the index knows what a visitor may
	if err != nil {
		return nil, err
	}
	regions := make([]string, len(said))
	if slices.ContainsFunc(said, func(d kinds.Document) bool { return d.Placed && d.Public }) {
		if regions, err = regionsOf(q, said); err != nil {
			return nil, err
		}
	}
	now := x.unit.Now()
	out := make([]paper, len(said))
	for i, d := range said {
		p := paperOf(d, now)
		if where := within(regions[i], owners[i].ID == uuid.Nil); p.listing.public && d.Placed && len(where) > 0 {
			p.Facets[FacetRegion] = where
		}
		if owners[i].ID == uuid.Nil { // masked: neither found by the name nor counted among the owner's
			delete(p.Facets, FacetOwner)
		} else if name := owners[i].Name; name != "" {
			p.Names = append(p.Names, name)
		}
		out[i] = p
	}
	return out, nil
}

// fillBatch is how many documents go into an index at once while it is filled. Each batch is on disk before the next is read,
// so that no more than one is ever in memory. To pause between batches did queries no good that could be measured.
const fillBatch = 1000

// applier is an index that is being filled.
type applier interface {
	Apply(ctx context.Context, b search.Batch) error
}

// fill indexes all that is public. What changes meanwhile comes after head in the log and is followed afterwards; only the
// last batch sets the place, so that an interrupted fill starts again.
func (x *Index) fill(ctx context.Context, into applier, end relay.Place) error {
	slog.InfoContext(ctx, "index is being filled", "up_to", end.Pos)
	total := 0
	for _, kind := range x.kinds.All() {
		if kind.Document == nil {
			continue
		}
		n, err := x.fillKind(ctx, into, kind)
		if err != nil {
			return err
		}
		total += n
	}
	if err := into.Apply(ctx, search.Batch{Place: end.Pos, Mark: end.Mark}); err != nil {
		return err
	}
	slog.InfoContext(ctx, "index is complete", "documents", total)
	return nil
}

// fillKind indexes the public records of one kind, in the order of their identifiers.
func (x *Index) fillKind(ctx context.Context, into applier, kind kinds.Kind) (total int, err error) {
	q := x.unit.Query(ctx)
	err = inBatches(kind, func(after uuid.UUID) ([]work.Record, error) { return kind.After(q, after, fillBatch) }, func(said []kinds.Document) error {
		b := search.Batch{}
		if err := x.put(q, &b, said); err != nil {
			return err
		}
		total += len(said)
		return into.Apply(ctx, b)
	})
	return total, err
}
