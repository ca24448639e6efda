package main_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"time"

	"jiebang/internal/db"
	"jiebang/internal/db/dbtest"
)

// send puts bytes of an upload.
func (p *process) send(token, path string, body io.Reader) (status int, err error) {
	req, err := http.NewRequest(http.MethodPut, p.url+path, body)
	if err != nil {
		return 0, err
	}
	req.Header.Set("Authorization", "Bearer "+token)
	req.Header.Set("Content-Type", "application/octet-stream")
	r, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, err
	}
	p.read(r, http.MethodPut, path)
	return r.StatusCode, r.Body.Close()
}

// A server that is killed in the middle of an upload loses what had not become a part, and the sender goes on with the next server.
func TestAnUploadSurvivesKill9(t *testing.T) {
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
		editor := p.signUp("editor.one")
		org, _ := p.must(201, "POST", "/v1/organizations", editor, "", object{
			"name": "盛北理工大学", "kind": "university", "credit_code": creditCode(t), "region": "210112", "contact": object{"name": "李工"}})
		draft, _ := p.must(201, "POST", "/v1/results", editor, "", object{
			"owner_id": org["id"], "title": "低温等离子体废气净化装置", "field": "environment", "abstract": "低温等离子体废气净化装置，去除率高。"})
		file := bytes.Repeat([]byte("0123456789abcdef"), 21<<16)
		copy(file, "%PDF-1.7\n")
		u, _ := p.must(201, "POST", "/v1/uploads", editor, "", object{"object_kind": "result", "object_id": draft["id"], "name": "大.pdf", "size": len(file), "public": true})
		path := "/v1/uploads/" + u["id"].(string)
		received := 0
		for round := range 2 {
			body, feed := io.Pipe()
			go func() { _, _ = p.send(editor, fmt.Sprintf("%s/content?offset=%d", path, received), body) }()
			if _, err := feed.Write(file[received : received+9<<20]); err != nil { // two parts, and the beginning of a third
				t.Fatal(err)
			}
			for deadline := time.Now().Add(15 * time.Second); ; time.Sleep(10 * time.Millisecond) {
				if out, _ := p.must(200, "GET", path, editor, "", nil); int(out["received"].(float64)) >= (round+1)*8<<20 {
					break
				}
				if time.Now().After(deadline) {
					t.Fatal("the parts are not stored")
				}
			}
			if err := p.cmd.Process.Signal(syscall.SIGKILL); err != nil {
				t.Fatal(err)
			}
			_ = p.cmd.Wait()
			_ = feed.Close()
			p = serve(t, env)
			out, _ := p.must(200, "GET", path, editor, "", nil)
			if received = int(out["received"].(float64)); received != (round+1)*8<<20 {
				t.Fatalf("%d bytes are left", received)
			}
		}
		if status, err := p.send(editor, fmt.Sprintf("%s/content?offset=%d", path, received), bytes.NewReader(file[received:])); err != nil || status != 200 {
			t.Fatalf("%d, %v", status, err)
		}
		sum := sha256.Sum256(file)
		p.must(201, "POST", path+"/complete", editor, "", object{"sha256": hex.EncodeToString(sum[:])})
		req, _ := http.NewRequest(http.MethodGet, p.url+"/v1/files/"+u["id"].(string)+"/content", nil)
		req.Header.Set("Authorization", "Bearer "+editor)
		r, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(r.Body)
		if _ = r.Body.Close(); err != nil || !bytes.Equal(got, file) {
			t.Errorf("what is read is not what was sent: %d bytes, %v", len(got), err)
		}
		p.stop()
		if out, err := command(t, env, "verify"); err != nil {
			t.Errorf("verify: %v\n%s", err, out)
		}
	})
}

// A replica that was given a folder of its own would miss what the others took: it does not start.
func TestAReplicaWithAnotherStoreIsRefused(t *testing.T) {
	o := dbtest.New(t, db.Postgres)
	serve(t, environment(o, t.TempDir()))
	serve(t, environment(o, t.TempDir())).stop() // the same store
	for _, other := range []string{"", "file://" + t.TempDir()} {
		env := append(environment(o, t.TempDir()), "JIEBANG_FILES="+other)
		out, err := command(t, env, "serve")
		if err == nil || !strings.Contains(out, "JIEBANG_FILES") || !strings.Contains(out, "not the one of this database") {
			t.Errorf("%q: %v\n%s", other, err, out)
		}
		if out, err = command(t, env, "verify"); err == nil || !strings.Contains(out, "JIEBANG_FILES") {
			t.Errorf("verify, %q: %v\n%s", other, err, out)
		}
	}
}
