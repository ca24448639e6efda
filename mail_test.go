package main_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"jiebang/internal/db"
	"jiebang/internal/db/dbtest"
	"jiebang/internal/mail/smtptest"
)

func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(60 * time.Second); !holds(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("never came true: %s", what)
		}
	}
}

// The use case was answered, the mail server is away, and the process is killed: the next process sends the mail, once.
func TestAMailSurvivesKill9(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		data := o.Dir
		if data == "" {
			data = t.TempDir()
		}
		away := smtptest.Start(t, smtptest.Alone(), smtptest.Behaviour{})
		away.Stop()
		env := append(environment(o, data), "JIEBANG_SMTP_URL=smtp://"+away.Addr+"?tls=none", "JIEBANG_MAIL_FROM=揭榜 <jiebang@example.org>",
			"JIEBANG_PUBLIC_URL=https://jiebang.example.org")
		if out, err := command(t, env, "user", "create", "boss", "--name", "周运营", "--email", "Boss@example.org"); err != nil {
			t.Fatalf("user create: %v %s", err, out)
		}
		p := serve(t, env)
		token := p.signUp("zhang.wei")
		p.must(202, "PUT", "/v1/account/email", token, "", object{"email": "zhang.wei@example.org"})
		if err := p.cmd.Process.Signal(syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
		_ = p.cmd.Wait()

		s := smtptest.Start(t, away.Addr, smtptest.Behaviour{})
		p = serve(t, env)
		boss := p.signIn("boss")
		if me, _ := p.must(200, "GET", "/v1/me", boss, "", nil); me["email"] != "Boss@example.org" {
			t.Errorf("the operator's address: %v", me)
		}
		eventually(t, "the mail is sent", func() bool {
			out, _ := p.must(200, "GET", "/v1/mails?state=sent", boss, "", nil)
			return len(out["items"].([]any)) == 1
		})
		p.stop()
		got := s.Got()
		if len(got) != 1 || got[0].To != "zhang.wei@example.org" || !bytes.Contains(got[0].Raw, []byte("https://jiebang.example.org/links/email#jbl_")) {
			t.Errorf("%d mails: %s", len(got), got)
		}
	})
}

func TestMailSettingsAreCheckedAndNotRepeated(t *testing.T) {
	env := append(environment(db.Options{}, t.TempDir()), "JIEBANG_SMTP_URL=smtp://user:sesame@mail.example.org:port", "JIEBANG_MAIL_FROM=nobody",
		"JIEBANG_PUBLIC_URL=jiebang.example.org", "JIEBANG_TRUSTED_PROXIES=10.0.0.0/8,here")
	out, err := command(t, env, "serve")
	if err == nil || strings.Contains(out, "sesame") {
		t.Errorf("%v\n%s", err, out)
	}
	if !strings.Contains(out, "JIEBANG_TRUSTED_PROXIES") {
		t.Errorf("%s", out)
	}
	out, err = command(t, env[:len(env)-1], "serve")
	if err == nil || strings.Contains(out, "sesame") {
		t.Errorf("%v\n%s", err, out)
	}
	for _, name := range []string{"JIEBANG_SMTP_URL", "JIEBANG_MAIL_FROM", "JIEBANG_PUBLIC_URL"} {
		if !strings.Contains(out, name) {
			t.Errorf("%s is not named:\n%s", name, out)
		}
	}
	env = append(environment(db.Options{}, t.TempDir()), "JIEBANG_SMTP_URL=smtps://user:sesame@mail.example.org")
	if out, err = command(t, env, "serve"); err == nil || !strings.Contains(out, "JIEBANG_PUBLIC_URL") || strings.Contains(out, "sesame") {
		t.Errorf("a server alone: %v\n%s", err, out)
	}
	env = append(env, "JIEBANG_MAIL_FROM=揭榜 <jiebang@example.org>", "JIEBANG_PUBLIC_URL=https://jiebang.example.org")
	out, err = command(t, env, "serve", "--print-config")
	if err != nil || strings.Contains(out, "sesame") || !strings.Contains(out, "JIEBANG_SMTP_URL=(set, not shown)") || !strings.Contains(out, "JIEBANG_MAIL_FROM=揭榜") {
		t.Errorf("%v\n%s", err, out)
	}
}

// The demo sends nothing, whatever the settings: its mails lie in its folder.
func TestTheDemosMailsLieInItsFolder(t *testing.T) {
	data := t.TempDir()
	s := smtptest.Start(t, "", smtptest.Behaviour{})
	env := append(environment(db.Options{}, data), "JIEBANG_SMTP_URL=smtp://"+s.Addr+"?tls=none", "JIEBANG_MAIL_FROM=jiebang@example.org", "JIEBANG_PUBLIC_URL=https://jiebang.example.org")
	p := start(t, env, "demo", "--port", "0")
	links := func() (n int) { // mails with a link: what else the demo's year brings lies there too
		found, err := filepath.Glob(filepath.Join(data, "demo", "mails", "*.eml"))
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range found {
			if raw, err := os.ReadFile(name); err == nil && bytes.Contains(raw, []byte("jbl_")) {
				n++
			}
		}
		return n
	}
	if status, out := p.plain("/v1/password-resets", object{"account": "lin.yanzhou"}); status != 202 {
		t.Fatalf("%d %v", status, out)
	}
	eventually(t, "the mail lies there", func() bool { return links() == 1 })
	p.stop()
	if len(s.Got()) > 0 {
		t.Errorf("%d mails were sent", len(s.Got()))
	}
}
