package match

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math"
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
	whole  atomic.Bool // has once held everything up to its place
	fits   bool        // has been compared with the log of this database; used by the consumer alone

	// following is held while Changes become documents of the index that serves, and while another takes its place.
	following sync.Mutex
	// swept is the day on which what had ended before it was last taken out; nil: not yet.
	swept atomic.Pointer[when.Day]

	// The heads of the log when filling began, 0 before: of the index that serves and of its successor.
	head, nextHead int64
}

// OpenIndex opens the index under a data folder.
func OpenIndex(dir string, unit *work.Unit, registry *kinds.Registry, r *relay.Relay, o search.Options) (*Index, error) {
	engine, err := keeper.Open(filepath.Join(dir, "index"), o)
	if errors.Is(err, search.ErrLocked) {
		return nil, fmt.Errorf("another process uses the index in %s: give each process its own data folder", dir)
	}
	if err != nil {
		return nil, err
	}
	x := &Index{unit: unit, kinds: registry, relay: r, engine: engine}
	x.whole.Store(engine.Place() > 0)
	return x, nil
}

func (x *Index) today() when.Day { return when.DayOf(x.unit.Now()) }

// Close closes the index.
func (x *Index) Close() error { return x.engine.Close() }

// Ready tells whether the index holds the whole collection; while it is being filled for the first time, search finds only a
// part.
func (x *Index) Ready() bool { return x.whole.Load() }

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

// Consumer follows the change log.
func (x *Index) Consumer() relay.Consumer {
	return relay.Consumer{Name: "index", Place: x.place, Handle: x.follow}
}

// place tells where to go on. An index without a place is new or was deleted: it is filled from the tables first.
func (x *Index) place(ctx context.Context) (int64, error) {
	if !x.fits {
		if err := x.compare(ctx); err != nil {
			return 0, err
		}
	}
	if p := x.engine.Place(); p > 0 {
		return p, nil
	}
	if err := x.begin(ctx, &x.head); err != nil {
		return 0, err
	}
	if x.head > 0 {
		if err := x.fill(ctx, x.engine, x.head); err != nil {
			return 0, err
		}
	}
	x.swept.Store(nil) // a day may have ended while it was filled
	x.whole.Store(true)
	return x.head, nil
}

// compare looks at an index before it is followed for the first time. One that is ahead of the log was made from another database,
// or from this one before a restore; one with documents and no place is of a fill that the end of a process cut off. Neither
// says what it lacks or has too much: both begin anew.
func (x *Index) compare(ctx context.Context) error {
	head, err := x.relay.Head(ctx)
	if err != nil {
		return err
	}
	cutOff := x.engine.Place() == 0 && x.engine.Count() > 0
	if x.engine.Place() > head || cutOff {
		slog.WarnContext(ctx, "the index does not fit this database and is made anew", "place", x.engine.Place(), "head", head)
		x.whole.Store(false)
		if err := x.engine.Clear(ctx); err != nil {
			return err
		}
	}
	x.fits = true
	return nil
}

// begin notes the head of the log before the first try to fill an index. When that fails, the next try keeps to the same head:
// what has changed since is followed then, and with it what the first try had put in and must go again.
func (x *Index) begin(ctx context.Context, head *int64) (err error) {
	if *head == 0 {
		*head, err = x.relay.Head(ctx)
	}
	return err
}

// Rebuilder fills the successor of a stale index and lets it take over, while the stale one serves and follows. It is a
// consumer of the change log with the successor's place.
func (x *Index) Rebuilder() relay.Consumer {
	return relay.Consumer{Name: "index-rebuild", Place: x.successorPlace, Handle: x.followSuccessor}
}

// noChange is a place that no Change is behind.
const noChange = math.MaxInt64

// successorPlace tells where the successor is to go on. A new one is filled first; one that has come as far as the index that
// serves takes over.
func (x *Index) successorPlace(ctx context.Context) (int64, error) {
	if !x.Ready() || !x.Stale() {
		return noChange, nil
	}
	next, err := x.engine.Successor()
	if err != nil {
		return 0, err
	}
	if next.Place() == 0 {
		if err := x.begin(ctx, &x.nextHead); err != nil || x.nextHead == 0 {
			return noChange, err
		}
		if err := x.fill(ctx, next, x.nextHead); err != nil {
			return 0, err
		}
	}
	x.following.Lock()
	defer x.following.Unlock()
	if next.Place() < x.engine.Place() {
		return next.Place(), nil
	}
	if err := x.engine.Swap(); err != nil {
		return 0, err
	}
	x.nextHead = 0
	x.swept.Store(nil)
	slog.InfoContext(ctx, "the index was replaced by one of today's analysis", "documents", x.Count())
	return noChange, nil
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
	b := search.Batch{Place: x.engine.Place()}
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
		if err := x.engine.Apply(ctx, b); err != nil {
			return err
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
	b := search.Batch{Place: changes[len(changes)-1].Pos}
	papers, err := load(q, x.kinds, touched, x.today())
	if err != nil {
		return b, err
	}
	return b, put(q, &b, papers)
}

// put adds what is public to a batch and takes the rest out; the names of the owners, by which it may be found, come in one
// query for all.
func put(q *gorm.DB, b *search.Batch, papers []paper) error {
	owners, err := orgs.Shown(q, policy.Actor{}, standings(papers)) // the index knows what a visitor may
	if err != nil {
		return err
	}
	for i, p := range papers {
		if !p.listing.public {
			b.Delete = append(b.Delete, p.ID)
			continue
		}
		if owners[i].ID == uuid.Nil { // masked: neither found by the name nor counted among the owner's
			delete(p.Facets, FacetOwner)
		} else if name := owners[i].Name; name != "" {
			p.Names = []string{name}
		}
		b.Put = append(b.Put, p.Document)
	}
	return nil
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
func (x *Index) fill(ctx context.Context, into applier, head int64) error {
	slog.InfoContext(ctx, "index is being filled", "up_to", head)
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
	if err := into.Apply(ctx, search.Batch{Place: head}); err != nil {
		return err
	}
	slog.InfoContext(ctx, "index is complete", "documents", total)
	return nil
}

// fillKind indexes the public records of one kind, in the order of their identifiers.
func (x *Index) fillKind(ctx context.Context, into applier, kind kinds.Kind) (total int, err error) {
	for after := uuid.Nil; ; {
		q := x.unit.Query(ctx)
		records, err := kind.After(q, after, fillBatch)
		if err != nil {
			return total, err
		}
		papers := make([]paper, len(records))
		for i, r := range records {
			papers[i] = paperOf(kind.Document(r), x.today())
			after = r.Base().ID
		}
		if len(records) > 0 {
			b := search.Batch{}
			if err := put(q, &b, papers); err != nil {
				return total, err
			}
			if err := into.Apply(ctx, b); err != nil {
				return total, err
			}
		}
		if total += len(records); len(records) < fillBatch {
			return total, nil
		}
	}
}
