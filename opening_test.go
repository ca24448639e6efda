package main_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/codes"
	"jiebang/internal/db"
	"jiebang/internal/db/dbtest"
	"jiebang/internal/seal"
)

// square is a town with a challenge that is published, and what was handed in for it.
type square struct {
	*town
	d              *db.DB
	deputy, poster string // tokens
	firm           string
	challenge      string
	bids           []string
	receipts       map[string]string // what each bidder was told, by the bid
	tokens         map[string]string // of bidders, by the bid
	serial         int
}

func newSquare(t *testing.T, o db.Options, bidders int, settings ...string) *square {
	t.Helper()
	q := &square{town: newTown(t, o, settings...), receipts: map[string]string{}, tokens: map[string]string{}}
	q.d = dbtest.Open(t, o)
	q.operator("deputy")
	p := q.all[0]
	q.firm, q.poster = q.organization("辽浑智造装备有限公司", "enterprise")
	r, tag := p.must(201, "POST", "/v1/rounds", q.boss, "", object{
		"code": "SY2026-1", "year": 2026, "name": "揭榜挂帅项目", "level": "city", "post_from": "2020-01-01", "post_to": "2039-12-31", "budget": yuan("30000000.00"),
		"rules": object{
			"notice_days": 7, "notice_unit": "calendar_days", "notice_day_one": false, "notice_moves": true, "reviewers": 3, "criteria": []any{object{"name": "技术路线", "weight_bp": 10000}},
			"threshold": 60000, "blind": true, "winners": 2, "show_bids": false, "most_running": 0, "grant_share_bp": 3000, "own_share_bp": 5000, "answer_days": 10, "objection_days": 15,
		},
	})
	round := r["id"].(string)
	p.must(200, "POST", "/v1/rounds/"+round+"/open", q.deputy, tag, nil)
	r, tag = p.must(201, "POST", "/v1/challenges", q.poster, "", object{
		"round_id": round, "owner_id": q.firm, "title": "大风量喷漆废气深度净化", "field": "environment", "problem": "喷漆线废气风量大、浓度低，须找到可长期运行的净化办法。",
		"indicators":     []any{object{"name": "去除率", "unit": "%", "comparison": "at_least", "value": "95", "method": "由第三方连续测定七日"}},
		"reward":         object{"amount": yuan("2600000.00"), "mode": "milestones", "funders": []any{object{"kind": "poster", "amount": yuan("2000000.00")}, object{"kind": "bureau", "amount": yuan("600000.00")}}},
		"ip_arrangement": "成果归揭榜方所有。",
	})
	q.challenge = r["id"].(string)
	path := "/v1/challenges/" + q.challenge
	_, tag = p.must(200, "POST", path+"/submit", q.poster, tag, nil)
	_, tag = p.must(200, "POST", path+"/shelve", q.boss, tag, nil)
	_, tag = p.must(200, "POST", path+"/refine", q.boss, tag, object{"experts": []any{}})
	p.must(200, "POST", path+"/publish", q.boss, tag, object{"deadline": time.Now().Add(24 * time.Hour).UTC().Format(time.RFC3339)})
	for i := range bidders {
		q.bid(i)
	}
	return q
}

// operator makes one more by the command on the server; the embedded database has one process at a time.
func (q *square) operator(name string) {
	q.Helper()
	if q.o.URL == "" {
		q.all[0].stop()
	}
	if out, err := command(q.T, q.env, "user", "create", name, "--name", "金副手"); err != nil {
		q.Fatalf("user create: %v %s", err, out)
	}
	if q.o.URL == "" {
		q.all[0] = serve(q.T, q.env)
	}
	q.deputy = q.all[0].signIn(name)
}

func yuan(amount string) object { return object{"amount": amount, "currency": "CNY"} }

// organization makes a verified one with one member.
func (q *square) organization(name, kind string) (id, token string) {
	q.Helper()
	q.serial++
	p := q.all[0]
	token = p.signUp(fmt.Sprintf("member.of%d", q.serial))
	code, err := codes.CompleteCreditCode("91210112", fmt.Sprintf("MA%06d", q.serial))
	if err != nil {
		q.Fatal(err)
	}
	r, tag := p.must(201, "POST", "/v1/organizations", token, "", object{"name": name, "kind": kind, "credit_code": code, "region": "210112", "contact": object{"name": "联系人"}})
	id = r["id"].(string)
	p.must(200, "POST", "/v1/organizations/"+id+"/verify", q.boss, tag, nil)
	return id, token
}

// draft drafts the nth bid.
func (q *square) draft(nth int) (bid, tag, token string) {
	q.Helper()
	p := q.at(nth)
	org, token := q.organization(fmt.Sprintf("盛北第%d研究所", nth), "institute")
	seen, _ := p.must(200, "GET", "/v1/organizations/"+org, token, "", nil)
	price := yuan(fmt.Sprintf("%d00000.00", 5+nth))
	r, tag := p.must(201, "POST", "/v1/bids", token, "", object{"challenge_id": q.challenge, "owner_id": org, "offer": object{
		"members":    []any{object{"name": "林砚舟", "organization_code": seen["credit_code"], "part": "技术负责人"}},
		"plan":       object{"approach": fmt.Sprintf("第 %d 份方案：等离子体与吸附浓缩联用，连续运行七日。", nth)},
		"milestones": []any{object{"title": "样机", "due": "2027-12-31", "amount": price}}, "price": price,
	}})
	return r["id"].(string), tag, token
}

// bid drafts one, hangs a file of two parts on it, and hands it in.
func (q *square) bid(nth int) {
	q.Helper()
	id, tag, token := q.draft(nth)
	p, data := q.at(nth), pdf(3<<20+nth)
	u, _ := p.must(201, "POST", "/v1/uploads", token, "", object{"object_kind": "bid", "object_id": id, "name": "方案.pdf", "size": len(data), "public": false})
	path := "/v1/uploads/" + u["id"].(string)
	if status, err := p.send(token, path+"/content", bytes.NewReader(data)); err != nil || status != 200 {
		q.Fatalf("%d, %v", status, err)
	}
	sum := sha256.Sum256(data)
	p.must(201, "POST", path+"/complete", token, "", object{"sha256": hex.EncodeToString(sum[:])})
	r, _ := p.must(200, "POST", "/v1/bids/"+id+"/submit", token, tag, nil)
	q.bids = append(q.bids, id)
	q.receipts[id], q.tokens[id] = r["receipt"].(string), token
}

// due has the deadline be over by now.
func (q *square) due() {
	q.Helper()
	past := time.Now().Add(-2 * time.Second).UTC()
	q.exec("UPDATE challenges SET deadline = ? WHERE id = ?", past, uuid.MustParse(q.challenge))
	q.exec("UPDATE jobs SET due_at = ? WHERE kind = 'challenge.open'", past)
}

func (q *square) exec(sql string, args ...any) {
	q.Helper()
	if err := q.d.Writer.Exec(sql, args...).Error; err != nil {
		q.Fatalf("%s: %v", sql, err)
	}
}

func (q *square) count(sql string, args ...any) (n int) {
	q.Helper()
	if err := q.d.Reader.Raw(sql, args...).Scan(&n).Error; err != nil {
		q.Fatalf("%s: %v", sql, err)
	}
	return n
}

// hold has whoever comes to a statement on a table stay there, in the middle of its transaction: that is how a process is killed at a step and
// nowhere else. On says which statement, and when which row.
func (q *square) hold(on, table, when string) {
	q.Helper()
	if q.d.Dialect == db.SQLite {
		q.exec("CREATE TRIGGER held " + on + " ON " + table + " WHEN " + when +
			" BEGIN SELECT (WITH RECURSIVE c (x) AS (VALUES (1) UNION ALL SELECT x + 1 FROM c WHERE x < 2000000000) SELECT COUNT(*) FROM c); END")
		return
	}
	q.exec("CREATE OR REPLACE FUNCTION held() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(60); RETURN NEW; END'")
	q.exec("CREATE TRIGGER held " + on + " ON " + table + " FOR EACH ROW WHEN (" + when + ") EXECUTE FUNCTION held()")
}

// isHeld tells whether somebody has come there: on SQLite nobody else can write then.
func (q *square) isHeld() bool {
	q.Helper()
	if q.d.Dialect == db.Postgres {
		return q.count("SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep'") > 0
	}
	impatient := dbtest.Open(q.T, db.Options{Dir: q.o.Dir, Busy: 20 * time.Millisecond})
	for range 6 {
		if impatient.Writer.Transaction(func(*gorm.DB) error { return nil }) == nil {
			return false
		}
		time.Sleep(30 * time.Millisecond)
	}
	return true
}

// letGo ends what was held: of a process that was killed the database's side goes on for a while.
func (q *square) letGo(table string) {
	q.Helper()
	if q.d.Dialect == db.Postgres {
		q.count("SELECT COUNT(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep'")
		q.exec("DROP TRIGGER held ON " + table)
		return
	}
	q.exec("DROP TRIGGER held")
}

func (q *square) killAll() {
	q.Helper()
	for _, p := range q.all {
		p.kill()
	}
}

func (q *square) startAgain() {
	q.Helper()
	q.all[0] = serve(q.T, q.env)
	if len(q.all) > 1 {
		q.all[1] = serve(q.T, environment(q.o, q.TempDir()))
	}
}

// patiently waits for what may take until a dead process's lease has run out.
func (q *square) patiently(what string, holds func() bool) {
	q.Helper()
	for begun := time.Now(); !holds(); time.Sleep(20 * time.Millisecond) {
		if time.Since(begun) > 40*time.Second {
			q.Fatalf("not within 40 s: %s", what)
		}
	}
}

// openedOnce holds that all was opened, that it was done once, and that each receipt is the bidder's.
func (q *square) openedOnce() {
	q.Helper()
	p := q.all[0]
	c, _ := p.must(200, "GET", "/v1/challenges/"+q.challenge, q.boss, "", nil)
	if c["state"] != "reviewing" {
		q.Errorf("it is %v", c["state"])
	}
	r, _ := p.must(200, "GET", "/v1/challenges/"+q.challenge+"/receipts", "", "", nil)
	digests := r["digests"].([]any)
	if len(digests) != len(q.bids) {
		q.Errorf("%d receipts of %d bids", len(digests), len(q.bids))
	}
	for _, id := range q.bids {
		if !slices.Contains(digests, any(q.receipts[id])) {
			q.Errorf("bid %s was told %s, which is not public", id, q.receipts[id])
		}
		b, _ := p.must(200, "GET", "/v1/bids/"+id, q.poster, "", nil)
		if b["state"] != "eligible" || b["receipt"] != q.receipts[id] {
			q.Errorf("bid %s: %v, %v", id, b["state"], b["receipt"])
		}
	}
	for what, want := range map[string]int{
		"challenge_openings": 1, "audit WHERE action = 'challenge.close'": 1, "audit WHERE action = 'challenge.open'": 1,
		"challenge_steps WHERE taken IN ('open', 'unclaim')": 1, "audit WHERE action = 'bid.unseal'": len(q.bids), "audit WHERE action = 'bid.judge'": len(q.bids),
		"jobs WHERE kind = 'challenge.open'": 0,
		"(SELECT object_id FROM change_log WHERE kind = 'challenge.open' UNION ALL SELECT object_id FROM outbox WHERE kind = 'challenge.open') AS c": 1,
	} {
		if n := q.count("SELECT COUNT(*) FROM " + what); n != want {
			q.Errorf("%s: %d, want %d", what, n, want)
		}
	}
}

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

// toTheAward leads what was opened to where only the award is left, and gives the key of that request.
func (q *square) toTheAward(winners int) (key string) {
	q.Helper()
	p, path := q.all[0], "/v1/challenges/"+q.challenge
	var experts []string
	for i := range 3 {
		name := fmt.Sprintf("expert.no%d", i)
		experts = append(experts, p.signUp(name))
		e, tag := p.must(201, "POST", "/v1/register-entries", q.boss, "", object{"kind": "expert", "username": name, "valid_from": time.Now().AddDate(0, 0, -10).Format(time.DateOnly), "fields": []any{"environment"}, "chains": []any{"environmental"}})
		p.must(200, "POST", "/v1/register-entries/"+e["id"].(string)+"/confirm", q.deputy, tag, nil)
	}
	_, tag := p.must(200, "GET", path, q.boss, "", nil)
	c, _ := p.must(200, "POST", path+"/review", q.boss, tag, nil)
	panel := c["panel_id"].(string)
	for _, e := range experts {
		list, _ := p.must(200, "GET", "/v1/reviews?panel_id="+panel, e, "", nil)
		review := "/v1/reviews/" + list["items"].([]any)[0].(object)["id"].(string)
		_, tag := p.must(200, "GET", review, e, "", nil)
		got, tag := p.must(200, "POST", review+"/accept", e, tag, nil)
		for _, item := range got["items"].([]any) {
			mark := object{"score": "88", "reason": "依据方案正文评定。"}
			_, tag = p.must(200, "POST", review+"/score", e, tag, object{"item_id": item.(object)["id"], "marks": []any{mark}, "final": true})
		}
	}
	_, tag = p.must(200, "GET", "/v1/review-panels/"+panel, q.boss, "", nil)
	_, tag = p.must(200, "POST", "/v1/review-panels/"+panel+"/close-scoring", q.boss, tag, nil)
	p.must(200, "POST", "/v1/review-panels/"+panel+"/finish", q.boss, tag, nil)
	_, tag = p.must(200, "GET", path, q.boss, "", nil)
	_, tag = p.must(200, "POST", path+"/conclude-review", q.boss, tag, nil)
	var some []any
	for _, id := range q.bids[:winners] {
		some = append(some, object{"bid_id": id, "reason": "评审入围，路线成熟。"})
	}
	p.must(200, "POST", path+"/propose", q.poster, tag, object{"reason": "评审意见一致。", "winners": some})
	q.exec("UPDATE notices SET state = 'closed'") // as if its days had gone by
	return uuid.NewString()
}

// award asks for the award, always with the same key; 0 is no answer.
func (q *square) award(key string) int {
	path := "/v1/challenges/" + q.challenge
	_, c, _, err := q.all[0].attempt("GET", path, q.boss, "", nil)
	if err != nil {
		return 0
	}
	req, err := http.NewRequest(http.MethodPost, q.all[0].url+path+"/award", nil)
	if err != nil {
		return 0
	}
	req.Header.Set("Authorization", "Bearer "+q.boss)
	req.Header.Set("Idempotency-Key", key)
	req.Header.Set("If-Match", fmt.Sprintf(`"%v"`, c["version"]))
	r, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0
	}
	defer func() { _ = r.Body.Close() }()
	return r.StatusCode
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
