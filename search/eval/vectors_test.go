package eval

import (
	"bytes"
	"encoding/json"
	"hash/fnv"
	"math/rand"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// toyServer answers like an embedding endpoint with vectors of 64 dimensions: of
// the pairs of characters in a text for the model "pairs", and of nothing but
// chance, the same for the same text, for "noise".
func toyServer(t *testing.T) string {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var ask struct {
			Model string
			Input []string
		}
		if err := json.NewDecoder(r.Body).Decode(&ask); err != nil || r.URL.Path != "/v1/embeddings" {
			http.Error(w, "bad request", http.StatusBadRequest)
			return
		}
		type item struct {
			Index     int       `json:"index"`
			Embedding []float64 `json:"embedding"`
		}
		var data []item
		for i, text := range ask.Input {
			v := make([]float64, 64)
			hash := func(s string) uint64 {
				h := fnv.New64a()
				h.Write([]byte(s))
				return h.Sum64()
			}
			if ask.Model == "noise" {
				r := rand.New(rand.NewSource(int64(hash(text))))
				for j := range v {
					v[j] = r.NormFloat64()
				}
			} else {
				runes := []rune(text)
				for j := range len(runes) - 1 {
					h := hash(string(runes[j : j+2]))
					v[h%64] += float64(h>>32%2)*2 - 1
				}
				v[0] += 0.01
			}
			data = append(data, item{i, v})
		}
		_ = json.NewEncoder(w).Encode(map[string]any{"data": data})
	}))
	t.Cleanup(s.Close)
	return s.URL
}

// some writes a file with the answers to all needs and a fifth of the other
// documents.
func some(t *testing.T, needs []string) string {
	t.Helper()
	docs, err := ReadLines[Doc](shared(t, "csl.jsonl.gz"))
	if err != nil {
		t.Fatal(err)
	}
	answers := map[string]bool{}
	for _, name := range needs {
		list, err := ReadLines[Need](name)
		if err != nil {
			t.Fatal(err)
		}
		for _, n := range list {
			for id := range n.Relevant {
				answers[id] = true
			}
		}
	}
	var lines bytes.Buffer
	for i, d := range docs {
		if i%5 == 0 || answers[d.ID] {
			if err := json.NewEncoder(&lines).Encode(d); err != nil {
				t.Fatal(err)
			}
		}
	}
	name := filepath.Join(t.TempDir(), "docs.jsonl")
	if err := os.WriteFile(name, lines.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// The whole path with an endpoint that understands nothing: vectors take part,
// and even when they are noise, quality stays what it is without them.
func TestVectorsThatSayNothingDoNoHarm(t *testing.T) {
	if testing.Short() {
		t.Skip("indexes some thousand documents four times")
	}
	url := toyServer(t)
	needs := []string{shared(t, "needs-dev.jsonl"), shared(t, "match-dev.jsonl")}
	docs := some(t, needs)
	for _, model := range []string{"pairs", "noise"} {
		reports, err := Run(t.Context(), Options{Docs: docs, Needs: needs, EmbedURL: url, EmbedModel: model, TempDir: t.TempDir()})
		if err != nil {
			t.Fatal(err)
		}
		plain, vectors := reports[0], reports[1]
		t.Logf("%s: %+v\n%+v", model, plain, vectors)
		if vectors.System != "jiebang+vectors" || plain.System != "jiebang" {
			t.Errorf("systems %s, %s", plain.System, vectors.System)
		}
		if vectors.MRR10 < plain.MRR10-0.03 || vectors.Recall10 < plain.Recall10-0.03 {
			t.Errorf("%s: MRR@10 %.3f and Recall@10 %.3f, without vectors %.3f and %.3f",
				model, vectors.MRR10, vectors.Recall10, plain.MRR10, plain.Recall10)
		}
	}
}

func TestVectorsThatCannotBeHadEndTheMeasurement(t *testing.T) {
	if _, err := Run(t.Context(), Options{Docs: "testdata/missing"}); err == nil {
		t.Error("a missing file is measured")
	}
	_, err := Run(t.Context(), Options{Docs: shared(t, "csl.jsonl.gz"), Needs: []string{shared(t, "needs-dev.jsonl")}, EmbedURL: "ftp://host", EmbedModel: "m"})
	if err == nil || !strings.Contains(err.Error(), "http") {
		t.Errorf("%v", err)
	}
}
