package search

import (
	"context"
	"fmt"
	"hash/fnv"
	"math/rand"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
)

// toyEmbed counts pairs of characters into 64 places. It understands nothing, but
// texts that share words are alike.
func toyEmbed(_ context.Context, texts []string) ([][]float32, error) {
	out := make([][]float32, len(texts))
	for i, t := range texts {
		v := make([]float32, 64)
		runes := []rune(t)
		for j := range runes {
			h := fnv.New32a()
			fmt.Fprint(h, string(runes[j:min(j+2, len(runes))]))
			v[h.Sum32()%64] += float32(h.Sum32()>>16%2)*2 - 1
		}
		v[0] += 0.01
		out[i] = v
	}
	return out, nil
}

func openEmbedding(t testing.TB, o Options) *Index {
	t.Helper()
	dir, err := os.MkdirTemp("", "search-test-")
	if err != nil {
		t.Fatal(err)
	}
	x, err := Open(dir, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		x.Close()
		os.RemoveAll(dir)
	})
	return x
}

func waitVectors(t testing.TB, x *Index) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	if err := x.WaitVectors(ctx); err != nil {
		t.Fatal(err)
	}
}

func outcome(t testing.TB, x *Index, p Probe) Outcome {
	t.Helper()
	o, err := x.MatchOutcome(context.Background(), p)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range o.Matches {
		if !p.Brief {
			checkMatch(t, m)
		}
	}
	return o
}

// meanings embeds by a table: texts that contain a word get its vector.
func meanings(table map[string][]float32) EmbedFunc {
	return func(_ context.Context, texts []string) ([][]float32, error) {
		out := make([][]float32, len(texts))
		for i, t := range texts {
			r := rand.New(rand.NewSource(int64(len(t))*31 + int64(t[len(t)-1])))
			out[i] = make([]float32, 16)
			for j := range out[i] {
				out[i][j] = float32(r.NormFloat64())
			}
			for word, v := range table {
				if strings.Contains(t, word) {
					out[i] = slices.Clone(v)
				}
			}
		}
		return out, nil
	}
}

var wastewater = func() []float32 {
	v := make([]float32, 16)
	v[3] = 1
	return v
}()

// many gives a collection in which similarity can stand out.
func many(n int) []Document {
	var out []Document
	for i := range n {
		out = append(out, doc(fmt.Sprintf("other%03d", i), "锂电池正极材料", fmt.Sprintf("第%d种材料的制备方法", i)))
	}
	return out
}
