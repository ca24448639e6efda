package main_test

import (
	"fmt"
	"net/http"
	"slices"
	"syscall"
	"testing"
	"time"

	"github.com/google/uuid"

	"jiebang/internal/casttest"
	"jiebang/internal/db"
	"jiebang/internal/db/dbtest"
	"jiebang/internal/jobs"
	"jiebang/internal/needs"
	"jiebang/internal/when"
	"jiebang/internal/work"
)

// dueList is a database with needs whose deadline is over and that nobody has closed yet, and the processes that work on it.
type dueList struct {
	*casttest.Cast
	o     db.Options
	org   casttest.Organization
	needs []uuid.UUID
	main  []string // the environment of the first process
}

// newDueList opens needs on a day that is past by now. Their jobs wait until makeDue.
func newDueList(t *testing.T, o db.Options, n int) *dueList {
	t.Helper()
	l := &dueList{Cast: casttest.New(t, o), o: o}
	data := o.Dir
	if data == "" {
		data = t.TempDir()
	}
	l.main = environment(o, data)
	l.org = l.Single("辽浑智造装备有限公司", "enterprise", "210112")
	s := needs.New(l.Unit)
	for i := range n {
		id := casttest.Create(l.Cast, l.org.Editor, s.Create, needs.Input{Owner: l.org.ID, Content: needs.Content{
			Title: fmt.Sprintf("第 %d 条需求", i), Problem: "喷涂车间排气有异味，周边居民投诉。", Field: "environment", Deadline: when.MustDay("2026-03-20"),
		}})
		casttest.Change(l.Cast, l.org.Editor, s.Submit, id, 1)
		casttest.Change(l.Cast, l.Operator, s.Publish, id, 2)
		l.needs = append(l.needs, id)
	}
	l.due(time.Now().Add(time.Hour))
	return l
}

// due moves all jobs to a time.
func (l *dueList) due(at time.Time) {
	l.Helper()
	l.Must(l.DB.Writer.Exec("UPDATE jobs SET due_at = ?", at.UTC()).Error)
}

func (l *dueList) count(sql string, args ...any) (n int) {
	l.Helper()
	l.Must(l.DB.Reader.Raw(sql, args...).Scan(&n).Error)
	return n
}

func (l *dueList) closed() int {
	return l.count("SELECT COUNT(*) FROM needs WHERE state = 'closed' AND close_reason = 'expired'")
}

// eventually waits until something holds, and tells how long that took.
func (l *dueList) eventually(what string, patience time.Duration, holds func() bool) time.Duration {
	l.Helper()
	begun := time.Now()
	for !holds() {
		if time.Since(begun) > patience {
			l.Fatalf("not within %s: %s", patience, what)
		}
		time.Sleep(3 * time.Millisecond)
	}
	return time.Since(begun)
}

// onceEach holds that every need was closed, by one recorded step with one Change.
func (l *dueList) onceEach(want int) {
	l.Helper()
	if n := l.count("SELECT COUNT(*) FROM needs WHERE state = 'closed' AND close_reason = 'expired' AND version = 4"); n != want {
		l.Errorf("%d needs were closed in one step, want %d", n, want)
	}
	for what, from := range map[string]string{
		"audit rows": "audit WHERE action = 'need.expire'",
		"Changes":    "(SELECT kind, object_id FROM change_log UNION ALL SELECT kind, object_id FROM outbox) c WHERE kind = 'need.expire'",
	} {
		if n, each := l.count("SELECT COUNT(*) FROM "+from), l.count("SELECT COUNT(DISTINCT object_id) FROM "+from); n != want || each != want {
			l.Errorf("%d %s of %d needs, want %d", n, what, each, want)
		}
	}
}

// killHolding kills a process while it holds jobs: it is stopped first, so that what it holds does not change while one looks. It tells how
// many those are; with none it goes on.
func (l *dueList) killHolding(p *process) int {
	l.Helper()
	held := func() (ids []string) {
		l.Must(l.DB.Reader.Raw("SELECT CAST(id AS text) FROM jobs WHERE until IS NOT NULL").Scan(&ids).Error)
		return ids
	}
	p.signal(syscall.SIGSTOP)
	before := held()
	time.Sleep(100 * time.Millisecond) // a replica that goes on beside it is done with its own by then
	n := 0
	for _, id := range held() {
		if slices.Contains(before, id) {
			n++
		}
	}
	if n == 0 {
		p.signal(syscall.SIGCONT)
		return 0
	}
	p.kill()
	return n
}

func (p *process) signal(s syscall.Signal) {
	p.Helper()
	if err := p.cmd.Process.Signal(s); err != nil {
		p.Fatal(err)
	}
}

func (p *process) kill() {
	p.Helper()
	if err := p.cmd.Process.Signal(syscall.SIGKILL); err != nil {
		p.Fatal(err)
	}
	_ = p.cmd.Wait()
}

// What a use case has written to be done later is done although its process is killed: before the job is due, and again and again in the
// middle, while it holds jobs. On PostgreSQL a second replica goes on beside it.
func TestWhatIsDueIsDoneOnceThroughKill9(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		l := newDueList(t, o, 800)
		p := serve(t, l.main)
		// Between the commit and the job: acknowledged, and killed at once.
		editor, boss := p.signIn(l.org.Editor.Actor.Username), p.signIn("operator")
		n, tag := p.must(201, "POST", "/v1/needs", editor, "", object{
			"owner_id": l.org.ID, "title": "最后一条需求", "problem": "喷涂车间排气有异味，周边居民投诉。", "field": "environment", "deadline": when.DayOf(time.Now()).AddDays(1).String()})
		path := "/v1/needs/" + n["id"].(string)
		_, tag = p.must(200, "POST", path+"/submit", editor, tag, nil)
		p.must(200, "POST", path+"/publish", boss, tag, nil)
		p.kill()
		if n := l.count("SELECT COUNT(*) FROM jobs WHERE kind = 'need.expire' AND object_id = ?", n["id"]); n != 1 {
			t.Fatalf("%d jobs of the need that was published last", n)
		}
		l.Must(l.DB.Writer.Exec("UPDATE needs SET deadline = '2026-03-20' WHERE id = ?", n["id"]).Error)

		all, held := len(l.needs)+1, 0
		if o.URL != "" {
			serve(t, environment(o, t.TempDir()))
		}
		p = serve(t, l.main)
		l.due(time.Now().Add(-time.Minute))
		var killed time.Time
		for round := range 3 {
			before := l.closed()
			if before >= all {
				break
			}
			n := 0
			l.eventually("some jobs are done and others held", 30*time.Second, func() bool {
				done := l.closed()
				if done >= before+30 && done < all {
					n = l.killHolding(p)
				}
				return n > 0 || done >= all
			})
			if n == 0 {
				break // the other replica was faster
			}
			killed = time.Now()
			held += n
			t.Logf("killed in round %d after %d of %d, %d were held", round, l.closed(), all, n)
			p = serve(t, l.main)
		}
		if held == 0 {
			t.Error("no kill found a job in the middle")
		}
		l.eventually("all is done", 40*time.Second, func() bool { return l.closed() == all && l.count("SELECT COUNT(*) FROM jobs") == 0 })
		t.Logf("all was done %.1f s after the last kill", time.Since(killed).Seconds())
		l.onceEach(all)
		if n := l.count("SELECT COALESCE(MAX(attempts), 0) FROM jobs"); n != 0 {
			t.Errorf("%d attempts are left", n)
		}
		p.stop()
		if out, err := command(t, l.main, "verify"); err != nil {
			t.Errorf("verify: %v\n%s", err, out)
		}
	})
}

// Ten thousand at one moment: worked off by all replicas, each once; another kind that is due after them does not wait for them, and one that
// always fails ends up with the operators while everything else is done.
func TestTenThousandAtOneMoment(t *testing.T) {
	const many, real = 10_000, 200
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		l := newDueList(t, o, real)
		broken := l.needs[real/2]
		l.Must(l.DB.Writer.Exec("UPDATE needs SET keywords = '5' WHERE id = ?", broken).Error)     // no list: it cannot be read
		l.Must(l.DB.Writer.Exec("UPDATE jobs SET attempts = 9 WHERE object_id = ?", broken).Error) // after hours of trying
		unknown := make([]uuid.UUID, many-real)                                                    // whose needs are gone: there is nothing to do about them
		for i := range unknown {
			unknown[i] = work.NewID()
		}
		later := time.Now().Add(time.Hour)
		_, err := l.Unit.Do(t.Context(), l.Operator, func(tx *work.Tx) error {
			if err := jobs.AllAt(tx, "need.expire", unknown, later); err != nil {
				return err
			}
			return jobs.At(tx, "introduction.lapse", work.NewID(), later)
		})
		l.Must(err)

		p, replicas := serve(t, l.main), 1
		if o.URL != "" {
			serve(t, environment(o, t.TempDir()))
			replicas++
		}
		moment := time.Now().Add(300 * time.Millisecond)
		l.due(moment)
		l.Must(l.DB.Writer.Exec("UPDATE jobs SET due_at = ? WHERE kind = 'introduction.lapse'", moment.Add(50*time.Millisecond).UTC()).Error)
		holders, waiting := map[string]bool{}, -1
		l.eventually("all is done but what fails", 3*time.Minute, func() bool {
			var some []string
			l.Must(l.DB.Reader.Raw("SELECT DISTINCT holder FROM jobs WHERE holder <> ''").Scan(&some).Error)
			for _, h := range some {
				holders[h] = true
			}
			if waiting < 0 && l.count("SELECT COUNT(*) FROM jobs WHERE kind = 'introduction.lapse'") == 0 {
				waiting = l.count("SELECT COUNT(*) FROM jobs")
			}
			return l.count("SELECT COUNT(*) FROM jobs") == 1
		})
		t.Logf("%d in %.1f s by %d processes; the other kind was done when %d still waited", many, time.Since(moment).Seconds(), len(holders), waiting)
		if len(holders) != replicas {
			t.Errorf("%d of %d replicas worked", len(holders), replicas)
		}
		if waiting < many/10 {
			t.Errorf("another kind waited until %d were left", waiting)
		}
		l.onceEach(real - 1)

		boss := p.signIn("operator")
		l.eventually("it is parked", 10*time.Second, func() bool {
			return l.count("SELECT COUNT(*) FROM jobs WHERE parked_at IS NOT NULL") == 1
		})
		if ready, _ := p.must(200, http.MethodGet, "/readyz", "", "", nil); ready["jobs"] != "degraded" || ready["database"] != true {
			t.Errorf("with a parked job: %v", ready)
		}
		list, _ := p.must(200, http.MethodGet, "/v1/jobs?state=parked", boss, "", nil)
		items := list["items"].([]any)
		if len(items) != 1 || items[0].(object)["object_id"] != broken.String() || items[0].(object)["last_error"] == nil {
			t.Fatalf("parked: %v", items)
		}
		l.Must(l.DB.Writer.Exec("UPDATE needs SET keywords = '[]' WHERE id = ?", broken).Error)
		p.must(204, http.MethodPost, "/v1/jobs/"+items[0].(object)["id"].(string)+"/retry", boss, "", nil)
		l.eventually("it is done after all", 10*time.Second, func() bool { return l.count("SELECT COUNT(*) FROM jobs") == 0 })
		if ready, _ := p.must(200, http.MethodGet, "/readyz", "", "", nil); ready["jobs"] != "ok" {
			t.Errorf("with none: %v", ready)
		}
		l.onceEach(real)
	})
}
