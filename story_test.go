package main_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"jiebang/internal/db"
	"jiebang/internal/demo"
)

var shellBlock = regexp.MustCompile("(?s)```sh\n(.*?)```")

// The transcript in docs/story.md is run block by block against the demo.
func TestTheTranscriptIsTrue(t *testing.T) {
	page, err := os.ReadFile("docs/story.md")
	if err != nil {
		t.Fatal(err)
	}
	blocks := shellBlock.FindAllStringSubmatch(string(page), -1)
	if len(blocks) < 8 {
		t.Fatalf("only %d blocks", len(blocks))
	}
	data := t.TempDir()
	env := environment(db.Options{}, data)
	p := start(t, env, "demo", "--port", "0")
	script := "set -euo pipefail\n"
	for _, b := range blocks {
		script += b[1]
	}
	shell := exec.Command("bash", "-c", script)
	shell.Env = append(os.Environ(), "JIEBANG_URL="+p.url)
	out, err := shell.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if !strings.Contains(string(out), `"state":"granted"`) {
		t.Errorf("the contract was not registered:\n%s", out)
	}
	p.stop()
	if out, err := command(t, append(env, "JIEBANG_DATA="+filepath.Join(data, "demo")), "verify"); err != nil {
		t.Errorf("verify: %v\n%s", err, out)
	}
}

// A second start finds the demo as it was left.
func TestTheDemoStartsAgainWhereItStopped(t *testing.T) {
	env := environment(db.Options{}, t.TempDir())
	p := start(t, env, "demo", "--port", "0")
	p.stop()
	began := time.Now()
	p = start(t, env, "demo", "--port", "0")
	_, session := p.plain("/v1/sessions", object{"username": "zhou.wangshu", "password": demo.Password})
	out, _ := p.must(200, "GET", "/v1/turnover?from=2000-01-01&to=2099-12-31&by=year", session["token"].(string), "", nil)
	if n := out["total"].(object)["contracts"].(float64); n != 17 { // fifteen, one of them cancelled, and those of three projects
		t.Errorf("%v contracts after the second start", n)
	}
	t.Logf("second start after %v", time.Since(began))
}
