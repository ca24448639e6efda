package main

import (
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strings"

	"jiebang/bench/rig"
	"jiebang/internal/codes"
	"jiebang/internal/external"
	"jiebang/internal/policy"
	"jiebang/internal/publication"
	"jiebang/internal/results"
	"jiebang/internal/work"
	"jiebang/search/eval"
)

// rarePhrase is in a steady number of results, commonPhrase in a tenth of all.
const (
	rarePhrase   = "海冰厚度雷达反演"
	commonPhrase = "低温等离子体协同催化"
)

// writer makes texts of results: what a result of the bench says, among sentences that people have written, of which each is in some of a
// thousand results.
type writer struct{ sentences []string }

func newWriter() (*writer, error) {
	root, err := rig.Root()
	if err != nil {
		return nil, err
	}
	w := &writer{}
	for _, name := range []string{"needs.jsonl", "untouched.jsonl"} {
		needs, err := eval.ReadLines[eval.Need](filepath.Join(root, "search", "eval", "testdata", name))
		if err != nil {
			return nil, err
		}
		for _, n := range needs {
			w.sentences = append(w.sentences, strings.FieldsFunc(n.Text, func(r rune) bool { return strings.ContainsRune("。？；?;", r) })...)
		}
	}
	return w, nil
}

// content is the text of result number i, the same in every system.
func (w *writer) content(i int, rare bool) results.Content {
	dice := rand.New(rand.NewPCG(uint64(i), 11)) //nolint:gosec // always the same, not a secret
	c := rig.Content(i)
	var b strings.Builder
	head, _, _ := strings.Cut(c.Abstract, "。")
	b.WriteString(head + "。")
	for range 5 {
		b.WriteString(w.sentences[dice.IntN(len(w.sentences))] + "。")
	}
	if rare {
		b.WriteString("提出" + rarePhrase + "的方法。")
	}
	c.Abstract = b.String()
	c.Title += " " + rig.Word(i)
	fields := codes.Fields.All()
	c.Field = string(fields[dice.IntN(len(fields))].Code)
	return c.Complete()
}

// grownStates are the states that one owner's results take in turn.
var grownStates = []results.State{results.Published, results.Draft, results.Submitted, results.Withdrawn}

// resultsOf writes results number from and on, as publishing them, or what they came to instead, would leave them.
func (w *writer) resultsOf(tx *work.Tx, s *settlers, size, from, n int) error {
	var made []*results.Result
	byOwner := map[*results.Result]external.ID{}
	for i := from; i < from+n; i++ {
		owner, state := s.others[i%len(s.others)], results.Published
		switch {
		case among(i, size, 2*steady):
			owner, state = s.few, grownStates[i*2*steady/size%len(grownStates)]
		case i%10 == 0:
			owner, state = s.growing, grownStates[i/10%len(grownStates)]
		case i%10 == 7:
			state = results.Draft // most know nothing of it
		}
		r := &results.Result{Head: tx.NewHead(), Entry: publication.Entry{State: state, OwnerID: owner.ID, CreatedBy: &s.editor.ID}, Content: w.content(i, among(i, size, 20))}
		r.Offer.Availability = results.Available
		if state != results.Draft {
			r.SubmittedBy = &s.editor.ID
		}
		if state == results.Published || state == results.Withdrawn {
			r.PublishedBy, r.PublishedAt = &s.second.ID, &tx.Now
		}
		made = append(made, r)
		byOwner[r] = external.ID{Scheme: "bench", ID: rig.Word(i)}
	}
	if err := work.InsertAll(tx, work.Did(policy.ResultPublish), made); err != nil {
		return err
	}
	for _, r := range made {
		err := external.Add(tx, []work.Ref{work.RefOf(r)}, r.OwnerID, func(int) []external.ID { return []external.ID{byOwner[r]} }, "/external_ids", nil)
		if err != nil {
			return fmt.Errorf("external ids: %w", err)
		}
	}
	return nil
}
