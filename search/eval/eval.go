// Package eval measures how well the search engine finds, on texts and needs of
// the user's own.
//
// It indexes documents into a temporary folder through the very code that
// serves, matches every need, and compares what comes back with what people
// judged to answer it. It can run Bleve's own CJK analysis and scoring over the
// same texts beside it, so that a figure has something to be held against. It
// decides no ranking; the constants are in package search.
package eval

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"jiebang/search/embed"
)

// Options say what to measure.
type Options struct {
	// Docs is a file of documents, a JSON object a line: id, title, abstract,
	// keywords, solves. Other members are told and not read.
	Docs string
	// Needs are files of needs: id, need_title, need_text, relevant (document id
	// to grade; the higher the better).
	Needs []string
	// Baseline also measures Bleve's cjk analyzer with a match query.
	Baseline bool
	// EmbedURL and EmbedModel, when given, also measure the product with vectors
	// from this endpoint (see package embed); EmbedKey is sent if it is not empty.
	// Documents and needs are sent there.
	EmbedURL, EmbedModel, EmbedKey string
	// Market, when above 0, also deals the documents, by the digest of their ids, into markets of this many, and asks the product every need in each: a
	// score shall mean in a small market what it means in a large one.
	Market int
	// TempDir is where the temporary index goes; empty means the system's place.
	TempDir string
}

// Report is one system's figures over all needs.
type Report struct {
	System  string `json:"system"`
	Queries int    `json:"queries"`
	// MRR10 is the mean of 1/rank of the first best-graded document, 0 beyond
	// rank 10.
	MRR10 float64 `json:"mrr@10"`
	// NDCG10 is discounted gain with 2^grade−1, over the ideal order.
	NDCG10 float64 `json:"ndcg@10"`
	// Recall is the mean share of best-graded documents within the first K.
	Recall10 float64 `json:"recall@10"`
	Recall50 float64 `json:"recall@50"`

	// P50 and P95 are the time of a match as it is served: the ten best, from the
	// product with explanations.
	P50 float64 `json:"p50_ms"`
	P95 float64 `json:"p95_ms"`

	DocsPerSecond float64 `json:"index_docs_per_s"`
	IndexMB       float64 `json:"index_mb"` // on disk, 10^6 bytes

	// Market is how many documents each of the small markets had that Bands, Short and Brier were counted in; other figures are 0 then. 0: all documents
	// were one.
	Market int `json:"market,omitempty"`

	// LeftOut says which needs were not asked, each with file and line, and why.
	LeftOut []string `json:"left_out,omitempty"`
	// Unread says which members of the files are not read, each with the file and the first line that has it.
	Unread []string `json:"unread,omitempty"`

	// Bands show whether scores mean what they say: of the pairs among the first
	// ten of each need, how many have a score in the band and how many of these
	// were judged relevant. Documents that nobody judged count as not relevant.
	Bands []Band `json:"bands,omitempty"`
	// Short is the same for the needs' titles alone: texts of a few words.
	Short *Reliability `json:"short,omitempty"`
	// Brier is the mean square of what scores were away from judgements, over the pairs of Bands; 0 is perfect.
	Brier float64 `json:"brier,omitempty"`
}

// Reliability says whether scores mean what they say, for texts of one kind.
type Reliability struct {
	Bands []Band  `json:"bands"`
	Brier float64 `json:"brier"`
}

// Band is the scores from From up to the next ten.
type Band struct {
	From     int `json:"from"`
	Pairs    int `json:"pairs"`
	Relevant int `json:"relevant"`
	// Expected is how many should have been, by their scores.
	Expected float64 `json:"expected"`
}

// Doc is a line of the document file.
type Doc struct {
	ID       string   `json:"id"`
	Title    string   `json:"title"`
	Abstract string   `json:"abstract"`
	Keywords []string `json:"keywords"`
	// Solves says in plain sentences who has which problem that it solves, as results do.
	Solves []string `json:"solves"`
}

// text is what is indexed beside title and keywords: the paragraphs of a record, one a line.
func (d *Doc) text() string { return strings.Join(append([]string{d.Abstract}, d.Solves...), "\n") }

// Need is a line of a needs file.
type Need struct {
	ID       string         `json:"id"`
	Title    string         `json:"need_title"`
	Text     string         `json:"need_text"`
	Relevant map[string]int `json:"relevant"`
}

// depth is how far down a ranking is read: the deepest figure is recall@50.
const depth = 50

// Run measures and returns the product's report first, then the one with vectors,
// then the baseline's. What would make a figure of something else than it says is refused (see
// collect); a need without judgments is left out and told by each report.
func Run(ctx context.Context, o Options) ([]Report, error) {
	docs, needs, left, notes, err := collect(o.Docs, o.Needs)
	if err != nil {
		return nil, err
	}
	systems := []func(context.Context, string, []Doc) (system, error){newProduct}
	if o.EmbedURL != "" {
		client, err := embed.New(embed.Config{URL: o.EmbedURL, Model: o.EmbedModel, Key: o.EmbedKey})
		if err != nil {
			return nil, err
		}
		defer client.Close()
		systems = append(systems, withVectors(client.Embed))
	}
	if o.Baseline {
		systems = append(systems, newBaseline)
	}
	var reports []Report
	for _, open := range systems {
		r, err := measure(ctx, o.TempDir, open, docs, needs)
		if err != nil {
			return nil, err
		}
		r.LeftOut, r.Unread = left, notes
		reports = append(reports, r)
	}
	if o.Market > 0 {
		r, err := inMarkets(ctx, o.TempDir, o.Market, docs, needs)
		if err != nil {
			return nil, err
		}
		reports = append(reports, r)
	}
	return reports, nil
}

// plain says in both languages what is wrong with a line, and where.
func plain(err error) error {
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		return fmt.Errorf("第 %[1]d 个字节处不是合法的 JSON not valid JSON at byte %[1]d", syntax.Offset)
	case errors.As(err, &kind) && kind.Field != "":
		return fmt.Errorf("成员 %[1]s 的类型不对，不应是 %[2]s the member %[1]s is of the wrong type: %[2]s will not do", kind.Field, kind.Value)
	case errors.As(err, &kind):
		return fmt.Errorf("每行应为一个 JSON 对象，而不是 %[1]s each line is one JSON object, and not %[1]s", kind.Value)
	}
	return err
}
