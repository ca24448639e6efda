package main_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"net/http"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"jiebang/internal/db"
	"jiebang/internal/db/dbtest"
)

// Two hundred who sign in at once, by real clients against the program with its real hashes: whoever finds no place is told so at once and
// comes back, nobody waits until their time is up, and signing up goes on beside it.
func TestManySignInAtOnce(t *testing.T) {
	for _, dialect := range []db.Dialect{db.SQLite, db.Postgres} {
		t.Run(string(dialect), func(t *testing.T) {
			o := dbtest.New(t, dialect)
			p := serve(t, environment(o, t.TempDir()))
			const all = 200
			type answer struct {
				status int
				after  string
				took   time.Duration
			}
			answers := make([]answer, all)
			client := &http.Client{Transport: &http.Transport{MaxConnsPerHost: 0, MaxIdleConnsPerHost: all}}
			post := func(path string, body object) answer {
				raw, _ := json.Marshal(body)
				began := time.Now()
				r, err := client.Post(p.url+path, "application/json", bytes.NewReader(raw))
				if err != nil {
					t.Error(err)
					return answer{}
				}
				_ = r.Body.Close()
				return answer{r.StatusCode, r.Header.Get("Retry-After"), time.Since(began)}
			}
			var clients sync.WaitGroup
			var up answer
			began := time.Now()
			for i := range all {
				clients.Go(func() {
					answers[i] = post("/v1/sessions", object{"username": fmt.Sprintf("somebody%d", i), "password": "correct horse battery"})
				})
			}
			clients.Go(func() {
				up = post("/v1/accounts", object{"username": "new.person", "password": "correct horse battery", "name": "新人"})
			})
			clients.Wait()
			took := time.Since(began)
			count, slowest, slowestTold := map[int]int{}, time.Duration(0), time.Duration(0)
			for _, a := range answers {
				count[a.status]++
				slowest = max(slowest, a.took)
				if a.status == 503 {
					slowestTold = max(slowestTold, a.took)
					if a.after == "" {
						t.Error("a 503 does not say when to come back")
					}
				}
			}
			t.Logf("%v in %v; slowest %v, slowest 503 %v; signing up beside it %d in %v", count, took, slowest, slowestTold, up.status, up.took)
			if count[401] == 0 || count[401]+count[503]+count[429] != all {
				t.Errorf("answers: %v", count)
			}
			if count[503] == 0 {
				t.Error("all of them waited")
			}
			if up.status != 201 {
				t.Errorf("signing up: %d", up.status)
			}
			if slowest > 15*time.Second {
				t.Errorf("somebody waited %v", slowest)
			}
		})
	}
}

// Whatever the program writes is its own user's alone.
func TestWhatTheProgramWritesIsPrivate(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	env := environment(dbtest.New(t, db.SQLite), data)
	p := serve(t, env)
	token := p.signUp("zhang.wei")
	p.must(202, "PUT", "/v1/account/email", token, "", object{"email": "zhang.wei@example.org"})
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
		if mails, _ := filepath.Glob(filepath.Join(data, "mails", "*.eml")); len(mails) > 0 {
			break
		}
	}
	files := 0
	err := filepath.WalkDir(data, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := entry.Info()
		if err == nil && info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s is open to others: %v", path, info.Mode())
		}
		if !entry.IsDir() {
			files++
		}
		return err
	})
	if err != nil || files < 4 {
		t.Errorf("%d files, %v", files, err)
	}
}
