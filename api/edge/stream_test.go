package edge_test

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"jiebang/api/edge"
	"jiebang/internal/fault"
)

// streams serves the capability over a real connection, with limits of time as the program has them, and shorter.
func streams(t *testing.T, s *capability) *httptest.Server {
	t.Helper()
	e := edge.New(specOf(t, things), anybody, never)
	e.Patience = 200 * time.Millisecond
	s.hang(e)
	if err := e.Check(); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewUnstartedServer(e.Echo)
	server.Config.ReadTimeout, server.Config.WriteTimeout = 400*time.Millisecond, 400*time.Millisecond
	server.Start()
	t.Cleanup(server.Close)
	return server
}

const contentOf = "/v1/things/" + aThing + "/content"

// asks sends a request with a body as it comes.
func asks(t *testing.T, server *httptest.Server, method, query, media string, body io.Reader) (int, http.Header, string) {
	t.Helper()
	req, err := http.NewRequest(method, server.URL+contentOf+query, body)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer t")
	if media != "" {
		req.Header.Set("Content-Type", media)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, resp.Header, string(raw)
}

func TestBytesAreTakenAsTheyCome(t *testing.T) {
	s := &capability{view: view{title: "泵"}}
	server := streams(t, s)
	status, _, body := asks(t, server, "PUT", "?offset=7", "application/octet-stream", strings.NewReader("\x00\xff{"))
	if status != 200 || !strings.Contains(body, "泵") || fmt.Sprint(s.asked[1:]) != fmt.Sprint([]any{from{uuid.MustParse(aThing), 7}, "\x00\xff{", error(nil)}) {
		t.Errorf("%d %s, asked %v", status, body, s.asked)
	}
	for media, want := range map[string]int{"application/json": 415, "": 415, "application/octet-stream; charset=gbk": 415, "application/octet-stream": 200} {
		if status, _, body := asks(t, server, "PUT", "", media, strings.NewReader("x")); status != want {
			t.Errorf("%q: %d %s", media, status, body)
		}
	}
	s.err = fault.StorageFull.New()
	if status, h, body := asks(t, server, "PUT", "", "application/octet-stream", strings.NewReader("x")); status != 503 || !strings.Contains(body, "storage_full") || h.Get("Retry-After") == "" {
		t.Errorf("%d %s", status, body)
	}
}

// trickle gives its text in pieces with a pause before each.
type trickle struct {
	pieces []string
	pause  time.Duration
}

func (s *trickle) Read(p []byte) (int, error) {
	if len(s.pieces) == 0 {
		return 0, io.EOF
	}
	time.Sleep(s.pause)
	n := copy(p, s.pieces[0])
	s.pieces = s.pieces[1:]
	return n, nil
}

// A body that moves outlasts what other requests may take, and the server's own limits.
func TestBytesThatMoveHaveTheirTime(t *testing.T) {
	s := &capability{}
	server := streams(t, s)
	status, _, body := asks(t, server, "PUT", "", "application/octet-stream", &trickle{strings.Split("a b c d e f g h", " "), 100 * time.Millisecond})
	if status != 200 || s.asked[2] != "abcdefgh" {
		t.Errorf("%d %s, asked %v", status, body, s.asked)
	}
}

// Half a body is an error for whoever reads it, and no success for whoever sent it.
func TestABodyThatBreaksOff(t *testing.T) {
	s := &capability{}
	server := streams(t, s)
	conn, err := net.Dial("tcp", server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	_, err = fmt.Fprintf(conn, "PUT %s HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer t\r\nContent-Type: application/octet-stream\r\nContent-Length: 100\r\n\r\nhalf", contentOf)
	if err != nil {
		t.Fatal(err)
	}
	_ = conn.(*net.TCPConn).CloseWrite()
	resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	if resp.StatusCode != 400 || s.asked[2] != "half" || s.asked[3] == nil {
		t.Errorf("%d, asked %v", resp.StatusCode, s.asked)
	}
}

func TestAContentIsToBeKept(t *testing.T) {
	s := &capability{text: "%PDF", size: 4}
	server := streams(t, s)
	for name, want := range map[string]string{
		"report.pdf":  `attachment; filename="report.pdf"`,
		"检测 报告.pdf":   `attachment; filename="__ __.pdf"; filename*=UTF-8''%E6%A3%80%E6%B5%8B%20%E6%8A%A5%E5%91%8A.pdf`,
		`a"b\c%d.pdf`: `attachment; filename="a_b_c_d.pdf"; filename*=UTF-8''a%22b%5Cc%25d.pdf`,
		"a\r\nb.pdf":  `attachment; filename="a__b.pdf"; filename*=UTF-8''a%0D%0Ab.pdf`,
	} {
		s.view.title = name
		status, h, body := asks(t, server, "GET", "", "", nil)
		if status != 200 || body != "%PDF" || h.Get("Content-Disposition") != want || h.Get("Content-Length") != "4" || h.Get("Content-Type") != "application/pdf" ||
			h.Get("X-Content-Type-Options") != "nosniff" || !strings.HasPrefix(h.Get("Content-Security-Policy"), "sandbox;") || h.Get("ETag") != `"x"` {
			t.Errorf("%q: %d %q %v", name, status, body, h)
		}
	}
	if n := s.closed.Load(); n != 4 {
		t.Errorf("closed %d times", n)
	}
}

// A content that fails on its way must not look whole.
func TestHalfAContentIsNoAnswer(t *testing.T) {
	s := &capability{text: "%PD", size: 4, cut: errors.New("the disk is gone")}
	server := streams(t, s)
	resp, err := http.Get(server.URL + contentOf)
	if err == nil {
		_, err = io.ReadAll(resp.Body)
		_ = resp.Body.Close()
	}
	if n := s.closed.Load(); err == nil || n != 1 {
		t.Errorf("half a content was read as a whole one; closed %d times", n)
	}
	s.err = fault.NotVisible.New()
	if status, _, body := asks(t, server, "GET", "", "", nil); status != 404 || !strings.Contains(body, "not_found") {
		t.Errorf("%d %s", status, body)
	}
}
