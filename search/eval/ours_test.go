package eval

import (
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"testing"
)

// The hundred needs on which nothing was chosen, asked as they are served. Before characters weighed by what people say of any problem, MRR@10 was 0.534,
// nDCG@10 0.592 and Recall@10 0.74 on them.
func TestTheUntouchedHundred(t *testing.T) {
	if testing.Short() {
		t.Skip("indexes all development data")
	}
	reports, err := Run(t.Context(), Options{Docs: shared(t, "csl.jsonl.gz"), Needs: []string{filepath.Join("testdata", "untouched.jsonl")}, TempDir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	r := reports[0]
	t.Logf("%+v", r)
	if r.Queries != 100 || r.MRR10 < 0.57 || r.NDCG10 < 0.62 || r.Recall10 < 0.76 {
		t.Errorf("%d needs: MRR@10 %.3f, nDCG@10 %.3f, Recall@10 %.3f", r.Queries, r.MRR10, r.NDCG10, r.Recall10)
	}
	holds(t, r)
}

// Scores are counted in markets of a thousand documents, too, each need in each of the twelve that the documents were dealt into: there what answers has less
// beside it, so no answer of a first ten among all is missing, and among all of them scores keep what they promise.
func TestScoresAreCountedInMarkets(t *testing.T) {
	if testing.Short() {
		t.Skip("indexes all development data twice")
	}
	reports, err := Run(t.Context(), Options{
		Docs: shared(t, "csl.jsonl.gz"), Needs: []string{shared(t, "needs-dev.jsonl"), shared(t, "match-dev.jsonl"), filepath.Join("testdata", "needs.jsonl")},
		Market: 1000, TempDir: t.TempDir(),
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(reports) != 2 || reports[1].Market != 1000 || reports[1].Queries != 12*reports[0].Queries {
		t.Fatalf("%+v", reports)
	}
	holds(t, reports[0])
	relevant := func(bands []Band) (n int) {
		for _, b := range bands {
			n += b.Relevant
		}
		return n
	}
	for _, of := range [][2][]Band{{reports[0].Bands, reports[1].Bands}, {reports[0].Short.Bands, reports[1].Short.Bands}} {
		if all, dealt := relevant(of[0]), relevant(of[1]); all == 0 || dealt < all {
			t.Errorf("%d relevant documents in the first ten of all, %d in those of markets", all, dealt)
		}
	}
}

// holds requires that what the scores of a report promise is within what was judged, to one in a thousand; bands with less than a hundred pairs are joined
// with their neighbours.
func holds(t *testing.T, r Report) {
	t.Helper()
	for of, bands := range map[string][]Band{"whole texts": r.Bands, "titles": r.Short.Bands} {
		var joined []Band
		var open Band
		for _, b := range bands {
			open.Pairs, open.Relevant, open.Expected = open.Pairs+b.Pairs, open.Relevant+b.Relevant, open.Expected+b.Expected
			if open.Pairs >= 100 {
				joined, open = append(joined, open), Band{From: b.From + 10}
			}
		}
		if last := &joined[len(joined)-1]; open.Pairs > 0 {
			last.Pairs, last.Relevant, last.Expected = last.Pairs+open.Pairs, last.Relevant+open.Relevant, last.Expected+open.Expected
		}
		if len(joined) < 2 {
			t.Errorf("%s: %d bands say nothing", of, len(joined))
		}
		for _, b := range joined {
			if low, high := wilson(b.Relevant, b.Pairs, 3.29); b.Expected < low || b.Expected > high {
				t.Errorf("%s: from %d, %d pairs: %.1f expected, %d judged relevant, which stands for %.1f to %.1f", of, b.From, b.Pairs, b.Expected, b.Relevant, low, high)
			}
		}
	}
}

// wilson is the score interval of a share of n, in pairs (Wilson 1927).
func wilson(k, n int, z float64) (low, high float64) {
	p, of := float64(k)/float64(n), float64(n)
	middle, half := p+z*z/(2*of), z*math.Sqrt(p*(1-p)/of+z*z/(4*of*of))
	return of * (middle - half) / (1 + z*z/of), of * (middle + half) / (1 + z*z/of)
}

// Plain sentences of whose problem a text solves, written by who saw the text and no need, bring needs to their answers.
func TestPlainSentencesBringNeedsToTheirAnswers(t *testing.T) {
	docs, err := ReadLines[Doc](shared(t, "csl.jsonl.gz"))
	if err != nil {
		t.Fatal(err)
	}
	plain, err := ReadLines[Doc](filepath.Join("testdata", "plain.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	solves := map[string][]string{}
	for _, p := range plain {
		solves[p.ID] = p.Solves
	}
	if len(solves) < 1500 {
		t.Fatalf("%d texts", len(solves))
	}
	dir := t.TempDir()
	write := func(name string, each func(e *json.Encoder)) string {
		path := filepath.Join(dir, name)
		f, err := os.Create(path)
		if err != nil {
			t.Fatal(err)
		}
		each(json.NewEncoder(f))
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
		return path
	}
	encode := func(e *json.Encoder, v any) {
		if err := e.Encode(v); err != nil {
			t.Fatal(err)
		}
	}
	needs := write("needs", func(e *json.Encoder) {
		for _, name := range []string{shared(t, "needs-dev.jsonl"), shared(t, "match-dev.jsonl"), filepath.Join("testdata", "needs.jsonl"), filepath.Join("testdata", "untouched.jsonl")} {
			list, err := ReadLines[Need](name)
			if err != nil {
				t.Fatal(err)
			}
			for _, n := range list {
				for d := range n.Relevant {
					if solves[d] == nil {
						delete(n.Relevant, d)
					}
				}
				if len(n.Relevant) > 0 {
					encode(e, n)
				}
			}
		}
	})
	mrr := func(name string, plain bool) float64 {
		file := write(name, func(e *json.Encoder) {
			for _, d := range docs {
				if s := solves[d.ID]; s != nil {
					if plain {
						d.Solves = s
					}
					encode(e, d)
				}
			}
		})
		reports, err := Run(t.Context(), Options{Docs: file, Needs: []string{needs}, TempDir: dir})
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("%s: %d needs, MRR@10 %.4f, nDCG@10 %.4f, Recall@10 %.4f", name, reports[0].Queries, reports[0].MRR10, reports[0].NDCG10, reports[0].Recall10)
		return reports[0].MRR10
	}
	if without, with := mrr("without", false), mrr("with", true); with < without+0.05 {
		t.Errorf("MRR@10 %.3f with plain sentences, %.3f without", with, without)
	}
}
