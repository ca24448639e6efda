package eval

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// shared finds a file of the development data, or skips the test and says so.
func shared(t *testing.T, name string) string {
	t.Helper()
	dir := os.Getenv("JIEBANG_SHARED")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "shared", "data")
	}
	path := filepath.Join(dir, name)
	if _, err := os.Stat(path); err != nil {
		t.Skipf("needs %s; set JIEBANG_SHARED to the folder with the development data: %v", name, err)
	}
	return path
}

func TestDevelopmentSets(t *testing.T) {
	if testing.Short() {
		t.Skip("indexes all development data twice")
	}
	o := Options{
		Docs:     shared(t, "csl.jsonl.gz"),
		Needs:    []string{shared(t, "needs-dev.jsonl"), shared(t, "match-dev.jsonl")},
		Baseline: true,
		TempDir:  t.TempDir(),
	}
	reports, err := Run(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range reports {
		t.Logf("%+v", r)
	}
	product, baseline := reports[0], reports[1]
	if product.Queries != 84 {
		t.Fatalf("%d needs, want 84", product.Queries)
	}
	if product.MRR10 < 0.82 || product.Recall10 < 0.96 {
		t.Errorf("MRR@10 %.3f and Recall@10 %.3f, want at least 0.82 and 0.96", product.MRR10, product.Recall10)
	}
	if product.MRR10 < baseline.MRR10+0.05 {
		t.Errorf("MRR@10 %.3f, Bleve alone has %.3f", product.MRR10, baseline.MRR10)
	}
	// A score is about the share of such pairs that answer: loosely held, since
	// the upper bands have few pairs.
	low, high := Band{}, Band{}
	for _, b := range product.Bands {
		if b.From < 20 {
			low.Pairs, low.Relevant = low.Pairs+b.Pairs, low.Relevant+b.Relevant
		} else if b.From >= 70 {
			high.Pairs, high.Relevant = high.Pairs+b.Pairs, high.Relevant+b.Relevant
		}
	}
	if 5*low.Relevant > low.Pairs || 2*high.Relevant < high.Pairs {
		t.Errorf("below 20 %+v, from 70 %+v judged relevant", low, high)
	}
}

// The figures of a ranking that can be worked out by hand.
func TestFigures(t *testing.T) {
	var r Report
	var whole Reliability
	r.Queries = 2
	one, other := Need{Relevant: map[string]int{"a": 2, "b": 1}}, Need{Relevant: map[string]int{"c": 1, "d": 1}}
	r.add(one, []found{{"x", 95}, {"a", 50}, {"b", 9.9}})
	whole.pairs([]found{{"x", 95}, {"a", 50}, {"b", 9.9}}, one)
	r.add(other, []found{{"c", -1}})
	whole.pairs([]found{{"c", -1}}, other)
	r.finish()
	near := func(name string, got, want float64) {
		if got < want-1e-4 || got > want+1e-4 {
			t.Errorf("%s %.4f, want %.4f", name, got, want)
		}
	}
	near("MRR@10", r.MRR10, (0.5+1)/2)
	near("Recall@10", r.Recall10, (1+0.5)/2)
	// (3/log2(3) + 1/2) / (3 + 1/log2(3)), and 1 / (1 + 1/log2(3))
	near("nDCG@10", r.NDCG10, (0.65903+0.61315)/2)
	whole.finish()
	near("Brier", whole.Brier, (0.95*0.95+0.5*0.5+0.901*0.901)/3)
	for from, want := range map[int]Band{9: {90, 1, 0, 0.95}, 5: {50, 1, 1, 0.5}, 0: {0, 1, 1, 0.099}} {
		if got := whole.Bands[from]; got.From != want.From || got.Pairs != want.Pairs || got.Relevant != want.Relevant || got.Expected < want.Expected-1e-9 || got.Expected > want.Expected+1e-9 {
			t.Errorf("band %+v, want %+v", got, want)
		}
	}
}

func TestReadLines(t *testing.T) {
	dir := t.TempDir()
	write := func(name, s string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(s), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	docs, err := ReadLines[Doc](write("a", "\ufeff{\"id\":\"1\"}\r\n\n{\"id\":\"2\",\"other\":3}"))
	if err != nil || len(docs) != 2 || docs[1].ID != "2" {
		t.Errorf("%v, %+v", err, docs)
	}
	_, err = ReadLines[Doc](write("b", "{}\n{\"id\":}\n"))
	if err == nil || !strings.Contains(err.Error(), "b:2:") {
		t.Errorf("error does not name the line: %v", err)
	}
	// A line that is too long, or broken, is told by its number, and those behind it are read.
	docs, err = ReadLines[Doc](write("c", "{\"id\":\"1\"}\n{\"id\":\""+strings.Repeat("x", 1<<20)+"\"}\n{\"id\":}\n{\"id\":\"4\"}\n"))
	if err == nil || !strings.Contains(err.Error(), "c:2: 该行超过 1 MiB") || !strings.Contains(err.Error(), "c:3:") || len(docs) != 2 || docs[1].ID != "4" {
		t.Errorf("%v, %d documents", err, len(docs))
	}
	if _, err := ReadLines[Doc](filepath.Join(dir, "missing")); err == nil {
		t.Error("a missing file is read")
	}
}

// What would make figures of something else is refused by line, every kind of it; what is only of no use is left out and told.
func TestWhatIsWrongIsToldByLine(t *testing.T) {
	dir := t.TempDir()
	write := func(name, s string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(s), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	docs := write("docs", `{"id":"a","title":"锂电池回收"}
{"id":"b","keywords":["铅酸"]}
`)
	needs := write("needs", `{"id":"n1","need_title":"电池怎么回收","relevant":{"a":1}}
{"id":"n2","need_title":"铅酸"}
{"id":"n3","need_text":"铅酸","relevant":{}}
{"id":"n4","need_text":"铅酸","relevant":{"b":0}}
`)
	reports, err := Run(t.Context(), Options{Docs: docs, Needs: []string{needs}, TempDir: dir})
	if err != nil {
		t.Fatal(err)
	}
	if r := reports[0]; r.Queries != 1 || r.MRR10 != 1 || len(r.LeftOut) != 3 || !strings.Contains(r.LeftOut[0], "needs:2:") || !strings.Contains(r.LeftOut[2], "needs:4:") {
		t.Errorf("%+v", r)
	}
	// Members that are not read are told; those that the product's own lists have besides are no news.
	notes, err := Run(t.Context(), Options{Docs: write("others", `{"id":"a","title":"锂电池回收","discipline":"x","keyword":["电池"]}`+"\n"+`{"id":"b","title":"铅酸","keyword":[]}`), Needs: []string{needs}, TempDir: dir})
	if err != nil || len(notes[0].Unread) != 1 || !strings.Contains(notes[0].Unread[0], `others:1: 成员 "keyword" 未读取，共 2 行`) {
		t.Errorf("%v, %+v", err, notes)
	}
	for name, x := range map[string]struct{ docs, needs, want string }{
		"a document twice":          {`{"id":"a","title":"x"}` + "\n\n" + `{"id":"a","title":"y"}`, "", "docs.bad:3:"},
		"a document without id":     {`{"title":"x"}`, "", "docs.bad:1:"},
		"a document without text":   {`{"id":"a","title":" "}`, "", "docs.bad:1:"},
		"a need twice":              {"", `{"id":"n","need_title":"x","relevant":{"a":1}}` + "\n" + `{"id":"n","need_title":"y","relevant":{"a":1}}`, "needs.bad:2:"},
		"a need twice, unjudged":    {"", `{"id":"n","need_title":"x"}` + "\n" + `{"id":"n","need_title":"x","relevant":{"a":1}}`, "needs.bad:2:"},
		"a need twice in two files": {"", `{"id":"n1","need_title":"x","relevant":{"a":1}}`, "needs.bad:1:"},
		"a need without id":         {"", `{"need_title":"x","relevant":{"a":1}}`, "needs.bad:1:"},
		"a need without text":       {"", `{"id":"n","relevant":{"a":1}}`, "needs.bad:1:"},
		"an unknown document":       {"", `{"id":"n","need_title":"x","relevant":{"a":1,"z":2}}`, "needs.bad:1:"},
		"an unknown document at 0":  {"", `{"id":"n","need_title":"x","relevant":{"a":1,"z":0}}`, "needs.bad:1:"},
		"judgments misspelt":        {"", `{"id":"n","need_title":"x","relevants":{"a":1}}`, "needs.bad:1: 需求 n 没有成员 relevant（判定），却有不认得的成员 relevants"},
		"texts misspelt":            {`{"id":"a","titel":"x"}`, "", "docs.bad:1: 文档 a 没有标题、摘要和关键词，却有不认得的成员 titel"},
		"a NUL":                     {`{"id":"a","title":"焊\u0000"}`, "", "docs.bad:1: 成员 title 中有控制字符（U+0000）"},
		"a NUL in a list":           {`{"id":"a","title":"x","keywords":["焊","\u0000"]}`, "", "docs.bad:1: 成员 keywords 中有控制字符（U+0000）"},
		"a control in a need":       {"", `{"id":"n","need_title":"x\u0007","relevant":{"a":1}}`, "needs.bad:1: 成员 need_title 中有控制字符（U+0007）"},
		"no UTF-8":                  {"{\"id\":\"a\",\"title\":\"\xff\"}", "", "docs.bad:1: 该行不是合法的 UTF-8"},
		"a grade below 0":           {"", `{"id":"n","need_title":"x","relevant":{"a":-1}}`, "needs.bad:1:"},
		"no judged need at all":     {`{"id":"a","title":"x"}`, "", ""},
	} {
		o := Options{Docs: docs, Needs: []string{needs}, TempDir: dir}
		if x.docs != "" {
			o.Docs = write("docs.bad", x.docs)
			o.Needs = nil
		}
		if x.needs != "" {
			o.Needs = append(o.Needs, write("needs.bad", x.needs))
		}
		if _, err := Run(t.Context(), o); err == nil || !strings.Contains(err.Error(), x.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
