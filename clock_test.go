package main_test

import (
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"jiebang/internal/db"
	"jiebang/internal/db/dbtest"
)

// wrongClock is the program with the machine's clock set off by JIEBANG_TEST_CLOCK. No setting of the program can do that: it is linked anew
// with the name of the variable, and nothing else of it differs.
var wrongClock = sync.OnceValues(func() (string, error) {
	out := filepath.Join(filepath.Dir(program), "jiebang-wrong-clock")
	_, err := exec.Command("go", "build", "-ldflags", "-X jiebang/internal/when.skewedBy=JIEBANG_TEST_CLOCK", "-o", out, ".").Output()
	return out, err
})

// serveAt starts a server whose machine has its clock set off.
func serveAt(t *testing.T, env []string, off time.Duration) *process {
	t.Helper()
	path, err := wrongClock()
	if err != nil {
		t.Fatalf("the program with another clock: %v", err)
	}
	return run(t, append(env, "JIEBANG_TEST_CLOCK="+off.String()), exec.Command(path, "serve"))
}

// published makes a published result by whoever works on the list, and gives its id.
func (l *dueList) published(p *process, title string) string {
	l.Helper()
	editor, boss := p.signIn(l.org.Editor.Actor.Username), p.signIn("operator")
	r, tag := p.must(201, "POST", "/v1/results", editor, "", object{
		"owner_id": l.org.ID, "title": title, "field": "environment", "abstract": "低温等离子体废气净化装置，去除率高。"})
	id := r["id"].(string)
	_, tag = p.must(200, "POST", "/v1/results/"+id+"/submit", editor, tag, nil)
	p.must(200, "POST", "/v1/results/"+id+"/publish", boss, tag, nil)
	return id
}

// found waits until a process finds a result by search: that every Change up to it has its position, and was read.
func (l *dueList) found(p *process, id string) time.Duration {
	l.Helper()
	return l.eventually("it is found", 25*time.Second, func() bool {
		out, _ := p.must(200, "GET", "/v1/search?limit=100&q=%E7%AD%89%E7%A6%BB%E5%AD%90%E4%BD%93", "", "", nil)
		for _, item := range out["items"].([]any) {
			if item.(object)["id"] == id {
				return true
			}
		}
		return false
	})
}

// A machine's clock is an hour off. Where it works beside another, on PostgreSQL, nothing is done early or late; where it dies in the middle,
// whoever goes on does not wait until its clock would have been right: neither for jobs, nor for the order of Changes. The embedded
// database has no clock but its machine's, which somebody sets right after the crash.
func TestAClockThatIsAnHourOff(t *testing.T) {
	for name, off := range map[string]time.Duration{"fast": time.Hour, "slow": -time.Hour} {
		t.Run(name, func(t *testing.T) {
			dbtest.Each(t, func(t *testing.T, o db.Options) {
				l := newDueList(t, o, 300)
				wrong := l.main
				if o.URL != "" {
					wrong = environment(o, t.TempDir())
				}
				p := serveAt(t, wrong, off)
				if o.URL != "" { // the wrong one alone first: the database says what is due
					l.due(time.Now().Add(30 * time.Minute))
					time.Sleep(1500 * time.Millisecond)
					if n := l.closed(); n != 0 {
						t.Errorf("%d needs were closed half an hour early", n)
					}
				}
				before := l.published(p, "钟不准时发布的成果")
				l.found(p, before)
				l.published(p, "停机前发布的成果") // so that it holds what puts Changes in order
				moment := time.Now().Add(-time.Second)
				if o.URL == "" {
					moment = moment.Add(off) // as the machine sees it
				}
				l.due(moment)
				held := 0
				l.eventually("some are done and others held", 30*time.Second, func() bool {
					if done := l.closed(); done >= 30 && done < len(l.needs) {
						held = l.killHolding(p)
					}
					return held > 0 || l.closed() == len(l.needs)
				})
				if held == 0 {
					t.Fatal("no kill found a job in the middle")
				}
				if o.URL == "" {
					l.Must(l.DB.Writer.Exec("UPDATE jobs SET due_at = ?", time.Now().Add(-time.Second).UTC()).Error)
				}
				killed := time.Now()
				p = serve(t, l.main)
				l.eventually("all is done", 25*time.Second, func() bool { return l.closed() == len(l.needs) && l.count("SELECT COUNT(*) FROM jobs") == 0 })
				jobs := time.Since(killed)
				l.onceEach(len(l.needs))
				l.found(p, l.published(p, "钟走准后发布的成果"))
				t.Logf("%d were held; all was done %.1f s after the kill, and found after %.1f s", held, jobs.Seconds(), time.Since(killed).Seconds())
				if o.URL == "" {
					return
				}
				// Both at once: each takes its part, and what is due later waits for its time.
				serveAt(t, environment(o, t.TempDir()), off)
				later := uuid.UUID(l.needs[0])
				l.Must(l.DB.Writer.Exec("UPDATE needs SET state = 'open', close_reason = '', version = 3 WHERE id = ?", later).Error)
				l.Must(l.DB.Writer.Exec("INSERT INTO jobs (id, kind, object_id, due_at, attempts, holder, last_error, created_at) VALUES (?, 'need.expire', ?, ?, 0, '', '', ?)",
					uuid.New(), later, time.Now().Add(4*time.Second).UTC(), time.Now().UTC()).Error)
				asked := time.Now()
				l.eventually("it is done", 20*time.Second, func() bool { return l.count("SELECT COUNT(*) FROM jobs") == 0 })
				if took := time.Since(asked); took < 3500*time.Millisecond {
					t.Errorf("what is due in four seconds was done after %s", took)
				}
			})
		})
	}
}
