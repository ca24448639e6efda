package eval

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/blevesearch/bleve/v2"
	"github.com/blevesearch/bleve/v2/analysis/lang/cjk"

	"jiebang/search"
)

// system is something that finds documents for a need.
type system interface {
	name() string
	// find ranks documents for a need, the best first.
	find(ctx context.Context, n Need, limit int) ([]found, error)
	// serve does what a user waits for.
	serve(ctx context.Context, n Need) error
	close() error
}

// found is a document of a ranking. score is 0 to 100, or -1 from a system whose
// scores mean nothing by themselves.
type found struct {
	id    string
	score float64
}

// served is how many documents a user is shown.
const served = 10

// batchSize is how many documents go into the index in one commit.
const batchSize = 1000

// product is the engine as it serves, with vectors or without.
type product struct {
	index  *search.Index
	called string
}

func newProduct(ctx context.Context, dir string, docs []Doc) (system, error) {
	return openProduct(ctx, dir, docs, "jiebang", search.Options{})
}

// embedWait is how long a match waits for its need's vector here: figures should
// not depend on how fast the endpoint happens to be.
const embedWait = time.Minute

func withVectors(embed search.EmbedFunc) func(context.Context, string, []Doc) (system, error) {
	return func(ctx context.Context, dir string, docs []Doc) (system, error) {
		return openProduct(ctx, dir, docs, "jiebang+vectors", search.Options{Embed: embed, EmbedWait: embedWait})
	}
}

// openProduct fills an index, the vectors included.
func openProduct(ctx context.Context, dir string, docs []Doc, called string, o search.Options) (_ system, err error) {
	x, err := search.Open(dir, o)
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, x.Close())
		}
	}()
	for part := range slices.Chunk(docs, batchSize) {
		var b search.Batch
		for _, d := range part {
			b.Put = append(b.Put, search.Document{
				ID: d.ID, Kind: "result", Title: d.Title, Abstract: d.text(), Keywords: d.Keywords,
			})
		}
		if err := x.Apply(ctx, b); err != nil {
			return nil, err
		}
	}
	if err := waitVectors(ctx, x); err != nil {
		return nil, err
	}
	return product{x, called}, nil
}

// patience is how long nothing may come from an endpoint that fails before the
// measurement is given up.
const patience = 2 * time.Minute

func waitVectors(ctx context.Context, x *search.Index) error {
	for before := -1; ; {
		waiting, cancel := context.WithTimeout(ctx, patience)
		err := x.WaitVectors(waiting)
		cancel()
		s := x.VectorState()
		if err == nil || ctx.Err() != nil || s.Err != nil && s.Vectors == before {
			return err
		}
		before = s.Vectors
	}
}

func (p product) name() string { return p.called }
func (p product) close() error { return p.index.Close() }

func (p product) find(ctx context.Context, n Need, limit int) ([]found, error) {
	o, err := p.index.MatchOutcome(ctx, search.Probe{Title: n.Title, Text: n.Text, Kind: "result", Limit: limit, Brief: true, Public: true})
	if err != nil {
		return nil, err
	}
	if o.Degraded != search.NotDegraded {
		return nil, fmt.Errorf("vectors did not take part: %s", o.Degraded)
	}
	out := make([]found, len(o.Matches))
	for i, m := range o.Matches {
		out[i] = found{m.ID, m.Score}
	}
	return out, nil
}

func (p product) serve(ctx context.Context, n Need) error {
	_, err := p.index.Match(ctx, search.Probe{Title: n.Title, Text: n.Text, Kind: "result", Limit: served, Public: true})
	return err
}

// baseline is Bleve as its documentation suggests for Chinese: the cjk analyzer
// over one field, default scoring, a match query.
type baseline struct{ index bleve.Index }

func newBaseline(_ context.Context, dir string, docs []Doc) (system, error) {
	text := bleve.NewTextFieldMapping()
	text.Analyzer = cjk.AnalyzerName
	text.Store, text.IncludeTermVectors, text.DocValues = false, false, false
	m := bleve.NewIndexMapping()
	m.DefaultMapping.Dynamic = false
	m.DefaultMapping.AddFieldMappingsAt("text", text)
	x, err := bleve.New(filepath.Join(dir, "bleve"), m)
	if err != nil {
		return nil, err
	}
	for part := range slices.Chunk(docs, batchSize) {
		b := x.NewBatch()
		for _, d := range part {
			all := strings.Join(append([]string{d.Title, d.text()}, d.Keywords...), "\n")
			if err := b.Index(d.ID, map[string]any{"text": all}); err != nil {
				return nil, errors.Join(err, x.Close())
			}
		}
		if err := x.Batch(b); err != nil {
			return nil, errors.Join(err, x.Close())
		}
	}
	return baseline{x}, nil
}

func (b baseline) name() string { return "bleve-cjk" }
func (b baseline) close() error { return b.index.Close() }

func (b baseline) find(ctx context.Context, n Need, limit int) ([]found, error) {
	q := bleve.NewMatchQuery(n.Title + "\n" + n.Text)
	q.SetField("text")
	r, err := b.index.SearchInContext(ctx, bleve.NewSearchRequestOptions(q, limit, 0, false))
	if err != nil {
		return nil, err
	}
	out := make([]found, len(r.Hits))
	for i, h := range r.Hits {
		out[i] = found{h.ID, -1}
	}
	return out, nil
}

func (b baseline) serve(ctx context.Context, n Need) error {
	_, err := b.find(ctx, n, served)
	return err
}

// measure opens a system on an empty folder, fills it, has it rank documents for
// every need, which also warms it up, then takes the time of serving each, and
// removes the folder.
func measure(ctx context.Context, temp string, open func(context.Context, string, []Doc) (system, error), docs []Doc, needs []Need) (r Report, err error) {
	dir, err := os.MkdirTemp(temp, "eval-")
	if err != nil {
		return Report{}, err
	}
	defer os.RemoveAll(dir)
	start := time.Now()
	s, err := open(ctx, dir, docs)
	if err != nil {
		return Report{}, err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	took := time.Since(start)
	r = Report{System: s.name(), Queries: len(needs), DocsPerSecond: float64(len(docs)) / took.Seconds()}
	var whole, short Reliability
	for _, n := range needs {
		list, err := s.find(ctx, n, depth)
		if err != nil {
			return Report{}, fmt.Errorf("need %s: %w", n.ID, err)
		}
		r.add(n, list)
		whole.pairs(list, n)
		if err := short.of(ctx, s, Need{ID: n.ID, Title: n.Title}, n); err != nil {
			return Report{}, err
		}
	}
	r.reliable(&whole, &short)
	times := make([]float64, 0, len(needs))
	for _, n := range needs {
		start := time.Now()
		if err := s.serve(ctx, n); err != nil {
			return Report{}, fmt.Errorf("need %s: %w", n.ID, err)
		}
		times = append(times, float64(time.Since(start))/float64(time.Millisecond))
	}
	r.finish()
	r.P50, r.P95 = quantile(times, 0.50), quantile(times, 0.95)
	size, err := folderSize(dir)
	r.IndexMB = float64(size) / 1e6
	return r, err
}

// inMarkets counts what scores mean in markets of so many documents each; the last one may have fewer, and none that has less than half takes part.
func inMarkets(ctx context.Context, temp string, size int, docs []Doc, needs []Need) (Report, error) {
	dealt := func(d Doc) string { sum := sha256.Sum256([]byte(d.ID)); return string(sum[:]) } // as good as chance, and always the same
	docs = slices.SortedFunc(slices.Values(docs), func(a, b Doc) int { return strings.Compare(dealt(a), dealt(b)) })
	r := Report{System: "jiebang", Market: size}
	var whole, short Reliability
	for market := range slices.Chunk(docs, size) {
		if 2*len(market) < size {
			continue
		}
		err := func() (err error) {
			dir, err := os.MkdirTemp(temp, "eval-")
			if err != nil {
				return err
			}
			defer os.RemoveAll(dir)
			s, err := newProduct(ctx, dir, market)
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, s.close()) }()
			for _, n := range needs {
				r.Queries++
				if err := errors.Join(whole.of(ctx, s, n, n), short.of(ctx, s, Need{ID: n.ID, Title: n.Title}, n)); err != nil {
					return err
				}
			}
			return nil
		}()
		if err != nil {
			return Report{}, err
		}
	}
	r.reliable(&whole, &short)
	return r, nil
}

// of counts the pairs that a system serves for a text, by the judgements of a need.
func (r *Reliability) of(ctx context.Context, s system, text, judged Need) error {
	if text.Title == "" && text.Text == "" {
		return nil
	}
	list, err := s.find(ctx, text, served)
	if err != nil {
		return fmt.Errorf("need %s: %w", judged.ID, err)
	}
	r.pairs(list, judged)
	return nil
}

// pairs counts the first ten of a ranking.
func (r *Reliability) pairs(list []found, judged Need) {
	for _, f := range list[:min(len(list), served)] {
		r.count(f.score, judged.Relevant[f.id])
	}
}

// reliable takes what scores meant into the report.
func (r *Report) reliable(whole, short *Reliability) {
	whole.finish()
	if r.Bands, r.Brier = whole.Bands, whole.Brier; short.Bands != nil {
		short.finish()
		r.Short = short
	}
}

// add counts one need's ranking into the sums that finish divides.
func (r *Report) add(n Need, list []found) {
	best := 0
	for _, grade := range n.Relevant {
		best = max(best, grade)
	}
	if best <= 0 {
		return // nothing answers it: it can only score 0
	}
	answers := 0.0
	for _, grade := range n.Relevant {
		if grade == best {
			answers++
		}
	}
	first := true
	gain := 0.0
	for i, f := range list {
		grade := n.Relevant[f.id]
		if i < 10 {
			gain += (math.Exp2(float64(grade)) - 1) / math.Log2(float64(i)+2)
		}
		if grade != best {
			continue
		}
		if i < 10 {
			r.Recall10 += 1 / answers
			if first {
				r.MRR10 += 1 / float64(i+1)
			}
		}
		first = false
		if i < 50 {
			r.Recall50 += 1 / answers
		}
	}
	grades := make([]int, 0, len(n.Relevant))
	for _, grade := range n.Relevant {
		grades = append(grades, grade)
	}
	slices.SortFunc(grades, func(a, b int) int { return b - a })
	ideal := 0.0
	for i, grade := range grades[:min(len(grades), 10)] {
		ideal += (math.Exp2(float64(grade)) - 1) / math.Log2(float64(i)+2)
	}
	r.NDCG10 += gain / ideal
}

// count puts one of the first ten pairs of a need into its band of scores.
func (r *Reliability) count(score float64, grade int) {
	if score < 0 {
		return
	}
	if r.Bands == nil {
		for i := range 10 {
			r.Bands = append(r.Bands, Band{From: 10 * i})
		}
	}
	b := &r.Bands[min(int(score/10), 9)]
	b.Pairs++
	b.Expected += score / 100
	away := score / 100
	if grade > 0 {
		b.Relevant++
		away = 1 - away
	}
	r.Brier += away * away // finish divides it
}

func (r *Reliability) finish() {
	pairs := 0
	for _, b := range r.Bands {
		pairs += b.Pairs
	}
	if pairs > 0 {
		r.Brier /= float64(pairs)
	}
}

func (r *Report) finish() {
	n := float64(r.Queries)
	r.MRR10, r.NDCG10, r.Recall10, r.Recall50 = r.MRR10/n, r.NDCG10/n, r.Recall10/n, r.Recall50/n
}

// quantile is the smallest value that at least a share q of the values reach.
func quantile(values []float64, q float64) float64 {
	slices.Sort(values)
	i := int(math.Ceil(q*float64(len(values)))) - 1
	return values[min(max(i, 0), len(values)-1)]
}

func folderSize(dir string) (int64, error) {
	var sum int64
	err := filepath.WalkDir(dir, func(_ string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		info, err := e.Info()
		if err == nil {
			sum += info.Size()
		}
		return err
	})
	return sum, err
}
