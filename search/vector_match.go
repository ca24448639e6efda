package search

import (
	"context"
	"time"
)

// FactorSimilarity is what the similarity of the vectors adds.
const FactorSimilarity = "similarity"

// The weight of vectors. None of it is measured with a model: it is chosen so
// that vectors which say nothing do no harm, and that text decides. On 84 needs
// vectors of pure chance left MRR@10 at .823, and made-up ones that know the
// answer raised it to .851.
const (
	// vectorCandidates is how many documents by similarity join the candidates of
	// stage one.
	vectorCandidates = 100
	// similarityGain is what similarity adds to the logit at most. A document loses
	// nothing by being unlike: models differ most in what they hold unlike.
	similarityGain = 1.0
	// Similarity counts by how far it is above the mean of all documents for this
	// probe, in standard deviations, since its level differs between models and
	// probes: nothing up to the first, all from the second. Of documents that are
	// similar by chance one in 44 is above the first.
	similarityFrom = 2
	similarityFull = 5
	// similarityPrior is the number of documents of which half the gain is given:
	// of twenty, standard deviations say little.
	similarityPrior = 200
	// unlikeText is the logit of a document that has a vector and no character in
	// common with the probe: its score is 0, and similarity orders those below all
	// others.
	unlikeText = -30
	// defaultEmbedWait is how long a match waits for its probe's vector.
	defaultEmbedWait = 500 * time.Millisecond
)

// near is the part of a match that is done with vectors, beside stage one.
type near struct {
	vectors  *vectors
	table    *vectorTable
	probe    packedProbe
	list     []candidate // by similarity; without segment and number
	spread   *spread
	degraded Degraded
	err      error
	cancel   context.CancelFunc
	done     chan struct{}
}

// startNear begins to look for the nearest documents. It returns nil if the index
// has no vectors or the probe may not have one.
func (x *Index) startNear(ctx context.Context, v *view, q *Probe) *near {
	if x.vectors == nil || !q.Public {
		return nil
	}
	ctx, cancel := context.WithCancel(ctx)
	n := &near{vectors: x.vectors, cancel: cancel, done: make(chan struct{})}
	go func() {
		defer close(n.done)
		n.find(ctx, v, q)
	}()
	return n
}

// stop ends the work and waits for it, for it uses the view.
func (n *near) stop() {
	if n != nil {
		n.cancel()
		<-n.done
	}
}

func (n *near) find(ctx context.Context, v *view, q *Probe) {
	k := n.vectors
	k.mu.Lock()
	left, resting := len(k.wanted), k.resting
	n.table = k.table
	k.mu.Unlock()
	ofView := n.table.facets == v.facets // not while the index is opened again
	if left > 0 || !ofView {
		n.degraded = DegradedDocuments
	}
	if !ofView {
		return
	}
	text := embedText(q.Title, q.Text, q.Keywords)
	if text == "" {
		return
	}
	vector, ok := []float32(nil), false
	if start := time.Now(); start.After(resting) {
		vector, ok = k.probe(ctx, text)
	}
	p, packs := pack(vector)
	if !ok || !packs {
		n.degraded = DegradedProbe
		return
	}
	n.probe = p.prepare(len(vector))
	select {
	case v.slots <- struct{}{}:
		defer func() { <-v.slots }()
	case <-ctx.Done():
		n.err = ctx.Err()
		return
	}
	// In this order: the filter knows the facets of all documents of the rows.
	rows := n.table.rows()
	f := q.filter(v)
	if len(rows.chunks) == 0 {
		return
	}
	if rows.dimension != len(vector) {
		n.degraded = DegradedProbe
		return
	}
	n.list, n.spread, n.err = rows.nearest(ctx, &n.probe, vectorCandidates, f.accepts)
}

// probe gets the vector of a probe in the time that a match has for it. After a
// failure the next ones do not try for a while, so that not every match waits.
func (k *vectors) probe(ctx context.Context, text string) (vector []float32, ok bool) {
	limited, cancel := context.WithTimeout(ctx, k.wait)
	defer cancel()
	list, err := k.ask(limited, []string{text})
	if err == nil {
		return list[0], true
	}
	if ctx.Err() == nil { // it was not the caller who gave up
		start := time.Now()
		k.mu.Lock()
		k.resting = start.Add(probePause)
		k.mu.Unlock()
	}
	return nil, false
}

// join adds the nearest documents to the candidates of stage one, and has the
// scorer count similarity. Nil adds nothing.
func (n *near) join(v *view, s *scorer, list []candidate) ([]candidate, Degraded, error) {
	if n == nil {
		return list, NotDegraded, nil
	}
	<-n.done
	if n.err != nil {
		return nil, n.degraded, n.err
	}
	if n.spread == nil {
		return list, n.degraded, nil
	}
	s.near = n
	known := make(map[*forward]bool, len(list))
	for _, c := range list {
		known[c.forward] = true
	}
	var more []*forward
	for _, c := range n.list {
		if !known[c.forward] {
			more = append(more, c.forward)
		}
	}
	at, err := v.locate(more)
	if err != nil {
		return nil, n.degraded, err
	}
	for _, f := range more {
		if c, ok := at[f]; ok {
			list = append(list, c)
		}
	}
	return list, n.degraded, nil
}

// logits is what similarity adds for a document.
func (n *near) logits(d *forward) float64 {
	x, ok := n.table.cosine(&n.probe, d)
	if !ok {
		return 0
	}
	share := (n.spread.above(x) - similarityFrom) / (similarityFull - similarityFrom)
	known := float64(n.spread.n)
	return similarityGain * min(max(share, 0), 1) * known / (known + similarityPrior)
}
