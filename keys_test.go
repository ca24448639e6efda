package main_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/uuid"

	"jiebang/internal/app"
	"jiebang/internal/codes"
	"jiebang/internal/contracts"
	"jiebang/internal/db"
	"jiebang/internal/db/dbtest"
	"jiebang/internal/keys"
	"jiebang/internal/seal"
	"jiebang/internal/when"
	"jiebang/internal/work"
)

// secretPlace is a database with a secret file of its own.
type secretPlace struct {
	*testing.T
	env  []string
	file string
	o    db.Options
	data string
}

func newSecretPlace(t *testing.T, o db.Options) *secretPlace {
	t.Helper()
	data := o.Dir
	if data == "" {
		data = t.TempDir()
	}
	p := &secretPlace{T: t, file: filepath.Join(data, "secrets.json"), o: o, data: data}
	p.env = environment(o, data)
	if o.URL != "" {
		p.env = append(p.env, "JIEBANG_SECRETS="+p.file)
		if _, err := seal.Open(p.file, true); err != nil {
			t.Fatal(err)
		}
	}
	return p
}

func (p *secretPlace) run(args ...string) string {
	p.Helper()
	out, err := command(p.T, p.env, args...)
	if err != nil {
		p.Fatalf("%v: %v\n%s", args, err, out)
	}
	return out
}

func (p *secretPlace) app() *app.App {
	p.Helper()
	a, err := app.OpenRecords(p.Context(), app.Config{DatabaseURL: p.o.URL, Data: p.data, Secrets: p.file, DBConns: 4, Busy: 5 * time.Second, Poll: time.Second}, when.System)
	if err != nil {
		p.Fatal(err)
	}
	return a
}

// person is how a row of contracts looks from outside.
type person struct {
	ID         uuid.UUID `gorm:"primaryKey"`
	ContractID uuid.UUID
	Document   codes.Document
	Masked     string
	keys.Sealed
	CreatedAt time.Time `gorm:"autoCreateTime:false"`
}

func (person) TableName() string { return "contract_persons" }

// fill seals so many numbers for one contract, by the newest key.
func (p *secretPlace) fill(contract uuid.UUID, n int) {
	p.Helper()
	a := p.app()
	file, err := seal.Open(p.file, false)
	if err != nil {
		p.Fatal(err)
	}
	_, err = a.Unit.Do(p.Context(), work.Call{Operation: "test"}, func(tx *work.Tx) error {
		key, err := keys.Use(tx, file)
		if err != nil {
			return err
		}
		rows := make([]person, n)
		for i := range rows {
			number, err := codes.CompleteResidentID(fmt.Sprintf("2101021990%02d%02d%03d", 1+i%12, 1+i/12%28, i/336))
			if err != nil {
				return err
			}
			rows[i] = person{ID: work.NewID(), ContractID: contract, Document: codes.ResidentID, Masked: codes.MaskPersonal(number), CreatedAt: tx.Now}
			if rows[i].Sealed, err = contracts.Persons.Seal(key, rows[i].ID, []byte("resident_id:"+number)); err != nil {
				return err
			}
		}
		if err := tx.CreateInBatches(&rows, 500).Error; err != nil {
			return err
		}
		return tx.Record("test.filled", work.Ref{Noun: "contract", ID: contract, Version: 1}, nil, nil)
	})
	if err != nil {
		p.Fatal(err)
	}
	if err := a.Close(); err != nil {
		p.Fatal(err)
	}
}

// contract enters one with a natural person over HTTP, and returns its address and the person's.
func (p *secretPlace) contract(s *process) (id, personID, editor string) {
	p.Helper()
	editor, boss := s.signUp("editor.one"), s.signIn("boss")
	org, tag := s.must(201, "POST", "/v1/organizations", editor, "", object{
		"name": "盛北理工大学", "kind": "university", "credit_code": creditCode(p.T), "region": "210112", "contact": object{"name": "李工"}})
	s.must(200, "POST", "/v1/organizations/"+org["id"].(string)+"/verify", boss, tag, nil)
	s.must(201, "POST", "/v1/offices", boss, "", object{"code": "SY01", "name": "沈阳登记机构", "region": "210100"})
	c, _ := s.must(201, "POST", "/v1/contracts", editor, "", object{"kind": "development", "terms": object{
		"title": "喷涂废气低温等离子体净化装置委托开发", "subkind": "commissioned_development", "field": "environment",
		"sellers":   []any{object{"name": "盛北理工大学", "nature": "022", "region": "210112", "organization_id": org["id"]}},
		"buyers":    []any{object{"name": "林知远", "nature": "natural_person", "region": "210102", "personal_id": object{"document": "resident_id", "number": "210102199003071233"}}},
		"signed_on": "2026-03-01", "effective_on": "2026-03-01", "expires_on": "2030-02-28", "turnover": object{"amount": "1250000.00", "currency": "CNY"},
		"targets": "非甲烷总烃去除率不低于95%,连续运行一千小时。", "acceptance": "第三方检测合格后双方签署验收单。",
	}})
	id = c["id"].(string)
	shown := c["terms"].(object)["buyers"].([]any)[0].(object)["personal_id"].(object)
	if shown["number"] != "210***********1233" {
		p.Errorf("shown as %v", shown)
	}
	return id, shown["id"].(string), editor
}

// What is wrong with the secret file is told by every command that opens records, and nothing is written in its place.
func TestAWrongSecretFileIsToldAtStart(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		p := newSecretPlace(t, o)
		p.run("user", "create", "boss", "--name", "周运营")
		s := serve(t, p.env)
		p.contract(s)
		s.stop()
		p.run("verify")
		good, err := os.ReadFile(p.file)
		if err != nil {
			t.Fatal(err)
		}
		other := filepath.Join(t.TempDir(), "secrets.json")
		if _, err := seal.Open(other, true); err != nil {
			t.Fatal(err)
		}
		wrong, err := os.ReadFile(other)
		if err != nil {
			t.Fatal(err)
		}
		damaged := []byte(strings.Replace(string(good), `"secret": "`, `"secret": "A`, 1))
		for _, c := range []struct {
			name    string
			content []byte // nil: there is none
			mode    os.FileMode
			told    string
		}{
			{"missing", nil, 0, "the secret file is missing"},
			{"wrong", wrong, 0o600, "is not the one with which this database was sealed"},
			{"damaged", damaged, 0o600, "the secret file is damaged"},
			{"empty", []byte{}, 0o600, "the secret file is damaged"},
			{"read by others", good, 0o644, "can be read by others"},
		} {
			if err := os.Remove(p.file); err != nil && !os.IsNotExist(err) {
				t.Fatal(err)
			}
			if c.content != nil {
				if err := os.WriteFile(p.file, c.content, c.mode); err != nil {
					t.Fatal(err)
				}
				if err := os.Chmod(p.file, c.mode); err != nil {
					t.Fatal(err)
				}
			}
			for _, args := range [][]string{{"serve"}, {"verify"}, {"keys", "list"}, {"keys", "rotate"}, {"user", "create", "other", "--name", "另一人"}} {
				out, err := command(t, p.env, args...)
				if err == nil || !strings.Contains(out, c.told) || !strings.Contains(out, p.file) {
					t.Errorf("%s, %v: %v\n%s", c.name, args, err, out)
				}
			}
			after, err := os.ReadFile(p.file)
			if c.content == nil && err == nil || string(after) != string(c.content) {
				t.Errorf("%s: something was written: %v", c.name, err)
			}
		}
		if out, err := command(t, p.env, "keys", "make"); err == nil {
			t.Errorf("a file was made over one that is there\n%s", out)
		}
		_ = os.Remove(p.file)
		if out, err := command(t, p.env, "keys", "make"); err == nil || !strings.Contains(out, "missing") {
			t.Errorf("a new file was made for a sealed database: %v\n%s", err, out)
		}
		if err := os.WriteFile(p.file, good, 0o600); err != nil {
			t.Fatal(err)
		}
		p.run("verify")
	})
}

// On PostgreSQL the file is named, and made by a command; the message says so.
func TestProductionNamesItsSecretFile(t *testing.T) {
	o := dbtest.New(t, db.Postgres)
	env := append(environment(o, t.TempDir()), "JIEBANG_SECRETS=")
	for _, args := range [][]string{{"serve"}, {"verify"}, {"keys", "make"}} {
		if out, err := command(t, env, args...); err == nil || !strings.Contains(out, "JIEBANG_SECRETS") {
			t.Errorf("%v: %v\n%s", args, err, out)
		}
	}
	file := filepath.Join(t.TempDir(), "secrets.json")
	env = append(env, "JIEBANG_SECRETS="+file)
	if out, err := command(t, env, "verify"); err == nil || !strings.Contains(out, "missing") {
		t.Errorf("%v\n%s", err, out)
	}
	if out, err := command(t, env, "keys", "make"); err != nil || !strings.Contains(out, file) {
		t.Errorf("%v\n%s", err, out)
	}
	if out, err := command(t, env, "verify"); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

var keyLine = regexp.MustCompile(`(?m)^([0-9a-f]{16})  .*$`)

// Rotation is killed at any moment: the file is whole, and what was sealed opens.
func TestARotationThatIsKilledLosesNothing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		p := newSecretPlace(t, o)
		p.run("user", "create", "boss", "--name", "周运营")
		s := serve(t, p.env)
		p.contract(s)
		s.stop()
		took := time.Now()
		p.run("keys", "rotate")
		whole := time.Since(took)
		killed := 0
		for range 12 {
			cmd := exec.Command(program, "keys", "rotate")
			cmd.Env = p.env
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			time.Sleep(time.Duration(rand.Int64N(int64(whole))))
			_ = cmd.Process.Signal(syscall.SIGKILL)
			if cmd.Wait() != nil {
				killed++
			}
			if _, err := seal.Open(p.file, false); err != nil {
				t.Fatal(err)
			}
		}
		out := p.run("verify")
		if !strings.Contains(out, "密封值 sealed values: 开启 1 个。1 opened") {
			t.Errorf("%s", out)
		}
		t.Logf("%d of 12 were killed; %d keys", killed, len(keyLine.FindAllString(p.run("keys", "list"), -1)))
		if killed == 0 {
			t.Error("none was killed")
		}
	})
}

// Values of several keys stand side by side while a server runs; resealing is killed again and again and ends; the old keys go.
func TestResealingThatIsKilledGoesOn(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		const values = 3000
		p := newSecretPlace(t, o)
		p.run("user", "create", "boss", "--name", "周运营")
		s := serve(t, p.env)
		id, _, editor := p.contract(s)
		if o.URL == "" { // SQLite has one process at a time
			s.stop()
		}
		p.fill(uuid.MustParse(id), values)
		p.run("keys", "rotate")
		lines := keyLine.FindAllStringSubmatch(p.run("keys", "list"), -1)
		if len(lines) != 2 {
			t.Fatalf("%v", lines)
		}
		old := lines[0][1]
		if out, err := command(t, p.env, "keys", "retire", old); err == nil || !strings.Contains(out, fmt.Sprintf("contract_persons %d", values+1)) {
			t.Errorf("%v\n%s", err, out)
		}
		if o.URL != "" { // the server goes on, and turns to the new key by itself
			c, _ := s.must(200, "GET", "/v1/contracts/"+id, editor, "", nil)
			terms := c["terms"].(object)
			terms["buyers"] = []any{object{"name": "孙立", "nature": "natural_person", "region": "210102", "personal_id": object{"document": "resident_id", "number": "310115199912318884"}}}
			time.Sleep(1100 * time.Millisecond) // it looks at the file once a second
			s.must(201, "POST", "/v1/contracts", editor, "", object{"kind": "development", "terms": terms})
			if out := p.run("keys", "list"); !regexp.MustCompile(`newest  contract_persons 1\n`).MatchString(out) {
				t.Errorf("%s", out)
			}
		}
		killed := 0
		for range 6 {
			cmd := exec.Command(program, "keys", "reseal")
			cmd.Env = p.env
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			time.Sleep(time.Duration(60+rand.IntN(120)) * time.Millisecond)
			_ = cmd.Process.Signal(syscall.SIGKILL)
			if cmd.Wait() != nil {
				killed++
			}
		}
		t.Logf("%d of 6 were killed\n%s", killed, p.run("keys", "list"))
		p.run("keys", "reseal")
		p.run("keys", "retire", old)
		if out := p.run("keys", "list"); !strings.Contains(out, old+"  not in the file      0 values  retired") {
			t.Errorf("%s", out)
		}
		out := p.run("verify")
		if !strings.Contains(out, "opened") {
			t.Errorf("%s", out)
		}
	})
}
