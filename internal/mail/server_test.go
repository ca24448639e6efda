package mail

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"
	"time"

	"jiebang/internal/db"
	"jiebang/internal/db/dbtest"
	"jiebang/internal/jobs"
	"jiebang/internal/mail/smtptest"
)

// Credentials go over TLS or not at all, and the log tells none.
func TestCredentialsNeedTLS(t *testing.T) {
	var log bytes.Buffer
	defer slog.SetDefault(slog.Default())
	slog.SetDefault(slog.New(slog.NewTextHandler(&log, nil)))
	server, client := smtptest.Certificate(t)
	for name, c := range map[string]struct {
		behaviour smtptest.Behaviour
		setting   string
		trusts    bool
		sent      bool
	}{
		"STARTTLS":                {smtptest.Behaviour{TLS: server, User: "u", Password: "pass:word@1"}, "smtp://u:pass%3Aword%401@", true, true},
		"TLS from the first byte": {smtptest.Behaviour{TLS: server, Implicit: true, User: "u", Password: "pass:word@1"}, "smtps://u:pass%3Aword%401@", true, true},
		"no STARTTLS":             {smtptest.Behaviour{}, "smtp://u:pass%3Aword%401@", true, false},
		"no STARTTLS, no user":    {smtptest.Behaviour{}, "smtp://", true, false},
		"an unknown certificate":  {smtptest.Behaviour{TLS: server}, "smtp://", false, false},
		"a wrong password":        {smtptest.Behaviour{TLS: server, User: "u", Password: "other"}, "smtp://u:pass%3Aword%401@", true, false},
	} {
		t.Run(name, func(t *testing.T) {
			s := smtptest.Start(t, "", c.behaviour)
			by, err := ReadServer(c.setting + s.Addr)
			if err != nil {
				t.Fatal(err)
			}
			if by.patience = 2 * time.Second; c.trusts {
				by.tls = client
			}
			f := open(t, dbtest.New(t, db.SQLite), by)
			id := f.write("a@example.org", Offer{})
			f.run()
			if c.sent {
				f.want(id, Sent)
			} else {
				f.want(id, Waiting)
			}
			var told []string
			if err := f.db.Reader.Model(&jobs.Job{}).Pluck("last_error", &told).Error; err != nil {
				t.Fatal(err)
			}
			if text := strings.Join(told, "") + log.String(); strings.Contains(text, "word") || len(s.Got()) > 0 != c.sent {
				t.Errorf("%d mails; %s", len(s.Got()), text)
			}
		})
	}
}

func TestSettingsOfAServer(t *testing.T) {
	for setting, want := range map[string]Server{
		"smtps://u:p%40@mail.example.org":    {host: "mail.example.org", port: 465, implicit: true, user: "u", password: "p@"},
		"smtp://mail.example.org":            {host: "mail.example.org", port: 587},
		"smtp://u:p@mail.example.org:2525/":  {host: "mail.example.org", port: 2525, user: "u", password: "p"},
		"smtp://127.0.0.1:25?tls=none":       {host: "127.0.0.1", port: 25, plain: true},
		"smtp://u%40example.org:p@[::1]:587": {host: "::1", port: 587, user: "u@example.org", password: "p"},
	} {
		if got, err := ReadServer(setting); err != nil || *got != want {
			t.Errorf("%s: %+v %v", setting, got, err)
		}
	}
	for _, setting := range []string{
		"mail.example.org", "http://mail.example.org", "smtp://", "smtp://h:0", "smtp://h:99999", "smtp://h/path", "smtp://h?tls=off", "smtps://h?tls=none",
		"smtp://u:sesame@h?tls=none", "smtp://u@h", "smtp://:sesame@h", "smtp://h#x", "smtp://u:sesame@h:port", "smtp://u:ses%ame@h",
	} {
		if got, err := ReadServer(setting); err == nil || strings.Contains(err.Error(), "ses") {
			t.Errorf("%s: %+v %v", setting, got, err)
		}
	}
	for _, from := range []string{"", "jiebang", "a\r\nBcc: b@example.org", "a@b, c@d"} {
		if a, err := ReadFrom(from); err == nil {
			t.Errorf("%q: %v", from, a)
		}
	}
	for in, want := range map[string]string{"https://x.org/": "https://x.org", "http://x.org:8080/a/": "http://x.org:8080/a"} {
		if got, err := ReadPublic(in); err != nil || got != want {
			t.Errorf("%s: %s %v", in, got, err)
		}
	}
	for _, in := range []string{"x.org", "ftp://x.org", "https://u:p@x.org", "https://x.org?a=b", "https://x.org/#a", "https://"} {
		if got, err := ReadPublic(in); err == nil {
			t.Errorf("%s: %s", in, got)
		}
	}
}
