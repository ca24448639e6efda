package main_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/uuid"

	"jiebang/api/edge/edgetest"
	"jiebang/internal/codes"
	"jiebang/internal/db"
	"jiebang/internal/db/dbtest"
	"jiebang/internal/seal"
)

// program is the built binary; these tests run it as a process of its own. On PostgreSQL it is given a secret file; the embedded
// database makes its own.
var program, secrets string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "jiebang")
	if err != nil {
		panic(err)
	}
	program = filepath.Join(dir, "jiebang")
	build := exec.Command("go", "build", "-o", program, ".")
	if out, err := build.CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "build: %v\n%s", err, out)
		os.Exit(1)
	}
	secrets = filepath.Join(dir, "secrets.json")
	if _, err := seal.Open(secrets, true); err != nil {
		panic(err)
	}
	code := m.Run()
	_ = os.RemoveAll(dir)
	os.Exit(code)
}

// process is one run of the program.
type process struct {
	*testing.T
	cmd *exec.Cmd
	url string
}

func environment(o db.Options, data string) []string {
	file, attachments := "", ""
	if o.URL != "" { // which several processes may share, and then its attachments too
		file = secrets
		attachments = fmt.Sprintf("file://%s/files-%x", filepath.Dir(secrets), sha256.Sum256([]byte(o.URL)))
	}
	return append(os.Environ(), "DATABASE_URL="+o.URL, "JIEBANG_SECRETS="+file, "JIEBANG_FILES="+attachments, "JIEBANG_DATA="+data, "JIEBANG_ADDR=127.0.0.1:0", "JIEBANG_LOG_LEVEL=INFO", "JIEBANG_PASSWORD=correct horse battery")
}

func command(t *testing.T, env []string, args ...string) (string, error) {
	t.Helper()
	cmd := exec.Command(program, args...)
	cmd.Env = env
	out, err := cmd.CombinedOutput()
	return string(out), err
}

var listening = regexp.MustCompile(`msg=listening address=(\S+)`)

// serve starts the server and waits until it answers.
func serve(t *testing.T, env []string) *process {
	t.Helper()
	return start(t, env, "serve")
}

// start runs a command that serves.
func start(t *testing.T, env []string, args ...string) *process {
	t.Helper()
	return run(t, env, exec.Command(program, args...))
}

// run runs a server until the test ends.
func run(t *testing.T, env []string, cmd *exec.Cmd) *process {
	t.Helper()
	p := &process{T: t, cmd: cmd}
	p.cmd.Env = env
	stderr, err := p.cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.cmd.Process.Kill(); _ = p.cmd.Wait() })
	address := make(chan string, 1)
	go func() {
		var seen bytes.Buffer
		buffer := make([]byte, 4096)
		told := false
		for {
			n, err := stderr.Read(buffer)
			seen.Write(buffer[:n])
			if m := listening.FindStringSubmatch(seen.String()); m != nil && !told {
				address <- m[1]
				told = true
			}
			if err != nil {
				if !told {
					address <- "" // it ended without listening
				}
				return
			}
		}
	}()
	select {
	case a := <-address:
		if a == "" {
			t.Fatal("the server ended at once")
		}
		p.url = "http://" + a
	case <-time.After(30 * time.Second):
		t.Fatal("the server did not start")
	}
	return p
}

// stop ends it as a service manager would.
func (p *process) stop() {
	p.Helper()
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		p.Fatal(err)
	}
	if err := p.cmd.Wait(); err != nil {
		p.Errorf("a graceful stop ends with %v", err)
	}
}

type object = map[string]any

func (p *process) call(method, path, token, etag string, body object) (int, object, string) {
	p.Helper()
	status, out, tag, err := p.attempt(method, path, token, etag, body)
	if err != nil {
		p.Fatalf("%s %s: %v", method, path, err)
	}
	return status, out, tag
}

// attempt is call for clients that run beside others.
func (p *process) attempt(method, path, token, etag string, body object) (int, object, string, error) {
	p.Helper()
	var in io.Reader
	if body != nil {
		raw, err := json.Marshal(body)
		if err != nil {
			return 0, nil, "", err
		}
		in = bytes.NewReader(raw)
	}
	req, err := http.NewRequestWithContext(context.Background(), method, p.url+path, in)
	if err != nil {
		return 0, nil, "", err
	}
	req.Header.Set("Content-Type", "application/json")
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	if etag != "" {
		req.Header.Set("If-Match", etag)
	} else if method == http.MethodPost {
		req.Header.Set("Idempotency-Key", uuid.NewString())
	}
	r, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, nil, "", err
	}
	defer func() { _ = r.Body.Close() }()
	return r.StatusCode, p.read(r, method, path), r.Header.Get("ETag"), nil
}

// read reads an answer and holds it to the description.
func (p *process) read(r *http.Response, method, path string) object {
	p.Helper()
	raw, err := io.ReadAll(r.Body)
	if err != nil {
		p.Error(err)
		return nil
	}
	if err := edgetest.CheckAnswer(method, path, r.StatusCode, r.Header, raw); err != nil {
		p.Error(err)
	}
	var out object
	_ = json.Unmarshal(raw, &out)
	return out
}

func (p *process) must(want int, method, path, token, etag string, body object) (object, string) {
	p.Helper()
	status, out, tag := p.call(method, path, token, etag, body)
	if status != want {
		p.Fatalf("%s %s: %d %v", method, path, status, out)
	}
	return out, tag
}

func (p *process) signUp(name string) string {
	p.Helper()
	status, out := p.plain("/v1/accounts", object{"username": name, "password": "correct horse battery", "name": name})
	if status != 201 {
		p.Fatalf("sign up: %d %v", status, out)
	}
	return p.signIn(name)
}

func (p *process) signIn(name string) string {
	p.Helper()
	status, out := p.plain("/v1/sessions", object{"username": name, "password": "correct horse battery"})
	if status != 201 {
		p.Fatalf("sign in: %d %v", status, out)
	}
	return out["token"].(string)
}

// plain posts without any header of our own.
func (p *process) plain(path string, body object) (int, object) {
	p.Helper()
	raw, _ := json.Marshal(body)
	r, err := http.Post(p.url+path, "application/json", bytes.NewReader(raw))
	if err != nil {
		p.Fatal(err)
	}
	defer func() { _ = r.Body.Close() }()
	return r.StatusCode, p.read(r, http.MethodPost, path)
}

func creditCode(t *testing.T) string {
	t.Helper()
	code, err := codes.CompleteCreditCode("12210000", "MB1A2B3C")
	if err != nil {
		t.Fatal(err)
	}
	return code
}

// Each acknowledged publication survives kill -9, and the index catches up with it.
func TestWhatWasAcknowledgedSurvivesKill9(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		data := o.Dir
		if data == "" {
			data = t.TempDir()
		}
		env := environment(o, data)
		if out, err := command(t, env, "user", "create", "boss", "--name", "周运营"); err != nil {
			t.Fatalf("user create: %v %s", err, out)
		}
		p := serve(t, env)
		editor, boss := p.signUp("editor.one"), p.signIn("boss")
		org, tag := p.must(201, "POST", "/v1/organizations", editor, "", object{
			"name": "盛北理工大学", "kind": "university", "credit_code": creditCode(t), "region": "210112", "contact": object{"name": "李工"}})
		p.must(200, "POST", "/v1/organizations/"+org["id"].(string)+"/verify", boss, tag, nil)
		published := map[string]bool{}
		for round := range 3 {
			for i := range 3 {
				r, tag := p.must(201, "POST", "/v1/results", editor, "", object{
					"owner_id": org["id"], "title": fmt.Sprintf("第 %d 轮第 %d 项成果", round, i), "field": "environment", "abstract": "低温等离子体废气净化装置，去除率高。"})
				id := r["id"].(string)
				_, tag = p.must(200, "POST", "/v1/results/"+id+"/submit", editor, tag, nil)
				p.must(200, "POST", "/v1/results/"+id+"/publish", boss, tag, nil)
				published[id] = true
			}
			if err := p.cmd.Process.Signal(syscall.SIGKILL); err != nil {
				t.Fatal(err)
			}
			_ = p.cmd.Wait()
			p = serve(t, env)
		}
		deadline := time.Now().Add(15 * time.Second)
		for {
			out, _ := p.must(200, "GET", "/v1/search?limit=100&q=%E7%AD%89%E7%A6%BB%E5%AD%90%E4%BD%93", "", "", nil)
			found := 0
			for _, item := range out["items"].([]any) {
				if published[item.(object)["id"].(string)] {
					found++
				}
			}
			if found == len(published) {
				break
			}
			if time.Now().After(deadline) {
				t.Fatalf("%d of %d are found", found, len(published))
			}
			time.Sleep(20 * time.Millisecond)
		}
		p.stop()
		if out, err := command(t, env, "verify"); err != nil {
			t.Errorf("verify: %v\n%s", err, out)
		}
	})
}

func TestASecondProcessOnADataFolderIsRefusedClearly(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		data := o.Dir
		if data == "" {
			data = t.TempDir()
		}
		env := environment(o, data)
		serve(t, env)
		out, err := command(t, env, "serve")
		if err == nil || !strings.Contains(out, "another process uses the data folder") || !strings.Contains(out, "JIEBANG_DATA") {
			t.Errorf("the second process: %v\n%s", err, out)
		}
	})
}

func TestSettingsAreCheckedByName(t *testing.T) {
	env := append(environment(db.Options{}, t.TempDir()), "JIEBANG_ADDR=nowhere", "JIEBANG_DB_CONNS=1")
	out, err := command(t, env, "serve")
	if err == nil || !strings.Contains(out, "JIEBANG_ADDR") || !strings.Contains(out, "JIEBANG_DB_CONNS") {
		t.Errorf("%v\n%s", err, out)
	}
}

func TestSettingsArePrintedWithoutSecrets(t *testing.T) {
	env := append(environment(db.Options{}, t.TempDir()), "DATABASE_URL=postgres://someone:s3cret@db/x")
	out, err := command(t, env, "serve", "--print-config")
	if err != nil || strings.Contains(out, "s3cret") || !strings.Contains(out, "DATABASE_URL=(set, not shown)") || !strings.Contains(out, "JIEBANG_ADDR=") {
		t.Errorf("%v\n%s", err, out)
	}
}

func TestServeRefusesADatabaseThatWasNotMigrated(t *testing.T) {
	o := dbtest.New(t, db.Postgres)
	d := dbtest.Open(t, o)
	if err := d.Writer.Exec("DELETE FROM goose_db_version WHERE version_id = (SELECT MAX(version_id) FROM goose_db_version)").Error; err != nil {
		t.Fatal(err)
	}
	out, err := command(t, environment(o, t.TempDir()), "serve")
	if err == nil || !strings.Contains(out, "jiebang migrate up") {
		t.Errorf("%v\n%s", err, out)
	}
}

func TestTheDemoLeavesOtherDatabasesAlone(t *testing.T) {
	data := t.TempDir()
	env := environment(db.Options{}, data)
	if out, err := command(t, append(env, "JIEBANG_DATA="+filepath.Join(data, "demo")), "user", "create", "boss", "--name", "周运营"); err != nil {
		t.Fatalf("%v %s", err, out)
	}
	out, err := command(t, env, "demo")
	if err == nil || !strings.Contains(out, "not a demo") {
		t.Errorf("%v\n%s", err, out)
	}
}
