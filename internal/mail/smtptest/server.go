// Package smtptest is a mail server for tests, that behaves as badly as it is told to.
package smtptest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"fmt"
	"io"
	"log"
	"math/big"
	"net"
	"os"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// Behaviour is how the server takes mails; the zero Behaviour takes all.
type Behaviour struct {
	TLS      *tls.Config // offers STARTTLS, and AUTH after it
	Implicit bool        // TLS from the first byte
	User     string      // asked for, with Password
	Password string
	// From, To and Content may refuse; Refuse makes what they return. They may wait, too.
	From    func(from string) error
	To      func(to string) error
	Content func(to string) error
	// CutBefore drops the connection when the mail has been taken and before that is said; CutAfter, right after it was said.
	CutBefore, CutAfter func(to string) bool
}

// Refuse is a refusal by code, with the enhanced code of the same class.
func Refuse(code, subject, detail int) error {
	return &smtp.SMTPError{Code: code, EnhancedCode: smtp.EnhancedCode{code / 100, subject, detail}, Message: "no mail for <secret.name@example.org>"}
}

// Received is a mail that the server has taken.
type Received struct {
	From, To string
	Raw      []byte
}

// Server is a running mail server.
type Server struct {
	Addr     string
	mu       sync.Mutex
	b        Behaviour
	got      []Received
	ins      int // how often somebody signed in
	smtp     *smtp.Server
	listener net.Listener
}

// Start runs a server on an address of loopback until the test ends; an empty address takes a free port.
func Start(t testing.TB, addr string, b Behaviour) *Server {
	t.Helper()
	if addr == "" {
		addr = "127.0.0.1:0"
	}
	var l net.Listener
	var err error
	for range 50 { // the port may be the one that a server of the same test has just left
		if l, err = net.Listen("tcp", addr); err == nil {
			break
		}
		time.Sleep(20 * time.Millisecond)
	}
	if err != nil {
		t.Fatal(err)
	}
	s := &Server{Addr: l.Addr().String(), b: b}
	s.smtp = smtp.NewServer(s)
	s.smtp.Domain, s.smtp.ErrorLog = "mail.test", log.New(io.Discard, "", 0)
	s.smtp.ReadTimeout, s.smtp.WriteTimeout, s.smtp.MaxLineLength = time.Minute, time.Minute, 998
	s.smtp.TLSConfig = b.TLS
	if b.Implicit {
		l = tls.NewListener(l, b.TLS)
	}
	s.listener = l
	go func() { _ = s.smtp.Serve(l) }()
	t.Cleanup(s.Stop)
	return s
}

var alone atomic.Int64

// Alone is an address of loopback that no other test uses, with a free port: when the server there has been stopped, nobody else's
// answers instead.
func Alone() string {
	n := alone.Add(1)
	return fmt.Sprintf("127.%d.%d.%d:0", 1+os.Getpid()%250, n/250, 1+n%250)
}

// Stop ends it and cuts its connections.
func (s *Server) Stop() {
	_ = s.listener.Close() // which the library forgets where it has not begun to listen yet
	_ = s.smtp.Close()
}

// Change gives it another behaviour.
func (s *Server) Change(b Behaviour) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.b = b
}

func (s *Server) behaviour() Behaviour {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b
}

// Got is what it has taken so far.
func (s *Server) Got() []Received {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Received(nil), s.got...)
}

// SignedIn is how often somebody signed in.
func (s *Server) SignedIn() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.ins
}

// NewSession makes the Server a backend of the library.
func (s *Server) NewSession(c *smtp.Conn) (smtp.Session, error) {
	return &session{server: s, conn: c}, nil
}

type session struct {
	server   *Server
	conn     *smtp.Conn
	from, to string
	in, cut  bool
}

func (s *session) AuthMechanisms() []string { return []string{sasl.Plain} }

func (s *session) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		b := s.server.behaviour()
		if user != b.User || password != b.Password {
			return errors.New("wrong")
		}
		s.in = true
		s.server.mu.Lock()
		defer s.server.mu.Unlock()
		s.server.ins++
		return nil
	}), nil
}

func (s *session) Mail(from string, _ *smtp.MailOptions) error {
	b := s.server.behaviour()
	if b.User != "" && !s.in {
		return Refuse(530, 7, 0)
	}
	s.from = from
	if b.From != nil {
		return b.From(from)
	}
	return nil
}

func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.to = to
	if b := s.server.behaviour(); b.To != nil {
		return b.To(to)
	}
	return nil
}

func (s *session) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	b := s.server.behaviour()
	if b.Content != nil {
		if err := b.Content(s.to); err != nil {
			return err
		}
	}
	s.server.mu.Lock()
	s.server.got = append(s.server.got, Received{s.from, s.to, raw})
	s.server.mu.Unlock()
	if b.CutBefore != nil && b.CutBefore(s.to) {
		return s.conn.Conn().Close()
	}
	s.cut = b.CutAfter != nil && b.CutAfter(s.to)
	return nil
}

// Reset is called after each mail, when it has been answered for.
func (s *session) Reset() {
	if s.cut {
		_ = s.conn.Conn().Close()
	}
}

func (s *session) Logout() error { return nil }

// Certificate makes a certificate for 127.0.0.1, and what trusts it.
func Certificate(t testing.TB) (server, client *tls.Config) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "mail.test"}, NotBefore: time.Unix(0, 0), NotAfter: time.Unix(1<<33, 0),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(leaf)
	server = &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}, MinVersion: tls.VersionTLS12}
	client = &tls.Config{RootCAs: pool, ServerName: "127.0.0.1", MinVersion: tls.VersionTLS12}
	return server, client
}
