package match_test

import (
	"context"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"jiebang/internal/db"
	"jiebang/internal/db/dbtest"
	"jiebang/internal/match"
	"jiebang/internal/needs"
	"jiebang/internal/policy"
	"jiebang/internal/results"
	"jiebang/search"
)

// Only what everybody may read is given to an embedding endpoint: the public fields of what is published. Drafts, confidential
// fields, and what people look for stay here.
func TestOnlyPublicTextIsGivenAway(t *testing.T) {
	var mu sync.Mutex
	var given []string
	m := setUp(t, dbtest.New(t, db.SQLite), search.Options{Embed: func(_ context.Context, texts []string) ([][]float32, error) {
		mu.Lock()
		defer mu.Unlock()
		given = append(given, texts...)
		out := make([][]float32, len(texts))
		for i, s := range texts {
			out[i] = []float32{1, float32(len(s))}
		}
		return out, nil
	}})
	ctx := t.Context()
	m.publish("公开的成果")
	_, err := m.results.Create(ctx, m.editor, results.Input{Owner: m.org, Content: content("草稿里的成果")})
	m.Must(err)
	need := func(title string) needs.Input {
		return needs.Input{Owner: m.org, Content: needs.Content{
			Title: title, Problem: "喷涂车间的废气超标，希望净化。", Field: "environment", Confidential: "秘密预算", CooperationMode: needs.AnyMode,
		}}
	}
	draft, err := m.needs.Create(ctx, m.editor, need("草稿里的需求"))
	m.Must(err)
	open, err := m.needs.Create(ctx, m.editor, need("公开的需求"))
	m.Must(err)
	_, err = m.needs.Submit(ctx, m.editor, open.ID, 1)
	m.Must(err)
	_, err = m.needs.Publish(ctx, m.second, open.ID, 2)
	m.Must(err)
	m.Must(m.step(m.index.Consumer()))

	service := match.New(m.Unit, m.index)
	for _, id := range []struct{ what, id string }{{"draft", draft.ID.String()}, {"open", open.ID.String()}} {
		n := draft.ID
		if id.what == "open" {
			n = open.ID
		}
		found, err := service.For(ctx, m.editor.Actor, "need", n, match.Options{})
		m.Must(err)
		if len(found.Items) != 1 {
			t.Errorf("%s: %d matches", id.what, len(found.Items))
		}
	}
	_, err = service.ForText(ctx, policy.Actor{}, match.Text{Kind: "result", Text: "没人看过的想法：废气净化"})
	m.Must(err)
	_, err = service.Search(ctx, policy.Actor{}, match.Query{Text: "私下搜索 废气"})
	m.Must(err)
	for end := time.Now().Add(20 * time.Second); m.index.Vectors().Vectors < 2; time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%+v", m.index.Vectors())
		}
	}
	mu.Lock()
	defer mu.Unlock()
	for _, s := range given {
		for _, secret := range []string{"秘密", "草稿", "没人看过", "私下", "盛北", "李工", m.org.String()} {
			if strings.Contains(s, secret) {
				t.Errorf("given away: %q", s)
			}
		}
	}
	if !slices.ContainsFunc(given, func(s string) bool { return strings.HasPrefix(s, "公开的成果") }) {
		t.Errorf("given away: %q", given)
	}
}
