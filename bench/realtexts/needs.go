package main

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"jiebang/bench/rig"
	"jiebang/search/eval"
)

const (
	depth  = 10 // matches asked for
	shown  = 5  // needs of which the first matches are printed
	timing = 3  // rounds that are timed, after one that warms up
)

// asked is what the matches of all needs came to.
type asked struct {
	needs  []eval.Need
	first  [][]match // by need
	mrr    float64
	recall float64
	took   []time.Duration
}

type match struct {
	ID, Title string
	Score     float64
	Phrases   []phrase
}

type phrase struct{ Text string }

// words are the phrases that both texts share, for a line of print.
func (m match) words() string {
	words := make([]string, len(m.Phrases))
	for i, p := range m.Phrases {
		words[i] = p.Text
	}
	return strings.Join(words, " ")
}

func readNeeds(dir string) ([]eval.Need, error) {
	var all []eval.Need
	for _, name := range []string{"needs-dev.jsonl", "match-dev.jsonl"} {
		needs, err := eval.ReadLines[eval.Need](filepath.Join(dir, name))
		if err != nil {
			return nil, err
		}
		all = append(all, needs...)
	}
	return all, nil
}

// askAll enters the needs as drafts, which can be matched before anybody else sees them, and asks for their matches.
func askAll(ctx context.Context, r *rig.Rig, firm rig.Organization, needs []eval.Need) (asked, error) {
	a := asked{needs: needs}
	paths := make([]string, len(needs))
	for i, n := range needs {
		draft, err := firm.Editor.Post(ctx, "/v1/needs", rig.J{"owner_id": firm.ID, "title": n.Title, "problem": n.Text, "field": field})
		if err != nil {
			return a, fmt.Errorf("need %s: %w", n.ID, err)
		}
		paths[i] = fmt.Sprintf("/v1/needs/%s/matches?limit=%d", draft.ID(), depth)
	}
	for round := range timing + 1 {
		for i, path := range paths {
			start := time.Now()
			answer, err := firm.Editor.Get(ctx, path)
			if err != nil {
				return a, err
			}
			if round > 0 {
				a.took = append(a.took, time.Since(start))
				continue
			}
			var body struct{ Items []match }
			if err := answer.Read(&body); err != nil {
				return a, err
			}
			a.first = append(a.first, body.Items)
			if err := a.judge(ctx, r.Visitor(), needs[i], body.Items); err != nil {
				return a, err
			}
		}
	}
	return a, nil
}

// judge adds one need's share: the rank of the first document that answers it best, and how many of those are there.
func (a *asked) judge(ctx context.Context, visitor *rig.Client, n eval.Need, found []match) error {
	best := 0
	for _, grade := range n.Relevant {
		best = max(best, grade)
	}
	answers, ranks := 0, []int{}
	for document, grade := range n.Relevant {
		if grade != best {
			continue
		}
		answers++
		id, err := identify(ctx, visitor, document)
		if err != nil {
			return err
		}
		if at := slices.IndexFunc(found, func(m match) bool { return m.ID == id }); at >= 0 {
			ranks = append(ranks, at+1)
		}
	}
	share := 1 / float64(len(a.needs))
	if len(ranks) > 0 {
		a.mrr += share / float64(slices.Min(ranks))
		a.recall += share * float64(len(ranks)) / float64(answers)
	}
	return nil
}

// identify finds the result that a document of the file became.
func identify(ctx context.Context, visitor *rig.Client, document string) (string, error) {
	answer, err := visitor.Get(ctx, "/v1/results?external_scheme="+scheme+"&external_id="+document)
	if err != nil {
		return "", err
	}
	var body struct{ Items []struct{ ID string } }
	if err := answer.Read(&body); err != nil {
		return "", err
	}
	if len(body.Items) != 1 {
		return "", fmt.Errorf("document %s: %d results", document, len(body.Items))
	}
	return body.Items[0].ID, nil
}

// text tells the figures, and for some needs what came first and why.
func (a *asked) text() string {
	slices.Sort(a.took)
	ms := func(q float64) float64 {
		return float64(a.took[int(q*float64(len(a.took)-1))]) / float64(time.Millisecond)
	}
	var out strings.Builder
	fmt.Fprintf(&out, "%d needs: MRR@10 %.3f, Recall@10 %.3f\n", len(a.needs), a.mrr, a.recall)
	fmt.Fprintf(&out, "  GET /v1/needs/{id}/matches?limit=%d: p50 %.1f ms, p95 %.1f ms\n", depth, ms(.50), ms(.95))
	for i := range min(shown, len(a.needs)) {
		fmt.Fprintf(&out, "\n%s %s\n  %s\n", a.needs[i].ID, a.needs[i].Title, a.needs[i].Text)
		for rank, m := range a.first[i][:min(2, len(a.first[i]))] {
			fmt.Fprintf(&out, "  %d. %.1f %s [%s]\n", rank+1, m.Score, m.Title, m.words())
		}
	}
	return out.String()
}
