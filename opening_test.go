package main_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"jiebang/internal/db"
	"jiebang/internal/db/dbtest"
	"jiebang/internal/seal"
)

// The process is killed in the middle of each step of an opening, one after the other: before it is closed, at the first bid, at one in between, at the
// first judgement, at the end, and at the last row of all. Whoever comes next goes on; nobody reads a bid before all are open, nothing is done twice, and nothing lost.
// Then the same with the award that follows, and with the projects that it makes.
func TestKill9AtEachStepOfOpeningAndAward(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		q := newSquare(t, o, 5)
		ids := slices.Sorted(slices.Values(q.bids))
		q.exec("UPDATE jobs SET due_at = ? WHERE kind = 'bid.prove'", time.Now().Add(-time.Second).UTC()) // the proof of the night does no harm beside it
		for i, step := range []struct{ name, on, table, when string }{
			{"the closing", "BEFORE INSERT", "challenge_openings", "NEW.nth = 1"},
			{"the first bid", "BEFORE UPDATE", "bids", "NEW.document IS NOT NULL AND OLD.document IS NULL"},
			{"a bid in between", "BEFORE UPDATE", "bids", "NEW.document IS NOT NULL AND OLD.document IS NULL AND NEW.id = '" + ids[3] + "'"},
			{"the first judgement", "BEFORE UPDATE", "bids", "NEW.opened_at IS NOT NULL AND OLD.opened_at IS NULL"},
			{"the end", "BEFORE UPDATE", "challenge_openings", "NEW.opened_at IS NOT NULL"},
			{"the last row", "BEFORE INSERT", "challenge_steps", "NEW.taken = 'open'"},
		} {
			q.hold(step.on, step.table, step.when)
			if i == 0 {
				q.due()
			} else {
				q.startAgain()
			}
			q.patiently("it comes to "+step.name, q.isHeld)
			status, _, _, err := q.all[0].attempt("GET", "/v1/bids/"+ids[0], q.boss, "", nil)
			if err != nil || status != 404 {
				t.Errorf("%s: a bid is read before all are open: %d, %v", step.name, status, err)
			}
			q.killAll()
			q.letGo(step.table)
			t.Logf("killed at %s: %d unsealed", step.name, q.count("SELECT COUNT(*) FROM bids WHERE document IS NOT NULL"))
		}
		q.startAgain()
		q.patiently("it is opened", func() bool { return q.count("SELECT COUNT(*) FROM jobs WHERE kind = 'challenge.open'") == 0 })
		q.openedOnce()

		key := q.toTheAward(2)
		for _, step := range []struct{ name, on, table, when string }{
			{"an award", "BEFORE UPDATE", "challenge_awards", "NEW.state = 'awarded'"},
			{"a bid that won", "BEFORE UPDATE", "bids", "NEW.state = 'won'"},
			{"the last row", "BEFORE INSERT", "challenge_steps", "NEW.taken = 'award'"},
		} {
			q.hold(step.on, step.table, step.when)
			answered := make(chan int, 1)
			go func() { answered <- q.award(key) }()
			q.patiently("it comes to "+step.name, q.isHeld)
			q.killAll()
			if status := <-answered; status != 0 {
				t.Errorf("%s: an award that was cut was answered %d", step.name, status)
			}
			q.letGo(step.table)
			if n := q.count("SELECT COUNT(*) FROM deals") + q.count("SELECT COUNT(*) FROM challenge_awards WHERE state = 'awarded'"); n != 0 {
				t.Errorf("%s: half an award is left: %d", step.name, n)
			}
			q.startAgain()
		}
		q.hold("BEFORE INSERT", "milestones", "NEW.nth = 1") // of the projects, which come after
		if status := q.award(key); status != 200 {
			t.Fatalf("the award: %d", status)
		}
		q.patiently("it comes to the projects", q.isHeld)
		q.killAll()
		q.letGo("milestones")
		q.startAgain()
		if status := q.award(key); status != 200 { // a repeat; while the projects were held SQLite's one writer was, too
			t.Fatalf("the award again: %d", status)
		}
		q.patiently("both projects are there", func() bool { return q.count("SELECT COUNT(*) FROM projects") == 2 })
		time.Sleep(500 * time.Millisecond) // if there were a third, it would be now
		for what, want := range map[string]int{
			"deals": 2, "projects": 2, "milestones": 2, "challenge_awards WHERE state = 'awarded'": 2, "audit WHERE action = 'challenge.award'": 1,
			"bids WHERE state = 'won'": 2, "bids WHERE state = 'lost'": 3, "challenge_steps WHERE taken = 'award'": 1, "round_commitments": 1,
		} {
			if n := q.count("SELECT COUNT(*) FROM " + what); n != want {
				t.Errorf("%s: %d, want %d", what, n, want)
			}
		}
		q.exec("UPDATE notices SET state = 'running'") // or verify would tell that this was not the program's doing
		if out := q.verified(); !strings.Contains(out, "0 sealed that open, 5 open") {
			t.Errorf("%s", out)
		}
	})
}

// One of two replicas is stopped in the middle of an opening, as on a machine that is paused: the other takes over and ends it. The first wakes,
// and does nothing of it a second time.
func TestTwoReplicasOpenAtOnce(t *testing.T) {
	q := newSquare(t, dbtest.New(t, db.Postgres), 5)
	ids := slices.Sorted(slices.Values(q.bids))
	q.all[1].stop()
	q.hold("BEFORE UPDATE", "bids", "NEW.document IS NOT NULL AND OLD.document IS NULL AND NEW.id = '"+ids[2]+"'")
	q.due()
	q.patiently("one is in the middle", q.isHeld)
	q.all[0].signal(syscall.SIGSTOP)
	q.count("SELECT COUNT(pg_cancel_backend(pid)) FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep'")
	q.exec("DROP TRIGGER IF EXISTS held ON bids")
	both := q.all
	well := serve(t, environment(q.o, t.TempDir()))
	q.all = []*process{well}
	q.patiently("the other opens it", func() bool { return q.count("SELECT COUNT(*) FROM jobs WHERE kind = 'challenge.open'") == 0 })
	q.openedOnce()
	both[0].signal(syscall.SIGCONT)
	time.Sleep(3 * time.Second)
	q.openedOnce()
	q.all = []*process{both[0], well}
	q.verified()
}

// The machine's clock is set back an hour after the deadline has passed and the challenge was closed: nobody is let in again, what was handed in stays
// as it was, and the opening goes on.
func TestAClockThatIsSetBackWhileAChallengeOpens(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		q := newSquare(t, o, 3)
		late, tag, token := q.draft(7)
		_, sentTag := q.all[0].must(200, "GET", "/v1/bids/"+q.bids[0], q.tokens[q.bids[0]], "", nil)
		q.hold("BEFORE UPDATE", "bids", "NEW.document IS NOT NULL AND OLD.document IS NULL")
		q.due()
		q.patiently("it is closed", q.isHeld)
		q.killAll()
		q.letGo("bids")
		q.all = []*process{serveAt(t, q.env, -time.Hour)}
		if o.URL == "" { // as the machine sees it
			q.exec("UPDATE jobs SET due_at = ? WHERE kind = 'challenge.open'", time.Now().Add(-2*time.Hour).UTC())
		}
		p := q.all[0]
		for path, tag := range map[string]string{"/v1/bids/" + late + "/submit": tag, "/v1/bids/" + q.bids[0] + "/withdraw": sentTag} {
			who := token
			if strings.Contains(path, q.bids[0]) {
				who = q.tokens[q.bids[0]]
			}
			if status, out, _ := p.call("POST", path, who, tag, nil); status != 409 && status != 412 {
				t.Errorf("%s with the clock set back: %d %v", path, status, out)
			}
		}
		q.patiently("it is opened", func() bool { return q.count("SELECT COUNT(*) FROM jobs WHERE kind = 'challenge.open'") == 0 })
		q.openedOnce()
		if n := q.count("SELECT COUNT(*) FROM bids WHERE state = 'unsubmitted'"); n != 1 {
			t.Errorf("%d bids were not handed in", n)
		}
	})
}

// The clock of one process is an hour slow: by the database's, which is one for all, the deadline is over, and a bid that comes to that process is late
// all the same, although nobody has opened the challenge yet; and the opening does not wait for its clock.
func TestASlowClockLetsNobodyInLate(t *testing.T) {
	q := newSquare(t, dbtest.New(t, db.Postgres), 2)
	late, tag, token := q.draft(7)
	for _, p := range q.all {
		p.stop()
	}
	p := serveAt(t, q.env, -time.Hour)
	q.all = []*process{p}
	q.due()
	q.exec("UPDATE jobs SET due_at = ? WHERE kind = 'challenge.open'", time.Now().Add(time.Hour).UTC())
	if status, out, _ := p.call("POST", "/v1/bids/"+late+"/submit", token, tag, nil); status != 409 || out["code"] != "bids_closed" {
		t.Errorf("late by the database's clock, in time by its own: %d %v", status, out)
	}
	q.due()
	q.patiently("it is opened", func() bool { return q.count("SELECT COUNT(*) FROM jobs WHERE kind = 'challenge.open'") == 0 })
	q.openedOnce()
}

// A secret file that is wrong or missing at a start while bids are sealed: it is said, nothing is opened although the deadline is over, and nothing
// is lost; with the right one again the opening is made up for.
func TestAWrongSecretFileOpensNoBid(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		file, other := filepath.Join(t.TempDir(), "secrets.json"), filepath.Join(t.TempDir(), "secrets.json")
		for _, name := range []string{file, other} {
			if _, err := seal.Open(name, true); err != nil {
				t.Fatal(err)
			}
		}
		good, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		wrong, err := os.ReadFile(other)
		if err != nil {
			t.Fatal(err)
		}
		q := newSquare(t, o, 2, "JIEBANG_SECRETS="+file)
		q.verified()
		q.due()
		for told, content := range map[string][]byte{
			"the secret file is missing": nil, "is not the one with which this database was sealed": wrong, "the secret file is damaged": good[:len(good)/2],
		} {
			if err := os.Remove(file); err != nil && !os.IsNotExist(err) {
				t.Fatal(err)
			}
			if content != nil {
				if err := os.WriteFile(file, content, 0o600); err != nil {
					t.Fatal(err)
				}
			}
			if out, err := command(t, q.env, "serve"); err == nil || !strings.Contains(out, told) || !strings.Contains(out, file) {
				t.Errorf("%s: %v\n%s", told, err, out)
			}
			if n := q.count("SELECT COUNT(*) FROM challenge_openings") + q.count("SELECT COUNT(*) FROM bids WHERE document IS NOT NULL OR state <> 'submitted'"); n != 0 {
				t.Errorf("%s: something was opened or changed", told)
			}
		}
		if err := os.WriteFile(file, good, 0o600); err != nil {
			t.Fatal(err)
		}
		q.all = []*process{serve(t, q.env)}
		q.patiently("it is opened", func() bool { return q.count("SELECT COUNT(*) FROM jobs WHERE kind = 'challenge.open'") == 0 })
		q.openedOnce()
		q.verified()
	})
}
