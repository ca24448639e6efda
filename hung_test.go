package main_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"jiebang/internal/db"
	"jiebang/internal/db/dbtest"
)

// One of two processes hangs in the middle of its work, as on a machine that is paused: what it holds is let go within five seconds. The other
// goes on to write, to give Changes their positions and to find what was published, and nobody is told of a failure. The one that hung goes
// on, too, when it wakes.
func TestAProcessThatHangsHoldsUpNobodyForLong(t *testing.T) {
	w := newTown(t, dbtest.New(t, db.Postgres))
	hung, well := w.all[0], w.all[1]
	id, _ := w.draft("低温等离子体净化装置")
	var stop atomic.Bool
	var load sync.WaitGroup
	for i := range 6 {
		load.Go(func() {
			for n := 0; !stop.Load(); n++ {
				// All of them change one row: whoever hangs holds it, likely.
				_, _, _, _ = hung.attempt("PUT", "/v1/results/"+id, w.editor, `"1"`, w.result(fmt.Sprint("净化装置", i, n)))
				_, _, _, _ = hung.attempt("POST", "/v1/results", w.editor, "", w.result(fmt.Sprint("草稿", i, n)))
			}
		})
	}
	time.Sleep(700 * time.Millisecond)
	hung.signal(syscall.SIGSTOP)
	began := time.Now()
	worst := time.Duration(0)
	for n := range 6 {
		at := time.Now()
		now, fresh, _, err := well.attempt("GET", "/v1/results/"+id, w.editor, "", nil)
		if err != nil || now != 200 {
			t.Fatalf("%d %v, %v", now, fresh, err)
		}
		_, _, tag, _ := well.attempt("GET", "/v1/results/"+id, w.editor, "", nil)
		status, out, _, err := well.attempt("PUT", "/v1/results/"+id, w.editor, tag, w.result(fmt.Sprint("另一进程改的", n)))
		if err != nil || status != 200 && status != 412 && status != 503 {
			t.Errorf("a write while the other hangs: %d %v, %v", status, out, err)
		}
		worst = max(worst, time.Since(at))
	}
	if worst > 6*time.Second { // five are promised; the sixth is for a machine that has much else to do
		t.Errorf("somebody waited %s", worst)
	}
	both := w.all
	w.all = []*process{well}
	published := w.publish("膜分离制氢装置")
	w.everywhere("制氢", published)
	t.Logf("the longest wait was %s; what was published then was found %.1f s after the other hung", worst, time.Since(began).Seconds())
	if took := time.Since(began); took > 8*time.Second {
		t.Errorf("found after %s", took)
	}
	hung.signal(syscall.SIGCONT)
	stop.Store(true)
	load.Wait()
	w.all = both
	w.everywhere("制氢", published)
	w.verified()
}

// The disk of the embedded database is nearly full: changes are refused with a problem that says so, reading goes on, and with room again so
// does all. Nothing of the database is harmed.
func TestADiskThatIsNearlyFull(t *testing.T) {
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=160m"); err != nil {
		t.Skipf("no small file system to be had here (%v)", err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(dir, syscall.MNT_DETACH) })
	data := filepath.Join(dir, "data")
	if err := os.Mkdir(data, 0o700); err != nil {
		t.Fatal(err)
	}
	w := newTown(t, db.Options{Dir: data})
	p := w.all[0]
	before := w.publish("等离子体净化")
	w.everywhere("等离子体", before)
	ready := func() object {
		out, _ := p.must(200, "GET", "/readyz", "", "", nil)
		return out
	}
	if r := ready(); r["writes"] != "ok" || r["disk"] != "ok" || r["search"] != "ok" || r["changes"] != "ok" || r["disk_free_mib"].(float64) <= 0 {
		t.Errorf("well: %v", r)
	}
	var s syscall.Statfs_t
	if err := syscall.Statfs(dir, &s); err != nil {
		t.Fatal(err)
	}
	ballast := filepath.Join(dir, "ballast")
	if err := os.WriteFile(ballast, make([]byte, int64(s.Bavail)*int64(s.Bsize)-(4<<20)), 0o600); err != nil {
		t.Fatal(err)
	}
	time.Sleep(1100 * time.Millisecond)
	for range 3 {
		status, out, _ := p.call("POST", "/v1/results", w.editor, "", w.result("写不进去的成果"))
		if status != 503 || out["code"] != "database_unavailable" || !strings.Contains(fmt.Sprint(out["detail"]), "存储空间不足") {
			t.Errorf("a nearly full disk: %d %v", status, out)
		}
		p.must(200, "GET", "/v1/results/"+before, "", "", nil)
		if w.finds(p, "等离子体", before) != 1 {
			t.Error("it is not found")
		}
	}
	if r := ready(); r["writes"] != "refused" || r["disk"] != "low" || r["database"] != true {
		t.Errorf("nearly full: %v", r)
	}
	if err := os.Remove(ballast); err != nil && !errors.Is(err, os.ErrNotExist) {
		t.Fatal(err)
	}
	eventually(t, "changes are taken again", func() bool {
		status, _, _ := p.call("POST", "/v1/results", w.editor, "", w.result("又写得进去了"))
		return status == 201
	})
	if r := ready(); r["writes"] != "ok" || r["disk"] != "ok" {
		t.Errorf("with room again: %v", r)
	}
	w.verified()
}
