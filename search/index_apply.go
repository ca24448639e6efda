package search

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"os"

	index "github.com/blevesearch/bleve_index_api"
)

// Batch is a set of changes that become visible, and durable, together.
type Batch struct {
	// Put adds documents, or replaces those of the same ID. Of two with one ID
	// the later counts.
	Put []Document
	// Delete removes documents by ID; one that is not there is no error. An ID
	// in both lists is put.
	Delete []string
	// Place is the position in the caller's log of changes up to which the index
	// is complete after this batch. It is written in the same commit.
	Place int64
	// Mark is kept with Place and given back with it: what the caller knows that
	// position by.
	Mark string
}

// changes are a batch that has been given to the store.
type changes struct {
	entries map[string]*entry
	gone    []string
	mark    []byte // names the batch in the store
}

// Apply carries out a batch. When it returns without error the batch is on disk
// and every later query sees it. After an error queries answer as before, and
// applying the batch again is right: the disk may have taken it all the same.
func (x *Index) Apply(ctx context.Context, b Batch) error {
	x.writing.Lock()
	defer x.writing.Unlock()
	if x.current == nil {
		return ErrClosed
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	c, batch, err := newChanges(b)
	if err != nil {
		return err
	}
	if x.failed != nil {
		if err := x.reopen(); err != nil {
			return err
		}
	}
	if err := x.write(batch); err != nil {
		x.failed = c.mark
		return fmt.Errorf("search: %w", err)
	}
	x.last = c.mark
	stats := x.current.stats.clone()
	x.take(c, stats)
	snapshot, err := x.snapshot()
	if err != nil {
		return err
	}
	if err := x.publish(snapshot, stats); err != nil {
		return err
	}
	x.vectors.want(c.entries)
	return nil
}

// Clear takes every document out and sets the place to 0, so that the caller
// gives all documents again. An index does not know whose documents it holds:
// whoever finds that they are another collection's begins anew with it.
func (x *Index) Clear(ctx context.Context) error {
	x.writing.Lock()
	ids := make([]string, 0, len(x.byID))
	for id := range x.byID {
		ids = append(ids, id)
	}
	x.writing.Unlock()
	return x.Apply(ctx, Batch{Delete: ids})
}

// newChanges makes a batch for the store, or refuses it whole.
func newChanges(b Batch) (changes, *index.Batch, error) {
	batch := index.NewBatch()
	c := changes{entries: make(map[string]*entry, len(b.Put)), gone: b.Delete, mark: []byte(rand.Text())}
	for _, id := range b.Delete {
		if id != "" {
			batch.Delete(id)
		}
	}
	for i, doc := range b.Put {
		if doc.ID == "" {
			return c, nil, fmt.Errorf("search: document %d of the batch has no ID", i)
		}
		if _, ok := doc.Facets[FacetKind]; ok {
			return c, nil, fmt.Errorf("search: document %q has a facet %q of its own", doc.ID, FacetKind)
		}
		if _, ok := doc.SortKeys[KeyConfirmed]; ok {
			return c, nil, fmt.Errorf("search: document %q has a sort key %q of its own", doc.ID, KeyConfirmed)
		}
		e := newEntry(doc)
		c.entries[doc.ID] = e
		batch.Update(e)
	}
	batch.SetInternal([]byte(keyPlace), binary.BigEndian.AppendUint64(nil, uint64(b.Place)))
	batch.SetInternal([]byte(keyMark), []byte(b.Mark))
	batch.SetInternal([]byte(keyBatch), c.mark)
	return c, batch, nil
}

func (x *Index) write(batch *index.Batch) error {
	return x.within(func() error { return x.store.Batch(batch) })
}

// reopen opens the store again after it failed to write: it keeps the batch in
// memory then, half taken apart. What is on disk has to end with the last batch
// that was applied or with the one that failed; otherwise someone else has been
// at the files, and only the caller can fill the index again.
func (x *Index) reopen() error {
	if err := x.Damage(); err != nil {
		return err
	}
	if err := x.closeStore(); err != nil {
		return fmt.Errorf("search: %w", err)
	}
	if _, err := os.Stat(x.data); err != nil {
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	y := &Index{queue: x.queue, slots: x.slots, began: x.began, faulted: make(chan struct{})}
	if err := y.load(x.data, x.options); err != nil {
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	stores.Store(x.data, x)
	if !bytes.Equal(y.last, x.last) && !bytes.Equal(y.last, x.failed) {
		y.current.release()
		return fmt.Errorf("%w: it ends with another batch", errors.Join(ErrDamaged, y.store.Close()))
	}
	x.store, x.facets, x.names, x.cache, x.byID = y.store, y.facets, y.names, y.cache, y.byID
	x.last, x.failed, x.gone = y.last, nil, false
	x.mu.Lock()
	old := x.current
	x.current, x.checked = y.current, y.checked
	x.mu.Unlock()
	old.release()
	x.vectors.renew(x.current)
	return nil
}

// closeStore closes the store, once. Views go on with what they hold.
func (x *Index) closeStore() error {
	if x.gone {
		return nil
	}
	x.gone = true
	return x.within(x.store.Close)
}

// take brings what is kept in memory up to the state after some changes.
func (x *Index) take(c changes, stats *statistics) {
	for _, id := range c.gone {
		if old := x.byID[id]; old != nil && c.entries[id] == nil {
			stats.count(old, -1, &x.seen)
			x.vectors.forget(old)
			delete(x.byID, id)
		}
	}
	for id, e := range c.entries {
		if old := x.byID[id]; old != nil {
			stats.count(old, -1, &x.seen)
			x.vectors.forget(old)
		}
		x.number(e)
		stats.count(e.forward, 1, &x.seen)
		x.byID[id] = e.forward
	}
}
