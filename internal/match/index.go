package match

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"sync/atomic"
	"time"

	"github.com/google/uuid"

	"jiebang/internal/needs"
	"jiebang/internal/relay"
	"jiebang/internal/results"
	"jiebang/internal/work"
	"jiebang/search"
)

// searchPause is what a caller waits before asking a closed index again.
const searchPause = 2 * time.Second

// Index is this process's own index. It can be deleted at any time: what it lacks is read from the database again.
type Index struct {
	unit   *work.Unit
	relay  *relay.Relay
	engine *search.Index
	whole  atomic.Bool // has once held everything up to its place
}

// OpenIndex opens the index under a data folder.
func OpenIndex(dir string, unit *work.Unit, r *relay.Relay) (*Index, error) {
	engine, err := search.Open(filepath.Join(dir, "index"), search.Options{})
	if errors.Is(err, search.ErrLocked) {
		return nil, fmt.Errorf("another process uses the index in %s: give each process its own data folder", dir)
	}
	if err != nil {
		return nil, err
	}
	x := &Index{unit: unit, relay: r, engine: engine}
	x.whole.Store(engine.Place() > 0)
	return x, nil
}

// Close closes the index.
func (x *Index) Close() error { return x.engine.Close() }

// Ready tells whether the index holds the whole collection; while it is being rebuilt, search finds only a part.
func (x *Index) Ready() bool { return x.whole.Load() }

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
	if p := x.engine.Place(); p > 0 {
		return p, nil
	}
	head, err := x.relay.Head(ctx)
	if err != nil {
		return 0, err
	}
	if head > 0 {
		if err := x.fill(ctx, head); err != nil {
			return 0, err
		}
	}
	x.whole.Store(true)
	return head, nil
}

// follow brings what the Changes speak of up to date: as it is now, which may be later than the Change.
func (x *Index) follow(ctx context.Context, changes []relay.Change) error {
	touched := map[string][]uuid.UUID{}
	seen := map[uuid.UUID]bool{}
	for _, c := range changes {
		kind, _, _ := strings.Cut(c.Kind, ".")
		if (kind == KindResult || kind == KindNeed) && !seen[c.ObjectID] {
			seen[c.ObjectID] = true
			touched[kind] = append(touched[kind], c.ObjectID)
		}
	}
	q := x.unit.Query(ctx)
	b := search.Batch{Place: changes[len(changes)-1].Pos}
	rs, err := results.ByIDs(q, touched[KindResult])
	if err != nil {
		return err
	}
	for i := range rs {
		x.put(&b, resultPaper(&rs[i]).Document, rs[i].Facts().Public)
	}
	ns, err := needs.ByIDs(q, touched[KindNeed])
	if err != nil {
		return err
	}
	for i := range ns {
		x.put(&b, needPaper(&ns[i]).Document, ns[i].Facts().Public)
	}
	return x.engine.Apply(ctx, b)
}

func (x *Index) put(b *search.Batch, d search.Document, public bool) {
	if public {
		b.Put = append(b.Put, d)
	} else {
		b.Delete = append(b.Delete, d.ID)
	}
}

// fillBatch is how many documents go into the index at once while it is rebuilt.
const fillBatch = 1000

// fill indexes all that is public. What changes meanwhile comes after head in the log and is followed afterwards; only the
// last batch sets the place, so that an interrupted fill starts again.
func (x *Index) fill(ctx context.Context, head int64) error {
	slog.InfoContext(ctx, "index is being rebuilt", "up_to", head)
	n, err := fill(ctx, x, &results.Result{State: results.Published}, func(r *results.Result) (uuid.UUID, search.Document) {
		return r.ID, resultPaper(r).Document
	})
	if err != nil {
		return err
	}
	m, err := fill(ctx, x, &needs.Need{State: needs.Open}, func(n *needs.Need) (uuid.UUID, search.Document) {
		return n.ID, needPaper(n).Document
	})
	if err != nil {
		return err
	}
	if err := x.engine.Apply(ctx, search.Batch{Place: head}); err != nil {
		return err
	}
	slog.InfoContext(ctx, "index is complete", "documents", n+m)
	return nil
}

// fill reads the rows that are like the example, in the order of their identifiers.
func fill[T any](ctx context.Context, x *Index, like *T, document func(*T) (uuid.UUID, search.Document)) (int, error) {
	total, after := 0, uuid.Nil
	for {
		var rows []T
		q := x.unit.Query(ctx).Where(like).Where("id > ?", after)
		if err := q.Order("id").Limit(fillBatch).Find(&rows).Error; err != nil {
			return total, err
		}
		b := search.Batch{}
		for i := range rows {
			id, d := document(&rows[i])
			after = id
			b.Put = append(b.Put, d)
		}
		if len(rows) > 0 {
			if err := x.engine.Apply(ctx, b); err != nil {
				return total, err
			}
		}
		if total += len(rows); len(rows) < fillBatch {
			return total, nil
		}
	}
}
