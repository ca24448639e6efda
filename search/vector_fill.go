package search

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode/utf8"
)

// EmbedFunc turns texts into vectors, one for each text in the same order, all of
// one dimension; their length does not matter. It may be called from several
// goroutines. It must return when its context ends.
type EmbedFunc func(ctx context.Context, texts []string) ([][]float32, error)

const (
	// embedBatch is how many texts are given to EmbedFunc at once.
	embedBatch = 128
	// embedLimit bounds one call for documents.
	embedLimit = 5 * time.Minute
	// After a failure the next try waits, each time twice as long. A probe does not
	// ask at all for a while after one did in vain.
	embedFirstPause   = 200 * time.Millisecond
	embedLongestPause = time.Minute
	probePause        = 5 * time.Second
	// maxEmbedBytes is how much of a text is turned into a vector: some 2,000 Han
	// characters. Common models read less.
	maxEmbedBytes = 6000
)

// VectorState tells how far the vectors of an index are.
type VectorState struct {
	// Vectors of Documents have one; 0 of 0 if the index has no EmbedFunc.
	Vectors, Documents int
	// Err is why the last try failed, nil after one that did not.
	Err error
}

// vectors keeps the vectors of an index. Documents get theirs after they were
// indexed, by a goroutine of its own: what Apply does neither waits for the
// network nor fails with it, and documents that were missed are in the same queue
// as new ones.
type vectors struct {
	index *Index
	embed EmbedFunc
	wait  time.Duration // for a probe
	stop  context.CancelFunc
	done  sync.WaitGroup

	mu      sync.Mutex
	table   *vectorTable
	queue   []*forward // the next one first; what is not in wanted any more is passed over
	wanted  map[*forward]struct{}
	err     error
	changed chan struct{} // closed and replaced when any of these change
	resting time.Time     // probes do not ask before
}

// startVectors begins to give every document of the index its vector.
func startVectors(x *Index, o Options) *vectors {
	ctx, stop := context.WithCancel(context.Background())
	k := &vectors{
		index: x, embed: o.Embed, wait: o.EmbedWait, stop: stop, changed: make(chan struct{}),
	}
	if k.wait <= 0 {
		k.wait = defaultEmbedWait
	}
	k.renew(x.current)
	k.done.Go(func() { k.run(ctx) })
	return k
}

// renew begins with the documents of a view, without any vector: they are others
// after the index was opened again, even if they say the same. Nil vectors do
// nothing.
func (k *vectors) renew(v *view) {
	if k == nil {
		return
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.table, k.queue, k.wanted = newVectorTable(v.facets), nil, map[*forward]struct{}{}
	for _, s := range v.segments {
		for i := range s.docs {
			if f := s.docs[i]; f != nil && !s.deleted.has(uint32(i)) {
				k.enqueue(f)
			}
		}
	}
	k.change()
}

// change makes waiting goroutines look again. The caller holds mu.
func (k *vectors) change() {
	close(k.changed)
	k.changed = make(chan struct{})
}

// want puts documents that the view has into the queue. Nil vectors want nothing.
func (k *vectors) want(entries map[string]*entry) {
	if k == nil {
		return
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, e := range entries {
		k.enqueue(e.forward)
	}
	k.change()
}

// enqueue is want for one document. The caller holds mu.
func (k *vectors) enqueue(f *forward) {
	k.queue = append(k.queue, f)
	k.wanted[f] = struct{}{}
}

// forget drops a document that leaves the index, or is replaced.
func (k *vectors) forget(f *forward) {
	if k == nil {
		return
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	delete(k.wanted, f)
	k.table.forget(f)
	k.change()
}

// close stops the work and waits for it.
func (k *vectors) close() {
	if k != nil {
		k.stop()
		k.done.Wait()
	}
}

// run fills until the context ends. A batch that fails is halved, and a document
// that fails alone goes to the end of the queue: one text that the endpoint does
// not take keeps no other from its vector.
func (k *vectors) run(ctx context.Context) {
	size, pause := embedBatch, embedFirstPause
	for ctx.Err() == nil {
		k.mu.Lock()
		changed := k.changed
		k.mu.Unlock()
		batch := k.take(size)
		if len(batch) == 0 {
			select {
			case <-changed:
			case <-ctx.Done():
			}
			continue
		}
		if err := k.fill(ctx, batch); err == nil {
			size, pause = min(2*size, embedBatch), embedFirstPause
			continue
		}
		k.putBack(batch)
		size = max(len(batch)/2, 1)
		select {
		case <-time.After(pause):
		case <-ctx.Done():
		}
		pause = min(2*pause, embedLongestPause)
	}
}

// take returns up to n documents that want a vector.
func (k *vectors) take(n int) []*forward {
	k.mu.Lock()
	defer k.mu.Unlock()
	var batch []*forward
	taken := 0
	for _, f := range k.queue {
		if len(batch) == n {
			break
		}
		taken++
		if _, ok := k.wanted[f]; ok {
			batch = append(batch, f)
		}
	}
	k.queue = k.queue[taken:]
	return batch
}

// putBack returns a batch that failed: to the front, or to the end if it is one
// document.
func (k *vectors) putBack(batch []*forward) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if len(batch) == 1 {
		k.queue = append(k.queue, batch[0])
		return
	}
	k.queue = slices.Concat(batch, k.queue)
}

// fill gets the vectors of a batch and puts them into the table.
func (k *vectors) fill(ctx context.Context, batch []*forward) error {
	batch, texts, err := k.texts(batch)
	if err == nil && len(batch) > 0 {
		ctx, cancel := context.WithTimeout(ctx, embedLimit)
		defer cancel()
		var list [][]float32
		if list, err = k.ask(ctx, texts); err == nil {
			err = k.keep(batch, list)
		}
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.err = err
	k.change()
	return err
}

// ask calls EmbedFunc and sees that it gives as many vectors as asked for.
func (k *vectors) ask(ctx context.Context, texts []string) ([][]float32, error) {
	list, err := k.embed(ctx, texts)
	if err != nil {
		return nil, err
	}
	if len(list) != len(texts) {
		return nil, fmt.Errorf("search: %d vectors for %d texts", len(list), len(texts))
	}
	return list, nil
}

var errVector = errors.New("search: a vector without direction, or of another dimension than those before")

func (k *vectors) keep(batch []*forward, list [][]float32) error {
	for i, f := range batch {
		p, ok := pack(list[i])
		if !ok {
			return errVector
		}
		k.mu.Lock()
		// One that left the index meanwhile is not put into the table.
		if _, wanted := k.wanted[f]; wanted {
			if ok = k.table.add(f, p, len(list[i])); ok {
				delete(k.wanted, f)
			}
		}
		k.mu.Unlock()
		if !ok {
			return errVector
		}
	}
	return nil
}

// texts reads what is turned into vectors. Documents that left the index, and
// those without any text, want no vector; the others are returned.
func (k *vectors) texts(batch []*forward) (with []*forward, texts []string, err error) {
	v, err := k.index.acquire()
	if err != nil {
		return nil, nil, err
	}
	defer v.release()
	at, err := v.locate(batch)
	if err != nil {
		return nil, nil, err
	}
	for _, f := range batch {
		text := ""
		if c, ok := at[f]; ok {
			d, err := readRecord(v.segments[c.segment].store, uint64(c.doc))
			if err != nil {
				return nil, nil, err
			}
			text = embedText(d.Title, d.Abstract, d.Keywords)
		}
		if text == "" {
			k.mu.Lock()
			delete(k.wanted, f)
			k.mu.Unlock()
			continue
		}
		with, texts = append(with, f), append(texts, text)
	}
	return with, texts, nil
}

// embedText is what is turned into a vector: the same of a document and of a
// probe with the same texts, so that a cache knows the one by the other.
func embedText(title, text string, keywords []string) string {
	parts := append([]string{title, text}, keywords...)
	s := strings.Join(slices.DeleteFunc(parts, func(p string) bool { return p == "" }), "\n")
	if len(s) > maxEmbedBytes {
		end := maxEmbedBytes
		for end > 0 && !utf8.RuneStart(s[end]) {
			end--
		}
		s = s[:end]
	}
	return strings.ToValidUTF8(s, "\uFFFD")
}

// locate finds where documents are in the view. Those that it does not have, or
// has in another version, are left out.
func (v *view) locate(list []*forward) (out map[*forward]candidate, err error) {
	defer guard(&err)()
	ids := make([]string, len(list))
	wanted := make(map[*forward]bool, len(list))
	for i, f := range list {
		ids[i], wanted[f] = f.id, true
	}
	out = make(map[*forward]candidate, len(list))
	for i, s := range v.segments {
		numbers, err := s.store.DocNumbers(ids)
		if err != nil {
			return nil, fmt.Errorf("search: documents of segment %d: %w", s.id, err)
		}
		for it := numbers.Iterator(); it.HasNext(); {
			n := it.Next()
			if f := s.docs[n]; wanted[f] && !s.deleted.has(n) {
				out[f] = candidate{segment: i, doc: n, forward: f}
			}
		}
	}
	return out, nil
}

// VectorState tells how far the vectors are.
func (x *Index) VectorState() VectorState {
	k := x.vectors
	if k == nil {
		return VectorState{}
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	have := k.table.count()
	return VectorState{Vectors: have, Documents: have + len(k.wanted), Err: k.err}
}

// WaitVectors returns when every document has its vector, or with an error when
// the context ends before: the context's, and what the last try failed with.
func (x *Index) WaitVectors(ctx context.Context) error {
	k := x.vectors
	if k == nil {
		return nil
	}
	for {
		k.mu.Lock()
		left, err, changed := len(k.wanted), k.err, k.changed
		k.mu.Unlock()
		if left == 0 {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return errors.Join(ctx.Err(), err)
		}
	}
}
