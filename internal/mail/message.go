package mail

import (
	"bytes"
	"errors"
	"fmt"
	netmail "net/mail"
	"net/url"
	"strings"

	gomail "github.com/wneessen/go-mail"
)

// Sender is whom mails come from and where their links lead.
type Sender struct {
	From   *netmail.Address
	Public string // base URL without a slash at its end
}

// ReadFrom reads the setting of the sender: an address, with a name or without.
func ReadFrom(setting string) (*netmail.Address, error) {
	a, err := netmail.ParseAddress(setting)
	if err != nil || line(a.Name) != a.Name || !strings.Contains(a.Address, "@") {
		return nil, errAddress
	}
	return a, nil
}

// ReadPublic reads the setting of the address under which people reach the system.
func ReadPublic(setting string) (string, error) {
	u, err := url.Parse(setting)
	if err != nil || (u.Scheme != "https" && u.Scheme != "http") || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return "", errors.New("must be an http or https address")
	}
	return strings.TrimRight(u.String(), "/"), nil
}

// Render is a mail as it goes out.
func (s Sender) Render(m *Mail) ([]byte, error) {
	out, err := s.make(m)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	_, err = out.WriteTo(&b)
	return b.Bytes(), err
}

func (s Sender) make(m *Mail) (*gomail.Msg, error) {
	t := known[m.Kind]
	if t == nil {
		return nil, fmt.Errorf("a mail of an unknown kind: %s", m.Kind) // a newer program's, which will send it
	}
	w, err := t.write(m, s.Public)
	if err != nil {
		return nil, err
	}
	return s.message(m, w)
}

// message makes the mail as it goes out. The same mail gives the same text each time, so that one that is sent twice, because we died
// before we could note that it was, is known by its Message-ID.
func (s Sender) message(m *Mail, w written) (*gomail.Msg, error) {
	boundary := "jiebang-" + m.ID.String()
	out := gomail.NewMsg(gomail.WithEncoding(gomail.EncodingQP), gomail.WithBoundary(boundary), gomail.WithNoDefaultUserAgent())
	if err := out.FromFormat(s.From.Name, s.From.Address); err != nil {
		return nil, err
	}
	if err := out.To(m.Address); err != nil {
		return nil, err
	}
	_, domain, _ := strings.Cut(s.From.Address, "@")
	out.SetMessageIDWithValue(m.ID.String() + "@" + domain)
	out.SetDateWithValue(m.CreatedAt)
	out.Subject(w.subject)
	out.SetGenHeader("Auto-Submitted", "auto-generated") // RFC 3834: nobody's holiday answer is wanted
	if w.unsubscribe != "" {                             // RFC 2369 and 8058: one click, without signing in
		out.SetGenHeader(gomail.HeaderListUnsubscribe, "<"+w.unsubscribe+">")
		out.SetGenHeader(gomail.HeaderListUnsubscribePost, "List-Unsubscribe=One-Click")
	}
	out.SetBodyString(gomail.TypeTextPlain, w.plain)
	out.AddAlternativeString(gomail.TypeTextHTML, w.html)
	return out, nil
}
