package edge_test

import (
	"io"
	"net/http"
	"strings"
	"testing"
)

// A reader who has a part asks for the rest; what cannot be read of a range is answered by the whole.
func TestAPartOfAContent(t *testing.T) {
	s := &capability{text: "0123456789", size: 10, view: view{title: "a.pdf"}}
	server := streams(t, s)
	type sent struct {
		StatusCode    int
		Header        http.Header
		ContentLength int64
	}
	ask := func(method string, headers ...string) (sent, string) {
		t.Helper()
		req, err := http.NewRequest(method, server.URL+contentOf, nil)
		if err != nil {
			t.Fatal(err)
		}
		for i := 0; i < len(headers); i += 2 {
			req.Header.Add(headers[i], headers[i+1])
		}
		r, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = r.Body.Close() }()
		raw, err := io.ReadAll(r.Body)
		if err != nil {
			t.Fatal(err)
		}
		return sent{r.StatusCode, r.Header, r.ContentLength}, string(raw)
	}
	for _, c := range []struct {
		asked, sent string
		status      int
		body        string
	}{
		{"bytes=0-3", "bytes 0-3/10", 206, "0123"},
		{"bytes=4-4", "bytes 4-4/10", 206, "4"},
		{"bytes=7-", "bytes 7-9/10", 206, "789"},
		{"bytes=7-99", "bytes 7-9/10", 206, "789"},
		{"bytes=-2", "bytes 8-9/10", 206, "89"},
		{"BYTES = 1-2", "bytes 1-2/10", 206, "12"},
		{"bytes=-99", "", 200, "0123456789"},
		{"bytes=0-", "", 200, "0123456789"},
		{"bytes=10-", "bytes */10", 416, ""},
		{"bytes=99-100", "bytes */10", 416, ""},
		{"bytes=-0", "bytes */10", 416, ""},
		{"bytes=0-1,4-5", "", 200, "0123456789"},
		{"bytes=5-2", "", 200, "0123456789"},
		{"bytes=-", "", 200, "0123456789"},
		{"bytes=a-b", "", 200, "0123456789"},
		{"bytes=+1-2", "", 200, "0123456789"},
		{"bytes=1-2-3", "", 200, "0123456789"},
		{"bytes 1-2", "", 200, "0123456789"},
		{"bytes=99999999999999999999-", "", 200, "0123456789"},
		{"lines=1-2", "", 200, "0123456789"},
		{"", "", 200, "0123456789"},
	} {
		r, body := ask("GET", "Range", c.asked)
		if r.StatusCode != c.status || r.Header.Get("Content-Range") != c.sent || c.status != 416 && (body != c.body || r.Header.Get("Accept-Ranges") != "bytes" || r.Header.Get("ETag") != `"x"`) {
			t.Errorf("%q: %d, %q, %q; want %d, %q, %q", c.asked, r.StatusCode, r.Header.Get("Content-Range"), body, c.status, c.sent, c.body)
		}
		if c.status == 416 && (!strings.Contains(body, "range_outside") || r.Header.Get("Content-Disposition") != "" || r.Header.Get("ETag") != "") {
			t.Errorf("%q: %v %s", c.asked, r.Header, body)
		}
		if r, body := ask("HEAD", "Range", c.asked); r.StatusCode != 200 || body != "" || r.ContentLength != 10 {
			t.Errorf("HEAD with %q: %d, %d", c.asked, r.StatusCode, r.ContentLength)
		}
	}
	for given, want := range map[string]int{`"x"`: 206, `"y"`: 200, `W/"x"`: 200, "Sat, 28 Nov 2026 08:00:00 GMT": 200} {
		if r, _ := ask("GET", "Range", "bytes=0-3", "If-Range", given); r.StatusCode != want {
			t.Errorf("If-Range %s: %d, want %d", given, r.StatusCode, want)
		}
	}
	if r, body := ask("GET", "Range", "bytes=0-1", "Range", "bytes=2-3"); r.StatusCode != 200 || body != "0123456789" {
		t.Errorf("two ranges: %d %q", r.StatusCode, body)
	}
	for given, want := range map[string]int{`"x"`: 304, `W/"x"`: 304, `"y"`: 206} {
		if r, body := ask("GET", "Range", "bytes=0-3", "If-None-Match", given); r.StatusCode != want || want == 304 && (body != "" || r.Header.Get("ETag") != `"x"`) {
			t.Errorf("If-None-Match %s: %d %q", given, r.StatusCode, body)
		}
	}
}
