package main_test

import (
	"context"
	"fmt"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"jiebang/internal/db"
	"jiebang/internal/db/dbtest"
)

// publish makes a published result by the first process, and gives its id.
func (w *town) publish(title string) string {
	w.Helper()
	id, tag := w.draft(title)
	_, tag = w.at(0).must(200, "POST", "/v1/results/"+id+"/submit", w.editor, tag, nil)
	w.at(0).must(200, "POST", "/v1/results/"+id+"/publish", w.boss, tag, nil)
	return id
}

// finds tells how many of these a process finds by a word of their titles.
func (w *town) finds(p *process, word string, ids ...string) int {
	w.Helper()
	status, out, _, err := p.attempt(http.MethodGet, "/v1/search?limit=100&q="+url.QueryEscape(word), "", "", nil)
	if err != nil || status != 200 && status != 503 {
		w.Fatalf("search: %d %v, %v", status, out, err)
	}
	n, items := 0, fmt.Sprint(out["items"])
	for _, id := range ids {
		if strings.Contains(items, id) {
			n++
		}
	}
	return n
}

// everywhere waits until each process finds all of them.
func (w *town) everywhere(word string, ids ...string) time.Duration {
	w.Helper()
	began := time.Now()
	for _, p := range w.all {
		eventually(w.T, "each is found", func() bool { return w.finds(p, word, ids...) == len(ids) })
	}
	return time.Since(began)
}

func (w *town) searchIs(p *process, want string) bool {
	w.Helper()
	_, out, _, err := p.attempt(http.MethodGet, "/readyz", "", "", nil)
	return err == nil && out["search"] == want
}

// administer runs statements on the cluster of a PostgreSQL database.
func administer(t *testing.T, statements ...string) {
	t.Helper()
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, os.Getenv("JIEBANG_TEST_POSTGRES"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(ctx) }()
	for _, sql := range statements {
		if _, err := conn.Exec(ctx, sql); err != nil {
			t.Fatalf("%s: %v", sql, err)
		}
	}
}

// The database goes back to where it was a moment ago, under the running servers: by a failover to one that lagged, or a restore in place.
// What is published from then on is found, though the log gives it numbers that the index had seen already, and what is gone is not.
func TestPostgreSQLGoesBackUnderRunningServers(t *testing.T) {
	o := dbtest.New(t, db.Postgres)
	config, err := pgx.ParseConfig(o.URL)
	if err != nil {
		t.Fatal(err)
	}
	name := config.Database
	alone := func(then ...string) {
		administer(t, append([]string{"ALTER DATABASE " + name + " WITH ALLOW_CONNECTIONS false", "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '" + name + "'"}, then...)...)
	}
	w := newTown(t, o)
	before := []string{w.publish("等离子体净化一"), w.publish("等离子体净化二")}
	w.everywhere("等离子体", before...)
	alone("CREATE DATABASE "+name+"_was TEMPLATE "+name, "ALTER DATABASE "+name+" WITH ALLOW_CONNECTIONS true")
	var lost []string
	eventually(t, "it takes writes again", func() bool {
		for range 8 { // of the connections that were ended, each is met once
			status, _, _, err := w.at(0).attempt("POST", "/v1/results", w.editor, "", w.result("一份草稿"))
			if err != nil || status != 201 {
				return false
			}
		}
		return true
	})
	for i := range 4 {
		lost = append(lost, w.publish(fmt.Sprint("生物质气化", i)))
	}
	w.everywhere("气化", lost...)
	alone("DROP DATABASE "+name+" WITH (FORCE)", "ALTER DATABASE "+name+"_was RENAME TO "+name, "ALTER DATABASE "+name+" WITH ALLOW_CONNECTIONS true")
	eventually(t, "it takes writes again", func() bool {
		status, _, _, err := w.at(0).attempt("GET", "/v1/me", w.editor, "", nil)
		return err == nil && status == 200
	})
	var after []string
	for i := range 6 {
		after = append(after, w.publish(fmt.Sprint("膜分离制氢", i)))
	}
	took := w.everywhere("制氢", after...)
	t.Logf("found %s after the last was published", took)
	for _, p := range w.all {
		if n := w.finds(p, "气化", lost...); n != 0 {
			t.Errorf("%d are found that are gone", n)
		}
		if n := w.finds(p, "等离子体", before...); n != len(before) {
			t.Errorf("%d of those before are found", n)
		}
		eventually(t, "search is well", func() bool { return w.searchIs(p, "ok") })
	}
	w.restored()
}

// restored has verify ask for another identity after a restore, gives it, and has verify be content.
func (w *town) restored() {
	w.Helper()
	for _, p := range w.all {
		p.stop()
	}
	if out, err := command(w.T, w.env, "verify"); err == nil || !strings.Contains(out, "jiebang restored") {
		w.Errorf("verify does not ask for it: %v %s", err, out)
	}
	if out, err := command(w.T, w.env, "restored"); err != nil {
		w.Errorf("restored: %v %s", err, out)
	}
	if out, err := command(w.T, w.env, "verify"); err != nil {
		w.Errorf("verify: %v %s", err, out)
	}
}

// A backup of the embedded database is put back beside the index of later. And an identity that was renewed has every index made anew.
func TestARestoreBesideAnOldIndex(t *testing.T) {
	w := newTown(t, dbtest.New(t, db.SQLite))
	file := filepath.Join(w.o.Dir, "jiebang.db")
	before := w.publish("等离子体净化")
	w.everywhere("等离子体", before)
	w.all[0].stop()
	backup, err := os.ReadFile(file) // whole, since the process that stopped was the last to have it open
	if err != nil {
		t.Fatal(err)
	}
	w.all[0] = serve(t, w.env)
	lost := w.publish("生物质气化")
	w.everywhere("气化", lost)
	w.all[0].stop()
	for _, path := range []string{file, file + "-wal", file + "-shm"} { // put aside: a file system may call the next file as it called one that is gone
		if err := os.Rename(path, path+".old"); err != nil && !os.IsNotExist(err) {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(file, backup, 0o600); err != nil {
		t.Fatal(err)
	}
	w.all[0] = serve(t, w.env)
	after := []string{w.publish("膜分离制氢一"), w.publish("膜分离制氢二")}
	w.everywhere("制氢", after...)
	if w.finds(w.all[0], "气化", lost) != 0 || w.finds(w.all[0], "等离子体", before) != 1 {
		t.Error("what is found is of another database")
	}
	w.restored()
	w.all[0] = serve(t, w.env)
	w.everywhere("制氢", after...)
	eventually(t, "search is well", func() bool { return w.searchIs(w.all[0], "ok") })
}

// The files of the index are deleted, cut or overwritten while it serves. It says so, answers meanwhile as well as it can and never as
// if something were wrong with it, and is made anew: what was there is found again, and what is published then.
func TestTheIndexIsDamagedWhileItServes(t *testing.T) {
	each := func(pattern string, damage func(path string) error) func(dir string) error {
		return func(dir string) error {
			hit := 0
			err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
				if err != nil || d.IsDir() {
					return nil //nolint:nilerr // merged away meanwhile
				}
				if fits, _ := filepath.Match(pattern, d.Name()); !fits {
					return nil
				}
				hit++
				return damage(path)
			})
			if err == nil && hit == 0 {
				err = fs.ErrNotExist
			}
			return err
		}
	}
	cut := func(path string) error { return os.Truncate(path, 10) }
	for name, damage := range map[string]func(dir string) error{
		"the folder is deleted": os.RemoveAll,
		"segments are deleted":  each("*.zap", os.Remove),
		"segments are cut":      each("*.zap", cut),
		"the root is cut":       each("root.bolt", cut),
		"the root is emptied":   each("root.bolt", func(path string) error { return os.Truncate(path, 0) }),
		"all is cut":            each("*", cut),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dialect := db.SQLite
			if name == "all is cut" {
				dialect = db.Postgres
			}
			w := newTown(t, dbtest.New(t, dialect))
			w.all = w.all[:1]
			data := ""
			for _, set := range w.env {
				if v, is := strings.CutPrefix(set, "JIEBANG_DATA="); is {
					data = v
				}
			}
			before := []string{w.publish("等离子体净化一"), w.publish("等离子体净化二")}
			w.everywhere("等离子体", before...)
			if err := damage(filepath.Join(data, "index")); err != nil {
				t.Fatal(err)
			}
			began := time.Now()
			after := w.publish("膜分离制氢")
			w.everywhere("制氢", after)
			w.everywhere("等离子体", before...)
			eventually(t, "search is well", func() bool { return w.searchIs(w.all[0], "ok") })
			t.Logf("%s: all is found after %.1f s", name, time.Since(began).Seconds())
			if time.Since(began) > 12*time.Second {
				t.Error("that took long")
			}
			w.all[0].stop()
			w.all[0] = serve(t, w.env)
			w.everywhere("制氢", after)
		})
	}
}
