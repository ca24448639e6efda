package main_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/codes"
	"jiebang/internal/db"
	"jiebang/internal/db/dbtest"
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
	for _, e := range experts {
		list, _ := p.must(200, "GET", "/v1/reviews?panel_id="+panel, e, "", nil)
		review := "/v1/reviews/" + list["items"].([]any)[0].(object)["id"].(string)
		got, tag := p.must(200, "GET", review, e, "", nil)
		for _, item := range got["items"].([]any) {
			if item.(object)["leads"] == true {
				_, tag = p.must(200, "POST", review+"/consensus", e, tag, object{"item_id": item.(object)["id"], "score": "88", "reason": "经合议，方案可行。"})
			}
		}
	}
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
