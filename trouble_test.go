package main_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"

	"jiebang/internal/db"
	"jiebang/internal/db/dbtest"
	"jiebang/internal/mail/smtptest"
)

// town is a database with a verified university of two members, an operator, and one process, or two where the database takes them.
type town struct {
	*testing.T
	o            db.Options
	env          []string // of the first process
	all          []*process
	editor, boss string // tokens
	org          string
}

// newTown starts the processes; settings are added to each environment.
func newTown(t *testing.T, o db.Options, settings ...string) *town {
	t.Helper()
	data := o.Dir
	if data == "" {
		data = t.TempDir()
	}
	w := &town{T: t, o: o, env: append(environment(o, data), settings...)}
	if out, err := command(t, w.env, "user", "create", "boss", "--name", "周运营"); err != nil {
		t.Fatalf("user create: %v %s", err, out)
	}
	w.all = append(w.all, serve(t, w.env))
	if o.URL != "" { // a replica, with the same store of files
		w.all = append(w.all, serve(t, append(environment(o, t.TempDir()), settings...)))
	}
	p := w.all[0]
	w.editor, w.boss = p.signUp("editor.one"), p.signIn("boss")
	org, tag := p.must(201, "POST", "/v1/organizations", w.editor, "", object{
		"name": "盛北理工大学", "kind": "university", "credit_code": creditCode(t), "region": "210112", "contact": object{"name": "李工"}})
	w.org = org["id"].(string)
	p.must(200, "POST", "/v1/organizations/"+w.org+"/verify", w.boss, tag, nil)
	return w
}

// at is the i-th process, over and over.
func (w *town) at(i int) *process { return w.all[i%len(w.all)] }

func (w *town) result(title string) object {
	return object{"owner_id": w.org, "title": title, "field": "environment", "abstract": "低温等离子体废气净化装置，去除率高。"}
}

// draft makes a draft, and gives its id and tag.
func (w *town) draft(title string) (id, tag string) {
	w.Helper()
	r, tag := w.at(0).must(201, "POST", "/v1/results", w.editor, "", w.result(title))
	return r["id"].(string), tag
}

// upload begins an upload and gives its path.
func (w *town) upload(p *process, draft, name string, size int, public bool) string {
	w.Helper()
	u, _ := p.must(201, "POST", "/v1/uploads", w.editor, "", object{"object_kind": "result", "object_id": draft, "name": name, "size": size, "public": public})
	return "/v1/uploads/" + u["id"].(string)
}

// download reads a file.
func (w *town) download(p *process, upload string) []byte {
	w.Helper()
	req, err := http.NewRequest(http.MethodGet, p.url+strings.Replace(upload, "uploads", "files", 1)+"/content", nil)
	if err != nil {
		w.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+w.editor)
	r, err := http.DefaultClient.Do(req)
	if err != nil {
		w.Fatal(err)
	}
	defer func() { _ = r.Body.Close() }()
	raw, err := io.ReadAll(r.Body)
	if err != nil || r.StatusCode != 200 {
		w.Fatalf("%d, %v", r.StatusCode, err)
	}
	return raw
}

// verified stops all and has the database and the store looked through.
func (w *town) verified() string {
	w.Helper()
	for _, p := range w.all {
		p.stop()
	}
	out, err := command(w.T, w.env, "verify")
	if err != nil {
		w.Errorf("verify: %v\n%s", err, out)
	}
	return out
}

// together runs something by several clients at once.
func together(n int, fn func(i int)) {
	var all sync.WaitGroup
	start := make(chan struct{})
	for i := range n {
		all.Go(func() {
			<-start
			fn(i)
		})
	}
	close(start)
	all.Wait()
}

// pdf is a content of so many bytes that is taken.
func pdf(size int) []byte {
	data := bytes.Repeat([]byte("0123456789abcdef"), size/16+1)[:size]
	copy(data, "%PDF-1.7\n")
	return data
}

// Of eight clients that take one external id at once, one has it; the others are told which record that is.
func TestAnExternalIDIsTakenByManyAtOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		w := newTown(t, o)
		for round := range 5 {
			const n = 8
			var status [n]int
			var out [n]object
			together(n, func(i int) {
				in := w.result(fmt.Sprintf("第 %d 轮第 %d 个", round, i))
				in["external_ids"] = []object{{"scheme": "erp", "id": fmt.Sprint("N-", round)}}
				var err error
				if status[i], out[i], _, err = w.at(i).attempt("POST", "/v1/results", w.editor, "", in); err != nil {
					t.Error(err)
				}
			})
			won := slices.Index(status[:], 201)
			if won < 0 {
				t.Fatalf("nobody has it: %v, %v", status, out[0])
			}
			for i := range n {
				switch {
				case i == won:
				case status[i] != 409 || out[i]["code"] != "external_id_taken" || !strings.Contains(fmt.Sprint(out[i]), out[won]["id"].(string)):
					t.Errorf("round %d, client %d: %d %v; %v has it", round, i, status[i], out[i], out[won]["id"])
				}
			}
			list, _ := w.at(1).must(200, "GET", fmt.Sprintf("/v1/external-ids?scheme=erp&id=N-%d", round), w.editor, "", nil)
			if items := list["items"].([]any); len(items) != 1 {
				t.Errorf("round %d: %v", round, items)
			}
		}
		w.verified()
	})
}

// A revision and a withdrawal at once: the withdrawal always goes through, and no revision is left of what was withdrawn.
func TestARevisionAndAWithdrawalByTwoClients(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		w := newTown(t, o)
		came := map[int]int{}
		for round := range 8 {
			id, tag := w.draft("低温等离子体废气净化装置")
			path := "/v1/results/" + id
			_, tag = w.at(0).must(200, "POST", path+"/submit", w.editor, tag, nil)
			_, tag = w.at(0).must(200, "POST", path+"/publish", w.boss, tag, nil)
			var revised, withdrawn int
			var said object
			together(2, func(i int) {
				var err error
				if (i+round)%2 == 0 {
					revised, said, _, err = w.at(round).attempt("PUT", path, w.editor, tag, w.result("第二代废气净化装置"))
				} else {
					withdrawn, _, _, err = w.at(round+1).attempt("POST", path+"/withdraw", w.boss, tag, nil)
				}
				if err != nil {
					t.Error(err)
				}
			})
			came[revised]++
			if withdrawn != 200 || revised != 200 && revised != 412 {
				t.Errorf("round %d: revised %d %v, withdrawn %d", round, revised, said, withdrawn)
			}
			for i := range w.all { // each replica, whatever it remembers for a second
				now, _ := w.at(i).must(200, "GET", path, w.editor, "", nil)
				if now["state"] != "withdrawn" || now["revision"] != nil {
					t.Errorf("round %d: %v with revision %v", round, now["state"], now["revision"])
				}
				w.at(i).must(404, "GET", path+"?revision=open", w.editor, "", nil)
			}
		}
		t.Logf("the revision was answered %v", came)
		w.verified()
	})
}

// Eight clients send one content at once: each has its file, and it is stored once.
func TestOneContentByManyClientsAtOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		w := newTown(t, o)
		id, _ := w.draft("低温等离子体废气净化装置")
		data := pdf(5<<20 + 3)
		sum := sha256.Sum256(data)
		const n = 8
		var paths [n]string
		for i := range n {
			paths[i] = w.upload(w.at(i), id, fmt.Sprintf("检测报告%d.pdf", i), len(data), i != 7) // one of them is not public, and shares nothing
		}
		var status [n]int
		var out [n]object
		together(n, func(i int) {
			if sent, err := w.at(i).send(w.editor, paths[i]+"/content", bytes.NewReader(data)); err != nil || sent != 200 {
				t.Errorf("client %d: %d, %v", i, sent, err)
				return
			}
			var err error
			if status[i], out[i], _, err = w.at(i+1).attempt("POST", paths[i]+"/complete", w.editor, "", object{"sha256": hex.EncodeToString(sum[:])}); err != nil {
				t.Error(err)
			}
		})
		for i := range n {
			if status[i] != 201 {
				t.Errorf("client %d: %d %v", i, status[i], out[i])
			} else if got := w.download(w.at(i), paths[i]); !bytes.Equal(got, data) {
				t.Errorf("client %d reads %d bytes", i, len(got))
			}
		}
		d := dbtest.Open(t, o)
		var contents, parts int64
		if err := d.Reader.Raw("SELECT COUNT(*) FROM file_contents").Scan(&contents).Error; err != nil {
			t.Fatal(err)
		}
		if err := d.Reader.Raw("SELECT COUNT(*) FROM file_parts").Scan(&parts).Error; err != nil || contents != 2 || parts != 6 {
			t.Errorf("%d contents in %d parts, want 2 in 6: %v", contents, parts, err)
		}
		w.verified()
	})
}

// full tries a store that has no room, and then some: the sender is told so, nothing is half stored, others go on with what needs no room,
// and the upload goes on from where it came to.
func (w *town) full(fill, makeRoom func()) {
	w.Helper()
	id, tag := w.draft("低温等离子体废气净化装置")
	data, p := pdf(7<<20), w.at(0)
	path := w.upload(p, id, "大.pdf", len(data), true)
	small := w.upload(w.at(1), id, "小.pdf", 64<<10, false)
	fill()
	for range 2 {
		at, _ := p.must(200, "GET", path, w.editor, "", nil)
		received := int(at["received"].(float64))
		req, err := http.NewRequest(http.MethodPut, fmt.Sprintf("%s%s/content?offset=%d", p.url, path, received), bytes.NewReader(data[received:]))
		if err != nil {
			w.Fatal(err)
		}
		req.Header.Set("Authorization", "Bearer "+w.editor)
		req.Header.Set("Content-Type", "application/octet-stream")
		r, err := http.DefaultClient.Do(req)
		if err != nil {
			w.Fatal(err)
		}
		told := p.read(r, http.MethodPut, path+"/content")
		_ = r.Body.Close()
		if r.StatusCode != 503 || told["code"] != "storage_full" || r.Header.Get("Retry-After") == "" {
			w.Errorf("a full store: %d %v", r.StatusCode, told)
		}
	}
	at, _ := p.must(200, "GET", path, w.editor, "", nil)
	received := int(at["received"].(float64))
	if received >= len(data) {
		w.Errorf("%d of %d bytes were stored where there was no room", received, len(data))
	}
	p.must(409, "POST", path+"/complete", w.editor, "", object{})
	_, tag = w.at(1).must(200, "POST", "/v1/results/"+id+"/submit", w.editor, tag, nil) // the rest of the system works
	w.at(0).must(200, "POST", "/v1/results/"+id+"/return", w.boss, tag, object{"reason": "请附检测报告"})
	makeRoom()
	if status, err := p.send(w.editor, fmt.Sprintf("%s/content?offset=%d", path, received), bytes.NewReader(data[received:])); err != nil || status != 200 {
		w.Fatalf("with room again: %d, %v", status, err)
	}
	p.must(201, "POST", path+"/complete", w.editor, "", object{})
	if status, err := w.at(1).send(w.editor, small+"/content", bytes.NewReader(pdf(64<<10))); err != nil || status != 200 {
		w.Fatalf("with room again: %d, %v", status, err)
	}
	w.at(1).must(201, "POST", small+"/complete", w.editor, "", object{})
	if !bytes.Equal(w.download(w.at(1), path), data) || len(w.download(p, small)) != 64<<10 {
		w.Error("what is read is not what was sent")
	}
	w.Logf("%d of %d bytes had been stored; %s", received, len(data), strings.Join(strings.Fields(w.verified()), " "))
}

// A bucket that says it is full. This runs everywhere.
func TestAFullBucket(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		memory := s3mem.New()
		if err := memory.CreateBucket("files"); err != nil {
			t.Fatal(err)
		}
		var full atomic.Bool
		var written atomic.Int64
		bucket := gofakes3.New(memory).Server()
		server := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
			if r.Method == http.MethodPut && full.Load() && written.Add(1) > 1 { // one more part has room
				_, _ = io.Copy(io.Discard, r.Body)
				rw.WriteHeader(http.StatusForbidden)
				_, _ = io.WriteString(rw, `<?xml version="1.0" encoding="UTF-8"?><Error><Code>QuotaExceeded</Code><Message>no room</Message></Error>`)
				return
			}
			bucket.ServeHTTP(rw, r)
		}))
		t.Cleanup(server.Close)
		w := newTown(t, o, "JIEBANG_FILES=s3://files?region=cn-north-1&use_path_style=true&endpoint="+server.URL, "AWS_ACCESS_KEY_ID=k", "AWS_SECRET_ACCESS_KEY=s")
		w.full(func() { full.Store(true) }, func() { full.Store(false) })
	})
}

// A folder on a file system that is full, where one can be had.
func TestAFullDisk(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		dir := t.TempDir()
		if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=12m"); err != nil {
			t.Skipf("no small file system to be had here (%v): TestAFullBucket stands for it", err)
		}
		t.Cleanup(func() { _ = syscall.Unmount(dir, syscall.MNT_DETACH) })
		w := newTown(t, o, "JIEBANG_FILES=file://"+filepath.Join(dir, "files"))
		ballast := filepath.Join(dir, "ballast")
		w.full(func() {
			if err := os.WriteFile(ballast, make([]byte, 9<<20), 0o600); err != nil {
				t.Fatal(err)
			}
		}, func() {
			left, err := exec.Command("find", dir, "-name", "*.tmp").CombinedOutput()
			if err != nil || len(left) > 0 {
				t.Errorf("half an object is left: %s, %v", left, err)
			}
			if err := os.Remove(ballast); err != nil {
				t.Fatal(err)
			}
		})
	})
}

// inbox counts the mails that came to an address, at all servers.
func inbox(servers []*smtptest.Server, address string) (n int) {
	for _, s := range servers {
		for _, m := range s.Got() {
			if m.To == address {
				n++
			}
		}
	}
	return n
}

// The mail server is away, comes back, is slow for one and refuses another, dies in the middle of a mail and comes back again: each mail
// that can arrive arrives once, none waits for another, and nobody who uses the system waits for it.
func TestAMailServerThatIsDownSlowOrRefusing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		away := smtptest.Start(t, smtptest.Alone(), smtptest.Behaviour{})
		away.Stop()
		w := newTown(t, o, "JIEBANG_SMTP_URL=smtp://"+away.Addr+"?tls=none", "JIEBANG_MAIL_FROM=揭榜 <jiebang@example.org>", "JIEBANG_PUBLIC_URL=https://jiebang.example.org")
		d := dbtest.Open(t, o)
		count := func(sql string) (n int) {
			if err := d.Reader.Raw(sql).Scan(&n).Error; err != nil {
				t.Fatal(err)
			}
			return n
		}
		now := func() { // nobody waits for the pauses between attempts
			if err := d.Writer.Exec("UPDATE jobs SET due_at = ? WHERE kind LIKE 'mail.send%' AND holder = ''", time.Now().Add(-time.Second).UTC()).Error; err != nil {
				t.Fatal(err)
			}
		}
		who := []string{"quick.one", "quick.two", "slow", "refused", "later"}
		for i, name := range who {
			token := w.at(i).signUp(name)
			asked := time.Now()
			w.at(i).must(202, "PUT", "/v1/account/email", token, "", object{"email": name + "@example.org"})
			if took := time.Since(asked); took > 5*time.Second {
				t.Errorf("somebody waited %s for a mail server that is away", took)
			}
		}
		eventually(t, "each was tried", func() bool {
			return count("SELECT COUNT(*) FROM jobs WHERE kind LIKE 'mail.send%' AND last_error <> ''") == len(who)
		})
		if n := count("SELECT COUNT(*) FROM mails WHERE state = 'waiting'"); n != len(who) {
			t.Errorf("%d mails wait while the server is away", n)
		}

		hangs := make(chan struct{})
		var begun, put atomic.Int64
		servers := []*smtptest.Server{smtptest.Start(t, away.Addr, smtptest.Behaviour{
			To: func(to string) error {
				switch {
				case to == "refused@example.org":
					return smtptest.Refuse(550, 1, 1)
				case to == "later@example.org" && put.Add(1) == 1:
					return smtptest.Refuse(451, 7, 1) // greylisted: not yet
				}
				return nil
			},
			Content: func(to string) error {
				if to == "slow@example.org" {
					begun.Add(1)
					<-hangs
				}
				return nil
			},
		})}
		t.Cleanup(sync.OnceFunc(func() { close(hangs) }))
		now()
		eventually(t, "the others arrive while one is slow", func() bool {
			now()
			return begun.Load() > 0 && inbox(servers, "quick.one@example.org") == 1 && inbox(servers, "quick.two@example.org") == 1 &&
				inbox(servers, "later@example.org") == 1 && count("SELECT COUNT(*) FROM mails WHERE state = 'sent'") == 3 && count("SELECT COUNT(*) FROM mails WHERE state = 'failed'") == 1
		})
		if inbox(servers, "slow@example.org") != 0 {
			t.Error("the slow one was not waited for")
		}
		list, _ := w.at(1).must(200, "GET", "/v1/mails?state=failed", w.boss, "", nil)
		if items := list["items"].([]any); len(items) != 1 || !strings.HasPrefix(items[0].(object)["to"].(string), "r***") || !strings.Contains(items[0].(object)["reason"].(string), "550") {
			t.Errorf("failed: %v", items)
		}

		servers[0].Stop() // in the middle of the slow one
		eventually(t, "the cut one waits again", func() bool {
			return count("SELECT COUNT(*) FROM jobs WHERE kind LIKE 'mail.send%' AND holder = '' AND until IS NULL") == 1
		})
		servers = append(servers, smtptest.Start(t, away.Addr, smtptest.Behaviour{}))
		eventually(t, "the slow one arrives at last", func() bool {
			now()
			return count("SELECT COUNT(*) FROM mails WHERE state = 'sent'") == 4
		})
		time.Sleep(300 * time.Millisecond) // if one came twice, it would be now
		for name, want := range map[string]int{"quick.one": 1, "quick.two": 1, "slow": 1, "later": 1, "refused": 0} {
			if got := inbox(servers, name+"@example.org"); got != want {
				t.Errorf("%s has %d mails, want %d", name, got, want)
			}
		}
		if n := count("SELECT COUNT(*) FROM jobs WHERE kind LIKE 'mail.send%'"); n != 0 {
			t.Errorf("%d jobs are left", n)
		}
		w.verified()
	})
}
