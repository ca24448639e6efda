package main_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"jiebang/internal/db"
)

func write(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestEvalPrintsWhatItMeasured(t *testing.T) {
	docs := write(t, "docs.jsonl", `{"id":"a","title":"低温等离子体废气净化","abstract":"面向喷涂车间大风量低浓度有机废气。","keywords":["废气"]}
{"id":"b","title":"磷酸铁锂电池分选","abstract":"对退役动力电池做快速分选。","keywords":[]}
{"id":"c","title":"钢轨打磨车","abstract":"铣磨一体的钢轨养护装备。","keywords":[]}
`)
	needs := write(t, "needs.jsonl", `{"id":"n1","need_title":"喷漆房废气味道大","need_text":"喷漆线的废气量大，活性炭换得太勤。","relevant":{"a":2}}
{"id":"n2","need_title":"旧电池想挑出还能用的","need_text":"退役电池检测太慢。","relevant":{"b":2}}
`)
	out, err := command(t, os.Environ(), "eval", "--docs", docs, "--needs", needs, "--json", "--baseline")
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	lines := strings.Split(strings.TrimSpace(out), "\n")
	if len(lines) != 2 {
		t.Fatalf("%d lines:\n%s", len(lines), out)
	}
	var first map[string]any
	if err := json.Unmarshal([]byte(lines[0]), &first); err != nil {
		t.Fatal(err)
	}
	if first["system"] != "jiebang" || first["queries"] != 2.0 || first["mrr@10"] != 1.0 || first["recall@10"] != 1.0 {
		t.Errorf("%v", first)
	}
	for _, figure := range []string{"ndcg@10", "recall@50", "p50_ms", "p95_ms", "index_docs_per_s", "index_mb"} {
		if _, there := first[figure]; !there {
			t.Errorf("no %s in %v", figure, first)
		}
	}
}

func TestSynonymsAreTriedWithoutBeingTakenOver(t *testing.T) {
	data := t.TempDir()
	env := environment(db.Options{}, data)
	start(t, env, "demo", "--port", "0").stop()
	env = append(env, "JIEBANG_DATA="+filepath.Join(data, "demo"))
	table := write(t, "synonyms.txt", "废水, 污水\n")
	for range 2 { // the second time shows that the first has changed nothing
		out, err := command(t, env, "synonyms", "try", table, "-q", "污水")
		if err != nil || !strings.Contains(out, "污水: 3 → 7") || !strings.Contains(out, "污水 = 废水") {
			t.Errorf("%v\n%s", err, out)
		}
	}
	if out, err := command(t, env, "synonyms", "try", table); err == nil || !strings.Contains(out, "-q") {
		t.Errorf("without a search: %v\n%s", err, out)
	}
}

func TestACommandThatOnlyLooksMakesNoDatabase(t *testing.T) {
	data := filepath.Join(t.TempDir(), "nothing")
	for _, args := range [][]string{{"verify"}, {"reindex"}} {
		out, err := command(t, environment(db.Options{}, data), args...)
		if err == nil || !strings.Contains(out, "there is no database in") {
			t.Errorf("%v: %v\n%s", args, err, out)
		}
	}
	if _, err := os.Stat(data); err == nil {
		t.Error("a folder was made")
	}
}

// Everybody knows the passwords of the demo: it is not served beyond this machine unless somebody says so.
func TestDemoDataStaysOnThisMachine(t *testing.T) {
	data := t.TempDir()
	env := environment(db.Options{}, data)
	start(t, env, "demo", "--port", "0").stop()
	env = append(env, "JIEBANG_DATA="+filepath.Join(data, "demo"), "JIEBANG_ADDR=0.0.0.0:0")
	if out, err := command(t, env, "serve"); err == nil || !strings.Contains(out, "--expose-demo") {
		t.Errorf("%v\n%s", err, out)
	}
	start(t, env, "serve", "--expose-demo").stop()
	start(t, append(env, "JIEBANG_ADDR=localhost:0"), "serve").stop()
}

// Who forgot the password and has no address gets a new one by a command on the server; the sessions of before are over.
func TestCommandsThatBringAnAccountBack(t *testing.T) {
	data := t.TempDir()
	env := environment(db.Options{}, data)
	p := serve(t, env)
	token := p.signUp("zhang.wei")
	p.must(200, "GET", "/v1/me", token, "", nil)
	p.stop()
	other := append(env, "JIEBANG_PASSWORD=a quite new password")
	if out, err := command(t, other, "user", "password", "zhang.wei"); err != nil || strings.Contains(out, "quite") || strings.Contains(out, "WARN") {
		t.Fatalf("user password: %v %s", err, out)
	}
	if out, err := command(t, append(env, "JIEBANG_PASSWORD=short"), "user", "password", "zhang.wei"); err == nil {
		t.Errorf("a password of five letters: %s", out)
	}
	p = serve(t, env)
	p.must(401, "GET", "/v1/me", token, "", nil)
	status, out := p.plain("/v1/sessions", object{"username": "zhang.wei", "password": "a quite new password"})
	if status != 201 {
		t.Fatalf("%d %v", status, out)
	}
	p.stop()
	if out, err := command(t, env, "user", "end-sessions", "zhang.wei"); err != nil {
		t.Fatalf("user end-sessions: %v %s", err, out)
	}
	serve(t, env).must(401, "GET", "/v1/me", out["token"].(string), "", nil)
}
