// Package mailtest holds what mails say against files that people can read.
package mailtest

import (
	"bytes"
	"encoding/json"
	"flag"
	netmail "net/mail"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/uuid"

	"jiebang/internal/mail"
	"jiebang/internal/work"
)

var update = flag.Bool("update", false, "write the mails of testdata/mails anew")

// Golden compares a mail of a kind as it goes out with testdata/mails/<kind>.eml, byte for byte.
func Golden(t *testing.T, kind mail.Named, to mail.Address, data any, offer mail.Offer) {
	t.Helper()
	raw, err := json.Marshal(data)
	if err != nil {
		t.Fatal(err)
	}
	m := &mail.Mail{
		Head: work.Head{ID: uuid.MustParse("0197f000-0000-7000-8000-000000000001"), Version: 1, CreatedAt: time.Date(2026, 3, 10, 2, 0, 0, 0, time.UTC)},
		Kind: kind.Name(), Address: string(to), Data: string(raw), Secret: offer.Secret, State: mail.Waiting,
	}
	if !offer.Until.IsZero() {
		m.Until = &offer.Until
	}
	sender := mail.Sender{From: &netmail.Address{Name: "揭榜", Address: "jiebang@example.org"}, Public: "https://jiebang.example.org"}
	got, err := sender.Render(m)
	if err != nil {
		t.Fatal(err)
	}
	if twice, err := sender.Render(m); err != nil || !bytes.Equal(got, twice) {
		t.Errorf("%s: two renderings differ, %v", kind.Name(), err)
	}
	for _, line := range bytes.Split(got, []byte("\r\n")) {
		if len(line) > 998 || bytes.ContainsAny(line, "\r\n") || bytes.ContainsFunc(line, func(r rune) bool { return r >= 0x7f }) {
			t.Errorf("%s: a line that mail does not carry: %q", kind.Name(), line)
		}
	}
	file := filepath.Join("testdata", "mails", kind.Name()+".eml")
	if *update {
		if err := os.MkdirAll(filepath.Dir(file), 0o750); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, got, 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s differs; write it anew with -update:\n%s", file, got)
	}
}
