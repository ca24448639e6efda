package mail

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"
)

// carrier takes a mail over, or says why not: an error that is a refusal is final, any other passes.
type carrier interface {
	carry(ctx context.Context, m *gomail.Msg, id string) error
}

// refusal says that a server will not take this mail, to this address, ever.
type refusal struct{ reason string }

func (r *refusal) Error() string { return r.reason }

// patience is how long a mail server may take to answer, for connecting and for the mail each.
const patience = 20 * time.Second

// Server is a mail server as a setting names it.
type Server struct {
	host     string
	port     int
	implicit bool // TLS from the first byte; otherwise STARTTLS, without which nothing is sent
	plain    bool // no TLS at all: for a server on this machine or behind it
	user     string
	password string
	tls      *tls.Config   // nil: what the system trusts
	patience time.Duration // zero: the usual
}

// errServer tells of a setting without repeating it, since a password may be in it.
var errServer = errors.New("must be smtps://user:password@host or smtp://user:password@host:port (STARTTLS), " +
	"or smtp://host:port?tls=none for a server of your own network, which is then given no password")

// ReadServer reads the setting of a mail server.
func ReadServer(setting string) (*Server, error) {
	u, err := url.Parse(setting)
	if err != nil || u.Hostname() == "" || strings.Trim(u.Path, "/") != "" || u.Fragment != "" {
		return nil, errServer
	}
	s := &Server{host: u.Hostname(), user: u.User.Username()}
	s.password, _ = u.User.Password()
	switch u.Scheme {
	case "smtps":
		s.port, s.implicit = 465, true
	case "smtp":
		s.port = 587
	default:
		return nil, errServer
	}
	if p := u.Port(); p != "" {
		if s.port, err = strconv.Atoi(p); err != nil || s.port < 1 || s.port > 65535 {
			return nil, errServer
		}
	}
	switch u.RawQuery {
	case "":
	case "tls=none":
		if s.plain = true; s.implicit || u.User != nil {
			return nil, errServer
		}
	default:
		return nil, errServer
	}
	if (s.user == "") != (s.password == "") {
		return nil, errServer
	}
	return s, nil
}

// client is made anew for each mail: the library changes it while it connects.
func (s *Server) client() (*gomail.Client, error) {
	patience := patience
	if s.patience > 0 {
		patience = s.patience
	}
	options := []gomail.Option{gomail.WithPort(s.port), gomail.WithTimeout(patience), gomail.WithoutNoop()}
	switch {
	case s.implicit:
		options = append(options, gomail.WithSSL())
	case s.plain:
		options = append(options, gomail.WithTLSPolicy(gomail.NoTLS))
	default:
		options = append(options, gomail.WithTLSPolicy(gomail.TLSMandatory))
	}
	if s.tls != nil {
		options = append(options, gomail.WithTLSConfig(s.tls))
	}
	if s.user != "" {
		options = append(options, gomail.WithSMTPAuth(gomail.SMTPAuthAutoDiscover), gomail.WithUsername(s.user), gomail.WithPassword(s.password))
	}
	return gomail.NewClient(s.host, options...)
}

// carry hands one mail to the server.
func (s *Server) carry(ctx context.Context, m *gomail.Msg, _ string) error {
	c, err := s.client()
	if err != nil {
		return err
	}
	connection, err := c.DialToSMTPClientWithContext(ctx)
	if err != nil {
		return fmt.Errorf("the mail server cannot be reached, or does not let us in: %w", safe(err))
	}
	err = c.SendWithSMTPClient(connection, m)
	_ = c.CloseWithSMTPClient(connection) // how the farewell went says nothing about the mail
	if m.IsDelivered() {
		return nil // the server has it, whatever it said afterwards
	}
	return judge(err)
}

// judge tells a refusal of this mail from what passes, and leaves out what the server says besides its codes: that may be the address.
//
// Only the server's own word about the recipient or the content is final. What it says about us (the sender, signing in) is for the
// operator to mend, and a cut connection is no word at all, though the library calls neither temporary.
func judge(err error) error {
	var e *gomail.SendError
	if !errors.As(err, &e) {
		return safe(err)
	}
	reason := strings.TrimSpace(fmt.Sprintf("%d %s", e.ErrorCode(), e.EnhancedStatusCode()))
	if e.ErrorCode() == 0 {
		reason = "the connection broke"
	}
	reason += " (" + e.Reason.String() + ")"
	switch e.Reason {
	case gomail.ErrSMTPRcptTo, gomail.ErrSMTPData, gomail.ErrSMTPDataClose:
		if e.ErrorCode()/100 == 5 {
			return &refusal{reason}
		}
	}
	return errors.New(reason)
}

// safe is an error of connecting, which names the server and may repeat what it said, but no more than a line of it.
func safe(err error) error { return errors.New(line(err.Error())) }

// folder lays mails down as files instead of sending them.
type folder struct{ dir string }

// carry writes the file whole or not at all; a second time it writes the same.
func (f folder) carry(_ context.Context, m *gomail.Msg, id string) error {
	var b bytes.Buffer
	if _, err := m.WriteTo(&b); err != nil {
		return err
	}
	if err := os.MkdirAll(f.dir, 0o700); err != nil {
		return err
	}
	half, err := os.CreateTemp(f.dir, "*.part")
	if err != nil {
		return err
	}
	_, err = half.Write(b.Bytes())
	if err = errors.Join(err, half.Close()); err == nil {
		err = os.Rename(half.Name(), filepath.Join(f.dir, id+".eml"))
	}
	if err != nil {
		_ = os.Remove(half.Name())
	}
	return err
}
